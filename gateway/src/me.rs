//! The signed-in person: who they are here, and what changes in their record.

use medilink_commands::{Action, Post, Resource};
use medilink_log::Position;
use poem_openapi::param::{Header, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::api::Tag;
use crate::backend::Backend;
use crate::changes::{ChangeStream, Changes};
use crate::problem::Problem;

/// Who is signed in.
#[derive(Object)]
pub struct MeOut {
    /// The person; a patient's or doctor's id when they are one.
    id: Uuid,
    /// The hospital network.
    tenant: Uuid,
    /// What they may act as in all of it.
    roles: Vec<String>,
    /// What they may act as at single hospitals.
    posts: Vec<PostOut>,
    /// Whether they showed a second factor, without which much of what staff do is refused.
    second_factor: bool,
}

/// A role at a hospital.
#[derive(Object)]
pub struct PostOut {
    /// As what.
    role: String,
    /// Where.
    hospital: Uuid,
    /// Where in the hospital, if the role is one of a department.
    #[oai(skip_serializing_if_is_none)]
    department: Option<Uuid>,
}

impl From<&Post> for PostOut {
    fn from(post: &Post) -> Self {
        Self {
            role: post.role.name().to_owned(),
            hospital: post.hospital.uuid(),
            department: post.department.map(|department| department.uuid()),
        }
    }
}

/// The routes.
pub struct Me {
    /// Who may.
    pub backend: Backend,
    /// What changes.
    pub changes: Changes,
}

#[OpenApi(prefix_path = "/v1/me", tag = "Tag::Me")]
impl Me {
    /// See who is signed in
    #[oai(path = "/", method = "get", operation_id = "readMe")]
    async fn me(&self, caller: SignedIn) -> Result<Json<MeOut>, Problem> {
        self.authorize(&caller)?;
        let roles = caller
            .actor
            .roles
            .iter()
            .map(|role| role.name().to_owned())
            .collect();
        Ok(Json(MeOut {
            id: caller.actor.id,
            tenant: caller.actor.tenant.uuid(),
            roles,
            posts: caller.actor.posts.iter().map(PostOut::from).collect(),
            second_factor: caller.actor.second_factor,
        }))
    }

    /// Follow one's own changes
    ///
    /// Server-sent events: what changed in the caller's record and where in the log, never
    /// what it says. A reconnecting browser resumes by itself with `Last-Event-ID`. The
    /// stream ends when the token is no longer valid or the server stops.
    #[oai(path = "/changes", method = "get", operation_id = "followMyChanges")]
    async fn changes(
        &self,
        caller: SignedIn,
        /// The last change that was seen, as browsers send it.
        #[oai(name = "Last-Event-ID")]
        last: Header<Option<u64>>,
        /// The same for a first connection: only changes after this position. Without either,
        /// only those from now on.
        after: Query<Option<u64>>,
    ) -> Result<ChangeStream, Problem> {
        self.authorize(&caller)?;
        let after = last.0.or(after.0).map(Position);
        self.changes.events(caller, after).await
    }
}

impl Me {
    fn authorize(&self, caller: &SignedIn) -> Result<(), Problem> {
        let own = Resource::of_tenant("person", caller.actor.tenant).about(caller.actor.id);
        self.backend.authorize(caller, Action::ReadOwnChanges, &own)
    }
}

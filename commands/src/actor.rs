//! Who acts, and under what circumstances.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::values::{Role, SmartScope};
use medilink_domain::{DepartmentId, HospitalId, TenantId};
use medilink_log::Position;
use uuid::Uuid;

use crate::action::Action;

/// For how long it counts that somebody has shown again who they are.
pub const PROVEN_FOR: TimeDelta = TimeDelta::minutes(10);

/// A person or a worker that acts in a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person; a patient's or doctor's id when they are one. Workers use the nil UUID.
    pub id: Uuid,
    /// The only tenant they act in.
    pub tenant: TenantId,
    /// Their roles in all of it.
    pub roles: Vec<Role>,
    /// Their roles at single hospitals.
    pub posts: Vec<Post>,
    /// What else they may do at single hospitals.
    pub permissions: Vec<Permission>,
    /// What a program may ask for, whatever its role; nothing for people.
    pub scopes: Vec<SmartScope>,
    /// The session, or the access token, that let them in.
    pub session: Option<Uuid>,
    /// Whether they showed a second factor when they were let in.
    pub second_factor: bool,
    /// Whether they have signed in themselves, and so can show again who they are; not who comes
    /// with an access token.
    pub signed_in: bool,
    /// When they last showed who they are since then.
    pub proven_at: Option<DateTime<Utc>>,
}

/// A role at a hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Post {
    /// As what.
    pub role: Role,
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital, if the role is one of a department.
    pub department: Option<DepartmentId>,
}

/// One thing that somebody may do at a hospital, whatever their roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    /// What.
    pub action: Action,
    /// Where.
    pub hospital: HospitalId,
}

impl Actor {
    /// Somebody with these roles in the whole tenant, and nothing else.
    pub const fn new(id: Uuid, tenant: TenantId, roles: Vec<Role>) -> Self {
        Self {
            id,
            tenant,
            roles,
            posts: Vec::new(),
            permissions: Vec::new(),
            scopes: Vec::new(),
            session: None,
            second_factor: false,
            signed_in: false,
            proven_at: None,
        }
    }

    /// Whether they have shown of late who they are.
    pub fn is_recently_proven(&self, now: DateTime<Utc>) -> bool {
        self.proven_at.is_some_and(|at| now - at < PROVEN_FOR)
    }

    /// Everything that they are somewhere.
    pub fn roles_anywhere(&self) -> impl Iterator<Item = Role> {
        let posts = self.posts.iter().map(|post| post.role);
        self.roles.iter().copied().chain(posts)
    }

    /// What they are at one of these hospitals, or everywhere.
    pub fn roles_at(&self, hospitals: &[HospitalId]) -> impl Iterator<Item = Role> {
        let posts = self.posts.iter();
        let there = posts.filter(|post| hospitals.contains(&post.hospital));
        self.roles
            .iter()
            .copied()
            .chain(there.map(|post| post.role))
    }

    /// Whether they act for the hospital rather than for themselves.
    pub fn is_staff(&self) -> bool {
        self.roles_anywhere().any(|role| {
            matches!(
                role,
                Role::Administrator
                    | Role::Doctor
                    | Role::Nurse
                    | Role::Receptionist
                    | Role::Worker
            )
        })
    }

    /// Whether it is a program of others.
    pub fn is_integrator(&self) -> bool {
        self.roles_anywhere().any(|role| role == Role::Integrator)
    }

    /// The hospitals that a program of others acts for; `None` if it is all of the network, or
    /// somebody else acts.
    pub fn acts_for(&self) -> Option<Vec<HospitalId>> {
        if !self.is_integrator() || self.roles.contains(&Role::Integrator) {
            return None;
        }
        let posts = self.posts.iter();
        let posts = posts.filter(|post| post.role == Role::Integrator);
        Some(posts.map(|post| post.hospital).collect())
    }

    /// A worker of the platform, acting in a tenant because of an event there.
    pub fn worker(tenant: TenantId) -> Self {
        Self::new(Uuid::nil(), tenant, vec![Role::Worker])
    }

    /// Somebody who has not said who they are.
    pub const fn anonymous(tenant: TenantId) -> Self {
        Self::new(Uuid::nil(), tenant, Vec::new())
    }

    /// Whoever can run the `medilink` command on the server with its database passwords.
    pub fn console(tenant: TenantId) -> Self {
        let roles = vec![
            Role::Administrator,
            Role::Operator,
            Role::PlatformAdministrator,
            Role::Receptionist,
        ];
        Self {
            second_factor: true,
            ..Self::new(Uuid::nil(), tenant, roles)
        }
    }
}

/// A caller's promise that a repeated request is the same request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The caller's key, such as the `Idempotency-Key` header.
    pub key: String,
    /// SHA-256 of the request's body.
    pub body_hash: [u8; 32],
}

impl Idempotency {
    /// The key of an effect that one event causes: a redelivery of the event has the same
    /// key, and the event itself stands for the body.
    pub fn of_event(worker: &str, position: Position) -> Self {
        Self {
            key: format!("{worker}:{position}"),
            body_hash: [0; 32],
        }
    }
}

/// The circumstances of one command; they become the metadata of its events.
#[derive(Clone, Debug)]
pub struct CommandContext {
    /// Who acts.
    pub actor: Actor,
    /// The request, as returned in `X-Request-Id`.
    pub request: Uuid,
    /// When it is decided.
    pub now: DateTime<Utc>,
    /// The event that caused the command, when a worker acts.
    pub causation: Option<Position>,
    /// The caller's key for repeats.
    pub idempotency: Option<Idempotency>,
    /// The version of the resource that the caller has seen (`If-Match`).
    pub expected_version: Option<u64>,
    /// The position of the read model that the caller's view was built from.
    pub seen: Option<Position>,
    /// W3C `traceparent` of the request.
    pub traceparent: Option<String>,
    /// Purpose of use, an HL7 v3 PurposeOfUse code such as `TREAT`.
    pub purpose: Option<String>,
}

impl CommandContext {
    /// A new request of this actor, now.
    pub fn new(actor: Actor) -> Self {
        Self {
            actor,
            request: Uuid::now_v7(),
            now: Utc::now(),
            causation: None,
            idempotency: None,
            expected_version: None,
            seen: None,
            traceparent: None,
            purpose: None,
        }
    }

    /// What a worker does in a tenant because of one event: repeating it has no effect.
    pub fn caused_by(worker: &str, tenant: TenantId, position: Position) -> Self {
        Self {
            causation: Some(position),
            idempotency: Some(Idempotency::of_event(worker, position)),
            ..Self::new(Actor::worker(tenant))
        }
    }
}

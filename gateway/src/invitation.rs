//! Invitations: how a hospital's manager and staff come to have an account.

use chrono::{DateTime, Utc};
use medilink_commands::invitation::{Invite, Invitee, Revoke, new_code};
use medilink_commands::sign_in::{Acceptance, SignInDesk};
use medilink_commands::{Action, Resource};
use medilink_domain::{DepartmentId, HospitalId, InvitationId};
use medilink_projections::invitation::{self, InvitationRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, unreadable};
use crate::call::{Command, Read};
use crate::input::{field, page};
use crate::json::Json;
use crate::problem::Problem;
use crate::session::{password, refused};
use crate::visitor::Visitor;
use crate::wire::{LanguageCode, RoleCode};

/// Whom to write to.
#[derive(Object)]
pub struct InviteeIn {
    /// The e-mail address.
    #[oai(validator(min_length = 3, max_length = 254))]
    email: String,
    /// The language to write in.
    language: LanguageCode,
}

impl InviteeIn {
    /// Whoever stands at `pointer`.
    ///
    /// # Errors
    /// 422, naming the field.
    pub(crate) fn read(self, pointer: &str) -> Result<Invitee, Problem> {
        Ok(Invitee {
            email: field(format!("{pointer}/email"), &self.email)?,
            language: self.language.into(),
            code: new_code(),
        })
    }
}

/// Somebody to invite.
#[derive(Object)]
pub struct InvitationIn {
    /// The e-mail address.
    #[oai(validator(min_length = 3, max_length = 254))]
    email: String,
    /// The language to write in.
    language: LanguageCode,
    /// As what; doctors apply instead.
    role: RoleCode,
    /// Where in the hospital, if the role is one of a department.
    department: Option<Uuid>,
}

/// What takes an invitation up and opens an account.
#[derive(Object)]
pub struct AcceptIn {
    /// The code that was mailed, such as `K7QM2-X9R4T`.
    #[oai(validator(min_length = 10, max_length = 40))]
    code: String,
    /// Their name.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// The password to sign in with: at least 12 characters that can't be guessed.
    #[oai(validator(min_length = 1, max_length = 512))]
    password: String,
}

/// What takes an invitation up with the account that is signed in.
#[derive(Object)]
pub struct AcceptOwnIn {
    /// The code that was mailed, such as `K7QM2-X9R4T`.
    #[oai(validator(min_length = 10, max_length = 40))]
    code: String,
    /// Their name, as patients read it.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
}

/// An invitation.
#[derive(Object)]
pub struct InvitationOut {
    /// The invitation.
    id: Uuid,
    /// Where it was sent.
    email: String,
    /// In which language.
    language: LanguageCode,
    /// As what.
    role: RoleCode,
    /// Where in the hospital.
    #[oai(skip_serializing_if_is_none)]
    department: Option<Uuid>,
    /// When it was sent.
    issued_at: DateTime<Utc>,
    /// When it stops to work.
    expires_at: DateTime<Utc>,
    /// When it was taken up, if it was.
    #[oai(skip_serializing_if_is_none)]
    accepted_at: Option<DateTime<Utc>>,
    /// When it was taken back, if it was.
    #[oai(skip_serializing_if_is_none)]
    revoked_at: Option<DateTime<Utc>>,
    /// For `If-Match`.
    version: u64,
}

impl From<InvitationRow> for InvitationOut {
    fn from(row: InvitationRow) -> Self {
        Self {
            id: row.invitation.uuid(),
            email: row.email.as_str().to_owned(),
            language: row.language.into(),
            role: row.role.into(),
            department: row.department.map(DepartmentId::uuid),
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            accepted_at: row.accepted_at,
            revoked_at: row.revoked_at,
            version: row.version,
        }
    }
}

/// Some invitations.
#[derive(Object)]
pub struct InvitationsOut {
    /// In the order in which they were sent.
    items: Vec<InvitationOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

/// The routes.
pub struct Invitations {
    /// Carries out commands.
    pub backend: Backend,
    /// Lets people in.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Staff")]
impl Invitations {
    /// Invite somebody to work at a hospital
    ///
    /// Mails a code, which opens an account with the address or gives the one that it has the
    /// role. It works once, for seven days.
    #[oai(
        path = "/hospitals/:id/invitations",
        method = "post",
        operation_id = "inviteStaff"
    )]
    async fn invite(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<InvitationIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let given = body.value;
        let invitee = InviteeIn {
            email: given.email,
            language: given.language,
        };
        let invite = Invite {
            hospital: HospitalId(id.0),
            department: given.department.map(DepartmentId),
            role: given.role.into(),
            invitee: invitee.read("")?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.desk.invite(&context, &invite).await;
        let done = done.map_err(refused)?;
        Ok(ChangedOut::of(done.answer.invitation.uuid(), &done))
    }

    /// List a hospital's invitations
    #[oai(
        path = "/hospitals/:id/invitations",
        method = "get",
        operation_id = "listInvitations"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<InvitationsOut>, Problem> {
        let (tenant, hospital) = (caller.actor.tenant, HospitalId(id.0));
        let there = Resource::of_tenant("hospital", tenant).at(hospital);
        let permitted = self
            .backend
            .permit(&caller, Action::ListInvitations, there)
            .await?;
        let page = page::<InvitationId>(after.0, limit.0)?;
        let view = self.backend.view(&["invitation"], &read).await?;
        let listed = invitation::of_hospital(self.backend.reads(), tenant, hospital, page)
            .await
            .map_err(unreadable)?;
        let subjects = listed.rows.iter().map(|row| row.person).collect();
        self.backend
            .disclose(permitted, subjects, "invitation")
            .await?;
        Ok(view.answer(InvitationsOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Take an invitation back
    #[oai(
        path = "/hospitals/:id/invitations/:invitation",
        method = "delete",
        operation_id = "revokeInvitation"
    )]
    async fn revoke(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        invitation: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let revoke = Revoke {
            hospital: HospitalId(id.0),
            invitation: InvitationId(invitation.0),
        };
        let context = call.context(&caller);
        let done = self.backend.execute(&context, &revoke).await?;
        Ok(ChangedOut::of(invitation.0, &done))
    }

    /// Accept an invitation
    ///
    /// Opens an account with the address that the invitation was mailed to.
    #[oai(
        path = "/invitations/:id/accept",
        method = "post",
        operation_id = "acceptInvitation"
    )]
    async fn accept(
        &self,
        visitor: Visitor,
        id: Path<Uuid>,
        body: Json<AcceptIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let given = Acceptance {
            invitation: InvitationId(id.0),
            code: field("/code", &body.value.code)?,
            name: field("/name", &body.value.name)?,
        };
        let password = password("/password", &body.value.password)?;
        let context = visitor.context(self.desk.tenant());
        let done = self
            .desk
            .accept_invitation(&context, given, &password)
            .await;
        let done = done.map_err(refused)?;
        Ok(ChangedOut::of(done.answer.account.uuid(), &done))
    }

    /// Accept an invitation with one's own account
    ///
    /// For whoever is signed in with the address that the invitation was mailed to.
    #[oai(
        path = "/me/invitations/:id/accept",
        method = "post",
        operation_id = "acceptOwnInvitation"
    )]
    async fn accept_own(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<AcceptOwnIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let given = Acceptance {
            invitation: InvitationId(id.0),
            code: field("/code", &body.value.code)?,
            name: field("/name", &body.value.name)?,
        };
        let context = call.context(&caller);
        let done = self.desk.accept_own_invitation(&context, given).await;
        let done = done.map_err(refused)?;
        Ok(ChangedOut::of(done.answer.account.uuid(), &done))
    }
}

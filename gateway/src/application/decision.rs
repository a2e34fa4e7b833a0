//! What becomes of an application.

use medilink_commands::application::{Approve, Reject, Withdraw};
use medilink_domain::application::Certificate;
use medilink_domain::{ApplicationId, DepartmentId};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::input::{each, field};
use crate::json::Json;
use crate::problem::Problem;

/// A paper that the manager has looked at.
#[derive(Object)]
pub struct CertificateIn {
    /// What it is, such as `medical-registration`.
    #[oai(validator(min_length = 1, max_length = 64))]
    kind: String,
    /// The number on it.
    #[oai(validator(min_length = 1, max_length = 200))]
    number: String,
}

/// How the applicant is taken on.
#[derive(Object)]
pub struct ApprovalIn {
    /// Where in the hospital they work from now on; doctors need one.
    department: Option<Uuid>,
    /// The papers that were looked at.
    #[oai(default, validator(max_items = 20))]
    certificates: Vec<CertificateIn>,
}

/// Why the applicant is not taken on.
#[derive(Object)]
pub struct RejectionIn {
    /// A code, such as `no-vacancy`.
    #[oai(validator(min_length = 1, max_length = 64))]
    reason: String,
}

/// The routes.
pub struct Decisions(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Staff")]
impl Decisions {
    /// Approve an application
    ///
    /// From now on the applicant acts in the role that they applied for. Nobody approves their
    /// own.
    #[oai(
        path = "/applications/:id/approve",
        method = "post",
        operation_id = "approveApplication"
    )]
    async fn approve(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<ApprovalIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let read = |place: String, given: CertificateIn| {
            Ok(Certificate {
                kind: field(format!("{place}/kind"), &given.kind)?,
                number: field(format!("{place}/number"), &given.number)?,
            })
        };
        let approve = Approve {
            application: ApplicationId(id.0),
            department: body.value.department.map(DepartmentId),
            certificates: each("/certificates", body.value.certificates, read)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &approve).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Reject an application
    #[oai(
        path = "/applications/:id/reject",
        method = "post",
        operation_id = "rejectApplication"
    )]
    async fn reject(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<RejectionIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let reject = Reject {
            application: ApplicationId(id.0),
            reason: field("/reason", &body.value.reason)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &reject).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Withdraw one's own application
    #[oai(
        path = "/applications/:id/withdraw",
        method = "post",
        operation_id = "withdrawApplication"
    )]
    async fn withdraw(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let withdraw = Withdraw {
            application: ApplicationId(id.0),
        };
        let done = self.0.execute(&call.context(&caller), &withdraw).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}

//! Legal holds on a patient's data, whether its erasure was asked for or not.

use medilink_commands::legal_hold::{Lift, Place};
use medilink_domain::PatientId;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::erasure::{HoldIn, ReleaseIn};
use crate::input::field;
use crate::json::Json;
use crate::problem::Problem;

/// The routes.
pub struct LegalHolds(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Erasure")]
impl LegalHolds {
    /// Keep a patient's data for a legal reason
    ///
    /// Nothing of it is erased until the hold is lifted or over, whoever asks.
    #[oai(
        path = "/patients/:id/legal-hold",
        method = "put",
        operation_id = "placeLegalHold"
    )]
    async fn place(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<HoldIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let place = Place {
            patient: PatientId(id.0),
            why: body.value.why()?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &place).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Lift a legal hold
    #[oai(
        path = "/patients/:id/legal-hold/release",
        method = "post",
        operation_id = "liftLegalHold"
    )]
    async fn lift(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<ReleaseIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let lift = Lift {
            patient: PatientId(id.0),
            reason: field("/reason", &body.value.reason)?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &lift).await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}

//! Guardians of minors: parents who register their children, and those whom the front desk
//! names.

use chrono::NaiveDate;
use medilink_commands::guardian::{DismissGuardian, NameGuardian, RegisterDependant};
use medilink_domain::values::BirthDate;
use medilink_domain::{PatientId, SubjectId};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::Command;
use crate::input::{field, invalid_field};
use crate::json::Json;
use crate::problem::Problem;

/// A child to register.
#[derive(Object)]
pub struct DependantIn {
    /// Their name.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// When they were born.
    date_of_birth: NaiveDate,
}

/// Who is to have the say for a minor.
#[derive(Object)]
pub struct GuardianIn {
    /// A patient who is of age.
    guardian: Uuid,
}

/// The routes.
pub struct Guardians(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Patients")]
impl Guardians {
    /// Register one's child
    ///
    /// They are reached as the caller is, who has the say until their eighteenth birthday.
    #[oai(
        path = "/me/dependants",
        method = "post",
        operation_id = "registerDependant"
    )]
    async fn register(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<DependantIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let born = BirthDate::try_from(body.value.date_of_birth);
        let register = RegisterDependant {
            parent: PatientId(caller.actor.id),
            name: field("/name", &body.value.name)?,
            date_of_birth: born.map_err(|error| invalid_field("/date_of_birth", error))?,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &register).await?;
        let id = done.answer.patient.uuid();
        let answer = ChangedOut::of(id, &done);
        Ok(answer.location(&format!("/v1/patients/{id}")))
    }

    /// Name the guardian of a minor
    ///
    /// They have the say on consents until the minor's eighteenth birthday.
    #[oai(
        path = "/patients/:id/guardian",
        method = "put",
        operation_id = "nameGuardian"
    )]
    async fn name(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<GuardianIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let name = NameGuardian {
            patient: PatientId(id.0),
            guardian: SubjectId(body.value.guardian),
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &name).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Dismiss the guardian of a minor
    #[oai(
        path = "/patients/:id/guardian",
        method = "delete",
        operation_id = "dismissGuardian"
    )]
    async fn dismiss(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let patient = PatientId(id.0);
        let context = call.context(&caller);
        let done = self
            .0
            .execute(&context, &DismissGuardian { patient })
            .await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}

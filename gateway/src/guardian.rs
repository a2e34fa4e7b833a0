//! Guardians of minors: parents who register their children, and those whom the front desk
//! names.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use medilink_commands::guardian::{DismissGuardian, NameGuardian, RegisterDependant};
use medilink_commands::{Action, Resource, guardian};
use medilink_domain::values::BirthDate;
use medilink_domain::{PatientId, SubjectId};
use medilink_projections::patient;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, unreadable};
use crate::call::{self, Command, Read};
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

/// A minor for whom the caller has the say.
#[derive(Object)]
pub struct DependantOut {
    /// The patient.
    id: Uuid,
    /// Their name.
    name: String,
    /// When they were born.
    #[oai(skip_serializing_if_is_none)]
    date_of_birth: Option<NaiveDate>,
    /// The day on which they come of age and decide alone.
    until: NaiveDate,
}

/// All of them.
#[derive(Object)]
pub struct DependantsOut {
    /// In the order in which they were registered.
    items: Vec<DependantOut>,
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

    /// List the minors for whom one has the say
    ///
    /// They are handled as the caller's own record is, by their ids, until they are of age.
    #[oai(
        path = "/me/dependants",
        method = "get",
        operation_id = "listDependants"
    )]
    async fn list(&self, caller: SignedIn, read: Read) -> Result<Found<DependantsOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, SubjectId(caller.actor.id));
        let own = Resource::of_tenant("patient", tenant)
            .about(person.uuid())
            .with_guardian(Some(person.uuid()));
        let permitted = self.0.permit(&caller, Action::ListDependants, own).await?;
        let view = self.0.view(&["patient"], &read).await?;
        let named = patient::with_guardian(self.0.reads(), tenant, person).await;
        let mut items = Vec::new();
        let mut subjects = BTreeSet::new();
        for row in named.map_err(unreadable)? {
            let minor = guardian::data_for(self.0.executor(), tenant, "patient", row.patient);
            let minor = minor.await.map_err(call::refuse)?;
            let Some(until) = row.guardian_until else {
                continue;
            };
            if minor.guardian != Some(person.uuid()) {
                continue;
            }
            subjects.insert(SubjectId::from(row.patient));
            items.push(DependantOut {
                id: row.patient.uuid(),
                name: row.name.as_str().to_owned(),
                date_of_birth: row.date_of_birth.map(BirthDate::date),
                until,
            });
        }
        self.0.disclose(permitted, subjects, "patient").await?;
        Ok(view.answer(DependantsOut { items }))
    }

    /// Name the guardian of a minor
    ///
    /// They have the say on consents, and handle visits and the record as the minor would, until the
    /// minor's eighteenth birthday.
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

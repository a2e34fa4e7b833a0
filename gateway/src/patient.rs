//! Patients: who they are, how to reach them, and when they are reminded.

mod profile;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use medilink_commands::Action;
use medilink_commands::patient::{ChooseReminders, Register};
use medilink_domain::values::{BirthDate, ReminderLead};
use medilink_domain::{PatientId, SubjectId, TenantId};
use medilink_projections::patient::{self, PatientRow};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

pub use profile::{PatientProfileOut, PatientProfiles};

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::input::{each, field, invalid_field, number, optional};
use crate::json::Json;
use crate::problem::Problem;
use crate::wire::LanguageCode;

/// A patient to register.
#[derive(Object)]
pub struct PatientIn {
    /// Their name.
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    /// A telephone number with its country code, such as `+919876543210`.
    #[oai(validator(min_length = 4, max_length = 40))]
    phone: String,
    /// An e-mail address.
    #[oai(validator(min_length = 3, max_length = 254))]
    email: Option<String>,
    /// The language to write and speak in.
    language: LanguageCode,
    /// The date of birth.
    date_of_birth: Option<NaiveDate>,
}

/// A patient.
#[derive(Object)]
pub struct PatientOut {
    /// The patient.
    id: Uuid,
    /// Their name.
    name: String,
    /// Their telephone number.
    phone: String,
    /// Their e-mail address.
    #[oai(skip_serializing_if_is_none)]
    email: Option<String>,
    /// The language to write and speak in.
    language: LanguageCode,
    /// The date of birth.
    #[oai(skip_serializing_if_is_none)]
    date_of_birth: Option<NaiveDate>,
    /// How many minutes before each visit they are reminded, the first reminder first: never,
    /// if empty; a day and an hour before, if absent.
    #[oai(skip_serializing_if_is_none)]
    reminders: Option<Vec<u16>>,
    /// What else they said of themselves.
    #[oai(skip_serializing_if_is_none)]
    profile: Option<PatientProfileOut>,
    /// Who has the say for them, if they are minor.
    #[oai(skip_serializing_if_is_none)]
    guardian: Option<GuardianOut>,
    /// For `If-Match`.
    version: u64,
}

/// Who has the say for a minor.
#[derive(Object)]
pub struct GuardianOut {
    /// Who.
    id: Uuid,
    /// The day on which the minor comes of age and decides alone.
    until: NaiveDate,
}

/// When a patient wants to be reminded of visits.
#[derive(Object)]
pub struct RemindersIn {
    /// How many minutes before each visit: never, if empty; a day and an hour before, if null.
    #[oai(
        nullable,
        validator(max_items = 5, minimum(value = "5"), maximum(value = "43200"))
    )]
    leads: Option<Vec<u16>>,
}

impl From<PatientRow> for PatientOut {
    fn from(row: PatientRow) -> Self {
        Self {
            id: row.patient.uuid(),
            name: row.name.as_str().to_owned(),
            phone: row.phone.as_str().to_owned(),
            email: row.email.map(|email| email.as_str().to_owned()),
            language: row.language.into(),
            date_of_birth: row.date_of_birth.map(BirthDate::date),
            reminders: row
                .reminders
                .map(|leads| leads.into_iter().map(ReminderLead::get).collect()),
            profile: row.profile.map(Into::into),
            guardian: row
                .guardian
                .zip(row.guardian_until)
                .map(|(id, until)| GuardianOut {
                    id: id.uuid(),
                    until,
                }),
            version: row.version,
        }
    }
}

/// The routes.
pub struct Patients(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Patients")]
impl Patients {
    /// Register a patient
    #[oai(path = "/patients", method = "post", operation_id = "registerPatient")]
    async fn register(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<PatientIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let given = body.value;
        let born = given.date_of_birth.map(BirthDate::try_from).transpose();
        let register = Register {
            name: field("/name", &given.name)?,
            phone: field("/phone", &given.phone)?,
            email: optional("/email", given.email.as_deref())?,
            language: given.language.into(),
            date_of_birth: born.map_err(|error| invalid_field("/date_of_birth", error))?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &register)
            .await?;
        let id = done.answer.patient.uuid();
        let answer = ChangedOut::of(id, &done);
        Ok(answer.location(&format!("/v1/patients/{id}")))
    }

    /// Read who a patient is
    #[oai(path = "/patients/:id", method = "get", operation_id = "readPatient")]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<PatientOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = self.0.patient(&caller, PatientId(id.0)).await?;
        let permitted = self
            .0
            .permit(&caller, Action::ReadPatient, resource)
            .await?;
        let view = self.0.view(&["patient"], &read).await?;
        let row = known(&self.0, tenant, PatientId(id.0)).await?;
        let subjects = BTreeSet::from([SubjectId(id.0)]);
        self.0.disclose(permitted, subjects, "patient").await?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }

    /// Choose when a patient is reminded of visits
    ///
    /// Holds for the visits that are booked already, too.
    #[oai(
        path = "/patients/:id/reminders",
        method = "put",
        operation_id = "chooseReminders"
    )]
    async fn choose_reminders(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<RemindersIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let leads = body.value.leads;
        let choose = ChooseReminders {
            patient: PatientId(id.0),
            leads: leads
                .map(|leads| each("/leads", leads, number))
                .transpose()?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &choose)
            .await?;
        Ok(ChangedOut::of(id.0, &done))
    }
}

/// One patient. Ask for leave and for the view first.
///
/// # Errors
/// 404 when there is none, 503 when that can't be found out.
pub async fn known(
    backend: &Backend,
    tenant: TenantId,
    patient: PatientId,
) -> Result<PatientRow, Problem> {
    let row = patient::get(backend.reads(), tenant, patient).await;
    row.map_err(unreadable)?.ok_or_else(|| no_such("patient"))
}

//! Appointments: booked, moved, cancelled, and seen by those they concern.

mod out;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::appointment::{AppointmentAnswer, Book, Cancel, Reschedule};
use medilink_commands::{Action, Committed, Resource};
use medilink_domain::appointment::Party;
use medilink_domain::values::FreeText;
use medilink_domain::{AppointmentId, AssetId, DoctorId, PatientId, SubjectId, VisitTypeId};
use medilink_projections::appointment::{self, AppointmentCursor, AppointmentRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

pub use out::{AppointmentOut, AppointmentsOut};

use crate::actor::SignedIn;
use crate::answer::{Answer, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, View, no_such, unreadable};
use crate::call::{Command, Read};
use crate::input::{optional, page};
use crate::json::Json;
use crate::patient;
use crate::problem::Problem;
use crate::wire::{MoneyOut, PartyCode, VisitModeCode};

/// A slot to book.
#[derive(Object)]
pub struct BookingIn {
    /// Who comes.
    patient: Uuid,
    /// Who receives.
    doctor: Uuid,
    /// The start of one of the doctor's free slots.
    starts_at: DateTime<Utc>,
    /// What the patient comes for.
    #[oai(validator(min_length = 1, max_length = 2000))]
    reason: Option<String>,
    /// What kind of visit, if the hospital has defined it.
    visit_type: Option<Uuid>,
    /// How it takes place.
    #[oai(default)]
    mode: VisitModeCode,
    /// These rooms and devices, only where one's role allows it to choose them; what the visit
    /// type needs beyond them is allotted to anyone.
    #[oai(default, validator(max_items = 10, unique_items))]
    assets: Vec<Uuid>,
    /// Why it may take a slot that is taken, or go beyond the hospital's limits; only where
    /// one's role allows it.
    #[oai(validator(min_length = 1, max_length = 2000))]
    overbook: Option<String>,
}

/// Where to move an appointment.
#[derive(Object)]
pub struct RescheduleIn {
    /// The start of another free slot.
    starts_at: DateTime<Utc>,
    /// With whom, if with another doctor.
    doctor: Option<Uuid>,
    /// How it is to take place, if otherwise.
    mode: Option<VisitModeCode>,
    /// These rooms and devices instead of those that were chosen before, only where one's role
    /// allows it to choose them. If it is left out, those go along, or the move is refused
    /// where one is taken; to a doctor of another hospital none goes along. What the visit type
    /// needs beyond them is allotted anew.
    #[oai(validator(max_items = 10, unique_items))]
    assets: Option<Vec<Uuid>>,
    /// On whose part; what the hospital moves costs the patient nothing.
    #[oai(default)]
    by: PartyCode,
    /// Why the fee for moving it so late is waived; only where the hospital allows it.
    #[oai(validator(min_length = 1, max_length = 2000))]
    waive: Option<String>,
}

/// Why an appointment is called off.
#[derive(Object)]
pub struct CancellationIn {
    /// Why, if someone says.
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub reason: Option<String>,
    /// On whose part; what the hospital calls off costs the patient nothing.
    #[oai(default)]
    pub by: PartyCode,
    /// Why the fee for cancelling so late is waived; only where the hospital allows it.
    #[oai(validator(min_length = 1, max_length = 2000))]
    pub waive: Option<String>,
}

/// Why, on whose part, and why its fee is waived.
pub type Cancellation = (Option<FreeText>, Party, Option<FreeText>);

impl CancellationIn {
    /// What is given, in the domain's words.
    ///
    /// # Errors
    /// When a text is none.
    pub fn read(&self) -> Result<Cancellation, Problem> {
        let reason = optional("/reason", self.reason.as_deref())?;
        let waive = optional("/waive", self.waive.as_deref())?;
        Ok((reason, self.by.into(), waive))
    }
}

/// Where an appointment stands after a command.
#[derive(Object)]
pub struct AppointmentChangedOut {
    /// The appointment.
    id: Uuid,
    /// When it starts.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// What the command costs the patient.
    #[oai(skip_serializing_if_is_none)]
    fee: Option<MoneyOut>,
    /// For `If-Match`.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

impl TryFrom<BookingIn> for Book {
    type Error = Problem;

    fn try_from(given: BookingIn) -> Result<Self, Problem> {
        Ok(Self {
            patient: PatientId(given.patient),
            doctor: DoctorId(given.doctor),
            starts_at: given.starts_at,
            reason: optional("/reason", given.reason.as_deref())?,
            visit_type: given.visit_type.map(VisitTypeId),
            mode: given.mode.into(),
            assets: given.assets.into_iter().map(AssetId).collect(),
            overbook: optional("/overbook", given.overbook.as_deref())?,
        })
    }
}

/// The answer to a command about an appointment.
pub fn changed<const STATUS: u16>(
    done: &Committed<AppointmentAnswer>,
) -> Answer<AppointmentChangedOut, STATUS> {
    let body = AppointmentChangedOut {
        id: done.answer.appointment.uuid(),
        starts_at: done.answer.starts_at,
        ends_at: done.answer.ends_at,
        fee: done.answer.fee.map(Into::into),
        version: done.answer.version,
        position: done.position.0,
    };
    Answer::done(body, done).tag(done.answer.version)
}

/// The routes.
pub struct Appointments(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Appointments")]
impl Appointments {
    /// Book an appointment
    #[oai(
        path = "/appointments",
        method = "post",
        operation_id = "bookAppointment"
    )]
    async fn book(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<BookingIn>,
    ) -> Result<Created<AppointmentChangedOut>, Problem> {
        let book = Book::try_from(body.value)?;
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &book)
            .await?;
        Ok(changed(&done).location(&format!("/v1/appointments/{}", done.answer.appointment)))
    }

    /// Read an appointment
    #[oai(
        path = "/appointments/:id",
        method = "get",
        operation_id = "readAppointment"
    )]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<AppointmentOut>, Problem> {
        let models = ["appointment"];
        let (view, row) = shown(&self.0, &caller, &read, id.0, &models, "appointment").await?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }

    /// Move an appointment to another slot
    ///
    /// The doctor's slot, the rooms and the devices change together or not at all. Moving it
    /// late on the patient's part may cost a fee, as the hospital's rules say.
    #[oai(
        path = "/appointments/:id/reschedule",
        method = "post",
        operation_id = "rescheduleAppointment"
    )]
    async fn reschedule(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<RescheduleIn>,
    ) -> Result<Found<AppointmentChangedOut>, Problem> {
        let given = body.value;
        let reschedule = Reschedule {
            appointment: AppointmentId(id.0),
            starts_at: given.starts_at,
            doctor: given.doctor.map(DoctorId),
            mode: given.mode.map(Into::into),
            assets: given
                .assets
                .map(|assets| assets.into_iter().map(AssetId).collect()),
            by: given.by.into(),
            waive: optional("/waive", given.waive.as_deref())?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &reschedule)
            .await?;
        Ok(changed(&done))
    }

    /// Cancel an appointment
    ///
    /// Cancelling late on the patient's part may cost a fee, as the hospital's rules say.
    #[oai(
        path = "/appointments/:id/cancel",
        method = "post",
        operation_id = "cancelAppointment"
    )]
    async fn cancel(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<CancellationIn>,
    ) -> Result<Found<AppointmentChangedOut>, Problem> {
        let (reason, by, waive) = body.value.read()?;
        let cancel = Cancel {
            appointment: AppointmentId(id.0),
            reason,
            by,
            waive,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &cancel)
            .await?;
        Ok(changed(&done))
    }

    /// List a patient's appointments
    #[oai(
        path = "/patients/:id/appointments",
        method = "get",
        operation_id = "listAppointments"
    )]
    async fn of_patient(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<AppointmentsOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, PatientId(id.0));
        let mut permitted = self
            .0
            .permit_parts(&caller, Action::ListAppointments, person)
            .await?;
        let page = page::<AppointmentCursor>(after.0, limit.0)?;
        let view = self.0.view(&["appointment", "patient"], &read).await?;
        patient::known(&self.0, tenant, person).await?;
        let extent = permitted.extent();
        let listed = appointment::for_patient(self.0.reads(), tenant, person, &extent, page)
            .await
            .map_err(unreadable)?;
        permitted.rely_on_opening(&listed.rows);
        let subjects = BTreeSet::from([person.into()]);
        self.0.disclose(permitted, subjects, "appointments").await?;
        Ok(view.answer(AppointmentsOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }
}

/// One appointment as of these read models, if the caller may see it, which is recorded as
/// `what`.
///
/// # Errors
/// 404 when there is none or it is not the caller's to see, 503 when that can't be found out.
pub async fn shown(
    backend: &Backend,
    caller: &SignedIn,
    read: &Read,
    id: Uuid,
    models: &[&str],
    what: &'static str,
) -> Result<(View, AppointmentRow), Problem> {
    let tenant = caller.actor.tenant;
    let view = backend.view(models, read).await?;
    let found = appointment::find(backend.reads(), tenant, AppointmentId(id)).await;
    let missing = || no_such("appointment");
    let sealed = found.map_err(unreadable)?.ok_or_else(missing)?;
    let resource = Resource::of_tenant("appointment", tenant)
        .about(sealed.patient.uuid())
        .with_doctor(sealed.doctor.uuid())
        .at(sealed.hospital);
    let permitted = backend
        .permit_one(caller, Action::ReadAppointment, resource, sealed.starts_at)
        .await?;
    let opened = sealed.open(backend.reads()).await;
    let row = opened.map_err(unreadable)?.ok_or_else(missing)?;
    let subjects = BTreeSet::from([SubjectId::from(row.patient)]);
    backend.disclose(permitted, subjects, what).await?;
    Ok((view, row))
}

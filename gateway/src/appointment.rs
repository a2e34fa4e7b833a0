//! Appointments: booked, moved, cancelled, and seen by those they concern.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use medilink_commands::appointment::{AppointmentAnswer, Book, Cancel, Reschedule};
use medilink_commands::{Action, Committed, Resource};
use medilink_domain::{AppointmentId, DoctorId, PatientId, SubjectId};
use medilink_projections::appointment::{self, AppointmentCursor, AppointmentRow};
use medilink_projections::{doctor, hospital, patient};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Answer, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, date, field, no_such, page, unreadable};
use crate::call::{Command, Read};
use crate::json::Json;
use crate::problem::Problem;

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
}

/// Where to move an appointment.
#[derive(Object)]
pub struct RescheduleIn {
    /// The start of another free slot of the same doctor.
    starts_at: DateTime<Utc>,
}

/// Why an appointment is called off.
#[derive(Object)]
pub struct CancellationIn {
    /// Why, if someone says.
    #[oai(validator(min_length = 1, max_length = 2000))]
    reason: Option<String>,
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
    /// For `If-Match`.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// An appointment.
#[derive(Object)]
pub struct AppointmentOut {
    /// The appointment.
    id: Uuid,
    /// Who comes.
    patient: Uuid,
    /// Who receives.
    doctor: Uuid,
    /// Where.
    hospital: Uuid,
    /// Where in the hospital.
    department: Uuid,
    /// When it starts.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// The zone of the hospital's clock.
    time_zone: String,
    /// `booked` or `cancelled`.
    status: String,
    /// What the patient comes for.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    /// Why it was called off.
    #[oai(skip_serializing_if_is_none)]
    cancellation: Option<String>,
    /// For `If-Match`.
    version: u64,
}

/// Some appointments.
#[derive(Object)]
pub struct AppointmentsOut {
    /// The latest first.
    items: Vec<AppointmentOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

/// A doctor's day.
#[derive(Object)]
pub struct DayOut {
    /// The day, on the hospital's clock.
    date: NaiveDate,
    /// The zone of that clock.
    time_zone: String,
    /// In order, cancelled ones included.
    items: Vec<AppointmentOut>,
}

impl From<AppointmentRow> for AppointmentOut {
    fn from(row: AppointmentRow) -> Self {
        Self {
            id: row.appointment.uuid(),
            patient: row.patient.uuid(),
            doctor: row.doctor.uuid(),
            hospital: row.hospital.uuid(),
            department: row.department.uuid(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            time_zone: row.time_zone.name().to_owned(),
            status: row.status.name().to_owned(),
            reason: row.reason.map(|reason| reason.as_str().to_owned()),
            cancellation: row.cancellation.map(|reason| reason.as_str().to_owned()),
            version: row.version,
        }
    }
}

fn changed<const STATUS: u16>(
    done: &Committed<AppointmentAnswer>,
) -> Answer<AppointmentChangedOut, STATUS> {
    let body = AppointmentChangedOut {
        id: done.answer.appointment.uuid(),
        starts_at: done.answer.starts_at,
        ends_at: done.answer.ends_at,
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
        let given = body.value;
        let book = Book {
            patient: PatientId(given.patient),
            doctor: DoctorId(given.doctor),
            starts_at: given.starts_at,
            reason: given
                .reason
                .map(|reason| field("/reason", &reason))
                .transpose()?,
        };
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
        let tenant = caller.actor.tenant;
        let view = self.0.view(&["appointment"], &read).await?;
        let row = appointment::get(self.0.reads(), tenant, AppointmentId(id.0))
            .await
            .map_err(unreadable)?;
        let row = row.ok_or_else(|| no_such("appointment"))?;
        let resource = Resource::of_tenant("appointment", tenant)
            .about(row.patient.uuid())
            .with_doctor(row.doctor.uuid());
        let subjects = BTreeSet::from([SubjectId::from(row.patient)]);
        self.0
            .disclose(
                &caller,
                Action::ReadAppointment,
                resource,
                subjects,
                "appointment",
            )
            .await?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }

    /// Move an appointment to another slot
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
        let reschedule = Reschedule {
            appointment: AppointmentId(id.0),
            starts_at: body.value.starts_at,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &reschedule)
            .await?;
        Ok(changed(&done))
    }

    /// Cancel an appointment
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
        let reason = body
            .value
            .reason
            .map(|reason| field("/reason", &reason))
            .transpose()?;
        let cancel = Cancel {
            appointment: AppointmentId(id.0),
            reason,
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
        let page = page::<AppointmentCursor>(after.0, limit.0)?;
        let view = self.0.view(&["appointment", "patient"], &read).await?;
        let known = patient::get(self.0.reads(), tenant, person)
            .await
            .map_err(unreadable)?;
        known.ok_or_else(|| no_such("patient"))?;
        let listed = appointment::for_patient(self.0.reads(), tenant, person, page)
            .await
            .map_err(unreadable)?;
        let resource = Resource::of_tenant("patient", tenant).about(id.0);
        self.0
            .disclose(
                &caller,
                Action::ListAppointments,
                resource,
                BTreeSet::from([person.into()]),
                "appointments",
            )
            .await?;
        Ok(view.answer(AppointmentsOut {
            items: listed.rows.into_iter().map(Into::into).collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Read a doctor's day
    #[oai(path = "/doctors/:id/day", method = "get", operation_id = "readDay")]
    async fn day(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The day, on the hospital's clock.
        #[oai(name = "date")]
        on: Query<NaiveDate>,
    ) -> Result<Found<DayOut>, Problem> {
        let (tenant, person, reads) = (caller.actor.tenant, DoctorId(id.0), self.0.reads());
        let date = date("date", on.0)?;
        let view = self
            .0
            .view(&["appointment", "doctor", "hospital"], &read)
            .await?;
        let known = doctor::get(reads, tenant, person)
            .await
            .map_err(unreadable)?;
        let known = known.ok_or_else(|| no_such("doctor"))?;
        let site = hospital::get(reads, tenant, known.hospital)
            .await
            .map_err(unreadable)?;
        let time_zone = site.ok_or_else(|| no_such("hospital"))?.time_zone;
        let (from, to) = (
            midnight(date, time_zone.tz()),
            midnight(date + Days::new(1), time_zone.tz()),
        );
        let rows = appointment::day_of_doctor(reads, tenant, person, from, to)
            .await
            .map_err(unreadable)?;
        let resource = Resource::of_tenant("doctor", tenant).with_doctor(id.0);
        let subjects = rows.iter().map(|row| row.patient.into()).collect();
        self.0
            .disclose(&caller, Action::ReadDay, resource, subjects, "day")
            .await?;
        let items = rows.into_iter().map(Into::into).collect();
        Ok(view.answer(DayOut {
            date,
            time_zone: time_zone.name().to_owned(),
            items,
        }))
    }
}

/// The first instant of a local day. Where clocks are set forward at midnight, that is later
/// than 00:00.
fn midnight(date: NaiveDate, zone: chrono_tz::Tz) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    (0..=4)
        .map(|quarter| midnight + chrono::TimeDelta::minutes(30 * quarter))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        // No zone has ever skipped more than two hours at midnight.
        .map_or_else(|| midnight.and_utc(), |instant| instant.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_day_begins_when_its_clock_does() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(
            midnight(day("2026-11-21"), chrono_tz::Asia::Kolkata),
            at("2026-11-20T18:30:00Z")
        );
        // Beirut skipped from 00:00 to 01:00 on this day.
        assert_eq!(
            midnight(day("2024-03-31"), chrono_tz::Asia::Beirut),
            at("2024-03-30T22:00:00Z")
        );
    }
}

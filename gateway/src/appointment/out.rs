//! Appointments as they are shown.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use medilink_domain::PatientId;
use medilink_domain::values::PersonName;
use medilink_projections::appointment::{AppointmentRow, Previous};
use poem_openapi::Object;
use uuid::Uuid;

use crate::wire::{MoneyOut, VisitModeCode};

/// An appointment.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AppointmentOut {
    /// The appointment.
    id: Uuid,
    /// Who comes.
    patient: Uuid,
    /// What they are called, in the lists of those who receive them.
    patient_name: Option<String>,
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
    /// `booked`, `checked_in`, `in_progress`, `completed`, `no_show` or `cancelled`.
    status: String,
    /// How it takes place.
    mode: VisitModeCode,
    /// Its visit type.
    visit_type: Option<Uuid>,
    /// What it costs, as the hospital's price list names it.
    price: Option<String>,
    /// The rooms and devices it has.
    assets: Vec<Uuid>,
    /// The series it is one of.
    series: Option<Uuid>,
    /// Whether the patient came without a booking.
    walk_in: bool,
    /// When it was to be before, the first time first.
    previous: Vec<PreviousOut>,
    /// The number under which the patient waits or waited.
    token: Option<u64>,
    /// When the patient checked in.
    checked_in_at: Option<DateTime<Utc>>,
    /// When the visit began.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    completed_at: Option<DateTime<Utc>>,
    /// What moving, cancelling or missing it cost.
    fees: Vec<MoneyOut>,
    /// What the patient comes for.
    reason: Option<String>,
    /// Why it was called off.
    cancellation: Option<String>,
    /// Why it has a slot that was taken, or goes beyond the hospital's limits.
    overbooking: Option<String>,
    /// Why a fee was waived.
    waiver: Option<String>,
    /// For `If-Match`.
    version: u64,
}

/// A time at which an appointment was to be before it was moved.
#[derive(Object)]
pub struct PreviousOut {
    /// With whom.
    doctor: Uuid,
    /// When it was to start.
    starts_at: DateTime<Utc>,
    /// When it was moved.
    moved_at: DateTime<Utc>,
}

/// Some appointments.
#[derive(Object)]
pub struct AppointmentsOut {
    /// The latest first.
    pub items: Vec<AppointmentOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    pub next: Option<String>,
}

impl AppointmentOut {
    /// The same with what the patient is called, as far as that is known.
    #[must_use]
    pub fn named(self, names: &HashMap<PatientId, PersonName>) -> Self {
        let name = names.get(&PatientId(self.patient));
        Self {
            patient_name: name.cloned().map(Into::into),
            ..self
        }
    }
}

impl From<AppointmentRow> for AppointmentOut {
    fn from(row: AppointmentRow) -> Self {
        Self {
            id: row.appointment.uuid(),
            patient: row.patient.uuid(),
            patient_name: None,
            doctor: row.doctor.uuid(),
            hospital: row.hospital.uuid(),
            department: row.department.uuid(),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            time_zone: row.time_zone.name().to_owned(),
            status: row.status.name().to_owned(),
            mode: row.mode.into(),
            visit_type: row.visit_type.map(|kind| kind.uuid()),
            price: row.price.map(|price| price.as_str().to_owned()),
            assets: row.assets.0.iter().map(|asset| asset.uuid()).collect(),
            series: row.series.map(|series| series.uuid()),
            walk_in: row.walk_in,
            previous: row.previous.0.into_iter().map(Into::into).collect(),
            token: row.token,
            checked_in_at: row.checked_in_at,
            started_at: row.started_at,
            completed_at: row.completed_at,
            fees: row.fees.0.into_iter().map(Into::into).collect(),
            reason: row.reason.map(Into::into),
            cancellation: row.cancellation.map(Into::into),
            overbooking: row.overbooking.map(Into::into),
            waiver: row.waiver.map(Into::into),
            version: row.version,
        }
    }
}

impl From<Previous> for PreviousOut {
    fn from(previous: Previous) -> Self {
        Self {
            doctor: previous.doctor.uuid(),
            starts_at: previous.starts_at,
            moved_at: previous.moved_at,
        }
    }
}

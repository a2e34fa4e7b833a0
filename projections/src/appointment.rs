//! Appointments, as a patient's list, a doctor's day and a hospital's board show them, and the
//! figures of a hospital: who came, who didn't, and how long they waited.

mod day;
mod queries;

use chrono::{DateTime, Utc};
use medilink_domain::appointment::{
    AppointmentEvent, AppointmentStatus, Booked, Cancelled, Rescheduled,
};
use medilink_domain::values::{Code, FreeText, Money, TimeZone, VisitMode};
use medilink_domain::{
    AppointmentId, AssetId, DepartmentId, DoctorId, HospitalId, PatientId, SeriesId, TenantId,
    VisitTypeId,
};
use medilink_log::Position;
use serde::{Deserialize, Serialize};

use crate::runtime::field::{Json, named_fields};
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

pub use day::{DayOf, DayVersion, day_of_doctor, day_of_hospital, day_version};
pub use queries::{
    AppointmentCursor, Figures, SealedAppointment, figures, find, for_patient, get, hospitals_of,
    of_person,
};

named_fields!(AppointmentStatus, Code, TimeZone, VisitMode);

/// A time at which an appointment was to be before it was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// With whom.
    pub doctor: DoctorId,
    /// When it was to begin.
    pub starts_at: DateTime<Utc>,
    /// When it was moved.
    pub moved_at: DateTime<Utc>,
}

row! {
    /// One appointment.
    pub struct AppointmentRow in "appointment" {
        key {
            /// The appointment.
            appointment: AppointmentId,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// Who comes.
            patient: PatientId,
            /// Who receives.
            doctor: DoctorId,
            /// Where.
            hospital: HospitalId,
            /// Where in the hospital.
            department: DepartmentId,
            /// When it begins.
            starts_at: DateTime<Utc>,
            /// When it ends.
            ends_at: DateTime<Utc>,
            /// The zone of the hospital's clock.
            time_zone: TimeZone,
            /// Where it stands.
            status: AppointmentStatus,
            /// How it takes place.
            mode: VisitMode,
            /// Its kind.
            visit_type: Option<VisitTypeId>,
            /// What it costs, as the hospital's price list names it.
            price: Option<Code>,
            /// The rooms and devices it has.
            assets: Json<Vec<AssetId>>,
            /// The series it is one of.
            series: Option<SeriesId>,
            /// Whether the patient came without a booking.
            walk_in: bool,
            /// When it was to be before, the first time first.
            previous: Json<Vec<Previous>>,
            /// The number under which the patient waits or waited.
            token: Option<u64>,
            /// When the patient checked in.
            checked_in_at: Option<DateTime<Utc>>,
            /// When the visit began.
            started_at: Option<DateTime<Utc>>,
            /// When it ended.
            completed_at: Option<DateTime<Utc>>,
            /// What moving, cancelling or missing it cost.
            fees: Json<Vec<Money>>,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
            /// When that was recorded.
            changed_at: DateTime<Utc>,
        }
        sealed Clinical of patient {
            /// What the patient comes for.
            reason: Option<FreeText>,
            /// Why it was called off.
            cancellation: Option<FreeText>,
            /// Why it has a slot that was taken.
            overbooking: Option<FreeText>,
            /// Why a fee was waived.
            waiver: Option<FreeText>,
        }
    }
}

/// The fold.
pub(crate) struct Appointments;

impl ReadModel for Appointments {
    const VERSION: u16 = 4;
    const INDEXES: &'static [&'static str] = &[
        "(patient, starts_at, appointment)",
        "(doctor, starts_at, appointment)",
        "(hospital, starts_at, appointment)",
    ];

    type Source = AppointmentEvent;
    type Row = AppointmentRow;

    fn keys(fact: &Fact<AppointmentEvent>) -> Result<Vec<(AppointmentId,)>, FoldError> {
        Ok(vec![(fact.id("appointment")?,)])
    }

    fn fold(
        _: &(AppointmentId,),
        row: Option<AppointmentRow>,
        fact: &Fact<AppointmentEvent>,
    ) -> Result<Option<AppointmentRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(None);
        };
        if let AppointmentEvent::Booked(booked) = event {
            return Ok(Some(booked_row(booked, fact)));
        }
        let row = AppointmentRow {
            version: fact.version,
            position: fact.position,
            changed_at: fact.recorded_at,
            ..row.ok_or(FoldError("appointment-not-booked"))?
        };
        Ok(Some(match event {
            AppointmentEvent::Booked(_) => row,
            AppointmentEvent::Rescheduled(moved) => rescheduled(row, moved, fact.recorded_at),
            AppointmentEvent::Cancelled(cancelled) => called_off(row, cancelled),
            AppointmentEvent::CheckedIn(arrived) => AppointmentRow {
                status: AppointmentStatus::CheckedIn,
                token: Some(u64::from(arrived.token)),
                checked_in_at: Some(arrived.at),
                ..row
            },
            AppointmentEvent::Started(started) => AppointmentRow {
                status: AppointmentStatus::InProgress,
                started_at: Some(started.at),
                ..row
            },
            AppointmentEvent::Completed(completed) => AppointmentRow {
                status: AppointmentStatus::Completed,
                completed_at: Some(completed.at),
                ..row
            },
            AppointmentEvent::NoShowRecorded(missed) => AppointmentRow {
                status: AppointmentStatus::NoShow,
                fees: with_fee(row.fees, missed.fee),
                ..row
            },
        }))
    }
}

fn with_fee(mut fees: Json<Vec<Money>>, fee: Option<Money>) -> Json<Vec<Money>> {
    fees.0.extend(fee);
    fees
}

fn called_off(row: AppointmentRow, cancelled: &Cancelled) -> AppointmentRow {
    AppointmentRow {
        status: AppointmentStatus::Cancelled,
        cancellation: cancelled.reason.clone(),
        waiver: cancelled.waiver.clone().or(row.waiver),
        fees: with_fee(row.fees, cancelled.fee),
        ..row
    }
}

fn rescheduled(
    mut row: AppointmentRow,
    moved: &Rescheduled,
    moved_at: DateTime<Utc>,
) -> AppointmentRow {
    row.previous.0.push(Previous {
        doctor: row.doctor,
        starts_at: row.starts_at,
        moved_at,
    });
    if let Some(place) = moved.to {
        row.doctor = place.doctor;
        row.hospital = place.hospital;
        row.department = place.department;
        row.time_zone = place.time_zone;
    }
    AppointmentRow {
        starts_at: moved.starts_at,
        ends_at: moved.ends_at,
        mode: moved.mode,
        assets: Json(moved.assets.clone()),
        waiver: moved.waiver.clone().or(row.waiver),
        fees: with_fee(row.fees, moved.fee),
        ..row
    }
}

fn booked_row(booked: &Booked, fact: &Fact<AppointmentEvent>) -> AppointmentRow {
    AppointmentRow {
        appointment: booked.appointment,
        tenant: fact.tenant,
        patient: booked.patient,
        doctor: booked.doctor,
        hospital: booked.hospital,
        department: booked.department,
        starts_at: booked.starts_at,
        ends_at: booked.ends_at,
        time_zone: booked.time_zone,
        status: AppointmentStatus::Booked,
        mode: booked.terms.mode,
        visit_type: booked.terms.visit_type,
        price: booked.terms.price.clone(),
        assets: Json(booked.terms.assets.clone()),
        series: booked.terms.series,
        walk_in: booked.terms.walk_in,
        previous: Json(Vec::new()),
        token: None,
        checked_in_at: None,
        started_at: None,
        completed_at: None,
        fees: Json(Vec::new()),
        version: fact.version,
        position: fact.position,
        changed_at: fact.recorded_at,
        reason: booked.reason.clone(),
        cancellation: None,
        overbooking: booked.terms.overbooking.clone(),
        waiver: None,
    }
}

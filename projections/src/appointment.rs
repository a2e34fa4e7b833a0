//! Appointments, as a patient's list and a doctor's day show them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use medilink_domain::appointment::{AppointmentEvent, AppointmentStatus, Booked};
use medilink_domain::values::{FreeText, TimeZone};
use medilink_domain::{AppointmentId, DepartmentId, DoctorId, HospitalId, PatientId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order, SelectStatement};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::named_fields;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

named_fields!(AppointmentStatus, TimeZone);

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
            /// Whether it stands.
            status: AppointmentStatus,
            /// The version of its stream, for `If-Match`.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
        sealed Clinical of patient {
            /// What the patient comes for.
            reason: Option<FreeText>,
            /// Why it was called off.
            cancellation: Option<FreeText>,
        }
    }
}

/// The fold.
pub(crate) struct Appointments;

impl ReadModel for Appointments {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &[
        "(patient, starts_at, appointment)",
        "(doctor, starts_at, appointment)",
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
        let row = match event {
            AppointmentEvent::Booked(booked) => return Ok(Some(booked_row(booked, fact))),
            AppointmentEvent::Rescheduled(_) | AppointmentEvent::Cancelled(_) => {
                row.ok_or(FoldError("appointment-not-booked"))?
            }
        };
        let row = AppointmentRow {
            version: fact.version,
            position: fact.position,
            ..row
        };
        Ok(Some(match event {
            AppointmentEvent::Booked(_) => row,
            AppointmentEvent::Rescheduled(to) => AppointmentRow {
                starts_at: to.starts_at,
                ends_at: to.ends_at,
                ..row
            },
            AppointmentEvent::Cancelled(cancelled) => AppointmentRow {
                status: AppointmentStatus::Cancelled,
                cancellation: cancelled.reason.clone(),
                ..row
            },
        }))
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
        version: fact.version,
        position: fact.position,
        reason: booked.reason.clone(),
        cancellation: None,
    }
}

/// The place of an appointment in a list, in a URL as `<microseconds>.<appointment>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppointmentCursor {
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// The appointment.
    pub appointment: AppointmentId,
}

impl fmt::Display for AppointmentCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::cursor::write(f, self.starts_at, self.appointment.uuid())
    }
}

impl FromStr for AppointmentCursor {
    type Err = crate::cursor::NotACursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (starts_at, id) = crate::cursor::read(text)?;
        Ok(Self {
            starts_at,
            appointment: AppointmentId(id),
        })
    }
}

/// One appointment.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn get(
    reads: &Reads,
    tenant: TenantId,
    appointment: AppointmentId,
) -> Result<Option<AppointmentRow>, ReadError> {
    let mut select = of_tenant::<AppointmentRow>(tenant);
    select.and_where(Expr::col("appointment").eq(appointment.uuid()));
    reads.row(&select).await
}

/// A patient's appointments, the latest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn for_patient(
    reads: &Reads,
    tenant: TenantId,
    patient: PatientId,
    page: Page<AppointmentCursor>,
) -> Result<Listed<AppointmentRow, AppointmentCursor>, ReadError> {
    let mut select = of_tenant::<AppointmentRow>(tenant);
    select.and_where(Expr::col("patient").eq(patient.uuid()));
    latest_first(&mut select, page.after);
    let place = |cells: &[_]| {
        Ok(AppointmentCursor {
            starts_at: cell::<AppointmentRow, _>(cells, "starts_at")?,
            appointment: cell::<AppointmentRow, _>(cells, "appointment")?,
        })
    };
    reads.page(select, page.bounded(), place).await
}

fn latest_first(select: &mut SelectStatement, after: Option<AppointmentCursor>) {
    if let Some(AppointmentCursor {
        starts_at,
        appointment,
    }) = after
    {
        let place = Expr::tuple([Expr::val(starts_at), Expr::val::<Uuid>(appointment.uuid())]);
        select.and_where(Expr::tuple([Expr::col("starts_at"), Expr::col("appointment")]).lt(place));
    }
    select
        .order_by("starts_at", Order::Desc)
        .order_by("appointment", Order::Desc);
}

/// The most appointments that a doctor's day may show.
const LONGEST_DAY: u64 = 500;

/// A doctor's appointments that begin in `from..to`, in order, cancelled ones included.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn day_of_doctor(
    reads: &Reads,
    tenant: TenantId,
    doctor: DoctorId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<AppointmentRow>, ReadError> {
    let mut select = of_tenant::<AppointmentRow>(tenant);
    select
        .and_where(Expr::col("doctor").eq(doctor.uuid()))
        .and_where(Expr::col("starts_at").gte(from))
        .and_where(Expr::col("starts_at").lt(to))
        .order_by("starts_at", Order::Asc)
        .order_by("appointment", Order::Asc)
        .limit(LONGEST_DAY);
    reads.rows(&select).await
}

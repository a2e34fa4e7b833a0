//! Reading appointments.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use medilink_domain::{AppointmentId, DoctorId, HospitalId, PatientId, TenantId};
use sea_query::{Expr, ExprTrait, Order, Query, SimpleExpr, UnionType};
use uuid::Uuid;

use super::AppointmentRow;
use crate::extent::Extent;
use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::cell::Cell;
use crate::runtime::field::{Damaged, Field};
use crate::runtime::row::{Row, cell};
use crate::waitlist::WaitlistRow;

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
    match find(reads, tenant, appointment).await? {
        Some(found) => found.open(reads).await,
        None => Ok(None),
    }
}

/// An appointment whose personal part is still sealed: whom it concerns, by which it is
/// decided who may see the rest.
pub struct SealedAppointment {
    /// Who comes.
    pub patient: PatientId,
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    cells: Vec<Cell>,
}

impl SealedAppointment {
    /// The whole of it; `None` when its personal part is erased.
    ///
    /// # Errors
    /// [`ReadError`] when it can't be unsealed.
    pub async fn open(self, reads: &Reads) -> Result<Option<AppointmentRow>, ReadError> {
        Ok(reads.opened(vec![self.cells]).await?.pop())
    }
}

/// One appointment, of which nothing is unsealed yet.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn find(
    reads: &Reads,
    tenant: TenantId,
    appointment: AppointmentId,
) -> Result<Option<SealedAppointment>, ReadError> {
    let mut select = of_tenant::<AppointmentRow>(tenant);
    select.and_where(Expr::col("appointment").eq(appointment.uuid()));
    let Some(cells) = reads.stored(&select).await?.pop() else {
        return Ok(None);
    };
    Ok(Some(SealedAppointment {
        patient: cell::<AppointmentRow, _>(&cells, "patient")?,
        doctor: cell::<AppointmentRow, _>(&cells, "doctor")?,
        hospital: cell::<AppointmentRow, _>(&cells, "hospital")?,
        starts_at: cell::<AppointmentRow, _>(&cells, "starts_at")?,
        cells,
    }))
}

/// As much of a patient's appointments as may be shown, the latest first.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn for_patient(
    reads: &Reads,
    tenant: TenantId,
    patient: PatientId,
    extent: &Extent,
    page: Page<AppointmentCursor>,
) -> Result<Listed<AppointmentRow, AppointmentCursor>, ReadError> {
    let mut select = of_tenant::<AppointmentRow>(tenant);
    select
        .and_where(Expr::col("patient").eq(patient.uuid()))
        .cond_where(extent.condition(Some("starts_at")));
    if let Some(after) = page.after {
        select.and_where(AppointmentCursor::columns().lt(after.place()));
    }
    select
        .order_by("starts_at", Order::Desc)
        .order_by("appointment", Order::Desc);
    reads
        .page(select, page.bounded(), AppointmentCursor::of)
        .await
}

/// The hospitals where a patient has a visit, had one, or waits for one.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn hospitals_of(
    reads: &Reads,
    tenant: TenantId,
    patient: PatientId,
) -> Result<Vec<HospitalId>, ReadError> {
    let of = |model: &'static str| {
        let mut select = Query::select();
        select
            .column("hospital")
            .from(("read", model))
            .and_where(Expr::col("tenant").eq(tenant.uuid()))
            .and_where(Expr::col("patient").eq(patient.uuid()));
        select
    };
    let mut select = of(AppointmentRow::NAME);
    select.union(UnionType::Distinct, of(WaitlistRow::NAME));
    let hospitals = reads.stored(&select).await?.into_iter().flatten();
    Ok(hospitals
        .map(HospitalId::from_cell)
        .collect::<Result<_, Damaged>>()?)
}

impl AppointmentCursor {
    pub(super) fn columns() -> SimpleExpr {
        Expr::tuple([Expr::col("starts_at"), Expr::col("appointment")])
    }

    pub(super) fn place(&self) -> SimpleExpr {
        Expr::tuple([
            Expr::val(self.starts_at),
            Expr::val::<Uuid>(self.appointment.uuid()),
        ])
    }

    pub(super) fn of(cells: &[Cell]) -> Result<Self, Damaged> {
        Ok(Self {
            starts_at: cell::<AppointmentRow, _>(cells, "starts_at")?,
            appointment: cell::<AppointmentRow, _>(cells, "appointment")?,
        })
    }
}

/// The most appointments that a calendar program is given.
const LONGEST_CALENDAR: u64 = 2_000;

/// The appointments of a person, patient or doctor, that begin in `from..to`, in order,
/// cancelled ones included. Where they are too many, the earliest are left out.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_person(
    reads: &Reads,
    tenant: TenantId,
    person: Uuid,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<AppointmentRow>, ReadError> {
    let mut select = of_tenant::<AppointmentRow>(tenant);
    select
        .and_where(
            Expr::col("patient")
                .eq(person)
                .or(Expr::col("doctor").eq(person)),
        )
        .and_where(Expr::col("starts_at").gte(from))
        .and_where(Expr::col("starts_at").lt(to))
        .order_by("starts_at", Order::Desc)
        .order_by("appointment", Order::Desc)
        .limit(LONGEST_CALENDAR);
    let mut rows = reads.rows(&select).await?;
    rows.reverse();
    Ok(rows)
}

/// What became of a doctor's visits. They name no patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The doctor.
    pub doctor: DoctorId,
    /// Visits whose time it was, cancelled ones not counted.
    pub visits: u64,
    /// Of those, walk-ins.
    pub walk_ins: u64,
    /// Visits that are over.
    pub completed: u64,
    /// Visits to which the patient did not come.
    pub no_shows: u64,
    /// Visits that were called off.
    pub cancelled: u64,
    /// Visits whose patients waited and were then seen.
    pub waits: u64,
    /// How long they waited in all, in seconds.
    pub waited_seconds: u64,
    /// How long the longest of them waited, in seconds.
    pub longest_wait_seconds: u64,
}

/// The columns of [`Figures`], after the doctor.
const FIGURES: [&str; 8] = [
    "count(*) FILTER (WHERE status <> 'cancelled')",
    "count(*) FILTER (WHERE walk_in)",
    "count(*) FILTER (WHERE status = 'completed')",
    "count(*) FILTER (WHERE status = 'no_show')",
    "count(*) FILTER (WHERE status = 'cancelled')",
    "count(*) FILTER (WHERE started_at >= checked_in_at)",
    "coalesce(sum(extract(epoch FROM started_at - checked_in_at)) \
        FILTER (WHERE started_at >= checked_in_at), 0)::bigint",
    "coalesce(max(extract(epoch FROM started_at - checked_in_at)) \
        FILTER (WHERE started_at >= checked_in_at), 0)::bigint",
];

/// The figures of a hospital's doctors over the visits that begin in `from..to`.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn figures(
    reads: &Reads,
    tenant: TenantId,
    hospital: HospitalId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Figures>, ReadError> {
    let mut select = Query::select();
    select.column("doctor");
    for figure in FIGURES {
        select.expr(Expr::cust(figure));
    }
    select
        .from(("read", AppointmentRow::NAME))
        .and_where(Expr::col("tenant").eq(tenant.uuid()))
        .and_where(Expr::col("hospital").eq(hospital.uuid()))
        .and_where(Expr::col("starts_at").gte(from))
        .and_where(Expr::col("starts_at").lt(to))
        .group_by_col("doctor")
        .order_by("doctor", Order::Asc);
    let rows = reads.stored(&select).await?;
    Ok(rows
        .into_iter()
        .map(figures_of)
        .collect::<Result<_, Damaged>>()?)
}

fn figures_of(cells: Vec<Cell>) -> Result<Figures, Damaged> {
    let mut cells = cells.into_iter();
    let doctor = DoctorId::from_cell(cells.next().ok_or(Damaged)?)?;
    let mut next = || u64::from_cell(cells.next().ok_or(Damaged)?);
    Ok(Figures {
        doctor,
        visits: next()?,
        walk_ins: next()?,
        completed: next()?,
        no_shows: next()?,
        cancelled: next()?,
        waits: next()?,
        waited_seconds: next()?,
        longest_wait_seconds: next()?,
    })
}

//! Reading days: a doctor's and a hospital's, and whether they are still the same.

use chrono::{DateTime, Utc};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, TenantId};
use sea_query::{Expr, ExprTrait, Order, Query, SimpleExpr};

use super::{AppointmentCursor, AppointmentRow};
use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::{Damaged, Field};
use crate::runtime::row::Row;

/// Whose day it is.
#[derive(Clone, Copy, Debug)]
pub enum DayOf {
    /// A doctor's.
    Doctor(DoctorId),
    /// A hospital's.
    Hospital(HospitalId),
}

impl DayOf {
    /// Whether an appointment is on the day, which is `from..to`.
    fn holds(self, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> SimpleExpr {
        let whose = match self {
            Self::Doctor(doctor) => Expr::col("doctor").eq(doctor.uuid()),
            Self::Hospital(hospital) => Expr::col("hospital").eq(hospital.uuid()),
        };
        whose
            .and(Expr::col("starts_at").gte(from))
            .and(Expr::col("starts_at").lt(to))
    }
}

/// The most appointments that a doctor's day may show.
const LONGEST_DAY: u64 = 500;

/// A doctor's appointments that begin on a day, in order, cancelled ones included.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn day_of_doctor(
    reads: &Reads,
    tenant: TenantId,
    doctor: DoctorId,
    day: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<AppointmentRow>, ReadError> {
    let mut select = of_tenant::<AppointmentRow>(tenant);
    select
        .and_where(DayOf::Doctor(doctor).holds(day))
        .order_by("starts_at", Order::Asc)
        .order_by("appointment", Order::Asc)
        .limit(LONGEST_DAY);
    reads.rows(&select).await
}

/// A hospital's appointments that begin on a day, in order, cancelled ones included; of
/// one department, if one is named.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn day_of_hospital(
    reads: &Reads,
    tenant: TenantId,
    hospital: HospitalId,
    department: Option<DepartmentId>,
    day: (DateTime<Utc>, DateTime<Utc>),
    page: Page<AppointmentCursor>,
) -> Result<Listed<AppointmentRow, AppointmentCursor>, ReadError> {
    let mut select = of_tenant::<AppointmentRow>(tenant);
    select
        .and_where(DayOf::Hospital(hospital).holds(day))
        .order_by("starts_at", Order::Asc)
        .order_by("appointment", Order::Asc);
    if let Some(department) = department {
        select.and_where(Expr::col("department").eq(department.uuid()));
    }
    if let Some(after) = page.after {
        select.and_where(AppointmentCursor::columns().gt(after.place()));
    }
    reads
        .page(select, page.bounded(), AppointmentCursor::of)
        .await
}

/// By what it is told whether a day is still the same. It names nobody.
///
/// What comes to the day in the place of something else, or changes on it, has a later event than
/// before. So the sum of their positions grows, unless there are fewer visits. What changes without
/// an event of a visit does not count, such as the name of a patient who is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayVersion {
    /// How many visits there are, cancelled ones included.
    pub visits: u64,
    /// The positions of their last events, added up.
    pub positions: u64,
}

/// The version of a day: of the appointments that begin in `from..to`.
///
/// # Errors
/// [`ReadError`] when it can't be read.
pub async fn day_version(
    reads: &Reads,
    tenant: TenantId,
    of: DayOf,
    day: (DateTime<Utc>, DateTime<Utc>),
) -> Result<DayVersion, ReadError> {
    let mut select = Query::select();
    select
        .expr(Expr::cust("count(*)"))
        .expr(Expr::cust("coalesce(sum(position), 0)::bigint"))
        .from(("read", AppointmentRow::NAME))
        .and_where(Expr::col("tenant").eq(tenant.uuid()))
        .and_where(of.holds(day));
    let row = reads.stored(&select).await?.pop().ok_or(Damaged)?;
    let mut cells = row.into_iter();
    Ok(DayVersion {
        visits: u64::from_cell(cells.next().ok_or(Damaged)?)?,
        positions: u64::from_cell(cells.next().ok_or(Damaged)?)?,
    })
}

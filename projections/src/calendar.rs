//! Doctors' days: the windows that are open for booking and the slots that are taken.

use chrono::{DateTime, Days, NaiveDate, Utc};
use medilink_domain::calendar::{
    Calendar, CalendarEvent, CalendarId, Reservation, Slot, Window, free_slots,
};
use medilink_domain::{Decider, DoctorId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order};

use crate::reads::{ReadError, Reads, of_tenant};
use crate::runtime::field::Json;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// One doctor's one day, in the hospital's zone.
    pub struct CalendarRow in "calendar" {
        key {
            /// Whose day.
            doctor: DoctorId,
            /// Which day.
            date: NaiveDate,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// What is open for booking, in order.
            windows: Json<Vec<Window>>,
            /// What is taken, in order.
            reservations: Json<Vec<Reservation>>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

/// The fold, which is the aggregate's own.
pub(crate) struct Calendars;

impl ReadModel for Calendars {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &[];

    type Source = CalendarEvent;
    type Row = CalendarRow;

    fn keys(fact: &Fact<CalendarEvent>) -> Result<Vec<(DoctorId, NaiveDate)>, FoldError> {
        let CalendarId { doctor, date } = fact.id("calendar")?;
        Ok(vec![(doctor, date)])
    }

    fn fold(
        key: &(DoctorId, NaiveDate),
        row: Option<CalendarRow>,
        fact: &Fact<CalendarEvent>,
    ) -> Result<Option<CalendarRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        let (doctor, date) = *key;
        let mut state = Calendar::default();
        if let Some(row) = row {
            state.windows = row.windows.0;
            state.reservations = row.reservations.0;
        }
        state.evolve(event);
        Ok(Some(CalendarRow {
            doctor,
            date,
            tenant: fact.tenant,
            windows: Json(state.windows),
            reservations: Json(state.reservations),
            version: fact.version,
            position: fact.position,
        }))
    }
}

/// The most days that one call reads.
pub const MAX_DAYS: u64 = 62;

/// A doctor's days from one date to another, both included; at most [`MAX_DAYS`].
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn between(
    reads: &Reads,
    tenant: TenantId,
    doctor: DoctorId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<CalendarRow>, ReadError> {
    let mut select = of_tenant::<CalendarRow>(tenant);
    select
        .and_where(Expr::col("doctor").eq(doctor.uuid()))
        .and_where(Expr::col("date").gte(from))
        .and_where(Expr::col("date").lte(to))
        .order_by("date", Order::Asc)
        .limit(MAX_DAYS);
    reads.rows(&select).await
}

/// A doctor's free slots that start in `from..to` and after `now`, in order.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn slots(
    reads: &Reads,
    tenant: TenantId,
    doctor: DoctorId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Slot>, ReadError> {
    // A day of the hospital's zone may be the one before or after that of UTC.
    let day = Days::new(1);
    let first = from
        .date_naive()
        .checked_sub_days(day)
        .unwrap_or(from.date_naive());
    let last = to
        .date_naive()
        .checked_add_days(day)
        .unwrap_or(to.date_naive());
    let days = between(reads, tenant, doctor, first, last).await?;
    let windows: Vec<Window> = days
        .iter()
        .flat_map(|day| day.windows.0.iter().copied())
        .collect();
    let taken: Vec<Reservation> = days
        .iter()
        .flat_map(|day| day.reservations.0.iter().copied())
        .collect();
    Ok(free_slots(&windows, &taken, from, to, now))
}

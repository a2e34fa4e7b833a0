//! Doctors' days: the windows that are open for booking and the slots that are taken.

use chrono::NaiveDate;
use medilink_domain::calendar::{Calendar, CalendarEvent, CalendarId, Reservation, Window};
use medilink_domain::{Decider, DoctorId, TenantId};
use medilink_log::Position;

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
    const VERSION: u16 = 2;
    const INDEXES: &'static [&'static str] = &["(position)"];

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

//! Opening and closing windows: from the hospital's wall clock to instants.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};

use super::{
    Calendar, CalendarError, CalendarId, CloseWindow, OpenWindow, WindowClosed, WindowOpened,
};
use crate::horizon::FURTHEST_AHEAD;
use crate::values::{LocalTime, TimeZone};

impl Calendar {
    pub(super) fn open_window(
        &self,
        open: &OpenWindow,
        now: DateTime<Utc>,
    ) -> Result<WindowOpened, CalendarError> {
        self.check_calendar(open)?;
        check_date(open.date, now)?;
        let opens = instant(open.date, open.opens, open.time_zone)
            .ok_or(CalendarError::OpensInClockChange)?;
        let closes = instant(open.date, open.closes, open.time_zone)
            .ok_or(CalendarError::ClosesInClockChange)?;
        if closes <= opens {
            return Err(CalendarError::WindowEndsBeforeItStarts);
        }
        if closes <= now {
            return Err(CalendarError::WindowInPast);
        }
        let minutes = (closes - opens).num_minutes();
        if minutes % i64::from(open.slot_minutes.get()) != 0 {
            return Err(CalendarError::WindowNotWholeSlots);
        }
        if self
            .windows
            .iter()
            .any(|window| window.overlaps(opens, closes))
        {
            return Err(CalendarError::WindowOverlaps);
        }
        Ok(WindowOpened {
            window: open.window,
            doctor: open.doctor,
            hospital: open.hospital,
            date: open.date,
            opens,
            closes,
            time_zone: open.time_zone,
            slot_minutes: open.slot_minutes,
        })
    }

    fn check_calendar(&self, open: &OpenWindow) -> Result<(), CalendarError> {
        let named = CalendarId {
            doctor: open.doctor,
            date: open.date,
        };
        if self.id.is_some_and(|id| id != named) {
            return Err(CalendarError::OtherCalendar);
        }
        if self
            .windows
            .iter()
            .any(|window| window.window == open.window)
        {
            return Err(CalendarError::WindowAlreadyOpen);
        }
        // Windows of one zone can't reach into the next date's calendar; of two zones they
        // could, and two calendars would then give one hour away twice.
        if self
            .windows
            .iter()
            .any(|window| window.time_zone != open.time_zone)
        {
            return Err(CalendarError::OtherTimeZone);
        }
        Ok(())
    }

    pub(super) fn close_window(&self, close: CloseWindow) -> Result<WindowClosed, CalendarError> {
        let window = self
            .windows
            .iter()
            .find(|window| window.window == close.window)
            .ok_or(CalendarError::NoSuchWindow)?;
        if self
            .reservations
            .iter()
            .any(|taken| taken.overlaps(window.opens, window.closes))
        {
            return Err(CalendarError::WindowHasReservations);
        }
        Ok(WindowClosed {
            window: window.window,
        })
    }
}

/// Bounds the date before any arithmetic with it, which could overflow at the calendar's ends.
fn check_date(date: NaiveDate, now: DateTime<Utc>) -> Result<(), CalendarError> {
    let from_today = date.signed_duration_since(now.date_naive());
    // Local dates are at most a day away from the date in UTC.
    if from_today < TimeDelta::days(-1) {
        return Err(CalendarError::WindowInPast);
    }
    if from_today > FURTHEST_AHEAD {
        return Err(CalendarError::WindowTooFarAhead);
    }
    Ok(())
}

/// The instant of a local time; the earlier one where the clocks go back over it, none where
/// they go forward over it.
fn instant(date: NaiveDate, time: LocalTime, zone: TimeZone) -> Option<DateTime<Utc>> {
    zone.tz()
        .from_local_datetime(&date.and_time(time.time()))
        .earliest()
        .map(|local| local.with_timezone(&Utc))
}

//! Series: visits that come back, such as dialysis each Tuesday. It holds which appointments
//! were booked together, and says when they are: at the same time of the hospital's clock.

use chrono::{DateTime, Days, Months, NaiveDate, Offset as _, TimeZone as _, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{AppointmentId, PatientId, SeriesId, SubjectId};
use crate::schedule::first_at_or_after;
use crate::values::{LocalTime, TimeZone, names};

names! {
    /// How often a visit comes back.
    pub enum Frequency or UnknownFrequency {
        /// Each day.
        Daily = "daily",
        /// Each week, on the same day of the week.
        Weekly = "weekly",
        /// Each month, on the same day of the month, or its last day.
        Monthly = "monthly",
    }
}

/// When visits come back, in the terms of RFC 5545's FREQ, INTERVAL and COUNT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recurrence {
    /// How often.
    pub frequency: Frequency,
    /// Every so many days, weeks or months, from 1 to 12.
    pub interval: u8,
    /// How many visits in all, from 2 to 52.
    pub count: u8,
}

/// The visits of a series are booked.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// The new series.
    pub series: SeriesId,
    /// Who comes.
    pub patient: PatientId,
    /// When.
    pub recurrence: Recurrence,
    /// The appointments, in order.
    pub appointments: Vec<AppointmentId>,
}

crate::events! {
    /// What can happen to a series.
    pub enum SeriesEvent {
        Booked: "series.booked" v 1, Privacy::Personal(Category::Clinical);
    }
}

/// The visits of a series were booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Booked {
    /// The series.
    pub series: SeriesId,
    /// Who comes.
    pub patient: PatientId,
    /// When.
    pub recurrence: Recurrence,
    /// The appointments, in order.
    pub appointments: Vec<AppointmentId>,
}

crate::problems! {
    /// Why a series refuses.
    pub enum SeriesError {
        /// Its id is in use.
        SeriesAlreadyBooked: Conflict "series-already-booked",
            "the series is already booked", "Book under a new id.";
        /// It was never booked.
        NoSuchSeries: NotFound "no-such-series",
            "there is no such series", "Check the series' id.";
        /// Once is no series, and there is an end to planning.
        NotACount: Invalid "not-a-count" at "/recurrence/count",
            "a series has from 2 to 52 visits", "Choose a number from 2 to 52.";
        /// It would stand still, or skip a year.
        NotAnInterval: Invalid "not-an-interval" at "/recurrence/interval",
            "a visit comes back every 1 to 12 days, weeks or months", "Choose from 1 to 12.";
        /// Further than anyone plans.
        SeriesTooLong: Invalid "series-too-long" at "/recurrence",
            "the series goes on for more than two years", "Choose fewer or closer visits.";
        /// None of its visits can be called off any more.
        NothingToCancel: Conflict "nothing-to-cancel",
            "no visit of the series is still to come", "There is nothing left to do.";
    }
}

/// The state of a series.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Series {
    /// What was booked.
    pub booked: Option<Booked>,
}

impl Recurrence {
    /// The most visits of a series.
    pub const MOST: u8 = 52;
    const LONGEST_INTERVAL: u8 = 12;

    /// When the visits begin: the first one, then at the same time of the same clock. Where
    /// that time does not exist, just after the jump; where it comes twice, the first time.
    ///
    /// # Errors
    /// When count or interval make no sense, or the last visit is more than two years away.
    pub fn starts(
        &self,
        first: DateTime<Utc>,
        zone: TimeZone,
    ) -> Result<Vec<DateTime<Utc>>, SeriesError> {
        if !(2..=Self::MOST).contains(&self.count) {
            return Err(SeriesError::NotACount);
        }
        if !(1..=Self::LONGEST_INTERVAL).contains(&self.interval) {
            return Err(SeriesError::NotAnInterval);
        }
        let offset = zone.tz().offset_from_utc_datetime(&first.naive_utc()).fix();
        let local = first.naive_utc().checked_add_offset(offset);
        let local = local.ok_or(SeriesError::SeriesTooLong)?;
        // Slots begin on whole minutes; a time that doesn't is refused as no slot anyway.
        let time = LocalTime::at_minute(local.time());
        let mut starts = vec![first];
        for nth in 1..self.count {
            let date = self
                .date(local.date(), nth)
                .ok_or(SeriesError::SeriesTooLong)?;
            let start = first_at_or_after(date, time, zone).ok_or(SeriesError::SeriesTooLong)?;
            starts.push(start);
        }
        let longest = chrono::TimeDelta::days(2 * 366);
        if starts.last().is_some_and(|last| *last - first > longest) {
            return Err(SeriesError::SeriesTooLong);
        }
        Ok(starts)
    }

    fn date(&self, first: NaiveDate, nth: u8) -> Option<NaiveDate> {
        let steps = u32::from(self.interval) * u32::from(nth);
        match self.frequency {
            Frequency::Daily => first.checked_add_days(Days::new(u64::from(steps))),
            Frequency::Weekly => first.checked_add_days(Days::new(7 * u64::from(steps))),
            Frequency::Monthly => first.checked_add_months(Months::new(steps)),
        }
    }
}

impl Series {
    /// What was booked.
    ///
    /// # Errors
    /// [`SeriesError::NoSuchSeries`] before it was.
    pub fn booked(&self) -> Result<&Booked, SeriesError> {
        self.booked.as_ref().ok_or(SeriesError::NoSuchSeries)
    }
}

impl Decider for Series {
    const CATEGORY: &'static str = "series";

    type Id = SeriesId;
    type Command = Book;
    type Event = SeriesEvent;
    type Error = SeriesError;

    fn decide(&self, book: Book, _: DateTime<Utc>) -> Result<Vec<SeriesEvent>, SeriesError> {
        if self.booked.is_some() {
            return Err(SeriesError::SeriesAlreadyBooked);
        }
        let Book {
            series,
            patient,
            recurrence,
            appointments,
        } = book;
        Ok(vec![
            Booked {
                series,
                patient,
                recurrence,
                appointments,
            }
            .into(),
        ])
    }

    fn evolve(&mut self, event: &SeriesEvent) {
        let SeriesEvent::Booked(booked) = event;
        self.booked = Some(booked.clone());
    }

    fn subject(&self) -> Option<SubjectId> {
        self.booked.as_ref().map(|booked| booked.patient.into())
    }
}

crate::aggregate!(Series);

#[cfg(test)]
mod tests;

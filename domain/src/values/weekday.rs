//! The days of the week.

use chrono::{Datelike, NaiveDate};

use super::names::names;

names! {
    /// A day of the week, from Monday (ISO 8601).
    #[allow(missing_docs, reason = "seven names that explain themselves")]
    pub enum Weekday or UnknownWeekday {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }
}

impl Weekday {
    /// The day of the week of a date.
    pub fn of(date: NaiveDate) -> Self {
        Self::ALL[date.weekday().num_days_from_monday() as usize]
    }
}

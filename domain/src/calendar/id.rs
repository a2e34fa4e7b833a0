//! The name of a calendar.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::ids::DoctorId;
use crate::values::{AsText, ValueError, string_value};

/// One doctor's one day, as `<doctor>:<date>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CalendarId {
    /// Whose day.
    pub doctor: DoctorId,
    /// Which day, on the hospital's calendar.
    pub date: NaiveDate,
}

impl fmt::Display for CalendarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.doctor, self.date)
    }
}

impl FromStr for CalendarId {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (doctor, date) = text.split_once(':').ok_or(ValueError::NotACalendarId)?;
        Ok(Self {
            doctor: doctor.parse().map_err(|_| ValueError::NotACalendarId)?,
            date: date.parse().map_err(|_| ValueError::NotACalendarId)?,
        })
    }
}

impl AsText for CalendarId {
    type Text<'a> = Self;

    fn as_text(&self) -> Self {
        *self
    }
}

string_value!(CalendarId, { "type": "string", "pattern": "^[0-9a-f-]{36}:[0-9]{4}-[0-9]{2}-[0-9]{2}$" });

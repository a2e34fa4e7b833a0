//! A time on the hospital's wall clock.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveTime, Timelike};

use super::{AsText, ValueError, string_value};

/// A whole minute of the day, `HH:MM`, in some hospital's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalTime(NaiveTime);

impl LocalTime {
    /// The time of day.
    pub const fn time(self) -> NaiveTime {
        self.0
    }
}

impl TryFrom<NaiveTime> for LocalTime {
    type Error = ValueError;

    fn try_from(time: NaiveTime) -> Result<Self, ValueError> {
        if time.second() == 0 && time.nanosecond() == 0 {
            Ok(Self(time))
        } else {
            Err(ValueError::NotALocalTime)
        }
    }
}

impl FromStr for LocalTime {
    type Err = ValueError;

    /// Accepts `HH:MM`, and `HH:MM:SS` when the seconds are zero.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        text.parse::<NaiveTime>()
            .map_err(|_| ValueError::NotALocalTime)?
            .try_into()
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.format("%H:%M").fmt(f)
    }
}

impl AsText for LocalTime {
    type Text<'a> = Self;

    fn as_text(&self) -> Self {
        *self
    }
}

string_value!(LocalTime, { "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" });

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

    /// The whole minute of a time, without what is left over.
    pub fn at_minute(time: NaiveTime) -> Self {
        let seconds = time.num_seconds_from_midnight();
        // Below the number of seconds of a day, as it was before.
        Self(
            NaiveTime::from_num_seconds_from_midnight_opt(seconds - seconds % 60, 0)
                .unwrap_or(NaiveTime::MIN),
        )
    }

    /// How many minutes of an ordinary day have gone by then.
    pub fn minute_of_day(self) -> u32 {
        self.0.hour() * 60 + self.0.minute()
    }

    /// The same of a time at which something ends: midnight is the end of the day.
    pub fn minute_of_day_at_end(self) -> u32 {
        match self.minute_of_day() {
            0 => 24 * 60,
            minute => minute,
        }
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

//! The zone of a hospital's wall clock.

use std::fmt;
use std::str::FromStr;

use chrono_tz::Tz;

use super::{AsText, ValueError, string_value};

/// A zone of the IANA database, in JSON by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(Tz);

impl TimeZone {
    /// The zone, for arithmetic.
    pub const fn tz(self) -> Tz {
        self.0
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl From<Tz> for TimeZone {
    fn from(zone: Tz) -> Self {
        Self(zone)
    }
}

impl FromStr for TimeZone {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        text.parse()
            .map(Self)
            .map_err(|_| ValueError::UnknownTimeZone)
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl AsText for TimeZone {
    type Text<'a> = &'static str;

    fn as_text(&self) -> &'static str {
        self.name()
    }
}

string_value!(TimeZone, { "type": "string" });

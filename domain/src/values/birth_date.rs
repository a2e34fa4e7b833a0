//! A date of birth, which identifies a person nearly as well as a name does.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use super::{AsText, ValueError, string_value};

/// The day a person was born. That it lies in the past is for the aggregate to say, which
/// knows the time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BirthDate(NaiveDate);

impl BirthDate {
    /// The date itself, which is personal: don't log it.
    pub const fn date(self) -> NaiveDate {
        self.0
    }
}

impl TryFrom<NaiveDate> for BirthDate {
    type Error = ValueError;

    fn try_from(date: NaiveDate) -> Result<Self, ValueError> {
        if (1870..=9999).contains(&date.year()) {
            Ok(Self(date))
        } else {
            Err(ValueError::NotABirthDate)
        }
    }
}

impl FromStr for BirthDate {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        text.parse::<NaiveDate>()
            .map_err(|_| ValueError::NotABirthDate)?
            .try_into()
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(…)")
    }
}

impl AsText for BirthDate {
    type Text<'a> = NaiveDate;

    fn as_text(&self) -> NaiveDate {
        self.0
    }
}

string_value!(BirthDate, { "type": "string", "format": "date" });

//! Names for machines. They have no room for personal data, so they may be shown and logged.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// A stable lower-case name, such as the resource `appointments` or the consumer `reminder`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(String);

/// The name of a stream of the log, such as `appointment-0190…`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamName(String);

impl Code {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let starts_well = text.starts_with(|first: char| first.is_ascii_lowercase());
        let goes_on_well = text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        if starts_well && goes_on_well && text.len() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::NotACode)
        }
    }
}

impl StreamName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StreamName {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if printable && text.contains('-') && text.len() <= 250 {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::NotAStreamName)
        }
    }
}

macro_rules! shown {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsText for $name {
            type Text<'a> = &'a str;

            fn as_text(&self) -> &str {
                &self.0
            }
        }
    )+};
}
shown!(Code, StreamName);

string_value!(Code, { "type": "string", "pattern": "^[a-z][a-z0-9_-]{0,63}$" });
string_value!(StreamName, { "type": "string", "pattern": "^[!-~]+$", "maxLength": 250 });

//! What is kept of a passkey.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// The public part of a passkey, as the adapter that checks passkeys writes it (JSON).
#[derive(Clone, PartialEq, Eq)]
pub struct PasskeyRecord(String);

impl PasskeyRecord {
    /// The most bytes it has.
    const MAX: usize = 8_192;

    /// The text that the adapter wrote.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasskeyRecord {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if text.starts_with('{') && text.len() <= Self::MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::NotAPasskey)
        }
    }
}

impl fmt::Debug for PasskeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasskeyRecord(…)")
    }
}

impl AsText for PasskeyRecord {
    type Text<'a> = &'a str;

    fn as_text(&self) -> &str {
        &self.0
    }
}

string_value!(PasskeyRecord, { "type": "string", "pattern": "^\\{", "maxLength": 8192 });

//! What an authenticator app shows.

use std::fmt;
use std::str::FromStr;

use super::ValueError;

/// Six digits; parsing takes them with or without spaces between, as apps show them.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpCode(String);

impl TotpCode {
    /// The digits. Good for half a minute: don't log them.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TotpCode {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let digits: String = text.chars().filter(|shown| *shown != ' ').collect();
        if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(ValueError::NotATotpCode)
        }
    }
}

impl fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpCode(…)")
    }
}

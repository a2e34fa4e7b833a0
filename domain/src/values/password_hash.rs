//! What a password is checked against.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// A salted hash of a password, as a PHC string such as `$argon2id$v=19$m=19456,t=2,p=1$…`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The PHC string. Who has it can guess passwords at leisure: don't log it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasswordHash {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if printable && text.starts_with('$') && text.len() <= 256 {
            Ok(Self(text.to_owned()))
        } else {
            Err(ValueError::NotAPasswordHash)
        }
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl AsText for PasswordHash {
    type Text<'a> = &'a str;

    fn as_text(&self) -> &str {
        &self.0
    }
}

string_value!(PasswordHash, { "type": "string", "pattern": "^\\$[!-~]{1,255}$" });

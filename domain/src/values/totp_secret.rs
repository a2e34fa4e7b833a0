//! The secret that a person's authenticator app and the platform share.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// 160 random bits, in JSON as 40 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

impl TotpSecret {
    /// The secret. Who has it can make the codes: don't log it.
    pub const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl From<[u8; 20]> for TotpSecret {
    fn from(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
}

impl FromStr for TotpSecret {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut bytes = [0; 20];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ValueError::NotATotpSecret)?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl AsText for TotpSecret {
    type Text<'a> = String;

    fn as_text(&self) -> String {
        hex::encode(self.0)
    }
}

string_value!(TotpSecret, { "type": "string", "pattern": "^[0-9a-f]{40}$" });

//! The hash of a secret that only its owner has.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// The SHA-256 of an access token's secret, in JSON as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The bytes of the hash.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for SecretHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for SecretHash {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ValueError::NotAHash)?;
        Ok(Self(bytes))
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

impl AsText for SecretHash {
    type Text<'a> = String;

    fn as_text(&self) -> String {
        hex::encode(self.0)
    }
}

string_value!(SecretHash, { "type": "string", "pattern": "^[0-9a-f]{64}$" });

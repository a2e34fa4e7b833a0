//! The root of the tree over the log.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// The root hash of the Merkle tree over the log, in JSON as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreeRoot([u8; 32]);

impl From<[u8; 32]> for TreeRoot {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for TreeRoot {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ValueError::NotAHash)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for TreeRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl AsText for TreeRoot {
    type Text<'a> = String;

    fn as_text(&self) -> String {
        hex::encode(self.0)
    }
}

string_value!(TreeRoot, { "type": "string", "pattern": "^[0-9a-f]{64}$" });

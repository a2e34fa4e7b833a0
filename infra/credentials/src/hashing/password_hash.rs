//! A password's hash, as it is stored.

use std::str::FromStr;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{ARGON2ID_IDENT, Params, Version};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most memory of a hash, in KiB.
const MAX_MEMORY_KIB: u32 = 1 << 20;
const MAX_ITERATIONS: u32 = 64;
const MAX_LANES: u32 = 64;
/// The fewest bytes of a hash: shorter ones are met by other passwords too.
const MIN_OUTPUT: usize = 16;
/// The most bytes of the text.
const MAX_TEXT: usize = 256;

/// Why a text is not the hash of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidPasswordHash {
    /// It is not a whole argon2id hash as a PHC string.
    #[error("not an argon2id hash in the PHC string format")]
    Malformed,
    /// Checking a password against it would take too long, or would say nothing.
    #[error(
        "the parameters of a password's hash are out of bounds: at most 1 GiB, 64 iterations and 64 lanes, at least 16 bytes"
    )]
    OutOfBounds,
}

/// The salted argon2id hash (RFC 9106, version 19) of a password, as a PHC string: 97
/// characters with today's parameters, never more than 256. Hidden in `Debug`; in JSON a
/// string.
///
/// Parsing checks it: whatever stands in a damaged log, checking a password against it needs
/// no more than 1 GiB and 64 iterations.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The PHC string, to store. Who has it can guess the password at leisure.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasswordHash {
    type Err = InvalidPasswordHash;

    fn from_str(text: &str) -> Result<Self, InvalidPasswordHash> {
        if text.len() > MAX_TEXT {
            return Err(InvalidPasswordHash::Malformed);
        }
        let hash = Phc::new(text).map_err(|_| InvalidPasswordHash::Malformed)?;
        let whole = hash.algorithm == ARGON2ID_IDENT
            && hash.version == Some(Version::V0x13.into())
            && ["m", "t", "p"]
                .iter()
                .all(|name| hash.params.get(*name).is_some())
            && hash.salt.is_some()
            && hash.hash.is_some();
        if !whole {
            return Err(InvalidPasswordHash::Malformed);
        }
        let params = Params::try_from(&hash).map_err(|_| InvalidPasswordHash::OutOfBounds)?;
        // RFC 9106 knows of neither, and nothing here makes them.
        if !params.keyid().is_empty() || !params.data().is_empty() {
            return Err(InvalidPasswordHash::Malformed);
        }
        if !within_bounds(&params) {
            return Err(InvalidPasswordHash::OutOfBounds);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Whether hashing with these is bearable. The library has checked that none is too small.
pub(super) fn within_bounds(params: &Params) -> bool {
    params.m_cost() <= MAX_MEMORY_KIB
        && params.t_cost() <= MAX_ITERATIONS
        && params.p_cost() <= MAX_LANES
        && params.output_len().is_some_and(|bytes| bytes >= MIN_OUTPUT)
}

impl TryFrom<String> for PasswordHash {
    type Error = InvalidPasswordHash;

    fn try_from(text: String) -> Result<Self, InvalidPasswordHash> {
        text.parse()
    }
}

impl From<PasswordHash> for String {
    fn from(hash: PasswordHash) -> Self {
        hash.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(redacted)")
    }
}

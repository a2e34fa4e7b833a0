//! Why somebody is not let in.

use std::time::Duration;

use medilink_credentials::{HashingError, PasskeyError, TokenError, WeakPassword};
use medilink_database::DatabaseError;
use thiserror::Error;

use crate::error::CommandError;

/// Why nobody is let in.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The address, the password or both. Which is nobody's business.
    #[error("the e-mail address or the password is wrong")]
    Wrong,
    /// The session is over, or the token is not one of ours.
    #[error("the session is over")]
    Over,
    /// Tried too often.
    #[error("tried too often")]
    Wait(Duration),
    /// The new password could be guessed.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// Too many are signing in.
    #[error("too many are signing in")]
    Busy,
    /// A rule forbids it, or a part is away.
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        Self::Command(CommandError::database(error))
    }
}

impl From<HashingError> for Refusal {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            other => Self::Command(CommandError::Internal(other.to_string())),
        }
    }
}

impl From<PasskeyError> for Refusal {
    fn from(error: PasskeyError) -> Self {
        Self::Command(CommandError::Internal(error.to_string()))
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        Self::Command(CommandError::Internal(error.to_string()))
    }
}

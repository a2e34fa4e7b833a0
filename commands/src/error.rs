//! Why a command was not carried out.

use chrono::{DateTime, Utc};
use medilink_database::DatabaseError;
use medilink_domain::Problem;
use medilink_log::{AppendError, CodecError};
use medilink_vault::VaultError;
use thiserror::Error;

use crate::authorizer::Denied;

/// Each variant is something that the caller can act on.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The actor's roles don't allow it.
    #[error("this needs another role")]
    Forbidden,
    /// The actor's roles need a session that was begun with a second factor.
    #[error("this needs a second factor")]
    SecondFactorRequired,
    /// The actor must first show again who they are.
    #[error("this needs a fresh proof of who asks")]
    ProofRequired,
    /// There is no such thing, or the actor may not know of it.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// A rule of the domain forbids it.
    #[error("{0}")]
    Refused(Box<dyn Problem>),
    /// A rule of the domain forbids one of several visits that were to be booked together.
    #[error("{rule}")]
    RefusedAt {
        /// Which one: when it would start.
        starts_at: DateTime<Utc>,
        /// The rule.
        rule: Box<dyn Problem>,
    },
    /// The resource is not at the version that the caller expected.
    #[error("the resource is at version {actual}, not {expected}")]
    VersionMismatch {
        /// What the caller expected.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for a request with another body")]
    IdempotencyKeyReused,
    /// Others changed the same things faster, again and again.
    #[error("too many others are changing the same thing")]
    Contention,
    /// A part that the command needs is away; nothing was recorded, unless `maybe_recorded`.
    #[error("{reason}")]
    Unavailable {
        /// What is away.
        reason: String,
        /// The outcome is not known; repeating with the same idempotency key is safe.
        maybe_recorded: bool,
    },
    /// A fault of ours; the details are in the log under the request id.
    #[error("internal fault: {0}")]
    Internal(String),
}

impl<P: Problem> From<P> for CommandError {
    fn from(problem: P) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<Denied> for CommandError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Role => Self::Forbidden,
            Denied::SecondFactor => Self::SecondFactorRequired,
            Denied::Proof => Self::ProofRequired,
            Denied::Hidden(kind) => Self::NotFound(kind),
        }
    }
}

impl CommandError {
    /// From an adapter that is not part of the domain.
    pub fn database(error: DatabaseError) -> Self {
        if error.is_transient() {
            Self::Unavailable {
                reason: error.to_string(),
                maybe_recorded: false,
            }
        } else {
            Self::Internal(error.to_string())
        }
    }

    pub(crate) fn codec(error: CodecError) -> Self {
        match error {
            // Whoever was erased is not known any more.
            CodecError::Vault(VaultError::Erased) => Self::NotFound("person"),
            CodecError::Vault(error) if error.is_transient() => Self::Unavailable {
                reason: error.to_string(),
                maybe_recorded: false,
            },
            other => Self::Internal(other.to_string()),
        }
    }

    /// What remains of an append's error once conflicts and receipts are dealt with.
    pub(crate) fn append(error: AppendError) -> Self {
        match error {
            AppendError::Unavailable(reason) => Self::Unavailable {
                reason,
                maybe_recorded: false,
            },
            AppendError::OutcomeUnknown => Self::Unavailable {
                reason: "the log became unavailable while recording".into(),
                maybe_recorded: true,
            },
            other => Self::Internal(other.to_string()),
        }
    }

    /// Whether a repeat of the same command may succeed without any change to it.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Contention)
    }
}

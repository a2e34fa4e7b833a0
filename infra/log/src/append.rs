//! What a writer is asked to record, and what it answers.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use medilink_database::DatabaseError;
use medilink_domain::TenantId;
use thiserror::Error;

use crate::event::{Metadata, NewEvent, Position};

/// The largest payload of one event, in bytes. Larger things belong in the blob store.
pub const MAX_PAYLOAD: usize = 1 << 20;
/// The most events that one append may hold.
pub const MAX_EVENTS: usize = 1_000;

/// New events of one stream, on top of the version that they were decided at.
#[derive(Clone, Debug)]
pub struct StreamWrite {
    /// The stream, such as `appointment-0190…`.
    pub stream: String,
    /// The version the decision saw; 0 for a new stream. The first event gets the next one.
    pub expected: u64,
    /// What happened, at least one.
    pub events: Vec<NewEvent>,
}

/// A stream that the decision read and that must not have moved, without new events.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The stream.
    pub stream: String,
    /// The version the decision saw.
    pub expected: u64,
}

/// A name that only one stream may hold.
#[derive(Clone, Debug)]
pub struct Claim {
    /// A hash or blind index of scope and name.
    pub key: [u8; 32],
    /// The stream that will hold it.
    pub stream: String,
}

/// Names that a stream gives back, so that others may hold them.
#[derive(Clone, Debug)]
pub struct Release {
    /// The stream that holds them, which the append writes or guards: what it doesn't hold stays.
    pub stream: String,
    /// The name, as it was claimed; all names of the stream, if none is said.
    pub key: Option<[u8; 32]>,
}

/// The answer to keep for a repeated request.
#[derive(Clone, Debug)]
pub struct NewReceipt {
    /// Hash of tenant, actor, operation, target and the caller's key.
    pub scope: [u8; 32],
    /// Hash of the request body.
    pub body_hash: [u8; 32],
    /// What to answer again: ciphertext if it is about a person, identifiers only if not.
    pub answer: Bytes,
}

/// A stored [`NewReceipt`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Hash of the first request's body.
    pub body_hash: [u8; 32],
    /// The position that the first request reached.
    pub position: Position,
    /// The first answer.
    pub answer: Bytes,
}

/// All of it or nothing: events of one or more streams that were decided together.
#[derive(Clone, Debug)]
pub struct Append {
    /// The tenant that owns the events.
    pub tenant: TenantId,
    /// New events, each stream at most once.
    pub writes: Vec<StreamWrite>,
    /// Streams that must not have moved.
    pub guards: Vec<Guard>,
    /// Names to claim, until they are released.
    pub claims: Vec<Claim>,
    /// Names to give back.
    pub releases: Vec<Release>,
    /// The receipt to keep.
    pub receipt: Option<NewReceipt>,
    /// The audit part of every event of this append.
    pub metadata: Metadata,
}

/// Recorded, durable, and at its final place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The position of the first event.
    pub first: Position,
    /// The position of the last event.
    pub last: Position,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// Why nothing was recorded, or why it can't be told.
#[derive(Debug, Error)]
pub enum AppendError {
    /// Another append came first, or the expectation is from the future.
    #[error("stream {stream} is at version {actual}, not {expected}")]
    WrongVersion {
        /// The first stream that didn't match.
        stream: String,
        /// What the append was decided at.
        expected: u64,
        /// Where the stream is.
        actual: u64,
    },
    /// Another stream holds the name.
    #[error("the name is held by stream {holder}")]
    ClaimTaken {
        /// The stream that holds it.
        holder: String,
    },
    /// The same request was answered before: its receipt says what.
    #[error("the request was answered before")]
    AlreadyDone,
    /// It was decided on what was known in an earlier epoch of the writer: nothing was
    /// recorded, and it must be decided anew on what the log says now.
    #[error("what the append was decided on is out of date")]
    Outdated,
    /// Not something that the log takes.
    #[error("the log refuses the append: {0}")]
    Refused(String),
    /// The database is away; nothing was recorded.
    #[error("the log is not available: {0}")]
    Unavailable(String),
    /// The connection broke while the append was under way and could not be restored in
    /// time: it may or may not be recorded. Repeating it with its receipt is safe.
    #[error("the log became unavailable while recording; the outcome is not known")]
    OutcomeUnknown,
}

impl From<DatabaseError> for AppendError {
    fn from(error: DatabaseError) -> Self {
        if error.is_transient() {
            Self::Unavailable(error.to_string())
        } else {
            Self::Refused(error.to_string())
        }
    }
}

impl Release {
    fn holds(&self, key: &[u8; 32]) -> bool {
        self.key.is_none_or(|released| released == *key)
    }
}

impl Append {
    /// The number of events.
    pub fn len(&self) -> usize {
        self.writes.iter().map(|write| write.events.len()).sum()
    }

    /// Whether there is nothing to record.
    pub fn is_empty(&self) -> bool {
        self.writes.iter().all(|write| write.events.is_empty())
    }

    /// What the log never takes, found before it disturbs a batch.
    pub(crate) fn check(&self) -> Result<(), AppendError> {
        let refuse = |why: &str| Err(AppendError::Refused(why.to_owned()));
        if self.writes.is_empty() || self.writes.iter().any(|write| write.events.is_empty()) {
            return refuse("a write without events");
        }
        if self.len() > MAX_EVENTS {
            return refuse("more than 1,000 events in one append");
        }
        let mut streams: Vec<&str> = self
            .writes
            .iter()
            .map(|write| write.stream.as_str())
            .chain(self.guards.iter().map(|guard| guard.stream.as_str()))
            .collect();
        if streams
            .iter()
            .any(|stream| stream.is_empty() || stream.len() > 255 || stream.contains('\0'))
        {
            return refuse("a stream name is empty, too long or holds a NUL");
        }
        streams.sort_unstable();
        if streams.windows(2).any(|pair| pair[0] == pair[1]) {
            return refuse("a stream is named twice");
        }
        let decided = |stream: &String| {
            self.writes.iter().any(|write| write.stream == *stream)
                || self.guards.iter().any(|guard| guard.stream == *stream)
        };
        if !self.releases.iter().all(|release| decided(&release.stream)) {
            return refuse("a name of a stream that was not looked at is released");
        }
        let both = |claim: &Claim| {
            self.releases
                .iter()
                .any(|release| release.stream == claim.stream && release.holds(&claim.key))
        };
        if self.claims.iter().any(both) {
            return refuse("a name is claimed and released at once");
        }
        let events = self.writes.iter().flat_map(|write| &write.events);
        for event in events {
            if event.payload.is_empty() || event.payload.len() > MAX_PAYLOAD {
                return refuse("a payload is empty or over 1 MiB");
            }
        }
        Ok(())
    }
}

//! What can go wrong on the way to the broker, each as something a caller can act on.

use medilink_log::Position;
use thiserror::Error;

use crate::source::SourceError;

/// Why the broker did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BusError {
    /// The configuration can't work.
    #[error("the broker's settings can't be used: {0}")]
    Settings(String),
    /// Away, starting or too slow: the same call may succeed later.
    #[error("the broker is not available: {0}")]
    Away(String),
    /// nats.conf doesn't allow it. A bare client would only see a time-out.
    #[error("nats.conf does not let user `{user}` {action} `{subject}`")]
    Denied {
        /// Who asked.
        user: String,
        /// `publish to` or `subscribe to`.
        action: &'static str,
        /// What it asked for.
        subject: String,
    },
    /// There is no stream: the relay hasn't made it yet, or it was lost.
    #[error("the broker has no stream EVENTS yet; the relay makes it")]
    NoStream,
    /// There is no such consumer.
    #[error("the broker has no such consumer")]
    NoConsumer,
    /// JetStream said no.
    #[error("JetStream refused: {reason} (error {code})")]
    Refused {
        /// JetStream's own error code.
        code: u64,
        /// Its words.
        reason: String,
    },
}

/// Why the relay can't go on. It keeps trying, more slowly when only an operator can help.
#[derive(Debug, Error)]
pub enum RelayError {
    /// The broker.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The log.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Another relay was faster, or the stream moved: ask where it is and go on from there.
    #[error("the stream is not at {0} any more")]
    Moved(Position),
    /// The stream knows more than the log.
    #[error(
        "stream EVENTS is at {stream} but the log ends at {log}: the log was probably restored \
         from an older backup. Nothing is overwritten. Restore the newer log, or, if {log} is \
         right, delete the stream as operator (`nats stream rm EVENTS`); the relay then \
         refills it"
    )]
    Ahead {
        /// The last sequence of the stream.
        stream: Position,
        /// The last position of the log.
        log: Position,
    },
    /// The stream holds another history than the log.
    #[error(
        "message {0} of stream EVENTS is not the event at that position of the log: the stream \
         belongs to another log or to a later state of this one. Nothing is overwritten. Check \
         which database the relay reads; if it is the right one, delete the stream as operator \
         (`nats stream rm EVENTS`); the relay then refills it"
    )]
    Differs(Position),
    /// The stream was made with settings that break the relay's promises.
    #[error(
        "stream EVENTS has {0}. Delete it as operator (`nats stream rm EVENTS`); the relay makes \
         and fills it anew"
    )]
    Settings(&'static str),
    /// The log skipped a position: it is gapless by construction, so it is damaged.
    #[error("the log is damaged: after position {after} comes {found}")]
    Gap {
        /// The last good position.
        after: Position,
        /// What came next.
        found: Position,
    },
    /// One event is larger than the broker takes.
    #[error(
        "event {position} is larger than the broker takes: raise max_payload in nats.conf above {size} bytes"
    )]
    TooLarge {
        /// The event.
        position: Position,
        /// The size of its message.
        size: usize,
    },
    /// JetStream acknowledged a batch at another sequence than the log's position.
    #[error(
        "the broker stored the batch that ends at {expected} at {actual}: stream EVENTS is not in step with the log; {}",
        "delete it as operator (`nats stream rm EVENTS`)"
    )]
    OutOfStep {
        /// The log's position.
        expected: Position,
        /// The stream's sequence.
        actual: u64,
    },
}

impl RelayError {
    /// Whether only an operator can help.
    pub const fn needs_operator(&self) -> bool {
        match self {
            Self::Bus(error) => matches!(error, BusError::Denied { .. } | BusError::Settings(_)),
            Self::Source(_) | Self::Moved(_) => false,
            Self::Ahead { .. }
            | Self::Differs(_)
            | Self::Settings(_)
            | Self::Gap { .. }
            | Self::TooLarge { .. }
            | Self::OutOfStep { .. } => true,
        }
    }
}

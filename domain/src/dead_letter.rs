//! Dead letter: what an operator decided about a stream that a consumer had to park because
//! it could not process one of its events.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::SubjectId;
use crate::values::{Code, ShortText, StreamName};

/// Names one parked stream of one consumer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeadLetterId {
    /// The projection or worker that parked it.
    pub consumer: Code,
    /// The parked stream.
    pub stream: StreamName,
}

impl fmt::Display for DeadLetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.consumer, self.stream)
    }
}

/// What may be asked of a dead letter.
#[derive(Clone, Debug, PartialEq)]
pub enum DeadLetterCommand {
    /// Gives the event to the consumer once more.
    Retry(Verdict),
    /// Goes on without the event.
    Skip(Verdict),
}

/// What an operator decided, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The projection or worker that parked the stream.
    pub consumer: Code,
    /// The parked stream.
    pub stream: StreamName,
    /// The position of the event that could not be processed.
    pub position: u64,
    /// Why; operational, so it must name no person.
    pub reason: ShortText,
}

crate::events! {
    /// What can happen to a dead letter.
    pub enum DeadLetterEvent {
        Retried: "dead-letter.retried" v 1, Privacy::Operational;
        Skipped: "dead-letter.skipped" v 1, Privacy::Operational;
    }
}

/// The event was given to the consumer once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Retried {
    /// The projection or worker that parked the stream.
    pub consumer: Code,
    /// The parked stream.
    pub stream: StreamName,
    /// The position of the event.
    pub position: u64,
    /// Why.
    pub reason: ShortText,
}

/// The consumer went on without the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    /// The projection or worker that parked the stream.
    pub consumer: Code,
    /// The parked stream.
    pub stream: StreamName,
    /// The position of the event.
    pub position: u64,
    /// Why.
    pub reason: ShortText,
}

crate::problems! {
    /// Why a dead letter refuses.
    pub enum DeadLetterError {
        /// The consumer has left that event behind.
        AlreadySkipped: Conflict "dead-letter-already-skipped" at "/position",
            "the event was already skipped", "Rebuild the consumer to process the event after all.";
        /// Nothing of that stream waits there for that consumer.
        NotParked: NotFound "no-such-dead-letter" at "/position",
            "there is no such dead letter", "List the dead letters again: it may have been processed.";
        /// Positions count from 1.
        NoSuchPosition: Invalid "no-such-position" at "/position",
            "positions count from 1", "Send the position that the dead letter shows.";
    }
}

/// The state of a dead letter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeadLetter {
    /// The last event of the stream that was skipped.
    pub skipped_to: Option<u64>,
}

impl Decider for DeadLetter {
    const CATEGORY: &'static str = "dead-letter";

    type Id = DeadLetterId;
    type Command = DeadLetterCommand;
    type Event = DeadLetterEvent;
    type Error = DeadLetterError;

    fn decide(
        &self,
        command: DeadLetterCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<DeadLetterEvent>, DeadLetterError> {
        let (DeadLetterCommand::Retry(verdict) | DeadLetterCommand::Skip(verdict)) = &command;
        if verdict.position == 0 {
            return Err(DeadLetterError::NoSuchPosition);
        }
        if self.skipped_to >= Some(verdict.position) {
            return Err(DeadLetterError::AlreadySkipped);
        }
        Ok(vec![match command {
            DeadLetterCommand::Retry(Verdict {
                consumer,
                stream,
                position,
                reason,
            }) => Retried {
                consumer,
                stream,
                position,
                reason,
            }
            .into(),
            DeadLetterCommand::Skip(Verdict {
                consumer,
                stream,
                position,
                reason,
            }) => Skipped {
                consumer,
                stream,
                position,
                reason,
            }
            .into(),
        }])
    }

    fn evolve(&mut self, event: &DeadLetterEvent) {
        match event {
            DeadLetterEvent::Retried(_) => {}
            DeadLetterEvent::Skipped(skipped) => {
                self.skipped_to = self.skipped_to.max(Some(skipped.position));
            }
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(DeadLetter);

#[cfg(test)]
mod tests;

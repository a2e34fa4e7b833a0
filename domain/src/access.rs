//! Access: the record of one read of a person's data, written before the data is sent.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{AccessId, SubjectId};
use crate::values::Code;

/// What may be asked of an access record.
#[derive(Clone, Debug, PartialEq)]
pub enum AccessCommand {
    /// Writes it, once.
    Record(Record),
}

/// Someone is about to see a person's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The new record.
    pub access: AccessId,
    /// Whose data it is.
    pub subject: SubjectId,
    /// What kind of data, such as `appointments`.
    pub resource: Code,
    /// Why it is read, such as `treatment`.
    pub purpose: Code,
}

crate::events! {
    /// What can happen to an access record. Who read is in the event's metadata.
    pub enum AccessEvent {
        Recorded: "access.recorded" v 1, Privacy::Operational;
    }
}

/// A person's data was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recorded {
    /// The record.
    pub access: AccessId,
    /// Whose data it was.
    pub subject: SubjectId,
    /// What kind of data, such as `appointments`.
    pub resource: Code,
    /// Why it was read, such as `treatment`.
    pub purpose: Code,
}

crate::problems! {
    /// Why an access record refuses.
    pub enum AccessError {
        /// A record is about one read.
        AlreadyRecorded: Conflict "access-already-recorded",
            "this access is already recorded", "Record the read under a new id.";
    }
}

/// The state of an access record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Access {
    /// Whose data was read.
    pub subject: Option<SubjectId>,
}

impl Decider for Access {
    const CATEGORY: &'static str = "access";

    type Id = AccessId;
    type Command = AccessCommand;
    type Event = AccessEvent;
    type Error = AccessError;

    fn decide(
        &self,
        command: AccessCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<AccessEvent>, AccessError> {
        let AccessCommand::Record(record) = command;
        if self.subject.is_some() {
            return Err(AccessError::AlreadyRecorded);
        }
        let Record {
            access,
            subject,
            resource,
            purpose,
        } = record;
        Ok(vec![
            Recorded {
                access,
                subject,
                resource,
                purpose,
            }
            .into(),
        ])
    }

    fn evolve(&mut self, event: &AccessEvent) {
        let AccessEvent::Recorded(recorded) = event;
        self.subject = Some(recorded.subject);
    }

    fn subject(&self) -> Option<SubjectId> {
        self.subject
    }
}

crate::aggregate!(Access);

#[cfg(test)]
mod tests;

//! Access: the record of one read of a person's data, written before the data is sent, or of a
//! try that was denied.

pub mod words;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{AccessId, ConsentId, EmergencyAccessId, SubjectId};
use crate::values::Code;

/// What may be asked of an access record.
#[derive(Clone, Debug, PartialEq)]
pub enum AccessCommand {
    /// Writes it, once.
    Record(Record),
    /// Writes that the data was not sent, once.
    Deny(Deny),
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
    /// The consents that it rests on, where nothing else allows it.
    pub consents: Vec<ConsentId>,
    /// The emergency that it rests on, where nothing else allows it.
    pub emergency: Option<EmergencyAccessId>,
}

/// Someone wanted to see a person's data, and may not.
#[derive(Clone, Debug, PartialEq)]
pub struct Deny {
    /// The new record.
    pub access: AccessId,
    /// Whose data they named. Whether there is such a person is not said.
    pub subject: SubjectId,
    /// What they wanted to do, as the policies name it.
    pub action: Code,
    /// With what, such as `patient`.
    pub resource: Code,
}

crate::events! {
    /// What can happen to an access record. Who read is in the event's metadata.
    pub enum AccessEvent {
        Recorded: "access.recorded" v 1, Privacy::Operational;
        Denied: "access.denied" v 1, Privacy::Operational;
    }
}

/// A person's data was wanted, and not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Denied {
    /// The record.
    pub access: AccessId,
    /// Whose data was named. Whether there is such a person is not said.
    pub subject: SubjectId,
    /// What was wanted, as the policies name it.
    pub action: Code,
    /// With what, such as `patient`.
    pub resource: Code,
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
    /// The consents that it rested on, where nothing else allowed it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<ConsentId>,
    /// The emergency that it rested on, where nothing else allowed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<EmergencyAccessId>,
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
    /// Whose data was read, or wanted.
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
        if self.subject.is_some() {
            return Err(AccessError::AlreadyRecorded);
        }
        Ok(vec![match command {
            AccessCommand::Record(record) => Recorded {
                access: record.access,
                subject: record.subject,
                resource: record.resource,
                purpose: record.purpose,
                consents: record.consents,
                emergency: record.emergency,
            }
            .into(),
            AccessCommand::Deny(deny) => Denied {
                access: deny.access,
                subject: deny.subject,
                action: deny.action,
                resource: deny.resource,
            }
            .into(),
        }])
    }

    fn evolve(&mut self, event: &AccessEvent) {
        self.subject = Some(match event {
            AccessEvent::Recorded(recorded) => recorded.subject,
            AccessEvent::Denied(denied) => denied.subject,
        });
    }

    fn subject(&self) -> Option<SubjectId> {
        self.subject
    }
}

crate::aggregate!(Access);

#[cfg(test)]
mod tests;

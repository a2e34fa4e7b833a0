//! Emergency watch: which records somebody has open in emergencies, so that nobody opens one
//! record twice or very many at once, however many they ask for at the same moment.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::emergency_access::LASTS;
use crate::event::Privacy;
use crate::ids::{EmergencyAccessId, StaffId, SubjectId};

/// How many records one may have open in emergencies at the same time.
pub const MOST_OPEN: usize = 5;

/// What may be asked of an emergency watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmergencyWatchCommand {
    /// Takes an emergency access up.
    Begin(Begin),
    /// Takes one off before its time.
    End(End),
}

/// A record is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begin {
    /// Who opens it.
    pub clinician: StaffId,
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// Whose record it is.
    pub subject: SubjectId,
}

/// A record is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The emergency access.
    pub access: EmergencyAccessId,
}

crate::events! {
    /// What can happen to an emergency watch.
    pub enum EmergencyWatchEvent {
        Begun: "emergency-watch.begun" v 1, Privacy::Operational;
        Ended: "emergency-watch.ended" v 1, Privacy::Operational;
    }
}

/// An emergency access was taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Begun {
    /// Who opened the record.
    pub clinician: StaffId,
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// When it is over; not any more at this instant.
    pub until: DateTime<Utc>,
}

/// An emergency access was taken off before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ended {
    /// Who had opened the record.
    pub clinician: StaffId,
    /// The emergency access.
    pub access: EmergencyAccessId,
}

crate::problems! {
    /// Why an emergency watch refuses.
    pub enum EmergencyWatchError {
        /// It can't be made longer by opening it again.
        AlreadyOpen: Conflict "emergency-access-already-open",
            "you have this record open already", "Read it, or close it first.";
        /// Nobody treats very many in an hour.
        TooManyOpen: Conflict "too-many-emergency-accesses",
            "you have five records open in emergencies, the most that one may",
            "Close one of them first.";
    }
}

/// A record that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenRecord {
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// When it is over.
    pub until: DateTime<Utc>,
}

/// The state of an emergency watch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EmergencyWatch {
    /// Whose it is, once they opened anything.
    pub clinician: Option<StaffId>,
    /// What they had open when they last opened anything, the first first.
    pub open: Vec<OpenRecord>,
}

impl EmergencyWatch {
    fn begin(&self, begin: Begin, now: DateTime<Utc>) -> Result<Begun, EmergencyWatchError> {
        let Begin {
            clinician,
            access,
            subject,
        } = begin;
        let open = || self.open.iter().filter(|record| now < record.until);
        if open().any(|record| record.subject == subject) {
            return Err(EmergencyWatchError::AlreadyOpen);
        }
        if open().count() >= MOST_OPEN {
            return Err(EmergencyWatchError::TooManyOpen);
        }
        Ok(Begun {
            clinician,
            access,
            subject,
            until: now + LASTS,
        })
    }

    /// What is over by itself needs no end.
    fn end(&self, End { access }: End) -> Option<Ended> {
        let clinician = self.clinician?;
        let known = self.open.iter().any(|record| record.access == access);
        known.then_some(Ended { clinician, access })
    }
}

impl Decider for EmergencyWatch {
    const CATEGORY: &'static str = "emergency-watch";

    type Id = StaffId;
    type Command = EmergencyWatchCommand;
    type Event = EmergencyWatchEvent;
    type Error = EmergencyWatchError;

    fn decide(
        &self,
        command: EmergencyWatchCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<EmergencyWatchEvent>, EmergencyWatchError> {
        let event = match command {
            EmergencyWatchCommand::Begin(begin) => Some(self.begin(begin, now)?.into()),
            EmergencyWatchCommand::End(end) => self.end(end).map(Into::into),
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &EmergencyWatchEvent) {
        match event {
            EmergencyWatchEvent::Begun(begun) => {
                self.clinician = Some(begun.clinician);
                // What was over by then counts no more, so this stays short.
                let now = begun.until - LASTS;
                self.open.retain(|record| now < record.until);
                self.open.push(OpenRecord {
                    access: begun.access,
                    subject: begun.subject,
                    until: begun.until,
                });
            }
            EmergencyWatchEvent::Ended(ended) => {
                self.open.retain(|record| record.access != ended.access);
            }
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.clinician.map(Into::into)
    }
}

crate::aggregate!(EmergencyWatch);

#[cfg(test)]
mod tests;

//! Read model: what operators asked of one. Its rows are derived from the log and are no
//! history; that somebody had them built anew, and why, is.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::SubjectId;
use crate::values::{Code, ShortText};

/// What may be asked of a read model.
#[derive(Clone, Debug, PartialEq)]
pub enum ReadModelCommand {
    /// Builds its rows anew from the log, beside those that are read meanwhile.
    Rebuild(Rebuild),
}

/// Which one, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebuild {
    /// The read model.
    pub model: Code,
    /// The generation of its rows that is read now.
    pub generation: u32,
    /// Why; operational, so it must name no person.
    pub reason: ShortText,
}

crate::events! {
    /// What can happen to a read model.
    pub enum ReadModelEvent {
        RebuildRequested: "read-model.rebuild-requested" v 1, Privacy::Operational;
    }
}

/// An operator asked to have it built anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RebuildRequested {
    /// The read model.
    pub model: Code,
    /// The generation of its rows that another is to take the place of.
    pub generation: u32,
    /// Why.
    pub reason: ShortText,
}

crate::problems! {
    /// Why a read model refuses.
    pub enum ReadModelError {
        /// One new generation is enough.
        AlreadyRequested: Conflict "rebuild-already-requested",
            "the read model is being built anew already", "Wait until its new rows are read.";
    }
}

/// The state of a read model, as far as operators asked anything of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadModel {
    /// The last generation of its rows that was to be built anew.
    pub outdated: Option<u32>,
}

impl Decider for ReadModel {
    const CATEGORY: &'static str = "read-model";

    type Id = Code;
    type Command = ReadModelCommand;
    type Event = ReadModelEvent;
    type Error = ReadModelError;

    fn decide(
        &self,
        command: ReadModelCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<ReadModelEvent>, ReadModelError> {
        let ReadModelCommand::Rebuild(Rebuild {
            model,
            generation,
            reason,
        }) = command;
        if self.outdated >= Some(generation) {
            return Err(ReadModelError::AlreadyRequested);
        }
        Ok(vec![
            RebuildRequested {
                model,
                generation,
                reason,
            }
            .into(),
        ])
    }

    fn evolve(&mut self, event: &ReadModelEvent) {
        let ReadModelEvent::RebuildRequested(requested) = event;
        self.outdated = self.outdated.max(Some(requested.generation));
    }

    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(ReadModel);

#[cfg(test)]
mod tests;

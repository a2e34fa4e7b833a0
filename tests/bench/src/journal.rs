//! The aggregate that both sides run: a patient's journal. Each entry is about 680 bytes of
//! JSON, and personal.

use chrono::{DateTime, Utc};
use medilink_domain::{Category, Decider, Privacy, SubjectId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What may be asked of a journal.
#[derive(Clone, Debug)]
pub enum JournalCommand {
    /// Write an entry.
    Write {
        /// Whose journal it is.
        patient: Uuid,
        /// The entry.
        text: String,
    },
}

medilink_domain::events! {
    /// What can happen to a journal.
    pub enum JournalEvent {
        Written: "journal.written" v 1, Privacy::Personal(Category::Clinical);
    }
}

/// An entry was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// Whose journal it is.
    pub patient: Uuid,
    /// Its number in the journal.
    pub number: u64,
    /// The entry.
    pub text: String,
}

medilink_domain::problems! {
    /// A journal refuses nothing; the type is needed all the same.
    pub enum JournalError {
        /// Not reached.
        Closed: Conflict "journal-closed", "the journal is closed", "Open another one.";
    }
}

/// The state of a journal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Journal {
    patient: Option<Uuid>,
    entries: u64,
}

impl Decider for Journal {
    const CATEGORY: &'static str = "journal";

    type Id = Uuid;
    type Command = JournalCommand;
    type Event = JournalEvent;
    type Error = JournalError;

    fn decide(
        &self,
        command: JournalCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<JournalEvent>, JournalError> {
        let JournalCommand::Write { patient, text } = command;
        Ok(vec![
            Written {
                patient,
                number: self.entries + 1,
                text,
            }
            .into(),
        ])
    }

    fn evolve(&mut self, event: &JournalEvent) {
        let JournalEvent::Written(written) = event;
        self.patient = Some(written.patient);
        self.entries = written.number;
    }

    fn subject(&self) -> Option<SubjectId> {
        self.patient.map(SubjectId)
    }
}

medilink_domain::aggregate!(Journal);

/// The id of a journal and of its patient: a thousand patients own all journals.
pub fn ids(stream: u64) -> (Uuid, Uuid) {
    (
        Uuid::from_u128(0x7000 << 64 | u128::from(stream)),
        Uuid::from_u128(0x8000 << 64 | u128::from(stream % 1_000)),
    )
}

/// The event that writes this entry of a journal.
pub fn written(stream: u64, number: u64) -> JournalEvent {
    let (_, patient) = ids(stream);
    Written {
        patient,
        number,
        text: text(),
    }
    .into()
}

/// A text that makes the event about 680 bytes long.
pub fn text() -> String {
    "Complains of headache since Tuesday; no fever. ".repeat(12)
}

//! Patient: who receives care, and how to reach them.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{PatientId, SubjectId};
use crate::values::{BirthDate, EmailAddress, Language, PersonName, Phone};

/// What may be asked of a patient's record.
#[derive(Clone, Debug, PartialEq)]
pub enum PatientCommand {
    /// Opens it.
    Register(Register),
}

/// A person becomes a patient.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    /// The new patient.
    pub patient: PatientId,
    /// Their name.
    pub name: PersonName,
    /// Their phone.
    pub phone: Phone,
    /// Their e-mail address, if they have one.
    pub email: Option<EmailAddress>,
    /// The language they want to be written to in.
    pub language: Language,
    /// When they were born, if they say.
    pub date_of_birth: Option<BirthDate>,
}

crate::events! {
    /// What can happen to a patient's record.
    pub enum PatientEvent {
        Registered: "patient.registered" v 1, Privacy::Personal(Category::Identity);
    }
}

/// A person became a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Registered {
    /// The patient.
    pub patient: PatientId,
    /// Their name.
    pub name: PersonName,
    /// Their phone.
    pub phone: Phone,
    /// Their e-mail address, if they have one.
    pub email: Option<EmailAddress>,
    /// The language they want to be written to in.
    pub language: Language,
    /// When they were born, if they say.
    pub date_of_birth: Option<BirthDate>,
}

crate::problems! {
    /// Why a patient's record refuses.
    pub enum PatientError {
        /// Its id is in use.
        AlreadyRegistered: Conflict "patient-already-registered",
            "the patient is already registered", "Register under a new id.";
        /// Nobody is born tomorrow.
        BornInFuture: Invalid "born-in-future" at "/date_of_birth",
            "the date of birth is in the future", "Check the date of birth.";
        /// They never registered.
        NoSuchPatient: NotFound "no-such-patient" at "/patient",
            "there is no such patient", "Check the patient's id.";
    }
}

/// The state of a patient's record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Patient {
    /// The patient, once registered.
    pub patient: Option<PatientId>,
}

impl Patient {
    /// The patient.
    ///
    /// # Errors
    /// [`PatientError::NoSuchPatient`] before they are registered.
    pub fn patient(&self) -> Result<PatientId, PatientError> {
        self.patient.ok_or(PatientError::NoSuchPatient)
    }
}

impl Decider for Patient {
    const CATEGORY: &'static str = "patient";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = PatientId;
    type Command = PatientCommand;
    type Event = PatientEvent;
    type Error = PatientError;

    fn decide(
        &self,
        command: PatientCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<PatientEvent>, PatientError> {
        let PatientCommand::Register(register) = command;
        let Register {
            patient,
            name,
            phone,
            email,
            language,
            date_of_birth,
        } = register;
        if self.patient.is_some() {
            return Err(PatientError::AlreadyRegistered);
        }
        // A day of grace: where the patient lives, tomorrow may already have begun.
        let latest = now.date_naive().succ_opt();
        if date_of_birth.is_some_and(|born| Some(born.date()) > latest) {
            return Err(PatientError::BornInFuture);
        }
        Ok(vec![
            Registered {
                patient,
                name,
                phone,
                email,
                language,
                date_of_birth,
            }
            .into(),
        ])
    }

    fn evolve(&mut self, event: &PatientEvent) {
        let PatientEvent::Registered(registered) = event;
        self.patient = Some(registered.patient);
    }

    fn subject(&self) -> Option<SubjectId> {
        self.patient.map(Into::into)
    }
}

crate::aggregate!(Patient);

#[cfg(test)]
mod tests;

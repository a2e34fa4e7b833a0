//! Patient: who receives care, and how to reach them.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{PatientId, SubjectId};
use crate::values::{BirthDate, EmailAddress, Language, PersonName, Phone, ReminderLead};

mod profile;

pub use profile::{EmergencyContact, PostalAddress, Profile, ProfileSet};

/// What may be asked of a patient's record.
#[derive(Clone, Debug, PartialEq)]
pub enum PatientCommand {
    /// Opens it.
    Register(Register),
    /// Chooses when to be reminded of visits.
    ChooseReminders(ChooseReminders),
    /// Says more of who they are, in place of what was said before.
    SetProfile(Box<Profile>),
    /// Has another e-mail address.
    SetEmail(SetEmail),
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

/// A patient wants to be reminded at other times.
#[derive(Clone, Debug, PartialEq)]
pub struct ChooseReminders {
    /// How long before each visit; never, if empty; as usual, if nothing is chosen.
    pub leads: Option<Vec<ReminderLead>>,
}

/// A patient is written to at another address.
#[derive(Clone, Debug, PartialEq)]
pub struct SetEmail {
    /// The address.
    pub email: EmailAddress,
}

crate::events! {
    /// What can happen to a patient's record.
    pub enum PatientEvent {
        Registered: "patient.registered" v 1, Privacy::Personal(Category::Identity);
        RemindersChosen: "patient.reminders-chosen" v 1, Privacy::Personal(Category::Identity);
        ProfileSet: "patient.profile-set" v 1, Privacy::Personal(Category::Identity);
        EmailSet: "patient.email-set" v 1, Privacy::Personal(Category::Identity);
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

/// A patient chose when to be reminded of visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemindersChosen {
    /// The patient.
    pub patient: PatientId,
    /// How long before each visit, the longest first; as usual, if nothing was chosen.
    pub leads: Option<Vec<ReminderLead>>,
}

/// A patient has another e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmailSet {
    /// The patient.
    pub patient: PatientId,
    /// The address.
    pub email: EmailAddress,
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
        /// That would be a nuisance.
        TooManyReminders: Invalid "too-many-reminders" at "/reminders",
            "there are too many reminders", "Choose at most five.";
        /// Nobody reads as much at the front desk.
        TooManyNeeds: Invalid "too-many-accessibility-needs" at "/accessibility",
            "there are more than ten needs", "Name at most ten.";
        /// An address is written on a few lines.
        WrongAddress: Invalid "wrong-address-lines" at "/address/lines",
            "an address has one to four lines", "Write one to four lines before the city.";
    }
}

/// The state of a patient's record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Patient {
    /// The patient, once registered.
    pub patient: Option<PatientId>,
    /// How long before each visit they want to be reminded; as usual, if nothing was chosen.
    #[serde(default)]
    pub reminders: Option<Vec<ReminderLead>>,
}

/// More would be a nuisance.
const MOST_REMINDERS: usize = 5;

impl Patient {
    /// The patient.
    ///
    /// # Errors
    /// [`PatientError::NoSuchPatient`] before they are registered.
    pub fn patient(&self) -> Result<PatientId, PatientError> {
        self.patient.ok_or(PatientError::NoSuchPatient)
    }

    fn register(&self, register: Register, now: DateTime<Utc>) -> Result<Registered, PatientError> {
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
        Ok(Registered {
            patient,
            name,
            phone,
            email,
            language,
            date_of_birth,
        })
    }

    fn choose_reminders(
        &self,
        choose: ChooseReminders,
    ) -> Result<Option<RemindersChosen>, PatientError> {
        let patient = self.patient()?;
        let mut leads = choose.leads;
        if let Some(leads) = &mut leads {
            leads.sort_unstable_by(|one, other| other.cmp(one));
            leads.dedup();
            if leads.len() > MOST_REMINDERS {
                return Err(PatientError::TooManyReminders);
            }
        }
        Ok((leads != self.reminders).then_some(RemindersChosen { patient, leads }))
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
        Ok(match command {
            PatientCommand::Register(register) => vec![self.register(register, now)?.into()],
            PatientCommand::ChooseReminders(choose) => {
                let chosen = self.choose_reminders(choose)?;
                chosen.map(Into::into).into_iter().collect()
            }
            PatientCommand::SetProfile(profile) => {
                let patient = self.patient()?;
                let profile = profile.checked()?;
                vec![ProfileSet { patient, profile }.into()]
            }
            PatientCommand::SetEmail(set) => {
                let (patient, email) = (self.patient()?, set.email);
                vec![EmailSet { patient, email }.into()]
            }
        })
    }

    fn evolve(&mut self, event: &PatientEvent) {
        match event {
            PatientEvent::Registered(registered) => self.patient = Some(registered.patient),
            PatientEvent::RemindersChosen(chosen) => self.reminders.clone_from(&chosen.leads),
            PatientEvent::ProfileSet(_) | PatientEvent::EmailSet(_) => {}
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.patient.map(Into::into)
    }
}

crate::aggregate!(Patient);

#[cfg(test)]
mod tests;

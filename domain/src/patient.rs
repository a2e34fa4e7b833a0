//! Patient: who receives care, how to reach them, and who has the say for a minor.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{PatientId, SubjectId};
use crate::majority;
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
    /// Gives somebody the say for a minor.
    NameGuardian(NameGuardian),
    /// Takes it from them.
    DismissGuardian,
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

/// Somebody is to have the say for a minor, until they come of age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameGuardian {
    /// Who.
    pub guardian: SubjectId,
}

crate::events! {
    /// What can happen to a patient's record. Who has the say for whom is a matter of their
    /// family, and until when tells a date of birth.
    pub enum PatientEvent {
        Registered: "patient.registered" v 1, Privacy::Personal(Category::Identity);
        RemindersChosen: "patient.reminders-chosen" v 1, Privacy::Personal(Category::Identity);
        ProfileSet: "patient.profile-set" v 1, Privacy::Personal(Category::Identity);
        EmailSet: "patient.email-set" v 1, Privacy::Personal(Category::Identity);
        GuardianNamed: "patient.guardian-named" v 1, Privacy::Personal(Category::Identity);
        GuardianDismissed: "patient.guardian-dismissed" v 1, Privacy::Personal(Category::Identity);
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

/// Somebody was given the say for a minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuardianNamed {
    /// The patient.
    pub patient: PatientId,
    /// Who has the say.
    pub guardian: SubjectId,
    /// The day on which the patient comes of age and decides alone.
    pub until: NaiveDate,
}

/// The say for a minor was taken from somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuardianDismissed {
    /// The patient.
    pub patient: PatientId,
    /// Who had the say.
    pub guardian: SubjectId,
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
        /// How long somebody has the say for them can't be known.
        DateOfBirthUnknown: Conflict "date-of-birth-unknown",
            "the patient's date of birth is not known", "Register the patient with a date of birth.";
        /// There is one already.
        GuardianAlreadyNamed: Conflict "guardian-already-named",
            "the patient has a guardian already", "Dismiss the other guardian first.";
        /// Who has no say for themselves has none for others.
        GuardianIsMinor: Invalid "guardian-is-a-minor" at "/guardian",
            "the guardian is a minor", "Name somebody who is of age.";
        /// That is what a guardian is not.
        GuardianOfOneself: Invalid "guardian-of-oneself" at "/guardian",
            "nobody is their own guardian", "Name somebody else.";
        /// There is nobody to dismiss.
        NoGuardian: Conflict "no-guardian",
            "the patient has no guardian", "Nothing more is needed.";
        /// They decide for themselves.
        OfAge: Invalid "patient-of-age" at "/date_of_birth",
            "the patient is of age", "Let the patient decide.";
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
    /// How to reach them: those whom they register are reached in the same way.
    pub reach: Option<Reach>,
    /// When they were born, if they say.
    pub born: Option<BirthDate>,
    /// Who has the say for them, while they are minor.
    pub guardian: Option<Guardian>,
}

/// How to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reach {
    /// Their phone.
    pub phone: Phone,
    /// Their e-mail address, if they have one.
    pub email: Option<EmailAddress>,
    /// The language they want to be written to in.
    pub language: Language,
}

/// Who has the say for a minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Guardian {
    /// Who.
    pub person: SubjectId,
    /// The day on which they have it no more.
    pub until: NaiveDate,
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

    /// Who has the say for them at the instant `now`, if it is not they themselves alone.
    pub fn guardian(&self, now: DateTime<Utc>) -> Option<SubjectId> {
        let in_office = |guardian: &Guardian| majority::today(now) < guardian.until;
        let guardian = self.guardian.filter(in_office);
        guardian.map(|guardian| guardian.person)
    }

    /// Whether they are known to be a minor at the instant `now`.
    pub fn is_minor(&self, now: DateTime<Utc>) -> bool {
        self.born
            .is_some_and(|born| majority::today(now) < majority::reached(born))
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

impl Patient {
    fn name_guardian(
        &self,
        name: NameGuardian,
        now: DateTime<Utc>,
    ) -> Result<Option<GuardianNamed>, PatientError> {
        let NameGuardian { guardian } = name;
        let patient = self.patient()?;
        let born = self.born.ok_or(PatientError::DateOfBirthUnknown)?;
        if !self.is_minor(now) {
            return Err(PatientError::OfAge);
        }
        if guardian == patient.into() {
            return Err(PatientError::GuardianOfOneself);
        }
        match self.guardian {
            Some(known) if known.person == guardian => Ok(None),
            Some(_) => Err(PatientError::GuardianAlreadyNamed),
            None => Ok(Some(GuardianNamed {
                patient,
                guardian,
                until: majority::reached(born),
            })),
        }
    }

    fn dismiss_guardian(&self) -> Result<GuardianDismissed, PatientError> {
        let patient = self.patient()?;
        let guardian = self.guardian.ok_or(PatientError::NoGuardian)?.person;
        Ok(GuardianDismissed { patient, guardian })
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
            PatientCommand::NameGuardian(name) => {
                let named = self.name_guardian(name, now)?;
                named.map(Into::into).into_iter().collect()
            }
            PatientCommand::DismissGuardian => vec![self.dismiss_guardian()?.into()],
        })
    }

    fn evolve(&mut self, event: &PatientEvent) {
        match event {
            PatientEvent::GuardianDismissed(_) => self.guardian = None,
            PatientEvent::GuardianNamed(named) => {
                self.guardian = Some(Guardian {
                    person: named.guardian,
                    until: named.until,
                });
            }
            PatientEvent::Registered(registered) => {
                self.patient = Some(registered.patient);
                self.born = registered.date_of_birth;
                self.reach = Some(Reach {
                    phone: registered.phone.clone(),
                    email: registered.email.clone(),
                    language: registered.language,
                });
            }
            PatientEvent::RemindersChosen(chosen) => self.reminders.clone_from(&chosen.leads),
            PatientEvent::EmailSet(set) => {
                if let Some(reach) = &mut self.reach {
                    reach.email = Some(set.email.clone());
                }
            }
            PatientEvent::ProfileSet(set) => {
                if let Some(reach) = &mut self.reach {
                    reach.language = set.profile.language;
                }
            }
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.patient.map(Into::into)
    }
}

crate::aggregate!(Patient);

#[cfg(test)]
mod tests;

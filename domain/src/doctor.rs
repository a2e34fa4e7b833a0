//! Doctor: a physician of a hospital's department.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{DepartmentId, DoctorId, HospitalId, SubjectId};
use crate::values::{Language, PersonName, RegistrationNumber};

mod profile;

pub use profile::{Profile, ProfileSet};

/// What may be asked of a doctor's record.
#[derive(Clone, Debug, PartialEq)]
pub enum DoctorCommand {
    /// Adds the doctor to a department.
    Register(Register),
    /// Says more of who they are, in place of what was said before.
    SetProfile(Profile),
}

/// A doctor joins.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    /// The new doctor.
    pub doctor: DoctorId,
    /// Where they work.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
    /// Their name.
    pub name: PersonName,
    /// Their number in the medical council's register.
    pub registration_number: RegistrationNumber,
    /// What they speak; repeated languages count once.
    pub languages: Vec<Language>,
}

crate::events! {
    /// What can happen to a doctor's record.
    pub enum DoctorEvent {
        Registered: "doctor.registered" v 1, Privacy::Personal(Category::Identity);
        ProfileSet: "doctor.profile-set" v 1, Privacy::Personal(Category::Identity);
    }
}

/// A doctor joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Registered {
    /// The doctor.
    pub doctor: DoctorId,
    /// Where they work.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
    /// Their name.
    pub name: PersonName,
    /// Their number in the medical council's register.
    pub registration_number: RegistrationNumber,
    /// What they speak, in order and without repeats.
    pub languages: Vec<Language>,
}

crate::problems! {
    /// Why a doctor's record refuses.
    pub enum DoctorError {
        /// Its id is in use.
        AlreadyRegistered: Conflict "doctor-already-registered",
            "the doctor is already registered", "Register under a new id.";
        /// They could speak with no one.
        NoLanguage: Invalid "no-language" at "/languages",
            "a doctor speaks at least one language", "Name at least one of en, hi, pa.";
        /// They never joined.
        NoSuchDoctor: NotFound "no-such-doctor" at "/doctor",
            "there is no such doctor", "Check the doctor's id.";
        /// Nobody reads as much.
        ProfileTooLong: Invalid "doctor-profile-too-long",
            "there are more than ten specialties or twenty qualifications", "Name fewer.";
    }
}

/// The state of a doctor's record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Doctor {
    /// Where the doctor works, once registered.
    pub post: Option<Post>,
}

/// Where a doctor works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Post {
    /// The doctor.
    pub doctor: DoctorId,
    /// The hospital.
    pub hospital: HospitalId,
    /// The department of the hospital.
    pub department: DepartmentId,
}

impl Doctor {
    /// Where the doctor works.
    ///
    /// # Errors
    /// [`DoctorError::NoSuchDoctor`] before they are registered.
    pub fn post(&self) -> Result<Post, DoctorError> {
        self.post.ok_or(DoctorError::NoSuchDoctor)
    }

    fn register(&self, register: Register) -> Result<Registered, DoctorError> {
        let Register {
            doctor,
            hospital,
            department,
            name,
            registration_number,
            mut languages,
        } = register;
        if self.post.is_some() {
            return Err(DoctorError::AlreadyRegistered);
        }
        if languages.is_empty() {
            return Err(DoctorError::NoLanguage);
        }
        languages.sort_unstable();
        languages.dedup();
        Ok(Registered {
            doctor,
            hospital,
            department,
            name,
            registration_number,
            languages,
        })
    }
}

impl Decider for Doctor {
    const CATEGORY: &'static str = "doctor";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = DoctorId;
    type Command = DoctorCommand;
    type Event = DoctorEvent;
    type Error = DoctorError;

    fn decide(
        &self,
        command: DoctorCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<DoctorEvent>, DoctorError> {
        Ok(vec![match command {
            DoctorCommand::Register(register) => self.register(register)?.into(),
            DoctorCommand::SetProfile(profile) => {
                let doctor = self.post()?.doctor;
                let profile = profile.checked()?;
                ProfileSet { doctor, profile }.into()
            }
        }])
    }

    fn evolve(&mut self, event: &DoctorEvent) {
        match event {
            DoctorEvent::Registered(registered) => {
                self.post = Some(Post {
                    doctor: registered.doctor,
                    hospital: registered.hospital,
                    department: registered.department,
                });
            }
            DoctorEvent::ProfileSet(_) => {}
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.post.map(|post| post.doctor.into())
    }
}

crate::aggregate!(Doctor);

#[cfg(test)]
mod tests;

//! Application: a person's wish to work at a hospital, until a manager there decides on it.
//! What they say of themselves is kept under their own key.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{AccountId, ApplicationId, DepartmentId, HospitalCodeId, HospitalId, SubjectId};
use crate::values::{Code, Language, PersonName, RegistrationNumber, Role, ShortText};

mod certificate;

pub use certificate::{Certificate, CertificateVerified};

/// The most specialties of one person.
pub const MOST_SPECIALTIES: usize = 10;

/// What may be asked of an application.
#[derive(Clone, Debug, PartialEq)]
pub enum ApplicationCommand {
    /// Makes it.
    Submit(Submit),
    /// Takes the applicant on.
    Approve(Approve),
    /// Doesn't.
    Reject(Reject),
    /// Takes it back.
    Withdraw(Withdraw),
}

/// Somebody wants to work at a hospital.
#[derive(Clone, Debug, PartialEq)]
pub struct Submit {
    /// The new application.
    pub application: ApplicationId,
    /// Whose.
    pub applicant: AccountId,
    /// Where they want to work.
    pub hospital: HospitalId,
    /// The code with which they apply.
    pub code: HospitalCodeId,
    /// As what.
    pub role: Role,
    /// Their name.
    pub name: PersonName,
    /// Their number in the council's register; doctors have one.
    pub registration_number: Option<RegistrationNumber>,
    /// What they know about.
    pub specialties: Vec<ShortText>,
    /// What they speak; repeated languages count once.
    pub languages: Vec<Language>,
    /// Where in the hospital they would like to work.
    pub department: Option<DepartmentId>,
}

/// A manager has looked at the papers.
#[derive(Clone, Debug, PartialEq)]
pub struct Approve {
    /// The manager.
    pub by: SubjectId,
    /// Where in the hospital the applicant works from now on.
    pub department: Option<DepartmentId>,
    /// The papers that were looked at.
    pub certificates: Vec<Certificate>,
}

/// A manager takes somebody else, or nobody.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// The manager.
    pub by: SubjectId,
    /// Why, such as `no-vacancy`.
    pub reason: Code,
}

/// The applicant has thought better of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdraw;

crate::events! {
    /// What can happen to an application.
    pub enum ApplicationEvent {
        Submitted: "application.submitted" v 1, Privacy::Personal(Category::Identity);
        CertificateVerified: "application.certificate-verified" v 1, Privacy::Personal(Category::Identity);
        Approved: "application.approved" v 1, Privacy::Operational;
        Rejected: "application.rejected" v 1, Privacy::Operational;
        Withdrawn: "application.withdrawn" v 1, Privacy::Operational;
    }
}

/// Somebody applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Submitted {
    /// The application.
    pub application: ApplicationId,
    /// Whose.
    pub applicant: AccountId,
    /// Where they want to work.
    pub hospital: HospitalId,
    /// The code with which they applied.
    pub code: HospitalCodeId,
    /// As what.
    pub role: Role,
    /// Their name.
    pub name: PersonName,
    /// Their number in the council's register, if they have one.
    pub registration_number: Option<RegistrationNumber>,
    /// What they know about.
    pub specialties: Vec<ShortText>,
    /// What they speak, in order and without repeats.
    pub languages: Vec<Language>,
    /// Where in the hospital they would like to work.
    pub department: Option<DepartmentId>,
}

/// A manager took the applicant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approved {
    /// The application.
    pub application: ApplicationId,
    /// Where in the hospital they work.
    pub department: Option<DepartmentId>,
    /// The manager.
    pub approved_by: SubjectId,
}

/// A manager did not take the applicant on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejected {
    /// The application.
    pub application: ApplicationId,
    /// The manager.
    pub rejected_by: SubjectId,
    /// Why.
    pub reason: Code,
}

/// The applicant took the application back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawn {
    /// The application.
    pub application: ApplicationId,
}

crate::problems! {
    /// Why an application refuses.
    pub enum ApplicationError {
        /// Its id is in use.
        AlreadySubmitted: Conflict "application-already-submitted",
            "the application is already submitted", "Apply under a new id.";
        /// One at a time.
        OneOpen: Conflict "application-open",
            "an earlier application is not decided yet", "Wait for the hospital, or withdraw it.";
        /// A doctor without a number is none.
        NeedsRegistrationNumber: Invalid "application-needs-registration-number" at "/registration_number",
            "a doctor has a registration number", "Give the number in the medical council's register.";
        /// They could speak with no one.
        NeedsLanguage: Invalid "application-needs-language" at "/languages",
            "an applicant speaks at least one language", "Name at least one of en, hi, pa.";
        /// Nobody knows as much.
        TooManySpecialties: Invalid "application-too-many-specialties" at "/specialties",
            "there are more than ten specialties", "Name at most ten.";
        /// It was never made.
        NoSuchApplication: NotFound "no-such-application",
            "there is no such application", "Check the application's id.";
        /// Decided, or withdrawn.
        NotOpen: Conflict "application-not-open",
            "the application was decided or withdrawn", "Look at its state; a new one needs a hospital code.";
        /// Four eyes.
        OwnApplication: Forbidden "own-application",
            "nobody decides on their own application", "Ask another manager of the hospital.";
        /// Doctors work in one.
        NeedsDepartment: Invalid "application-needs-department" at "/department",
            "a doctor works in a department", "Choose a department of the hospital.";
    }
}

/// Where an application stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStatus {
    /// Waits for a manager.
    #[default]
    Open,
    /// The applicant works there.
    Approved,
    /// The applicant was not taken on.
    Rejected,
    /// The applicant took it back.
    Withdrawn,
}

impl ApplicationStatus {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// The state of an application.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Application {
    /// What was asked for, once it was.
    pub submitted: Option<Submitted>,
    /// Where it stands.
    pub status: ApplicationStatus,
}

impl Application {
    /// What was asked for.
    ///
    /// # Errors
    /// [`ApplicationError::NoSuchApplication`] before it was.
    pub fn submitted(&self) -> Result<&Submitted, ApplicationError> {
        let submitted = self.submitted.as_ref();
        submitted.ok_or(ApplicationError::NoSuchApplication)
    }

    fn open(&self) -> Result<&Submitted, ApplicationError> {
        let submitted = self.submitted()?;
        match self.status {
            ApplicationStatus::Open => Ok(submitted),
            _ => Err(ApplicationError::NotOpen),
        }
    }

    /// The application, if this manager may decide on it.
    fn for_manager(&self, by: SubjectId) -> Result<&Submitted, ApplicationError> {
        let submitted = self.open()?;
        if SubjectId::from(submitted.applicant) == by {
            return Err(ApplicationError::OwnApplication);
        }
        Ok(submitted)
    }

    fn submit(&self, submit: Submit) -> Result<Submitted, ApplicationError> {
        if self.submitted.is_some() {
            return Err(ApplicationError::AlreadySubmitted);
        }
        let Submit {
            application,
            applicant,
            hospital,
            code,
            role,
            name,
            registration_number,
            specialties,
            languages,
            department,
        } = submit;
        if role == Role::Doctor && registration_number.is_none() {
            return Err(ApplicationError::NeedsRegistrationNumber);
        }
        if languages.is_empty() {
            return Err(ApplicationError::NeedsLanguage);
        }
        if specialties.len() > MOST_SPECIALTIES {
            return Err(ApplicationError::TooManySpecialties);
        }
        let languages: BTreeSet<Language> = languages.into_iter().collect();
        Ok(Submitted {
            application,
            applicant,
            hospital,
            code,
            role,
            name,
            registration_number,
            specialties,
            languages: languages.into_iter().collect(),
            department,
        })
    }

    fn approve(
        &self,
        approve: Approve,
        now: DateTime<Utc>,
    ) -> Result<Vec<ApplicationEvent>, ApplicationError> {
        let submitted = self.for_manager(approve.by)?;
        if submitted.role == Role::Doctor && approve.department.is_none() {
            return Err(ApplicationError::NeedsDepartment);
        }
        let application = submitted.application;
        let verified = approve.certificates.into_iter().map(|certificate| {
            CertificateVerified {
                application,
                certificate,
                verified_by: approve.by,
                verified_at: now,
            }
            .into()
        });
        let approved = Approved {
            application,
            department: approve.department,
            approved_by: approve.by,
        };
        Ok(verified.chain([approved.into()]).collect())
    }

    fn reject(&self, reject: Reject) -> Result<Rejected, ApplicationError> {
        Ok(Rejected {
            application: self.for_manager(reject.by)?.application,
            rejected_by: reject.by,
            reason: reject.reason,
        })
    }

    fn withdraw(&self) -> Result<Withdrawn, ApplicationError> {
        Ok(Withdrawn {
            application: self.open()?.application,
        })
    }
}

impl Decider for Application {
    const CATEGORY: &'static str = "application";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = ApplicationId;
    type Command = ApplicationCommand;
    type Event = ApplicationEvent;
    type Error = ApplicationError;

    fn decide(
        &self,
        command: ApplicationCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<ApplicationEvent>, ApplicationError> {
        match command {
            ApplicationCommand::Submit(submit) => Ok(vec![self.submit(submit)?.into()]),
            ApplicationCommand::Approve(approve) => self.approve(approve, now),
            ApplicationCommand::Reject(reject) => Ok(vec![self.reject(reject)?.into()]),
            ApplicationCommand::Withdraw(Withdraw) => Ok(vec![self.withdraw()?.into()]),
        }
    }

    fn evolve(&mut self, event: &ApplicationEvent) {
        match event {
            ApplicationEvent::Submitted(submitted) => self.submitted = Some(submitted.clone()),
            ApplicationEvent::CertificateVerified(_) => {}
            ApplicationEvent::Approved(_) => self.status = ApplicationStatus::Approved,
            ApplicationEvent::Rejected(_) => self.status = ApplicationStatus::Rejected,
            ApplicationEvent::Withdrawn(_) => self.status = ApplicationStatus::Withdrawn,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        let submitted = self.submitted.as_ref();
        submitted.map(|submitted| submitted.applicant.into())
    }
}

crate::aggregate!(Application);

#[cfg(test)]
mod tests;

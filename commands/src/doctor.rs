//! Registering doctors. A registration number belongs to one doctor of the tenant.

use medilink_domain::doctor::{self, Doctor, DoctorCommand};
use medilink_domain::hospital::Hospital;
use medilink_domain::values::{Language, PersonName, RegistrationNumber};
use medilink_domain::{DepartmentId, DoctorId, HospitalId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::practice::resource_of;
use crate::work::Work;

/// The kind of name that a registration number is.
pub(crate) const NUMBER: &str = "doctor/registration-number";

medilink_domain::problems! {
    /// Why a doctor can't be registered, beyond the doctor's own rules.
    pub enum RegistrationError {
        /// One registration, one doctor.
        NumberTaken: Conflict "registration-number-taken" at "/registration_number",
            "another doctor has this registration number", "Check the number, or look the doctor up.";
    }
}

/// The doctor who was registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorAnswer {
    /// The doctor.
    pub doctor: DoctorId,
    /// The version.
    pub version: u64,
}

/// Registers a doctor in a department.
#[derive(Clone, Debug)]
pub struct Register {
    /// Where the doctor works.
    pub hospital: HospitalId,
    /// In which department of it.
    pub department: DepartmentId,
    /// The doctor's name.
    pub name: PersonName,
    /// The number in the medical council's register.
    pub registration_number: RegistrationNumber,
    /// The languages the doctor speaks.
    pub languages: Vec<Language>,
}

impl Operation for Register {
    const NAME: &'static str = "register-doctor";
    type Answer = DoctorAnswer;

    fn target(&self) -> String {
        self.department.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<DoctorAnswer, CommandError> {
        work.authorize(
            Action::RegisterDoctor,
            &Resource::of_tenant("doctor", work.tenant()).at(self.hospital),
        )
        .await?;
        let hospital = work
            .existing::<Hospital>(&self.hospital, "hospital")
            .await?;
        hospital.state().department(self.department)?;
        let doctor = DoctorId(Uuid::now_v7());
        let mut instance = work.create::<Doctor>(&doctor);
        let register = doctor::Register {
            doctor,
            hospital: self.hospital,
            department: self.department,
            name: self.name.clone(),
            registration_number: self.registration_number.clone(),
            languages: self.languages.clone(),
        };
        work.decide(&mut instance, DoctorCommand::Register(register))
            .await?;
        let number = normalized(&self.registration_number);
        work.claim(&instance, NUMBER, &number);
        Ok(DoctorAnswer {
            doctor,
            version: instance.version(),
        })
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        RegistrationError::NumberTaken.into()
    }
}

/// Says who a doctor is, in place of what was said before.
#[derive(Clone, Debug)]
pub struct SetProfile {
    /// The doctor.
    pub doctor: DoctorId,
    /// All of it.
    pub profile: doctor::Profile,
}

impl Operation for SetProfile {
    const NAME: &'static str = "set-doctor-profile";
    type Answer = DoctorAnswer;

    fn target(&self) -> String {
        self.doctor.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<DoctorAnswer, CommandError> {
        let resource = resource_of(work, self.doctor).await?;
        work.authorize(Action::SetDoctorProfile, &resource).await?;
        let mut instance = work.existing::<Doctor>(&self.doctor, "doctor").await?;
        work.expect_version(&instance)?;
        let set = DoctorCommand::SetProfile(self.profile.clone());
        work.decide(&mut instance, set).await?;
        Ok(DoctorAnswer {
            doctor: self.doctor,
            version: instance.version(),
        })
    }
}

/// Numbers are printed with and without spaces and in either case.
pub(crate) fn normalized(number: &RegistrationNumber) -> String {
    let letters = number
        .as_str()
        .chars()
        .filter(|letter| !letter.is_whitespace());
    letters.flat_map(char::to_uppercase).collect()
}

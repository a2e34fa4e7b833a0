//! Registering patients.

use medilink_domain::PatientId;
use medilink_domain::patient::{self, Patient, PatientCommand};
use medilink_domain::values::{BirthDate, EmailAddress, Language, PersonName, Phone};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

/// The patient who was registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientAnswer {
    /// The patient.
    pub patient: PatientId,
    /// The version.
    pub version: u64,
}

/// Registers a patient.
#[derive(Clone, Debug)]
pub struct Register {
    /// The patient's name.
    pub name: PersonName,
    /// A telephone number in E.164.
    pub phone: Phone,
    /// An e-mail address.
    pub email: Option<EmailAddress>,
    /// The language to write and speak in.
    pub language: Language,
    /// The date of birth.
    pub date_of_birth: Option<BirthDate>,
}

impl Operation for Register {
    const NAME: &'static str = "register-patient";
    type Answer = PatientAnswer;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<PatientAnswer, CommandError> {
        work.authorize(
            Action::RegisterPatient,
            &Resource::of_tenant("patient", work.tenant()),
        )?;
        let patient = PatientId(Uuid::now_v7());
        let mut instance = work.create::<Patient>(&patient);
        let register = patient::Register {
            patient,
            name: self.name.clone(),
            phone: self.phone.clone(),
            email: self.email.clone(),
            language: self.language,
            date_of_birth: self.date_of_birth,
        };
        work.decide(&mut instance, PatientCommand::Register(register))
            .await?;
        Ok(PatientAnswer {
            patient,
            version: instance.version(),
        })
    }
}

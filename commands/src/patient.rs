//! Registering patients, and when they want to be reminded of their visits.

use medilink_domain::PatientId;
use medilink_domain::agenda::Agenda;
use medilink_domain::calendar::{Calendar, CalendarCommand, CalendarId, SetReminders};
use medilink_domain::patient::{self, Patient, PatientCommand};
use medilink_domain::values::{BirthDate, EmailAddress, Language, PersonName, Phone, ReminderLead};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::practice::date_in;
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
        )
        .await?;
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

/// Chooses when a patient is reminded of visits, those already booked included.
#[derive(Clone, Debug)]
pub struct ChooseReminders {
    /// The patient.
    pub patient: PatientId,
    /// How long before each visit; never, if empty; as usual, if nothing is chosen.
    pub leads: Option<Vec<ReminderLead>>,
}

impl Operation for ChooseReminders {
    const NAME: &'static str = "choose-reminders";
    type Answer = PatientAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<PatientAnswer, CommandError> {
        let agenda = work.load::<Agenda>(&self.patient, "patient").await?;
        let resource = expected(work, self.patient, agenda.state());
        work.authorize(Action::ChooseReminders, &resource).await?;
        let mut instance = work.existing::<Patient>(&self.patient, "patient").await?;
        work.expect_version(&instance)?;
        let choose = PatientCommand::ChooseReminders(patient::ChooseReminders {
            leads: self.leads.clone(),
        });
        work.decide(&mut instance, choose).await?;
        let leads = instance.state().reminders.clone();
        for visit in &agenda.state().visits {
            let id = CalendarId {
                doctor: visit.doctor,
                date: date_in(visit.time_zone, visit.starts_at),
            };
            let mut calendar = work.load::<Calendar>(&id, "calendar").await?;
            let (appointment, starts_at) = (visit.appointment, visit.starts_at);
            // Who just walked in has no slot, and needs no reminder.
            let reserved = calendar.state().reservation(appointment, starts_at).is_ok();
            if reserved && work.now() < starts_at {
                let set = CalendarCommand::SetReminders(SetReminders {
                    appointment,
                    starts_at,
                    reminders: leads.clone(),
                });
                work.decide(&mut calendar, set).await?;
            }
        }
        Ok(PatientAnswer {
            patient: self.patient,
            version: instance.version(),
        })
    }
}

/// A patient at the hospitals where they are expected.
fn expected(work: &Work<'_>, patient: PatientId, agenda: &Agenda) -> Resource {
    let resource = Resource::of_tenant("patient", work.tenant()).about(patient.uuid());
    let visits = agenda.visits.iter();
    visits.fold(resource, |resource, visit| resource.at(visit.hospital))
}

/// Says more of who a patient is, in place of what was said before.
#[derive(Clone, Debug)]
pub struct SetProfile {
    /// The patient.
    pub patient: PatientId,
    /// All of it.
    pub profile: patient::Profile,
}

impl Operation for SetProfile {
    const NAME: &'static str = "set-patient-profile";
    type Answer = PatientAnswer;

    fn target(&self) -> String {
        self.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<PatientAnswer, CommandError> {
        let agenda = work.load::<Agenda>(&self.patient, "patient").await?;
        let resource = expected(work, self.patient, agenda.state());
        work.authorize(Action::SetPatientProfile, &resource).await?;
        let mut instance = work.existing::<Patient>(&self.patient, "patient").await?;
        work.expect_version(&instance)?;
        let set = PatientCommand::SetProfile(Box::new(self.profile.clone()));
        work.decide(&mut instance, set).await?;
        Ok(PatientAnswer {
            patient: self.patient,
            version: instance.version(),
        })
    }
}

//! Writes the reminder of an appointment when its time has come, in the patient's language.
//!
//! The notice's id follows from the appointment and the time it starts at
//! ([`notice_of`](medilink_projections::reminder::notice_of)). A UUIDv7, as other ids are,
//! would be a new one with every try; this one makes the second writing of a reminder the
//! first one's conflict, whatever happened in between: a crash, a rebuilt read model, a lost
//! claim, two workers.

use chrono::Utc;
use medilink_commands::notice::Write as WriteNotice;
use medilink_commands::{CommandContext, CommandError};
use medilink_domain::Decider;
use medilink_domain::appointment::{Appointment, AppointmentEvent, Booking};
use medilink_domain::doctor::DoctorEvent;
use medilink_domain::hospital::{Hospital, HospitalEvent};
use medilink_domain::notice::{Channel, NoticeKind, Write};
use medilink_domain::patient::PatientEvent;
use medilink_domain::reminder::Reminder as Words;
use medilink_domain::values::{EmailAddress, Language, PersonName, ShortText};
use medilink_domain::{TenantId, doctor, hospital, patient};
use medilink_projections::reminder::{ReminderRow, due};

use crate::job::{Attempt, Due, DueJob, JobError, Tools};

/// The job.
pub(crate) struct Reminder {
    /// Whether e-mail can be sent.
    pub(crate) email: bool,
}

impl DueJob for Reminder {
    const NAME: &'static str = "reminder";
    type What = ReminderRow;

    async fn due(&self, tools: &Tools, limit: u16) -> Result<Vec<Due<ReminderRow>>, JobError> {
        let rows = due(&tools.reads, Utc::now(), limit).await?;
        let timer = |row: ReminderRow| Due {
            // With its cause: an appointment that is moved back to a time has a new timer.
            key: format!("{}:{}", row.notice, row.position),
            tenant: row.tenant,
            stream: Appointment::stream(&row.appointment),
            position: row.position,
            since: row.due_at,
            what: row,
        };
        Ok(rows.into_iter().map(timer).collect())
    }

    async fn carry_out(
        &self,
        tools: &Tools,
        due: &Due<ReminderRow>,
        _: Attempt,
    ) -> Result<(), JobError> {
        let timer = &due.what;
        let Some((booking, version)) = standing(tools, due).await? else {
            return Ok(());
        };
        let Some(patient) = recipient(tools, due.tenant, &booking).await? else {
            return Ok(());
        };
        let (doctor, department) = (
            doctor_of(tools, due.tenant, &booking).await?,
            department_of(tools, due.tenant, &booking).await?,
        );
        let words = Words {
            doctor: &doctor,
            department: &department,
            starts_at: booking.starts_at,
            time_zone: booking.time_zone,
        };
        let words = words.in_words(patient.language);
        let address = patient.email.filter(|_| self.email);
        let write = WriteNotice(Write {
            notice: timer.notice,
            recipient: booking.patient.into(),
            kind: NoticeKind::AppointmentReminder,
            about: booking.appointment,
            language: patient.language,
            channel: if address.is_some() {
                Channel::Email
            } else {
                Channel::InApp
            },
            address,
            title: words.title,
            text: words.text,
        });
        let context = CommandContext {
            // The words speak of this version; should it change before they are in, they are refused.
            expected_version: Some(version),
            ..tools.because_of(Self::NAME, due.tenant, due.position)
        };
        match tools.executor.execute(&context, &write).await {
            Ok(_) => Ok(()),
            Err(CommandError::Refused(problem))
                if SAID_OR_VOID.contains(&problem.detail().slug) =>
            {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Refusals after which nothing is left to be said: it is written, or there is no more use.
const SAID_OR_VOID: &[&str] = &[
    "notice-already-written",
    "appointment-cancelled",
    "appointment-started",
];

/// The appointment and its version, if it still stands at the timer's time; otherwise the
/// timer is void, and the read model will soon say so too.
async fn standing(
    tools: &Tools,
    due: &Due<ReminderRow>,
) -> Result<Option<(Booking, u64)>, JobError> {
    let Some(history) = tools
        .history::<AppointmentEvent>(due.tenant, &due.stream)
        .await?
    else {
        return Ok(None);
    };
    let mut appointment = Appointment::default();
    for event in &history {
        appointment.evolve(event);
    }
    let booking = appointment.changeable(Utc::now()).ok().cloned();
    Ok(booking
        .filter(|booking| booking.starts_at == due.what.starts_at)
        .map(|booking| (booking, history.len() as u64)))
}

struct Recipient {
    email: Option<EmailAddress>,
    language: Language,
}

/// None when the patient was erased.
async fn recipient(
    tools: &Tools,
    tenant: TenantId,
    booking: &Booking,
) -> Result<Option<Recipient>, JobError> {
    let stream = patient::Patient::stream(&booking.patient);
    let history = tools.history::<PatientEvent>(tenant, &stream).await?;
    Ok(history
        .into_iter()
        .flatten()
        .last()
        .map(|PatientEvent::Registered(known)| Recipient {
            email: known.email,
            language: known.language,
        }))
}

async fn doctor_of(
    tools: &Tools,
    tenant: TenantId,
    booking: &Booking,
) -> Result<PersonName, JobError> {
    let stream = doctor::Doctor::stream(&booking.doctor);
    let history = tools.history::<DoctorEvent>(tenant, &stream).await?;
    let last = history.into_iter().flatten().last();
    last.map(|DoctorEvent::Registered(known)| known.name)
        .ok_or_else(|| JobError::permanent("doctor-unknown"))
}

async fn department_of(
    tools: &Tools,
    tenant: TenantId,
    booking: &Booking,
) -> Result<ShortText, JobError> {
    let stream = hospital::Hospital::stream(&booking.hospital);
    let mut hospital = Hospital::default();
    for event in tools
        .history::<HospitalEvent>(tenant, &stream)
        .await?
        .into_iter()
        .flatten()
    {
        hospital.evolve(&event);
    }
    let name = hospital.department(booking.department).cloned();
    name.map_err(|_| JobError::permanent("department-unknown"))
}

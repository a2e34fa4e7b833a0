//! Writes the reminder of an appointment when its time has come, in the patient's language.
//!
//! The notice's id follows from the appointment and the time it starts at
//! ([`notice_of`](medilink_projections::reminder::notice_of)). A UUIDv7, as other ids are,
//! would be a new one with every try; this one makes the second writing of a reminder the
//! first one's conflict, whatever happened in between: a crash, a rebuilt read model, a lost
//! claim, two workers.

use chrono::Utc;
use medilink_commands::CommandContext;
use medilink_commands::notice::Write as WriteNotice;
use medilink_domain::Decider;
use medilink_domain::appointment::{Appointment, AppointmentEvent, Booking};
use medilink_domain::notice::words::Visit;
use medilink_domain::notice::{About, NoticeKind};
use medilink_projections::reminder::{ReminderRow, due};

use super::recipient::{Recipient, department_of, doctor_of};
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
        let known = Recipient::of(tools, due.tenant, booking.patient, self.email).await?;
        let Some(patient) = known else {
            return Ok(());
        };
        let doctor = doctor_of(tools, due.tenant, booking.doctor).await?.name;
        let department =
            department_of(tools, due.tenant, booking.hospital, booking.department).await?;
        let visit = Visit {
            doctor: &doctor,
            department: &department,
            starts_at: booking.starts_at,
            time_zone: booking.time_zone,
        };
        let words = visit.reminder(patient.language);
        let write = WriteNotice(patient.notice(
            timer.notice,
            NoticeKind::AppointmentReminder,
            About::Appointment(booking.appointment),
            words,
        ));
        let context = CommandContext {
            // The words speak of this version; should it change before they are in, they are refused.
            expected_version: Some(version),
            ..tools.because_of(Self::NAME, due.tenant, due.position)
        };
        tools
            .carry_out(&context, &write, SAID_OR_VOID)
            .await
            .map(drop)
    }
}

/// Refusals after which nothing is left to be said: it is written, or there is no more use.
const SAID_OR_VOID: &[&str] = &[
    "already-checked-in",
    "appointment-cancelled",
    "appointment-completed",
    "appointment-missed",
    "appointment-started",
    "notice-already-written",
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

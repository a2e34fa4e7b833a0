//! Withdraws what was written about a time that an appointment no longer has and has not gone
//! out yet: a reminder that waits for the mail server must not arrive after the cancellation.

use medilink_commands::CommandError;
use medilink_commands::notice::Undeliverable;
use medilink_domain::Decider;
use medilink_domain::appointment::{Appointment, AppointmentEvent};
use medilink_log::RecordedEvent;
use medilink_projections::reminder::notice_of;

use crate::job::{EventJob, JobError, Tools};

/// The job.
pub(crate) struct Withdrawal;

impl EventJob for Withdrawal {
    const NAME: &'static str = "withdrawal";
    const EVENTS: &'static [&'static str] = &["appointment.cancelled", "appointment.rescheduled"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let history = tools
            .history::<AppointmentEvent>(event.tenant, &event.stream)
            .await?;
        // Of an erased patient there is no notice to send either.
        let Some(history) = history else {
            return Ok(());
        };
        let mut appointment = Appointment::default();
        for earlier in history
            .iter()
            .take(event.version.saturating_sub(1) as usize)
        {
            appointment.evolve(earlier);
        }
        let Some(former) = appointment.booking else {
            return Ok(());
        };
        let withdraw = Undeliverable {
            notice: notice_of(former.appointment, former.starts_at),
            cause: "appointment-changed"
                .parse()
                .map_err(|_| JobError::permanent("cause"))?,
        };
        let context = tools.because_of(Self::NAME, event.tenant, event.position);
        match tools.executor.execute(&context, &withdraw).await {
            Ok(_) => Ok(()),
            // Never written, erased since, or gone out already.
            Err(CommandError::NotFound(_)) => Ok(()),
            Err(CommandError::Refused(problem))
                if problem.detail().slug == "notice-already-settled" =>
            {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

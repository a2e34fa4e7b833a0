//! Withdraws what was written about a time that an appointment no longer has and has not gone
//! out yet: a reminder that waits for the mail server must not arrive after the cancellation.

use medilink_commands::notice::Undeliverable;
use medilink_domain::calendar::CalendarEvent;
use medilink_log::RecordedEvent;
use medilink_projections::reminder::notices_of;

use crate::job::{EventJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct Withdrawal;

impl EventJob for Withdrawal {
    const NAME: &'static str = "withdrawal";
    const EVENTS: &'static [&'static str] = &["calendar.slot-released"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let Some(CalendarEvent::SlotReleased(released)) = tools.decode(event).await? else {
            return Ok(());
        };
        let notices = notices_of(
            released.appointment,
            released.starts_at,
            released.reminders.as_deref(),
        );
        for notice in notices {
            let withdraw = Undeliverable {
                notice,
                cause: "appointment-changed"
                    .parse()
                    .map_err(|_| JobError::permanent("cause"))?,
            };
            let context = tools.because_of(Self::NAME, event.tenant, event.position);
            // Never written, erased since, or gone out already.
            let gone = &[NOT_FOUND, "notice-already-settled"];
            tools.carry_out(&context, &withdraw, gone).await?;
        }
        Ok(())
    }
}

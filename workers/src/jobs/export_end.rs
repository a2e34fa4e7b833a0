//! Takes copies back, queued or ready, when the right is gone by which they were asked for: a
//! consent was revoked or is over, a guardian has no say any more, an account was disabled,
//! somebody gives care no more.
//! Nobody waits for it: each of these is asked about again before anything is sent.

use medilink_commands::export::Uphold;
use medilink_log::RecordedEvent;
use medilink_projections::export::open_ones;

use crate::job::{EventJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct ExportEnd;

impl EventJob for ExportEnd {
    const NAME: &'static str = "export-end";
    const EVENTS: &'static [&'static str] = &[
        "account.disabled",
        "consent.expired",
        "consent.revoked",
        "patient.guardian-dismissed",
        "patient.guardian-named",
        "staff.role-taken",
    ];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let Some(person) = event.subject else {
            return Ok(());
        };
        tools.reached("export", event.position).await?;
        for row in open_ones(&tools.reads, event.tenant, person).await? {
            let context = tools.because_of(Self::NAME, event.tenant, event.position);
            let uphold = Uphold { export: row.export };
            tools.carry_out(&context, &uphold, &[NOT_FOUND]).await?;
        }
        Ok(())
    }
}

//! Passes on what the waitlist offered and nobody accepted in time. The slot is then freed,
//! which lets it be offered to the next.

use chrono::Utc;
use medilink_commands::waitlist::Lapse as LapseOffer;
use medilink_domain::Decider;
use medilink_domain::waitlist::Waitlist;
use medilink_domain::{AppointmentId, WaitlistEntryId};
use medilink_projections::waitlist::lapsed;

use crate::job::{Attempt, Due, DueJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct Lapse;

impl DueJob for Lapse {
    const NAME: &'static str = "lapse";
    type What = (WaitlistEntryId, AppointmentId);

    async fn due(&self, tools: &Tools, limit: u16) -> Result<Vec<Due<Self::What>>, JobError> {
        let rows = lapsed(&tools.reads, Utc::now(), limit).await?;
        let due = rows.into_iter().filter_map(|row| {
            Some(Due {
                key: format!("{}:{}", row.entry, row.position),
                tenant: row.tenant,
                stream: Waitlist::stream(&row.entry),
                position: row.position,
                since: row.held_until?,
                what: (row.entry, row.appointment?),
            })
        });
        Ok(due.collect())
    }

    async fn carry_out(
        &self,
        tools: &Tools,
        due: &Due<Self::What>,
        _: Attempt,
    ) -> Result<(), JobError> {
        let (entry, appointment) = due.what;
        let lapse = LapseOffer { entry, appointment };
        let context = tools.because_of(Self::NAME, due.tenant, due.position);
        tools.carry_out(&context, &lapse, ANSWERED).await.map(drop)
    }
}

/// Answered a moment ago; the read model will soon say so too.
const ANSWERED: &[&str] = &[NOT_FOUND, "no-such-offer", "wait-is-over"];

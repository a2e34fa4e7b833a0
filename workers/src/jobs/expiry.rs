//! Takes those off the waitlist for whom no slot became free at any time that they wished for.

use chrono::Utc;
use medilink_commands::waitlist::Expire;
use medilink_domain::waitlist::Waitlist;
use medilink_domain::{Decider, WaitlistEntryId};
use medilink_projections::waitlist::over;

use crate::job::{Attempt, Due, DueJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct Expiry;

impl DueJob for Expiry {
    const NAME: &'static str = "expiry";
    type What = WaitlistEntryId;

    async fn due(&self, tools: &Tools, limit: u16) -> Result<Vec<Due<Self::What>>, JobError> {
        let rows = over(&tools.reads, Utc::now(), limit).await?;
        let due = rows.into_iter().map(|row| Due {
            key: format!("{}:{}", row.entry, row.position),
            tenant: row.tenant,
            stream: Waitlist::stream(&row.entry),
            position: row.position,
            since: row.over_at,
            what: row.entry,
        });
        Ok(due.collect())
    }

    async fn carry_out(
        &self,
        tools: &Tools,
        due: &Due<Self::What>,
        _: Attempt,
    ) -> Result<(), JobError> {
        let expire = Expire { entry: due.what };
        let context = tools.because_of(Self::NAME, due.tenant, due.position);
        tools.carry_out(&context, &expire, CHANGED).await.map(drop)
    }
}

/// It changed since then; once an offer is answered this is due again.
const CHANGED: &[&str] = &[NOT_FOUND, "offer-open", "wait-is-over"];

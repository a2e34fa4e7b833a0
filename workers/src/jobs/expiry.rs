//! Takes those off the waitlist for whom no slot became free at any time that they wished for.

use chrono::Utc;
use medilink_commands::CommandError;
use medilink_commands::waitlist::Expire;
use medilink_domain::waitlist::Waitlist;
use medilink_domain::{Decider, WaitlistEntryId};
use medilink_projections::waitlist::over;

use crate::job::{Attempt, Due, DueJob, JobError, Tools};

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
        match tools.executor.execute(&context, &expire).await {
            Ok(_) | Err(CommandError::NotFound(_)) => Ok(()),
            // Since then; once an offer is answered this is due again.
            Err(CommandError::Refused(problem)) if CHANGED.contains(&problem.detail().slug) => {
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Refusals after which nothing is left to do.
const CHANGED: &[&str] = &["offer-open", "wait-is-over"];

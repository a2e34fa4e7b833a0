//! Notes that a consent's time is over, and that nobody answered a request in time. Neither
//! waits for it: what is over by the clock covers nothing and can't be answered.

use chrono::Utc;
use medilink_commands::consent::Expire;
use medilink_domain::consent::Consent;
use medilink_domain::{ConsentId, Decider};
use medilink_projections::consent::run_out;

use crate::job::{Attempt, Due, DueJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct ConsentEnd;

impl DueJob for ConsentEnd {
    const NAME: &'static str = "consent";
    type What = ConsentId;

    async fn due(&self, tools: &Tools, limit: u16) -> Result<Vec<Due<Self::What>>, JobError> {
        let rows = run_out(&tools.reads, Utc::now(), limit).await?;
        let due = rows.into_iter().map(|row| Due {
            key: format!("{}:{}", row.consent, row.position),
            tenant: row.tenant,
            stream: Consent::stream(&row.consent),
            position: row.position,
            since: row.over_at,
            what: row.consent,
        });
        Ok(due.collect())
    }

    async fn carry_out(
        &self,
        tools: &Tools,
        due: &Due<Self::What>,
        _: Attempt,
    ) -> Result<(), JobError> {
        let expire = Expire { consent: due.what };
        let context = tools.because_of(Self::NAME, due.tenant, due.position);
        tools.carry_out(&context, &expire, ANSWERED).await.map(drop)
    }
}

/// Answered a moment ago, so that it lasts longer than the request did; the read model will
/// soon say so too.
const ANSWERED: &[&str] = &[NOT_FOUND, "consent-not-over"];

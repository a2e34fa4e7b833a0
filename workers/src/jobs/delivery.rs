//! Sends what waits in the outbox by e-mail, and records what became of it.
//!
//! Between the mail server's "accepted" and our record of it a process can die; the notice is
//! then sent again under the same `Message-ID`, by which mail servers and readers know it for
//! the same message.

use medilink_commands::notice::{Delivered, Undeliverable};
use medilink_domain::Decider;
use medilink_domain::NoticeId;
use medilink_domain::notice::{Notice, NoticeEvent, NoticeStatus, Written};
use medilink_domain::values::Code;
use medilink_projections::delivery::pending;

use super::mail::{Mailer, SendError};
use crate::job::{Attempt, Due, DueJob, JobError, NOT_FOUND, Tools};

/// The job.
pub(crate) struct Delivery {
    mailer: Mailer,
}

impl Delivery {
    pub(crate) const fn by(mailer: Mailer) -> Self {
        Self { mailer }
    }
}

impl DueJob for Delivery {
    const NAME: &'static str = "delivery";
    type What = NoticeId;

    async fn due(&self, tools: &Tools, limit: u16) -> Result<Vec<Due<NoticeId>>, JobError> {
        let rows = pending(&tools.reads, limit).await?;
        Ok(rows
            .into_iter()
            .map(|row| Due {
                key: row.notice.to_string(),
                tenant: row.tenant,
                stream: Notice::stream(&row.notice),
                position: row.position,
                since: row.written_at,
                what: row.notice,
            })
            .collect())
    }

    async fn carry_out(
        &self,
        tools: &Tools,
        due: &Due<NoticeId>,
        attempt: Attempt,
    ) -> Result<(), JobError> {
        // From the log, not from the outbox's row: what was sent or withdrawn a moment ago
        // must not go out because a read model lags.
        let Some(written) = unsettled(tools, due).await? else {
            return Ok(());
        };
        let Some(address) = &written.address else {
            return Err(JobError::permanent("address-missing"));
        };
        let sent = self
            .mailer
            .send(
                due.what.uuid(),
                address,
                written.language,
                &written.title,
                &written.text,
            )
            .await;
        fail::fail_point!("worker-after-effect-before-record", |_| Err(
            JobError::Killed
        ));
        match sent {
            Ok(()) => self.delivered(tools, due, attempt).await,
            Err(SendError::Away(reason)) => Err(JobError::Away(reason)),
            Err(SendError::Later(code)) if !attempt.last => Err(JobError::transient(code)),
            Err(SendError::Later(code) | SendError::Never(code)) => {
                self.undeliverable(tools, due, &code).await
            }
        }
    }
}

impl Delivery {
    async fn delivered(
        &self,
        tools: &Tools,
        due: &Due<NoticeId>,
        attempt: Attempt,
    ) -> Result<(), JobError> {
        let delivered = Delivered {
            notice: due.what,
            attempt: attempt.number,
        };
        let context = tools.because_of(Self::NAME, due.tenant, due.position);
        tools
            .carry_out(&context, &delivered, SETTLED)
            .await
            .map(drop)
    }

    async fn undeliverable(
        &self,
        tools: &Tools,
        due: &Due<NoticeId>,
        code: &str,
    ) -> Result<(), JobError> {
        let cause: Code = code.parse().map_err(|_| JobError::permanent("cause"))?;
        tracing::info!(code, cause = due.position.0, "a notice can't be delivered");
        let context = tools.because_of(Self::NAME, due.tenant, due.position);
        let undeliverable = Undeliverable {
            notice: due.what,
            cause,
        };
        tools
            .carry_out(&context, &undeliverable, SETTLED)
            .await
            .map(drop)
    }
}

/// A notice that was settled otherwise meanwhile, or erased, needs nothing more.
const SETTLED: &[&str] = &[NOT_FOUND, "notice-already-settled"];

/// The notice, if it is still to be sent.
async fn unsettled(tools: &Tools, due: &Due<NoticeId>) -> Result<Option<Written>, JobError> {
    let Some(history) = tools
        .history::<NoticeEvent>(due.tenant, &due.stream)
        .await?
    else {
        return Ok(None);
    };
    let mut notice = Notice::default();
    let mut written = None;
    for event in history {
        notice.evolve(&event);
        if let NoticeEvent::Written(text) = event {
            written = Some(text);
        }
    }
    Ok(written.filter(|_| notice.status == NoticeStatus::Pending))
}

//! Acts on what operators decide about dead letters of jobs.

use medilink_database::DatabaseError;
use medilink_domain::dead_letter::DeadLetterEvent;
use medilink_domain::values::{Code, StreamName};
use medilink_log::{Position, RecordedEvent};

use crate::job::{EventJob, JobError, Tools};
use crate::runtime::{claims, patiently};

/// The job.
pub(crate) struct VerdictJob;

impl EventJob for VerdictJob {
    const NAME: &'static str = "verdict";
    const EVENTS: &'static [&'static str] = &["dead-letter.retried", "dead-letter.skipped"];

    async fn handle(&self, tools: &Tools, event: &RecordedEvent) -> Result<(), JobError> {
        let (consumer, stream, position, skip) = match tools.codec.decode(event).await? {
            Some(DeadLetterEvent::Retried(it)) => (it.consumer, it.stream, it.position, false),
            Some(DeadLetterEvent::Skipped(it)) => (it.consumer, it.stream, it.position, true),
            None => return Ok(()),
        };
        // A projection's verdict finds nothing here, and one from another tenant neither.
        patiently(apply(
            tools,
            event,
            &consumer,
            &stream,
            Position(position),
            skip,
        ))
        .await?;
        Ok(())
    }
}

async fn apply(
    tools: &Tools,
    event: &RecordedEvent,
    consumer: &Code,
    stream: &StreamName,
    position: Position,
    skip: bool,
) -> Result<(), DatabaseError> {
    let mut client = tools.database.client().await?;
    let transaction = client.transaction().await?;
    let found = "consumer = $1 AND stream = $2 AND position = $3 AND tenant = $4";
    let (consumer, tenant) = (consumer.as_str(), event.tenant.uuid());
    let verdict = if skip { "skip" } else { "retry" };
    // The leader of the job sees it within a moment.
    transaction
        .execute(
            &format!("UPDATE work.dead_letters SET verdict = $5 WHERE {found} AND item IS NULL"),
            &[
                &consumer,
                &stream.as_str(),
                &position.sql(),
                &tenant,
                &verdict,
            ],
        )
        .await?;
    let items = transaction
        .query(
            &format!(
                "DELETE FROM work.dead_letters WHERE {found} AND item IS NOT NULL RETURNING item"
            ),
            &[&consumer, &stream.as_str(), &position.sql(), &tenant],
        )
        .await?;
    let job = consumer.strip_prefix("job-").unwrap_or(consumer);
    for item in items {
        claims::resolve(&*transaction, job, item.get(0), skip).await?;
    }
    transaction.commit().await?;
    Ok(())
}

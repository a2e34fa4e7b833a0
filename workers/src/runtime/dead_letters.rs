//! What waits for an operator, and the operator's verdict. A verdict is an event
//! (`commands::dead_letter`), so that it is known who decided what and why; the job `verdict`
//! acts on it.

use chrono::{DateTime, Utc};
use medilink_commands::dead_letter::Resolve;
use medilink_commands::{Actor, CommandContext, CommandError, Executor};
use medilink_database::{Database, DatabaseError};
use medilink_domain::TenantId;
use medilink_domain::dead_letter::Verdict;
use medilink_domain::values::ShortText;
use medilink_log::Position;
use thiserror::Error;
use tokio_postgres::Row;
use uuid::Uuid;

/// An event whose effect failed, the first of its stream that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The job, as `job-<name>`.
    pub consumer: String,
    /// The stream that waits.
    pub stream: String,
    /// Where the event is in the log.
    pub position: Position,
    /// Its tenant.
    pub tenant: TenantId,
    /// Why its effect failed.
    pub code: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again by itself; `None` when only a verdict helps.
    pub retry_at: Option<DateTime<Utc>>,
    /// How many later events of the stream wait behind it.
    pub behind: u64,
    /// Since when it waits.
    pub parked_at: DateTime<Utc>,
}

/// How far an event job has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStanding {
    /// The job.
    pub job: String,
    /// Every event up to here had its effect, or its stream waits for an operator.
    pub position: Position,
    /// How many events of the log come after that, whether they concern it or not.
    pub behind: u64,
    /// How many events wait for an operator.
    pub parked: u64,
}

/// Why a verdict could not be recorded.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// Nothing of this stream waits for this consumer.
    #[error("nothing of this stream waits for this consumer")]
    NothingWaits,
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The verdict was refused.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// The dead letters of all jobs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    database: Database,
}

const HEADS: &str =
    "SELECT consumer, stream, position, tenant, code, attempts, retry_at, parked_at,
        (SELECT count(DISTINCT position) FROM work.dead_letters AS later
         WHERE later.consumer = head.consumer AND later.stream = head.stream
           AND later.position > head.position)
    FROM (
        SELECT DISTINCT ON (consumer, stream) * FROM work.dead_letters
        WHERE consumer = coalesce($1, consumer) AND stream = coalesce($2, stream)
          AND tenant = coalesce($4, tenant)
        ORDER BY consumer, stream, position, item LIMIT $3) AS head
    ORDER BY consumer, stream";

impl DeadLetters {
    /// Reads through this pool, as `medilink_app`.
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// The streams that wait, each by its first event; of one consumer or of all.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn list(
        &self,
        consumer: Option<&str>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, DatabaseError> {
        self.heads(None, consumer, None, limit).await
    }

    /// Those of a tenant; of one consumer or of all, of one stream or of all.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn of_tenant(
        &self,
        tenant: TenantId,
        consumer: Option<&str>,
        stream: Option<&str>,
        limit: u16,
    ) -> Result<Vec<DeadLetter>, DatabaseError> {
        self.heads(Some(tenant), consumer, stream, limit.into())
            .await
    }

    /// How far every event job has come, whichever process does it.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn standings(&self) -> Result<Vec<JobStanding>, DatabaseError> {
        let client = self.database.client().await?;
        let sql = "SELECT c.job, c.position, greatest(h.position - c.position, 0),
                          (SELECT count(*) FROM work.dead_letters d
                           WHERE d.consumer = 'job-' || c.job AND d.attempts > 0 AND d.retry_at IS NULL)
                   FROM work.checkpoints c CROSS JOIN log.head h ORDER BY c.job";
        let rows = client
            .query(&client.prepare_cached(sql).await?, &[])
            .await?;
        Ok(rows
            .iter()
            .map(|row| JobStanding {
                job: row.get(0),
                position: Position::from_sql(row.get(1)),
                behind: row.get::<_, i64>(2).unsigned_abs(),
                parked: row.get::<_, i64>(3).unsigned_abs(),
            })
            .collect())
    }

    /// Has the first event of a stream that waits tried again, and then those behind it.
    ///
    /// # Errors
    /// [`ResolveError`].
    pub async fn retry(
        &self,
        executor: &Executor,
        consumer: &str,
        stream: &str,
        reason: ShortText,
    ) -> Result<DeadLetter, ResolveError> {
        self.resolve(executor, consumer, stream, reason, false)
            .await
    }

    /// Passes over the first event of a stream that waits; those behind it are then tried.
    ///
    /// # Errors
    /// [`ResolveError`].
    pub async fn skip(
        &self,
        executor: &Executor,
        consumer: &str,
        stream: &str,
        reason: ShortText,
    ) -> Result<DeadLetter, ResolveError> {
        self.resolve(executor, consumer, stream, reason, true).await
    }

    async fn resolve(
        &self,
        executor: &Executor,
        consumer: &str,
        stream: &str,
        reason: ShortText,
        skip: bool,
    ) -> Result<DeadLetter, ResolveError> {
        let head = self
            .heads(None, Some(consumer), Some(stream), 1)
            .await?
            .pop()
            .ok_or(ResolveError::NothingWaits)?;
        let (Ok(consumer), Ok(stream)) = (consumer.parse(), stream.parse()) else {
            return Err(ResolveError::NothingWaits);
        };
        let verdict = Verdict {
            consumer,
            stream,
            position: head.position.0,
            reason,
        };
        let context = CommandContext::new(Actor::console(head.tenant));
        executor
            .execute(
                &context,
                &Resolve {
                    verdict,
                    skip,
                    waits: true,
                },
            )
            .await?;
        Ok(head)
    }

    async fn heads(
        &self,
        tenant: Option<TenantId>,
        consumer: Option<&str>,
        stream: Option<&str>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, DatabaseError> {
        let client = self.database.client().await?;
        let statement = client.prepare_cached(HEADS).await?;
        let rows = client
            .query(
                &statement,
                &[
                    &consumer,
                    &stream,
                    &i64::from(limit),
                    &tenant.map(TenantId::uuid),
                ],
            )
            .await?;
        Ok(rows.iter().map(letter).collect())
    }
}

fn letter(row: &Row) -> DeadLetter {
    DeadLetter {
        consumer: row.get(0),
        stream: row.get(1),
        position: Position::from_sql(row.get(2)),
        tenant: TenantId(row.get::<_, Uuid>(3)),
        code: row.get(4),
        attempts: row.get::<_, i32>(5).unsigned_abs(),
        retry_at: row.get(6),
        parked_at: row.get(7),
        behind: row.get::<_, i64>(8).unsigned_abs(),
    }
}

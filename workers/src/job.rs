//! What a job is. The runtime does the rest: following the log, claims, retries, dead
//! letters, figures and draining.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, Utc};
use medilink_commands::{CommandContext, CommandError, Executor, Operation};
use medilink_database::{Database, DatabaseError};
use medilink_domain::{Event, TenantId};
use medilink_log::{CodecError, EventCodec, LogReader, Position, RecordedEvent};
use medilink_projections::{Checkpoints, ReadError, Reads};
use thiserror::Error;

/// How many events of a stream are read at once.
const PAGE: usize = 500;

/// A reaction to events. Each effect is a command with the event's position as its
/// idempotency key ([`Tools::because_of`]), so that a redelivery has no effect.
pub trait EventJob: Send + Sync + 'static {
    /// Its name: of its metrics, its durable, its idempotency keys. Never changed.
    const NAME: &'static str;
    /// The event types it reacts to.
    const EVENTS: &'static [&'static str];

    /// Reacts to one event. Events of one stream come one after the other and in order.
    fn handle(
        &self,
        tools: &Tools,
        event: &RecordedEvent,
    ) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// Something whose time comes: a timer, or a call that waits to go out. What is due is
/// derived from the log; carrying it out ends in a command that makes it no longer due.
pub trait DueJob: Send + Sync + 'static {
    /// Its name: of its metrics, its claims, its idempotency keys. Never changed.
    const NAME: &'static str;
    /// How long one may take at most, if that is more than [`WorkerConfig::effect_ms`]. Its claim
    /// is then kept up as long as its worker lives.
    ///
    /// [`WorkerConfig::effect_ms`]: crate::WorkerConfig::effect_ms
    const LONGEST: Option<Duration> = None;
    /// What has to be known to carry one out.
    type What: Send + Sync + 'static;

    /// What is due now, the longest due first, at most `limit`.
    fn due(
        &self,
        tools: &Tools,
        limit: u16,
    ) -> impl Future<Output = Result<Vec<Due<Self::What>>, JobError>> + Send;

    /// Carries out one of them. Several run at once, and none twice at once unless a worker
    /// was cut off in the middle.
    fn carry_out(
        &self,
        tools: &Tools,
        due: &Due<Self::What>,
        attempt: Attempt,
    ) -> impl Future<Output = Result<(), JobError>> + Send;
}

/// Something that is due.
#[derive(Clone, Debug)]
pub struct Due<W> {
    /// Names it for good and names no person.
    pub key: String,
    /// Its tenant.
    pub tenant: TenantId,
    /// The stream under which an operator finds it when it fails for good.
    pub stream: String,
    /// The event that made it due.
    pub position: Position,
    /// Since when it is due.
    pub since: DateTime<Utc>,
    /// The rest.
    pub what: W,
}

/// Which try it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// From 1; tries that a crash cut off count, those that an outage did don't.
    pub number: u32,
    /// Whether a further failure parks it.
    pub last: bool,
}

/// Why an effect could not be had. Codes are stable, and name no person.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JobError {
    /// A part that all effects need is away: tried again until it is back.
    #[error("{0}")]
    Away(String),
    /// It may go better later: tried again, less and less often, then parked.
    #[error("{0}")]
    Transient(Cow<'static, str>),
    /// It will not go better by itself: parked until an operator decides.
    #[error("{0}")]
    Permanent(Cow<'static, str>),
    /// A fail point of the tests stands for a killed process.
    #[error("interrupted by a fail point")]
    Killed,
}

impl JobError {
    /// It may go better later.
    pub fn transient(code: impl Into<Cow<'static, str>>) -> Self {
        Self::Transient(code.into())
    }

    /// It will not go better by itself.
    pub fn permanent(code: impl Into<Cow<'static, str>>) -> Self {
        Self::Permanent(code.into())
    }
}

/// The code of what does not exist, or was erased.
pub(crate) const NOT_FOUND: &str = "not-found";

impl From<CommandError> for JobError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Unavailable { reason, .. } => Self::Away(reason),
            CommandError::Contention => Self::transient("contention"),
            CommandError::VersionMismatch { .. } => Self::transient("changed-meanwhile"),
            CommandError::Forbidden => Self::permanent("forbidden"),
            // Workers sign in nowhere, so that neither is ever asked of them.
            CommandError::SecondFactorRequired | CommandError::ProofRequired => {
                Self::permanent("proof-required")
            }
            CommandError::NotFound(_) => Self::permanent(NOT_FOUND),
            CommandError::Refused(problem) | CommandError::RefusedAt { rule: problem, .. } => {
                Self::permanent(problem.detail().slug)
            }
            CommandError::IdempotencyKeyReused => Self::permanent("idempotency-key-reused"),
            // The executor has logged it.
            CommandError::Internal(_) => Self::permanent("internal-fault"),
        }
    }
}

impl From<DatabaseError> for JobError {
    fn from(error: DatabaseError) -> Self {
        if error.is_transient() {
            Self::Away(error.to_string())
        } else {
            tracing::error!(%error, "a job's statement was refused");
            Self::permanent("database-refused")
        }
    }
}

impl From<ReadError> for JobError {
    fn from(error: ReadError) -> Self {
        if error.is_transient() {
            Self::Away(error.to_string())
        } else {
            tracing::error!(%error, "a read model can't be read by a job");
            Self::permanent("read-model-damaged")
        }
    }
}

impl From<CodecError> for JobError {
    fn from(error: CodecError) -> Self {
        match error {
            CodecError::Vault(error) if error.is_transient() => Self::Away(error.to_string()),
            CodecError::Vault(_) => Self::permanent("unsealing-failed"),
            CodecError::Decode(_) => Self::permanent("undecodable"),
            CodecError::NoSubject(_) => Self::permanent("no-subject"),
        }
    }
}

/// What jobs work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Carries out commands.
    pub executor: Executor,
    /// Opens payloads.
    pub codec: EventCodec,
    /// The main database, as `medilink_app`.
    pub database: Database,
    /// The read models.
    pub reads: Reads,
    checkpoints: Checkpoints,
}

/// How long a job waits for a read model before it lets others have its place.
const PATIENCE: Duration = Duration::from_secs(5);

impl Tools {
    /// Puts the tools together; `database` connects as `medilink_app`.
    pub fn new(executor: Executor, codec: EventCodec, database: Database) -> Self {
        let reads = Reads::new(database.clone(), codec.vault().clone());
        let checkpoints = Checkpoints::new(database.clone());
        Self {
            executor,
            codec,
            database,
            reads,
            checkpoints,
        }
    }

    /// Waits until a read model knows of an event, which may have come here first.
    ///
    /// # Errors
    /// [`JobError::Away`] when it doesn't get there in time.
    pub async fn reached(&self, projection: &str, position: Position) -> Result<(), JobError> {
        let wait = self.checkpoints.wait(projection, position, PATIENCE).await;
        wait.map(drop)
            .map_err(|error| JobError::Away(error.to_string()))
    }

    /// Carries a command out. A refusal by one of the `moot` codes (a problem's slug, or
    /// [`NOT_FOUND`]) means that it was done before or is not wanted any more; returns it.
    ///
    /// # Errors
    /// [`JobError`] for any other refusal, or when a part of the platform is away.
    pub async fn carry_out<O: Operation>(
        &self,
        context: &CommandContext,
        operation: &O,
        moot: &[&str],
    ) -> Result<Option<Cow<'static, str>>, JobError> {
        let outcome = self.executor.execute(context, operation).await;
        match outcome.map_err(JobError::from) {
            Ok(_) => Ok(None),
            Err(JobError::Permanent(code)) if moot.contains(&code.as_ref()) => Ok(Some(code)),
            Err(error) => Err(error),
        }
    }

    /// The log.
    pub fn reader(&self) -> &LogReader {
        self.executor.reader()
    }

    /// The circumstances of what a job does because of one event: repeating it has no
    /// effect, and it belongs to the trace of the current span.
    pub fn because_of(&self, job: &str, tenant: TenantId, position: Position) -> CommandContext {
        CommandContext {
            traceparent: medilink_telemetry::current_traceparent(),
            ..CommandContext::caused_by(job, tenant, position)
        }
    }

    /// A whole stream, decoded; none when a part of it was erased, or it is not this
    /// tenant's.
    ///
    /// # Errors
    /// [`JobError`] when log or keys are away, or an event can't be read.
    pub async fn history<E: Event>(
        &self,
        tenant: TenantId,
        stream: &str,
    ) -> Result<Option<Vec<E>>, JobError> {
        let mut events = Vec::new();
        loop {
            let page = self
                .reader()
                .stream(stream, events.len() as u64, PAGE)
                .await?;
            self.codec.warm(&page).await?;
            for event in &page {
                let readable = event.tenant == tenant;
                match self.codec.decode(event).await? {
                    Some(decoded) if readable => events.push(decoded),
                    _ => return Ok(None),
                }
            }
            if page.len() < PAGE {
                return Ok(Some(events));
            }
        }
    }

    /// What an event says; `None` when it is erased.
    ///
    /// # Errors
    /// [`JobError`] when the keys are away, permanent when it is not such an event.
    pub async fn decode<E: Event>(&self, event: &RecordedEvent) -> Result<Option<E>, JobError> {
        Ok(self.codec.decode(event).await?)
    }

    /// The event at a position.
    ///
    /// # Errors
    /// [`JobError`] when the log is away; permanent when there is no such position.
    pub async fn event(&self, position: Position) -> Result<RecordedEvent, JobError> {
        let before = Position(position.0.saturating_sub(1));
        let found = self.reader().after(before, 1).await?.pop();
        found
            .filter(|event| event.position == position)
            .ok_or_else(|| JobError::permanent("no-such-position"))
    }
}

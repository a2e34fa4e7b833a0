//! What the gateway tells of jobs, which others host.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use medilink_database::DatabaseError;
use medilink_domain::TenantId;
use medilink_log::Position;

/// How far a job has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStanding {
    /// The job.
    pub job: String,
    /// Every event up to here had its effect, or waits for an operator.
    pub position: Position,
    /// How many events of the log come after that.
    pub behind: u64,
    /// How many events wait for an operator.
    pub parked: u64,
}

/// A stream that waits because one of its events could not be processed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// Who could not: a read model, or a job as `job-<name>`.
    pub consumer: String,
    /// The stream.
    pub stream: String,
    /// The event.
    pub position: Position,
    /// Why it failed.
    pub code: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again by itself; `None` when only an operator helps.
    pub retry_at: Option<DateTime<Utc>>,
    /// Since when it waits.
    pub since: DateTime<Utc>,
}

/// Which streams are looked for; all, where nothing is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Of<'a> {
    /// Only those that wait for this consumer.
    pub consumer: Option<&'a str>,
    /// Only this one.
    pub stream: Option<&'a str>,
}

/// What becomes of an answer that must be waited for.
pub type Told<'a, T> = BoxFuture<'a, Result<T, DatabaseError>>;

/// Tells of jobs, whichever process does them.
pub trait JobReport: Send + Sync + 'static {
    /// How far each has come.
    fn standings(&self) -> Told<'_, Vec<JobStanding>>;
    /// The streams of a tenant that wait, each by its first event, at most so many.
    fn parked<'a>(&'a self, tenant: TenantId, of: Of<'a>, limit: u16) -> Told<'a, Vec<Parked>>;
}

//! Everything about a job that is not its effect.

pub(crate) mod backoff;
pub(crate) mod claims;
pub(crate) mod dead_letters;
pub(crate) mod due;
pub(crate) mod effect;
pub(crate) mod events;
pub(crate) mod follower;
pub(crate) mod letters;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medilink_bus::Bus;
use medilink_database::DatabaseError;
use tokio_util::sync::CancellationToken;

use crate::config::WorkerConfig;
use crate::job::Tools;
use crate::worker::JobStatus;

/// How long one exchange with the database may take on a connection of our own.
const PATIENCE: Duration = Duration::from_secs(10);

/// What every runner has at hand. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) tools: Tools,
    pub(crate) bus: Option<Bus>,
    pub(crate) config: Arc<WorkerConfig>,
    pub(crate) figures: Figures,
}

/// How each job is doing, for whoever asks and for the metrics.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures(Arc<Mutex<BTreeMap<&'static str, JobStatus>>>);

impl Figures {
    pub(crate) fn set(&self, status: JobStatus) {
        metrics::gauge!("medilink_job_behind_events", "name" => status.job)
            .set(status.behind as f64);
        metrics::gauge!("medilink_job_behind_seconds", "name" => status.job)
            .set(status.behind_for.as_secs_f64());
        metrics::gauge!("medilink_job_parked_streams", "name" => status.job)
            .set(status.parked as f64);
        // Whole even if a holder panicked: every change to it is one call.
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(status.job, status);
    }

    /// Says that this process has nothing of a job to be behind with: another one leads it.
    pub(crate) fn stands_by(job: &'static str) {
        for figure in ["medilink_job_behind_events", "medilink_job_behind_seconds"] {
            metrics::gauge!(figure, "name" => job).set(0.0);
        }
    }

    pub(crate) fn all(&self) -> Vec<JobStatus> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }
}

/// The consumer name of a job, where projections have their own under the same roof.
pub(crate) fn consumer(job: &str) -> String {
    format!("job-{job}")
}

/// An exchange with the database that doesn't wait for ever.
pub(crate) async fn patiently<T, E: Into<DatabaseError>>(
    exchange: impl Future<Output = Result<T, E>>,
) -> Result<T, DatabaseError> {
    match tokio::time::timeout(PATIENCE, exchange).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(_) => Err(DatabaseError::Unavailable("no answer in time".into())),
    }
}

/// Waits; `false` when cancelled.
pub(crate) async fn pause(cancel: &CancellationToken, length: Duration) -> bool {
    tokio::select! {
        () = cancel.cancelled() => false,
        () = tokio::time::sleep(length) => true,
    }
}

//! The worker role: all jobs of a process.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use medilink_bus::Bus;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::WorkerConfig;
use crate::job::Tools;
use crate::registry::{Jobs, Start};
use crate::runtime::{Figures, Host, pause};

/// How a job is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStatus {
    /// The job.
    pub job: &'static str,
    /// How many events of the log, or due items, are still before it.
    pub behind: u64,
    /// How long the first of those has been waiting.
    pub behind_for: Duration,
    /// How many streams wait for an operator.
    pub parked: u64,
}

/// Runs jobs. Several processes may run the same ones.
#[derive(Debug)]
pub struct Worker {
    host: Host,
    jobs: Jobs,
}

impl Worker {
    /// A worker for these jobs. Without a `bus`, which connects as `worker`, the log is read
    /// directly, about every [`WorkerConfig::poll_ms`].
    pub fn new(tools: Tools, bus: Option<Bus>, config: WorkerConfig, jobs: Jobs) -> Self {
        let host = Host {
            tools,
            bus,
            config: Arc::new(config),
            figures: Figures::default(),
        };
        Self { host, jobs }
    }

    /// How the jobs of this process are doing; of those that another process leads nothing is
    /// known here.
    pub fn status(&self) -> Vec<JobStatus> {
        self.host.figures.all()
    }

    /// Works until cancelled, then finishes what is in hand; after
    /// [`WorkerConfig::drain_ms`] it is cut off, to be taken up again by the next process.
    pub async fn run(&self, cancel: CancellationToken) {
        let mut tasks = JoinSet::new();
        for (name, start) in self.jobs.starts() {
            tasks.spawn(keep(
                name,
                Arc::clone(start),
                self.host.clone(),
                cancel.clone(),
            ));
        }
        cancel.cancelled().await;
        let drained = tokio::time::timeout(self.host.config.drain(), async {
            while let Some(ended) = tasks.join_next().await {
                if ended.is_err() {
                    tracing::error!("a job's task ended with a panic");
                }
            }
        });
        if drained.await.is_err() {
            tracing::warn!(
                jobs = tasks.len(),
                "effects in hand took too long to finish and are cut off"
            );
            tasks.shutdown().await;
        }
    }
}

/// Runs a job until cancelled. A panic of the runner itself (one of an effect is the effect's)
/// must not end the job for as long as the process lives.
async fn keep(name: &'static str, start: Start, host: Host, cancel: CancellationToken) {
    // From the beginning: the first effect is then a rise, which Prometheus can see.
    metrics::counter!("medilink_job_effects_total", "name" => name, "outcome" => "done")
        .increment(0);
    while AssertUnwindSafe(start(host.clone(), cancel.clone()))
        .catch_unwind()
        .await
        .is_err()
    {
        tracing::error!(job = name, "a job panicked and begins anew");
        if !pause(&cancel, host.config.poll()).await {
            return;
        }
    }
}

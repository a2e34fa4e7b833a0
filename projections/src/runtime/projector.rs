//! The host of all projections of a process.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{join_all, join3};
use medilink_bus::Bus;
use medilink_database::{Database, DatabaseError};
use medilink_log::{EventCodec, LogReader, Position};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::error::ProjectionError;
use super::generation;
use super::intake::Intake;
use super::lane::{Lane, Registration, Tools};
use super::passing::passes;
use crate::checkpoints::Checkpoints;

/// How often the lag of each projection is measured.
const MEASURE: Duration = Duration::from_secs(2);

/// How often it is looked at what operators want built anew.
const RENEW: Duration = Duration::from_secs(2);
/// The pause after a rebuild that failed.
const RENEW_AGAIN: Duration = Duration::from_secs(10);

/// Runs and rebuilds projections. Cheap to clone.
#[derive(Clone)]
pub struct Projector {
    tools: Tools,
    registrations: Arc<[Registration]>,
}

impl std::fmt::Debug for Projector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Projector {
    /// All projections of this release. `database` connects as `medilink_projector`; without
    /// a `bus` the log is read directly, about every second.
    pub fn new(database: Database, codec: EventCodec, bus: Option<Bus>) -> Self {
        Self::of(database, codec, bus, crate::registry::all())
    }

    /// Only these projections.
    pub(crate) fn of(
        database: Database,
        codec: EventCodec,
        bus: Option<Bus>,
        registrations: Vec<Registration>,
    ) -> Self {
        let tools = Tools {
            intake: Intake::new(bus, LogReader::new(database.clone())),
            passes: passes(database.clone()),
            database,
            codec,
            poll: Duration::from_secs(1),
        };
        Self {
            tools,
            registrations: registrations.into(),
        }
    }

    /// How often the log is read directly while the broker brings nothing.
    #[must_use]
    pub fn polling_every(mut self, poll: Duration) -> Self {
        self.tools.poll = poll;
        self
    }

    /// The names of the projections, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.registrations
            .iter()
            .map(|registration| registration.name)
    }

    /// Keeps all projections up to date until cancelled. What is being applied then is
    /// finished; a rebuild is given up and resumed at the next start.
    pub async fn run(&self, cancel: CancellationToken) {
        let lanes: Vec<Box<dyn Lane>> = self
            .registrations
            .iter()
            .map(|found| (found.make)(&self.tools))
            .collect();
        let checkpoints = Checkpoints::new(self.tools.database.clone());
        // One task each: a slow fold of one model must not hold up the others.
        let tasks: Vec<_> = lanes
            .into_iter()
            .map(|lane| {
                let cancel = cancel.clone();
                tokio::spawn(async move { lane.run(cancel).await })
            })
            .collect();
        // What the intake holds when it is dropped is in the log as well.
        tokio::select! {
            _ = join3(measure(&checkpoints), self.tools.intake.run(), self.renew()) => {}
            () = cancel.cancelled() => {}
        }
        for ended in join_all(tasks).await {
            if ended.is_err() {
                tracing::error!("a projection's task ended with a panic");
            }
        }
    }

    /// Builds anew what operators ask for, one after the other. Nothing is kept of it but the
    /// request in the log: who dies half-way, or finds another process at it, looks again.
    async fn renew(&self) {
        loop {
            tokio::time::sleep(RENEW).await;
            let outdated = match self.outdated().await {
                Ok(outdated) => outdated,
                Err(error) => {
                    tracing::debug!(%error, "what is to be built anew can't be read");
                    continue;
                }
            };
            for name in outdated {
                match self.rebuild(&name).await {
                    Ok(_) | Err(ProjectionError::RebuildRunning | ProjectionError::Unknown) => {}
                    Err(error) => {
                        tracing::warn!(projection = name, %error, "a rebuild that was asked for failed, and will be tried again");
                        tokio::time::sleep(RENEW_AGAIN).await;
                    }
                }
            }
        }
    }

    async fn outdated(&self) -> Result<Vec<String>, DatabaseError> {
        let client = self.tools.database.client().await?;
        generation::outdated(&client).await
    }

    /// Builds a projection anew beside the live one and swaps; returns where it then stands.
    ///
    /// # Errors
    /// [`ProjectionError::Unknown`], [`ProjectionError::RebuildRunning`], or what stopped it.
    pub async fn rebuild(&self, name: &str) -> Result<Position, ProjectionError> {
        self.lane(name)?.rebuild().await
    }

    /// The live rows of a projection in clear, as JSON in the order of their keys, with the
    /// position they stand at: to compare live rows with rebuilt ones. Holds personal data.
    ///
    /// # Errors
    /// [`ProjectionError::Unknown`], or when the rows can't be read.
    pub async fn rows_clear(&self, name: &str) -> Result<(Position, Vec<Value>), ProjectionError> {
        self.lane(name)?.rows_clear().await
    }

    fn lane(&self, name: &str) -> Result<Box<dyn Lane>, ProjectionError> {
        let found = self
            .registrations
            .iter()
            .find(|registration| registration.name == name);
        found
            .map(|registration| (registration.make)(&self.tools))
            .ok_or(ProjectionError::Unknown)
    }
}

/// Tells how far each projection is behind the log.
async fn measure(checkpoints: &Checkpoints) {
    loop {
        match checkpoints.behind().await {
            Ok(all) => {
                for one in all {
                    let events = one.events as f64;
                    metrics::gauge!("medilink_projection_behind_events", "projection" => one.projection.clone()).set(events);
                    metrics::gauge!("medilink_projection_behind_seconds", "projection" => one.projection.clone())
                        .set(one.age.as_secs_f64());
                    metrics::gauge!("medilink_projection_parked_events", "projection" => one.projection)
                        .set(one.parked as f64);
                }
            }
            Err(error) => tracing::debug!(%error, "the projections' lag can't be measured"),
        }
        tokio::time::sleep(MEASURE).await;
    }
}

//! One projection, kept up to date for as long as the process lives: one process at a time
//! per version, another one takes over when it goes.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use medilink_database::{Batched, Database, DatabaseError, Session, beat, leading, try_lead};
use medilink_log::{EventCodec, LogReader, Position, RecordedEvent};
use serde_json::Value;
use tokio::time::Instant;
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use super::apply::Applier;
use super::error::ProjectionError;
use super::generation::{Generation, Target};
use super::intake::{Intake, Taken, ends, joined};
use super::model::{ReadModel, name_of};
use super::passing::Pass;
use super::rebuild::{Found, lock_name, try_lock};
use super::row::Row;
use super::sealing::unseal;

/// How many events are applied at once when they are read from PostgreSQL.
const PAGE: usize = 1_000;
/// How often a process that stands by looks whether it is its turn.
const STAND_BY: Duration = Duration::from_millis(500);
/// How often the database hears of a process that leads, and plans anew for it.
const HEARD: Duration = Duration::from_secs(2);
/// The longest pause between tries after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A read model may lose its last moments with PostgreSQL: its rows and its checkpoint go back
/// together, and the log brings them forward again. So its commits need not wait for the disk,
/// which the log's need for themselves. Planning a batch's statements costs as much as running
/// them, so the plans are kept.
const SETTINGS: &str = "SET synchronous_commit = off; SET plan_cache_mode = force_generic_plan";
/// Made anew from time to time: a plan from when a table was empty, when every index of it was
/// as good as the key's, is not one for the table that it has become.
const PLAN_ANEW: &str = "DISCARD PLANS";

/// What every lane of a process works with.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    pub(crate) database: Database,
    pub(crate) codec: EventCodec,
    pub(crate) intake: Intake,
    pub(crate) passes: Batched<Pass, bool>,
    /// How often the log is read directly when the broker brings nothing.
    pub(crate) poll: Duration,
}

/// One projection of a process, whatever its model.
pub(crate) trait Lane: Send + Sync {
    /// Keeps it up to date until cancelled; what is being applied is finished first.
    fn run(&self, cancel: CancellationToken) -> BoxFuture<'_, ()>;
    /// Builds it anew beside the live one and swaps.
    fn rebuild(&self) -> BoxFuture<'_, Result<Position, ProjectionError>>;
    /// The live rows in clear, as JSON in the order of the keys, and how far they are.
    fn rows_clear(&self) -> BoxFuture<'_, Result<(Position, Vec<Value>), ProjectionError>>;
}

/// A projection that can be hosted: its name, and how to make its lane.
#[derive(Clone, Copy)]
pub struct Registration {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&Tools) -> Box<dyn Lane>,
}

/// The registration of a read model.
pub(crate) const fn lane<M: ReadModel>() -> Registration {
    Registration {
        name: name_of::<M>(),
        make: |tools| Box::new(ModelLane::<M>::new(tools)),
    }
}

struct ModelLane<M> {
    tools: Tools,
    applier: Applier<M>,
}

impl<M: ReadModel> ModelLane<M> {
    fn new(tools: &Tools) -> Self {
        Self {
            tools: tools.clone(),
            applier: Applier::new(tools.codec.clone(), LogReader::new(tools.database.clone())),
        }
    }

    const NAME: &'static str = name_of::<M>();

    async fn keep(&self, cancel: &CancellationToken) {
        let mut failures = 0u32;
        while !cancel.is_cancelled() {
            let started = Instant::now();
            // A panic of the runtime itself must not end the projection for good.
            let held = AssertUnwindSafe(self.hold(cancel)).catch_unwind().await;
            let error = match held {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "a panic".to_owned(),
            };
            failures = if started.elapsed() > LONGEST_PAUSE {
                1
            } else {
                failures.saturating_add(1)
            };
            metrics::counter!("medilink_projection_failures_total", "projection" => Self::NAME)
                .increment(1);
            tracing::warn!(
                projection = Self::NAME,
                error,
                failures,
                "the projection stopped and will try again"
            );
            pause(cancel, backoff(failures)).await;
        }
    }

    /// Becomes the one process that runs this projection, and runs it.
    async fn hold(&self, cancel: &CancellationToken) -> Result<(), ProjectionError> {
        // The session that holds the lock is the one that writes: both end together.
        let mut client = self.tools.database.session().await?;
        client
            .batch_execute(SETTINGS)
            .await
            .map_err(DatabaseError::from)?;
        while !try_lead(&client, &run_lock(Self::NAME, i32::from(M::VERSION))).await? {
            if !pause(cancel, STAND_BY).await {
                return Ok(());
            }
        }
        let Some(live) = self.ready(&client, cancel).await? else {
            return Ok(());
        };
        tracing::info!(
            projection = Self::NAME,
            generation = live.number,
            position = live.position.0,
            "projecting"
        );
        let resumed = self.resume_killed_rebuild(cancel);
        let followed = self.follow(&mut client, live.position, cancel);
        // A rebuild that was asked for and killed goes on beside the live rows.
        tokio::pin!(resumed);
        tokio::select! {
            outcome = followed => outcome,
            never = &mut resumed => match never {},
        }
    }

    /// The live generation, built first when there is none of this version.
    async fn ready(
        &self,
        client: &Client,
        cancel: &CancellationToken,
    ) -> Result<Option<Generation>, ProjectionError> {
        loop {
            match self.applier.find(client).await? {
                Found::Ready(live) => return Ok(Some(live)),
                // A newer release is at work: this process is about to be replaced.
                Found::Missing(Some(other))
                    if other.version > i32::from(M::VERSION)
                        && self.runs_elsewhere(client, other.version).await? => {}
                Found::Missing(_) => {
                    let built = tokio::select! {
                        built = leading(client, self.applier.rebuild(&self.tools.database)) => built?,
                        () = cancel.cancelled() => return Ok(None),
                    };
                    match built {
                        Ok(_) => continue,
                        Err(ProjectionError::RebuildRunning) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
            if !pause(cancel, STAND_BY).await {
                return Ok(None);
            }
        }
    }

    async fn runs_elsewhere(&self, client: &Client, version: i32) -> Result<bool, ProjectionError> {
        let name = run_lock(Self::NAME, version);
        if !try_lock(client, &name).await? {
            return Ok(true);
        }
        client
            .execute(
                "SELECT pg_advisory_unlock(hashtextextended($1, 0))",
                &[&name],
            )
            .await?;
        Ok(false)
    }

    /// Follows the log: from the broker as events come, from PostgreSQL when it is away or
    /// silent.
    async fn follow(
        &self,
        client: &mut Session,
        mut position: Position,
        cancel: &CancellationToken,
    ) -> Result<(), ProjectionError> {
        // Before PostgreSQL is read, so that nothing falls between the two.
        let mut intake = self.tools.intake.subscribe();
        position = self.drain(client, position, cancel).await?;
        let mut poll_at = Instant::now() + self.tools.poll;
        let mut heard = tokio::time::interval(HEARD);
        loop {
            let taken = tokio::select! {
                () = cancel.cancelled() => return Ok(()),
                taken = intake.take() => taken,
                () = tokio::time::sleep_until(poll_at) => Taken::Look,
                _ = heard.tick() => {
                    beat(client).await?;
                    client.batch_execute(PLAN_ANEW).await.map_err(DatabaseError::from)?;
                    continue;
                }
            };
            let before = position;
            position = match &taken {
                // Read from PostgreSQL long ago, while the broker was away.
                Taken::Events(batches) if ends(batches) <= position => continue,
                Taken::Events(batches) => {
                    let events = joined(batches);
                    self.take(client, position, &events, cancel).await?
                }
                Taken::Look => self.drain(client, position, cancel).await?,
            };
            if matches!(taken, Taken::Look) || position > before {
                poll_at = Instant::now() + self.tools.poll;
            }
            fail::fail_point!("projection-after-apply-before-ack", |_| {
                Err(ProjectionError::FailPoint(
                    "projection-after-apply-before-ack",
                ))
            });
        }
    }

    /// Applies what the broker brought; what is missing before it is read from PostgreSQL.
    async fn take(
        &self,
        client: &mut Session,
        position: Position,
        events: &[RecordedEvent],
        cancel: &CancellationToken,
    ) -> Result<Position, ProjectionError> {
        if let [first, ..] = events
            && let Some(last) = events.last()
            && !events.iter().any(Applier::<M>::concerned)
            && self.pass(first.position, last.position).await?
        {
            return Ok(last.position.max(position));
        }
        let _spans = spans::<M>(events);
        match self.applier.apply(client, Target::Live, events).await {
            Ok(reached) => Ok(reached.max(position)),
            Err(ProjectionError::Gap(after)) => {
                metrics::counter!("medilink_projection_gaps_total", "projection" => Self::NAME)
                    .increment(1);
                self.drain(client, after, cancel).await
            }
            Err(error) => Err(error),
        }
    }

    /// Moves over events that don't concern the projection, with others who do the same.
    async fn pass(&self, first: Position, last: Position) -> Result<bool, ProjectionError> {
        let pass = Pass {
            projection: Self::NAME,
            version: M::VERSION,
            first,
            last,
        };
        Ok(self.tools.passes.ask(pass).await?)
    }

    /// Applies everything that PostgreSQL has after a position.
    async fn drain(
        &self,
        client: &mut Session,
        mut position: Position,
        cancel: &CancellationToken,
    ) -> Result<Position, ProjectionError> {
        loop {
            let page = self.applier.reader.after(position, PAGE).await?;
            if !page.is_empty() {
                let _spans = spans::<M>(&page);
                position = match self.applier.apply(client, Target::Live, &page).await {
                    Ok(reached) => reached.max(position),
                    // The checkpoint is behind what this process thought.
                    Err(ProjectionError::Gap(after)) => {
                        position = after;
                        continue;
                    }
                    Err(error) => return Err(error),
                };
            }
            if page.len() < PAGE || cancel.is_cancelled() {
                return Ok(position);
            }
        }
    }

    async fn resume_killed_rebuild(&self, cancel: &CancellationToken) -> std::convert::Infallible {
        let mut failures = 0;
        while !cancel.is_cancelled() {
            let resumed = match self.applier.was_killed(&self.tools.database).await {
                Ok(true) => self.applier.rebuild(&self.tools.database).await.map(|_| ()),
                Ok(false) => Ok(()),
                Err(error) => Err(error),
            };
            match resumed {
                Ok(()) | Err(ProjectionError::RebuildRunning) => break,
                Err(error) => {
                    failures += 1;
                    tracing::warn!(projection = Self::NAME, %error, "a killed rebuild could not be resumed yet");
                    pause(cancel, backoff(failures)).await;
                }
            }
        }
        std::future::pending().await
    }

    async fn clear(&self) -> Result<(Position, Vec<Value>), ProjectionError> {
        let mut client = self.tools.database.session().await?;
        let transaction = client.transaction().await?;
        let live = self.applier.locked(&transaction, Target::Live).await?;
        let stored = self
            .applier
            .table(live.number)
            .load_all(&transaction)
            .await?;
        let clear = unseal(self.applier.vault(), Self::NAME, M::Row::shape(), stored).await?;
        let mut rows = Vec::with_capacity(clear.len());
        for cells in clear.into_iter().flatten() {
            let row = M::Row::from_cells(cells)?;
            rows.push(serde_json::to_value(&row).map_err(|_| super::field::Damaged)?);
        }
        Ok((live.position, rows))
    }
}

impl<M: ReadModel> Lane for ModelLane<M> {
    fn run(&self, cancel: CancellationToken) -> BoxFuture<'_, ()> {
        async move { self.keep(&cancel).await }.boxed()
    }

    fn rebuild(&self) -> BoxFuture<'_, Result<Position, ProjectionError>> {
        self.applier.rebuild(&self.tools.database).boxed()
    }

    fn rows_clear(&self) -> BoxFuture<'_, Result<(Position, Vec<Value>), ProjectionError>> {
        self.clear().boxed()
    }
}

fn run_lock(projection: &str, version: i32) -> String {
    debug_assert_ne!(
        lock_name(projection),
        format!("medilink/projection/{projection}/v{version}")
    );
    format!("medilink/projection/{projection}/v{version}")
}

/// The spans that make these events' traces reach into the read model; they end with the
/// transaction.
fn spans<M: ReadModel>(events: &[RecordedEvent]) -> Vec<tracing::Span> {
    let mut spans = Vec::new();
    for event in events {
        if !<M::Source as super::model::Source>::handles(&event.kind) {
            continue;
        }
        let span = tracing::info_span!(
            "project",
            projection = name_of::<M>(),
            position = event.position.0
        );
        if span.is_disabled() {
            break;
        }
        if let Some(traceparent) = event.metadata().traceparent {
            medilink_telemetry::span_from_traceparent(&span, &traceparent);
            spans.push(span);
        }
    }
    spans
}

/// Waits; `false` when cancelled.
async fn pause(cancel: &CancellationToken, length: Duration) -> bool {
    tokio::select! {
        () = cancel.cancelled() => false,
        () = tokio::time::sleep(length) => true,
    }
}

fn backoff(failures: u32) -> Duration {
    let doubled = Duration::from_millis(100).saturating_mul(1 << failures.min(6));
    doubled.min(LONGEST_PAUSE)
}

//! How far each projection is: for readers that must see a certain position, for the
//! `Medilink-Position` and `Medilink-Behind` headers, and for lag figures.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use medilink_database::{Batched, Database, DatabaseError};
use medilink_log::Position;
use thiserror::Error;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::time::Instant;
use tokio_postgres::Row;

use crate::runtime::generation::REQUESTS;

/// How often the checkpoints are read while somebody waits.
const EVERY: Duration = Duration::from_millis(5);
/// How many readers may wait at once in a process.
const WAITERS: usize = 4_096;

/// Why a position was not reached.
#[derive(Debug, Error)]
pub enum WaitError {
    /// The projection is not there yet; it is at this position.
    #[error("the read model is at position {0} and did not get further in time")]
    TimedOut(Position),
    /// Too many readers wait already.
    #[error("too many readers are waiting for read models")]
    Busy,
    /// The database doesn't answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// How far a projection is behind the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// The projection.
    pub projection: String,
    /// Every event up to here is in its rows, or parked.
    pub position: Position,
    /// How many events of the log come after that.
    pub events: u64,
    /// How long ago the first of those was recorded; zero when there is none.
    pub age: Duration,
    /// How many events are parked as dead letters.
    pub parked: u64,
    /// Which generation of its rows is read.
    pub generation: u32,
    /// When they were begun.
    pub since: DateTime<Utc>,
    /// The generation that is to take their place, if one is.
    pub renewal: Option<Renewal>,
}

/// How far a read model that is built anew has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// When an operator asked for it; none if a new release, or the console, did.
    pub requested_at: Option<DateTime<Utc>>,
    /// When it was begun, unless it waits for its turn.
    pub started_at: Option<DateTime<Utc>>,
    /// Up to where the log has been folded.
    pub folded: Position,
}

/// Where a projection is, and where the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The projection.
    pub projection: String,
    /// Every event up to here is in its rows, or parked.
    pub position: Position,
    /// The last event of the log.
    pub head: Position,
}

/// The checkpoints of the live read models. Cheap to clone; clones share one poller.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    database: Database,
    known: watch::Sender<BTreeMap<String, Position>>,
    /// Held by the one waiter that polls for all; remembers when it last did.
    poller: Mutex<Option<Instant>>,
    waiters: Semaphore,
    standings: Batched<(), Arc<[Standing]>>,
}

impl Checkpoints {
    /// Reads them through this pool, as `medilink_app` or `medilink_projector`.
    pub fn new(database: Database) -> Self {
        Self {
            shared: Arc::new(Shared {
                standings: Batched::new({
                    let database = database.clone();
                    move |questions: Vec<()>| standings(database.clone(), questions.len())
                }),
                database,
                known: watch::Sender::new(BTreeMap::new()),
                poller: Mutex::new(None),
                waiters: Semaphore::new(WAITERS),
            }),
        }
    }

    /// Waits until a projection has every event up to `position`; returns where it is, which
    /// may be further.
    ///
    /// There is no task behind this: one of those who wait polls for all of them, every
    /// 5 ms, and nobody polls when nobody waits. What was read longer ago is not relied on: a
    /// database that crashed may have come back with the latest rows and positions undone.
    ///
    /// # Errors
    /// [`WaitError`] when it takes longer than `timeout`, too many wait, or the database
    /// doesn't answer.
    pub async fn wait(
        &self,
        projection: &str,
        position: Position,
        timeout: Duration,
    ) -> Result<Position, WaitError> {
        let _permit = self
            .shared
            .waiters
            .try_acquire()
            .map_err(|_| WaitError::Busy)?;
        match tokio::time::timeout(timeout, self.wait_for_ever(projection, position)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(WaitError::TimedOut(self.known(projection))),
        }
    }

    async fn wait_for_ever(
        &self,
        projection: &str,
        position: Position,
    ) -> Result<Position, WaitError> {
        let mut changes = self.shared.known.subscribe();
        self.look().await?;
        loop {
            if let Some(reached) = self.reached(projection, position) {
                return Ok(reached);
            }
            tokio::select! {
                polled = self.poll() => polled?,
                _ = changes.changed() => {}
            }
        }
    }

    /// Reads the checkpoints once, as soon as it is this caller's turn and the last reading
    /// is old enough. Dropped half-way, the turn goes to the next caller.
    async fn poll(&self) -> Result<(), DatabaseError> {
        let mut last = self.shared.poller.lock().await;
        if let Some(last) = *last {
            tokio::time::sleep_until(last + EVERY).await;
        }
        self.read(&mut last).await
    }

    /// Sees to it that what is known was read at most 5 ms before this call.
    async fn look(&self) -> Result<(), DatabaseError> {
        let asked = Instant::now();
        let mut last = self.shared.poller.lock().await;
        // Read just before, or for somebody else while this one waited for its turn.
        match *last {
            Some(last) if asked <= last + EVERY => Ok(()),
            _ => self.read(&mut last).await,
        }
    }

    /// Reads the checkpoints. A reading that fails or is dropped half-way leaves `last` empty,
    /// so that nobody takes it for one.
    async fn read(&self, last: &mut Option<Instant>) -> Result<(), DatabaseError> {
        let started = Instant::now();
        *last = None;
        let client = self.shared.database.client().await?;
        let sql = "SELECT projection, position FROM read.checkpoints WHERE state = 'live'";
        let rows = client
            .query(&client.prepare_cached(sql).await?, &[])
            .await?;
        let found = rows
            .iter()
            .map(|row| (row.get(0), Position::from_sql(row.get(1))))
            .collect();
        self.shared.known.send_if_modified(|known| {
            let changed = *known != found;
            *known = found;
            changed
        });
        *last = Some(started);
        Ok(())
    }

    fn known(&self, projection: &str) -> Position {
        self.shared
            .known
            .borrow()
            .get(projection)
            .copied()
            .unwrap_or_default()
    }

    fn reached(&self, projection: &str, position: Position) -> Option<Position> {
        let known = self.shared.known.borrow();
        known
            .get(projection)
            .copied()
            .filter(|known| *known >= position)
    }

    /// Where these projections are, without those that were never built. What is read after
    /// this call has at least the events up to the answer's positions.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn standing(&self, projections: &[&str]) -> Result<Vec<Standing>, DatabaseError> {
        let all = self.shared.standings.ask(()).await?;
        Ok(all
            .iter()
            .filter(|one| projections.contains(&one.projection.as_str()))
            .cloned()
            .collect())
    }

    /// How far every live projection is behind the log.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn behind(&self) -> Result<Vec<Behind>, DatabaseError> {
        let client = self.shared.database.client().await?;
        let rows = client
            .query(&client.prepare_cached(BEHIND).await?, &[&REQUESTS])
            .await?;
        Ok(rows.iter().map(behind).collect())
    }
}

const BEHIND: &str = "SELECT c.projection, c.position, greatest(h.position - c.position, 0),
        coalesce(extract(epoch FROM clock_timestamp() - e.recorded_at), 0)::double precision,
        (SELECT count(*) FROM read.dead_letters d
         WHERE d.projection = c.projection AND d.generation = c.generation),
        c.generation, c.started_at, asked.recorded_at, building.started_at, building.folded
    FROM read.checkpoints c CROSS JOIN log.head h
    LEFT JOIN log.events e ON e.position = c.position + 1
    LEFT JOIN LATERAL (
        SELECT recorded_at FROM log.events
        WHERE stream = $1 || c.projection AND position > c.begun
        ORDER BY version LIMIT 1) asked ON true
    LEFT JOIN LATERAL (
        SELECT started_at, greatest(position, folded) AS folded FROM read.checkpoints b
        WHERE b.projection = c.projection AND b.state = 'building'
        ORDER BY generation DESC LIMIT 1) building ON true
    WHERE c.state = 'live' ORDER BY c.projection";

fn behind(row: &Row) -> Behind {
    let requested_at: Option<DateTime<Utc>> = row.get(7);
    let started_at: Option<DateTime<Utc>> = row.get(8);
    let renewed = requested_at.is_some() || started_at.is_some();
    let folded: Option<i64> = row.get(9);
    Behind {
        projection: row.get(0),
        position: Position::from_sql(row.get(1)),
        events: row.get::<_, i64>(2).unsigned_abs(),
        age: Duration::try_from_secs_f64(row.get::<_, f64>(3)).unwrap_or_default(),
        parked: row.get::<_, i64>(4).unsigned_abs(),
        generation: row.get::<_, i32>(5).unsigned_abs(),
        since: row.get(6),
        renewal: renewed.then(|| Renewal {
            requested_at,
            started_at,
            folded: Position::from_sql(folded.unwrap_or_default()),
        }),
    }
}

/// The live projections, once for each who asked.
async fn standings(
    database: Database,
    questions: usize,
) -> Result<Vec<Arc<[Standing]>>, DatabaseError> {
    let client = database.client().await?;
    let sql = "SELECT c.projection, c.position, h.position
               FROM read.checkpoints c CROSS JOIN log.head h WHERE c.state = 'live'";
    let rows = client
        .query(&client.prepare_cached(sql).await?, &[])
        .await?;
    let all: Arc<[Standing]> = rows
        .iter()
        .map(|row| Standing {
            projection: row.get(0),
            position: Position::from_sql(row.get(1)),
            head: Position::from_sql(row.get(2)),
        })
        .collect();
    Ok(vec![all; questions])
}

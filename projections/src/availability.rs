//! Free slots over all doctors of a tenant, found in memory.
//!
//! What decides whether a slot is free lies in six read models (calendars, doctors,
//! hospitals, occupancies, schedules, visit types). A query over them would join and expand a
//! thousand schedules for each search; a few megabytes in the process that searches answer it
//! in microseconds. The rows say which event changed them last, so keeping up is reading the
//! rows with a later position. What is found here is an offer: the booking decides.

mod index;
#[cfg(test)]
mod properties;
mod search;
mod tenancy;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use medilink_database::Database;
use medilink_domain::TenantId;
use medilink_log::Position;
use tokio::sync::Mutex;
use tokio::time::Instant;

pub use search::{Found, FreeSlot, Search, SearchCursor};

use crate::reads::{ReadError, Reads};
use index::Index;

/// The read models that it is made from.
pub const SOURCES: [&str; 6] = [
    "calendar",
    "doctor",
    "hospital",
    "occupancy",
    "schedule",
    "visit_type",
];

/// How old the index may be before the next search brings it up to date.
const FRESH: Duration = Duration::from_millis(50);
/// How old it may be while somebody else brings it up to date.
const BEARABLE: Duration = Duration::from_secs(1);
/// How often it is read anew as a whole. That takes out days that are over and doctors who
/// were erased, and takes in what an operator released from the dead letters, whose rows
/// carry older positions.
const ANEW: Duration = Duration::from_secs(600);

/// The index. Cheap to clone; clones share it.
#[derive(Clone, Debug)]
pub struct Availability {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    reads: Reads,
    database: Database,
    index: RwLock<Index>,
    /// Held by the one search that brings the index up to date for all.
    turn: Mutex<Turn>,
    /// When the index was last up to date.
    read_at: RwLock<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Turn {
    read_anew_at: Option<Instant>,
}

impl Availability {
    /// Reads through these; nothing is read before the first search.
    pub fn new(reads: Reads, database: Database) -> Self {
        Self {
            shared: Arc::new(Shared {
                reads,
                database,
                index: RwLock::default(),
                turn: Mutex::default(),
                read_at: RwLock::default(),
            }),
        }
    }

    /// The free slots that fit, in order of time, as of `min_position` or later. The read
    /// models must have reached that position.
    ///
    /// # Errors
    /// [`ReadError`] when they can't be read.
    pub async fn search(
        &self,
        tenant: TenantId,
        search: &Search,
        min_position: Option<Position>,
        now: DateTime<Utc>,
    ) -> Result<Found, ReadError> {
        self.keep_up(min_position).await?;
        let index = self
            .shared
            .index
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(index.search(tenant, search, now))
    }

    fn age(&self) -> Option<Duration> {
        let read_at = *self
            .shared
            .read_at
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        read_at.map(|at| at.elapsed())
    }

    fn reached(&self, min_position: Option<Position>) -> bool {
        let index = self
            .shared
            .index
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        min_position.is_none_or(|min| min <= index.position())
    }

    async fn keep_up(&self, min_position: Option<Position>) -> Result<(), ReadError> {
        let fits = |limit: Duration| {
            self.age().is_some_and(|age| age < limit) && self.reached(min_position)
        };
        if fits(FRESH) {
            return Ok(());
        }
        let mut turn = match self.shared.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) if fits(BEARABLE) => return Ok(()),
            Err(_) => self.shared.turn.lock().await,
        };
        // Somebody else may have done it meanwhile.
        if fits(FRESH) {
            return Ok(());
        }
        let started = Instant::now();
        let anew = turn.read_anew_at.is_none_or(|at| at.elapsed() > ANEW);
        let seen = if anew {
            index::Seen::default()
        } else {
            let index = self.shared.index.read();
            index.unwrap_or_else(PoisonError::into_inner).seen()
        };
        let changes = index::changes(&self.shared.reads, &self.shared.database, seen).await?;
        let mut index = self
            .shared
            .index
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if anew {
            *index = Index::default();
            turn.read_anew_at = Some(started);
        }
        index.take(changes);
        drop(index);
        *self
            .shared
            .read_at
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(started);
        Ok(())
    }
}

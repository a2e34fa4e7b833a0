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
use tokio::sync::{Mutex, OwnedMutexGuard};
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

/// How old the index may be before the next search has it brought up to date.
const FRESH: Duration = Duration::from_millis(50);
/// How old it may be for a search that doesn't wait for that. While there are many searches
/// none comes to wait; a lone one does, which then costs little.
const BEARABLE: Duration = Duration::from_millis(250);
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
    /// Held by whoever brings the index up to date, for all.
    turn: Arc<Mutex<Turn>>,
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
                turn: Arc::default(),
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

    fn read_at(&self) -> Option<Instant> {
        let read_at = self.shared.read_at.read();
        *read_at.unwrap_or_else(PoisonError::into_inner)
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
        // As old as it was then: what was read while a search waited for its turn is not too
        // old for it, however long that took.
        let asked = Instant::now();
        let fits = |limit: Duration| {
            self.read_at().is_some_and(|at| asked < at + limit) && self.reached(min_position)
        };
        if fits(FRESH) {
            return Ok(());
        }
        if fits(BEARABLE) {
            // Nobody waits for what the next search may have.
            if let Ok(turn) = self.shared.turn.clone().try_lock_owned() {
                let this = self.clone();
                tokio::spawn(async move {
                    if let Err(error) = this.bring_up_to_date(turn).await {
                        tracing::debug!(%error, "the index of free slots grows old");
                    }
                });
            }
            return Ok(());
        }
        let turn = self.shared.turn.clone().lock_owned().await;
        // Somebody else may have done it meanwhile.
        if fits(FRESH) {
            return Ok(());
        }
        self.bring_up_to_date(turn).await
    }

    async fn bring_up_to_date(&self, mut turn: OwnedMutexGuard<Turn>) -> Result<(), ReadError> {
        let started = Instant::now();
        let anew = turn.read_anew_at.is_none_or(|at| at.elapsed() > ANEW);
        let seen = if anew {
            index::Seen::default()
        } else {
            let index = self.shared.index.read();
            index.unwrap_or_else(PoisonError::into_inner).seen()
        };
        let changes = index::changes(&self.shared.reads, &self.shared.database, seen).await?;
        let index = || {
            let index = self.shared.index.write();
            index.unwrap_or_else(PoisonError::into_inner)
        };
        if anew {
            // Made beside the one that is searched meanwhile.
            let mut made = Index::default();
            made.take(changes);
            *index() = made;
            turn.read_anew_at = Some(started);
        } else {
            index().take(changes);
        }
        *self
            .shared
            .read_at
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(started);
        Ok(())
    }
}

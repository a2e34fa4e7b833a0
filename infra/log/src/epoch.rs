//! Epochs of the server behind the log. Within one, what is written to is what was read; a
//! server that was started anew may be one that an older backup was restored to.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use medilink_database::DatabaseError;
use tokio_postgres::Client;

/// Counts the servers that a process has seen behind its log. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Epochs(Arc<State>);

#[derive(Debug, Default)]
struct State {
    current: AtomicU64,
    /// When the last one that was seen had started; no two start at the same microsecond.
    started: Mutex<Option<DateTime<Utc>>>,
}

impl Epochs {
    /// The present one; 0 before the first connection.
    pub fn current(&self) -> u64 {
        self.0.current.load(Ordering::Acquire)
    }

    /// Looks at the server of a new connection, before anything is read or written there. A
    /// connection that breaks on the way begins no epoch: the statement that was under way may
    /// still commit, and nothing that was read has become untrue. Returns that server's epoch.
    pub(crate) async fn look(&self, client: &Client) -> Result<u64, DatabaseError> {
        let row = client
            .query_one("SELECT pg_postmaster_start_time()", &[])
            .await?;
        Ok(self.saw(row.get(0)))
    }

    fn saw(&self, started: DateTime<Utc>) -> u64 {
        // A time or none is sound, whatever a holder that panicked was doing.
        let mut last = self
            .0
            .started
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if *last != Some(started) {
            *last = Some(started);
            self.0.current.fetch_add(1, Ordering::AcqRel);
        }
        // No other can begin while `last` is locked.
        self.current()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn only_another_server_begins_an_epoch() {
        let (epochs, started) = (Epochs::default(), DateTime::UNIX_EPOCH);
        let later = started + TimeDelta::microseconds(1);
        assert_eq!(epochs.current(), 0);
        assert_eq!(
            [started, started, later].map(|at| epochs.saw(at)),
            [1, 1, 2]
        );
        assert_eq!(
            epochs.saw(started),
            3,
            "back to the first is no way back to what it was then"
        );
    }
}

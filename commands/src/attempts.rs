//! How often something may be tried. An attempt counts before it is made, in one statement, so
//! that guesses side by side get no further than guesses one after the other.
//!
//! The wait grows with each failure up to a limit and no further: who is guessed at can still
//! get in. Own code, because the rate limiters there are live in one process, and guessing
//! goes on through all of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use medilink_database::{Database, DatabaseError};

/// How many attempts pass between two looks at what can be forgotten.
const SWEEP_EVERY: u64 = 1_000;

/// What may be tried how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How many attempts need not wait.
    pub free: u32,
    /// The wait after the first attempt that does; it doubles with each further one.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// After how long without an attempt the count begins anew; at most a day.
    pub forget: Duration,
}

/// How much of something there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// How often.
    pub most: u32,
    /// In how long a time, from the first on; at most a day.
    pub within: Duration,
}

/// Counts attempts. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Attempts {
    database: Database,
    counted: Arc<AtomicU64>,
}

impl Attempts {
    /// Counts in `inline.attempts`.
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            counted: Arc::default(),
        }
    }

    /// Counts one attempt at what the key names; `Some` is how long it must wait instead.
    ///
    /// # Errors
    /// When the database doesn't answer: then nothing may be tried.
    pub(crate) async fn count(
        &self,
        key: &[u8; 32],
        pace: Pace,
    ) -> Result<Option<Duration>, DatabaseError> {
        self.sweep().await?;
        let client = self.database.client().await?;
        let count = client
            .prepare_cached(
                "INSERT INTO inline.attempts AS known (key, tries, last_at, next_at)
                 VALUES ($1, 1, clock_timestamp(),
                     clock_timestamp() + inline.wait_after(1, $2, $3, $4))
                 ON CONFLICT (key) DO UPDATE SET
                     tries = CASE WHEN known.last_at < clock_timestamp() - make_interval(secs => $5)
                         THEN 1 ELSE known.tries + 1 END,
                     last_at = clock_timestamp(),
                     next_at = clock_timestamp() + inline.wait_after(
                         CASE WHEN known.last_at < clock_timestamp() - make_interval(secs => $5)
                             THEN 1 ELSE known.tries + 1 END,
                         $2, $3, $4)
                 WHERE known.next_at <= clock_timestamp()
                 RETURNING tries",
            )
            .await?;
        let key = key.as_slice();
        let free = i32::try_from(pace.free).unwrap_or(i32::MAX);
        let [first, longest, forget] =
            [pace.first, pace.longest, pace.forget].map(|span| span.as_secs_f64());
        let counted = client
            .query_opt(&count, &[&key, &free, &first, &longest, &forget])
            .await?;
        if counted.is_some() {
            return Ok(None);
        }
        let look = client
            .prepare_cached(
                "SELECT extract(epoch FROM next_at - clock_timestamp())::float8
                 FROM inline.attempts WHERE key = $1",
            )
            .await?;
        let wait = client.query_opt(&look, &[&key]).await?;
        let seconds: f64 = wait.map_or(0.0, |row| row.get(0));
        Ok(Some(Duration::from_secs_f64(seconds.clamp(0.001, longest))))
    }

    /// Spends one of a budget; `Some` is how long the next one must wait instead.
    ///
    /// # Errors
    /// When the database doesn't answer: then nothing may be spent.
    pub(crate) async fn spend(
        &self,
        key: &[u8; 32],
        budget: Budget,
    ) -> Result<Option<Duration>, DatabaseError> {
        self.sweep().await?;
        let within = budget.within.as_secs_f64();
        if budget.most == 0 {
            return Ok(Some(budget.within));
        }
        let client = self.database.client().await?;
        // `last_at` is when the first one was spent.
        let spend = client
            .prepare_cached(
                "INSERT INTO inline.attempts AS known (key, tries, last_at, next_at)
                 VALUES ($1, 1, clock_timestamp(), clock_timestamp())
                 ON CONFLICT (key) DO UPDATE SET
                     tries = CASE WHEN known.last_at <= clock_timestamp() - make_interval(secs => $2)
                         THEN 1 ELSE known.tries + 1 END,
                     last_at = CASE WHEN known.last_at <= clock_timestamp() - make_interval(secs => $2)
                         THEN clock_timestamp() ELSE known.last_at END
                 WHERE known.tries < $3
                     OR known.last_at <= clock_timestamp() - make_interval(secs => $2)
                 RETURNING tries",
            )
            .await?;
        let key = key.as_slice();
        let most = i32::try_from(budget.most).unwrap_or(i32::MAX);
        let spent = client.query_opt(&spend, &[&key, &within, &most]).await?;
        if spent.is_some() {
            return Ok(None);
        }
        let look = client
            .prepare_cached(
                "SELECT extract(epoch FROM
                     last_at + make_interval(secs => $2) - clock_timestamp())::float8
                 FROM inline.attempts WHERE key = $1",
            )
            .await?;
        let wait = client.query_opt(&look, &[&key, &within]).await?;
        let seconds: f64 = wait.map_or(0.0, |row| row.get(0));
        Ok(Some(Duration::from_secs_f64(seconds.clamp(0.001, within))))
    }

    /// Lets the next attempt begin anew, after one that was right.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub(crate) async fn forget(&self, key: &[u8; 32]) -> Result<(), DatabaseError> {
        let client = self.database.client().await?;
        let forget = client
            .prepare_cached("DELETE FROM inline.attempts WHERE key = $1")
            .await?;
        client.execute(&forget, &[&key.as_slice()]).await?;
        Ok(())
    }

    /// Deletes what no pace remembers, now and then.
    async fn sweep(&self) -> Result<(), DatabaseError> {
        let counted = self.counted.fetch_add(1, Ordering::Relaxed);
        if counted.is_multiple_of(SWEEP_EVERY) {
            let client = self.database.client().await?;
            let sweep =
                "DELETE FROM inline.attempts WHERE last_at < clock_timestamp() - interval '1 day'";
            client.execute(sweep, &[]).await?;
        }
        Ok(())
    }
}

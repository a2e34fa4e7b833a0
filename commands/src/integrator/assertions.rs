//! `inline.assertions`: what integrators have signed in with. Each is good once, whichever
//! gateway it is shown to: the one whose row is in first takes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use medilink_credentials::Assertion;
use medilink_database::{Database, DatabaseError};

/// How many of them pass between two looks at what can be forgotten.
const SWEEP_EVERY: u64 = 1_000;

/// Remembers assertions until they have expired. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Assertions {
    database: Database,
    counted: Arc<AtomicU64>,
}

impl Assertions {
    /// Remembers in `inline.assertions`.
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            counted: Arc::default(),
        }
    }

    /// Uses an assertion up; `false` when it was used before.
    ///
    /// # Errors
    /// When the database doesn't answer: then it may be used or not, and nobody is let in.
    pub(crate) async fn spend(&self, assertion: &Assertion) -> Result<bool, DatabaseError> {
        let client = self.database.client().await?;
        let counted = self.counted.fetch_add(1, Ordering::Relaxed);
        if counted.is_multiple_of(SWEEP_EVERY) {
            // Not at once: the clocks of gateways and database differ.
            let sweep = "DELETE FROM inline.assertions
                WHERE forget_at < clock_timestamp() - interval '10 minutes'";
            client.execute(sweep, &[]).await?;
        }
        let spend = client
            .prepare_cached(
                "INSERT INTO inline.assertions (integrator, id, forget_at) VALUES ($1, $2, $3)
                 ON CONFLICT (integrator, id) DO NOTHING",
            )
            .await?;
        let (id, forget_at) = (assertion.id.as_slice(), assertion.forget_at);
        let spent = client
            .execute(&spend, &[&assertion.client, &id, &forget_at])
            .await?;
        Ok(spent == 1)
    }
}

//! Who works on a due item, how often it was tried, and when it comes again. A claim is a
//! lease: a killed worker's items are taken over when it ends.

use std::time::Duration;

use medilink_database::{Database, DatabaseError};
use tokio_postgres::GenericClient;

use super::letters::{self, NewLetter};
use super::{consumer, patiently};

/// How long an item that was carried out is remembered, in case its read model lags.
const REMEMBER: &str = "1 day";

/// The claims of one job. Every call is one short statement or transaction.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    database: Database,
    job: &'static str,
}

impl Claims {
    pub(crate) const fn new(database: Database, job: &'static str) -> Self {
        Self { database, job }
    }

    /// Those of the items that are not to be touched now: somebody works on them, they pause
    /// after a failure, wait for an operator, or are done.
    pub(crate) async fn busy(&self, items: &[&str]) -> Result<Vec<String>, DatabaseError> {
        patiently(async {
            let client = self.database.client().await?;
            let sql = "SELECT item FROM work.attempts
                       WHERE job = $1 AND item = ANY($2) AND (next_at > now() OR settled_at IS NOT NULL)";
            let rows = client.query(&client.prepare_cached(sql).await?, &[&self.job, &items]).await?;
            Ok::<_, DatabaseError>(rows.iter().map(|row| row.get(0)).collect())
        })
        .await
    }

    /// Takes an item for `lease`; which try this is, from 1, or `None` when it is busy. Counted
    /// before the try, so that one that kills its worker is counted too.
    pub(crate) async fn take(
        &self,
        item: &str,
        lease: Duration,
    ) -> Result<Option<u32>, DatabaseError> {
        patiently(async {
            let client = self.database.client().await?;
            let sql = "INSERT INTO work.attempts AS a (job, item, attempts, next_at)
                       VALUES ($1, $2, 1, now() + make_interval(secs => $3))
                       ON CONFLICT (job, item) DO UPDATE
                       SET attempts = a.attempts + 1, next_at = excluded.next_at
                       WHERE a.next_at <= now() AND a.settled_at IS NULL
                       RETURNING attempts";
            let statement = client.prepare_cached(sql).await?;
            let row = client
                .query_opt(&statement, &[&self.job, &item, &lease.as_secs_f64()])
                .await?;
            Ok::<_, DatabaseError>(row.map(|row| row.get::<_, i32>(0).unsigned_abs()))
        })
        .await
    }

    /// Keeps a claim up for as long again.
    pub(crate) async fn keep(&self, item: &str, lease: Duration) -> Result<(), DatabaseError> {
        let sql = "UPDATE work.attempts SET next_at = now() + make_interval(secs => $3)
                   WHERE job = $1 AND item = $2 AND settled_at IS NULL";
        patiently(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(sql).await?;
            client
                .execute(&statement, &[&self.job, &item, &lease.as_secs_f64()])
                .await?;
            Ok::<_, DatabaseError>(())
        })
        .await
    }

    /// It is done.
    pub(crate) async fn settle(&self, item: &str) -> Result<(), DatabaseError> {
        let sql =
            "UPDATE work.attempts SET settled_at = now(), code = NULL WHERE job = $1 AND item = $2";
        patiently(async {
            let client = self.database.client().await?;
            client
                .execute(&client.prepare_cached(sql).await?, &[&self.job, &item])
                .await?;
            Ok::<_, DatabaseError>(())
        })
        .await
    }

    /// It failed and comes again after a pause. A try that an outage spoilt is not `counted`.
    pub(crate) async fn postpone(
        &self,
        item: &str,
        pause: Duration,
        code: &str,
        counted: bool,
    ) -> Result<(), DatabaseError> {
        let sql = "UPDATE work.attempts
                   SET next_at = now() + make_interval(secs => $3), code = $4, attempts = attempts - $5
                   WHERE job = $1 AND item = $2";
        patiently(async {
            let client = self.database.client().await?;
            let statement = client.prepare_cached(sql).await?;
            let back = i32::from(!counted);
            client
                .execute(
                    &statement,
                    &[&self.job, &item, &pause.as_secs_f64(), &code, &back],
                )
                .await?;
            Ok::<_, DatabaseError>(())
        })
        .await
    }

    /// It failed for good and waits for an operator.
    pub(crate) async fn park(&self, item: &str, letter: NewLetter) -> Result<(), DatabaseError> {
        let sql =
            "UPDATE work.attempts SET next_at = 'infinity', code = $3 WHERE job = $1 AND item = $2";
        patiently(async {
            let mut client = self.database.client().await?;
            let transaction = client.transaction().await?;
            transaction
                .execute(sql, &[&self.job, &item, &letter.code])
                .await?;
            letters::write(&*transaction, &consumer(self.job), &[letter]).await?;
            transaction.commit().await?;
            Ok::<_, DatabaseError>(())
        })
        .await
    }

    /// How many items wait for an operator.
    pub(crate) async fn parked(&self) -> Result<u64, DatabaseError> {
        patiently(async {
            let client = self.database.client().await?;
            letters::count(&**client, &consumer(self.job)).await
        })
        .await
    }

    /// Forgets what was done long ago.
    pub(crate) async fn forget(&self) -> Result<(), DatabaseError> {
        let sql = format!(
            "DELETE FROM work.attempts WHERE ctid = ANY(ARRAY(
                 SELECT ctid FROM work.attempts WHERE job = $1 AND settled_at < now() - interval '{REMEMBER}' LIMIT 5000))"
        );
        patiently(async {
            let client = self.database.client().await?;
            client.execute(&sql, &[&self.job]).await?;
            Ok::<_, DatabaseError>(())
        })
        .await
    }
}

/// Acts on an operator's verdict about an item that waits: it is tried anew, or never again.
pub(crate) async fn resolve(
    client: &impl GenericClient,
    job: &str,
    item: &str,
    skip: bool,
) -> Result<(), DatabaseError> {
    // Skipped for good: `infinity` is never forgotten, whatever the read model says.
    let sql = if skip {
        "UPDATE work.attempts SET settled_at = 'infinity' WHERE job = $1 AND item = $2"
    } else {
        "UPDATE work.attempts SET attempts = 0, next_at = now() WHERE job = $1 AND item = $2"
    };
    client.execute(sql, &[&job, &item]).await?;
    Ok(())
}

//! Reading the log: in pages or as a stream, by position, stream or subject.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::Stream;
use medilink_database::{Database, DatabaseError};
use medilink_domain::{SubjectId, TenantId};
use tokio_postgres::Row;

use crate::append::Receipt;
use crate::event::{Position, RecordedEvent};

pub(crate) const COLUMNS: &str = "position, stream, version, type, schema_version, tenant, subject, payload, metadata, recorded_at, leaf_hash";

/// How many events a streaming read holds at once.
const PAGE: usize = 2_000;

/// A signed checkpoint as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many events it covers.
    pub size: u64,
    /// The root of the tree over them.
    pub root: [u8; 32],
    /// The signed note (C2SP tlog-checkpoint).
    pub note: Bytes,
    /// When it was signed, by the clock of whoever signed it.
    pub signed_at: DateTime<Utc>,
}

/// Read access to the log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LogReader {
    database: Database,
}

impl LogReader {
    /// Reads through this pool; its role needs SELECT on schema `log`.
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// The pool that it reads through.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The last position of the log, [`Position::START`] when it is empty.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn head(&self) -> Result<Position, DatabaseError> {
        let client = self.database.client().await?;
        let statement = client
            .prepare_cached("SELECT position FROM log.head")
            .await?;
        let row = client.query_one(&statement, &[]).await?;
        Ok(Position::from_sql(row.get(0)))
    }

    /// Up to `limit` events after a position, in order and without gaps.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn after(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, DatabaseError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM log.events WHERE position > $1 ORDER BY position LIMIT $2"
        );
        let client = self.database.client().await?;
        let statement = client.prepare_cached(&sql).await?;
        let rows = client
            .query(&statement, &[&after.sql(), &(limit as i64)])
            .await?;
        Ok(rows.iter().map(event).collect())
    }

    /// Up to `limit` events of one stream after a version, in order.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn stream(
        &self,
        stream: &str,
        after_version: u64,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, DatabaseError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM log.events WHERE stream = $1 AND version > $2 ORDER BY version LIMIT $3"
        );
        let client = self.database.client().await?;
        let statement = client.prepare_cached(&sql).await?;
        let rows = client
            .query(
                &statement,
                &[&stream, &(after_version as i64), &(limit as i64)],
            )
            .await?;
        Ok(rows.iter().map(event).collect())
    }

    /// Up to `limit` events about one person after a position, in order.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn subject(
        &self,
        tenant: TenantId,
        subject: SubjectId,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, DatabaseError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM log.events WHERE subject = $1 AND tenant = $2 AND position > $3 ORDER BY position LIMIT $4"
        );
        let client = self.database.client().await?;
        let statement = client.prepare_cached(&sql).await?;
        let rows = client
            .query(
                &statement,
                &[
                    &subject.uuid(),
                    &tenant.uuid(),
                    &after.sql(),
                    &(limit as i64),
                ],
            )
            .await?;
        Ok(rows.iter().map(event).collect())
    }

    /// As [`subject`](Self::subject), but only events of these types: what is read of a person is
    /// recorded about them, too, and is most of it.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn about(
        &self,
        tenant: TenantId,
        subject: SubjectId,
        kinds: &[&str],
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, DatabaseError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM log.events WHERE subject = $1 AND tenant = $2
             AND type = ANY($3) AND position > $4 ORDER BY position LIMIT $5"
        );
        let client = self.database.client().await?;
        let statement = client.prepare_cached(&sql).await?;
        let (tenant, subject) = (tenant.uuid(), subject.uuid());
        let (after, limit) = (after.sql(), limit as i64);
        let rows = client
            .query(&statement, &[&subject, &tenant, &kinds, &after, &limit])
            .await?;
        Ok(rows.iter().map(event).collect())
    }

    /// The newest signed checkpoint, or that of a tree of this size.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn checkpoint(
        &self,
        size: Option<u64>,
    ) -> Result<Option<StoredCheckpoint>, DatabaseError> {
        let client = self.database.client().await?;
        let sql = "SELECT size, root, note, signed_at FROM log.checkpoints
                   WHERE $1::bigint IS NULL OR size = $1 ORDER BY size DESC LIMIT 1";
        let size = size.map(|size| size as i64);
        let row = client.query_opt(sql, &[&size]).await?;
        Ok(row.map(|row| {
            let root: &[u8] = row.get(1);
            StoredCheckpoint {
                size: row.get::<_, i64>(0) as u64,
                // A CHECK holds the length at 32.
                root: root.try_into().unwrap_or_default(),
                note: Bytes::copy_from_slice(row.get(2)),
                signed_at: row.get(3),
            }
        }))
    }

    /// The receipt of a request, when it was answered before.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn receipt(&self, scope: &[u8; 32]) -> Result<Option<Receipt>, DatabaseError> {
        let client = self.database.client().await?;
        let statement = client
            .prepare_cached("SELECT body_hash, position, answer FROM log.receipts WHERE scope = $1")
            .await?;
        let row = client.query_opt(&statement, &[&scope.as_slice()]).await?;
        Ok(row.map(|row| Receipt {
            // A CHECK holds the length at 32.
            body_hash: row.get::<_, &[u8]>(0).try_into().unwrap_or_default(),
            position: Position::from_sql(row.get(1)),
            answer: Bytes::copy_from_slice(row.get(2)),
        }))
    }

    /// The stream that holds a name, given the name's blind index.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn holder(&self, claim: &[u8; 32]) -> Result<Option<String>, DatabaseError> {
        let client = self.database.client().await?;
        let statement = client
            .prepare_cached("SELECT stream FROM log.claims WHERE claim = $1")
            .await?;
        let row = client.query_opt(&statement, &[&claim.as_slice()]).await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Every event after a position up to the present end, page by page: memory stays
    /// bounded however long the log is.
    pub fn all_after(
        &self,
        after: Position,
    ) -> impl Stream<Item = Result<RecordedEvent, DatabaseError>> + Send + use<> {
        self.pages(after, |reader, after| async move {
            reader.after(after, PAGE).await
        })
    }

    fn pages<F, Fut>(
        &self,
        after: Position,
        read: F,
    ) -> impl Stream<Item = Result<RecordedEvent, DatabaseError>> + Send + use<F, Fut>
    where
        F: Fn(Self, Position) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Vec<RecordedEvent>, DatabaseError>> + Send + 'static,
    {
        use futures::StreamExt;
        let reader = self.clone();
        futures::stream::try_unfold((after, false), move |(after, done)| {
            let next = (!done).then(|| read(reader.clone(), after));
            async move {
                let Some(next) = next else { return Ok(None) };
                let page = next.await?;
                let Some(last) = page.last() else {
                    return Ok(None);
                };
                let state = (last.position, page.len() < PAGE);
                Ok(Some((
                    futures::stream::iter(page.into_iter().map(Ok)),
                    state,
                )))
            }
        })
        .flat_map(|page| match page {
            Ok(events) => events.left_stream(),
            Err(error) => futures::stream::once(async move { Err(error) }).right_stream(),
        })
    }
}

/// A row selected as [`COLUMNS`].
pub(crate) fn event(row: &Row) -> RecordedEvent {
    let leaf: &[u8] = row.get(10);
    RecordedEvent {
        position: Position::from_sql(row.get(0)),
        stream: row.get(1),
        version: row.get::<_, i64>(2) as u64,
        kind: row.get(3),
        schema_version: row.get::<_, i16>(4) as u16,
        tenant: TenantId(row.get(5)),
        subject: row.get::<_, Option<uuid::Uuid>>(6).map(SubjectId),
        payload: Bytes::copy_from_slice(row.get(7)),
        metadata: Bytes::copy_from_slice(row.get(8)),
        recorded_at: row.get(9),
        // A CHECK holds the length at 32.
        leaf_hash: leaf.try_into().unwrap_or_default(),
    }
}

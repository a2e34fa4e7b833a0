//! Parked streams, for operators: what waits and why. They are retried or skipped by events
//! (`commands::dead_letter`), which every projection follows at their place in the log.

use chrono::{DateTime, Utc};
use medilink_database::{Database, DatabaseError};
use medilink_domain::TenantId;
use medilink_log::Position;
use tokio_postgres::Row;

/// An event that a projection parked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The projection.
    pub projection: String,
    /// The parked stream.
    pub stream: String,
    /// Where the event is in the log.
    pub position: Position,
    /// Its type.
    pub kind: String,
    /// Why it could not be folded.
    pub code: String,
    /// How often it was tried; 0 when it only waits behind an earlier one.
    pub attempts: u32,
    /// Since when it waits.
    pub parked_at: DateTime<Utc>,
}

/// The dead letters of the live read models, of one projection or of all, by stream and in
/// order; at most `limit`.
///
/// # Errors
/// When the database doesn't answer.
pub async fn list(
    database: &Database,
    projection: Option<&str>,
    limit: u32,
) -> Result<Vec<DeadLetter>, DatabaseError> {
    let client = database.client().await?;
    let sql = "SELECT d.projection, d.stream, d.position, d.kind, d.code, d.attempts, d.parked_at
               FROM read.dead_letters d JOIN read.checkpoints c USING (projection, generation)
               WHERE c.state = 'live' AND d.projection = coalesce($1, d.projection)
               ORDER BY d.projection, d.stream, d.position LIMIT $2";
    let rows = client
        .query(
            &client.prepare_cached(sql).await?,
            &[&projection, &i64::from(limit)],
        )
        .await?;
    Ok(rows.iter().map(letter).collect())
}

/// The streams of a tenant that wait, each by its first event: of one projection or of all, one
/// stream or all; at most `limit`.
///
/// # Errors
/// When the database doesn't answer.
pub async fn heads(
    database: &Database,
    tenant: TenantId,
    projection: Option<&str>,
    stream: Option<&str>,
    limit: u16,
) -> Result<Vec<DeadLetter>, DatabaseError> {
    let client = database.client().await?;
    let sql = "SELECT DISTINCT ON (d.projection, d.stream)
                      d.projection, d.stream, d.position, d.kind, d.code, d.attempts, d.parked_at
               FROM read.dead_letters d JOIN read.checkpoints c USING (projection, generation)
               JOIN log.events e ON e.position = d.position
               WHERE c.state = 'live' AND e.tenant = $1
                 AND d.projection = coalesce($2, d.projection) AND d.stream = coalesce($3, d.stream)
               ORDER BY d.projection, d.stream, d.position LIMIT $4";
    let statement = client.prepare_cached(sql).await?;
    let rows = client
        .query(
            &statement,
            &[&tenant.uuid(), &projection, &stream, &i64::from(limit)],
        )
        .await?;
    Ok(rows.iter().map(letter).collect())
}

fn letter(row: &Row) -> DeadLetter {
    DeadLetter {
        projection: row.get(0),
        stream: row.get(1),
        position: Position::from_sql(row.get(2)),
        kind: row.get(3),
        code: row.get(4),
        attempts: row.get::<_, i32>(5).unsigned_abs(),
        parked_at: row.get(6),
    }
}

//! The dead letters of jobs, as the runtime writes and reads them.

use std::time::Duration;

use medilink_database::DatabaseError;
use medilink_domain::TenantId;
use medilink_log::Position;
use tokio_postgres::{GenericClient, Row};

/// The code of an event that was never tried because an earlier one of its stream waits.
pub(crate) const BEHIND: &str = "behind";
/// Letters of one stream that are replayed in one go.
const REPLAY: i64 = 500;

/// A letter to be written.
#[derive(Clone, Debug)]
pub(crate) struct NewLetter {
    pub(crate) position: Position,
    pub(crate) stream: String,
    pub(crate) tenant: TenantId,
    pub(crate) item: Option<String>,
    pub(crate) code: String,
    pub(crate) attempts: u32,
    pub(crate) retry_in: Option<Duration>,
}

/// A letter of a stream that is replayed.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) position: Position,
    pub(crate) attempts: u32,
    pub(crate) skip: bool,
}

/// Seconds for `make_interval`; absent for none.
pub(crate) fn seconds(length: Option<Duration>) -> Option<f64> {
    length.map(|length| length.as_secs_f64())
}

/// Writes letters; one that is there already stays as it is.
pub(crate) async fn write(
    client: &impl GenericClient,
    consumer: &str,
    letters: &[NewLetter],
) -> Result<(), DatabaseError> {
    for letter in letters {
        client
            .execute(
                "INSERT INTO work.dead_letters (consumer, position, stream, tenant, item, code, attempts, retry_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))
                 ON CONFLICT ON CONSTRAINT dead_letters_once DO NOTHING",
                &[
                    &consumer,
                    &letter.position.sql(),
                    &letter.stream,
                    &letter.tenant.uuid(),
                    &letter.item,
                    &letter.code,
                    &(letter.attempts as i32),
                    &seconds(letter.retry_in),
                ],
            )
            .await?;
    }
    Ok(())
}

/// Those of the streams that have letters.
pub(crate) async fn parked(
    client: &impl GenericClient,
    consumer: &str,
    streams: &[&str],
) -> Result<Vec<String>, DatabaseError> {
    let rows = client
        .query(
            "SELECT DISTINCT stream FROM work.dead_letters WHERE consumer = $1 AND stream = ANY($2)",
            &[&consumer, &streams],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Streams that are to be replayed now: an operator said so, their time has come, or a replay
/// ended half-way and the next letter has not been tried yet.
pub(crate) async fn ready(
    client: &impl GenericClient,
    consumer: &str,
) -> Result<Vec<String>, DatabaseError> {
    let rows = client
        .query(
            "SELECT stream FROM (
                 SELECT DISTINCT ON (stream) stream, position, attempts
                 FROM work.dead_letters WHERE consumer = $1 AND item IS NULL
                 ORDER BY stream, position) AS head
             WHERE attempts = 0 OR EXISTS (
                 SELECT 1 FROM work.dead_letters said
                 WHERE said.consumer = $1 AND said.stream = head.stream AND said.item IS NULL
                   AND (said.verdict IS NOT NULL OR said.retry_at <= now()))
             ORDER BY position LIMIT 100",
            &[&consumer],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The letters of a stream, in order.
pub(crate) async fn of_stream(
    client: &impl GenericClient,
    consumer: &str,
    stream: &str,
) -> Result<Vec<Waiting>, DatabaseError> {
    let rows = client
        .query(
            "SELECT position, attempts, verdict IS NOT DISTINCT FROM 'skip' FROM work.dead_letters
             WHERE consumer = $1 AND stream = $2 AND item IS NULL ORDER BY position LIMIT $3",
            &[&consumer, &stream, &REPLAY],
        )
        .await?;
    let waiting = |row: &Row| Waiting {
        position: Position::from_sql(row.get(0)),
        attempts: row.get::<_, i32>(1).unsigned_abs(),
        skip: row.get(2),
    };
    Ok(rows.iter().map(waiting).collect())
}

/// Its effect was had after all, or is not wanted any more.
pub(crate) async fn remove(
    client: &impl GenericClient,
    consumer: &str,
    position: Position,
) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM work.dead_letters WHERE consumer = $1 AND position = $2";
    client.execute(sql, &[&consumer, &position.sql()]).await?;
    Ok(())
}

/// It failed again; what an operator had said about it is done with.
pub(crate) async fn failed_again(
    client: &impl GenericClient,
    consumer: &str,
    position: Position,
    code: &str,
    retry_in: Option<Duration>,
) -> Result<(), DatabaseError> {
    client
        .execute(
            "UPDATE work.dead_letters SET attempts = attempts + 1, code = $3, verdict = NULL,
                    retry_at = now() + make_interval(secs => $4)
             WHERE consumer = $1 AND position = $2",
            &[&consumer, &position.sql(), &code, &seconds(retry_in)],
        )
        .await?;
    Ok(())
}

/// How many streams wait for an operator.
pub(crate) async fn count(
    client: &impl GenericClient,
    consumer: &str,
) -> Result<u64, DatabaseError> {
    let row = client
        .query_one(
            "SELECT count(*) FROM work.dead_letters WHERE consumer = $1 AND attempts > 0 AND retry_at IS NULL",
            &[&consumer],
        )
        .await?;
    Ok(row.get::<_, i64>(0).unsigned_abs())
}

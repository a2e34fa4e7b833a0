//! The dead letters of one generation, as the runtime writes them, and the decisions of
//! operators, which are events of the log: live and rebuild follow them at the same
//! position, so they come to the same rows.

use medilink_database::{DatabaseError, Transaction};
use medilink_domain::Event;
use medilink_domain::dead_letter::DeadLetterEvent;
use medilink_log::{EventCodec, Opened, Position, RecordedEvent};
use tokio_postgres::types::ToSql;

use super::error::ProjectionError;
use super::folding::{BEHIND, Letter};

/// What an operator decided about a parked stream of one projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) stream: String,
    /// The letter to leave behind; a retry leaves none.
    pub(crate) skip: Option<Position>,
}

/// Whether an event is an operator's decision about some consumer.
pub(crate) fn decides(event: &RecordedEvent) -> bool {
    DeadLetterEvent::TYPES
        .iter()
        .any(|kind| kind.name == event.kind)
}

/// The decision in an event, if it is one about this projection.
pub(crate) async fn decision(
    codec: &EventCodec,
    projection: &str,
    event: &RecordedEvent,
) -> Result<Option<Decision>, ProjectionError> {
    if !decides(event) {
        return Ok(None);
    }
    let Opened::Clear(clear) = codec.open(event).await? else {
        return Ok(None);
    };
    let decided = match DeadLetterEvent::from_payload(&event.kind, &clear) {
        Ok(DeadLetterEvent::Retried(retried)) => (retried.consumer, retried.stream, None),
        Ok(DeadLetterEvent::Skipped(skipped)) => (
            skipped.consumer,
            skipped.stream,
            Some(Position(skipped.position)),
        ),
        Err(error) => {
            // Nothing is parked for it: without a decision the streams simply stay parked.
            tracing::error!(projection, position = event.position.0, %error, "a dead letter's decision can't be read");
            return Ok(None);
        }
    };
    let (consumer, stream, skip) = decided;
    Ok((consumer.to_string() == projection).then(|| Decision {
        stream: stream.to_string(),
        skip,
    }))
}

/// Those of the streams that have letters.
pub(crate) async fn parked(
    transaction: &Transaction<'_>,
    projection: &str,
    generation: i32,
    streams: &[&str],
) -> Result<Vec<String>, DatabaseError> {
    let sql = "SELECT DISTINCT stream FROM read.dead_letters
         WHERE projection = $1 AND generation = $2 AND stream = ANY($3)";
    let statement = transaction.prepare_cached(sql).await?;
    let rows = transaction
        .query(&statement, &[&projection, &generation, &streams])
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Takes the letters of a stream out of the table, in order: position and attempts.
pub(crate) async fn take(
    transaction: &Transaction<'_>,
    projection: &str,
    generation: i32,
    stream: &str,
) -> Result<Vec<(Position, i32)>, DatabaseError> {
    let rows = transaction
        .query(
            "DELETE FROM read.dead_letters WHERE projection = $1 AND generation = $2 AND stream = $3
             RETURNING position, attempts",
            &[&projection, &generation, &stream],
        )
        .await?;
    let mut letters: Vec<(Position, i32)> = rows
        .iter()
        .map(|row| (Position::from_sql(row.get(0)), row.get(1)))
        .collect();
    letters.sort_unstable();
    Ok(letters)
}

/// Writes new letters.
pub(crate) async fn write(
    transaction: &Transaction<'_>,
    projection: &str,
    generation: i32,
    letters: &[Letter],
) -> Result<(), DatabaseError> {
    if letters.is_empty() {
        return Ok(());
    }
    let positions: Vec<i64> = letters.iter().map(|letter| letter.position.sql()).collect();
    let streams: Vec<&str> = letters
        .iter()
        .map(|letter| letter.stream.as_str())
        .collect();
    let kinds: Vec<&str> = letters.iter().map(|letter| letter.kind.as_str()).collect();
    let codes: Vec<&str> = letters.iter().map(|letter| letter.code).collect();
    let attempts: Vec<i32> = letters.iter().map(|letter| letter.attempts).collect();
    let parameters: [&(dyn ToSql + Sync); 7] = [
        &projection,
        &generation,
        &positions,
        &streams,
        &kinds,
        &codes,
        &attempts,
    ];
    let sql = "INSERT INTO read.dead_letters
             (projection, generation, position, stream, kind, code, attempts)
         SELECT $1::text, $2::integer, *
         FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::integer[])";
    let statement = transaction.prepare_cached(sql).await?;
    transaction.execute(&statement, &parameters).await?;
    debug_assert!(
        letters
            .iter()
            .all(|letter| (letter.code == BEHIND) == (letter.attempts == 0) || letter.attempts > 0)
    );
    Ok(())
}

//! Passing over events that don't concern a projection. Most events concern few of them; a
//! transaction of each of the others, only to move its checkpoint, would cost more than all
//! rows. So those who are to move at the same time move in one statement.

use std::collections::HashSet;

use medilink_database::{Batched, Database, DatabaseError};
use medilink_log::Position;

/// A live projection to be moved from before `first` to `last`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass {
    pub(crate) projection: &'static str,
    pub(crate) version: u16,
    pub(crate) first: Position,
    pub(crate) last: Position,
}

/// Moves checkpoints together; each asker hears whether theirs was moved. It is not when
/// `first` is beyond its next position, when it is at `last` already, or when someone holds
/// it: the asker's own transaction sees to that.
pub(crate) fn passes(database: Database) -> Batched<Pass, bool> {
    Batched::new(move |asked| pass(database.clone(), asked))
}

/// Who leads doesn't matter here: nothing is left out that concerns the projection.
const PASS: &str = "
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
found AS (
    SELECT c.projection, c.generation, w.last
    FROM quick, unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[])
        AS w (projection, version, first, last)
    JOIN read.checkpoints c ON c.projection = w.projection AND c.version = w.version
    WHERE c.state = 'live' AND c.position >= w.first - 1 AND c.position < w.last
    FOR UPDATE OF c SKIP LOCKED)
UPDATE read.checkpoints c SET position = found.last, updated_at = now()
FROM found WHERE c.projection = found.projection AND c.generation = found.generation
RETURNING c.projection";

async fn pass(database: Database, asked: Vec<Pass>) -> Result<Vec<bool>, DatabaseError> {
    let projections: Vec<&str> = asked.iter().map(|pass| pass.projection).collect();
    let versions: Vec<i32> = asked.iter().map(|pass| i32::from(pass.version)).collect();
    let firsts: Vec<i64> = asked.iter().map(|pass| pass.first.sql()).collect();
    let lasts: Vec<i64> = asked.iter().map(|pass| pass.last.sql()).collect();
    let client = database.client().await?;
    let statement = client.prepare_cached(PASS).await?;
    let rows = client
        .query(&statement, &[&projections, &versions, &firsts, &lasts])
        .await?;
    let moved: HashSet<&str> = rows.iter().map(|row| row.get(0)).collect();
    Ok(projections
        .into_iter()
        .map(|projection| moved.contains(projection))
        .collect())
}

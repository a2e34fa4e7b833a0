//! The generations of a projection: which table is live, which one is being built, and up to
//! which position each has every event.

use medilink_database::{DatabaseError, Transaction};
use medilink_log::Position;
use tokio_postgres::{Client, Row};

/// One generation, as its checkpoint row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Generation {
    pub(crate) number: i32,
    pub(crate) version: i32,
    pub(crate) position: Position,
}

/// Which generation a batch is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The one that readers see, whichever that is by now.
    Live,
    /// The one of this number, which is being built.
    Building(i32),
}

/// What the streams of [`medilink_domain::read_model`] are called, up to the model's name.
pub(crate) const REQUESTS: &str = "read-model-";

const COLUMNS: &str = "generation, version, position";

fn generation(row: &Row) -> Generation {
    Generation {
        number: row.get(0),
        version: row.get(1),
        position: Position::from_sql(row.get(2)),
    }
}

/// The live generation, without locking it.
pub(crate) async fn live(
    client: &Client,
    projection: &str,
) -> Result<Option<Generation>, DatabaseError> {
    let sql =
        format!("SELECT {COLUMNS} FROM read.checkpoints WHERE projection = $1 AND state = 'live'");
    let row = client.query_opt(&sql, &[&projection]).await?;
    Ok(row.as_ref().map(generation))
}

/// Locks a generation's checkpoint until the transaction ends: whoever holds it is alone in
/// writing the table, whatever became of the advisory locks.
pub(crate) async fn lock(
    transaction: &Transaction<'_>,
    projection: &str,
    target: Target,
) -> Result<Option<Generation>, DatabaseError> {
    let (number, state) = match target {
        Target::Live => (None, "live"),
        Target::Building(number) => (Some(number), "building"),
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM read.checkpoints
         WHERE projection = $1 AND state = $2 AND generation = coalesce($3, generation) FOR UPDATE"
    );
    let statement = transaction.prepare_cached(&sql).await?;
    let row = transaction
        .query_opt(&statement, &[&projection, &state, &number])
        .await?;
    Ok(row.as_ref().map(generation))
}

/// Moves a checkpoint, in the transaction that wrote the rows.
pub(crate) async fn advance(
    transaction: &Transaction<'_>,
    projection: &str,
    number: i32,
    position: Position,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE read.checkpoints SET position = $3, updated_at = now()
         WHERE projection = $1 AND generation = $2 AND position < $3";
    let statement = transaction.prepare_cached(sql).await?;
    transaction
        .execute(&statement, &[&projection, &number, &position.sql()])
        .await?;
    Ok(())
}

/// Begins a generation that nobody sees yet.
pub(crate) async fn begin(
    transaction: &Transaction<'_>,
    projection: &str,
    version: u16,
) -> Result<i32, DatabaseError> {
    let row = transaction
        .query_one(
            "INSERT INTO read.checkpoints (projection, generation, version, state, position, begun)
             SELECT $1, nextval('read.generations')::integer, $2, 'building', 0, position
             FROM log.head RETURNING generation",
            &[&projection, &i32::from(version)],
        )
        .await?;
    Ok(row.get(0))
}

/// Notes how far the log has been folded for a generation that is being built, for those who
/// wait for it.
pub(crate) async fn note_folded(
    client: &Client,
    projection: &str,
    number: i32,
    position: Position,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE read.checkpoints SET folded = $3, updated_at = now()
               WHERE projection = $1 AND generation = $2";
    client
        .execute(sql, &[&projection, &number, &position.sql()])
        .await?;
    Ok(())
}

/// The projections that operators asked to have built anew since the rows that are read were
/// begun, which are not built yet.
pub(crate) async fn outdated(client: &Client) -> Result<Vec<String>, DatabaseError> {
    let sql = "SELECT projection FROM read.checkpoints c
               WHERE state = 'live' AND EXISTS (
                   SELECT FROM log.events WHERE stream = $1 || c.projection AND position > c.begun)
               ORDER BY projection";
    let rows = client.query(sql, &[&REQUESTS]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Makes a built generation the live one; returns the one that it takes the place of.
pub(crate) async fn promote(
    transaction: &Transaction<'_>,
    projection: &str,
    number: i32,
) -> Result<(), DatabaseError> {
    // The former first: at most one may be live at any instant (a unique index holds it).
    transaction
        .execute(
            "UPDATE read.checkpoints SET state = 'retired', updated_at = now()
             WHERE projection = $1 AND state = 'live'",
            &[&projection],
        )
        .await?;
    transaction
        .execute(
            "UPDATE read.checkpoints SET state = 'live', updated_at = now()
             WHERE projection = $1 AND generation = $2",
            &[&projection, &number],
        )
        .await?;
    Ok(())
}

/// Generations that nobody will use again: retired ones, and those that a killed rebuild
/// left. Only to be asked while holding the projection's rebuild lock.
pub(crate) async fn leftovers(
    client: &Client,
    projection: &str,
) -> Result<Vec<Leftover>, DatabaseError> {
    let sql = "SELECT generation, version, state = 'building' FROM read.checkpoints
               WHERE projection = $1 AND state <> 'live' ORDER BY generation";
    let rows = client.query(sql, &[&projection]).await?;
    Ok(rows
        .iter()
        .map(|row| Leftover {
            number: row.get(0),
            version: row.get(1),
            killed: row.get(2),
        })
        .collect())
}

/// What a rebuild or a swap left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leftover {
    pub(crate) number: i32,
    pub(crate) version: i32,
    /// Whether it was being built.
    pub(crate) killed: bool,
}

/// Removes a leftover with its table and its letters.
pub(crate) async fn remove(
    transaction: &Transaction<'_>,
    projection: &str,
    leftover: Leftover,
) -> Result<(), DatabaseError> {
    let table = super::table::full_name(projection, leftover.version, leftover.number);
    transaction
        .batch_execute(&format!(
            "SET LOCAL lock_timeout = '5s'; DROP TABLE IF EXISTS {table}"
        ))
        .await?;
    transaction
        .execute(
            "DELETE FROM read.checkpoints WHERE projection = $1 AND generation = $2 AND state <> 'live'",
            &[&projection, &leftover.number],
        )
        .await?;
    Ok(())
}

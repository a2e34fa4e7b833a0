//! Versioned DDL, applied in order and once.

use refinery::Runner;

use crate::{Database, DatabaseError};

/// Applies what is missing of `runner`'s migrations, recording them in `history`, a table
/// name that is unique to the schema's owner crate. Two processes that migrate at once wait
/// for each other.
///
/// # Errors
/// [`DatabaseError::Migration`] when a migration fails or one already applied has changed;
/// nothing of the failing migration remains.
pub async fn migrate(
    database: &Database,
    runner: Runner,
    history: &str,
) -> Result<(), DatabaseError> {
    let mut client = database.connect().await?;
    // One lock for all schemas: migrations are rare and short.
    client
        .execute("SELECT pg_advisory_lock(7305820135)", &[])
        .await?;
    // A migration may rightly take longer than a request.
    client.batch_execute("SET statement_timeout = 0").await?;
    let mut runner = runner.set_abort_divergent(true).set_abort_missing(true);
    runner.set_migration_table_name(history);
    let report = runner
        .run_async(&mut client)
        .await
        .map_err(|error| DatabaseError::Migration(error.to_string()))?;
    for applied in report.applied_migrations() {
        tracing::info!(migration = %applied, "applied a migration");
    }
    Ok(())
}

//! Bringing both databases up to date.

use medilink_database::Database;

use crate::config::Config;
use crate::endpoints::{Role, postgres};
use crate::outcome::Outcome;

/// Applies what is missing of every schema, in the order in which they build on each other.
///
/// # Errors
/// When a migration fails; what was applied before it stays, and doing it again goes on there.
pub async fn migrate(config: &Config) -> Outcome {
    let mut main = postgres(config, Role::Owner)?;
    let mut keys = postgres(config, Role::KeysOwner)?;
    // Building an index over a large table takes as long as it takes.
    (main.statement_ms, keys.statement_ms) = (0, 0);
    let (main, keys) = (Database::new(main)?, Database::new(keys)?);
    medilink_vault::migrate(&keys).await?;
    medilink_log::migrate(&main).await?;
    medilink_commands::migrate(&main).await?;
    medilink_projections::migrate(&main).await?;
    medilink_workers::migrate(&main).await?;
    Ok(())
}

//! The keys that wrap people's keys.

use chrono::{TimeDelta, Utc};
use medilink_database::Database;
use medilink_vault::Vault;

use crate::cli::Keys;
use crate::config::Config;
use crate::endpoints::{Role, postgres};
use crate::outcome::Outcome;
use crate::output;
use crate::parts::vault;

/// Carries out one `admin keys` command.
///
/// # Errors
/// A sentence that says what is wrong.
pub async fn run(command: &Keys, config: &Config) -> Outcome {
    let main = Database::new(postgres(config, Role::App)?)?;
    let vault = vault(config, &main).await?;
    let outcome = match command {
        Keys::List => list(&vault).await,
        Keys::Rotate { if_erased } => rotate(&vault, *if_erased).await,
        Keys::Retire { days } => retire(&vault, days.unwrap_or(config.vault.backup_days)).await,
    };
    vault.close().await;
    outcome
}

async fn list(vault: &Vault) -> Outcome {
    let mut table = format!("{:>6}  {:<20} {:>10}\n", "epoch", "since", "keys");
    for used in vault.epochs().await? {
        let since = used.since.format("%Y-%m-%dT%H:%M:%SZ");
        let (epoch, keys) = (used.epoch.0, used.keys);
        table.push_str(&format!("{epoch:>6}  {since:<20} {keys:>10}\n"));
    }
    output::print(table)?;
    if vault.owes_rotation().await? {
        output::line("Something was erased since the newest epoch began: rotate.")?;
    }
    Ok(())
}

async fn rotate(vault: &Vault, if_erased: bool) -> Outcome {
    if if_erased && !vault.owes_rotation().await? {
        return output::line("Nothing was erased since the newest epoch began.");
    }
    let done = vault
        .rotate(|progress| eprintln!("… {} of {} keys", progress.rewrapped, progress.total))
        .await?;
    output::line(format!(
        "Epoch {} wraps all keys now; {} were rewrapped, {} are damaged and stay as they are",
        done.epoch, done.rewrapped, done.damaged
    ))
}

async fn retire(vault: &Vault, days: u16) -> Outcome {
    let before = Utc::now() - TimeDelta::days(days.into());
    let gone = vault.retire_superseded(before).await?;
    if gone.is_empty() {
        return output::line(format!("No epoch was replaced more than {days} days ago."));
    }
    for epoch in gone {
        output::line(format!(
            "The key of epoch {epoch} is destroyed: backups of the keys database from its time can't be read any more"
        ))?;
    }
    Ok(())
}

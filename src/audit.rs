//! The log's proofs, from the command line.

use medilink_database::Database;
use medilink_log::{Fault, verify};

use crate::cli::Audit;
use crate::config::Config;
use crate::endpoints::{Role, postgres};
use crate::outcome::{Outcome, fail};
use crate::output;
use crate::parts::checkpoint_key;

/// Carries out one `audit` command.
///
/// # Errors
/// When the log can't be read, or is not whole.
pub async fn run(command: &Audit, config: &Config) -> Outcome {
    let mut settings = postgres(config, Role::App)?;
    settings.statement_ms = 0;
    let database = Database::new(settings)?;
    let key = checkpoint_key(config)?;
    match command {
        Audit::Head => head(&database, key.verifier()).await,
        Audit::Verify => whole(&database, key.verifier()).await,
    }
}

async fn head(database: &Database, verifier: &str) -> Outcome {
    let client = database.client().await?;
    let row = client
        .query_opt(
            "SELECT note FROM log.checkpoints ORDER BY size DESC LIMIT 1",
            &[],
        )
        .await?;
    let Some(row) = row else {
        return fail(
            "no checkpoint has been signed yet; the relay signs one a few seconds after the first event",
        );
    };
    let note: &[u8] = row.get(0);
    output::print(note)?;
    output::line(format!("\nVerifier key: {verifier}"))?;
    Ok(())
}

async fn whole(database: &Database, verifier: &str) -> Outcome {
    let found = verify(database, verifier, |position| {
        eprintln!("… {position} events")
    })
    .await?;
    output::line(format!(
        "{} events and {} signed checkpoints were checked",
        found.events, found.checkpoints
    ))?;
    if found.faults.is_empty() {
        output::line("The log is whole.")?;
        return Ok(());
    }
    for fault in &found.faults {
        output::line(sentence(fault))?;
    }
    fail(format!(
        "the log is not whole: {} faults",
        found.faults.len()
    ))
}

fn sentence(fault: &Fault) -> String {
    match fault {
        Fault::Gap(position) => format!("an event is missing before position {position}"),
        Fault::Altered(position) => format!("the event at position {position} was altered"),
        Fault::RootDiffers(size) => {
            format!("the tree over the first {size} events is not the one that was signed")
        }
        Fault::BadSignature(size) => {
            format!("the checkpoint over {size} events is not signed by this key")
        }
        Fault::Truncated(size) => format!("a checkpoint covers {size} events, but there are fewer"),
    }
}

//! Runs a command with `MEDILINK_TEST_DATABASE_URL` set to a PostgreSQL that exists only for
//! it: `with_postgres cargo nextest run`. Ends with the command's exit code, and leaves
//! nothing behind, also after Ctrl-C. With `MEDILINK_DURABLE=1` it syncs to disk like a real
//! one, for benchmarks.

use std::process::ExitCode;

use medilink_servers::{Account, PostgresOptions, PrivatePostgres, password};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else {
        return Err("name the command to run: with_postgres cargo nextest run".into());
    };
    let folder = throw_away_folder()?;
    let mut settings = vec![("max_connections", "500"), ("max_wal_size", "4GB")];
    if std::env::var_os("MEDILINK_DURABLE").is_some() {
        settings.push(("shared_buffers", "1GB"));
    } else {
        settings.extend([
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("full_page_writes", "off"),
            // Otherwise it is left behind in /dev/shm when the server is killed.
            ("dynamic_shared_memory_type", "mmap"),
        ]);
    }
    let postgres = PrivatePostgres::start(PostgresOptions {
        folder: folder.path().join("postgres"),
        log: folder.path().join("postgres.log"),
        port: None,
        password: password(),
        account: Account::for_servers()?,
        settings: settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    })
    .await?;

    let mut child = Command::new(program)
        .args(words)
        .env("MEDILINK_TEST_DATABASE_URL", postgres.superuser_url())
        .spawn()?;
    let mut terminated = signal(SignalKind::terminate())?;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            // The terminal has sent it to the child as well, which decides what to do.
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => child.start_kill()?,
        }
    };
    postgres.stop().await;
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(130);
    Ok(ExitCode::from(code))
}

/// A temporary folder through which the server's account may pass.
fn throw_away_folder() -> std::io::Result<tempfile::TempDir> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::Builder::new().prefix("medilink-").tempdir()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

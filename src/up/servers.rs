//! The private servers of `up`: started, started again when they end by themselves, stopped.

use std::time::Duration;

use medilink_servers::{
    Account, Folder, NatsOptions, PostgresOptions, PrivateNats, PrivatePostgres, Secrets,
    ServerError, find_nats_server, provision, write_private,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::outcome::Outcome;

const PAUSE: Duration = Duration::from_secs(1);

/// A server that is kept running.
pub struct Kept {
    stop: CancellationToken,
    keeper: JoinHandle<()>,
}

impl Kept {
    /// Stops the server and waits until it is gone.
    pub async fn stop(self) {
        self.stop.cancel();
        if self.keeper.await.is_err() {
            tracing::error!("the task that keeps a server running has panicked");
        }
    }
}

/// Starts PostgreSQL, with our roles and databases in it.
///
/// # Errors
/// A sentence that says what to mend.
pub async fn start_postgres(config: &Config, folder: &Folder, secrets: &Secrets) -> Outcome<Kept> {
    let server = PrivatePostgres::start(PostgresOptions {
        folder: folder.servers().join("postgres"),
        log: folder.inside("logs")?.join("postgres.log"),
        port: config.servers.postgres_port,
        password: secrets.postgres.clone(),
        account: folder.account().clone(),
        settings: Vec::new(),
    })
    .await?;
    provision(
        &server.superuser_url(),
        &secrets.roles,
        "medilink",
        "medilink_keys",
    )
    .await?;
    remember(folder, "postgres", server.port())?;
    let stop = CancellationToken::new();
    Ok(Kept {
        keeper: tokio::spawn(keep_postgres(server, stop.clone())),
        stop,
    })
}

/// Starts NATS.
///
/// # Errors
/// A sentence that says what to mend.
pub async fn start_nats(config: &Config, folder: &Folder, secrets: &Secrets) -> Outcome<Kept> {
    let server = PrivateNats::start(NatsOptions {
        folder: folder.servers().join("nats"),
        log: folder.inside("logs")?.join("nats.log"),
        port: config.servers.nats_port,
        passwords: secrets.nats.clone(),
        account: folder.account().clone(),
        program: find_nats_server()?,
        max_store_bytes: config.servers.nats_store_bytes,
    })
    .await?;
    remember(folder, "nats", server.port())?;
    let stop = CancellationToken::new();
    Ok(Kept {
        keeper: tokio::spawn(keep_nats(server, stop.clone())),
        stop,
    })
}

/// The parts, and `medilink admin` in another terminal, look up the port here.
fn remember(folder: &Folder, server: &str, port: u16) -> Result<(), ServerError> {
    write_private(
        &folder.home().join(format!("{server}.port")),
        format!("{port}\n").as_bytes(),
    )
}

async fn keep_postgres(mut server: PrivatePostgres, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return server.stop().await,
            status = server.ended() => eprintln!("PostgreSQL ended ({status}) and is started again"),
        }
        let options = server.kill().await;
        loop {
            match PrivatePostgres::start(options.clone()).await {
                Ok(again) => {
                    server = again;
                    break;
                }
                Err(error) => eprintln!("{error}"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

async fn keep_nats(mut server: PrivateNats, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return server.stop().await,
            status = server.ended() => eprintln!("nats-server ended ({status}) and is started again"),
        }
        let options = server.kill().await;
        loop {
            match PrivateNats::start(options.clone()).await {
                Ok(again) => {
                    server = again;
                    break;
                }
                Err(error) => eprintln!("{error}"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

/// Where the data are, when it isn't where one would look.
pub fn elsewhere(folder: &Folder) -> Option<String> {
    if folder.servers().starts_with(folder.home()) {
        return None;
    }
    let Account::Other { name, .. } = folder.account() else {
        return None;
    };
    Some(format!(
        "{} can't be entered by the account {name}, which runs the servers; their data are in {}",
        folder.home().display(),
        folder.servers().display()
    ))
}

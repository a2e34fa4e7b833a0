//! `medilink up`: private servers, databases, demo and all parts in one process tree.

mod children;
mod servers;
mod steps;
mod walk;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use medilink_database::Database;
use medilink_projections::Checkpoints;
use medilink_servers::{Folder, Secrets, ServerError, bindable, free_port, write_private};
use medilink_telemetry::{LogFormat, Telemetry, TelemetryConfig};
use medilink_vault::Keyring;

use crate::cli::Up;
use crate::config::Config;
use crate::endpoints::{Part, Role, postgres};
use crate::migrate::migrate;
use crate::outcome::{Outcome, fail};
use crate::output;
use crate::parts::{Commanding, checkpoint_key};
use crate::seed::{Demo, seed};
use crate::signals::stop_signal;
use children::{Child, Launch};
use servers::{Kept, elsewhere, start_nats, start_postgres};
use steps::Steps;

/// An `up` that was told to stop may still be draining when the next one starts.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);
const READY_PATIENCE: Duration = Duration::from_secs(120);

/// What runs, in the order in which it was started.
#[derive(Default)]
struct Running {
    servers: Vec<Kept>,
    children: Vec<Child>,
}

impl Running {
    /// Stops the newest first: no part loses a server, or a reader its writer, while it drains.
    async fn stop(self) {
        for child in self.children.into_iter().rev() {
            child.stop().await;
        }
        for server in self.servers.into_iter().rev() {
            server.stop().await;
        }
    }
}

/// Runs everything until Ctrl-C or SIGTERM.
///
/// # Errors
/// A sentence that says what is wrong and how to mend it.
pub async fn run(options: &Up, config_file: Option<&Path>, config: Config) -> Outcome {
    let stop = stop_signal()?;
    let _telemetry = Telemetry::start(&TelemetryConfig {
        format: LogFormat::Plain,
        filter: "warn".to_owned(),
        ..TelemetryConfig::default()
    })?;
    let steps = Steps::new();
    let mut running = Running::default();
    let outcome = tokio::select! {
        started = start(options, config_file, config, &steps, &mut running) => started,
        () = stop.cancelled() => Ok(None),
    };
    if let Ok(Some(text)) = &outcome {
        output::print(text)?;
        stop.cancelled().await;
    }
    steps
        .step("Stopped", async {
            running.stop().await;
            Ok(())
        })
        .await?;
    outcome.map(drop)
}

/// Starts everything; what is up already is in `running`, also when a later step fails.
async fn start(
    options: &Up,
    config_file: Option<&Path>,
    mut config: Config,
    steps: &Steps,
    running: &mut Running,
) -> Outcome<Option<String>> {
    let folder = Folder::open(&config.folder).await?;
    folder.home().clone_into(&mut config.folder);
    // Held until the process ends, whatever ends it.
    let lock = match folder.lock(Duration::ZERO).await {
        Err(ServerError::Held { pid, .. }) => {
            steps.note(&format!(
                "waiting for another `medilink up` here (process {pid}) to end"
            ));
            folder.lock(LOCK_PATIENCE).await?
        }
        other => other?,
    };
    std::mem::forget(lock);
    take_address(&mut config).await?;
    sms_is_whole(&config)?;
    Keyring::open_or_create(config.keyring())?;
    checkpoint_key(&config)?;
    let logs = folder.inside("logs")?;

    let secrets_file = folder.home().join("secrets.json");
    if let Some(note) = elsewhere(&folder) {
        steps.note(&note);
    }
    if config.postgres.app_url.is_none() {
        let secrets = Secrets::load_or_create(&secrets_file)?;
        running.servers.push(
            steps
                .step(
                    "PostgreSQL runs",
                    start_postgres(&config, &folder, &secrets),
                )
                .await?,
        );
    }
    if config.nats.url.is_none() {
        let secrets = Secrets::load_or_create(&secrets_file)?;
        running.servers.push(
            steps
                .step("NATS runs", start_nats(&config, &folder, &secrets))
                .await?,
        );
    }
    if config.postgres.app_url.is_none() || config.postgres.owner_url.is_some() {
        steps
            .step("Databases are up to date", migrate(&config))
            .await?;
    }
    let demo = if options.no_demo {
        None
    } else {
        Some(
            steps
                .step("Demo hospital is set up", set_up_demo(&config, &folder))
                .await?,
        )
    };

    if config.worker.smtp.is_none() && config.worker.mail_folder.is_none() {
        config.worker.mail_folder = Some(folder.inside("mail")?);
    }
    let launch = Arc::new(launch(&config, config_file, logs)?);
    for part in Part::ALL {
        running
            .children
            .push(Child::start(part, Arc::clone(&launch)));
    }
    let address = config.gateway.listen;
    steps
        .step(
            "Every part is ready",
            ready(&config, address, &running.children),
        )
        .await?;
    let walk_file = folder.home().join("walk.sh");
    if let Some(demo) = &demo {
        // It holds a token.
        write_private(&walk_file, walk::walk(address, demo).as_bytes())?;
    }
    let place = walk::Place {
        address,
        web: config.gateway.web.is_some(),
        mails: &folder.home().join("mail").display().to_string(),
        walk_file: &walk_file.display().to_string(),
    };
    Ok(Some(walk::welcome(&place, demo.as_ref())))
}

/// Codes by SMS are offered by one part and sent by another: one alone helps nobody.
fn sms_is_whole(config: &Config) -> Outcome {
    match (&config.gateway.sign_in.sms, &config.worker.sms) {
        (Some(_), None) => fail(
            "gateway.sign_in.sms offers codes by SMS, and there is no worker.sms to send them: set \
             both or none",
        ),
        (None, Some(_)) => fail(
            "worker.sms can send codes by SMS, and without gateway.sign_in.sms none are offered: \
             set both or none",
        ),
        _ => Ok(()),
    }
}

/// Makes sure that the gateway will get its address, before anything is started. The gateway of
/// an `up` that was killed may need a moment to end.
async fn take_address(config: &mut Config) -> Outcome {
    if config.gateway.listen.port() == 0 {
        config.gateway.listen.set_port(free_port()?);
        return Ok(());
    }
    let port = config.gateway.listen.port();
    let until = Instant::now() + Duration::from_secs(15);
    while config.gateway.listen.ip().is_loopback() && !bindable(port) {
        if Instant::now() > until {
            return Err(ServerError::PortInUse {
                port,
                setting: format!("MEDILINK_GATEWAY__LISTEN=127.0.0.1:{}", free_port()?),
            }
            .into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

async fn set_up_demo(config: &Config, folder: &Folder) -> Outcome<Demo> {
    let parts = Commanding::open(config).await?;
    let demo = seed(&parts, config.tenant(), folder.home()).await;
    parts.close().await;
    demo
}

fn launch(config: &Config, config_file: Option<&Path>, logs: PathBuf) -> Outcome<Launch> {
    let mut environment = vec![
        ("MEDILINK_FOLDER", config.folder.display().to_string()),
        (
            "MEDILINK_GATEWAY__LISTEN",
            config.gateway.listen.to_string(),
        ),
    ];
    if let Some(folder) = &config.worker.mail_folder {
        environment.push(("MEDILINK_WORKER__MAIL_FOLDER", folder.display().to_string()));
    }
    let environment = environment.into_iter();
    Ok(Launch {
        program: std::env::current_exe()?,
        config: config_file.map(Path::to_owned),
        environment: environment
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        logs,
    })
}

/// Waits until the gateway says that it is ready and every read model has seen the whole log.
async fn ready(config: &Config, address: SocketAddr, children: &[Child]) -> Outcome {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(3))
        .build()?;
    let url = format!("http://{address}/readyz");
    let checkpoints = Checkpoints::new(Database::new(postgres(config, Role::App)?)?);
    let until = Instant::now() + READY_PATIENCE;
    while Instant::now() < until {
        let answers = client
            .get(&url)
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success());
        if answers
            && let Ok(behind) = checkpoints.behind().await
            && !behind.is_empty()
            && behind.iter().all(|model| model.events == 0)
        {
            return Ok(());
        }
        if let Some(trouble) = children.iter().find_map(Child::trouble) {
            return fail(trouble);
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    fail(format!(
        "not every part was ready within {} s; `curl {url}` says which, and the logs are in {}",
        READY_PATIENCE.as_secs(),
        config.folder.join("logs").display()
    ))
}

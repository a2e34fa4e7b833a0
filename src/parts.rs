//! Each part of the platform, put together from its crates.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use medilink_blobs::Blobs;
use medilink_bus::Bus;
use medilink_commands::access_token::AccessTokens;
use medilink_commands::erasure::uphold;
use medilink_commands::sign_in::{SignInDesk, TokenKeys};
use medilink_commands::{Authorizer, Executor};
use medilink_database::Database;
use medilink_domain::TenantId;
use medilink_domain::retention::RetentionRules;
use medilink_gateway::{
    Doors, Gateway, JobReport, JobStanding, MetricsServer, Of, Parked, Probe, Report, Told,
};
use medilink_log::{CheckpointKey, EventCodec, LogReader, LogWriter, Snapshots, WriterTask};
use medilink_projections::{Checkpoints, Projector, Reads};
use medilink_telemetry::Telemetry;
use medilink_vault::{Keyring, Vault};
use medilink_workers::{
    DeadLetter, DeadLetters, Jobs, ProjectorHost, RelayHost, Tools, TreePace, Worker,
};
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::endpoints::{Part, Role, nats, postgres};
use crate::outcome::Outcome;

const DATABASE_PATIENCE: Duration = Duration::from_secs(60);

/// Runs one part until `stop`, then drains it.
///
/// # Errors
/// When it can't start, or can't go on.
pub async fn run(
    part: Part,
    config: &Config,
    telemetry: &Telemetry,
    stop: CancellationToken,
) -> Outcome {
    tracing::info!(
        part = part.name(),
        version = env!("CARGO_PKG_VERSION"),
        "starting"
    );
    let figures = figures(part, config, telemetry, stop.clone()).await?;
    let work = async {
        match part {
            Part::Gateway => gateway(config, telemetry, stop).await,
            Part::Projector => projector(config, stop).await,
            Part::Relay => relay(config, stop).await,
            Part::Worker => worker(config, stop).await,
        }
    };
    tokio::try_join!(work, figures)?;
    tracing::info!(part = part.name(), "stopped");
    Ok(())
}

/// Serves the figures of a part that serves nothing else, if its address is set.
async fn figures(
    part: Part,
    config: &Config,
    telemetry: &Telemetry,
    stop: CancellationToken,
) -> Outcome<impl Future<Output = Outcome>> {
    let address = match part {
        Part::Gateway => None,
        Part::Projector => config.metrics.projector,
        Part::Relay => config.metrics.relay,
        Part::Worker => config.metrics.worker,
    };
    let server = match address {
        Some(address) => Some(MetricsServer::bind(address, telemetry.meters()).await?),
        None => None,
    };
    Ok(async move {
        match server {
            Some(server) => Ok(server.run(stop).await?),
            None => Ok(()),
        }
    })
}

/// What every part that carries out commands needs.
pub struct Commanding {
    /// The main database, as `medilink_app`.
    pub database: Database,
    /// Opens and seals payloads.
    pub codec: EventCodec,
    /// Carries out commands.
    pub executor: Executor,
    writer: WriterTask,
}

impl Commanding {
    /// Connects and puts it together.
    ///
    /// # Errors
    /// When the keys can't be opened.
    pub async fn open(config: &Config) -> Outcome<Self> {
        let database = Database::new(postgres(config, Role::App)?)?;
        let vault = vault(config, &database).await?;
        let codec = EventCodec::new(vault.clone());
        let (log, writer) =
            LogWriter::start(database.clone(), medilink_commands::inline_projections());
        let executor = Executor::new(
            LogReader::new(database.clone()),
            log,
            codec.clone(),
            Snapshots::new(database.clone(), vault),
            Authorizer::shipped()?,
        );
        if let Some(path) = &config.retention.rules {
            executor.retain_by(retention_rules(path)?);
        }
        Ok(Self {
            database,
            codec,
            executor,
            writer,
        })
    }

    /// Waits until everything that was accepted is recorded, then lets go of the keys.
    pub async fn close(self) {
        let vault = self.codec.vault().clone();
        drop((self.executor, self.codec));
        self.writer.drained().await;
        vault.close().await;
    }
}

fn retention_rules(path: &Path) -> Outcome<RetentionRules> {
    let about = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| about(&error))?;
    Ok(RetentionRules::parse(&text).map_err(|error| about(&error))?)
}

/// The keys of data subjects, without those that the log knows to be erased, whatever backup of
/// the keys was restored. A database that is away is waited for: a part that starts while
/// PostgreSQL does need not be started again.
///
/// # Errors
/// When the keyring is missing or is not the one of this database, or the database stays away.
pub async fn vault(config: &Config, main: &Database) -> Outcome<Vault> {
    let database = Database::new(postgres(config, Role::Vault)?)?;
    let until = Instant::now() + DATABASE_PATIENCE;
    loop {
        let open = async {
            let vault = Vault::open(database.clone(), Keyring::open(config.keyring())?).await?;
            uphold(main, &vault).await.map(|_| vault)
        };
        match open.await {
            Err(error) if error.is_transient() && Instant::now() < until => {
                tracing::warn!(%error, "waiting for the database of keys");
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            other => return Ok(other?),
        }
    }
}

/// The projections, with read access to the log.
///
/// # Errors
/// When the keys can't be opened.
pub async fn projections(config: &Config) -> Outcome<Projector> {
    let database = Database::new(postgres(config, Role::Projector)?)?;
    let vault = vault(config, &database).await?;
    Ok(Projector::new(database, EventCodec::new(vault), None))
}

/// The key that signs the log's checkpoints.
///
/// # Errors
/// When its file can't be read or made.
pub fn checkpoint_key(config: &Config) -> Outcome<CheckpointKey> {
    Ok(CheckpointKey::load_or_create(
        &config.checkpoint_key(),
        &config.log.origin,
    )?)
}

async fn gateway(config: &Config, telemetry: &Telemetry, stop: CancellationToken) -> Outcome {
    let parts = Commanding::open(config).await?;
    let bus = bus(config, Part::Gateway).await?;
    let desk = sign_in_desk(config, &parts.executor)?;
    let gateway = Gateway::new(
        config.gateway.clone(),
        medilink_gateway::Parts {
            executor: parts.executor.clone(),
            reads: Reads::new(parts.database.clone(), parts.codec.vault().clone()),
            checkpoints: Checkpoints::new(parts.database.clone()),
            database: parts.database.clone(),
            sign_in: Arc::new(Doors {
                tokens: AccessTokens::new(parts.database.clone()),
                desk: desk.clone(),
            }),
            desk,
            blobs: Blobs::in_folder(&config.blobs(), parts.codec.vault().clone())?,
            meters: telemetry.meters(),
            probes: vec![Box::new(BrokerProbe(bus))],
            jobs: Arc::new(Letters(DeadLetters::new(parts.database.clone()))),
        },
    );
    let outcome = gateway.run(stop).await;
    parts.close().await;
    Ok(outcome?)
}

fn sign_in_desk(config: &Config, executor: &Executor) -> Outcome<SignInDesk> {
    let settings = config.gateway.sign_in.clone();
    let keys = TokenKeys::load_or_create(
        &config.sign_in_keys(),
        settings.issuer(),
        &settings.audience,
    )?;
    let tenant = config.tenant();
    Ok(SignInDesk::new(executor.clone(), keys, settings, tenant)?)
}

/// Without the broker commands are recorded all the same; readers then follow the log itself.
struct BrokerProbe(Bus);

impl Probe for BrokerProbe {
    fn name(&self) -> &'static str {
        "broker"
    }

    fn needed(&self) -> bool {
        false
    }

    fn check(&self) -> BoxFuture<'_, Report> {
        let up = self.0.is_up();
        let note =
            (!up).then(|| "Commands are recorded; readers follow the log itself.".to_owned());
        Box::pin(std::future::ready(Report {
            up,
            needed: self.needed(),
            note,
            behind: None,
        }))
    }
}

/// What the workers' own tables tell of jobs.
struct Letters(DeadLetters);

fn parked(letter: DeadLetter) -> Parked {
    Parked {
        consumer: letter.consumer,
        stream: letter.stream,
        position: letter.position,
        code: letter.code,
        attempts: letter.attempts,
        retry_at: letter.retry_at,
        since: letter.parked_at,
    }
}

impl JobReport for Letters {
    fn standings(&self) -> Told<'_, Vec<JobStanding>> {
        let told = |job: medilink_workers::JobStanding| JobStanding {
            job: job.job,
            position: job.position,
            behind: job.behind,
            parked: job.parked,
        };
        async move { Ok(self.0.standings().await?.into_iter().map(told).collect()) }.boxed()
    }

    fn parked<'a>(&'a self, tenant: TenantId, of: Of<'a>, limit: u16) -> Told<'a, Vec<Parked>> {
        async move {
            let letters = self.0.of_tenant(tenant, of.consumer, of.stream, limit);
            Ok(letters.await?.into_iter().map(parked).collect())
        }
        .boxed()
    }
}

async fn projector(config: &Config, stop: CancellationToken) -> Outcome {
    let database = Database::new(postgres(config, Role::Projector)?)?;
    let vault = vault(config, &database).await?;
    let bus = bus(config, Part::Projector).await?;
    ProjectorHost::new(database, EventCodec::new(vault.clone()), Some(bus))
        .run(stop)
        .await;
    vault.close().await;
    Ok(())
}

async fn relay(config: &Config, stop: CancellationToken) -> Outcome {
    let database = Database::new(postgres(config, Role::App)?)?;
    let bus = bus(config, Part::Relay).await?;
    let key = checkpoint_key(config)?;
    RelayHost::new(
        database,
        bus,
        config.relay.clone(),
        key,
        TreePace::default(),
    )?
    .run(stop)
    .await;
    Ok(())
}

async fn worker(config: &Config, stop: CancellationToken) -> Outcome {
    let parts = Commanding::open(config).await?;
    let bus = bus(config, Part::Worker).await?;
    let tools = Tools::new(
        parts.executor.clone(),
        parts.codec.clone(),
        parts.database.clone(),
    );
    let worker = Worker::new(
        tools,
        Some(bus),
        config.worker.clone(),
        Jobs::shipped(&config.worker, &config.blobs())?,
    );
    worker.run(stop).await;
    drop(worker);
    parts.close().await;
    Ok(())
}

async fn bus(config: &Config, part: Part) -> Outcome<Bus> {
    Ok(Bus::connect(&nats(config, part)?, part.name()).await?)
}

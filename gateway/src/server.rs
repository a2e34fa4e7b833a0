//! The gateway as a long-running part: bind, run until told to stop, drain.

use std::net::SocketAddr;
use std::sync::Arc;

use medilink_blobs::Blobs;
use medilink_commands::Executor;
use medilink_commands::sign_in::SignInDesk;
use medilink_database::Database;
use medilink_projections::availability::Availability;
use medilink_projections::{Checkpoints, Reads};
use medilink_telemetry::Meters;
use poem::endpoint::BoxEndpoint;
use poem::{Response, Server};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::actor::SignIn;
use crate::api;
use crate::app::{self, AssemblyError, Frame};
use crate::backend::Backend;
use crate::changes::Changes;
use crate::config::{GatewayConfig, millis};
use crate::health::{DatabaseProbe, Health, Probe, ProjectionsProbe};
use crate::jobs::JobReport;
use crate::listener::Bounded;
use crate::metrics::MetricsServer;
use crate::web::Web;

/// Why the gateway can't run.
#[derive(Debug, Error)]
pub enum GatewayError {
    /// The handlers can't be served: a fault of the release.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// The address can't be taken.
    #[error(
        "can't listen on {address}: {source}; is another process using it? Set another `{setting}`"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Where it was set.
        setting: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The web application can't be read.
    #[error("gateway.web: {0}")]
    Web(std::io::Error),
    /// Serving broke off.
    #[error("serving ended: {0}")]
    Serve(#[from] std::io::Error),
}

/// What a gateway is made of.
pub struct Parts {
    /// Carries out commands; its reader is what streams of changes follow.
    pub executor: Executor,
    /// The read models.
    pub reads: Reads,
    /// How far they are.
    pub checkpoints: Checkpoints,
    /// The main database, asked by `/readyz`.
    pub database: Database,
    /// Who a token stands for.
    pub sign_in: Arc<dyn SignIn>,
    /// Lets people in with a password.
    pub desk: SignInDesk,
    /// The files of people.
    pub blobs: Blobs,
    /// The metrics of the process.
    pub meters: Meters,
    /// More parts for `/readyz`, such as the broker.
    pub probes: Vec<Box<dyn Probe>>,
    /// Who tells of jobs.
    pub jobs: Arc<dyn JobReport>,
}

/// The gateway, not yet listening.
pub struct Gateway {
    config: GatewayConfig,
    parts: Parts,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Gateway {
    /// Puts the parts together.
    pub const fn new(config: GatewayConfig, parts: Parts) -> Self {
        Self { config, parts }
    }

    /// Takes its addresses.
    ///
    /// # Errors
    /// [`GatewayError::Listen`] when one can't be had.
    pub async fn bind(self) -> Result<Bound, GatewayError> {
        let Self { config, parts } = self;
        let stop = CancellationToken::new();
        let changes = Changes::new(
            Arc::new(parts.executor.reader().clone()),
            &config.limits,
            stop.clone(),
        );
        let mut probes = parts.probes;
        let availability = Availability::new(parts.reads.clone(), parts.database.clone());
        probes.push(Box::new(DatabaseProbe(parts.database)));
        probes.push(Box::new(ProjectionsProbe(parts.checkpoints.clone())));
        let patience = millis(config.limits.position_wait_ms);
        let backend = Backend::new(
            parts.executor,
            parts.reads,
            availability,
            parts.checkpoints,
            patience,
        );
        let desk = parts.desk.clone();
        let health = Health::new(probes);
        let api = api::all(
            backend,
            changes.clone(),
            parts.desk,
            parts.blobs,
            health.clone(),
            parts.jobs,
        );
        let web = config.web.as_deref().map(Web::read).transpose();
        let web = web.map_err(GatewayError::Web)?.unwrap_or_default();
        let frame = Frame {
            config,
            web: Arc::new(web),
            sign_in: parts.sign_in,
            health,
            meters: parts.meters,
            stop,
        };
        Bound::new(api, frame, changes, Some(desk)).await
    }

    /// Takes its addresses and serves until `cancel`: see [`Bound::run`].
    ///
    /// # Errors
    /// [`GatewayError`] when it can't listen or serve.
    pub async fn run(self, cancel: CancellationToken) -> Result<(), GatewayError> {
        self.bind().await?.run(cancel).await
    }
}

/// A gateway that holds its addresses and is ready to serve.
pub struct Bound {
    app: BoxEndpoint<'static, Response>,
    listener: Bounded,
    metrics: Option<MetricsServer>,
    changes: Changes,
    desk: Option<SignInDesk>,
    config: GatewayConfig,
    stop: CancellationToken,
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

impl Bound {
    pub(crate) async fn new<T: poem_openapi::OpenApi + 'static>(
        api: T,
        frame: Frame,
        changes: Changes,
        desk: Option<SignInDesk>,
    ) -> Result<Self, GatewayError> {
        let config = frame.config.clone();
        let (meters, stop) = (frame.meters.clone(), frame.stop.clone());
        let app = app::assemble(api, frame)?;
        let most = config.limits.connections;
        let listener = bind(config.listen, most).await?;
        let metrics = match config.metrics_listen {
            Some(address) => Some(MetricsServer::bind(address, meters).await?),
            None => None,
        };
        Ok(Self {
            app,
            listener,
            metrics,
            changes,
            desk,
            config,
            stop,
        })
    }

    /// Where it listens; the port is the real one when 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.listener.address().unwrap_or(self.config.listen)
    }

    /// Where it serves metrics, when on an address of their own.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(MetricsServer::address)
    }

    /// Serves until `cancel`, then ends streams at once and gives requests under way the time
    /// that `limits.drain_ms` allows.
    ///
    /// # Errors
    /// [`GatewayError::Serve`] when the socket fails.
    pub async fn run(self, cancel: CancellationToken) -> Result<(), GatewayError> {
        let Self {
            app,
            listener,
            metrics,
            changes,
            desk,
            config,
            stop,
        } = self;
        let drain = Some(millis(config.limits.drain_ms));
        let idle = millis(config.limits.idle_ms);
        let stopped = || stop.clone().cancelled_owned();
        let main = Server::new_with_acceptor(listener)
            .name("gateway")
            .idle_timeout(idle)
            .run_with_graceful_shutdown(app, stopped(), drain);
        let side = async {
            match metrics {
                Some(metrics) => metrics.run(stop.clone()).await,
                None => Ok(()),
            }
        };
        let keys = async {
            if let Some(desk) = desk {
                tokio::select! {
                    () = desk.keep_keys() => {}
                    () = stop.cancelled() => {}
                }
            }
        };
        let forward = async {
            tokio::select! {
                () = cancel.cancelled() => stop.cancel(),
                () = stop.cancelled() => {}
            }
        };
        let serving = async {
            let outcome = tokio::try_join!(main, side);
            // When one listener fails, all stop.
            stop.cancel();
            outcome
        };
        let (outcome, (), (), ()) = tokio::join!(serving, changes.follow(), forward, keys);
        outcome.map(|_| ()).map_err(GatewayError::Serve)
    }
}

async fn bind(address: SocketAddr, most: usize) -> Result<Bounded, GatewayError> {
    Bounded::bind(address, most)
        .await
        .map_err(|source| GatewayError::Listen {
            address,
            setting: "gateway.listen",
            source,
        })
}

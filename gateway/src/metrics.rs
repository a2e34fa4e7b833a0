//! `/metrics` on an address of its own: the gateway's, when its main address faces the world, and
//! that of every part that serves nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use medilink_telemetry::Meters;
use poem::{Route, Server, get};
use tokio_util::sync::CancellationToken;

use crate::app::metrics_page;
use crate::listener::Bounded;
use crate::server::GatewayError;

/// A scraper or two need few connections.
const CONNECTIONS: usize = 16;
/// How long a scraper's connection may be idle.
const IDLE: Duration = Duration::from_secs(75);
/// How long an answer under way may take when the process stops.
const DRAIN: Duration = Duration::from_secs(2);

/// The metrics of a process, at an address that it holds.
pub struct MetricsServer {
    listener: Bounded,
    meters: Meters,
}

impl std::fmt::Debug for MetricsServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MetricsServer")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

impl MetricsServer {
    /// Takes the address.
    ///
    /// # Errors
    /// [`GatewayError::Listen`] when it can't be had.
    pub async fn bind(address: SocketAddr, meters: Meters) -> Result<Self, GatewayError> {
        let listener = Bounded::bind(address, CONNECTIONS)
            .await
            .map_err(|source| GatewayError::Listen {
                address,
                setting: "metrics",
                source,
            })?;
        Ok(Self { listener, meters })
    }

    /// Where it listens; the port is the real one when 0 was asked for.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.address()
    }

    /// Serves until cancelled.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn run(self, cancel: CancellationToken) -> std::io::Result<()> {
        let page = Route::new().at("/metrics", get(metrics_page(self.meters)));
        Server::new_with_acceptor(self.listener)
            .name("metrics")
            .idle_timeout(IDLE)
            .run_with_graceful_shutdown(page, cancel.cancelled_owned(), Some(DRAIN))
            .await
    }
}

//! Hosts what follows the log for its own sake in the relay role: the way to the broker, and
//! the Merkle tree.
//!
//! The tree belongs here rather than to the workers: of workers there are as many as the load
//! asks for, while its signing key should lie in as few processes as possible. Neither keeps
//! the other waiting: the tree grows while the broker is away.

use std::sync::Arc;
use std::time::Duration;

use medilink_bus::{Bus, BusError, Relay, RelayConfig, RelayStatus};
use medilink_database::Database;
use medilink_log::{CheckpointKey, LogReader, TreeBuilder};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How often the tree's growth is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreePace(pub Duration);

impl Default for TreePace {
    fn default() -> Self {
        Self(Duration::from_secs(2))
    }
}

/// The relay and the tree builder of a process. Several processes are harmless.
#[derive(Debug)]
pub struct RelayHost {
    relay: Relay<LogReader>,
    tree: TreeBuilder,
    pace: TreePace,
}

impl RelayHost {
    /// `database` connects as `medilink_app`, `bus` as `relay`.
    ///
    /// # Errors
    /// [`BusError::Settings`] when no broker could do what the configuration asks for.
    pub fn new(
        database: Database,
        bus: Bus,
        config: RelayConfig,
        key: CheckpointKey,
        pace: TreePace,
    ) -> Result<Self, BusError> {
        let reader = LogReader::new(database.clone());
        Ok(Self {
            relay: Relay::new(bus, reader, config)?,
            tree: TreeBuilder::new(database, key),
            pace,
        })
    }

    /// What the relay is doing, and every change of that.
    pub fn status(&self) -> watch::Receiver<RelayStatus> {
        self.relay.status()
    }

    /// `notify_one` on it makes the relay look at the log at once.
    pub fn waker(&self) -> Arc<Notify> {
        self.relay.waker()
    }

    /// Runs until cancelled; a batch on its way arrives, a tree in hand is signed.
    pub async fn run(self, cancel: CancellationToken) {
        // Two tasks, so that hashing a long backlog doesn't hold up publishing.
        let tree = tokio::spawn(self.tree.run(self.pace.0, cancel.clone()));
        self.relay.run(cancel).await;
        if tree.await.is_err() {
            tracing::error!("the tree builder ended with a panic");
        }
    }
}

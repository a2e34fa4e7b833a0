//! One of several processes that write to one log at the same time.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use medilink_database::{Database, DatabaseConfig};
use medilink_test_support::{TestStore, executor};
use medilink_vault::{Keyring, Vault};
use serde::{Deserialize, Serialize};

use crate::child::{Child, Parent};
use crate::ours::Ours;
use crate::peer::Peer;
use crate::rounds::{Side, load};

/// The name of the role.
pub const ROLE: &str = "node";

/// Where a node works.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Place {
    /// In our log.
    Ours {
        /// The main database as `medilink_app`.
        app: String,
        /// The keys' database as `medilink_vault`.
        vault: String,
        /// The folder of the keyring.
        keyring: PathBuf,
    },
    /// In the peer's table.
    Peer {
        /// Its database.
        url: String,
        /// How many connections it may use.
        pool: u32,
    },
}

impl Place {
    /// In the log of this store.
    pub fn ours(store: &TestStore) -> Self {
        Self::Ours {
            app: store.databases.main("medilink_app").url,
            vault: store.databases.keys("medilink_vault").url,
            keyring: store.keyring(),
        }
    }
}

/// What a node is asked to do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Share {
    /// On how many streams.
    pub streams: u64,
    /// How many commands at a time.
    pub in_flight: usize,
    /// How many in all.
    pub commands: u64,
    /// Which ones.
    pub round: u64,
}

/// Starts a node that is ready to work.
pub async fn start(place: &Place) -> Child {
    let mut child = Child::start(ROLE);
    let () = child.ask(place).await;
    child
}

/// Lets every node do its share at once; commands a second of all together.
pub async fn together(nodes: &mut [Child], share: Share) -> f64 {
    let count = nodes.len() as u64;
    let began = Instant::now();
    let shares = nodes.iter_mut().zip(0..).map(|(node, number)| {
        // Each on streams of its own choice: two nodes rarely meet, as in a hospital.
        let round = share.round * count + number;
        async move { node.ask::<_, ()>(&Share { round, ..share }).await }
    });
    futures::future::join_all(shares).await;
    (share.commands * count) as f64 / began.elapsed().as_secs_f64()
}

/// The role itself.
pub async fn run() {
    let mut parent = Parent::default();
    match parent.question().await {
        Some(Place::Ours {
            app,
            vault,
            keyring,
        }) => {
            let open = |url| Database::new(DatabaseConfig::at(url)).unwrap();
            let keyring = Keyring::open(keyring).unwrap();
            let vault = Vault::open(open(vault), keyring).await.unwrap();
            serve(parent, &Ours::over(executor(open(app), vault))).await;
        }
        Some(Place::Peer { url, pool }) => serve(parent, &Peer::plain(&url, pool).await).await,
        None => {}
    }
}

async fn serve<S: Side>(mut parent: Parent, side: &Arc<S>) {
    parent.answer(&());
    while let Some(share) = parent.question::<Share>().await {
        load(
            side,
            share.streams,
            share.in_flight,
            share.commands,
            share.round,
        )
        .await;
        parent.answer(&());
    }
}

//! A log of record with its vault.

use std::path::{Path, PathBuf};

use medilink_commands::{Authorizer, Executor, inline_projections};
use medilink_database::Database;
use medilink_log::{EventCodec, LogReader, LogWriter, Snapshots};
use medilink_vault::{Keyring, Vault};
use tempfile::TempDir;

use crate::TestDatabases;

/// The keyring's folder, in the store's.
const KEYRING: &str = "keys";

/// A log and a vault of one test's own, with the tables of both and of the commands. A crate
/// above them migrates its own tables by [`TestStore::owner`].
#[derive(Debug)]
pub struct TestStore {
    /// The main database as the application's role.
    pub app: Database,
    /// The vault, open.
    pub vault: Vault,
    /// What seals and opens the events.
    pub codec: EventCodec,
    /// Both databases.
    pub databases: TestDatabases,
    folder: TempDir,
}

impl TestStore {
    /// An empty one.
    ///
    /// # Panics
    /// When there is no server to make it on.
    pub async fn create() -> Self {
        let databases = TestDatabases::create().await;
        let owner = databases.pool("medilink_owner");
        medilink_log::migrate(&owner)
            .await
            .expect("the log's tables can be made");
        medilink_commands::migrate(&owner)
            .await
            .expect("the commands' tables can be made");
        medilink_vault::migrate(&databases.keys_pool("medilink_owner"))
            .await
            .expect("the vault's tables can be made");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let keyring =
            Keyring::open_or_create(folder.path().join(KEYRING)).expect("a keyring can be made");
        let vault = Vault::open(databases.keys_pool("medilink_vault"), keyring)
            .await
            .expect("the vault opens");
        Self {
            app: databases.pool("medilink_app"),
            codec: EventCodec::new(vault.clone()),
            vault,
            databases,
            folder,
        }
    }

    /// The main database as the owner of its tables.
    pub fn owner(&self) -> Database {
        self.databases.pool("medilink_owner")
    }

    /// An executor with a log writer of its own, over the shipped policies.
    ///
    /// # Panics
    /// When the shipped policies aren't well-formed.
    pub fn executor(&self) -> Executor {
        executor(self.app.clone(), self.vault.clone())
    }

    /// A folder for what a process keeps in files; it goes with the store.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of the vault's keyring, for another process that opens the vault.
    pub fn keyring(&self) -> PathBuf {
        self.folder.path().join(KEYRING)
    }
}

/// An executor with a log writer of its own, over the shipped policies.
///
/// # Panics
/// When the shipped policies aren't well-formed.
pub fn executor(app: Database, vault: Vault) -> Executor {
    let (writer, _) = LogWriter::start(app.clone(), inline_projections());
    Executor::new(
        LogReader::new(app.clone()),
        writer,
        EventCodec::new(vault.clone()),
        Snapshots::new(app, vault),
        Authorizer::shipped().expect("the shipped policies are well-formed"),
    )
}

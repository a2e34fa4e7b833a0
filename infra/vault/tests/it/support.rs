//! A keys database and a keyring for one test, gone when it ends.

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use medilink_database::Database;
use medilink_domain::{Category, SubjectId, TenantId};
use medilink_test_support::TestDatabases;
use medilink_vault::{Binding, Keyring, Unsealed, Vault, VaultOptions};
use tempfile::TempDir;
use uuid::Uuid;

pub struct World {
    databases: TestDatabases,
    pub folder: TempDir,
}

/// Runs a test with a migrated keys database of its own, which is dropped even when the
/// test fails.
pub async fn with_world<F, Fut>(test: F)
where
    F: FnOnce(std::sync::Arc<World>) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let world = std::sync::Arc::new(World {
        databases: TestDatabases::create().await,
        folder: tempfile::tempdir().unwrap(),
    });
    medilink_vault::migrate(&world.database_as("medilink_owner"))
        .await
        .unwrap();
    // On a task of its own, as a panic in it must not keep the database from being dropped.
    if let Err(error) = tokio::spawn(test(world)).await {
        resume_unwind(error.into_panic());
    }
}

impl World {
    pub fn server(&self) -> (String, u16) {
        self.databases.address()
    }

    pub fn database_as(&self, role: &str) -> Database {
        self.databases.keys_pool(role)
    }

    pub fn database_through(&self, port: u16) -> Database {
        let mut config = self.databases.keys_at("medilink_vault", "127.0.0.1", port);
        config.wait_ms = 500;
        Database::new(config).unwrap()
    }

    pub fn keyring(&self) -> Keyring {
        Keyring::open_or_create(self.folder.path().join("keys")).unwrap()
    }

    /// With a lease that doesn't lapse when the machine is busy for a moment.
    pub async fn vault(&self) -> Vault {
        let options = VaultOptions {
            lease: Duration::from_secs(10),
            ..VaultOptions::default()
        };
        self.vault_with(options).await
    }

    /// A vault that has begun to listen, so that its cache is in use.
    pub async fn vault_with(&self, options: VaultOptions) -> Vault {
        listening(
            Vault::open_with(self.database_as("medilink_vault"), self.keyring(), options)
                .await
                .unwrap(),
        )
        .await
    }

    pub async fn admin(&self) -> tokio_postgres::Client {
        self.databases.keys_superuser().await
    }
}

pub async fn listening(vault: Vault) -> Vault {
    eventually("the vault listens", || vault.is_listening()).await;
    vault
}

pub async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while !condition() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

pub const CLINICAL: Category = Category::Clinical;

pub fn tenant() -> TenantId {
    TenantId(Uuid::from_u128(7))
}

pub fn someone() -> SubjectId {
    SubjectId(Uuid::now_v7())
}

pub fn place() -> Binding<'static> {
    Binding {
        tenant: tenant(),
        stream: "appointment-1",
        version: 3,
        kind: "appointment.booked",
        field: "payload",
    }
}

pub fn clear(text: &str) -> Unsealed {
    Unsealed::Clear(text.as_bytes().to_vec())
}

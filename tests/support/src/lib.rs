//! Throw-away databases, logs and brokers for the test suites of every crate, on the PostgreSQL
//! that `MEDILINK_TEST_DATABASE_URL` names (`scripts/with-postgres` starts one); and bad lines
//! to any server.

#![allow(
    clippy::expect_used,
    reason = "a test without its database can only stop"
)]

mod broker;
mod cluster;
mod disorder;
mod ports;
mod proxy;
mod sms;
mod store;

pub use broker::TestBroker;
pub use cluster::TestCluster;
pub use disorder::Disorder;
pub use ports::port;
pub use proxy::{Line, Meddler, Proxy};
pub use sms::{Sms, SmsServer};
pub use store::{TestStore, executor};

use std::time::Duration;

use medilink_database::{Database, DatabaseConfig};
use tokio_postgres::{Client, Config, NoTls};
use uuid::Uuid;

/// The cluster's roles, as `medilink up` makes them.
const ROLES: &str = "
DO $$ DECLARE role text; BEGIN
    PERFORM pg_advisory_xact_lock(8315164920372);
    FOREACH role IN ARRAY ARRAY['medilink_owner', 'medilink_app', 'medilink_projector', 'medilink_vault'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', role, role);
        END IF;
    END LOOP;
END $$";

/// A main and a keys database of one test's own, dropped when this is dropped.
#[derive(Debug)]
pub struct TestDatabases {
    server: Config,
    main: String,
    keys: String,
}

impl TestDatabases {
    /// Makes both, empty, owned by `medilink_owner`.
    ///
    /// # Panics
    /// When there is no server to make them on.
    pub async fn create() -> Self {
        let url = std::env::var("MEDILINK_TEST_DATABASE_URL")
            .expect("MEDILINK_TEST_DATABASE_URL names a throw-away PostgreSQL; run tests through scripts/with-postgres");
        let server: Config = url
            .parse()
            .expect("MEDILINK_TEST_DATABASE_URL is a PostgreSQL URL");
        let id = Uuid::now_v7().simple().to_string();
        let databases = Self {
            server,
            main: format!("test_{id}"),
            keys: format!("test_{id}_keys"),
        };
        let client = connect(&databases.server).await;
        client
            .batch_execute(ROLES)
            .await
            .expect("roles can be made");
        for name in [&databases.main, &databases.keys] {
            let sql = format!(
                "CREATE DATABASE {name} OWNER medilink_owner TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' ENCODING 'UTF8'"
            );
            client
                .execute(&sql, &[])
                .await
                .expect("a database can be made");
        }
        databases
    }

    /// The main database as one of its roles.
    pub fn main(&self, role: &str) -> DatabaseConfig {
        self.at(&self.main, role)
    }

    /// The keys database as one of its roles.
    pub fn keys(&self, role: &str) -> DatabaseConfig {
        self.at(&self.keys, role)
    }

    /// A pool on the main database as one of its roles.
    ///
    /// # Panics
    /// Never: the URL is made here.
    pub fn pool(&self, role: &str) -> Database {
        Database::new(self.main(role)).expect("the URL is well-formed")
    }

    /// A pool on the keys database as one of its roles.
    ///
    /// # Panics
    /// Never: the URL is made here.
    pub fn keys_pool(&self, role: &str) -> Database {
        Database::new(self.keys(role)).expect("the URL is well-formed")
    }

    /// A superuser's connection to the main database, for what no role of ours may do.
    ///
    /// # Panics
    /// When the server has gone.
    pub async fn superuser(&self) -> Client {
        let mut config = self.server.clone();
        config.dbname(&self.main);
        connect(&config).await
    }

    /// The same for the keys database.
    ///
    /// # Panics
    /// When the server has gone.
    pub async fn keys_superuser(&self) -> Client {
        let mut config = self.server.clone();
        config.dbname(&self.keys);
        connect(&config).await
    }

    /// The name of the main database, for tools such as `pg_dump`.
    pub fn main_name(&self) -> &str {
        &self.main
    }

    /// The name of the keys database.
    pub fn keys_name(&self) -> &str {
        &self.keys
    }

    /// The keys database as one of its roles, by another way to the server, such as a proxy
    /// that breaks connections.
    pub fn keys_at(&self, role: &str, host: &str, port: u16) -> DatabaseConfig {
        DatabaseConfig::at(format!(
            "postgres://{role}:{role}@{host}:{port}/{}",
            self.keys
        ))
    }

    /// Where the server listens.
    pub fn address(&self) -> (String, u16) {
        let host = match self.server.get_hosts().first() {
            Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
            _ => "127.0.0.1".to_owned(),
        };
        let port = self.server.get_ports().first().copied().unwrap_or(5432);
        (host, port)
    }

    fn at(&self, name: &str, role: &str) -> DatabaseConfig {
        let (host, port) = self.address();
        DatabaseConfig::at(format!("postgres://{role}:{role}@{host}:{port}/{name}"))
    }
}

impl Drop for TestDatabases {
    fn drop(&mut self) {
        let (server, names) = (self.server.clone(), [self.main.clone(), self.keys.clone()]);
        let (done, dropped) = std::sync::mpsc::channel();
        // On threads of their own: a test's runtime may be on its way out.
        for name in names {
            let (server, done) = (server.clone(), done.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let Ok(runtime) = runtime else { return };
                runtime.block_on(async {
                    let client = connect(&server).await;
                    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    let _ = client.execute(&drop, &[]).await;
                });
                let _ = done.send(());
            });
        }
        // A connection of the test's own that is still signing in is not polled any more, and
        // the server waits a minute for it. It drops the databases then; nobody else has to wait.
        for _ in 0..2 {
            let _ = dropped.recv_timeout(Duration::from_secs(2));
        }
    }
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config
        .connect(NoTls)
        .await
        .expect("the test's PostgreSQL answers");
    tokio::spawn(connection);
    client
}

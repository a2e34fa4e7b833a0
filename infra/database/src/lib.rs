//! PostgreSQL for every adapter: one way to connect, to migrate and to tell "the database is
//! away" from "the statement is wrong".

mod batched;
mod hosts;
mod leadership;
mod migrations;

use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, Timeouts,
};
use serde::Deserialize;
use thiserror::Error;
use tokio_postgres::Socket;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::NoTlsStream;

use crate::hosts::{Hosts, drive};

pub use batched::Batched;
pub use deadpool_postgres::{ClientWrapper as Session, Object as Client, Transaction};
pub use leadership::{beat, leading, try_lead};
pub use migrations::migrate;

/// The driver's side of a connection.
pub type Connection = tokio_postgres::Connection<Socket, NoTlsStream>;

/// Where a database is and how much of it one process may use.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://role:password@host:port/database`; with several `host:port`, separated by
    /// commas, and `?target_session_attrs=read-write`, the one of them that takes writes.
    pub url: String,
    /// The most connections that this process opens.
    #[serde(default = "default_pool_size")]
    pub pool_size: usize,
    /// How long a caller waits for a connection, in milliseconds.
    #[serde(default = "default_wait_ms")]
    pub wait_ms: u64,
    /// How long one statement may run, in milliseconds; 0 is for ever.
    #[serde(default = "default_statement_ms")]
    pub statement_ms: u64,
}

const fn default_pool_size() -> usize {
    8
}
const fn default_wait_ms() -> u64 {
    2_000
}
const fn default_statement_ms() -> u64 {
    15_000
}

/// How soon the server lets go of what a session holds when its process is gone without a
/// word. By itself it would wait for hours, with every lock and every leadership held.
const SESSION: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "60s"),
    ("tcp_keepalives_idle", "15"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "30s"),
];

impl DatabaseConfig {
    /// The defaults for a database at this URL.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            pool_size: default_pool_size(),
            wait_ms: default_wait_ms(),
            statement_ms: default_statement_ms(),
        }
    }

    /// The settings as the driver takes them.
    fn driver(&self) -> Result<tokio_postgres::Config, DatabaseError> {
        // The URL is not quoted: it holds a password.
        let mut config: tokio_postgres::Config =
            self.url.parse().map_err(|_| DatabaseError::Settings)?;
        config.keepalives_idle(Duration::from_secs(15));
        config.keepalives_interval(Duration::from_secs(5));
        // A line that swallows everything is given up before a request is.
        config.tcp_user_timeout(Duration::from_secs(10));
        if config.get_application_name().is_none() {
            config.application_name("medilink");
        }
        let mut options = config.get_options().unwrap_or_default().to_owned();
        for (name, value) in SESSION {
            options.push_str(&format!(" -c {name}={value}"));
        }
        if self.statement_ms > 0 {
            options.push_str(&format!(" -c statement_timeout={}", self.statement_ms));
        }
        config.options(options);
        Ok(config)
    }
}

/// Why a database did not answer.
///
/// Neither `Display` nor the metrics carry the server's `DETAIL`: it quotes rows.
#[derive(Clone, Debug, Error)]
pub enum DatabaseError {
    /// The URL is not a PostgreSQL URL.
    #[error("the database URL can't be read; expected postgres://role:password@host:port/database")]
    Settings,
    /// Away, starting, stopping, or out of connections: the same call may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The statement failed; the SQLSTATE and the server's message say why.
    #[error("the database refused a statement: {0}")]
    Statement(String),
    /// A migration can't be applied.
    #[error("migration failed: {0}")]
    Migration(String),
}

impl DatabaseError {
    /// Whether the same call may succeed later without any change.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<tokio_postgres::Error> for DatabaseError {
    fn from(error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(refusal) if transient(refusal.code()) => {
                Self::Unavailable(format!("{} ({})", refusal.message(), refusal.code().code()))
            }
            Some(refusal) => {
                Self::Statement(format!("{} ({})", refusal.message(), refusal.code().code()))
            }
            // Without an answer from the server there is a broken or closed connection, or a
            // value that doesn't fit its column, which is our own fault.
            None if error.is_closed()
                || std::error::Error::source(&error)
                    .is_some_and(|source| source.is::<std::io::Error>()) =>
            {
                Self::Unavailable(error.to_string())
            }
            None if error.to_string().contains("error connecting")
                || error.to_string().contains("timeout") =>
            {
                Self::Unavailable(error.to_string())
            }
            None => Self::Statement(error.to_string()),
        }
    }
}

impl From<PoolError> for DatabaseError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            PoolError::Timeout(kind) => {
                Self::Unavailable(format!("no connection in time ({kind:?})"))
            }
            other => Self::Unavailable(other.to_string()),
        }
    }
}

fn transient(code: &SqlState) -> bool {
    // Class 08: connection; 53: resources; 57P: operator intervention (shutdown, start-up,
    // cancelled); 40: serialization and deadlock; 25P03: the session was idle in a transaction,
    // because its process was stopped for a while.
    let code = code.code();
    ["08", "53", "57P", "40", "25P03"]
        .iter()
        .any(|class| code.starts_with(class))
        || code == SqlState::QUERY_CANCELED.code()
        || code == SqlState::READ_ONLY_SQL_TRANSACTION.code()
}

/// A pool of connections under one role.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    hosts: Hosts,
    config: DatabaseConfig,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("pool", &self.pool.status())
            .finish_non_exhaustive()
    }
}

impl Database {
    /// Prepares the pool; the first connection is opened when it is first needed, so a
    /// process can start before its database does.
    ///
    /// # Errors
    /// [`DatabaseError::Settings`] when the URL can't be read.
    pub fn new(config: DatabaseConfig) -> Result<Self, DatabaseError> {
        let wait = Some(Duration::from_millis(config.wait_ms));
        let driver = config.driver()?;
        let hosts = Hosts::of(&driver, Duration::from_millis(config.wait_ms));
        let manager = Manager::from_connect(
            driver,
            hosts.clone(),
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let pool = Pool::builder(manager)
            .max_size(config.pool_size)
            .timeouts(Timeouts {
                wait,
                create: wait,
                recycle: wait,
            })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| DatabaseError::Settings)?;
        Ok(Self {
            pool,
            hosts,
            config,
        })
    }

    /// The same database by one connection of its own, for what must not wait behind everybody
    /// who uses the pool.
    ///
    /// # Errors
    /// As [`Database::new`].
    pub fn alone(&self) -> Result<Self, DatabaseError> {
        Self::new(DatabaseConfig {
            pool_size: 1,
            ..self.config.clone()
        })
    }

    /// A connection from the pool. Use `prepare_cached` on it: statements are then parsed
    /// once per connection.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`] when none can be had in time.
    pub async fn client(&self) -> Result<Client, DatabaseError> {
        let started = std::time::Instant::now();
        let client = self.pool.get().await;
        metrics::histogram!("medilink_database_wait_seconds")
            .record(started.elapsed().as_secs_f64());
        Ok(client?)
    }

    /// A connection of its own outside the pool, for a long-lived owner; the driver's task
    /// ends with the client.
    ///
    /// # Errors
    /// [`DatabaseError::Unavailable`] when the server can't be reached.
    pub async fn connect(&self) -> Result<tokio_postgres::Client, DatabaseError> {
        let (client, connection) = self.dial().await?;
        tokio::spawn(drive(connection));
        Ok(client)
    }

    /// The same for one who says the same statements again and again: use `prepare_cached`.
    ///
    /// # Errors
    /// As [`Database::connect`].
    pub async fn session(&self) -> Result<Session, DatabaseError> {
        let (client, connection) = self.dial().await?;
        Ok(Session::new(client, tokio::spawn(drive(connection))))
    }

    /// The same with the connection in the caller's hands, who wants to see its messages.
    ///
    /// # Errors
    /// As [`Database::connect`].
    pub async fn dial(&self) -> Result<(tokio_postgres::Client, Connection), DatabaseError> {
        Ok(self.hosts.connect().await?)
    }

    /// Whether the server answers.
    ///
    /// # Errors
    /// As [`Database::client`].
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        self.client().await?.simple_query("SELECT 1").await?;
        Ok(())
    }

    /// The settings this pool was made with.
    pub const fn config(&self) -> &DatabaseConfig {
        &self.config
    }
}

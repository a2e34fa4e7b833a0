//! The peer: cqrs-es with postgres-es, on the same server, without encryption.

use std::sync::Arc;

use chrono::Utc;
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{AggregateError, CqrsFramework};
use medilink_domain::Now;
use medilink_test_support::TestDatabases;
use postgres_es::PostgresEventRepository;

use crate::Side;
use crate::journal::{Journal, JournalCommand, ids, text};

/// What postgres-es's README tells to create.
const TABLE: &str = "
CREATE TABLE events (
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    sequence bigint CHECK (sequence >= 0) NOT NULL,
    event_type text NOT NULL,
    event_version text NOT NULL,
    payload json NOT NULL,
    metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
)";

/// cqrs-es on a database of its own.
pub struct Peer {
    framework: CqrsFramework<Journal, PersistedEventStore<PostgresEventRepository, Journal>>,
    /// Its databases, dropped with it.
    pub databases: TestDatabases,
}

impl Peer {
    /// Sets up the table and the framework, with a pool of this size.
    pub async fn start(pool: u32) -> Arc<Self> {
        let databases = TestDatabases::create().await;
        databases
            .pool("medilink_owner")
            .client()
            .await
            .unwrap()
            .batch_execute(TABLE)
            .await
            .unwrap();
        let pool = sqlx::postgres::PgPoolOptions::new()
            .max_connections(pool)
            .min_connections(pool)
            .connect(&databases.main("medilink_owner").url)
            .await
            .unwrap();
        let store = PersistedEventStore::new_event_store(PostgresEventRepository::new(pool));
        let framework = CqrsFramework::new(store, Vec::new(), Now(Utc::now()));
        Arc::new(Self {
            framework,
            databases,
        })
    }
}

impl Side for Peer {
    async fn command(&self, stream: u64) {
        let (journal, patient) = ids(stream);
        let id = journal.to_string();
        loop {
            let command = JournalCommand::Write {
                patient,
                text: text(),
            };
            match self.framework.execute(&id, command).await {
                Ok(()) => return,
                Err(AggregateError::AggregateConflict) => {}
                Err(other) => panic!("the peer failed: {other}"),
            }
        }
    }
}

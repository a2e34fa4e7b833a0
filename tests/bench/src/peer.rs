//! The peer: cqrs-es with postgres-es, on the same server, without encryption.

use std::sync::Arc;

use chrono::Utc;
use cqrs_es::persist::PersistedEventStore;
use cqrs_es::{AggregateError, CqrsFramework};
use medilink_domain::Now;
use medilink_test_support::TestDatabases;
use postgres_es::PostgresEventRepository;
use sqlx::PgPool;

use crate::journal::{Journal, JournalCommand, ids, text};
use crate::report::say;
use crate::rounds::{Elsewhere, Side, alone, load};

/// What postgres-es's `db/init.sql` creates.
const TABLES: &str = "
CREATE TABLE events (
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    sequence bigint CHECK (sequence >= 0) NOT NULL,
    event_type text NOT NULL,
    event_version text NOT NULL,
    payload json NOT NULL,
    metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
);
CREATE TABLE snapshots (
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    last_sequence bigint CHECK (last_sequence >= 0) NOT NULL,
    current_snapshot bigint CHECK (current_snapshot >= 0) NOT NULL,
    payload json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, last_sequence)
);
CREATE TABLE views (
    view_id text NOT NULL,
    version bigint CHECK (version >= 0) NOT NULL,
    payload json NOT NULL,
    PRIMARY KEY (view_id)
)";

/// How many events a stream grows by between two of the peer's snapshots; ours keep the same
/// distance.
const SNAPSHOT_EVERY: usize = medilink_log::SNAPSHOT_EVERY as usize;

/// Journals in cqrs-es.
pub struct Peer {
    framework: CqrsFramework<Journal, PersistedEventStore<PostgresEventRepository, Journal>>,
}

impl Peer {
    /// Makes the tables; returns where they are.
    pub async fn tables() -> (TestDatabases, String) {
        let databases = TestDatabases::create().await;
        let owner = databases.pool("medilink_owner").client().await.unwrap();
        owner.batch_execute(TABLES).await.unwrap();
        let url = databases.main("medilink_owner").url;
        (databases, url)
    }

    /// Without snapshots.
    pub async fn plain(url: &str, pool: u32) -> Arc<Self> {
        let repository = PostgresEventRepository::new(connect(url, pool).await);
        Self::over(PersistedEventStore::new_event_store(repository))
    }

    /// With snapshots.
    pub async fn with_snapshots(url: &str, pool: u32) -> Arc<Self> {
        let repository = PostgresEventRepository::new(connect(url, pool).await);
        Self::over(PersistedEventStore::new_snapshot_store(
            repository,
            SNAPSHOT_EVERY,
        ))
    }

    fn over(store: PersistedEventStore<PostgresEventRepository, Journal>) -> Arc<Self> {
        let framework = CqrsFramework::new(store, Vec::new(), Now(Utc::now()));
        Arc::new(Self { framework })
    }

    /// With the pool that is fastest with so many commands in flight, found on streams that
    /// are not measured on.
    pub async fn tuned(url: &str, streams: u64, in_flight: usize, commands: u64) -> Arc<Self> {
        if alone() {
            return Self::plain(url, 1).await;
        }
        let mut best: Option<(f64, u32, Arc<Self>)> = None;
        for pool in [1, 4, 8, 16, 32] {
            if pool > 1 && pool as usize > in_flight {
                continue;
            }
            let peer = Self::plain(url, pool).await;
            let elsewhere = Elsewhere::of(&peer);
            // Statements are prepared and caches filled before it counts.
            load(&elsewhere, streams, in_flight, commands / 8, 0).await;
            let rate = load(&elsewhere, streams, in_flight, commands / 4, 1)
                .await
                .rate;
            if best.as_ref().is_none_or(|(fastest, ..)| rate > *fastest) {
                best = Some((rate, pool, peer));
            }
        }
        let (rate, pool, peer) = best.expect("one pool is the best");
        say(format_args!(
            "{in_flight} in flight: the peer is fastest with {pool} connections ({rate:.0}/s)"
        ));
        peer
    }
}

/// A pool of exactly this size.
pub async fn connect(url: &str, size: u32) -> PgPool {
    sqlx::postgres::PgPoolOptions::new()
        .max_connections(size)
        .min_connections(size)
        .connect(url)
        .await
        .unwrap()
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

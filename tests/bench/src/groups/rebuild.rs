//! `rebuild_1m`: a million events from the log into a read model with sealed columns, keys
//! loaded and payloads opened as in production, beside cqrs-es's `QueryReplay` into a
//! postgres-es view (in the clear); and beside a raw ordered COPY OUT of the same table.
//!
//! cqrs-es's `replay_all` fails with postgres-es 0.5 (it binds two parameters to a statement
//! with one, and its task panics), so the peer replays instance by instance, as its users must.

use std::sync::Arc;
use std::time::Instant;

use cqrs_es::persist::{GenericQuery, QueryReplay};
use cqrs_es::{EventEnvelope, View};
use futures::TryStreamExt;
use medilink_domain::appointment::Appointment;
use medilink_domain::{Decider, Event};
use medilink_log::EventCodec;
use medilink_projections::Projector;
use medilink_test_support::{TestDatabases, TestStore};
use medilink_vault::{Keyring, Vault};
use postgres_es::{PostgresEventRepository, PostgresViewRepository};
use serde::{Deserialize, Serialize};

use super::Bench;
use crate::history::{History, people, story};
use crate::peer::{Peer, connect};
use crate::report::say;
use crate::rounds::{Rounds, Run};
use crate::server::settle;

/// The read model.
pub const MODEL: &str = "appointment";
/// How many appointments the peer replays: it would need a quarter of an hour for them all.
const REPLAYED: u64 = 2_500;
const INSERT: &str = "
INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata)
SELECT $1, e.id, e.sequence, e.kind, '1', e.payload, '{}'
FROM unnest($2::text[], $3::bigint[], $4::text[], $5::json[]) AS e (id, sequence, kind, payload)";

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let rounds = bench.scale.rounds.min(3);
    let mut history = History::create().await;
    history.grow_to(bench.scale.rebuilt).await;
    let (databases, url) = Peer::tables().await;
    let replayed = fill_peer(&databases, history.appointments().min(REPLAYED)).await;
    settle(&[&history.store.databases, &databases]).await;

    let events = history.events();
    let both = Rounds::alternate(
        "rebuild_1m",
        rounds,
        async |_| rebuild(&history.store, events).await,
        async |_| replay(&databases, &url, &replayed).await,
    )
    .await;
    let copies = Rounds::alternate(
        "rebuild_1m_vs_copy",
        rounds,
        async |_| rebuild(&history.store, events).await,
        async |_| copy_out(&history.store, events).await,
    )
    .await;
    bench.report.record("rebuild_1m", both.rate("events/s"));
    bench
        .report
        .record("rebuild_1m_vs_copy", copies.rate("events/s"));
    bench.history = Some(history);
}

/// Builds the model anew, from the first event on; the keys are not at hand yet.
pub async fn rebuild(store: &TestStore, events: u64) -> Run {
    let keyring = Keyring::open(store.keyring()).unwrap();
    let keys = store.databases.keys_pool("medilink_vault");
    let vault = Vault::open(keys, keyring).await.unwrap();
    while !vault.is_listening() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let database = store.databases.pool("medilink_projector");
    let projector = Projector::new(database, EventCodec::new(vault.clone()), None);
    let began = Instant::now();
    let position = projector.rebuild(MODEL).await.unwrap();
    let run = Run::of(events, began);
    assert!(position.0 >= events, "the rebuild ended at {position}");
    vault.close().await;
    run
}

/// Every row of the log in order, as bytes.
async fn copy_out(store: &TestStore, events: u64) -> Run {
    let client = store.databases.superuser().await;
    let sql = "COPY (SELECT * FROM log.events ORDER BY position) TO STDOUT (FORMAT binary)";
    let began = Instant::now();
    let rows = client.copy_out(sql).await.unwrap();
    let bytes = rows
        .try_fold(0, async |sum, part| Ok(sum + part.len()))
        .await
        .unwrap();
    let run = Run::of(events, began);
    assert!(bytes as u64 > events * 100, "{bytes} bytes are not the log");
    run
}

/// The peer's view: the aggregate's own state, as ours is made of the same fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct AppointmentView(Appointment);

impl View<Appointment> for AppointmentView {
    fn update(&mut self, event: &EventEnvelope<Appointment>) {
        self.0.evolve(&event.payload);
    }
}

type Views = PostgresViewRepository<AppointmentView, Appointment>;

async fn replay(databases: &TestDatabases, url: &str, ids: &[String]) -> Run {
    let superuser = databases.superuser().await;
    superuser.batch_execute("TRUNCATE views").await.unwrap();
    let pool = connect(url, 4).await;
    let views: Arc<Views> = Arc::new(PostgresViewRepository::new("views", pool.clone()));
    let replay = QueryReplay::new(
        PostgresEventRepository::new(pool),
        GenericQuery::<Views, AppointmentView, Appointment>::new(views),
    );
    let began = Instant::now();
    for id in ids {
        replay.replay(id).await.unwrap();
    }
    let run = Run::of(ids.len() as u64 * story(0).len() as u64, began);
    let row = superuser.query_one("SELECT count(*) FROM views", &[]).await;
    assert_eq!(
        row.unwrap().get::<_, i64>(0),
        ids.len() as i64,
        "the peer's replay is not whole"
    );
    run
}

/// Writes the same events for the peer, in the clear; returns the ids of their instances.
async fn fill_peer(databases: &TestDatabases, appointments: u64) -> Vec<String> {
    say(format_args!(
        "writing {appointments} appointments for the peer"
    ));
    let client = databases.superuser().await;
    let mut ids = Vec::new();
    for number in 0..appointments {
        let id = people(number).0.to_string();
        let events = story(number);
        let of = vec![&id; events.len()];
        let sequences: Vec<i64> = (1..=events.len() as i64).collect();
        let kinds: Vec<&str> = events.iter().map(|event| event.kind().name).collect();
        let payloads: Vec<serde_json::Value> = events
            .iter()
            .map(|event| serde_json::to_value(event).unwrap())
            .collect();
        let insert = client.prepare(INSERT).await.unwrap();
        client
            .execute(
                &insert,
                &[&Appointment::CATEGORY, &of, &sequences, &kinds, &payloads],
            )
            .await
            .unwrap();
        ids.push(id);
    }
    ids
}

//! `load_500_*`: a command on a stream of 500 events, beside cqrs-es without and with its
//! snapshots.

use medilink_domain::{Decider, SubjectId};
use medilink_log::{Append, EventCodec, LogWriter, StreamWrite};
use medilink_test_support::{TestDatabases, TestStore};

use super::Bench;
use crate::history::metadata;
use crate::journal::{Journal, JournalEvent, ids, written};
use crate::ours::{Ours, TENANT};
use crate::peer::Peer;
use crate::report::say;
use crate::rounds::{Rounds, Side, each};
use crate::server::settle;

/// How long the streams are.
const LENGTH: u64 = 500;
/// How many of them are appended at once while filling.
const FILLING: u64 = 100;
const IN_FLIGHT: usize = 8;
/// The snapshot that cqrs-es would have made of a stream.
const SNAPSHOTS: &str = "
INSERT INTO snapshots (aggregate_type, aggregate_id, last_sequence, current_snapshot, payload)
VALUES ($1, $2, $3, 1, $4)";
const EVENTS: &str = "
INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata)
SELECT $1, $2, e.sequence, $3, '1', e.payload, '{}'
FROM unnest($4::bigint[], $5::json[]) AS e (sequence, payload)";

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let (streams, count) = (bench.scale.long_streams, bench.scale.rounds);
    let (ours, store) = Ours::start().await;
    let (databases, url) = Peer::tables().await;
    say(format_args!(
        "writing {streams} streams of {LENGTH} events on both sides"
    ));
    fill_ours(&store, streams).await;
    fill_peer(&databases, streams).await;
    settle(&[&store.databases, &databases]).await;
    let superuser = store.databases.superuser().await;

    let plain = Peer::plain(&url, 8).await;
    let rounds = Rounds::alternate(
        "load_500_full",
        count,
        async |_| {
            // Each stream once: what a command finds the first time, and keeps for the next.
            superuser
                .batch_execute("TRUNCATE log.snapshots")
                .await
                .unwrap();
            each(&ours, streams, IN_FLIGHT).await
        },
        async |_| each(&plain, streams, IN_FLIGHT).await,
    )
    .await;
    bench
        .report
        .record("load_500_full", rounds.rate("commands/s"));

    let snapshots = Peer::with_snapshots(&url, 8).await;
    each(&ours, streams, IN_FLIGHT).await;
    each(&snapshots, streams, IN_FLIGHT).await;
    let rounds = Rounds::alternate(
        "load_500_snapshot",
        count,
        async |_| four_times(&ours, streams).await,
        async |_| four_times(&snapshots, streams).await,
    )
    .await;
    bench
        .report
        .record("load_500_snapshot", rounds.rate("commands/s"));
}

/// Enough commands to be timed.
async fn four_times<S: Side>(side: &std::sync::Arc<S>, streams: u64) -> crate::rounds::Run {
    crate::rounds::over(side, IN_FLIGHT, streams * 4, move |number| number % streams).await
}

fn events(stream: u64) -> impl Iterator<Item = JournalEvent> {
    (1..=LENGTH).map(move |number| written(stream, number))
}

async fn fill_ours(store: &TestStore, streams: u64) {
    let codec = EventCodec::new(store.vault.clone());
    let (writer, _) = LogWriter::start(store.app.clone(), Vec::new());
    for stream in 0..streams {
        let (journal, patient) = ids(stream);
        let name = Journal::stream(&journal);
        let mut sealed = Vec::with_capacity(LENGTH as usize);
        for (event, version) in events(stream).zip(1..) {
            let encoding = codec.encode(TENANT, &name, version, Some(SubjectId(patient)), &event);
            sealed.push(encoding.await.unwrap());
        }
        for (part, number) in sealed.chunks(FILLING as usize).zip(0..) {
            let append = Append {
                tenant: TENANT,
                writes: vec![StreamWrite {
                    stream: name.clone(),
                    expected: number * FILLING,
                    events: part.to_vec(),
                }],
                guards: Vec::new(),
                claims: Vec::new(),
                releases: Vec::new(),
                receipt: None,
                metadata: metadata(),
            };
            writer.append(append).await.unwrap();
        }
    }
}

async fn fill_peer(databases: &TestDatabases, streams: u64) {
    let client = databases.superuser().await;
    let (insert, snapshot) = (
        client.prepare(EVENTS).await.unwrap(),
        client.prepare(SNAPSHOTS).await.unwrap(),
    );
    for stream in 0..streams {
        let (journal, _) = ids(stream);
        let (kind, id) = (Journal::CATEGORY, journal.to_string());
        let sequences: Vec<i64> = (1..=LENGTH as i64).collect();
        let (mut state, mut payloads) = (Journal::default(), Vec::new());
        for event in events(stream) {
            state.evolve(&event);
            payloads.push(serde_json::to_value(&event).unwrap());
        }
        client
            .execute(
                &insert,
                &[&kind, &id, &"journal.written", &sequences, &payloads],
            )
            .await
            .unwrap();
        let state = serde_json::to_value(&state).unwrap();
        client
            .execute(&snapshot, &[&kind, &id, &(LENGTH as i64), &state])
            .await
            .unwrap();
    }
}

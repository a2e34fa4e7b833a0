//! `relay_*`: from the log in PostgreSQL into JetStream, which syncs before each
//! acknowledgement (nats.conf), beside publishing the same messages without batches: 256 in
//! flight, and one by one.

use std::time::{Duration, Instant};

use async_nats::jetstream;
use futures::StreamExt;
use medilink_bus::{Relay, RelayConfig, RelayStatus, encode, subject};
use medilink_log::{LogReader, Position, RecordedEvent};
use medilink_test_support::TestBroker;
use tokio_util::sync::CancellationToken;

use super::Bench;
use crate::history::History;
use crate::rounds::{Rounds, Run};
use crate::server::settle;

/// What the peer publishes in a round, and how much of it at once.
const PUBLISHED: usize = 10_000;
const IN_FLIGHT: usize = 256;
/// What it publishes one by one.
const ALONE: usize = 2_500;

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let mut history = History::create().await;
    history.grow_to(bench.scale.relayed).await;
    settle(&[&history.store.databases]).await;
    let log = LogReader::new(history.store.app.clone());
    let some = log.after(Position::START, PUBLISHED).await.unwrap();

    let count = bench.scale.rounds;
    let relayed = async |_| {
        let broker = TestBroker::start();
        relay(&broker, &log, history.events()).await
    };
    let rounds = Rounds::alternate("relay_sync_always", count, relayed, async |_| {
        publish(&some, IN_FLIGHT).await
    })
    .await;
    bench
        .report
        .record("relay_sync_always", rounds.rate("events/s"));
    let rounds = Rounds::alternate("relay_one_by_one", count.min(3), relayed, async |_| {
        publish(&some[..ALONE.min(some.len())], 1).await
    })
    .await;
    bench
        .report
        .record("relay_one_by_one", rounds.rate("events/s"));
}

/// Relays everything into an empty broker.
async fn relay(broker: &TestBroker, log: &LogReader, events: u64) -> Run {
    let bus = broker.bus("relay").await;
    while !bus.is_up() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let relay = Relay::new(bus, log.clone(), RelayConfig::default()).unwrap();
    let (mut status, drain) = (relay.status(), CancellationToken::new());
    let began = Instant::now();
    let task = tokio::spawn(relay.run(drain.clone()));
    let all = |status: &RelayStatus| matches!(status, RelayStatus::Running { position, .. } if position.0 >= events);
    status.wait_for(all).await.unwrap();
    let run = Run::of(events, began);
    drain.cancel();
    task.await.unwrap();
    run
}

/// Publishes messages of the same subjects and bodies into the same stream of an empty broker,
/// each by itself.
async fn publish(events: &[RecordedEvent], in_flight: usize) -> Run {
    let broker = TestBroker::start();
    let client = async_nats::ConnectOptions::with_user_and_password(
        "operator".to_owned(),
        TestBroker::password("operator"),
    )
    .connect(broker.url())
    .await
    .unwrap();
    let context = jetstream::new(client);
    let stream = jetstream::stream::Config {
        name: "PEER".to_owned(),
        subjects: vec!["ev.>".to_owned()],
        storage: jetstream::stream::StorageType::File,
        ..Default::default()
    };
    context.create_stream(stream).await.unwrap();
    let began = Instant::now();
    futures::stream::iter(events)
        .map(|event| {
            let context = &context;
            async move {
                let sent = context.publish(subject(event), encode(event)).await;
                sent.unwrap().await.unwrap();
            }
        })
        .buffer_unordered(in_flight)
        .for_each(|()| async {})
        .await;
    Run::of(events.len() as u64, began)
}

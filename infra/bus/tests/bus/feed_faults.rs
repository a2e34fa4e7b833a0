//! The feed on a bad day: the broker dies, forgets, or stops delivering.

use std::time::Duration;

use medilink_bus::{BusError, Feed, FeedConfig, FeedStatus, delete_stream};
use medilink_log::Position;

use crate::support::{Broker, Memory, Reader, eager, eventually, relay, relayed, within};

fn quick(name: &str) -> FeedConfig {
    FeedConfig {
        stall: Duration::from_millis(400),
        retry: Duration::from_millis(100),
        batch: 64,
        ..FeedConfig::new(name)
    }
}

/// Commands keep coming while the test does its worst.
fn load(log: &Memory, total: u64) -> tokio::task::JoinHandle<()> {
    let log = log.clone();
    tokio::spawn(async move {
        for _ in 0..total / 20 {
            log.grow(20);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_costs_no_event_and_doubles_none() {
    let (mut broker, log, running) = relayed(500).await;
    let mut reader = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            quick("killed"),
            Position::START,
        )
        .unwrap(),
    );
    let load = load(&log, 4_000);
    for round in 1..=3 {
        reader.until(&log, 500 + round * 600).await;
        broker.kill();
        for _ in 0..3 {
            within("a status", reader.step(&log)).await;
        }
        broker.restart();
    }
    load.await.unwrap();
    reader.until(&log, 4_500).await;
    reader.saw_exactly(&log);
    assert_eq!(reader.from_broker, 4_500, "all through the broker");
    assert!(
        reader
            .statuses
            .iter()
            .any(|status| matches!(status, FeedStatus::Away(BusError::Away(_)))),
        "{:?}",
        reader.statuses
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_store_costs_no_event_and_doubles_none() {
    let (mut broker, log, running) = relayed(500).await;
    let mut reader = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            quick("wiped"),
            Position::START,
        )
        .unwrap(),
    );
    let load = load(&log, 3_000);
    for round in 1..=2 {
        reader.until(&log, 500 + round * 600).await;
        broker.kill();
        broker.delete_store();
        broker.restart();
    }
    load.await.unwrap();
    reader.until(&log, 3_500).await;
    reader.saw_exactly(&log);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_broker_is_away_the_log_is_read_and_nothing_comes_twice() {
    let (mut broker, log, running) = relayed(300).await;
    let mut reader = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            quick("away"),
            Position::START,
        )
        .unwrap(),
    );
    reader.poll = true;
    let load = load(&log, 2_000);
    reader.until(&log, 600).await;
    broker.kill();
    load.await.unwrap();
    reader.until(&log, 2_300).await;
    assert!(reader.from_broker < 2_300);
    let before = reader.from_broker;
    broker.restart();
    running.reaches(2_300).await;
    // Only once the feed is live again must new events come through the broker.
    within("live again", async {
        while reader.statuses.last() != Some(&FeedStatus::Live) {
            reader.step(&log).await;
        }
    })
    .await;
    log.grow(100);
    reader.until(&log, 2_400).await;
    reader.saw_exactly(&log);
    assert_eq!(reader.from_broker, before + 100);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_starts_before_broker_and_stream_waits_for_both() {
    let mut broker = Broker::absent();
    let log = Memory::of(10);
    let mut reader = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            quick("early"),
            Position::START,
        )
        .unwrap(),
    );
    for _ in 0..3 {
        within("a status", reader.step(&log)).await;
    }
    assert!(
        reader
            .statuses
            .iter()
            .all(|status| matches!(status, FeedStatus::Away(BusError::Away(_)))),
        "{:?}",
        reader.statuses
    );
    broker.restart();
    within("no stream yet", async {
        while reader.statuses.last() != Some(&FeedStatus::Away(BusError::NoStream)) {
            reader.step(&log).await;
        }
    })
    .await;
    let running = relay(broker.bus("relay").await, &log, eager());
    reader.until(&log, 10).await;
    reader.saw_exactly(&log);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_consumer_or_stream_is_made_anew() {
    let (broker, log, running) = relayed(100).await;
    let mut reader = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            quick("gone"),
            Position::START,
        )
        .unwrap(),
    );
    reader.until(&log, 100).await;
    let operator = broker.plain("operator").await;
    operator
        .delete_consumer_from_stream("gone", "EVENTS")
        .await
        .unwrap();
    log.grow(100);
    reader.until(&log, 200).await;
    delete_stream(&broker.bus_up("operator").await)
        .await
        .unwrap();
    log.grow(100);
    reader.until(&log, 300).await;
    reader.saw_exactly(&log);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_watchdog_mends_a_consumer_that_stopped_delivering() {
    let (broker, log, running) = relayed(100).await;
    let mut reader = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            quick("stuck"),
            Position::START,
        )
        .unwrap(),
    );
    reader.until(&log, 100).await;
    // Paused: it answers, sends heartbeats, and delivers nothing.
    let operator = broker.plain("operator").await;
    let stream = operator.get_stream("EVENTS").await.unwrap();
    let for_an_hour = (std::time::SystemTime::now() + Duration::from_secs(3_600)).into();
    stream.pause_consumer("stuck", for_an_hour).await.unwrap();
    log.grow(50);
    running.reaches(150).await;
    reader.until(&log, 150).await;
    reader.saw_exactly(&log);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_filtered_feed_is_not_mistaken_for_a_stalled_one() {
    let (broker, log, running) = relayed(10).await;
    let config = quick("quiet").only(["ev.*.*.nothing.*".to_owned()]);
    let mut feed = Feed::new(broker.bus("worker").await, config, Position::START).unwrap();
    let watch = tokio::spawn(async move {
        // Live, then silence: no status, no batch, no end.
        let mut items = Vec::new();
        while let Ok(item) = tokio::time::timeout(Duration::from_secs(2), feed.next()).await {
            items.push(format!("{item:?}"));
        }
        items
    });
    for _ in 0..20 {
        log.grow(10);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let stream = broker
        .plain("operator")
        .await
        .get_stream("EVENTS")
        .await
        .unwrap();
    let created = stream.consumer_info("quiet").await.unwrap().created;
    eventually("the feed's silence", || watch.is_finished()).await;
    let items = watch.await.unwrap();
    assert!(
        items.iter().all(|item| item.starts_with("Status")),
        "{items:?}"
    );
    assert_eq!(
        stream.consumer_info("quiet").await.unwrap().created,
        created,
        "the consumer was made anew"
    );
    running.stop().await;
}

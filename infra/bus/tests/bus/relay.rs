//! The relay: what the stream holds is the log, whatever happens to either.

use std::time::{Duration, Instant};

use medilink_bus::{BusError, Relay, RelayConfig, RelayStatus, delete_stream, stream_position};
use medilink_log::Position;
use tokio_util::sync::CancellationToken;

use crate::support::{Broker, Memory, decoded, eager, event, eventually, relay, relayed};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_and_emptied_broker_is_refilled_and_equals_the_log() {
    let (mut broker, log, running) = relayed(1_200).await;
    running.reaches(1_200).await;
    broker.kill();
    broker.delete_store();
    log.grow(300);
    eventually("the relay sees that it is away", || {
        matches!(*running.status.borrow(), RelayStatus::Waiting(_))
    })
    .await;
    broker.restart();
    running.reaches(1_500).await;
    let stored = broker.stored().await;
    assert!(stored.iter().map(|message| message.sequence).eq(1..=1_500));
    assert!(decoded(&stored) == log.all());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_carries_its_trace_and_a_subject_that_names_no_person() {
    let (broker, _, running) = relayed(2).await;
    running.reaches(2).await;
    let stored = broker.stored().await;
    assert_eq!(
        stored[1].headers.get("traceparent").unwrap().as_str(),
        format!("00-{:032x}-{:016x}-01", 2, 2)
    );
    assert!(stored[1].headers.get("Nats-Msg-Id").is_none());
    let subject = stored[1].subject.as_str();
    assert!(
        subject.starts_with("ev.00000000000000000000000000000007.")
            && subject.ends_with(".appointment.booked"),
        "{subject}"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_starts_before_broker_and_log_waits_for_both() {
    let mut broker = Broker::absent();
    let log = Memory::of(10);
    log.away(true);
    let running = relay(broker.bus("relay").await, &log, eager());
    eventually("waiting for the broker", || {
        matches!(*running.status.borrow(), RelayStatus::Waiting(_))
    })
    .await;
    broker.restart();
    eventually(
        "waiting for the log",
        || matches!(&*running.status.borrow(), RelayStatus::Waiting(why) if why.contains("log")),
    )
    .await;
    log.away(false);
    running.reaches(10).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_broker_could_do_is_refused_before_the_relay_starts() {
    let broker = Broker::start();
    let bus = broker.bus("relay").await;
    let log = Memory::of(0);
    let of = |config: RelayConfig| Relay::new(bus.clone(), log.clone(), config).map(|_| ());
    assert_eq!(of(RelayConfig::default()), Ok(()));
    for (setting, value) in [
        ("batch_events", 0),
        ("batch_events", 1_001),
        ("batch_bytes", 0),
        ("replicas", 0),
        ("replicas", 6),
    ] {
        let config = serde_json::from_value(serde_json::json!({ setting: value })).unwrap();
        let refused = of(config);
        let named = format!("relay.{setting} ");
        assert!(
            matches!(&refused, Err(BusError::Settings(why)) if why.starts_with(&named)),
            "{refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_at_once_store_each_event_once() {
    // As atomic batches, and one by one.
    for batch_events in [20, 5] {
        let broker = Broker::start();
        let log = Memory::of(500);
        let small = RelayConfig {
            batch_events,
            ..eager()
        };
        let one = relay(broker.bus("relay").await, &log, small.clone());
        let two = relay(broker.bus("relay").await, &log, small);
        for _ in 0..50 {
            log.grow(40);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        one.reaches(2_500).await;
        two.reaches(2_500).await;
        assert!(decoded(&broker.stored().await) == log.all());
        one.stop().await;
        two.stop().await;
    }
}

/// Publishes an event as a relay would, right after the one before it.
async fn by_hand(
    broker: &Broker,
    number: u64,
    more: &[(&str, &str)],
) -> Result<(), async_nats::jetstream::context::PublishError> {
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Nats-Expected-Last-Sequence", (number - 1).to_string());
    for (name, value) in more {
        headers.insert(*name, *value);
    }
    let (subject, body) = (
        medilink_bus::subject(&event(number)),
        medilink_bus::encode(&event(number)),
    );
    let client = broker.plain("relay").await;
    let sent = client.publish_with_headers(subject, headers, body).await?;
    sent.await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_is_refused_when_it_is_sent_again() {
    let (broker, _, running) = relayed(3).await;
    running.reaches(3).await;
    let batch = [
        ("Nats-Batch-Id", "again"),
        ("Nats-Batch-Sequence", "1"),
        ("Nats-Batch-Commit", "1"),
    ];
    for more in [&batch[..], &[]] {
        let refused = by_hand(&broker, 3, more).await.unwrap_err().to_string();
        assert!(refused.contains("wrong last sequence"), "{refused}");
    }
    assert_eq!(broker.stored().await.len(), 3);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_follows_a_part_that_a_lost_relay_stored() {
    let (broker, log, running) = relayed(3).await;
    running.reaches(3).await;
    for number in [4, 5] {
        by_hand(&broker, number, &[]).await.unwrap();
    }
    log.grow(4);
    running.reaches(7).await;
    assert!(decoded(&broker.stored().await) == log.all());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ahead_of_the_log_is_refused_until_the_operator_deletes_it() {
    let (broker, log, first) = relayed(100).await;
    first.reaches(100).await;
    // While it runs, and again from the start.
    log.cut(80);
    assert!(
        first
            .refuses()
            .await
            .contains("stream EVENTS is at 100 but the log ends at 80")
    );
    first.stop().await;
    let second = relay(broker.bus("relay").await, &log, eager());
    let hint = second.refuses().await;
    assert!(hint.contains("nats stream rm EVENTS"), "{hint}");
    assert_eq!(broker.stored().await.len(), 100, "nothing was overwritten");
    delete_stream(&broker.bus_up("operator").await)
        .await
        .unwrap();
    second.reaches(80).await;
    assert!(decoded(&broker.stored().await) == log.all());
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_another_history_is_refused_and_left_alone() {
    let (broker, log, first) = relayed(50).await;
    first.reaches(50).await;
    first.stop().await;
    // Restored from a backup, and grown again past the stream.
    log.change(50, |event| {
        event.payload = bytes::Bytes::from_static(b"another")
    });
    log.grow(10);
    let second = relay(broker.bus("relay").await, &log, eager());
    assert!(
        second
            .refuses()
            .await
            .contains("message 50 of stream EVENTS is not the event at that position")
    );
    assert_eq!(broker.stored().await.len(), 50);
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_allows_deleting_is_refused() {
    let broker = Broker::start();
    let config = async_nats::jetstream::stream::Config {
        name: "EVENTS".to_owned(),
        subjects: vec!["ev.>".to_owned()],
        allow_atomic_publish: true,
        ..Default::default()
    };
    broker
        .plain("operator")
        .await
        .create_stream(config)
        .await
        .unwrap();
    let running = relay(broker.bus("relay").await, &Memory::of(1), eager());
    assert!(
        running
            .refuses()
            .await
            .contains("no protection from deleting messages")
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_stream_is_refilled_with_the_newest_events_at_their_own_positions() {
    let broker = Broker::start();
    let log = Memory::of(1_000);
    let running = relay(
        broker.bus("relay").await,
        &log,
        RelayConfig {
            refill_events: 100,
            ..eager()
        },
    );
    running.reaches(1_000).await;
    let stored = broker.stored().await;
    assert_eq!((stored[0].sequence, stored.len()), (901, 100));
    assert!(decoded(&stored) == log.all()[900..]);
    let position = stream_position(&broker.bus_up("gateway").await)
        .await
        .unwrap();
    assert_eq!(
        (position.first, position.last),
        (Position(901), Position(1_000))
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_relay_notices_that_the_stream_is_gone() {
    let (broker, _, running) = relayed(20).await;
    running.reaches(20).await;
    let operator = broker.bus_up("operator").await;
    delete_stream(&operator).await.unwrap();
    let began = Instant::now();
    while stream_position(&operator)
        .await
        .map_or(0, |found| found.last.0)
        < 20
    {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "the stream came not back"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_event_of_the_log_fits_and_a_larger_one_is_named() {
    let broker = Broker::start();
    let log = Memory::of(3);
    log.change(2, |event| event.payload = vec![1; 1 << 20].into());
    let running = relay(broker.bus("relay").await, &log, eager());
    running.reaches(3).await;
    running.stop().await;
    log.grow(3);
    log.change(5, |event| event.payload = vec![1; 2 << 20].into());
    let running = relay(broker.bus("relay").await, &log, eager());
    assert!(
        running
            .refuses()
            .await
            .contains("event 5 is larger than the broker takes")
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_is_not_published() {
    let broker = Broker::start();
    let log = Memory::of(10);
    log.change(6, |event| event.position = Position(7));
    let running = relay(broker.bus("relay").await, &log, eager());
    assert!(running.refuses().await.contains("after position 5 comes 7"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_one_by_one_are_published_in_batches_that_keep_a_pace() {
    let broker = Broker::start();
    let log = Memory::of(1);
    let pace = Duration::from_secs(2);
    let config = RelayConfig {
        pace_ms: 2_000,
        ..eager()
    };
    let began = Instant::now();
    let running = relay(broker.bus("relay").await, &log, config);
    running.reaches(1).await;
    for _ in 0..10 {
        log.grow(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    running.reaches(2).await;
    assert!(began.elapsed() >= pace, "after {:?}", began.elapsed());
    // All of them at once, and not one now and one two seconds later.
    let reached = matches!(*running.status.borrow(), RelayStatus::Running { position, .. } if position.0 == 11);
    assert!(reached, "{:?}", *running.status.borrow());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_woken_relay_does_not_wait_for_its_next_look() {
    let broker = Broker::start();
    let log = Memory::of(1);
    let config = RelayConfig {
        poll_ms: 60_000,
        ..eager()
    };
    let relay = Relay::new(broker.bus("relay").await, log.clone(), config).unwrap();
    let (wake, status, drain) = (relay.waker(), relay.status(), CancellationToken::new());
    let task = tokio::spawn(relay.run(drain.clone()));
    let at = |wanted: u64| matches!(*status.borrow(), RelayStatus::Running { position, .. } if position.0 == wanted);
    eventually("the first event", || at(1)).await;
    // Long enough for its own looks to have become rare (2 + 4 + … ms).
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    log.grow(1);
    wake.notify_one();
    let began = Instant::now();
    eventually("the second event", || at(2)).await;
    assert!(
        began.elapsed() < Duration::from_millis(700),
        "{:?}",
        began.elapsed()
    );
    drain.cancel();
    task.await.unwrap();
}

/// `cargo nextest run -p medilink-bus --run-ignored only --no-capture throughput`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn throughput() {
    const COUNT: u64 = 100_000;
    let broker = Broker::start();
    let log = Memory::of(COUNT);
    let began = Instant::now();
    let running = relay(broker.bus("relay").await, &log, RelayConfig::default());
    while !matches!(*running.status.borrow(), RelayStatus::Running { position, .. } if position.0 == COUNT)
    {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let relayed = began.elapsed().as_secs_f64();
    // On a busy machine the processor time says more than the clock.
    println!(
        "processor seconds: relay {:.2}, broker {:.2}",
        crate::support::processor_seconds(std::process::id()),
        crate::support::processor_seconds(broker.pid())
    );
    let began = Instant::now();
    let feed = medilink_bus::Feed::new(
        broker.bus("projector").await,
        medilink_bus::FeedConfig::new("bench"),
        Position::START,
    )
    .unwrap();
    let mut reader = crate::support::Reader::new(feed);
    reader.until(&log, COUNT).await;
    let read = began.elapsed().as_secs_f64();
    println!(
        "relay {:.0} events/s, feed {:.0} events/s",
        COUNT as f64 / relayed,
        COUNT as f64 / read
    );
    running.stop().await;
}

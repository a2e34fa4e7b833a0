//! The feed on a good day: order, batches, acknowledgements, filters, gaps.

use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use medilink_bus::{
    Feed, FeedConfig, FeedItem, FeedStatus, MissingCause, RelayConfig, subjects_of_kind,
};
use medilink_log::Position;

use crate::support::{Broker, Memory, Reader, eager, relay, relayed, within};

async fn batch(feed: &mut Feed) -> medilink_bus::FeedBatch {
    within("a batch", async {
        loop {
            if let FeedItem::Batch(batch) = feed.next().await {
                return batch;
            }
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_comes_once_and_in_order_from_where_the_caller_stands() {
    let (broker, log, running) = relayed(3_000).await;
    let mut reader = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            FeedConfig::new("all"),
            Position::START,
        )
        .unwrap(),
    );
    reader.until(&log, 3_000).await;
    reader.saw_exactly(&log);
    assert_eq!(reader.from_broker, 3_000);
    reader.feed.close().await;
    log.grow(100);
    // A checkpoint behind the durable, as after a restore, and one right there.
    for start in [2_500, 3_000] {
        let mut feed = Feed::new(
            broker.bus("projector").await,
            FeedConfig::new("all"),
            Position(start),
        )
        .unwrap();
        assert_eq!(batch(&mut feed).await.first(), Position(start + 1));
        feed.close().await;
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_acknowledged_comes_again() {
    let (broker, _, running) = relayed(20).await;
    running.reaches(20).await;
    let mut feed = Feed::new(
        broker.bus("projector").await,
        FeedConfig::new("again"),
        Position::START,
    )
    .unwrap();
    assert_eq!(batch(&mut feed).await.last(), Position(20));
    feed.ack(Position(7)).await;
    let rest = batch(&mut feed).await;
    assert_eq!(
        (rest.first(), rest.last(), rest.len()),
        (Position(8), Position(20), 13)
    );
    // The process dies and starts from its checkpoint.
    drop(feed);
    let mut feed = Feed::new(
        broker.bus("projector").await,
        FeedConfig::new("again"),
        Position(7),
    )
    .unwrap();
    assert_eq!(batch(&mut feed).await.first(), Position(8));
    feed.ack(Position(20)).await;
    feed.seek(Position(3));
    assert_eq!(batch(&mut feed).await.first(), Position(4));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_event_does_not_wait_for_company_and_a_dropped_wait_loses_nothing() {
    let (broker, log, running) = relayed(1).await;
    let config = FeedConfig {
        linger: Duration::from_secs(60),
        ..FeedConfig::new("lone")
    };
    let mut feed = Feed::new(broker.bus("projector").await, config, Position::START).unwrap();
    for position in 1..=50 {
        // Polled and dropped over and over, as in a select loop.
        let found = within("the event", async {
            loop {
                if let Ok(FeedItem::Batch(batch)) =
                    tokio::time::timeout(Duration::from_millis(1), feed.next()).await
                {
                    return batch;
                }
            }
        })
        .await;
        assert_eq!((found.first(), found.len()), (Position(position), 1));
        feed.ack(Position(position)).await;
        log.grow(1);
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_steady_stream_of_events_comes_in_batches_that_keep_a_pace() {
    let (broker, log, running) = relayed(1).await;
    let pace = Duration::from_secs(2);
    let config = FeedConfig {
        pace,
        ..FeedConfig::new("steady")
    };
    let mut feed = Feed::new(broker.bus("projector").await, config, Position::START).unwrap();
    assert_eq!(batch(&mut feed).await.last(), Position(1));
    let first = Instant::now();
    feed.ack(Position(1)).await;
    for _ in 0..10 {
        log.grow(1);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let second = batch(&mut feed).await;
    assert_eq!((second.first(), second.last()), (Position(2), Position(11)));
    let waited = first.elapsed();
    assert!(
        waited >= pace - Duration::from_millis(20),
        "after {waited:?} already"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_delivers_its_own_events_only() {
    let (broker, log, running) = relayed(900).await;
    let config = FeedConfig {
        batch: 50,
        ..FeedConfig::new("some")
    }
    .only([subjects_of_kind(None, "calendar.slot-reserved")]);
    let mut reader =
        Reader::new(Feed::new(broker.bus("worker").await, config, Position::START).unwrap());
    reader.until(&log, 900).await;
    assert!(
        reader
            .seen
            .iter()
            .map(|event| event.position.0)
            .eq((1..=300).map(|n| n * 3))
    );
    assert_eq!(reader.missing, []);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_that_the_stream_no_longer_has_are_named() {
    let broker = Broker::start();
    let log = Memory::of(1_000);
    let running = relay(
        broker.bus("relay").await,
        &log,
        RelayConfig {
            refill_events: 10,
            ..eager()
        },
    );
    running.reaches(1_000).await;
    let mut reader = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            FeedConfig::new("late"),
            Position(40),
        )
        .unwrap(),
    );
    reader.until(&log, 1_000).await;
    assert_eq!(reader.missing, [(41, 990)]);
    assert!(reader.seen == log.all()[40..]);
    let kind = subjects_of_kind(None, "calendar.slot-reserved");
    let filtered = FeedConfig::new("late-some").only([kind]);
    let mut reader =
        Reader::new(Feed::new(broker.bus("worker").await, filtered, Position(40)).unwrap());
    reader.until(&log, 999).await;
    assert_eq!(
        reader.missing,
        [(41, 990)],
        "a filter does not hide the gap"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_no_event_is_named_and_the_others_come() {
    let (broker, log, running) = relayed(5).await;
    running.reaches(5).await;
    running.stop().await;
    let operator = broker.plain("operator").await;
    let copy = medilink_bus::encode(&log.all()[2]);
    for body in [bytes::Bytes::from_static(b"junk"), copy] {
        operator
            .publish_with_headers("ev.x.0.a.b", HeaderMap::new(), body)
            .await
            .unwrap()
            .await
            .unwrap();
    }
    log.grow(2);
    let mut feed = Feed::new(
        broker.bus("projector").await,
        FeedConfig::new("junk"),
        Position::START,
    )
    .unwrap();
    assert_eq!(batch(&mut feed).await.last(), Position(5));
    feed.ack(Position(5)).await;
    for position in [6, 7] {
        let FeedItem::Missing(missing) = within("the bad message", feed.next()).await else {
            panic!("not missing")
        };
        assert_eq!(
            (missing.first, missing.last),
            (Position(position), Position(position))
        );
        assert!(matches!(missing.cause, MissingCause::Undecodable(_)));
        feed.ack(missing.last).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_reader_of_the_same_name_waits_until_the_first_is_gone() {
    let (broker, log, running) = relayed(10).await;
    let mut first = Reader::new(
        Feed::new(
            broker.bus("projector").await,
            FeedConfig::new("one"),
            Position::START,
        )
        .unwrap(),
    );
    first.until(&log, 10).await;
    let mut second = Feed::new(
        broker.bus("projector").await,
        FeedConfig::new("one"),
        Position(10),
    )
    .unwrap();
    // The first may hear "connecting" before; then it is told, and again.
    let told = within("being told", async {
        loop {
            if let FeedItem::Status(status @ (FeedStatus::HeldElsewhere | FeedStatus::Live)) =
                second.next().await
            {
                return status;
            }
        }
    })
    .await;
    assert_eq!(told, FeedStatus::HeldElsewhere);
    drop(first);
    log.grow(1);
    assert_eq!(batch(&mut second).await.first(), Position(11));
    second.forget().await.unwrap();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_that_read_apart_get_everything_each() {
    let (broker, log, running) = relayed(10).await;
    let bus = broker.bus("projector").await;
    let apart = || {
        let config = FeedConfig::new("apart").apart();
        Feed::new(bus.clone(), config, Position::START).unwrap()
    };
    let mut readers = [Reader::new(apart()), Reader::new(apart())];
    for reader in &mut readers {
        reader.until(&log, 10).await;
    }
    log.grow(10);
    for reader in &mut readers {
        reader.until(&log, 20).await;
        reader.saw_exactly(&log);
        assert_eq!(reader.from_broker, 20);
    }
    running.stop().await;
}

//! nats.conf: each user may do what its role needs and nothing else, and a refusal says so.

use std::time::{Duration, Instant};

use async_nats::jetstream::stream::Config;
use medilink_bus::{
    Bus, BusConfig, BusError, Feed, FeedConfig, FeedItem, FeedStatus, RelayConfig, apply_limits,
    delete_stream, stream_position,
};
use medilink_log::Position;
use medilink_test_support::TestBroker;

use crate::support::{Broker, Memory, decoded, eager, event, eventually, relay, relayed, within};

async fn filled() -> Broker {
    let (broker, _, running) = relayed(5).await;
    running.reaches(5).await;
    running.stop().await;
    broker
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_operator_may_delete_or_limit_the_stream() {
    let broker = filled().await;
    for user in TestBroker::USERS
        .into_iter()
        .filter(|user| *user != "operator")
    {
        let bus = broker.bus_up(user).await;
        let began = Instant::now();
        let denied = delete_stream(&bus).await.unwrap_err();
        assert!(
            matches!(&denied, BusError::Denied { user: who, subject, .. } if who == user && subject == "$JS.API.STREAM.DELETE.EVENTS"),
            "{denied}"
        );
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "a refusal is not a time-out"
        );
        assert!(
            matches!(
                apply_limits(&bus, &RelayConfig::default()).await,
                Err(BusError::Denied { .. })
            ),
            "{user} changed the stream"
        );
        let stream = broker.plain(user).await.get_stream("EVENTS").await.unwrap();
        assert!(stream.purge().await.is_err(), "{user} purged");
        assert!(
            stream.delete_message(3).await.is_err(),
            "{user} deleted a message"
        );
    }
    assert_eq!(broker.stored().await.len(), 5);
    let operator = broker.bus_up("operator").await;
    apply_limits(
        &operator,
        &RelayConfig {
            max_age_seconds: 3_600,
            ..RelayConfig::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(stream_position(&operator).await.unwrap().last, Position(5));
    delete_stream(&operator).await.unwrap();
    assert_eq!(stream_position(&operator).await, Err(BusError::NoStream));
}

#[tokio::test(flavor = "multi_thread")]
async fn not_even_the_operator_can_take_a_message_out() {
    let broker = filled().await;
    let stream = broker
        .plain("operator")
        .await
        .get_stream("EVENTS")
        .await
        .unwrap();
    assert!(stream.delete_message(3).await.is_err());
    assert!(stream.purge().await.is_err());
    assert_eq!(decoded(&broker.stored().await).len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_relay_publishes_events() {
    let broker = filled().await;
    for user in ["projector", "worker", "gateway"] {
        let client = broker.plain(user).await;
        let attempt = client
            .publish(
                medilink_bus::subject(&event(6)),
                medilink_bus::encode(&event(6)),
            )
            .await
            .unwrap();
        assert!(attempt.await.is_err(), "{user} published");
        assert!(
            client
                .create_stream(Config {
                    name: "OTHER".to_owned(),
                    ..Config::default()
                })
                .await
                .is_err(),
            "{user} made a stream"
        );
    }
    assert_eq!(broker.stored().await.len(), 5);
    // A relay that runs as another user says so instead of timing out for ever.
    let log = Memory::of(6);
    let running = relay(broker.bus("worker").await, &log, eager());
    let told = running.refuses().await;
    assert!(
        told.contains("does not let user `worker` publish to"),
        "{told}"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_user_reads_the_inbox_of_another() {
    let broker = filled().await;
    let worker = broker.plain("worker").await;
    for subject in ["_INBOX.projector.>", "_INBOX.>", "ev.>", ">", "$JS.>"] {
        let mut overheard = worker.client().subscribe(subject).await.unwrap();
        let running = relay(broker.bus("relay").await, &Memory::of(5), eager());
        running.reaches(5).await;
        let projector = broker.bus_up("projector").await;
        stream_position(&projector).await.unwrap();
        let heard = tokio::time::timeout(
            Duration::from_millis(200),
            futures::StreamExt::next(&mut overheard),
        )
        .await;
        assert!(!matches!(heard, Ok(Some(_))), "the worker heard {subject}");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_without_permission_says_so() {
    let broker = filled().await;
    let mut feed = Feed::new(
        broker.bus_up("gateway").await,
        FeedConfig::new("nosy"),
        Position::START,
    )
    .unwrap();
    let item = within("a status", feed.next()).await;
    assert!(
        matches!(&item, FeedItem::Status(FeedStatus::Away(BusError::Denied { user, subject, .. }))
            if user == "gateway" && subject == "$JS.API.CONSUMER.CREATE.EVENTS.nosy"),
        "{item:?}"
    );
    for user in ["projector", "worker"] {
        let mut feed = Feed::new(
            broker.bus_up(user).await,
            FeedConfig::new(user),
            Position::START,
        )
        .unwrap();
        assert!(matches!(
            within("live", feed.next()).await,
            FeedItem::Status(FeedStatus::Live)
        ));
        assert!(
            matches!(within("a batch", feed.next()).await, FeedItem::Batch(batch) if batch.len() == 5)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_settings_that_cannot_work_are_refused() {
    let broker = Broker::start();
    let bus = Bus::connect(&BusConfig::at(broker.url(), "relay", "wrong"), "test")
        .await
        .unwrap();
    let link = bus.link();
    eventually("the reason", || {
        format!("{:?}", *link.borrow()).contains("authorization")
    })
    .await;
    assert!(!bus.is_up());
    let missing = BusConfig {
        ca: Some("/no/such/ca.pem".into()),
        ..BusConfig::at(broker.url(), "relay", "x")
    };
    for bad in [
        missing,
        BusConfig::at("nats://[", "relay", "x"),
        BusConfig::at(broker.url(), "a b", "x"),
    ] {
        assert!(matches!(
            Bus::connect(&bad, "test").await,
            Err(BusError::Settings(_))
        ));
    }
}

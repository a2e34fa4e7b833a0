//! Three servers: each is killed, and one after the other is cut off from the rest, while the
//! relay publishes and a feed reads. Nothing is lost and nothing comes twice.

use std::time::Duration;

use async_nats::ConnectOptions;
use medilink_bus::{Feed, FeedConfig, RelayConfig, stream_position};
use medilink_log::Position;
use medilink_test_support::{TestBroker, TestCluster};

use crate::support::{Memory, Reader, eager, eventually, relay};

/// How long servers and clients may need to agree on who leads now: a leader that is cut off
/// notices only after ten seconds.
const AGREED: Duration = Duration::from_secs(60);

fn replicated() -> RelayConfig {
    RelayConfig {
        replicas: 3,
        ..eager()
    }
}

fn quick() -> FeedConfig {
    FeedConfig {
        stall: Duration::from_millis(1_000),
        retry: Duration::from_millis(100),
        batch: 64,
        ..FeedConfig::new("clustered")
    }
}

/// Which one leads the stream, by its number.
async fn leader(cluster: &TestCluster) -> usize {
    let password = TestBroker::password("operator");
    let options = ConnectOptions::with_user_and_password("operator".to_owned(), password)
        .custom_inbox_prefix("_INBOX.operator")
        .add_root_certificates(cluster.authority())
        .require_tls(true);
    let client = options.connect(cluster.addresses()).await.unwrap();
    let context = async_nats::jetstream::new(client);
    let mut stream = context.get_stream("EVENTS").await.unwrap();
    let info = stream.info().await.unwrap();
    assert_eq!(info.config.num_replicas, 3);
    let name = info.cluster.as_ref().unwrap().leader.as_ref().unwrap();
    name.rsplit('-').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_of_three_servers_may_be_lost_or_cut_off_and_nothing_is_lost_or_doubled() {
    let mut cluster = TestCluster::start();
    let log = Memory::of(100);
    let running = relay(cluster.bus("relay").await, &log, replicated());
    let feed = Feed::new(cluster.bus("projector").await, quick(), Position::START).unwrap();
    let mut reader = Reader::new(feed);
    reader.until_within(AGREED, &log, 100).await;
    let grow = async |reader: &mut Reader, times: usize| {
        for _ in 0..times {
            log.grow(50);
            let all = log.all().len() as u64;
            reader.until_within(AGREED, &log, all).await;
        }
    };
    for number in TestCluster::MEMBERS {
        cluster.kill(number);
        grow(&mut reader, 3).await;
        cluster.restart(number);
        grow(&mut reader, 1).await;
    }
    // The one that leads does the most harm; then whoever leads instead.
    for _ in 0..2 {
        let number = leader(&cluster).await;
        cluster.isolate(number);
        grow(&mut reader, 3).await;
        cluster.rejoin(number);
        grow(&mut reader, 1).await;
    }
    reader.saw_exactly(&log);
    let all = log.all().len() as u64;
    assert_eq!(reader.from_broker as u64, all, "all through the broker");
    let operator = cluster.bus("operator").await;
    eventually("connected", || operator.is_up()).await;
    // The one that was cut off last tells what it last heard until it has heard the rest.
    let agreed = async {
        loop {
            let held = stream_position(&operator).await;
            let held = held.map(|held| (held.first.0, held.last.0, held.messages));
            if held.is_ok_and(|held| held == (1, all, all)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let agreed = tokio::time::timeout(AGREED, agreed).await;
    assert!(agreed.is_ok(), "the stream holds something else");
    running.stop().await;
}

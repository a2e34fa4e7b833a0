//! Three servers: each is killed, and one after the other is cut off from the rest, while the
//! relay publishes and a feed reads. Nothing is lost and nothing comes twice.

use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::stream::Info;
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

/// Waits until all three, each asked by itself, name the same leader, and the others have what
/// it has; tells which it is. What is done to the next one would otherwise be done to two at a
/// time: who is cut off believes for a while that nothing has happened.
async fn whole(cluster: &TestCluster) -> usize {
    let healing = async {
        loop {
            let asked = cluster.addresses().into_iter();
            let told = asked.map(|address| described(cluster, address));
            let told: Result<Vec<Info>, _> = futures::future::try_join_all(told).await;
            if let Some(number) = told.ok().and_then(|told| agreed(&told)) {
                return number;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let healed = tokio::time::timeout(AGREED, healing).await;
    healed.expect("all three find together again")
}

fn agreed(told: &[Info]) -> Option<usize> {
    let mut leaders = told.iter().map(|info| {
        let group = info.cluster.as_ref()?;
        let current = group
            .replicas
            .iter()
            .filter(|one| one.current && !one.offline);
        let name = group.leader.as_ref().filter(|_| current.count() == 2)?;
        name.rsplit('-').next()?.parse().ok()
    });
    let first = leaders.next()??;
    leaders.all(|leader| leader == Some(first)).then_some(first)
}

/// The stream as one of the servers describes it.
async fn described(cluster: &TestCluster, address: String) -> Result<Info, async_nats::Error> {
    let password = TestBroker::password("operator");
    let options = ConnectOptions::with_user_and_password("operator".to_owned(), password)
        .custom_inbox_prefix("_INBOX.operator")
        .add_root_certificates(cluster.authority())
        .ignore_discovered_servers()
        .require_tls(true);
    let client = options.connect(address).await?;
    let context = async_nats::jetstream::new(client);
    let stream = context.get_stream("EVENTS").await?;
    Ok(stream.get_info().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn any_of_three_servers_may_be_lost_or_cut_off_and_nothing_is_lost_or_doubled() {
    // Shown when it fails: who turned to which server, and when.
    let _ = tracing_subscriber::fmt()
        .with_env_filter("medilink_bus=info")
        .with_test_writer()
        .try_init();
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
        whole(&cluster).await;
    }
    // The one that leads does the most harm; then whoever leads instead.
    for _ in 0..2 {
        let number = whole(&cluster).await;
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

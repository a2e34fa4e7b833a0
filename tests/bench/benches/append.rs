//! Load + decide + append, commands a second: ours through the whole executor with
//! encryption, and cqrs-es with postgres-es, interleaved on one server that syncs to disk.
//!
//! `MEDILINK_BENCH_IN_FLIGHT=1,8,64` and `MEDILINK_BENCH_COMMANDS=20000` change what is run.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::sync::Arc;

use medilink_bench::ours::Ours;
use medilink_bench::peer::Peer;
use medilink_bench::report::{Line, machine, median, publish};
use medilink_bench::{Run, Side, load};
use medilink_test_support::TestDatabases;

/// As the binary does it, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STREAMS: u64 = 20_000;
const ROUNDS: u64 = 5;

#[tokio::main]
async fn main() {
    let in_flight: Vec<usize> = setting("MEDILINK_BENCH_IN_FLIGHT", "64")
        .split(',')
        .map(|number| number.trim().parse().expect("a number"))
        .collect();
    let commands: u64 = setting("MEDILINK_BENCH_COMMANDS", "20000")
        .parse()
        .expect("a number");

    let (ours, peer) = (Ours::start().await, Peer::start(16).await);
    println!("machine: {}", machine());
    println!("server:  {}", server(&ours.store.databases).await);
    println!("filling {STREAMS} streams on both sides …");
    // Freshly truncated tables give bimodal figures: both start filled and analyzed.
    fill(&ours).await;
    fill(&peer).await;
    for databases in [&ours.store.databases, &peer.databases] {
        let superuser = databases.superuser().await;
        for statement in ["VACUUM ANALYZE", "CHECKPOINT"] {
            superuser.batch_execute(statement).await.unwrap();
        }
    }

    let mut lines = BTreeMap::new();
    for in_flight in in_flight {
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let (one, two) = (
                load(&ours, STREAMS, in_flight, commands, round).await,
                load(&peer, STREAMS, in_flight, commands, round).await,
            );
            println!(
                "{in_flight} in flight, round {round}: ours {:.0}/s (p50 {:.1} ms, p99 {:.1}), peer {:.0}/s (p50 {:.1} ms, p99 {:.1})",
                one.rate,
                one.percentile(0.5),
                one.percentile(0.99),
                two.rate,
                two.percentile(0.5),
                two.percentile(0.99),
            );
            mine.push(one);
            theirs.push(two);
        }
        let rates = |runs: &[Run]| median(runs.iter().map(|run| run.rate).collect());
        let tails = |runs: &[Run]| median(runs.iter().map(|run| run.percentile(0.99)).collect());
        lines.insert(
            format!("append_{in_flight}"),
            Line::more_is_better(rates(&mine), rates(&theirs), "commands/s"),
        );
        lines.insert(
            format!("append_{in_flight}_p99"),
            Line::less_is_better(tails(&mine), tails(&theirs), "ms"),
        );
    }
    let path = publish(&lines).unwrap();
    println!("\nkept in {}", path.display());
}

/// Gives each stream its first event.
async fn fill<S: Side>(side: &Arc<S>) {
    let lanes: Vec<_> = (0..64)
        .map(|lane| {
            let side = side.clone();
            tokio::spawn(async move {
                for stream in (lane..STREAMS).step_by(64) {
                    side.command(stream).await;
                }
            })
        })
        .collect();
    for lane in lanes {
        lane.await.unwrap();
    }
}

async fn server(databases: &TestDatabases) -> String {
    let client = databases.superuser().await;
    let show = async |name: &str| -> String {
        client
            .query_one(&format!("SHOW {name}"), &[])
            .await
            .unwrap()
            .get(0)
    };
    let (version, fsync, commit) = (
        show("server_version").await,
        show("fsync").await,
        show("synchronous_commit").await,
    );
    assert!(
        fsync == "on" && commit == "on",
        "the comparison is only worth something with fsync and synchronous_commit on"
    );
    format!("PostgreSQL {version}, fsync {fsync}, synchronous_commit {commit}")
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

//! `lag_*`: from the time that the log gives an event to the moment at which its row can be
//! read, while the gateway takes 1,000 bookings a second: gateway, writer, relay, NATS and
//! projector, each a process of its own.
//!
//! postgres-es has nothing like it: its queries run inside the command, which waits for them,
//! and nothing else may fail, lag or be rebuilt by itself. What fits best as a peer is the
//! usual way without a broker: the same read models by polling the log each 100 ms.

use std::time::Duration;

use chrono::{DateTime, Utc};
use medilink_log::{EventCodec, Position};
use medilink_projections::Projector;
use medilink_tests::{Part, Platform};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Bench;
use crate::client::{Call, Callee};
use crate::report::say;
use crate::rounds::{Rounds, Run};
use crate::site::Site;

const PER_SECOND: u64 = 1_000;
const CONNECTIONS: usize = 64;
/// The stand-in polls this often.
const POLL: Duration = Duration::from_millis(100);
/// How often we look how far the read model is; it may have been that far for so long.
const LOOK: Duration = Duration::from_millis(1);
const CHECKPOINT: &str = "
SELECT position FROM read.checkpoints WHERE projection = 'appointment' AND state = 'live'";
const TIMES: &str = "
SELECT position, recorded_at FROM log.events
WHERE position > $1 AND type LIKE 'appointment.%' ORDER BY position";

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let (count, seconds) = (bench.scale.rounds.min(3), bench.scale.lag_seconds);
    let commands = PER_SECOND * seconds;
    // Two sides and a first try, each with a warm-up of a second.
    let mut site = Site::open((commands + PER_SECOND) * (count * 2 + 1)).await;
    let mut measured = async |polling: bool| {
        let stand_in = if polling {
            site.platform.stop_part(Part::Projector);
            Some(StandIn::start(&site.platform).await)
        } else {
            None
        };
        pace(&mut site, PER_SECOND).await;
        let run = pace(&mut site, commands).await;
        if let Some(stand_in) = stand_in {
            stand_in.stop().await;
            site.platform.start_part(Part::Projector);
        }
        run
    };
    measured(false).await;
    // One closure for both sides: they take turns at the same site.
    let mut rounds = Rounds::default();
    for round in 1..=count {
        let (ours, peer) = (measured(false).await, measured(true).await);
        say(format_args!(
            "lag, round {round} of {count}: ours {ours}, peer {peer}"
        ));
        rounds.ours.push(ours);
        rounds.peer.push(peer);
    }
    for (name, share) in [("lag_p50", 0.5), ("lag_p99", 0.99)] {
        bench.report.record(name, rounds.percentile(share));
    }
}

/// The read models kept up to date by polling.
struct StandIn {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl StandIn {
    async fn start(platform: &Platform) -> Self {
        let codec = EventCodec::new(platform.vault().await);
        let projector = Projector::new(platform.projector(), codec, None).polling_every(POLL);
        let stop = CancellationToken::new();
        let cancel = stop.clone();
        let task = tokio::spawn(async move { projector.run(cancel).await });
        Self { stop, task }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// Books at the pace, and tells the lag of each booking. The rate is that of the bookings.
async fn pace(site: &mut Site, commands: u64) -> Run {
    let calls: Vec<Call> = site
        .bookings(commands)
        .iter()
        .map(|booking| Call::post("/v1/appointments", booking.body()))
        .collect();
    let callee = Callee {
        address: site.platform.address(),
        token: site.token.clone(),
    };
    let log = site.platform.log();
    let start = log.head().await.unwrap();
    let stop = CancellationToken::new();
    let watch = tokio::spawn(watch(site.platform.app(), stop.clone()));
    let sent = callee.pace(calls, PER_SECOND, CONNECTIONS).await;
    let end = log.head().await.unwrap();
    reached(&site.platform, end).await;
    // The watch sees the end too.
    tokio::time::sleep(LOOK * 20).await;
    stop.cancel();
    let seen = watch.await.unwrap();

    let client = site.platform.app().client().await.unwrap();
    let rows = client.query(TIMES, &[&start.sql()]).await.unwrap();
    let mut looks = seen.into_iter().peekable();
    let lags = rows.iter().filter_map(|row| {
        let position = Position::from_sql(row.get(0));
        while looks.next_if(|(_, at)| *at < position).is_some() {}
        let (when, _) = looks.peek()?;
        let lag = *when - row.get::<_, DateTime<Utc>>(1);
        Some(lag.as_seconds_f64() * 1_000.0)
    });
    let lags: Vec<f64> = lags.collect();
    assert_eq!(
        lags.len(),
        rows.len(),
        "every booking was seen in the read model"
    );
    Run::with_latencies(sent.rate, lags)
}

/// Notes whenever the read model has come further, and when.
async fn watch(
    database: medilink_database::Database,
    stop: CancellationToken,
) -> Vec<(DateTime<Utc>, Position)> {
    let client = database.client().await.unwrap();
    let statement = client.prepare_cached(CHECKPOINT).await.unwrap();
    let mut seen: Vec<(DateTime<Utc>, Position)> = Vec::new();
    while !stop.is_cancelled() {
        let row = client.query_one(&statement, &[]).await.unwrap();
        let position = Position::from_sql(row.get(0));
        if seen.last().is_none_or(|(_, last)| *last < position) {
            seen.push((Utc::now(), position));
        }
        tokio::time::sleep(LOOK).await;
    }
    seen
}

/// Waits until the read model is there.
async fn reached(platform: &Platform, position: Position) {
    let client = platform.app().client().await.unwrap();
    loop {
        let row = client.query_one(CHECKPOINT, &[]).await.unwrap();
        if Position::from_sql(row.get(0)) >= position {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

//! What the benchmarks share: the aggregate that both sides run, the clock and the report.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark that can't run can only stop"
)]

pub mod journal;
pub mod ours;
pub mod peer;
pub mod report;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Something that carries out one command for a stream.
pub trait Side: Send + Sync + 'static {
    /// Loads the stream, decides, and appends durably.
    fn command(&self, stream: u64) -> impl Future<Output = ()> + Send;
}

/// What one timed run came to.
#[derive(Clone, Debug)]
pub struct Run {
    /// Commands a second.
    pub rate: f64,
    /// Latencies in milliseconds, sorted.
    pub latencies: Vec<f64>,
}

impl Run {
    /// The latency that this share of the commands stayed under, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies
            .get((last as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    }
}

/// Runs commands on random streams with `in_flight` of them at a time, for a while.
pub async fn load<S: Side>(side: &Arc<S>, streams: u64, in_flight: usize, time: Duration) -> Run {
    let stop = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let (side, stop, done) = (side.clone(), stop.clone(), done.clone());
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    side.command(rand::random_range(0..streams)).await;
                    latencies.push(began.elapsed().as_secs_f64() * 1_000.0);
                    done.fetch_add(1, Ordering::Relaxed);
                }
                latencies
            })
        })
        .collect();
    tokio::time::sleep(time).await;
    let rate = done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    latencies.sort_by(f64::total_cmp);
    Run { rate, latencies }
}

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
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

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

/// Runs `commands` commands, `in_flight` of them at a time, on streams that look random and
/// are the same for every side that is given the same `round`: were the sides given equal time
/// instead, the faster one would work on ever longer streams.
pub async fn load<S: Side>(
    side: &Arc<S>,
    streams: u64,
    in_flight: usize,
    commands: u64,
    round: u64,
) -> Run {
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..in_flight)
        .map(|_| {
            let (side, next) = (side.clone(), next.clone());
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= commands {
                        return latencies;
                    }
                    let began = Instant::now();
                    side.command(scatter(round << 32 | number) % streams).await;
                    latencies.push(began.elapsed().as_secs_f64() * 1_000.0);
                }
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    let rate = commands as f64 / started.elapsed().as_secs_f64();
    latencies.sort_by(f64::total_cmp);
    Run { rate, latencies }
}

/// SplitMix64's finalizer (Steele, Lea and Flood 2014): a well-mixed number for each number.
fn scatter(number: u64) -> u64 {
    let mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

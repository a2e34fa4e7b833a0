//! Timed rounds: ours and the peer's in turn, under the same load.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::report::{Line, say};

/// Something that carries out one command for a stream.
pub trait Side: Send + Sync + 'static {
    /// Loads the stream, decides, and appends durably.
    fn command(&self, stream: u64) -> impl Future<Output = ()> + Send;
}

/// A side on streams that no measurement uses: to warm it up without making those longer.
#[derive(Debug)]
pub struct Elsewhere<S>(Arc<S>);

impl<S> Elsewhere<S> {
    /// The same side.
    pub fn of(side: &Arc<S>) -> Arc<Self> {
        Arc::new(Self(side.clone()))
    }
}

impl<S: Side> Side for Elsewhere<S> {
    async fn command(&self, stream: u64) {
        self.0.command(1 << 40 | stream).await;
    }
}

/// What one timed run came to.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// How many a second.
    pub rate: f64,
    /// Latencies in milliseconds, sorted.
    pub latencies: Vec<f64>,
}

impl Run {
    /// A run that is known by its rate alone.
    pub fn of(count: u64, since: Instant) -> Self {
        Self {
            rate: count as f64 / since.elapsed().as_secs_f64(),
            latencies: Vec::new(),
        }
    }

    /// A run with the latencies of each.
    pub fn with_latencies(rate: f64, mut latencies: Vec<f64>) -> Self {
        latencies.sort_by(f64::total_cmp);
        Self { rate, latencies }
    }

    /// The latency that this share of the commands stayed under, in milliseconds.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies
            .get((last as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.rate > 0.0 {
            write!(f, "{:.0}/s", self.rate)?;
        }
        if !self.latencies.is_empty() {
            let [middle, tail] = [0.5, 0.99].map(|share| self.percentile(share));
            write!(f, " (p50 {middle:.2} ms, p99 {tail:.2})")?;
        }
        Ok(())
    }
}

/// The runs of both sides.
#[derive(Clone, Debug, Default)]
pub struct Rounds {
    /// Ours, in order.
    pub ours: Vec<Run>,
    /// The peer's.
    pub peer: Vec<Run>,
}

impl Rounds {
    /// Runs both sides in turn; who begins changes with each round, so that neither always
    /// finds the machine as the other left it.
    pub async fn alternate(
        name: &str,
        rounds: u64,
        mut ours: impl AsyncFnMut(u64) -> Run,
        mut peer: impl AsyncFnMut(u64) -> Run,
    ) -> Self {
        let mut both = Self::default();
        for round in 1..=rounds {
            if alone() {
                say(format_args!("{name}, round {round}: {}", ours(round).await));
                continue;
            }
            let (one, two) = if round % 2 == 1 {
                let one = ours(round).await;
                (one, peer(round).await)
            } else {
                let two = peer(round).await;
                (ours(round).await, two)
            };
            say(format_args!(
                "{name}, round {round} of {rounds}: ours {one}, peer {two}"
            ));
            both.ours.push(one);
            both.peer.push(two);
        }
        both
    }

    /// The medians of the rates.
    pub fn rate(&self, unit: &'static str) -> Line {
        let of = |runs: &[Run]| median(runs.iter().map(|run| run.rate).collect());
        Line::more_is_better(of(&self.ours), of(&self.peer), unit)
    }

    /// The medians of a percentile of the latencies.
    pub fn percentile(&self, share: f64) -> Line {
        let of = |runs: &[Run]| median(runs.iter().map(|run| run.percentile(share)).collect());
        Line::less_is_better(of(&self.ours), of(&self.peer), "ms")
    }
}

/// Whether only our side is to run, for a profiler to look at; no figures are kept then.
pub fn alone() -> bool {
    std::env::var_os("MEDILINK_BENCH_ALONE").is_some()
}

/// The middle one of several figures; of an even number, the mean of the middle two.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let half = figures.len() / 2;
    match figures.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => figures[half],
        _ => f64::midpoint(figures[half - 1], figures[half]),
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
    let stream = move |number| scatter(round << 32 | number) % streams;
    over(side, in_flight, commands, stream).await
}

/// Runs one command on each stream, `in_flight` at a time.
pub async fn each<S: Side>(side: &Arc<S>, streams: u64, in_flight: usize) -> Run {
    over(side, in_flight, streams, |number| number).await
}

/// Runs `commands` commands, `in_flight` of them at a time, each on the stream that its number
/// stands for.
pub async fn over<S: Side>(
    side: &Arc<S>,
    in_flight: usize,
    commands: u64,
    stream: impl Fn(u64) -> u64 + Copy + Send + 'static,
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
                    side.command(stream(number)).await;
                    latencies.push(began.elapsed().as_secs_f64() * 1_000.0);
                }
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    Run::with_latencies(commands as f64 / started.elapsed().as_secs_f64(), latencies)
}

/// SplitMix64's finalizer (Steele, Lea and Flood 2014): a well-mixed number for each number.
pub fn scatter(number: u64) -> u64 {
    let mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), 3.0);
        assert_eq!(median(Vec::new()), 0.0);
    }

    #[test]
    fn a_percentile_is_a_latency_that_occurred() {
        let run = Run::with_latencies(1.0, (1..=100).rev().map(f64::from).collect());
        assert_eq!(
            [0.0, 0.5, 0.99, 1.0].map(|share| run.percentile(share)),
            [1.0, 50.0, 99.0, 100.0]
        );
    }

    #[tokio::test]
    async fn each_side_is_asked_once_a_round_and_neither_always_goes_first() {
        let order = std::cell::RefCell::new(Vec::new());
        let rounds = Rounds::alternate(
            "test",
            3,
            async |round| {
                order.borrow_mut().push(("ours", round));
                Run {
                    rate: round as f64,
                    ..Run::default()
                }
            },
            async |round| {
                order.borrow_mut().push(("peer", round));
                Run {
                    rate: 10.0,
                    ..Run::default()
                }
            },
        )
        .await;
        assert_eq!(
            *order.borrow(),
            [
                ("ours", 1),
                ("peer", 1),
                ("peer", 2),
                ("ours", 2),
                ("ours", 3),
                ("peer", 3)
            ]
        );
        let line = rounds.rate("commands/s");
        assert_eq!(
            (line.ours, line.peer, line.ratio),
            (2.0, Some(10.0), Some(0.2))
        );
    }
}

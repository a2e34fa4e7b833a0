//! Queues of the kinds that a platform is made of, run through with arrivals that look random:
//! how long whoever arrives stays, waiting included. All times are in seconds.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::rounds::scatter;

/// What the writer takes at once, at most.
pub const MOST: usize = 512;

/// Moments of arrival, so many a second on average, each independent of the others (Poisson).
/// The same `seed` gives the same moments.
fn arrivals(rate: f64, count: usize, seed: u64) -> impl Iterator<Item = f64> {
    let mut now = 0.0;
    (0..count as u64).map(move |number| {
        let bits = scatter(seed << 40 | number) >> 11;
        // In (0, 1]: its logarithm is finite.
        let chance = (bits + 1) as f64 / (1u64 << 53) as f64;
        now -= chance.ln() / rate;
        now
    })
}

/// A group commit: it takes all who wait, at most [`MOST`], and is then busy for `fixed` and
/// for `each` of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupCommit {
    /// What a batch takes, however small.
    pub fixed: f64,
    /// What each one in it adds.
    pub each: f64,
}

impl GroupCommit {
    /// The one that does `alone` a second one by one, and `full` a second in full batches.
    pub fn of(alone: f64, full: f64) -> Self {
        let most = MOST as f64;
        let each = ((most / full - 1.0 / alone) / (most - 1.0)).max(0.0);
        let fixed = (1.0 / alone - each).max(0.0);
        Self { fixed, each }
    }

    /// How many a second it can do at most.
    pub fn most(self) -> f64 {
        MOST as f64 / (self.fixed + self.each * MOST as f64)
    }

    /// How long each of `count` arrivals stays; `None` when more arrive than it can do.
    pub fn stays(self, rate: f64, count: usize) -> Option<Vec<f64>> {
        if rate >= self.most() {
            return None;
        }
        let arrived: Vec<f64> = arrivals(rate, count, 1).collect();
        let (mut stays, mut free) = (Vec::with_capacity(count), 0.0_f64);
        let mut rest = arrived.as_slice();
        while let Some(first) = rest.first() {
            let start = free.max(*first);
            let waiting = rest.partition_point(|at| *at <= start).min(MOST);
            let (batch, later) = rest.split_at(waiting);
            free = start + self.fixed + self.each * waiting as f64;
            stays.extend(batch.iter().map(|at| free - at));
            rest = later;
        }
        Some(stays)
    }
}

/// Equal servers behind one queue, each busy for `service` with each that it serves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Servers {
    /// How many.
    pub count: usize,
    /// How long one is served.
    pub service: f64,
}

impl Servers {
    /// How long each of `count` arrivals stays; `None` when more arrive than can be served.
    pub fn stays(self, rate: f64, count: usize) -> Option<Vec<f64>> {
        if rate * self.service >= self.count as f64 {
            return None;
        }
        // When each server is free again, in whole nanoseconds to have an order.
        let mut free: BinaryHeap<Reverse<u64>> = (0..self.count).map(|_| Reverse(0)).collect();
        let service = nanoseconds(self.service);
        let stays = arrivals(rate, count, 2).map(|at| {
            let at = nanoseconds(at);
            let Reverse(earliest) = free.pop().unwrap_or(Reverse(0));
            let done = earliest.max(at) + service;
            free.push(Reverse(done));
            (done - at) as f64 / 1e9
        });
        Some(stays.collect())
    }
}

fn nanoseconds(seconds: f64) -> u64 {
    (seconds * 1e9) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(stays: &[f64]) -> f64 {
        stays.iter().sum::<f64>() / stays.len() as f64
    }

    #[test]
    fn a_group_commit_does_what_it_was_made_of() {
        let commit = GroupCommit::of(2_000.0, 20_000.0);
        assert!((1.0 / (commit.fixed + commit.each) - 2_000.0).abs() < 1e-6);
        assert!((commit.most() - 20_000.0).abs() < 1e-6);
        assert!(commit.stays(20_000.0, 10).is_none(), "more than it can do");
    }

    #[test]
    fn whoever_comes_to_an_idle_group_commit_is_served_at_once() {
        let commit = GroupCommit {
            fixed: 0.001,
            each: 0.0001,
        };
        let stays = commit.stays(1.0, 1_000).unwrap();
        assert!((mean(&stays) - 0.0011).abs() < 0.00002, "{}", mean(&stays));
    }

    #[test]
    fn a_busy_group_commit_takes_many_at_once() {
        // One by one it could do 900 a second: only batches carry 5,000.
        let commit = GroupCommit {
            fixed: 0.001,
            each: 0.0001,
        };
        let stays = commit.stays(5_000.0, 50_000).unwrap();
        assert!(stays.iter().all(|stay| *stay >= 0.0011 - 1e-9));
        assert!((0.002..0.006).contains(&mean(&stays)), "{}", mean(&stays));
    }

    #[test]
    fn one_server_keeps_people_waiting_as_theory_says() {
        // M/D/1 at half load: the wait is half a service on average.
        let one = Servers {
            count: 1,
            service: 0.01,
        };
        let stays = one.stays(50.0, 200_000).unwrap();
        assert!((mean(&stays) - 0.015).abs() < 0.0003, "{}", mean(&stays));
        assert!(one.stays(100.0, 10).is_none(), "more than it can serve");
        // Ten at the same load wait much less.
        let ten = Servers {
            count: 10,
            service: 0.01,
        };
        assert!(mean(&ten.stays(500.0, 200_000).unwrap()) < 0.011);
    }
}

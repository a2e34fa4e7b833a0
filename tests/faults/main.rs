//! The nemesis: everything that can break breaks, in an order that the seed gives, while people
//! book, move and cancel appointments, read them and are reminded of them. Afterwards every
//! command that was acknowledged is in the log once, none is there twice, and everything that
//! is derived from the log is what a replay gives.
//!
//! `make test` runs a few seeds, each for some steps. `make faults SEED=7 MINUTES=60` runs one
//! for as long as you like.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it is wrong"
)]
#![allow(missing_docs, reason = "a test's name says what it is for")]

mod fault;
mod hand_over;
mod ledger;
mod load;
mod nemesis;
mod reminders;
mod run;
mod schedule;
mod switch_over;
mod verdict;

use std::time::Duration;

use crate::run::{Length, run};

/// The seeds of every run of the suite, which between them hit everything; odd ones have two
/// processes of each part.
const SEEDS: [u64; 3] = [56_201, 3_338, 27_461];
/// How many steps of each.
const STEPS: usize = 14;

macro_rules! seeds {
    ($($name:ident = $index:literal)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            run(SEEDS[$index], Length::Steps(STEPS)).await;
        }
    )*};
}

seeds! {
    nothing_acknowledged_is_lost_or_doubled_with_the_first_seed = 0
    nothing_acknowledged_is_lost_or_doubled_with_the_second_seed = 1
    nothing_acknowledged_is_lost_or_doubled_with_the_third_seed = 2
}

/// `make faults`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes as long as it is told; `make faults` runs it"]
async fn for_as_long_as_it_is_told() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seed = number("MEDILINK_TEST_SEED").unwrap_or_else(rand::random);
    let minutes = number("MEDILINK_TEST_MINUTES").unwrap_or(10);
    run(seed, Length::Time(Duration::from_secs(60 * minutes))).await;
}

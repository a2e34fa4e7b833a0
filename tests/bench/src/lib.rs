//! Ours and the peers side by side, in one run, on one server that syncs to disk.
//!
//! `make bench` runs everything and `make bench ONLY=relay` a part: names of figures or of
//! groups, or the beginnings of names, with commas between them. Both sides take turns for
//! several rounds; a figure is the median of its rounds. It is kept in
//! `target/bench/report.json`, where the figures of other parts stay as they were.
//!
//! How much is run can be changed by the environment:
//!
//! | `MEDILINK_BENCH_…` | usually | what |
//! | --- | --- | --- |
//! | `ROUNDS` | 5 | rounds (at most 3 of lag and rebuild, whose rounds are long) |
//! | `STREAMS` | 20000 | streams that are appended to |
//! | `COMMANDS` | 20000 | commands of a round |
//! | `LONG_STREAMS` | 400 | streams of 500 events |
//! | `RELAYED` | 100000 | events that are relayed in a round |
//! | `REBUILT` | 1000000 | events that are rebuilt from |
//! | `GROWN` | 2000000 | events of the longer log |
//! | `LAG_SECONDS` | 10 | how long a round of lag takes |
//! | `REQUESTS` | 10000 | HTTP requests of a round |
//!
//! `medilink-bench scale` computes from the figures of the last runs what more hospitals take
//! ([`nation`]).
//!
//! With `MEDILINK_BENCH_ALONE=1` only our side runs, for a profiler to look at, and nothing is
//! kept: `MEDILINK_BENCH_ALONE=1 MEDILINK_BENCH_COMMANDS=500000 make bench ONLY=append_64`.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark that can't run can only stop"
)]

mod child;
mod client;
mod groups;
pub mod handler;
mod history;
mod journal;
mod machine;
pub mod nation;
pub mod node;
mod ours;
mod peer;
mod queue;
mod report;
mod rounds;
mod scale;
mod server;
mod site;
mod targets;

pub use groups::Bench;
pub use machine::Machine;
pub use report::{Report, say};
pub use scale::Scale;

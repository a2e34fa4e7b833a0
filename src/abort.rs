//! Aborting at a named place, for tests alone: between two steps that only a kill can come
//! between, such as a commit and its answer. And leaving something out there, to measure what it
//! costs.
//!
//! The places are the `fail_point!`s of the other crates. They are compiled in only where the
//! crate `fail` has its feature `failpoints`, which this package's tests turn on and what `make
//! bench` builds for itself, and nothing else does (`tests/it/house.rs` holds that); in a release
//! all of this is nothing.

use std::sync::atomic::{AtomicU64, Ordering};

/// `name:times`: the process aborts when it comes to the place for the so-manyth time. The
/// settings leave variables with this beginning alone.
const VARIABLE: &str = "MEDILINK_TEST_ABORT";
/// The name of a place where what comes next is left out.
const LEAVE_OUT: &str = "MEDILINK_TEST_LEAVE_OUT";

/// Arms the place that the environment names, if it names one.
pub fn arm() {
    if !fail::has_failpoints() {
        return;
    }
    if let Ok(place) = std::env::var(LEAVE_OUT)
        && let Err(error) = fail::cfg(place, "return")
    {
        eprintln!("{LEAVE_OUT}: {error}");
    }
    let Some((name, times)) = std::env::var(VARIABLE).ok().and_then(parse) else {
        return;
    };
    let passed = AtomicU64::new(0);
    let reach = move || {
        if passed.fetch_add(1, Ordering::Relaxed) + 1 == times {
            std::process::abort();
        }
    };
    if let Err(error) = fail::cfg_callback(name, reach) {
        eprintln!("{VARIABLE}: {error}");
    }
}

fn parse(text: String) -> Option<(String, u64)> {
    let (name, times) = text.split_once(':')?;
    Some((name.to_owned(), times.parse().ok()?))
}

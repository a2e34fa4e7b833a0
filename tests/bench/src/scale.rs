//! How much is run.

use std::str::FromStr;

/// Amounts, each from a variable of the environment; see the crate's documentation.
#[derive(Clone, Debug)]
pub struct Scale {
    /// `MEDILINK_BENCH_ROUNDS`
    pub rounds: u64,
    /// `MEDILINK_BENCH_STREAMS`
    pub streams: u64,
    /// `MEDILINK_BENCH_COMMANDS`
    pub commands: u64,
    /// `MEDILINK_BENCH_LONG_STREAMS`
    pub long_streams: u64,
    /// `MEDILINK_BENCH_RELAYED`
    pub relayed: u64,
    /// `MEDILINK_BENCH_REBUILT`
    pub rebuilt: u64,
    /// `MEDILINK_BENCH_GROWN`
    pub grown: u64,
    /// `MEDILINK_BENCH_LAG_SECONDS`
    pub lag_seconds: u64,
    /// `MEDILINK_BENCH_REQUESTS`
    pub requests: u64,
}

impl Scale {
    /// The defaults, changed by the environment.
    ///
    /// # Panics
    /// When a variable is no number above 0.
    pub fn from_environment() -> Self {
        Self {
            rounds: amount("ROUNDS", 5),
            streams: amount("STREAMS", 20_000),
            commands: amount("COMMANDS", 20_000),
            long_streams: amount("LONG_STREAMS", 400),
            relayed: amount("RELAYED", 100_000),
            rebuilt: amount("REBUILT", 1_000_000),
            grown: amount("GROWN", 2_000_000),
            lag_seconds: amount("LAG_SECONDS", 10),
            requests: amount("REQUESTS", 10_000),
        }
    }

    /// Commands of a round with so many in flight: one by one they take longest, and need
    /// fewer.
    pub const fn commands_at(&self, in_flight: usize) -> u64 {
        let share = match in_flight {
            1 => self.commands / 5,
            2..=8 => self.commands / 2,
            _ => self.commands,
        };
        if share == 0 { 1 } else { share }
    }
}

fn amount(name: &str, usual: u64) -> u64 {
    let name = format!("MEDILINK_BENCH_{name}");
    match std::env::var(&name) {
        Err(_) => usual,
        Ok(text) => match u64::from_str(text.trim()) {
            Ok(number) if number > 0 => number,
            _ => panic!("{name} must be a whole number above 0, not `{text}`"),
        },
    }
}

//! What each figure is held to. A bench that misses one says so and still ends well: figures
//! of a shared machine are for people to judge.

use std::fmt;

use crate::report::Line;

/// A bound for a figure.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// The ratio is at least this.
    Ratio(f64),
    /// Our figure is at least this.
    AtLeast(f64),
    /// Our figure is at most this.
    AtMost(f64),
}

const TARGETS: [(&str, Target); 19] = [
    ("append_1", Target::Ratio(1.5)),
    ("append_64", Target::Ratio(5.0)),
    ("append_512", Target::Ratio(7.0)),
    ("audit_read", Target::Ratio(0.7)),
    ("audit_read_alone", Target::Ratio(0.7)),
    ("authorize_first_p99", Target::AtMost(200.0)),
    ("authorize_p99", Target::AtMost(200.0)),
    ("growth_append", Target::Ratio(0.8)),
    ("growth_read", Target::Ratio(0.8)),
    ("home_javascript", Target::AtMost(150.0)),
    ("home_usable", Target::AtMost(3_000.0)),
    ("http_book", Target::Ratio(0.25)),
    ("http_read", Target::Ratio(0.5)),
    ("lag_p99", Target::AtMost(50.0)),
    ("load_500_snapshot", Target::Ratio(2.0)),
    ("rebuild_1m", Target::Ratio(80.0)),
    ("rebuild_1m_vs_copy", Target::Ratio(0.25)),
    ("relay_sync_always", Target::AtLeast(40_000.0)),
    ("slot_search_p99", Target::AtMost(20.0)),
];

/// The bound for the figure of this name, if it has one.
pub fn of(name: &str) -> Option<Target> {
    TARGETS
        .iter()
        .find(|(of, _)| *of == name)
        .map(|(_, target)| *target)
}

impl Target {
    /// Whether the figure keeps to it.
    pub fn is_met_by(self, line: &Line) -> bool {
        match self {
            Self::Ratio(least) => line.ratio.is_some_and(|ratio| ratio >= least),
            Self::AtLeast(least) => line.ours >= least,
            Self::AtMost(most) => line.ours <= most,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio(least) => write!(f, "≥ {least}×"),
            Self::AtLeast(least) => write!(f, "≥ {least}"),
            Self::AtMost(most) => write!(f, "≤ {most}"),
        }
    }
}

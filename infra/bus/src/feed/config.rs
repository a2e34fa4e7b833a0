//! What a caller can ask of a feed.

use std::time::Duration;

/// What a feed reads and how it hands it over.
#[derive(Clone, Debug)]
pub struct FeedConfig {
    /// The consumer's name, of letters, digits, `-` and `_`.
    pub name: String,
    /// Whether each feed of this name reads everything for itself; otherwise they take turns.
    pub apart: bool,
    /// Which subjects; all of them when empty.
    pub subjects: Vec<String>,
    /// The most events of one batch.
    pub batch: usize,
    /// The longest an event waits for its batch to fill while more are on their way.
    pub linger: Duration,
    /// How far apart batches are at least when no more are on their way. The first event after
    /// a pause doesn't wait; in a steady stream of events, a batch for each would cost its
    /// reader a transaction each.
    pub pace: Duration,
    /// How long nothing may arrive before the watchdog looks whether something should have.
    pub stall: Duration,
    /// How often a feed without a broker tries again and says so.
    pub retry: Duration,
}

impl FeedConfig {
    /// All events, in batches of up to 500.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            apart: false,
            subjects: Vec::new(),
            batch: 500,
            linger: Duration::from_millis(20),
            pace: Duration::from_millis(20),
            stall: Duration::from_secs(5),
            retry: Duration::from_millis(500),
        }
    }

    /// Reads everything for itself, whoever else reads under this name.
    #[must_use]
    pub fn apart(mut self) -> Self {
        self.apart = true;
        self
    }

    /// Only these subjects; see [`subjects_of_kind`](crate::subjects_of_kind).
    #[must_use]
    pub fn only(mut self, subjects: impl IntoIterator<Item = String>) -> Self {
        self.subjects = subjects.into_iter().collect();
        self
    }
}

//! What a feed hands to its caller.

use std::ops::Deref;
use std::sync::Arc;

use medilink_log::{Position, RecordedEvent};

use crate::envelope::EnvelopeError;
use crate::error::BusError;

/// What comes next.
#[derive(Clone, Debug)]
pub enum FeedItem {
    /// Events, in order.
    Batch(FeedBatch),
    /// Positions that the broker can't deliver.
    Missing(Missing),
    /// How the feed is doing. `Away` comes again and again while it lasts.
    Status(FeedStatus),
}

/// How a feed is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedStatus {
    /// Nothing was tried yet.
    Starting,
    /// The broker delivers.
    Live,
    /// The broker can't be used; read PostgreSQL meanwhile.
    Away(BusError),
    /// Another process reads under this name.
    HeldElsewhere,
}

/// Events in order, at least one; a slice of [`RecordedEvent`]. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FeedBatch {
    events: Arc<Vec<RecordedEvent>>,
    from: usize,
}

impl FeedBatch {
    pub(super) fn new(events: Vec<RecordedEvent>) -> Self {
        debug_assert!(!events.is_empty(), "a batch is never empty");
        Self {
            events: Arc::new(events),
            from: 0,
        }
    }

    /// The position of the first event.
    pub fn first(&self) -> Position {
        self[0].position
    }

    /// The position of the last event: what to acknowledge when all is done.
    pub fn last(&self) -> Position {
        self[self.len() - 1].position
    }

    /// What comes after a position, or nothing.
    pub(super) fn after(&self, through: Position) -> Option<Self> {
        let from = self.from + self.partition_point(|event| event.position <= through);
        (from < self.events.len()).then(|| Self {
            events: Arc::clone(&self.events),
            from,
        })
    }
}

impl Deref for FeedBatch {
    type Target = [RecordedEvent];

    fn deref(&self) -> &[RecordedEvent] {
        &self.events[self.from..]
    }
}

/// Positions `first..=last` must be read from PostgreSQL (with the feed's own filter, if it
/// has one); then acknowledge `last`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The first missing position.
    pub first: Position,
    /// The last missing position.
    pub last: Position,
    /// Why.
    pub cause: MissingCause,
}

/// Why the broker can't deliver a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingCause {
    /// The stream keeps only newer ones: its limits, or a refill after a loss.
    Trimmed,
    /// The stream skipped it.
    Hole,
    /// Its message is not an event.
    Undecodable(EnvelopeError),
}

//! What the broker brings, received and decoded once for all projections of a process.
//!
//! It is no one's truth: each projection has its checkpoint, takes from here what comes next,
//! and reads PostgreSQL whenever something is amiss.

use std::time::Duration;

use medilink_bus::{Bus, Feed, FeedBatch, FeedConfig, FeedItem, FeedStatus};
use medilink_log::{LogReader, Position, RecordedEvent};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{self, Receiver, Sender};

/// How many batches wait for a slow projection; one that falls further behind reads
/// PostgreSQL instead.
const WAITING: usize = 32;
/// The most events that a projection takes at once.
const MOST: usize = 1_000;
/// The pause before the next try when the log can't be read.
const AGAIN: Duration = Duration::from_millis(500);

/// What a projection hears.
#[derive(Clone, Debug)]
enum Heard {
    Events(FeedBatch),
    /// Something may have passed unseen.
    Look,
}

/// What a projection should do.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Apply these, in order and without gaps between them.
    Events(Vec<FeedBatch>),
    /// Read PostgreSQL.
    Look,
}

/// The one feed of a process. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Intake {
    bus: Option<Bus>,
    reader: LogReader,
    heard: Sender<Heard>,
}

impl Intake {
    pub(crate) fn new(bus: Option<Bus>, reader: LogReader) -> Self {
        Self {
            bus,
            reader,
            heard: broadcast::channel(WAITING).0,
        }
    }

    /// Everything from now on. Subscribe first, then read PostgreSQL: nothing falls between.
    pub(crate) fn subscribe(&self) -> Subscription {
        Subscription {
            heard: self.heard.subscribe(),
            next: None,
        }
    }

    /// Receives for as long as it is polled; without a broker there is nothing to receive.
    pub(crate) async fn run(&self) {
        if let Some(bus) = &self.bus {
            self.receive(bus).await;
        }
    }

    async fn receive(&self, bus: &Bus) {
        let start = self.head().await;
        let mut feed = match Feed::new(bus.clone(), config(), start) {
            Ok(feed) => feed,
            Err(error) => {
                tracing::error!(%error, "projections read PostgreSQL only");
                return;
            }
        };
        loop {
            let (heard, through) = match feed.next().await {
                FeedItem::Batch(batch) => {
                    let last = batch.last();
                    (Heard::Events(batch), last)
                }
                FeedItem::Missing(missing) => (Heard::Look, missing.last),
                // Whoever looks now needs nothing of what came while the broker was away, or
                // before it was first reached.
                FeedItem::Status(FeedStatus::Live) => (Heard::Look, self.head().await),
                FeedItem::Status(_) => continue,
            };
            // Nobody listens while all stand by.
            let _ = self.heard.send(heard);
            feed.ack(through).await;
        }
    }

    async fn head(&self) -> Position {
        loop {
            match self.reader.head().await {
                Ok(head) => return head,
                Err(error) => tracing::debug!(%error, "the log can't be read yet"),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

fn config() -> FeedConfig {
    FeedConfig::new("projections").apart()
}

/// What one projection has yet to hear.
#[derive(Debug)]
pub(crate) struct Subscription {
    heard: Receiver<Heard>,
    /// Heard already, but not part of what was taken.
    next: Option<Heard>,
}

impl Subscription {
    /// What comes next, with whatever waits behind it. Nothing is lost when this future is
    /// dropped.
    pub(crate) async fn take(&mut self) -> Taken {
        let first = match self.next.take() {
            Some(heard) => heard,
            None => match self.heard.recv().await {
                Ok(heard) => heard,
                Err(RecvError::Lagged(_)) => Heard::Look,
                Err(RecvError::Closed) => std::future::pending().await,
            },
        };
        let Heard::Events(first) = first else {
            return Taken::Look;
        };
        let mut count = first.len();
        let mut batches = vec![first];
        while count < MOST {
            match self.heard.try_recv() {
                Ok(Heard::Events(batch)) => {
                    count += batch.len();
                    batches.push(batch);
                }
                Ok(Heard::Look) | Err(TryRecvError::Lagged(_)) => {
                    self.next = Some(Heard::Look);
                    break;
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        Taken::Events(batches)
    }
}

/// Where the last of them ends.
pub(crate) fn ends(batches: &[FeedBatch]) -> Position {
    batches.last().map_or(Position::START, FeedBatch::last)
}

/// Batches as one run of events, ordered and without gaps, as far as the batches are.
pub(crate) fn joined(batches: &[FeedBatch]) -> std::borrow::Cow<'_, [RecordedEvent]> {
    match batches {
        [one] => std::borrow::Cow::Borrowed(one),
        several => several
            .iter()
            .flat_map(|batch| batch.iter().cloned())
            .collect(),
    }
}

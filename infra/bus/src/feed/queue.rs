//! What a feed has received, handed out and seen acknowledged. Pure: no broker in here.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use async_nats::Subject;
use medilink_log::{Position, RecordedEvent};

use super::item::{FeedBatch, FeedItem, Missing, MissingCause};
use crate::envelope::EnvelopeError;

/// One received thing and where to acknowledge it; a gap has no message of its own.
#[derive(Debug)]
enum Entry {
    Event(RecordedEvent, Subject),
    Missing(Missing, Option<Subject>),
}

impl Entry {
    const fn last(&self) -> Position {
        match self {
            Self::Event(event, _) => event.position,
            Self::Missing(missing, _) => missing.last,
        }
    }

    fn reply(self) -> Option<Subject> {
        match self {
            Self::Event(_, reply) => Some(reply),
            Self::Missing(_, reply) => reply,
        }
    }
}

/// What the caller has and has not acknowledged.
#[derive(Debug)]
enum Held {
    Batch(FeedBatch),
    Missing(Missing),
}

/// The order keeper of a feed.
#[derive(Debug)]
pub(super) struct Queue {
    /// Everything up to here is acknowledged.
    cursor: Position,
    /// Nothing of ours is in the stream between `cursor` and here.
    scanned: Position,
    held: Option<(Held, Option<Subject>)>,
    pending: VecDeque<Entry>,
    since: Option<Instant>,
    /// When events were last handed over.
    handed: Option<Instant>,
    batch: usize,
    contiguous: bool,
}

/// How long pending events may wait for more.
#[derive(Clone, Copy, Debug)]
pub(super) enum Patience {
    /// More are on their way: so long from the first pending one on.
    Linger(Duration),
    /// None are: so long from the last batch on.
    Pace(Duration),
}

impl Queue {
    pub(super) const fn new(start: Position, batch: usize, contiguous: bool) -> Self {
        Self {
            cursor: start,
            scanned: start,
            held: None,
            pending: VecDeque::new(),
            since: None,
            handed: None,
            batch,
            contiguous,
        }
    }

    pub(super) const fn position(&self) -> Position {
        self.cursor
    }

    /// What the caller has not acknowledged, again.
    pub(super) fn held(&self) -> Option<FeedItem> {
        self.held.as_ref().map(|(held, _)| match held {
            Held::Batch(batch) => FeedItem::Batch(batch.clone()),
            Held::Missing(missing) => FeedItem::Missing(missing.clone()),
        })
    }

    /// After which position the broker should deliver, once [`restart`](Self::restart) has
    /// forgotten what is only pending.
    pub(super) fn resume(&self) -> Position {
        let held = self.held.as_ref().map(|(held, _)| match held {
            Held::Batch(batch) => batch.last(),
            Held::Missing(missing) => missing.last,
        });
        self.cursor.max(self.scanned).max(held.unwrap_or_default())
    }

    /// Forgets what was received but not handed out: it will be delivered again.
    pub(super) fn restart(&mut self) {
        self.pending.clear();
        self.since = None;
    }

    pub(super) fn seek(&mut self, position: Position) {
        self.restart();
        self.cursor = position;
        self.scanned = position;
        self.held = None;
    }

    pub(super) fn scanned(&mut self, through: Position) {
        self.scanned = self.scanned.max(through);
    }

    /// Takes the message at `sequence`, where `last` was the one before.
    pub(super) fn take(
        &mut self,
        last: u64,
        sequence: u64,
        content: Result<RecordedEvent, EnvelopeError>,
        reply: Subject,
    ) {
        if self.contiguous && sequence > last + 1 {
            self.missing(
                Position(last + 1),
                Position(sequence - 1),
                MissingCause::Hole,
            );
        }
        self.since.get_or_insert_with(Instant::now);
        self.pending.push_back(match content {
            Ok(event) => Entry::Event(event, reply),
            Err(error) => {
                let at = Position(sequence);
                tracing::error!(position = sequence, %error, "a message of stream EVENTS is not an event");
                Entry::Missing(Missing { first: at, last: at, cause: MissingCause::Undecodable(error) }, Some(reply))
            }
        });
    }

    pub(super) fn missing(&mut self, first: Position, last: Position, cause: MissingCause) {
        self.pending
            .push_back(Entry::Missing(Missing { first, last, cause }, None));
    }

    /// How long the pending events may still wait for more; zero when they are due, nothing
    /// when there are none.
    pub(super) fn due(&self, patience: Patience) -> Option<Duration> {
        let full = self.pending.len() >= self.batch;
        let (from, length) = match (self.pending.front()?, patience) {
            (Entry::Event(..), Patience::Linger(length)) if !full => (self.since, length),
            (Entry::Event(..), Patience::Pace(length)) if !full => (self.handed, length),
            _ => return Some(Duration::ZERO),
        };
        Some(from.map_or(Duration::ZERO, |from| length.saturating_sub(from.elapsed())))
    }

    /// Makes what is at the front the caller's; returns how many events that is.
    pub(super) fn hand_over(&mut self) -> u64 {
        let mut events = Vec::with_capacity(self.pending.len().min(self.batch));
        let mut reply = None;
        while events.len() < self.batch {
            match self.pending.pop_front() {
                Some(Entry::Event(event, at)) => {
                    events.push(event);
                    reply = Some(at);
                }
                Some(Entry::Missing(missing, at)) if events.is_empty() => {
                    self.held = Some((Held::Missing(missing), at));
                    return 0;
                }
                Some(gap @ Entry::Missing(..)) => {
                    self.pending.push_front(gap);
                    break;
                }
                None => break,
            }
        }
        self.since = (!self.pending.is_empty()).then(Instant::now);
        let count = events.len() as u64;
        if count > 0 {
            self.handed = Some(Instant::now());
            self.held = Some((Held::Batch(FeedBatch::new(events)), reply));
        }
        count
    }

    /// Moves the cursor; returns where to tell the broker.
    pub(super) fn ack(&mut self, through: Position) -> Option<Subject> {
        if through <= self.cursor {
            return None;
        }
        self.cursor = through;
        let mut tell = None;
        if let Some((held, reply)) = self.held.take() {
            let rest = match held {
                Held::Batch(batch) => batch.after(through).map(Held::Batch),
                Held::Missing(missing) => rest(missing, through).map(Held::Missing),
            };
            match rest {
                Some(rest) => {
                    self.held = Some((rest, reply));
                    return None;
                }
                None => tell = reply,
            }
        }
        // Read elsewhere meanwhile: what is pending of it is no longer news.
        while self
            .pending
            .front()
            .is_some_and(|entry| entry.last() <= through)
        {
            tell = self.pending.pop_front().and_then(Entry::reply).or(tell);
        }
        if let Some(Entry::Missing(missing, _)) = self.pending.front_mut() {
            missing.first = missing.first.max(through.next());
        }
        tell
    }
}

fn rest(missing: Missing, through: Position) -> Option<Missing> {
    (missing.last > through).then(|| Missing {
        first: missing.first.max(through.next()),
        ..missing
    })
}

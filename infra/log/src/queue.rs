//! What waits to be recorded, and which of it may share a batch.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::append::{Append, AppendError};
use crate::pending::Pending;

/// The most appends in one batch: beyond it a batch only gets slower (measured).
pub(crate) const MAX_BATCH: usize = 512;
/// The most payload bytes in one batch, so that one round trip stays short.
const MAX_BATCH_BYTES: usize = 4 << 20;
/// The most events in one batch.
const MAX_BATCH_EVENTS: usize = 5_000;

/// Appends in order of arrival.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: VecDeque<Pending>,
}

/// What a batch already touches: two appends of one batch never write the same stream, name or
/// receipt, and none writes what another only guards.
#[derive(Default)]
struct Touched {
    written: HashSet<String>,
    guarded: HashSet<String>,
    names: HashSet<[u8; 32]>,
    receipts: HashSet<[u8; 32]>,
    bytes: usize,
    events: usize,
}

impl Touched {
    fn admits(&self, pending: &Pending) -> bool {
        let append = &pending.append;
        let fits = self.events == 0
            || (self.bytes + pending.bytes <= MAX_BATCH_BYTES
                && self.events + append.len() <= MAX_BATCH_EVENTS);
        fits && append.writes.iter().all(|write| {
            !self.written.contains(&write.stream) && !self.guarded.contains(&write.stream)
        }) && append
            .guards
            .iter()
            .all(|guard| !self.written.contains(&guard.stream))
            && append
                .claims
                .iter()
                .all(|claim| !self.names.contains(&claim.key))
            && released(append).all(|key| !self.names.contains(&key))
            && append
                .receipt
                .iter()
                .all(|receipt| !self.receipts.contains(&receipt.scope))
    }

    fn take(&mut self, pending: &Pending) {
        let append = &pending.append;
        self.written
            .extend(append.writes.iter().map(|write| write.stream.clone()));
        self.guarded
            .extend(append.guards.iter().map(|guard| guard.stream.clone()));
        self.names
            .extend(append.claims.iter().map(|claim| claim.key));
        self.names.extend(released(append));
        self.receipts
            .extend(append.receipt.iter().map(|receipt| receipt.scope));
        self.bytes += pending.bytes;
        self.events += append.len();
    }
}

/// A name that is given back is free for the next batch.
fn released(append: &Append) -> impl Iterator<Item = [u8; 32]> {
    append.releases.iter().filter_map(|release| release.key)
}

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn push(&mut self, pending: Pending) {
        self.waiting.push_back(pending);
    }

    /// The next batch, oldest first; what can't share it keeps its place.
    pub fn next_batch(&mut self) -> Vec<Pending> {
        let mut touched = Touched::default();
        let mut batch = Vec::new();
        let mut carried = VecDeque::new();
        while let Some(pending) = self.waiting.pop_front() {
            if batch.len() < MAX_BATCH && touched.admits(&pending) {
                touched.take(&pending);
                batch.push(pending);
            } else {
                carried.push_back(pending);
            }
            if batch.len() == MAX_BATCH {
                break;
            }
        }
        carried.append(&mut self.waiting);
        self.waiting = carried;
        batch
    }

    /// Answers those that have certainly lost: their stream is committed beyond what they were
    /// decided at, and versions never go back.
    pub fn refuse_outrun(&mut self, moved: &HashMap<String, u64>) {
        let (lost, waiting) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition::<VecDeque<_>, _>(|pending| outrun(pending, moved).is_some());
        self.waiting = waiting;
        for pending in lost {
            if let Some(error) = outrun(&pending, moved) {
                pending.answer(Err(error));
            }
        }
    }
}

fn outrun(pending: &Pending, moved: &HashMap<String, u64>) -> Option<AppendError> {
    let writes = pending
        .append
        .writes
        .iter()
        .map(|write| (&write.stream, write.expected));
    let guards = pending
        .append
        .guards
        .iter()
        .map(|guard| (&guard.stream, guard.expected));
    writes.chain(guards).find_map(|(stream, expected)| {
        let actual = *moved.get(stream)?;
        (expected < actual).then(|| AppendError::WrongVersion {
            stream: stream.clone(),
            expected,
            actual,
        })
    })
}

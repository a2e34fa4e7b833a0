//! An append from its caller to its answer.

use std::time::Instant;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use crate::append::{Append, AppendError, Appended};
use crate::event::{Envelope, Position};

/// An append on its way through the writer.
pub(crate) struct Pending {
    pub append: Append,
    pub metadata: Vec<u8>,
    pub leaves: Vec<[u8; 32]>,
    pub recorded_at: DateTime<Utc>,
    pub bytes: usize,
    /// The epoch of what it was decided on, if that was not read for it.
    pub presumed: Option<u64>,
    reply: oneshot::Sender<Result<Appended, AppendError>>,
    arrived: Instant,
}

impl Pending {
    pub fn new(request: Request) -> Self {
        let Request {
            append,
            metadata,
            presumed,
            reply,
        } = request;
        let events = append.writes.iter().flat_map(|write| &write.events);
        let bytes = events
            .map(|event| event.payload.len() + metadata.len() + 200)
            .sum();
        Self {
            append,
            metadata,
            leaves: Vec::new(),
            recorded_at: DateTime::UNIX_EPOCH,
            bytes,
            presumed,
            reply,
            arrived: Instant::now(),
        }
    }

    /// Gives the append its time, and with it its leaf hashes.
    pub fn stamp(&mut self, recorded_at: DateTime<Utc>) {
        self.recorded_at = recorded_at;
        self.leaves.clear();
        for write in &self.append.writes {
            for (offset, event) in write.events.iter().enumerate() {
                let envelope = Envelope {
                    tenant: self.append.tenant,
                    stream: &write.stream,
                    version: write.expected + 1 + offset as u64,
                    kind: event.kind,
                    schema_version: event.schema_version,
                    subject: event.subject,
                    recorded_at,
                    metadata: &self.metadata,
                    payload: &event.payload,
                };
                self.leaves.push(envelope.leaf_hash());
            }
        }
    }

    /// Whether it has its time, and so may have been sent.
    pub fn is_stamped(&self) -> bool {
        !self.leaves.is_empty()
    }

    /// Tells the caller. One who has gone away doesn't need to know.
    pub fn answer(self, outcome: Result<Appended, AppendError>) {
        metrics::histogram!("medilink_log_append_seconds")
            .record(self.arrived.elapsed().as_secs_f64());
        let _ = self.reply.send(outcome);
    }

    /// What its caller is told once it is recorded.
    pub fn appended(&self, last: Position) -> Appended {
        Appended {
            first: Position(last.0 + 1 - self.append.len() as u64),
            last,
            recorded_at: self.recorded_at,
        }
    }
}

/// What a caller asks of the writer.
pub(crate) struct Request {
    pub append: Append,
    pub metadata: Vec<u8>,
    pub presumed: Option<u64>,
    pub reply: oneshot::Sender<Result<Appended, AppendError>>,
}

//! What a stream's state is folded from.

use std::borrow::Cow;

use bytes::Bytes;
use medilink_domain::{SubjectId, TenantId};

use crate::event::StoredPayload;

/// So many events are folded before their state takes their place in memory: to seal a state
/// and open it again costs as much as to open a few events.
const FOLDED: usize = 4;

/// An event as a command needs it: what an aggregate folds, without the audit part, which is
/// half of what is stored.
#[derive(Clone, Debug)]
pub struct LoadedEvent {
    /// Its place in the stream, from 1.
    pub version: u64,
    /// The tenant that owns it.
    pub tenant: TenantId,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) schema_version: u16,
    pub(crate) subject: Option<SubjectId>,
    /// As stored: sealed when it is personal.
    pub(crate) payload: Bytes,
}

impl LoadedEvent {
    /// What the codec opens, when the event was loaded from this stream.
    pub fn stored<'a>(&'a self, stream: &'a str) -> StoredPayload<'a> {
        StoredPayload {
            tenant: self.tenant,
            stream,
            version: self.version,
            kind: &self.kind,
            schema_version: self.schema_version,
            subject: self.subject,
            payload: &self.payload,
        }
    }
}

/// A state of a stream, sealed when it is about a person.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The version of the stream that it is the state at.
    pub version: u64,
    pub(crate) tenant: TenantId,
    pub(crate) subject: Option<SubjectId>,
    pub(crate) state: Bytes,
}

impl Snapshot {
    /// The tenant that owns the stream.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }
}

/// A snapshot, if there is one, and the events after it, or else after the stream's beginning.
#[derive(Clone, Debug, Default)]
pub struct LoadedStream {
    pub(crate) snapshot: Option<Snapshot>,
    /// The version of the snapshot that is stored; the one above may be newer.
    pub(crate) stored: u64,
    pub(crate) events: Vec<LoadedEvent>,
    pub(crate) more: bool,
}

impl LoadedStream {
    /// The snapshot.
    pub const fn snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_ref()
    }

    /// The version of the stored snapshot, which may be older than [`snapshot`](Self::snapshot);
    /// 0 when there is none.
    pub const fn stored(&self) -> u64 {
        self.stored
    }

    /// Whether the events after the snapshot have become larger than it, so that another one
    /// saves more than it costs. A long state is thus sealed seldom, however often it changes.
    pub fn outgrows_snapshot(&self) -> bool {
        let state = self
            .snapshot
            .as_ref()
            .map_or(0, |snapshot| snapshot.state.len());
        let payloads: usize = self.events.iter().map(|event| event.payload.len()).sum();
        self.events.len() >= FOLDED && payloads >= state
    }

    /// The events after it.
    pub fn events(&self) -> &[LoadedEvent] {
        &self.events
    }

    /// Whether the log had more events than were read at once.
    pub const fn has_more(&self) -> bool {
        self.more
    }

    /// The version that it reaches; 0 for a stream that doesn't exist.
    pub fn version(&self) -> u64 {
        let last = self.events.last().map(|event| event.version);
        last.unwrap_or_else(|| self.base())
    }

    /// The version that its events begin after.
    pub(crate) fn base(&self) -> u64 {
        self.snapshot
            .as_ref()
            .map_or(0, |snapshot| snapshot.version)
    }

    /// Whether its events follow each other without a gap from its base on.
    pub(crate) fn is_whole(&self) -> bool {
        let versions = self.events.iter().map(|event| event.version);
        versions.eq((self.base() + 1..).take(self.events.len()))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn stream(state: usize, payloads: &[usize]) -> LoadedStream {
        let tenant = TenantId(Uuid::nil());
        let bytes = |length: usize| Bytes::from(vec![0; length]);
        let events = payloads
            .iter()
            .zip(1..)
            .map(|(length, version)| LoadedEvent {
                version,
                tenant,
                kind: "a.b".into(),
                schema_version: 1,
                subject: None,
                payload: bytes(*length),
            });
        LoadedStream {
            snapshot: (state > 0).then(|| Snapshot {
                version: 0,
                tenant,
                subject: None,
                state: bytes(state),
            }),
            events: events.collect(),
            ..LoadedStream::default()
        }
    }

    #[test]
    fn a_state_is_kept_anew_once_several_events_outweigh_it() {
        assert!(
            !stream(0, &[500; 3]).outgrows_snapshot(),
            "so few are folded as fast"
        );
        assert!(stream(0, &[500; 4]).outgrows_snapshot());
        assert!(stream(2_000, &[500; 4]).outgrows_snapshot());
        assert!(
            !stream(2_001, &[500; 4]).outgrows_snapshot(),
            "a long state is sealed seldom"
        );
    }
}

//! What a stream's state is folded from.

use std::borrow::Cow;

use bytes::Bytes;
use medilink_domain::{SubjectId, TenantId};

use crate::event::StoredPayload;

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

/// A state of a stream as the cache of snapshots has it: sealed when it is about a person.
#[derive(Clone, Debug)]
pub struct StoredSnapshot {
    /// The version of the stream that it is the state at.
    pub version: u64,
    pub(crate) tenant: TenantId,
    pub(crate) subject: Option<SubjectId>,
    pub(crate) state: Bytes,
}

impl StoredSnapshot {
    /// The tenant that owns the stream.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }
}

/// A snapshot, if there is one, and the events after it, or else after the stream's beginning.
#[derive(Clone, Debug, Default)]
pub struct LoadedStream {
    pub(crate) snapshot: Option<StoredSnapshot>,
    pub(crate) events: Vec<LoadedEvent>,
    pub(crate) more: bool,
}

impl LoadedStream {
    /// The snapshot.
    pub const fn snapshot(&self) -> Option<&StoredSnapshot> {
        self.snapshot.as_ref()
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
        self.snapshot.as_ref().map_or(0, |snapshot| snapshot.version)
    }

    /// Whether its events follow each other without a gap from its base on.
    pub(crate) fn is_whole(&self) -> bool {
        let versions = self.events.iter().map(|event| event.version);
        versions.eq((self.base() + 1..).take(self.events.len()))
    }
}

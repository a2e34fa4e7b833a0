//! What is stored: the envelope of an event, its metadata and its canonical bytes.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use medilink_domain::event::canonical;
use medilink_domain::{SubjectId, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A place in the log: gapless, from 1, in commit order. 0 is before the first event.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// Before the first event.
    pub const START: Self = Self(0);

    /// The position right after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// For a `bigint` column.
    pub const fn sql(self) -> i64 {
        // A log of more than 2^63 events can't be stored, so the cast never wraps.
        self.0 as i64
    }

    /// From a `bigint` column that is never negative (a CHECK holds it).
    pub const fn from_sql(value: i64) -> Self {
        Self(value as u64)
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Who did it, for whom, why, and by which rule: the audit part of an event. Holds
/// identifiers only, never names or texts.
///
/// The fields are in alphabetical order, see [`Metadata::canonical`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// The person or worker that acted.
    pub actor: String,
    /// The event that caused this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causation: Option<Position>,
    /// What all events of one flow share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Uuid>,
    /// The policies that allowed it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decided_by: Vec<String>,
    /// What callers through `cqrs_es` attach.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, String>,
    /// On whose behalf, when not their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Uuid>,
    /// SHA-256 of the policy set that allowed it, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_set: Option<String>,
    /// Purpose of use (HL7 v3 PurposeOfUse code, such as `TREAT`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The request, as returned in `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Uuid>,
    /// The role they acted in.
    pub role: String,
    /// The position of the read model that the actor's view was built from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<Position>,
    /// The session or access token that was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Uuid>,
    /// W3C `traceparent` of the request, so that one trace spans log, broker and read model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

impl Metadata {
    /// The audit part of an event as it is stored. Unknown or damaged metadata reads as empty:
    /// it never stops a reader, and the leaf hash tells whether it was touched.
    pub fn read(stored: &[u8]) -> Self {
        serde_json::from_slice(stored).unwrap_or_default()
    }

    /// Canonical JSON (RFC 8785). With the fields in order and no fractions among them, plain
    /// JSON is canonical already, at a fifth of the price; only the keys of `extra` may have
    /// to be sorted.
    pub fn canonical(&self) -> Vec<u8> {
        if self.extra.is_empty()
            && let Ok(plain) = serde_json::to_vec(self)
        {
            return plain;
        }
        canonical(self)
    }
}

/// An event on its way into the log; payload already canonical or sealed.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// `context.event`.
    pub kind: &'static str,
    /// The schema version of the payload.
    pub schema_version: u16,
    /// Whose data it is.
    pub subject: Option<SubjectId>,
    /// Canonical JSON, or ciphertext when the type is personal.
    pub payload: Bytes,
}

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedEvent {
    /// Its place in the log.
    pub position: Position,
    /// Its stream, such as `appointment-0190…`.
    pub stream: String,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// `context.event`.
    pub kind: String,
    /// The schema version that the payload was written at.
    pub schema_version: u16,
    /// The tenant that owns it.
    pub tenant: TenantId,
    /// Whose data it is.
    pub subject: Option<SubjectId>,
    /// Canonical JSON, or ciphertext when the type is personal.
    pub payload: Bytes,
    /// Canonical JSON of [`Metadata`], byte for byte as it was hashed.
    pub metadata: Bytes,
    /// When the writer recorded it, in whole microseconds.
    pub recorded_at: DateTime<Utc>,
    /// RFC 6962 leaf hash of the envelope, ciphertext included.
    pub leaf_hash: [u8; 32],
}

/// The part of an event that its meaning is read from, without the audit part.
#[derive(Clone, Copy, Debug)]
pub struct StoredPayload<'a> {
    /// The tenant that owns it.
    pub tenant: TenantId,
    /// Its stream.
    pub stream: &'a str,
    /// Its place in the stream, from 1.
    pub version: u64,
    /// `context.event`.
    pub kind: &'a str,
    /// The schema version that the payload was written at.
    pub schema_version: u16,
    /// Whose data it is.
    pub subject: Option<SubjectId>,
    /// Canonical JSON, or ciphertext when the type is personal.
    pub payload: &'a [u8],
}

impl<'a> From<&'a RecordedEvent> for StoredPayload<'a> {
    fn from(event: &'a RecordedEvent) -> Self {
        Self {
            tenant: event.tenant,
            stream: &event.stream,
            version: event.version,
            kind: &event.kind,
            schema_version: event.schema_version,
            subject: event.subject,
            payload: &event.payload,
        }
    }
}

impl RecordedEvent {
    /// The audit part, parsed.
    pub fn metadata(&self) -> Metadata {
        Metadata::read(&self.metadata)
    }

    /// Whether the stored leaf hash is that of the stored envelope.
    pub fn leaf_is_sound(&self) -> bool {
        self.envelope().leaf_hash() == self.leaf_hash
    }

    /// The part of the event that its leaf hash covers: all but the position, which the
    /// tree itself proves (leaf index = position − 1).
    pub fn envelope(&self) -> Envelope<'_> {
        Envelope {
            tenant: self.tenant,
            stream: &self.stream,
            version: self.version,
            kind: &self.kind,
            schema_version: self.schema_version,
            subject: self.subject,
            recorded_at: self.recorded_at,
            metadata: &self.metadata,
            payload: &self.payload,
        }
    }
}

/// What the leaf hash covers.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The tenant that owns the event.
    pub tenant: TenantId,
    /// The stream.
    pub stream: &'a str,
    /// The place in the stream.
    pub version: u64,
    /// The event type.
    pub kind: &'a str,
    /// The schema version of the payload.
    pub schema_version: u16,
    /// Whose data it is.
    pub subject: Option<SubjectId>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// Canonical metadata.
    pub metadata: &'a [u8],
    /// Payload, ciphertext when personal.
    pub payload: &'a [u8],
}

impl Envelope<'_> {
    /// The canonical bytes: a version tag, then each field as a 4-byte big-endian length and
    /// its bytes, in the order of the struct. Integers are 8 bytes big-endian, UUIDs 16
    /// bytes, an absent subject is empty, the time is microseconds since 1970 as an integer.
    /// Length prefixes make it impossible for two envelopes to share their bytes, and an
    /// outsider can rebuild it in any language without a JSON canonicalizer.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut out =
            Vec::with_capacity(160 + self.stream.len() + self.metadata.len() + self.payload.len());
        out.extend_from_slice(b"medilink/event/v1\n");
        self.each_field(|field| {
            // A field over 4 GiB can't reach this point: the log refuses payloads over 1 MiB.
            out.extend_from_slice(&(field.len() as u32).to_be_bytes());
            out.extend_from_slice(field);
        });
        out
    }

    /// RFC 6962 §2.1: SHA-256(0x00 ‖ canonical bytes).
    pub fn leaf_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update([0]);
        hash.update(b"medilink/event/v1\n");
        self.each_field(|field| {
            hash.update((field.len() as u32).to_be_bytes());
            hash.update(field);
        });
        hash.finalize().into()
    }

    fn each_field(&self, mut take: impl FnMut(&[u8])) {
        take(self.tenant.uuid().as_bytes());
        take(self.stream.as_bytes());
        take(&self.version.to_be_bytes());
        take(self.kind.as_bytes());
        take(&u64::from(self.schema_version).to_be_bytes());
        match self.subject {
            Some(subject) => take(subject.uuid().as_bytes()),
            None => take(&[]),
        }
        take(&self.recorded_at.timestamp_micros().to_be_bytes());
        take(self.metadata);
        take(self.payload);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn any_metadata()(
            texts in any::<[String; 3]>(), options in any::<[Option<String>; 3]>(),
            ids in any::<[Option<u128>; 4]>(), numbers in any::<[Option<u32>; 2]>(),
            decided_by in any::<Vec<String>>(), extra in any::<BTreeMap<String, String>>(),
        ) -> Metadata {
            let [actor, role, _] = texts;
            let [policy_set, purpose, traceparent] = options;
            let [correlation, on_behalf_of, request, session] = ids.map(|id| id.map(Uuid::from_u128));
            let [causation, seen] = numbers.map(|number| number.map(|number| Position(number.into())));
            Metadata {
                actor, causation, correlation, decided_by, extra, on_behalf_of, policy_set, purpose,
                request, role, seen, session, traceparent,
            }
        }
    }

    proptest! {
        #[test]
        fn metadata_is_written_in_canonical_form(metadata in any_metadata(), plain in any::<bool>()) {
            let extra = if plain { BTreeMap::new() } else { metadata.extra.clone() };
            let metadata = Metadata { extra, ..metadata };
            prop_assert_eq!(metadata.canonical(), canonical(&metadata));
        }
    }
}

//! CloudEvents 1.0 in structured JSON mode: what a message holds. Decoding gives back the
//! log's event byte for byte, ciphertext and leaf hash included.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use medilink_domain::{SubjectId, TenantId};
use medilink_log::{Position, RecordedEvent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

const SOURCE: &str = "urn:medilink:log";
/// The bus doesn't know which types are encrypted, so all data travels as bytes.
const CONTENT: &str = "application/octet-stream";

/// The attributes in their order on the wire. Extension names are lower-case without
/// separators and numbers that may outgrow 32 bits are strings: CloudEvents asks for both.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(
    title = "Event",
    description = "A CloudEvents 1.0 envelope in structured JSON mode."
)]
pub(crate) struct Wire<'a> {
    /// `1.0`.
    specversion: Cow<'a, str>,
    /// The event's position in the log, which is also its sequence in the stream.
    id: Cow<'a, str>,
    /// `urn:medilink:log`.
    source: Cow<'a, str>,
    /// `context.event`.
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    /// When it was recorded, RFC 3339 in UTC, to the microsecond.
    #[serde(borrow)]
    time: Cow<'a, str>,
    /// `application/octet-stream`.
    datacontenttype: Cow<'a, str>,
    /// The stream it belongs to, such as `appointment-0190…`.
    #[serde(borrow)]
    stream: Cow<'a, str>,
    /// Its place in that stream, from 1.
    #[serde(borrow)]
    streamversion: Cow<'a, str>,
    /// The schema version of the data.
    schemaversion: u16,
    /// The tenant that owns it.
    tenant: Uuid,
    /// The person whose data it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    datasubject: Option<Uuid>,
    /// The audit part: canonical JSON in base64, byte for byte as it was hashed.
    #[serde(borrow)]
    metadata: Cow<'a, str>,
    /// The RFC 6962 leaf hash of the stored event, in base64.
    #[serde(borrow)]
    leafhash: Cow<'a, str>,
    /// The data: canonical JSON, or sealed when the type is personal.
    #[serde(borrow)]
    data_base64: Cow<'a, str>,
}

/// Why a message is not an event of the log. Quotes nothing of the message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// Not the JSON of an envelope.
    #[error("not a CloudEvents envelope (line {line}, column {column})")]
    Malformed {
        /// Line of the JSON text.
        line: usize,
        /// Column of the JSON text.
        column: usize,
    },
    /// An attribute has an impossible value.
    #[error("attribute `{0}` can't be read")]
    Attribute(&'static str),
    /// The message belongs to another place in the log than in the stream.
    #[error("message {sequence} says it is event {position}")]
    Misplaced {
        /// Where the stream has it.
        sequence: u64,
        /// What it says.
        position: Position,
    },
}

/// The body of an event's message.
pub fn encode(event: &RecordedEvent) -> Bytes {
    let wire = Wire {
        specversion: "1.0".into(),
        id: event.position.to_string().into(),
        source: SOURCE.into(),
        kind: event.kind.as_str().into(),
        time: event
            .recorded_at
            .to_rfc3339_opts(SecondsFormat::AutoSi, true)
            .into(),
        datacontenttype: CONTENT.into(),
        stream: event.stream.as_str().into(),
        streamversion: event.version.to_string().into(),
        schemaversion: event.schema_version,
        tenant: event.tenant.uuid(),
        datasubject: event.subject.map(SubjectId::uuid),
        metadata: STANDARD.encode(&event.metadata).into(),
        leafhash: STANDARD.encode(event.leaf_hash).into(),
        data_base64: STANDARD.encode(&event.payload).into(),
    };
    let mut out = Vec::with_capacity(512 + wire.metadata.len() + wire.data_base64.len());
    #[allow(
        clippy::expect_used,
        reason = "strings, integers and UUIDs always have a JSON form, and a Vec takes every write"
    )]
    serde_json::to_writer(&mut out, &wire).expect("an envelope is always JSON");
    out.into()
}

/// The event in the body of a message.
///
/// # Errors
/// [`EnvelopeError`] when the body is not what [`encode`] writes. Unknown attributes are
/// ignored, as CloudEvents asks, so a newer relay may add some.
pub fn decode(body: &[u8]) -> Result<RecordedEvent, EnvelopeError> {
    let wire: Wire<'_> =
        serde_json::from_slice(body).map_err(|error| EnvelopeError::Malformed {
            line: error.line(),
            column: error.column(),
        })?;
    if wire.specversion != "1.0" {
        return Err(EnvelopeError::Attribute("specversion"));
    }
    if wire.source != SOURCE {
        return Err(EnvelopeError::Attribute("source"));
    }
    Ok(RecordedEvent {
        position: Position(number("id", &wire.id)?),
        version: number("streamversion", &wire.streamversion)?,
        stream: wire.stream.into_owned(),
        kind: wire.kind.into_owned(),
        schema_version: wire.schemaversion,
        tenant: TenantId(wire.tenant),
        subject: wire.datasubject.map(SubjectId),
        payload: bytes("data_base64", &wire.data_base64)?.into(),
        metadata: bytes("metadata", &wire.metadata)?.into(),
        recorded_at: DateTime::parse_from_rfc3339(&wire.time)
            .map_err(|_| EnvelopeError::Attribute("time"))?
            .with_timezone(&Utc),
        leaf_hash: bytes("leafhash", &wire.leafhash)?
            .try_into()
            .map_err(|_| EnvelopeError::Attribute("leafhash"))?,
    })
}

/// As [`decode`], and the event must be the one of this stream sequence.
pub(crate) fn decode_at(sequence: u64, body: &[u8]) -> Result<RecordedEvent, EnvelopeError> {
    let event = decode(body)?;
    if event.position.0 == sequence {
        Ok(event)
    } else {
        Err(EnvelopeError::Misplaced {
            sequence,
            position: event.position,
        })
    }
}

/// The trace of the request that caused the event, when its metadata has a sound one. What
/// came in a request header may be anything, and must not become a NATS header of its own.
pub(crate) fn traceparent(event: &RecordedEvent) -> Option<String> {
    #[derive(Deserialize)]
    struct Trace<'a> {
        #[serde(borrow, default)]
        traceparent: Option<Cow<'a, str>>,
    }
    let trace: Trace<'_> = serde_json::from_slice(&event.metadata).ok()?;
    trace
        .traceparent
        .filter(|text| is_traceparent(text))
        .map(Cow::into_owned)
}

/// W3C Trace Context: `version-trace-parent-flags`, 2, 32, 16 and 2 hexadecimal digits.
fn is_traceparent(text: &str) -> bool {
    let widths = text.split('-').map(str::len);
    widths.eq([2, 32, 16, 2])
        && text
            .chars()
            .all(|c| c == '-' || matches!(c, '0'..='9' | 'a'..='f'))
}

fn number(attribute: &'static str, text: &str) -> Result<u64, EnvelopeError> {
    text.parse()
        .map_err(|_| EnvelopeError::Attribute(attribute))
}

fn bytes(attribute: &'static str, text: &str) -> Result<Vec<u8>, EnvelopeError> {
    STANDARD
        .decode(text)
        .map_err(|_| EnvelopeError::Attribute(attribute))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn any_event()(
            position in 1..=u64::MAX, version in any::<u64>(), stream in any::<String>(), kind in any::<String>(),
            schema_version in any::<u16>(), tenant in any::<u128>(), subject in any::<Option<u128>>(),
            payload in any::<Vec<u8>>(), metadata in any::<Vec<u8>>(), leaf_hash in any::<[u8; 32]>(),
            micros in 0..253_402_300_799_999_999i64,
        ) -> RecordedEvent {
            RecordedEvent {
                position: Position(position), stream, version, kind, schema_version,
                tenant: TenantId(Uuid::from_u128(tenant)), subject: subject.map(|id| SubjectId(Uuid::from_u128(id))),
                payload: payload.into(), metadata: metadata.into(),
                recorded_at: DateTime::from_timestamp_micros(micros).unwrap(), leaf_hash,
            }
        }
    }

    proptest! {
        #[test]
        fn an_event_comes_back_exactly_as_it_was_sent(event in any_event()) {
            prop_assert_eq!(decode(&encode(&event)).unwrap(), event);
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(body in any::<Vec<u8>>()) {
            let _ = decode(&body);
        }

        #[test]
        fn a_truncated_message_is_refused(event in any_event(), cut in any::<prop::sample::Index>()) {
            let body = encode(&event);
            prop_assert!(decode(&body[..cut.index(body.len())]).is_err());
        }
    }

    fn sample() -> RecordedEvent {
        RecordedEvent {
            position: Position(7),
            stream: "hospital-1".to_owned(),
            version: 2,
            kind: "hospital.opened".to_owned(),
            schema_version: 1,
            tenant: TenantId(Uuid::from_u128(1)),
            subject: None,
            payload: Bytes::from_static(b"{}"),
            metadata: Bytes::from_static(
                br#"{"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}"#,
            ),
            recorded_at: DateTime::from_timestamp_micros(1_700_000_000_000_001).unwrap(),
            leaf_hash: [0; 32],
        }
    }

    #[test]
    fn the_wire_format_is_what_was_promised_to_integrators() {
        let body: serde_json::Value = serde_json::from_slice(&encode(&sample())).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "specversion": "1.0", "id": "7", "source": "urn:medilink:log", "type": "hospital.opened",
                "time": "2023-11-14T22:13:20.000001Z", "datacontenttype": "application/octet-stream",
                "stream": "hospital-1", "streamversion": "2", "schemaversion": 1,
                "tenant": "00000000-0000-0000-0000-000000000001",
                "metadata": STANDARD.encode(&sample().metadata), "leafhash": STANDARD.encode([0; 32]),
                "data_base64": "e30=",
            })
        );
    }

    #[test]
    fn an_unknown_attribute_is_ignored_and_a_foreign_source_refused() {
        let mut body: serde_json::Value = serde_json::from_slice(&encode(&sample())).unwrap();
        body["later"] = true.into();
        assert_eq!(decode(body.to_string().as_bytes()).unwrap(), sample());
        body["source"] = "urn:other".into();
        assert_eq!(
            decode(body.to_string().as_bytes()),
            Err(EnvelopeError::Attribute("source"))
        );
    }

    #[test]
    fn only_a_sound_traceparent_becomes_a_header() {
        let mut event = sample();
        assert_eq!(
            traceparent(&event).unwrap(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        );
        for bad in [
            r#"{"traceparent":"00-1\r\nNats-Msg-Id: x"}"#,
            r#"{"traceparent":7}"#,
            "{",
            r#"{"actor":"a"}"#,
        ] {
            event.metadata = Bytes::copy_from_slice(bad.as_bytes());
            assert_eq!(traceparent(&event), None, "{bad}");
        }
    }
}

//! The broker's side of the published interface, as an AsyncAPI 3.0 document
//! (<https://www.asyncapi.com/docs/reference/specification/v3.0.0>): made from the event types
//! and the envelope, so that it can't say anything else than the code does.

use std::collections::BTreeMap;

use medilink_domain::{EventType, Privacy, registry};
use serde_json::{Map, Value, json};

use crate::envelope::Wire;
use crate::subject::{PARTITIONS, parts, token};

const EVENTS: &str = "application/cloudevents+json";

/// The document, as `schemas/asyncapi.json` holds it.
pub fn asyncapi() -> Value {
    let types = registry::event_types();
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for kind in &types {
        channels.insert(kind.name.to_owned(), channel(kind));
        operations.insert(
            format!("receive {}", kind.name),
            json!({
                "action": "receive",
                "channel": {"$ref": pointer("/channels", kind.name)},
                "messages": [{"$ref": pointer(&format!("/channels/{}/messages", kind.name), kind.name)}],
            }),
        );
        messages.insert(kind.name.to_owned(), message(kind));
    }
    let document = json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "MediLink events",
            "version": "1",
            "description": "Everything that happens, as CloudEvents on NATS JetStream. The stream's sequence is the event's position in the log.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "defaultContentType": EVENTS,
        "servers": {
            "broker": {
                "host": "localhost:4222",
                "protocol": "nats",
                "description": "See nats.conf for the users and what each may read.",
                "security": [{"$ref": "#/components/securitySchemes/user"}],
            },
        },
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": {"envelope": schemars::schema_for!(Wire<'static>)},
            "securitySchemes": {"user": {"type": "userPassword"}},
        },
    });
    sorted(document)
}

/// Whether an object keeps its order or sorts its names depends on what else is built with
/// serde_json; the document must not.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<_, _> = fields
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            fields.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

fn channel(kind: &EventType) -> Value {
    let (context, name) = parts(kind.name);
    json!({
        "address": format!("ev.{{tenant}}.{{partition}}.{}.{}", token(context), token(name)),
        "parameters": {
            "tenant": {"description": "The tenant's UUID, without hyphens."},
            "partition": {
                "description": format!("The first byte of the SHA-256 of the stream's name, modulo {PARTITIONS}."),
            },
        },
        "messages": {kind.name: {"$ref": pointer("/components/messages", kind.name)}},
    })
}

fn message(kind: &EventType) -> Value {
    let clear = format!("./events/{}.v{}.json", kind.name, kind.version);
    let data = match kind.privacy {
        Privacy::Operational => json!({
            "contentEncoding": "base64",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": clear},
        }),
        Privacy::Personal(_) => json!({
            "contentEncoding": "base64",
            "contentMediaType": "application/octet-stream",
            "description": format!("Sealed under the data subject's own key; the clear text is of {clear}."),
        }),
    };
    json!({
        "name": kind.name,
        "contentType": EVENTS,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/envelope"},
                {"properties": {
                    "type": {"const": kind.name},
                    "schemaversion": {"const": kind.version},
                    "data_base64": data,
                }},
            ],
        },
    })
}

fn pointer(to: &str, name: &str) -> String {
    format!("#{to}/{name}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bytes::Bytes;
    use chrono::DateTime;
    use medilink_domain::{SubjectId, TenantId};
    use medilink_log::{Position, RecordedEvent};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_checked_in_document_is_the_one_of_the_code() {
        let file =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/asyncapi.json");
        let mut code = serde_json::to_string_pretty(&asyncapi()).unwrap();
        code.push('\n');
        if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
            std::fs::write(&file, &code).unwrap();
        }
        assert!(
            std::fs::read_to_string(&file).unwrap_or_default() == code,
            "schemas/asyncapi.json differs from the code: look at the change, then run `make bless`"
        );
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(fields) => {
                    for (name, value) in fields {
                        match value {
                            Value::String(to) if name == "$ref" => found.push(to),
                            other => references(other, found),
                        }
                    }
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let document = asyncapi();
        let mut found = Vec::new();
        references(&document, &mut found);
        let schemas = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
        for to in found {
            let leads = match to.strip_prefix('#') {
                Some(within) => document.pointer(within).is_some(),
                None => schemas.join(to).is_file(),
            };
            assert!(leads, "{to} leads nowhere");
        }
    }

    #[test]
    fn a_real_message_is_of_the_schema_of_its_type() {
        let event = RecordedEvent {
            position: Position(1),
            stream: "patient-1".into(),
            version: 1,
            kind: "patient.registered".into(),
            schema_version: 1,
            tenant: TenantId(Uuid::nil()),
            subject: Some(SubjectId(Uuid::nil())),
            payload: Bytes::from_static(b"{}"),
            metadata: Bytes::from_static(b"{}"),
            recorded_at: DateTime::UNIX_EPOCH,
            leaf_hash: [0; 32],
        };
        let body: Value = serde_json::from_slice(&crate::encode(&event)).unwrap();
        let envelope = &asyncapi()["components"]["schemas"]["envelope"];
        let required = envelope["required"].as_array().unwrap();
        for name in required {
            assert!(!body[name.as_str().unwrap()].is_null(), "{name} is missing");
        }
        for name in body.as_object().unwrap().keys() {
            assert!(envelope["properties"].get(name).is_some(), "{name}");
        }
    }
}

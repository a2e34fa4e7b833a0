//! What every event type promises by its name and number.

use std::collections::BTreeSet;

use medilink_domain::Privacy;
use medilink_domain::registry::{event_type, event_types};
use serde_json::{Value, json};

#[test]
fn names_are_unique_and_of_the_form_context_dot_event() {
    let mut names = BTreeSet::new();
    for kind in event_types() {
        assert!(names.insert(kind.name), "{} is there twice", kind.name);
        let (context, event) = kind.name.split_once('.').expect("a dot");
        for part in [context, event] {
            assert!(
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{}",
                kind.name
            );
        }
        assert_eq!(
            event_type(kind.name).map(|found| found.name),
            Some(kind.name)
        );
    }
    assert!(event_type("no.such-event").is_none());
}

/// What a field that is stored in clear text for ever must not be called, at any depth.
const PERSONAL: [&str; 11] = [
    "patient",
    "name",
    "phone",
    "email",
    "address",
    "date_of_birth",
    "title",
    "text",
    "comment",
    "waiver",
    "registration_number",
];

/// The texts that people write and that are stored in clear all the same, because they are not
/// about a person. Whoever adds one says here of what it is.
const CLEAR_TEXTS: [(&str, &str); 11] = [
    (
        "dead-letter.retried/reason",
        "an operator's note on a fault",
    ),
    (
        "dead-letter.skipped/reason",
        "an operator's note on a fault",
    ),
    ("hospital.asset-added/name", "a room or device"),
    ("hospital.department-added/name", "a department"),
    ("hospital.department-added/specialty", "a department"),
    ("hospital.holiday-declared/name", "a holiday"),
    ("hospital.opened/name", "a hospital"),
    ("integrator.registered/name", "a program of an organisation"),
    (
        "read-model.rebuild-requested/reason",
        "an operator's note on a fault",
    ),
    ("visit-type.changed/terms/name", "a kind of visit"),
    ("visit-type.defined/terms/name", "a kind of visit"),
];

/// A name or an address in clear text would stay in the log for ever.
#[test]
fn what_holds_personal_fields_is_stored_encrypted() {
    let mut texts = BTreeSet::new();
    for kind in event_types()
        .into_iter()
        .filter(|kind| kind.privacy == Privacy::Operational)
    {
        for (path, schema) in leaves(&kind.document(), kind.name) {
            if CLEAR_TEXTS.iter().any(|(text, _)| *text == path) {
                texts.insert(path);
                continue;
            }
            let fields = path.split('/').skip(1);
            let personal: Vec<_> = fields.filter(|field| PERSONAL.contains(field)).collect();
            assert!(personal.is_empty(), "{path} holds {personal:?}");
            assert!(has_no_room_for_names(&path, &schema), "{path} is free text");
        }
    }
    let known: BTreeSet<_> = CLEAR_TEXTS.map(|(text, _)| text.to_owned()).into();
    assert_eq!(texts, known, "a text that is there no more");
}

/// The fields that hold no others, by their place in the event.
fn leaves(schema: &Value, at: &str) -> Vec<(String, Value)> {
    let inner = |schemas: &Value| -> Vec<Value> { schemas.as_array().cloned().unwrap_or_default() };
    if let Some(fields) = schema["properties"].as_object() {
        return fields
            .iter()
            .flat_map(|(field, schema)| leaves(schema, &format!("{at}/{field}")))
            .collect();
    }
    if schema["items"].is_object() {
        return leaves(&schema["items"], at);
    }
    let alternatives = [inner(&schema["anyOf"]), inner(&schema["oneOf"])].concat();
    if alternatives.is_empty() {
        return vec![(at.to_owned(), schema.clone())];
    }
    alternatives
        .iter()
        .flat_map(|alternative| leaves(alternative, at))
        .collect()
}

/// Numbers, instants, ids, codes and words of a list: nobody's name fits in.
fn has_no_room_for_names(path: &str, schema: &Value) -> bool {
    let types = match &schema["type"] {
        Value::Array(types) => types.clone(),
        single => vec![single.clone()],
    };
    let allowed = |kind: &Value| match kind.as_str() {
        Some("integer" | "number" | "boolean" | "null") => true,
        Some("string") => {
            matches!(
                schema["format"].as_str(),
                Some("uuid" | "date" | "date-time")
            ) || schema["pattern"].is_string()
                || schema["const"].is_string()
                || schema["enum"].is_array()
                // A name of the IANA database, whose names have no pattern in common.
                || path.ends_with("/time_zone")
        }
        _ => false,
    };
    types.iter().all(allowed)
}

/// Guards the check above against seeing only the surface.
#[test]
fn a_personal_field_is_found_at_any_depth() {
    let schema = json!({
        "properties": {
            "at": { "type": "string", "format": "date-time" },
            "terms": { "anyOf": [
                { "properties": { "parts": { "type": "array", "items": {
                    "properties": { "note": { "type": ["string", "null"], "maxLength": 9 } }
                } } } },
                { "type": "null" },
            ] },
            "notes": { "type": "object" },
        },
    });
    let mut found: Vec<_> = leaves(&schema, "a.b")
        .into_iter()
        .map(|(path, schema)| (path.clone(), has_no_room_for_names(&path, &schema)))
        .collect();
    found.sort();
    let expected = [
        ("a.b/at", true),
        ("a.b/notes", false),
        ("a.b/terms", true),
        ("a.b/terms/parts/note", false),
    ];
    assert_eq!(
        found,
        expected.map(|(path, closed)| (path.to_owned(), closed))
    );
}

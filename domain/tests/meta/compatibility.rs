//! Which changes of a schema leave the events already written under it readable and whole.
//!
//! Allowed: other words in titles and descriptions, a new optional field, a field that need
//! not be there any more, a new value of an enumeration, a wider limit. Everything else is a
//! break: a field removed (its data would silently be lost) or newly required, another type,
//! pattern, format, a tighter limit, another way of being stored (`x-privacy`). Removal shows
//! only here, since a fixture with one field too many still decodes.

use serde_json::{Map, Value, json};

/// What the new schema would break of the old one, each with its place.
pub fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(old, new, "", &mut found);
    found
}

fn compare(old: &Value, new: &Value, at: &str, found: &mut Vec<String>) {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
        if old != new {
            found.push(format!("{at} changes"));
        }
        return;
    };
    let mut keys: Vec<_> = old.keys().chain(new.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let at = format!("{at}/{key}");
        match (key.as_str(), old.get(key), new.get(key)) {
            ("title" | "description" | "$schema" | "$comment" | "examples", _, _) => {}
            ("properties", old, new) => fields(old, new, &at, found),
            ("required", old, new) => only_from(new, old, &at, "is newly required", found),
            ("enum" | "type", Some(old), Some(new)) => {
                only_from(Some(old), Some(new), &at, "is no longer allowed", found)
            }
            ("oneOf" | "anyOf", Some(old), Some(new)) => alternatives(old, new, &at, found),
            ("maxLength" | "maximum" | "maxItems", old, new) => {
                limit(old, new, &at, |old, new| new >= old, found)
            }
            ("minLength" | "minimum" | "minItems", old, new) => {
                limit(old, new, &at, |old, new| new <= old, found)
            }
            (_, Some(old), Some(new)) => compare(old, new, &at, found),
            (_, Some(_), None) => found.push(format!("{at} goes away")),
            (_, None, _) => found.push(format!("{at} is new")),
        }
    }
}

fn fields(old: Option<&Value>, new: Option<&Value>, at: &str, found: &mut Vec<String>) {
    let empty = Map::new();
    let new = new.and_then(Value::as_object).unwrap_or(&empty);
    for (field, schema) in old.and_then(Value::as_object).unwrap_or(&empty) {
        match new.get(field) {
            Some(now) => compare(schema, now, &format!("{at}/{field}"), found),
            None => found.push(format!("{at}/{field} goes away")),
        }
    }
}

/// Each entry of the one list must be in the other.
fn only_from(
    some: Option<&Value>,
    of: Option<&Value>,
    at: &str,
    otherwise: &str,
    found: &mut Vec<String>,
) {
    let list = |value: Option<&Value>| match value {
        Some(Value::Array(entries)) => entries.clone(),
        Some(single) => vec![single.clone()],
        None => Vec::new(),
    };
    let of = list(of);
    for entry in list(some).iter().filter(|entry| !of.contains(entry)) {
        found.push(format!("{at}: {entry} {otherwise}"));
    }
}

fn alternatives(old: &Value, new: &Value, at: &str, found: &mut Vec<String>) {
    let new = new.as_array().map(Vec::as_slice).unwrap_or_default();
    for (index, alternative) in old.as_array().into_iter().flatten().enumerate() {
        if !new.iter().any(|now| breaks(alternative, now).is_empty()) {
            found.push(format!("{at}/{index} goes away"));
        }
    }
}

fn limit(
    old: Option<&Value>,
    new: Option<&Value>,
    at: &str,
    wider: fn(f64, f64) -> bool,
    found: &mut Vec<String>,
) {
    let Some(new) = new.and_then(Value::as_f64) else {
        return;
    };
    if !old
        .and_then(Value::as_f64)
        .is_some_and(|old| wider(old, new))
    {
        found.push(format!("{at} is tighter"));
    }
}

#[test]
fn a_change_is_a_break_unless_what_was_written_stays_whole() {
    let old = || {
        json!({
            "title": "a", "type": "object", "x-privacy": "operational",
            "required": ["name", "kind"],
            "properties": {
                "name": { "type": "string", "minLength": 1, "maxLength": 10 },
                "kind": { "oneOf": [{ "const": "one", "description": "1" }, { "const": "two" }] },
                "level": { "type": "integer", "minimum": 0 },
                "state": { "type": "string", "enum": ["on", "off"] },
                "address": { "anyOf": [{ "type": "string", "format": "email" }, { "type": "null" }] },
                "parts": { "type": "array", "items": { "type": "string" } },
            },
        })
    };
    let cases: [(&str, Value, bool); 19] = [
        ("/title", json!("b"), true),
        ("/properties/kind/oneOf/0/description", json!("one"), true),
        ("/properties/name/maxLength", json!(20), true),
        ("/properties/name/minLength", json!(0), true),
        ("/required", json!(["name"]), true),
        ("/properties/level/type", json!(["integer", "null"]), true),
        (
            "/properties/state/enum",
            json!(["off", "on", "broken"]),
            true,
        ),
        (
            "/properties/kind/oneOf",
            json!([{ "const": "two" }, { "const": "three" }, { "const": "one" }]),
            true,
        ),
        ("/required", json!(["name", "kind", "level"]), false),
        ("/properties/name/maxLength", json!(9), false),
        ("/properties/name/minLength", json!(2), false),
        ("/properties/level/minimum", json!(1), false),
        ("/properties/level/type", json!("number"), false),
        ("/properties/state/enum", json!(["on"]), false),
        ("/properties/kind/oneOf", json!([{ "const": "one" }]), false),
        ("/properties/address/anyOf/0/format", json!("uri"), false),
        (
            "/properties/address/anyOf",
            json!([{ "type": "string", "format": "email" }]),
            false,
        ),
        ("/properties/parts/items/type", json!("integer"), false),
        ("/x-privacy", json!("personal:clinical"), false),
    ];
    for (place, value, allowed) in cases {
        let mut new = old();
        *new.pointer_mut(place).unwrap() = value.clone();
        assert_eq!(
            breaks(&old(), &new).is_empty(),
            allowed,
            "{place} = {value}: {:?}",
            breaks(&old(), &new)
        );
    }
}

#[test]
fn a_field_may_come_as_an_option_but_never_go() {
    let without = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    let with = json!({
        "type": "object",
        "properties": { "a": { "type": "string" }, "b": { "type": "string", "maxLength": 3 } },
    });
    assert_eq!(breaks(&without, &with), Vec::<String>::new());
    assert_eq!(breaks(&with, &without), ["/properties/b goes away"]);
    let tighter = json!({
        "type": "object",
        "properties": { "a": { "type": "string", "pattern": "^x" } },
    });
    assert_eq!(breaks(&without, &tighter), ["/properties/a/pattern is new"]);
}

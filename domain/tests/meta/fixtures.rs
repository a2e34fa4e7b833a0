//! One example of every event version ever shipped, which must decode for ever.

use medilink_domain::EventType;
use medilink_domain::event::{canonical, upcast};
use medilink_domain::registry::event_types;
use serde_json::Value;

use crate::aggregates::reencode;
use crate::files::{fixture, fixtures, names_in, read, schema_path};

#[test]
fn every_version_of_every_event_type_has_a_fixture_and_there_are_no_others() {
    let mut wanted: Vec<_> = event_types()
        .iter()
        .map(|kind| kind.name.to_owned())
        .collect();
    wanted.sort_unstable();
    assert_eq!(
        names_in(&fixtures()),
        wanted,
        "an event type can't be removed or renamed once shipped"
    );
    for kind in event_types() {
        let versions: Vec<_> = (1..=kind.version)
            .map(|version| format!("v{version}.json"))
            .collect();
        let mut there = names_in(&fixtures().join(kind.name));
        there.sort_by_key(|name| (name.len(), name.clone()));
        assert_eq!(there, versions, "{}", kind.name);
    }
}

#[test]
fn every_fixture_fits_the_published_schema_of_its_version() {
    for kind in event_types() {
        for version in 1..=kind.version {
            let schema = read(&schema_path(kind, version)).expect("BLESS=1 writes missing schemas");
            fits(kind, &schema, &fixture(kind, version)).unwrap();
        }
    }
}

#[test]
fn every_fixture_decodes() {
    for kind in event_types() {
        for version in 1..=kind.version {
            let bytes = canonical(&fixture(kind, version));
            let current = upcast(kind, version, &bytes).unwrap();
            reencode(kind.name, &current)
                .unwrap_or_else(|error| panic!("{kind:?} from v{version}: {error}"));
        }
    }
}

#[test]
fn a_fixture_of_today_is_written_back_as_it_was_read() {
    for kind in event_types() {
        let fixture = fixture(kind, kind.version);
        kept(kind, &fixture).unwrap();
        assert_eq!(
            reencode(kind.name, &canonical(&fixture)).unwrap(),
            canonical(&fixture),
            "{kind:?}"
        );
    }
}

#[test]
fn a_fixture_of_today_fills_in_every_field() {
    for kind in event_types() {
        covers(&kind.document(), &fixture(kind, kind.version), kind.name);
    }
}

/// Whether the data is valid under the schema.
pub fn fits(kind: &EventType, schema: &Value, data: &Value) -> Result<(), String> {
    jsonschema::validator_for(schema)
        .map_err(|error| format!("{kind:?}: {error}"))?
        .validate(data)
        .map_err(|error| format!("the fixture of {kind:?} no longer fits its schema: {error}"))
}

/// Whether today's types read the data and lose nothing of it.
pub fn kept(kind: &EventType, data: &Value) -> Result<(), String> {
    let written = reencode(kind.name, &canonical(data))
        .map_err(|error| format!("the fixture of {kind:?} no longer decodes: {error}"))?;
    let written: Value = serde_json::from_slice(&written).map_err(|error| error.to_string())?;
    let lost: Vec<_> = data
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(field, value)| written.get(field) != Some(value))
        .map(|(field, _)| field.as_str())
        .collect();
    if lost.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{kind:?} loses or changes {} of its fixture",
            lost.join(", ")
        ))
    }
}

/// A field that the fixture leaves out is a field whose loss nobody would notice.
fn covers(schema: &Value, data: &Value, at: &str) {
    assert!(!data.is_null(), "the fixture leaves out {at}");
    for (field, inner) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        covers(inner, &data[field], &format!("{at}/{field}"));
    }
    if let Some(items) = schema.get("items") {
        assert!(data[0] != Value::Null, "the fixture has no item in {at}");
        covers(items, &data[0], &format!("{at}/0"));
    }
}

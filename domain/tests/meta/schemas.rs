//! The published JSON Schemas (`schemas/events`) are those of the code.
//!
//! A difference fails. `BLESS=1` writes the schemas anew, but refuses, and leaves the files as
//! they are, when a change would break what was written under the same version: see
//! `compatibility.rs` for what counts as a break. Then the event type needs a new version and
//! an upcast. The files of older versions are never written again.

use std::fs;

use medilink_domain::EventType;
use medilink_domain::registry::event_types;
use serde_json::Value;

use crate::compatibility::breaks;
use crate::files::{fixture, names_in, read, schema_path, schemas};
use crate::fixtures::{fits, kept};

#[test]
fn published_schemas_are_those_of_the_code() {
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        let refused: Vec<_> = event_types()
            .into_iter()
            .filter_map(|kind| bless(kind).err())
            .collect();
        assert!(refused.is_empty(), "not blessed:\n{}", refused.join("\n"));
    }
    for kind in event_types() {
        let path = schema_path(kind, kind.version);
        assert!(
            read(&path).as_ref() == Some(&kind.document()),
            "{} is not the schema of the code: BLESS=1 writes it, if the change breaks nothing",
            path.display()
        );
    }
}

#[test]
fn every_version_of_every_event_type_has_a_schema_and_there_are_no_others() {
    let mut wanted: Vec<_> = event_types()
        .into_iter()
        .flat_map(|kind| (1..=kind.version).map(|version| format!("{}.v{version}.json", kind.name)))
        .collect();
    wanted.sort_unstable();
    assert_eq!(names_in(&schemas()), wanted);
}

#[test]
fn blessing_refuses_what_breaks_an_event_already_written() {
    let kind = medilink_domain::registry::event_type("patient.registered").unwrap();
    let mut published = kind.document();
    published["properties"]["nickname"] = serde_json::json!({ "type": "string" });
    let refused = may_replace(kind, Some(&published)).unwrap_err();
    assert!(refused.contains("/properties/nickname"), "{refused}");
    may_replace(kind, Some(&kind.document())).unwrap();
    may_replace(kind, None).unwrap();
}

fn bless(kind: &EventType) -> Result<(), String> {
    let path = schema_path(kind, kind.version);
    may_replace(kind, read(&path).as_ref())?;
    let document = kind.document();
    if read(&path).as_ref() == Some(&document) {
        return Ok(());
    }
    let mut text = serde_json::to_string_pretty(&document).unwrap();
    text.push('\n');
    fs::create_dir_all(schemas()).unwrap();
    // In one step, because other tests read the folder at the same time.
    let draft = schemas().join(format!(".{}", kind.name));
    fs::write(&draft, text).unwrap();
    fs::rename(&draft, &path).unwrap();
    Ok(())
}

fn may_replace(kind: &EventType, published: Option<&Value>) -> Result<(), String> {
    let document = kind.document();
    let breaks = published
        .map(|published| breaks(published, &document))
        .unwrap_or_default();
    if !breaks.is_empty() {
        return Err(format!(
            "{kind:?}: {}. Give it version {} and an upcast.",
            breaks.join("; "),
            kind.version + 1
        ));
    }
    let fixture = fixture(kind, kind.version);
    fits(kind, &document, &fixture)?;
    kept(kind, &fixture)
}

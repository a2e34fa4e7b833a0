//! What every event type promises by its name and number.

use std::collections::BTreeSet;

use medilink_domain::Privacy;
use medilink_domain::registry::{event_type, event_types};

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

/// A name or an address in clear text would stay in the log for ever.
#[test]
fn what_holds_personal_fields_is_stored_encrypted() {
    const PERSONAL: [&str; 9] = [
        "patient",
        "name",
        "phone",
        "email",
        "address",
        "date_of_birth",
        "title",
        "text",
        "registration_number",
    ];
    for kind in event_types()
        .into_iter()
        .filter(|kind| kind.privacy == Privacy::Operational)
    {
        // The name of a hospital or department names no person.
        if kind.name.starts_with("hospital.") {
            continue;
        }
        let document = kind.document();
        for field in PERSONAL {
            assert!(
                document["properties"].get(field).is_none(),
                "{} holds {field}",
                kind.name
            );
        }
    }
}

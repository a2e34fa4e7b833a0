//! The refusals that callers may rely on.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use medilink_domain::registry::problems;

#[test]
fn one_slug_means_one_thing() {
    let mut meanings = BTreeMap::new();
    for (title, detail) in problems() {
        let meaning = (title, detail.class as u8, detail.mend);
        let known = meanings
            .entry(detail.slug)
            .or_insert_with(|| meaning.clone());
        assert_eq!(*known, meaning, "{}", detail.slug);
    }
}

#[test]
fn every_refusal_has_a_slug_a_title_a_way_out_and_a_pointer_if_any() {
    for (title, detail) in problems() {
        assert!(
            !detail.slug.is_empty()
                && detail
                    .slug
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        );
        assert!(!title.is_empty() && !title.ends_with('.'), "{title}");
        assert!(
            detail.mend.ends_with('.') && detail.mend.starts_with(char::is_uppercase),
            "{}",
            detail.mend
        );
        if let Some(field) = detail.field {
            let path = field.strip_prefix('/').expect("a JSON pointer");
            for name in path.split('/') {
                assert!(
                    name.bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                    "{field}"
                );
                assert!(!name.is_empty(), "{field}");
            }
        }
    }
}

/// Slugs are part of URIs that clients compare: a change here is a change of the API.
#[test]
fn slugs_classes_and_fields_are_as_published() {
    let mut table = String::new();
    for (title, detail) in problems() {
        writeln!(
            table,
            "{:<32} {:<9} {:<15} {title}",
            detail.slug,
            format!("{:?}", detail.class),
            detail.field.unwrap_or("-")
        )
        .unwrap();
    }
    insta::assert_snapshot!("problems", table);
}

#![allow(clippy::unwrap_used)]
use super::*;
use crate::testing::{at, text};

#[test]
fn the_law_says_which_it_is() {
    assert_eq!(LAW.jurisdiction, "IN");
    assert!(LAW.source.contains("section 3"));
    assert_eq!(LAW.years, 18);
}

#[test]
fn majority_is_reached_on_the_eighteenth_birthday() {
    for (born, of_age) in [
        ("2008-08-01", "2026-08-01"),
        ("2008-12-31", "2026-12-31"),
        ("2008-02-29", "2026-03-01"),
        ("2008-02-28", "2026-02-28"),
        // 2024 + 18 is no leap year either; 1978 + 18 is one.
        ("2024-02-29", "2042-03-01"),
        ("1978-02-28", "1996-02-28"),
    ] {
        let day: NaiveDate = of_age.parse().unwrap();
        assert_eq!(reached(text(born)), day, "{born}");
    }
    reached(text("9999-12-31"));
}

#[test]
fn a_day_begins_in_india() {
    for (now, date) in [
        ("2026-07-31T18:29:59.999999Z", "2026-07-31"),
        ("2026-07-31T18:30:00Z", "2026-08-01"),
    ] {
        let day: NaiveDate = date.parse().unwrap();
        assert_eq!(today(at(now)), day);
    }
}

#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::testing::{at, text};

const VISIT: &str = "2026-03-10T09:00:00Z";
const LATER: &str = "2026-05-01T00:00:00Z";

fn history(born: Option<&str>) -> History {
    let born = born.map(|day| day.parse::<NaiveDate>().unwrap());
    History {
        last_treatment: Some(at(VISIT)),
        last_processing: Category::ALL.map(|category| (category, at(LATER))).into(),
        born: born.map(|day| BirthDate::try_from(day).unwrap()),
    }
}

fn kept(category: Category, history: &History) -> (String, String) {
    let kept = RetentionRules::shipped()
        .retention(category, history)
        .unwrap();
    (kept.rule.to_string(), kept.until.to_rfc3339())
}

#[test]
fn the_longest_term_counts() {
    let history = history(Some("1980-02-29"));
    let three_years = "2029-03-10T09:00:00+00:00".to_owned();
    assert_eq!(
        kept(Category::Clinical, &history),
        ("medical-record".into(), three_years.clone())
    );
    assert_eq!(
        kept(Category::Identity, &history),
        ("medical-record".into(), three_years.clone())
    );
    let talk = ("consultation-at-a-distance".to_owned(), three_years);
    assert_eq!(kept(Category::Conversation, &history), talk);
    // The last entry is of 2026-27, which ends on 31 March 2027 at midnight in India.
    let bills = (
        "books-of-account".to_owned(),
        "2035-03-31T18:30:00+00:00".to_owned(),
    );
    assert_eq!(kept(Category::Billing, &history), bills);
}

#[test]
fn what_was_recorded_of_a_child_is_kept_until_they_are_twenty_one() {
    let child = history(Some("2015-06-15"));
    let twenty_one = (
        "record-of-a-minor".to_owned(),
        "2036-06-14T18:30:00+00:00".to_owned(),
    );
    assert_eq!(kept(Category::Clinical, &child), twenty_one);
    assert_eq!(kept(Category::Identity, &child), twenty_one);
    assert_eq!(kept(Category::Conversation, &child), twenty_one);
    let never_seen = History {
        last_treatment: None,
        ..child
    };
    assert_eq!(kept(Category::Clinical, &never_seen).0, "processing-year");
}

#[test]
fn who_was_never_treated_is_kept_for_a_year_and_who_left_no_trace_not_at_all() {
    let registered = History {
        last_treatment: None,
        ..history(None)
    };
    let a_year = (
        "processing-year".to_owned(),
        "2027-05-01T00:00:00+00:00".to_owned(),
    );
    assert_eq!(kept(Category::Identity, &registered), a_year);
    let nothing = History::default();
    for category in Category::ALL {
        assert_eq!(
            RetentionRules::shipped().retention(category, &nothing),
            None
        );
    }
}

#[test]
fn a_financial_year_ends_with_march_in_india() {
    let billed = |instant: &str| History {
        last_processing: [(Category::Billing, at(instant))].into(),
        ..History::default()
    };
    // Half past six in the evening in Greenwich is midnight in India.
    for (instant, end) in [
        ("2026-03-31T18:29:59Z", "2034-03-31T18:30:00+00:00"),
        ("2026-03-31T18:30:00Z", "2035-03-31T18:30:00+00:00"),
    ] {
        assert_eq!(
            kept(Category::Billing, &billed(instant)).1,
            end,
            "{instant}"
        );
    }
}

#[test]
fn every_rule_says_where_it_comes_from_and_why() {
    let rules = RetentionRules::shipped();
    assert_eq!(rules.grace(), TimeDelta::days(7));
    for rule in &rules.rules {
        for said in [&rule.source, &rule.reason, &rule.followed] {
            assert!(said.len() > 20, "{}: {said}", rule.id);
        }
        assert!(rule.years > 0, "{}", rule.id);
        assert_eq!(rules.rule(&rule.id), Some(rule));
    }
    assert_eq!(rules.of_the_log().count(), 1);
    assert_eq!(rules.rule(&text("no-such-rule")), None);
}

#[test]
fn rules_with_a_hole_are_refused() {
    let shipped = serde_json::to_value(RetentionRules::shipped()).unwrap();
    let parse = |value: &serde_json::Value| RetentionRules::parse(&value.to_string());
    assert_eq!(parse(&shipped).unwrap(), *RetentionRules::shipped());
    let mut without = shipped.clone();
    without["rules"] = without["rules"].as_array().unwrap()[1..2].into();
    assert!(matches!(
        parse(&without),
        Err(RetentionRulesError::Missing("conversation"))
    ));
    let mut twice = shipped.clone();
    twice["rules"][1]["id"] = "processing-year".into();
    assert!(matches!(
        parse(&twice),
        Err(RetentionRulesError::Unsound(_))
    ));
    let mut unknown = shipped;
    unknown["rules"][0]["yeras"] = 3.into();
    assert!(matches!(
        parse(&unknown),
        Err(RetentionRulesError::Malformed(_))
    ));
}

proptest! {
    /// However late it is, more history never makes a term end earlier.
    #[test]
    fn more_history_never_shortens_a_term(
        treated in 0_i64..4_000_000_000, processed in 0_i64..4_000_000_000, later in 0_i64..1_000_000_000,
        born in prop::option::of(0_i64..25_000),
    ) {
        let instant = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let born = born.map(|days| {
            BirthDate::try_from(instant(days * 86_400).date_naive()).unwrap()
        });
        let with = |treated, processed| History {
            last_treatment: Some(instant(treated)),
            last_processing: Category::ALL.map(|category| (category, instant(processed))).into(),
            born,
        };
        for category in Category::ALL {
            let rules = RetentionRules::shipped();
            let before = rules.retention(category, &with(treated, processed)).unwrap().until;
            for more in [with(treated + later, processed), with(treated, processed + later)] {
                prop_assert!(rules.retention(category, &more).unwrap().until >= before);
            }
        }
    }
}

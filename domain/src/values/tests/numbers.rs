//! Whole numbers within limits.

use super::*;
use crate::testing::{number, rupees, text};

/// Each with all numbers below, the smallest and the largest within, and some above.
#[test]
fn a_number_is_accepted_within_its_limits_and_nowhere_else() {
    macro_rules! check {
        ($($name:ident: $min:literal..=$max:literal, $error:ident;)+) => {$({
            for fits in [$min, $min + 1, $max - 1, $max] {
                let value = $name::try_from(fits).unwrap();
                assert_eq!(u64::from(value), fits);
                assert_eq!(u64::from(value.get()), fits);
                let json = serde_json::to_value(value).unwrap();
                assert_eq!(json, fits);
                assert_eq!(serde_json::from_value::<$name>(json).unwrap(), value);
            }
            let mut outside = vec![$max + 1, u64::from(u16::MAX) + 1 + $max, u64::MAX];
            outside.extend(0..$min);
            for number in outside {
                assert_eq!($name::try_from(number), Err(ValueError::$error), "{number}");
                assert!(serde_json::from_value::<$name>(number.into()).is_err(), "{number}");
            }
            for json in ["-1", "1.5", "\"30\"", "null", "30.0", "1e1"] {
                assert!(serde_json::from_str::<$name>(json).is_err(), "{json}");
            }
            assert_eq!(u64::from($name::MIN), $min);
            assert_eq!(u64::from($name::MAX), $max);
        })+};
    }
    check! {
        BufferMinutes: 0..=120, NotBufferMinutes;
        FrequencyCount: 1..=1_000, NotAFrequencyCount;
        MinorUnits: 0..=1_000_000_000_000, NotAnAmount;
        Rating: 1..=5, NotARating;
        ReminderLead: 5..=43_200, NotAReminderLead;
        RuleMinutes: 0..=129_600, NotRuleMinutes;
        SlotMinutes: 5..=240, NotSlotMinutes;
    }
}

/// A client reads the limits in the message; they must be those of the number.
#[test]
fn what_is_refused_says_the_limits() {
    macro_rules! check {
        ($($name:ident $error:ident $unit:literal),+) => {$(
            assert_eq!(
                ValueError::$error.to_string(),
                format!("must be from {} to {}{}", $name::MIN, $name::MAX, $unit)
            );
        )+};
    }
    check!(
        BufferMinutes NotBufferMinutes " minutes",
        FrequencyCount NotAFrequencyCount "",
        Rating NotARating "",
        ReminderLead NotAReminderLead " minutes",
        RuleMinutes NotRuleMinutes " minutes",
        SlotMinutes NotSlotMinutes " minutes"
    );
    let amount = ValueError::NotAnAmount.to_string();
    let limits = format!("from {} to {}", MinorUnits::MIN, MinorUnits::MAX);
    assert!(amount.ends_with(&limits), "{amount}");
}

#[test]
fn minutes_are_lengths_of_time() {
    let minutes = chrono::TimeDelta::minutes;
    assert_eq!(number::<SlotMinutes>(30).length(), minutes(30));
    assert_eq!(number::<BufferMinutes>(10).length(), minutes(10));
    assert_eq!(number::<RuleMinutes>(129_600).length(), minutes(129_600));
    assert_eq!(ReminderLead::DAY.length(), chrono::TimeDelta::days(1));
    assert_eq!(ReminderLead::HOUR.length(), chrono::TimeDelta::hours(1));
}

#[test]
fn nothing_is_kept_free_by_default() {
    assert!(BufferMinutes::default().is_zero());
    assert!(!number::<BufferMinutes>(1).is_zero());
    assert_eq!(RuleMinutes::default(), number(0));
}

#[test]
fn money_is_a_number_of_the_smallest_unit_of_a_currency() {
    let price = rupees(500);
    let json = serde_json::json!({ "minor": 50_000, "currency": "INR" });
    assert_eq!(serde_json::to_value(price).unwrap(), json);
    assert_eq!(serde_json::from_value::<Money>(json).unwrap(), price);
    let yen = Money {
        minor: number(500),
        currency: text("JPY"),
    };
    assert_ne!(yen, price);
    for wrong in [
        r#"{ "minor": -1, "currency": "INR" }"#,
        r#"{ "minor": 0.5, "currency": "INR" }"#,
        r#"{ "minor": 1, "currency": "rupees" }"#,
        r#"{ "minor": 1 }"#,
    ] {
        assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
    }
}

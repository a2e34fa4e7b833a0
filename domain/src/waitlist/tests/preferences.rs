//! What a patient can wish for, and which slots fulfil a wish.

use super::*;
use crate::values::Weekday;

fn with(preferences: &[Preference]) -> Wish {
    Wish {
        preferences: preferences.to_vec(),
        ..wish()
    }
}

fn days(from: &str, until: &str) -> Preference {
    Preference {
        from: text(from),
        until: text(until),
        ..any_time()
    }
}

fn between(opens: Option<&str>, closes: Option<&str>) -> Preference {
    Preference {
        opens: opens.map(text),
        closes: closes.map(text),
        ..any_time()
    }
}

#[tokio::test]
async fn a_wish_names_a_doctor_or_a_department_and_up_to_ten_times() {
    let nobody = Wish {
        doctor: None,
        department: None,
        ..wish()
    };
    for (wish, error) in [
        (nobody, Error::NothingWished),
        (with(&[]), Error::NoPreference),
        (with(&vec![any_time(); 11]), Error::NoPreference),
    ] {
        refuses::<Waitlist>(NOW, vec![], join(wish), error).await;
    }
    for wish in [
        Wish {
            doctor: None,
            ..wish()
        },
        Wish {
            department: None,
            ..wish()
        },
        with(&vec![any_time(); 10]),
    ] {
        decides::<Waitlist>(NOW, vec![], join(wish.clone()), vec![joined(wish)]).await;
    }
}

/// Two years of 366 days after the first of August 2026, by the hospital's clock.
#[tokio::test]
async fn nobody_wishes_for_more_than_two_years_ahead() {
    let until = |until| with(&[any_time(), days("2026-08-04", until)]);
    let last = until("2028-08-02");
    decides::<Waitlist>(NOW, vec![], join(last.clone()), vec![joined(last)]).await;
    for day in ["2028-08-03", "9999-12-31", "+262142-12-31"] {
        let error = Error::PreferenceTooFarAhead;
        refuses::<Waitlist>(NOW, vec![], join(until(day)), error).await;
    }
}

#[test]
fn a_wish_is_over_when_its_last_day_is() {
    for (zone, over_at) in [
        ("Asia/Kolkata", "2026-10-24T18:30:00Z"),
        ("UTC", "2026-10-25T00:00:00Z"),
        ("Europe/London", "2026-10-24T23:00:00Z"),
        ("America/Santiago", "2026-10-25T03:00:00Z"),
    ] {
        let wish = Wish {
            time_zone: text(zone),
            ..with(&[
                days("2026-10-01", "2026-10-24"),
                days("2026-09-30", "2026-10-02"),
            ])
        };
        assert_eq!(wish.over_at(), at(over_at), "{zone}");
    }
    // Midnight is jumped over: the day begins at one.
    let jump = Wish {
        time_zone: text("America/Santiago"),
        ..with(&[days("2026-09-01", "2026-09-05")])
    };
    assert_eq!(jump.over_at(), at("2026-09-06T04:00:00Z"));
}

#[tokio::test]
async fn a_preference_ends_after_it_starts() {
    for (preference, backwards) in [
        (days("2026-08-04", "2026-08-03"), true),
        (days("2026-08-04", "2026-08-04"), false),
        (between(Some("10:00"), Some("10:00")), true),
        (between(Some("10:00"), Some("09:00")), true),
        (between(Some("10:00"), Some("10:01")), false),
        (between(Some("10:00"), Some("00:00")), false),
        (between(Some("00:00"), Some("00:00")), false),
        (between(None, Some("00:00")), false),
        (between(Some("10:00"), None), false),
    ] {
        // One that can't be met is one too many.
        let wish = with(&[any_time(), preference.clone()]);
        if backwards {
            let error = Error::PreferenceEndsBeforeItStarts;
            refuses::<Waitlist>(NOW, vec![], join(wish), error).await;
        } else {
            decides::<Waitlist>(NOW, vec![], join(wish.clone()), vec![joined(wish)]).await;
        }
    }
}

/// In Kolkata it is the first of August from 18:30 UTC of July on.
#[tokio::test]
async fn something_that_is_wished_for_is_still_to_come() {
    let july = days("2026-07-01", "2026-07-31");
    let august = days("2026-08-01", "2026-08-01");
    for (now, preferences, past) in [
        ("2026-07-31T18:29:59Z", vec![july.clone()], false),
        ("2026-07-31T18:30:00Z", vec![july.clone()], true),
        (
            "2026-07-31T18:30:00Z",
            vec![july.clone(), july.clone()],
            true,
        ),
        ("2026-07-31T18:30:00Z", vec![july, august.clone()], false),
        ("2026-08-01T18:29:59Z", vec![august.clone()], false),
        ("2026-08-01T18:30:00Z", vec![august], true),
    ] {
        let wish = with(&preferences);
        if past {
            refuses::<Waitlist>(now, vec![], join(wish), Error::PreferenceInPast).await;
        } else {
            let event = Joined {
                entry: id(1),
                patient: id(2),
                wish: wish.clone(),
                at: at(now),
            };
            decides::<Waitlist>(now, vec![], join(wish), vec![event.into()]).await;
        }
    }
}

fn admits(wish: &Wish, starts_at: &str, ends_at: &str) -> bool {
    wish.admits(id(3), at(starts_at), at(ends_at))
}

/// Slots of the fourth of August, a Tuesday; Kolkata is five and a half hours ahead of UTC.
#[test]
fn a_slot_is_wished_for_on_its_days_and_at_its_times() {
    let on = |weekdays: &[Weekday]| Preference {
        weekdays: weekdays.to_vec(),
        ..any_time()
    };
    use Weekday::{Monday, Tuesday, Wednesday};
    // From 10:00 to 10:30 by the hospital's clock.
    for (preference, wished) in [
        (any_time(), true),
        (days("2026-08-04", "2026-08-04"), true),
        (days("2026-08-05", "2026-08-31"), false),
        (days("2026-08-01", "2026-08-03"), false),
        (on(&[Tuesday]), true),
        (on(&[Monday, Wednesday]), false),
        (on(&[Monday, Tuesday, Wednesday]), true),
        (between(Some("10:00"), Some("10:30")), true),
        (between(Some("10:01"), None), false),
        (between(None, Some("10:29")), false),
        (between(Some("09:00"), Some("00:00")), true),
        (between(None, Some("00:00")), true),
    ] {
        assert_eq!(
            admits(
                &with(std::slice::from_ref(&preference)),
                "2026-08-04T04:30:00Z",
                "2026-08-04T05:00:00Z"
            ),
            wished,
            "{preference:?}"
        );
    }
}

#[test]
fn the_day_of_a_slot_is_the_hospitals() {
    let fourth = with(&[days("2026-08-04", "2026-08-04")]);
    for (starts_at, ends_at, wished) in [
        ("2026-08-03T18:00:00Z", "2026-08-03T18:30:00Z", false),
        ("2026-08-03T18:30:00Z", "2026-08-03T19:00:00Z", true),
        ("2026-08-04T18:00:00Z", "2026-08-04T18:30:00Z", true),
        ("2026-08-04T18:30:00Z", "2026-08-04T19:00:00Z", false),
    ] {
        assert_eq!(admits(&fourth, starts_at, ends_at), wished, "{starts_at}");
    }
}

/// Hours may end at 00:00; so may what is wished for.
#[test]
fn midnight_is_the_end_of_the_day() {
    let evening = with(&[between(Some("20:00"), Some("00:00"))]);
    let before_it = with(&[between(Some("20:00"), Some("23:59"))]);
    let any_end = with(&[between(Some("20:00"), None)]);
    // From 23:30 to 00:00 by the hospital's clock, and from 23:45 to 00:15.
    let (last, over) = (
        ("2026-08-04T18:00:00Z", "2026-08-04T18:30:00Z"),
        ("2026-08-04T18:15:00Z", "2026-08-04T18:45:00Z"),
    );
    for (wish, (starts_at, ends_at), wished) in [
        (&evening, last, true),
        (&evening, over, false),
        (&before_it, last, false),
        (&any_end, last, true),
        (&any_end, over, true),
    ] {
        assert_eq!(
            admits(wish, starts_at, ends_at),
            wished,
            "{wish:?} {ends_at}"
        );
    }
}

/// Berlin, 2026-10-25: 02:30 comes twice; both are within the wished hours.
#[test]
fn both_hours_of_a_clock_change_are_wished_for() {
    let night = Wish {
        time_zone: text("Europe/Berlin"),
        ..with(&[Preference {
            from: text("2026-10-25"),
            until: text("2026-10-25"),
            ..between(Some("02:30"), Some("03:00"))
        }])
    };
    for (starts_at, ends_at, wished) in [
        ("2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z", false),
        ("2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z", true),
        ("2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z", true),
        ("2026-10-25T01:45:00Z", "2026-10-25T02:15:00Z", false),
    ] {
        assert_eq!(admits(&night, starts_at, ends_at), wished, "{starts_at}");
    }
}

#[test]
fn a_slot_is_of_the_wished_doctor_or_of_any_if_none_was_named() {
    let (starts_at, ends_at) = (at("2026-08-04T04:30:00Z"), at("2026-08-04T05:00:00Z"));
    let anyone = Wish {
        doctor: None,
        ..wish()
    };
    assert!(wish().admits(id(3), starts_at, ends_at));
    assert!(!wish().admits(id(30), starts_at, ends_at));
    assert!(anyone.admits(id(30), starts_at, ends_at));
}

#[test]
fn one_preference_of_many_is_enough() {
    let either = with(&[
        days("2026-08-10", "2026-08-10"),
        days("2026-08-04", "2026-08-04"),
    ]);
    let slot = |day: &str| (format!("{day}T04:30:00Z"), format!("{day}T05:00:00Z"));
    for (day, wished) in [
        ("2026-08-04", true),
        ("2026-08-05", false),
        ("2026-08-10", true),
    ] {
        let (starts_at, ends_at) = slot(day);
        assert_eq!(admits(&either, &starts_at, &ends_at), wished, "{day}");
    }
}

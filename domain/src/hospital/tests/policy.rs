//! The rules for bookings.

use super::*;
use crate::testing::{at, number, rupees};
use crate::values::Role;
use HospitalError as Error;

const START: &str = "2026-08-04T10:00:00Z";

fn policy() -> BookingPolicy {
    BookingPolicy {
        minimum_notice: number(60),
        most_days_ahead: Some(30),
        most_open_visits: Some(5),
        most_visits_a_day: Some(2),
        cancellation: CancellationPolicy {
            notice: number(24 * 60),
            late_fee: Some(rupees(200)),
            waived_by: vec![Role::Receptionist, Role::Administrator],
        },
        no_show_fee: Some(rupees(500)),
        check_in_opens: number(45),
        offer_hold: number(20),
    }
}

fn set(policy: BookingPolicy) -> HospitalCommand {
    HospitalCommand::SetBookingPolicy(SetBookingPolicy { policy })
}

fn was_set(policy: BookingPolicy) -> HospitalEvent {
    BookingPolicySet {
        hospital: id(1),
        policy,
    }
    .into()
}

#[tokio::test]
async fn rules_replace_the_ones_before_as_a_whole() {
    let event = was_set(policy());
    decides::<Hospital>(NOW, vec![opened()], set(policy()), vec![event.clone()]).await;
    assert_eq!(
        after::<Hospital>(&[opened()]).policy,
        BookingPolicy::default()
    );
    assert_eq!(
        after::<Hospital>(&[opened(), event.clone()]).policy,
        policy()
    );
    let other = BookingPolicy {
        most_open_visits: Some(1),
        ..BookingPolicy::default()
    };
    let known = [opened(), event, was_set(other.clone())];
    assert_eq!(after::<Hospital>(&known).policy, other);
    refuses::<Hospital>(NOW, vec![], set(policy()), Error::NoSuchHospital).await;
}

#[test]
fn a_hospital_without_rules_limits_only_to_two_years_and_charges_nothing() {
    let none = BookingPolicy::default();
    let start = at(START);
    let two_years = start - chrono::TimeDelta::days(2 * 366);
    let longer = two_years - chrono::TimeDelta::seconds(1);
    assert_eq!(none.check_time(start, start, false), Ok(()));
    assert_eq!(none.check_time(start, two_years, false), Ok(()));
    for by_staff in [false, true] {
        let far = none.check_time(start, longer, by_staff);
        assert_eq!(far, Err(Error::TooFarAhead));
    }
    assert_eq!(none.late_fee(start, start), None);
    assert_eq!(none.waive(None, &[]), Ok(None));
    assert_eq!(none.offer_hold(), chrono::TimeDelta::minutes(30));
}

#[test]
fn patients_book_at_some_notice_and_nobody_books_too_far_ahead() {
    for (now, by_patient, by_staff) in [
        ("2026-08-04T09:30:00Z", Err(Error::NoticeTooShort), Ok(())),
        ("2026-08-04T09:00:01Z", Err(Error::NoticeTooShort), Ok(())),
        ("2026-08-04T09:00:00Z", Ok(()), Ok(())),
        ("2026-07-05T10:00:00Z", Ok(()), Ok(())),
        (
            "2026-07-05T09:59:59Z",
            Err(Error::TooFarAhead),
            Err(Error::TooFarAhead),
        ),
    ] {
        let check = |by_staff| policy().check_time(at(START), at(now), by_staff);
        assert_eq!(check(false), by_patient, "a patient at {now}");
        assert_eq!(check(true), by_staff, "staff at {now}");
    }
}

#[test]
fn giving_a_visit_up_costs_something_once_the_notice_has_passed() {
    for (now, fee) in [
        ("2026-08-03T09:59:59Z", None),
        ("2026-08-03T10:00:00Z", None),
        ("2026-08-03T10:00:01Z", Some(rupees(200))),
        (START, Some(rupees(200))),
        ("2026-08-04T10:30:00Z", Some(rupees(200))),
    ] {
        assert_eq!(policy().late_fee(at(START), at(now)), fee, "at {now}");
    }
    let free = BookingPolicy {
        cancellation: CancellationPolicy {
            late_fee: None,
            ..policy().cancellation
        },
        ..policy()
    };
    assert_eq!(free.late_fee(at(START), at(START)), None);
}

#[test]
fn a_fee_is_waived_only_by_the_roles_that_may() {
    let fee = Some(rupees(200));
    for (fee, roles, left) in [
        (fee, vec![Role::Receptionist], Ok(None)),
        (fee, vec![Role::Doctor, Role::Administrator], Ok(None)),
        (fee, vec![Role::Doctor], Err(Error::FeeNotWaivable)),
        (fee, vec![Role::Patient], Err(Error::FeeNotWaivable)),
        (fee, vec![], Err(Error::FeeNotWaivable)),
        (None, vec![Role::Patient], Ok(None)),
    ] {
        assert_eq!(policy().waive(fee, &roles), left, "{roles:?}");
    }
    let nobody = BookingPolicy::default();
    for role in Role::ALL {
        assert_eq!(nobody.waive(fee, &[*role]), Err(Error::FeeNotWaivable));
    }
}

#[test]
fn a_freed_slot_is_held_as_long_as_the_hospital_says() {
    assert_eq!(policy().offer_hold(), chrono::TimeDelta::minutes(20));
}

/// Rules that are left out of a request or an older event are those of a hospital without any.
#[test]
fn rules_that_are_left_out_are_those_of_a_hospital_without_any() {
    let read = |json| serde_json::from_str::<BookingPolicy>(json);
    assert_eq!(read("{}").ok(), Some(BookingPolicy::default()));
    let cancellation = r#"{ "cancellation": { "notice": 60 } }"#;
    let policy = read(cancellation).map(|policy| policy.cancellation);
    let notice_alone = CancellationPolicy {
        notice: number(60),
        ..CancellationPolicy::default()
    };
    assert_eq!(policy.ok(), Some(notice_alone));
}

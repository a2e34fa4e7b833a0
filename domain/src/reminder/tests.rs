//! When reminders are due.
use super::*;
use crate::testing::{at, number};

#[test]
fn a_reminder_is_due_a_day_ahead_or_else_an_hour_ahead() {
    let starts_at = at("2026-08-04T10:00:00Z");
    for (booked_at, due) in [
        ("2026-07-01T00:00:00Z", Some("2026-08-03T10:00:00Z")),
        ("2026-08-03T10:00:00Z", Some("2026-08-03T10:00:00Z")),
        ("2026-08-03T10:00:01Z", Some("2026-08-04T09:00:00Z")),
        ("2026-08-04T09:00:00Z", Some("2026-08-04T09:00:00Z")),
        ("2026-08-04T09:00:01Z", None),
        ("2026-08-04T10:00:00Z", None),
        ("2026-08-05T10:00:00Z", None),
    ] {
        assert_eq!(
            usual_reminder(at(booked_at), starts_at),
            due.map(at),
            "booked at {booked_at}"
        );
    }
}

#[test]
fn a_chosen_reminder_is_due_so_long_ahead_unless_that_was_before_the_booking() {
    let starts_at = at("2026-08-04T10:00:00Z");
    for (lead, booked_at, due) in [
        (5, "2026-07-01T00:00:00Z", Some("2026-08-04T09:55:00Z")),
        (5, "2026-08-04T09:55:00Z", Some("2026-08-04T09:55:00Z")),
        (5, "2026-08-04T09:55:01Z", None),
        (2 * 60, "2026-08-04T08:30:00Z", None),
        (43_200, "2026-07-05T10:00:00Z", Some("2026-07-05T10:00:00Z")),
        (43_200, "2026-07-05T10:00:01Z", None),
    ] {
        assert_eq!(
            chosen_reminder(at(booked_at), starts_at, number(lead)),
            due.map(at),
            "{lead} minutes ahead, booked at {booked_at}"
        );
    }
    let (first, day) = (DateTime::<Utc>::MIN_UTC, ReminderLead::DAY);
    assert_eq!(chosen_reminder(first, first, day), None);
    assert_eq!(usual_reminder(first, first), None);
}

/// A day ahead is 24 hours ahead, whatever the clocks do in between: the patient has a day.
#[test]
fn a_day_ahead_is_a_day_ahead_over_a_clock_change() {
    let (booked_at, starts_at) = (at("2026-10-01T00:00:00Z"), at("2026-10-25T08:00:00Z"));
    assert_eq!(
        usual_reminder(booked_at, starts_at),
        Some(at("2026-10-24T08:00:00Z"))
    );
}

//! The visits of one patient: at a hospital in Kolkata, at one in New York.
#![allow(clippy::unwrap_used)]

mod properties;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};
use AgendaCommand as Command;
use AgendaError as Error;

const NOW: &str = "2026-08-01T00:00:00Z";

/// A visit of half an hour in Kolkata.
fn visit(appointment: u128, starts_at: &str) -> OpenVisit {
    let starts_at = at(starts_at);
    OpenVisit {
        appointment: id(appointment),
        doctor: id(3),
        hospital: id(4),
        starts_at,
        ends_at: starts_at + chrono::TimeDelta::minutes(30),
        time_zone: text("Asia/Kolkata"),
    }
}

fn in_new_york(visit: OpenVisit) -> OpenVisit {
    OpenVisit {
        hospital: id(5),
        time_zone: text("America/New_York"),
        ..visit
    }
}

fn no_limits() -> Option<BookingPolicy> {
    Some(BookingPolicy::default())
}

fn at_most(open: Option<u16>, a_day: Option<u16>) -> Option<BookingPolicy> {
    Some(BookingPolicy {
        most_open_visits: open,
        most_visits_a_day: a_day,
        ..BookingPolicy::default()
    })
}

fn add(visit: OpenVisit, policy: Option<BookingPolicy>) -> Command {
    Command::Add(Add {
        patient: id(2),
        visit,
        policy,
    })
}

fn added(visit: OpenVisit) -> AgendaEvent {
    VisitAdded {
        patient: id(2),
        visit,
    }
    .into()
}

fn shift(visit: OpenVisit, policy: Option<BookingPolicy>) -> Command {
    Command::Move(Move { visit, policy })
}

fn moved(visit: OpenVisit) -> AgendaEvent {
    VisitMoved {
        patient: id(2),
        visit,
    }
    .into()
}

fn remove(appointment: u128) -> Command {
    Command::Remove(Remove {
        appointment: id(appointment),
    })
}

fn wait(entry: u128) -> OpenWait {
    OpenWait {
        entry: id(entry),
        hospital: id(4),
    }
}

fn add_wait(wait: OpenWait) -> Command {
    Command::AddWait(AddWait {
        patient: id(2),
        wait,
    })
}

fn waits(wait: OpenWait) -> AgendaEvent {
    WaitAdded {
        patient: id(2),
        wait,
    }
    .into()
}

fn remove_wait(entry: u128) -> Command {
    Command::RemoveWait(RemoveWait { entry: id(entry) })
}

fn waits_no_more(entry: u128) -> AgendaEvent {
    WaitRemoved {
        patient: id(2),
        entry: id(entry),
    }
    .into()
}

fn removed(appointment: u128) -> AgendaEvent {
    VisitRemoved {
        patient: id(2),
        appointment: id(appointment),
    }
    .into()
}

#[tokio::test]
async fn a_visit_is_taken_up_moved_and_taken_off() {
    let first = visit(1, "2026-08-04T04:00:00Z");
    let later = visit(1, "2026-08-04T05:00:00Z");
    decides::<Agenda>(NOW, vec![], add(first, no_limits()), vec![added(first)]).await;
    let known = || vec![added(first)];
    decides::<Agenda>(NOW, known(), shift(later, no_limits()), vec![moved(later)]).await;
    decides::<Agenda>(NOW, known(), remove(1), vec![removed(1)]).await;
    let again = vec![added(first), removed(1)];
    decides::<Agenda>(NOW, again, add(first, no_limits()), vec![added(first)]).await;
}

#[tokio::test]
async fn only_what_is_on_an_agenda_is_moved_or_taken_off() {
    let (one, other) = (
        visit(1, "2026-08-04T04:00:00Z"),
        visit(9, "2026-08-04T04:00:00Z"),
    );
    for known in [
        vec![],
        vec![added(one)],
        vec![added(one), added(other), removed(9)],
    ] {
        let command = shift(other, no_limits());
        refuses::<Agenda>(NOW, known.clone(), command, Error::NotOnAgenda).await;
        refuses::<Agenda>(NOW, known, remove(9), Error::NotOnAgenda).await;
    }
    for policy in [no_limits(), None] {
        let command = add(visit(1, "2026-08-05T04:00:00Z"), policy);
        refuses::<Agenda>(NOW, vec![added(one)], command, Error::AlreadyOnAgenda).await;
    }
}

/// The patient's visit is from 04:00 to 04:30 UTC, wherever the other one would be.
#[tokio::test]
async fn nobody_is_in_two_places_at_once() {
    let known = || vec![added(visit(1, "2026-08-04T04:00:00Z"))];
    for (time, busy) in [
        ("03:00", false),
        ("03:30", false),
        ("03:31", true),
        ("04:00", true),
        ("04:29", true),
        ("04:30", false),
    ] {
        let here = visit(6, &format!("2026-08-04T{time}:00Z"));
        for visit in [here, in_new_york(here)] {
            let command = add(visit, no_limits());
            if busy {
                refuses::<Agenda>(NOW, known(), command, Error::PatientBusy).await;
            } else {
                decides::<Agenda>(NOW, known(), command, vec![added(visit)]).await;
            }
        }
    }
}

#[tokio::test]
async fn a_visit_may_move_over_its_own_time_but_not_over_another_one() {
    let known = || {
        vec![
            added(visit(1, "2026-08-04T04:00:00Z")),
            added(visit(6, "2026-08-04T05:00:00Z")),
        ]
    };
    let near = visit(1, "2026-08-04T04:15:00Z");
    decides::<Agenda>(NOW, known(), shift(near, no_limits()), vec![moved(near)]).await;
    let over = shift(visit(1, "2026-08-04T04:45:00Z"), no_limits());
    refuses::<Agenda>(NOW, known(), over, Error::PatientBusy).await;
}

/// Two visits to come in Kolkata, one in New York, and one that has begun.
#[tokio::test]
async fn a_hospital_may_limit_the_visits_that_are_still_to_come() {
    let now = "2026-08-04T04:00:00Z";
    let known = || {
        vec![
            added(visit(1, "2026-08-04T04:00:00Z")),
            added(visit(6, "2026-08-05T04:00:00Z")),
            added(visit(7, "2026-08-06T04:00:00Z")),
            added(in_new_york(visit(8, "2026-08-07T04:00:00Z"))),
        ]
    };
    let another = visit(9, "2026-08-08T04:00:00Z");
    for (most, fits) in [
        (0, false),
        (1, false),
        (2, false),
        (3, true),
        (u16::MAX, true),
    ] {
        let command = add(another, at_most(Some(most), None));
        if fits {
            decides::<Agenda>(now, known(), command, vec![added(another)]).await;
        } else {
            refuses::<Agenda>(now, known(), command, Error::TooManyOpenVisits).await;
        }
    }
    let command = add(another, at_most(Some(2), None));
    let one_less = [known(), vec![removed(6)]].concat();
    decides::<Agenda>(now, one_less, command, vec![added(another)]).await;
    // What is moved was counted before.
    let later = visit(7, "2026-08-08T04:00:00Z");
    let command = shift(later, at_most(Some(2), None));
    decides::<Agenda>(now, known(), command, vec![moved(later)]).await;
    let command = shift(later, at_most(Some(1), None));
    refuses::<Agenda>(now, known(), command, Error::TooManyOpenVisits).await;
}

/// In Kolkata the fifth begins at 18:30 UTC on the fourth, in New York at 04:00 on the fifth.
#[tokio::test]
async fn a_hospital_may_limit_the_visits_on_one_of_its_own_days() {
    let evening = "2026-08-04T18:00:00Z";
    let night = "2026-08-04T18:30:00Z";
    let morning = "2026-08-05T03:30:00Z";
    let noon = "2026-08-05T16:00:00Z";
    let kolkata = |time| visit(1, time);
    let new_york = |time| in_new_york(visit(1, time));
    let once = || at_most(None, Some(1));
    for (known, other, fits) in [
        (kolkata(evening), visit(6, night), true),
        (kolkata(night), visit(6, morning), false),
        (kolkata(morning), visit(6, noon), false),
        (new_york(evening), in_new_york(visit(6, night)), false),
        (new_york(night), in_new_york(visit(6, morning)), false),
        (new_york(morning), in_new_york(visit(6, noon)), true),
        // The limit is each hospital's own.
        (kolkata(night), in_new_york(visit(6, morning)), true),
    ] {
        let command = add(other, once());
        if fits {
            decides::<Agenda>(NOW, vec![added(known)], command, vec![added(other)]).await;
        } else {
            let error = Error::TooManyVisitsADay;
            refuses::<Agenda>(NOW, vec![added(known)], command, error).await;
        }
    }
    let two = || vec![added(kolkata(evening)), added(visit(6, morning))];
    let within = visit(6, noon);
    decides::<Agenda>(NOW, two(), shift(within, once()), vec![moved(within)]).await;
    let onto = shift(visit(6, "2026-08-04T10:00:00Z"), once());
    refuses::<Agenda>(NOW, two(), onto, Error::TooManyVisitsADay).await;
}

#[tokio::test]
async fn who_may_go_beyond_the_rules_is_not_held_by_them() {
    let same_time = visit(6, "2026-08-04T04:00:00Z");
    let known = || vec![added(visit(1, "2026-08-04T04:00:00Z"))];
    decides::<Agenda>(NOW, known(), add(same_time, None), vec![added(same_time)]).await;
    let known = || {
        vec![
            added(visit(1, "2026-08-04T04:00:00Z")),
            added(visit(6, "2026-08-05T04:00:00Z")),
        ]
    };
    decides::<Agenda>(NOW, known(), shift(same_time, None), vec![moved(same_time)]).await;
}

#[tokio::test]
async fn a_wait_is_taken_up_once_and_taken_off_once() {
    decides::<Agenda>(NOW, vec![], add_wait(wait(1)), vec![waits(wait(1))]).await;
    let known = || vec![waits(wait(1))];
    refuses::<Agenda>(NOW, known(), add_wait(wait(1)), Error::AlreadyWaits).await;
    decides::<Agenda>(NOW, known(), remove_wait(1), vec![waits_no_more(1)]).await;
    for known in [vec![], vec![waits(wait(1)), waits_no_more(1)]] {
        refuses::<Agenda>(NOW, known, remove_wait(1), Error::DoesNotWait).await;
    }
}

#[tokio::test]
async fn a_patient_waits_for_ten_visits_of_a_hospital_at_most() {
    let ten = || (0..10).map(|entry| waits(wait(entry))).collect::<Vec<_>>();
    let eleventh = add_wait(wait(10));
    decides::<Agenda>(
        NOW,
        ten()[1..].to_vec(),
        eleventh.clone(),
        vec![waits(wait(10))],
    )
    .await;
    refuses::<Agenda>(NOW, ten(), eleventh.clone(), Error::TooManyWaits).await;
    let one_less = [ten(), vec![waits_no_more(3)]].concat();
    decides::<Agenda>(NOW, one_less, eleventh, vec![waits(wait(10))]).await;
    // The limit is each hospital's own.
    let elsewhere = OpenWait {
        hospital: id(5),
        ..wait(10)
    };
    decides::<Agenda>(NOW, ten(), add_wait(elsewhere), vec![waits(elsewhere)]).await;
}

#[test]
fn an_agenda_belongs_to_its_patient_and_is_in_order() {
    let (late, early) = (
        visit(1, "2026-08-05T04:00:00Z"),
        visit(6, "2026-08-04T04:00:00Z"),
    );
    assert_eq!(Decider::subject(&Agenda::default()), None);
    let agenda: Agenda = after(&[added(late), added(early)]);
    assert_eq!(Decider::subject(&agenda), Some(id(2)));
    assert_eq!(agenda.visits, [early, late]);
    assert_eq!(
        [1, 6, 9].map(|visit| agenda.holds(id(visit))),
        [true, true, false]
    );
    let later = visit(6, "2026-08-06T04:00:00Z");
    let agenda: Agenda = after(&[added(late), added(early), moved(later)]);
    assert_eq!(agenda.visits, [late, later]);
    let empty: Agenda = after(&[added(late), removed(1)]);
    assert_eq!(empty.visits, []);
    assert!(!empty.holds(id(1)));
    assert_eq!(
        Decider::subject(&empty),
        Some(id(2)),
        "it stays the patient's"
    );
}

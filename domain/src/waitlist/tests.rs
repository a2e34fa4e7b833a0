//! A patient waits for a slot of one doctor on a morning of August.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod preferences;
mod properties;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};
use crate::values::VisitMode;
use WaitlistCommand as Command;
use WaitlistError as Error;

const NOW: &str = "2026-08-01T00:00:00Z";
const SOON: &str = "2026-08-01T00:29:59Z";
const UNTIL: &str = "2026-08-01T00:30:00Z";

fn any_time() -> Preference {
    Preference {
        from: text("2026-08-01"),
        until: text("2026-08-31"),
        weekdays: vec![],
        opens: None,
        closes: None,
    }
}

fn wish() -> Wish {
    Wish {
        hospital: id(4),
        time_zone: text("Asia/Kolkata"),
        department: Some(id(5)),
        doctor: Some(id(3)),
        visit_type: None,
        mode: VisitMode::InPerson,
        preferences: vec![any_time()],
    }
}

fn join(wish: Wish) -> Command {
    Command::Join(Join {
        entry: id(1),
        patient: id(2),
        wish,
    })
}

fn joined(wish: Wish) -> WaitlistEvent {
    Joined {
        entry: id(1),
        patient: id(2),
        wish,
        at: at(NOW),
    }
    .into()
}

/// A slot of the wished doctor, held for half an hour.
fn slot(appointment: u128, starts_at: &str) -> Offer {
    let starts_at = at(starts_at);
    Offer {
        appointment: id(appointment),
        doctor: id(3),
        starts_at,
        ends_at: starts_at + chrono::TimeDelta::minutes(30),
        assets: vec![id(7)],
        until: at(UNTIL),
    }
}

fn fourth(appointment: u128) -> Offer {
    slot(appointment, "2026-08-04T04:00:00Z")
}

fn fifth(appointment: u128) -> Offer {
    slot(appointment, "2026-08-05T04:00:00Z")
}

fn offered(offer: Offer) -> WaitlistEvent {
    Offered {
        entry: id(1),
        offer,
    }
    .into()
}

fn answer(appointment: u128) -> Accept {
    Accept {
        appointment: id(appointment),
    }
}

fn accepted(appointment: u128) -> WaitlistEvent {
    Accepted {
        entry: id(1),
        appointment: id(appointment),
    }
    .into()
}

fn declined(appointment: u128) -> WaitlistEvent {
    Declined {
        entry: id(1),
        appointment: id(appointment),
    }
    .into()
}

fn lapsed(appointment: u128) -> WaitlistEvent {
    Lapsed {
        entry: id(1),
        appointment: id(appointment),
    }
    .into()
}

fn left() -> WaitlistEvent {
    Left { entry: id(1) }.into()
}

fn expired() -> WaitlistEvent {
    Expired { entry: id(1) }.into()
}

#[tokio::test]
async fn a_patient_joins_once_even_after_the_wait_is_over() {
    decides::<Waitlist>(NOW, vec![], join(wish()), vec![joined(wish())]).await;
    for known in [
        vec![joined(wish())],
        vec![joined(wish()), left()],
        vec![joined(wish()), offered(fourth(11)), accepted(11)],
    ] {
        refuses::<Waitlist>(NOW, known, join(wish()), Error::AlreadyOnWaitlist).await;
    }
}

#[tokio::test]
async fn a_freed_slot_is_offered_to_who_waits_for_it() {
    let known = vec![joined(wish())];
    let command = Command::Offer(fourth(11));
    decides::<Waitlist>(NOW, known, command, vec![offered(fourth(11))]).await;
}

#[tokio::test]
async fn one_slot_is_offered_at_a_time() {
    let known = vec![joined(wish()), offered(fourth(11))];
    for another in [fourth(11), fourth(12), fifth(12)] {
        let command = Command::Offer(another);
        refuses::<Waitlist>(NOW, known.clone(), command, Error::OfferOpen).await;
    }
    for passed_on in [declined(11), lapsed(11)] {
        let known = [known.clone(), vec![passed_on]].concat();
        let command = Command::Offer(fifth(12));
        decides::<Waitlist>(NOW, known, command, vec![offered(fifth(12))]).await;
    }
}

#[tokio::test]
async fn what_was_passed_on_is_not_offered_again() {
    for passed_on in [declined(11), lapsed(11)] {
        let known = vec![joined(wish()), offered(fourth(11)), passed_on];
        let again = Command::Offer(fourth(12));
        refuses::<Waitlist>(NOW, known, again, Error::AlreadyPassedOn).await;
    }
    // Of another doctor it is another slot.
    let any_doctor = Wish {
        doctor: None,
        ..wish()
    };
    let other = Offer {
        doctor: id(30),
        ..fourth(12)
    };
    let known = vec![joined(any_doctor), offered(fourth(11)), declined(11)];
    let command = Command::Offer(other.clone());
    decides::<Waitlist>(NOW, known, command, vec![offered(other)]).await;
}

#[tokio::test]
async fn a_slot_that_nobody_wished_for_is_not_offered() {
    let other_doctor = Offer {
        doctor: id(30),
        ..fourth(11)
    };
    let other_day = slot(11, "2026-09-01T04:00:00Z");
    for offer in [other_doctor, other_day] {
        let known = vec![joined(wish())];
        refuses::<Waitlist>(NOW, known, Command::Offer(offer), Error::NotWished).await;
    }
}

/// It is held until half past.
#[tokio::test]
async fn an_offer_is_accepted_in_time_and_lapses_after() {
    let known = || vec![joined(wish()), offered(fourth(11))];
    let accept = || Command::Accept(answer(11));
    let lapse = || Command::Lapse(answer(11));
    decides::<Waitlist>(SOON, known(), accept(), vec![accepted(11)]).await;
    refuses::<Waitlist>(SOON, known(), lapse(), Error::OfferStillHeld).await;
    for late in [UNTIL, "2026-08-02T00:00:00Z"] {
        refuses::<Waitlist>(late, known(), accept(), Error::OfferLapsed).await;
        decides::<Waitlist>(late, known(), lapse(), vec![lapsed(11)]).await;
    }
}

/// Whoever says no at any time says no.
#[tokio::test]
async fn an_offer_is_declined_at_any_time() {
    let known = || vec![joined(wish()), offered(fourth(11))];
    for now in [NOW, SOON, UNTIL] {
        let command = Command::Decline(answer(11));
        decides::<Waitlist>(now, known(), command, vec![declined(11)]).await;
    }
}

#[tokio::test]
async fn only_the_open_offer_is_answered() {
    let answers = |appointment| {
        [
            Command::Accept(answer(appointment)),
            Command::Decline(answer(appointment)),
            Command::Lapse(answer(appointment)),
        ]
    };
    for known in [
        vec![joined(wish())],
        vec![joined(wish()), offered(fourth(11))],
        vec![joined(wish()), offered(fifth(12)), declined(12)],
        vec![joined(wish()), offered(fifth(12)), lapsed(12)],
    ] {
        for command in answers(12) {
            refuses::<Waitlist>(UNTIL, known.clone(), command, Error::NoSuchOffer).await;
        }
    }
}

#[tokio::test]
async fn who_waits_can_leave_also_while_a_slot_is_offered() {
    for known in [
        vec![joined(wish())],
        vec![joined(wish()), offered(fourth(11))],
        vec![joined(wish()), offered(fourth(11)), declined(11)],
    ] {
        decides::<Waitlist>(NOW, known, Command::Leave, vec![left()]).await;
    }
}

/// In Kolkata the last of August is over at half past six in the evening, UTC.
#[tokio::test]
async fn a_wait_ends_by_itself_once_all_that_was_wished_for_is_over() {
    let known = || vec![joined(wish())];
    for (now, over) in [
        (NOW, false),
        ("2026-08-31T18:29:59Z", false),
        ("2026-08-31T18:30:00Z", true),
        ("2027-01-01T00:00:00Z", true),
    ] {
        if over {
            decides::<Waitlist>(now, known(), Command::Expire, vec![expired()]).await;
        } else {
            refuses::<Waitlist>(now, known(), Command::Expire, Error::StillWished).await;
        }
    }
    // What is held is answered first.
    let open = vec![joined(wish()), offered(fourth(11))];
    refuses::<Waitlist>(
        "2026-09-01T00:00:00Z",
        open,
        Command::Expire,
        Error::OfferOpen,
    )
    .await;
}

#[tokio::test]
async fn before_the_wait_and_after_it_nothing_is_offered_or_answered() {
    let over = [
        vec![joined(wish()), left()],
        vec![joined(wish()), offered(fourth(11)), left()],
        vec![joined(wish()), offered(fourth(11)), accepted(11)],
        vec![joined(wish()), expired()],
    ];
    for command in [
        Command::Offer(fifth(12)),
        Command::Accept(answer(11)),
        Command::Decline(answer(11)),
        Command::Lapse(answer(11)),
        Command::Leave,
        Command::Expire,
    ] {
        refuses::<Waitlist>(NOW, vec![], command.clone(), Error::NoSuchEntry).await;
        for known in &over {
            refuses::<Waitlist>(NOW, known.clone(), command.clone(), Error::WaitIsOver).await;
        }
    }
}

#[test]
fn an_entry_belongs_to_who_waits() {
    let nobody = Waitlist::default();
    assert_eq!(nobody.joined(), Err(Error::NoSuchEntry));
    assert_eq!(nobody.waiting(), Err(Error::NoSuchEntry));
    assert_eq!(Decider::subject(&nobody), None);
    let waits: Waitlist = after(&[joined(wish()), offered(fourth(11))]);
    assert_eq!(waits.waiting().unwrap().wish, wish());
    assert_eq!(waits.offer_of(id(11)), Ok(&fourth(11)));
    assert_eq!(waits.offer_of(id(12)), Err(Error::NoSuchOffer));
    let over: Waitlist = after(&[joined(wish()), left()]);
    assert_eq!(over.waiting(), Err(Error::WaitIsOver));
    assert_eq!(over.joined().unwrap().patient, id(2));
    assert_eq!(
        Decider::subject(&over),
        Some(id(2)),
        "it stays the patient's"
    );
}

//! Those who wait for a doctor on the fourth of August.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};
use QueueCommand as Command;
use QueueError as Error;

const NOW: &str = "2026-08-04T04:00:00Z";

fn place_of(appointment: u128) -> Join {
    Join {
        doctor: id(3),
        date: text("2026-08-04"),
        appointment: id(appointment),
    }
}

fn join(appointment: u128) -> Command {
    Command::Join(place_of(appointment))
}

fn call(appointment: u128) -> Command {
    Command::Call(Call {
        appointment: id(appointment),
    })
}

fn leave(appointment: u128) -> Command {
    Command::Leave(Leave {
        appointment: id(appointment),
    })
}

fn joined(appointment: u128, token: u32) -> QueueEvent {
    Joined {
        doctor: id(3),
        date: text("2026-08-04"),
        appointment: id(appointment),
        token,
        at: at(NOW),
    }
    .into()
}

fn called(appointment: u128, token: u32) -> QueueEvent {
    Called {
        doctor: id(3),
        date: text("2026-08-04"),
        appointment: id(appointment),
        token,
        at: at(NOW),
    }
    .into()
}

fn left(appointment: u128, token: u32) -> QueueEvent {
    Left {
        doctor: id(3),
        date: text("2026-08-04"),
        appointment: id(appointment),
        token,
        at: at(NOW),
    }
    .into()
}

#[tokio::test]
async fn who_joins_gets_the_next_token_even_after_others_have_left() {
    for (known, token) in [
        (vec![], 1),
        (vec![joined(1, 1)], 2),
        (vec![joined(1, 1), left(1, 1)], 2),
        (vec![joined(1, 1), joined(2, 2), left(2, 2)], 3),
        (vec![joined(1, 1), called(1, 1), left(1, 1)], 2),
    ] {
        decides::<Queue>(NOW, known, join(9), vec![joined(9, token)]).await;
    }
    let known = vec![joined(1, 1), left(1, 1)];
    decides::<Queue>(NOW, known, join(1), vec![joined(1, 2)]).await;
}

/// The doctor sees whom they see: the order is for show, an emergency goes first.
#[tokio::test]
async fn who_waits_is_called_in_any_order_and_once() {
    let known = || vec![joined(1, 1), joined(2, 2)];
    decides::<Queue>(NOW, known(), call(2), vec![called(2, 2)]).await;
    decides::<Queue>(NOW, known(), call(1), vec![called(1, 1)]).await;
    let seen = [known(), vec![called(2, 2)]].concat();
    refuses::<Queue>(NOW, seen, call(2), Error::NotWaiting).await;
}

#[tokio::test]
async fn who_waits_or_is_seen_can_leave() {
    decides::<Queue>(NOW, vec![joined(1, 1)], leave(1), vec![left(1, 1)]).await;
    let seen = vec![joined(1, 1), called(1, 1)];
    decides::<Queue>(NOW, seen, leave(1), vec![left(1, 1)]).await;
}

#[tokio::test]
async fn nobody_waits_twice_and_only_who_waits_is_called_or_leaves() {
    for known in [vec![joined(1, 1)], vec![joined(1, 1), called(1, 1)]] {
        refuses::<Queue>(NOW, known, join(1), Error::AlreadyWaiting).await;
    }
    for known in [vec![], vec![joined(1, 1)], vec![joined(9, 1), left(9, 1)]] {
        refuses::<Queue>(NOW, known.clone(), call(9), Error::NotWaiting).await;
        refuses::<Queue>(NOW, known, leave(9), Error::NotWaiting).await;
    }
}

/// Also once all have left.
#[tokio::test]
async fn a_queue_is_one_doctors_on_one_day() {
    let other_doctor = Join {
        doctor: id(8),
        ..place_of(2)
    };
    let other_day = Join {
        date: text("2026-08-05"),
        ..place_of(2)
    };
    for known in [vec![joined(1, 1)], vec![joined(1, 1), left(1, 1)]] {
        for other in [other_doctor, other_day] {
            let command = Command::Join(other);
            refuses::<Queue>(NOW, known.clone(), command, Error::OtherQueue).await;
        }
    }
}

#[test]
fn those_ahead_are_those_who_wait_with_a_smaller_token() {
    let ahead = |known: &[QueueEvent]| {
        let queue: Queue = after(known);
        [1, 2, 3].map(|appointment| queue.ahead(id(appointment)))
    };
    let mut known = vec![joined(1, 1), joined(2, 2), joined(3, 3)];
    assert_eq!(ahead(&known), [Some(0), Some(1), Some(2)]);
    known.push(called(2, 2));
    assert_eq!(ahead(&known), [Some(0), None, Some(1)]);
    known.push(left(1, 1));
    assert_eq!(ahead(&known), [None, None, Some(0)]);
    assert_eq!(ahead(&[]), [None; 3]);
    let queue: Queue = after(&known);
    let held = [1, 2, 3].map(|appointment| queue.holds(id(appointment)));
    assert_eq!(
        held,
        [false, true, true],
        "who is being seen has a place too"
    );
}

#[test]
fn a_queue_is_named_by_doctor_and_date_and_names_no_patient() {
    let id = QueueId {
        doctor: id(3),
        date: text("2026-08-04"),
    };
    let name = "00000000-0000-0000-0000-000000000003:2026-08-04";
    assert_eq!(id.to_string(), name);
    assert_eq!(name.parse(), Ok(id));
    assert_eq!(Queue::stream(&id), format!("queue-{name}"));
    let queue: Queue = after(&[joined(1, 1)]);
    assert_eq!(queue.id, Some(id));
    assert_eq!(Decider::subject(&queue), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_token_is_ever_given_twice_and_they_only_grow(
        asked in prop::collection::vec((0_u8..4, 0_u128..6), 1..80),
    ) {
        let mut queue = Queue::default();
        let mut tokens = BTreeSet::new();
        for (what, appointment) in asked {
            let command = match what {
                0 | 1 => join(appointment),
                2 => call(appointment),
                _ => leave(appointment),
            };
            for event in queue.decide(command, at(NOW)).unwrap_or_default() {
                if let QueueEvent::Joined(joined) = &event {
                    prop_assert!(tokens.last().is_none_or(|last| *last < joined.token));
                    tokens.insert(joined.token);
                }
                queue.evolve(&event);
            }
            let mut waiting = BTreeSet::new();
            for place in &queue.places {
                prop_assert!(waiting.insert(place.appointment), "{:?} waits twice", place);
                prop_assert!(tokens.contains(&place.token));
            }
            prop_assert!(queue.places.is_sorted_by_key(|place| place.token));
        }
        prop_assert_eq!(tokens.len() as u32, queue.last_token);
    }
}

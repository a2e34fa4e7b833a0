//! A room's day: from nine to ten it is a visit's.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};
use crate::values::ValueError;
use OccupancyCommand as Command;
use OccupancyError as Error;

const NOW: &str = "2026-08-01T00:00:00Z";

/// A time of 2026-08-04, in UTC.
fn hour(time: &str) -> DateTime<Utc> {
    at(&format!("2026-08-04T{time}:00Z"))
}

fn need(appointment: u128, from: &str, until: &str) -> Occupy {
    Occupy {
        asset: id(6),
        date: text("2026-08-04"),
        appointment: id(appointment),
        from: hour(from),
        until: hour(until),
    }
}

fn occupy(appointment: u128, from: &str, until: &str) -> Command {
    Command::Occupy(need(appointment, from, until))
}

fn occupied(appointment: u128, from: &str, until: &str) -> OccupancyEvent {
    Occupied {
        asset: id(6),
        date: text("2026-08-04"),
        appointment: id(appointment),
        from: hour(from),
        until: hour(until),
    }
    .into()
}

fn vacate(appointment: u128) -> Command {
    Command::Vacate(Vacate {
        appointment: id(appointment),
    })
}

fn vacated(appointment: u128) -> OccupancyEvent {
    Vacated {
        asset: id(6),
        date: text("2026-08-04"),
        appointment: id(appointment),
    }
    .into()
}

#[tokio::test]
async fn a_room_is_one_visits_at_a_time() {
    let known = || vec![occupied(1, "09:00", "10:00")];
    for (from, until, taken) in [
        ("08:00", "09:00", false),
        ("10:00", "11:00", false),
        ("08:00", "09:01", true),
        ("09:59", "11:00", true),
        ("09:15", "09:30", true),
        ("08:00", "11:00", true),
        ("09:00", "10:00", true),
    ] {
        let free = after::<Occupancy>(&known()).is_free(hour(from), hour(until));
        assert_eq!(free, !taken, "{from} to {until}");
        let command = occupy(2, from, until);
        if taken {
            refuses::<Occupancy>(NOW, known(), command, Error::AssetTaken).await;
        } else {
            let events = vec![occupied(2, from, until)];
            decides::<Occupancy>(NOW, known(), command, events).await;
        }
    }
    let command = occupy(2, "09:00", "10:00");
    let events = vec![occupied(2, "09:00", "10:00")];
    decides::<Occupancy>(NOW, vec![], command.clone(), events.clone()).await;
    let again = [known(), vec![vacated(1)]].concat();
    decides::<Occupancy>(NOW, again, command, events).await;
}

#[tokio::test]
async fn a_visit_has_a_room_once_and_gives_back_only_what_it_has() {
    let known = || vec![occupied(1, "09:00", "10:00")];
    decides::<Occupancy>(NOW, known(), vacate(1), vec![vacated(1)]).await;
    for (known, command, error) in [
        (known(), occupy(1, "11:00", "12:00"), Error::AlreadyOccupied),
        (known(), occupy(1, "09:00", "10:00"), Error::AlreadyOccupied),
        (known(), vacate(2), Error::NotOccupied),
        (vec![], vacate(1), Error::NotOccupied),
        (
            [known(), vec![vacated(1)]].concat(),
            vacate(1),
            Error::NotOccupied,
        ),
    ] {
        refuses::<Occupancy>(NOW, known, command, error).await;
    }
}

/// Also once all who had it have left.
#[tokio::test]
async fn a_day_belongs_to_one_room_alone() {
    let other_room = Occupy {
        asset: id(7),
        ..need(2, "11:00", "12:00")
    };
    let other_day = Occupy {
        date: text("2026-08-05"),
        ..need(2, "11:00", "12:00")
    };
    for known in [
        vec![occupied(1, "09:00", "10:00")],
        vec![occupied(1, "09:00", "10:00"), vacated(1)],
    ] {
        for other in [other_room, other_day] {
            let command = Command::Occupy(other);
            refuses::<Occupancy>(NOW, known.clone(), command, Error::OtherOccupancy).await;
        }
    }
}

#[test]
fn a_day_is_named_by_room_and_date_and_names_no_person() {
    let day = OccupancyId {
        asset: id(6),
        date: text("2026-08-04"),
    };
    let name = "00000000-0000-0000-0000-000000000006:2026-08-04";
    assert_eq!(day.to_string(), name);
    assert_eq!(name.parse(), Ok(day));
    assert_eq!(Occupancy::stream(&day), format!("occupancy-{name}"));
    for wrong in [
        "",
        "2026-08-04",
        "6:2026-08-04",
        &name.replace("-04", "-32"),
    ] {
        let refused = wrong.parse::<OccupancyId>();
        assert_eq!(refused, Err(ValueError::NotADayId), "{wrong}");
    }
    let occupancy: Occupancy = after(&[occupied(1, "09:00", "10:00")]);
    assert_eq!(occupancy.id, Some(day));
    assert_eq!(Decider::subject(&occupancy), None);
}

fn commands() -> impl Strategy<Value = Command> {
    let quarter = |quarter: i64| hour("00:00") + chrono::TimeDelta::minutes(15 * quarter);
    prop_oneof![
        3 => (0_u128..10, 0_i64..96, 1_i64..12).prop_map(move |(appointment, from, length)| {
            Command::Occupy(Occupy {
                from: quarter(from),
                until: quarter(from + length),
                ..need(appointment, "00:00", "00:00")
            })
        }),
        1 => (0_u128..10).prop_map(vacate),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// And what is free is exactly what nobody has.
    #[test]
    fn two_visits_never_have_a_room_at_the_same_time(
        commands in prop::collection::vec(commands(), 1..60),
    ) {
        let mut occupancy = Occupancy::default();
        for command in commands {
            let decided = occupancy.decide(command.clone(), at(NOW));
            if let Command::Occupy(need) = command {
                let has = |taken: &Occupied| taken.appointment == need.appointment;
                let meets = |taken: &Occupied| taken.from < need.until && need.from < taken.until;
                let expected = if occupancy.taken.iter().any(has) {
                    Some(Error::AlreadyOccupied)
                } else {
                    occupancy.taken.iter().any(meets).then_some(Error::AssetTaken)
                };
                prop_assert_eq!(decided.clone().err(), expected);
            }
            for event in decided.unwrap_or_default() {
                occupancy.evolve(&event);
            }
            for pair in occupancy.taken.windows(2) {
                prop_assert!(pair[0].until <= pair[1].from, "{pair:?}");
            }
        }
    }
}

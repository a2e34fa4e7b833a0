//! What holds for a calendar whatever is asked of it, and whatever its history.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::testing::{at, id, text};

/// Berlin's two days of clock changes and an ordinary one: commands must hold on each.
const DAYS: [&str; 3] = ["2026-08-04", "2026-10-25", "2027-03-28"];

fn midnight(day: usize) -> DateTime<Utc> {
    at(&format!("{}T00:00:00Z", DAYS[day]))
}

/// Instants from a day before to a day after, on quarters of an hour.
fn instants(day: usize) -> impl Strategy<Value = DateTime<Utc>> + Clone {
    (-96_i64..192).prop_map(move |quarter| midnight(day) + chrono::TimeDelta::minutes(15 * quarter))
}

fn local_times() -> impl Strategy<Value = LocalTime> {
    (0_u32..288).prop_map(|step| text(&format!("{:02}:{:02}", step / 12, step % 12 * 5)))
}

fn commands(day: usize) -> impl Strategy<Value = CalendarCommand> {
    let lengths = prop::sample::select(vec![5_u16, 15, 20, 30, 60]);
    let window = 0_u128..5;
    let appointment = 0_u128..8;
    prop_oneof![
        1 => (window.clone(), local_times(), local_times(), lengths).prop_map(
            move |(window, opens, closes, length)| CalendarCommand::OpenWindow(OpenWindow {
                window: id(window),
                doctor: id(100),
                hospital: id(101),
                date: text(DAYS[day]),
                opens,
                closes,
                time_zone: text("Europe/Berlin"),
                slot_minutes: length.try_into().unwrap(),
            })
        ),
        1 => window.prop_map(|window| CalendarCommand::CloseWindow(CloseWindow { window: id(window) })),
        4 => (appointment.clone(), instants(day)).prop_map(|(appointment, starts_at)| {
            CalendarCommand::Reserve(Reserve { appointment: id(appointment), starts_at })
        }),
        1 => (appointment.clone(), instants(day)).prop_map(|(appointment, starts_at)| {
            CalendarCommand::Release(Release { appointment: id(appointment), starts_at })
        }),
        1 => (appointment, instants(day), instants(day)).prop_map(|(appointment, from, to)| {
            CalendarCommand::Move(Move { appointment: id(appointment), from, to })
        }),
    ]
}

/// Points each command at something that exists, where it can: random instants would nearly
/// always be refused, and a rule that always refuses keeps every promise.
fn aim(calendar: &Calendar, command: CalendarCommand, luck: usize) -> CalendarCommand {
    let slots: Vec<_> = calendar.windows.iter().flat_map(Window::slots).collect();
    let slot = |otherwise| {
        slots
            .get(luck % (slots.len() + 1))
            .map_or(otherwise, |slot| slot.starts_at)
    };
    let taken = calendar
        .reservations
        .get(luck % (calendar.reservations.len() + 1));
    match (command, taken) {
        (CalendarCommand::Reserve(reserve), _) => CalendarCommand::Reserve(Reserve {
            starts_at: slot(reserve.starts_at),
            ..reserve
        }),
        (CalendarCommand::Release(_), Some(taken)) => CalendarCommand::Release(Release {
            appointment: taken.appointment,
            starts_at: taken.starts_at,
        }),
        (CalendarCommand::Move(swap), Some(taken)) => CalendarCommand::Move(Move {
            appointment: taken.appointment,
            from: taken.starts_at,
            to: slot(swap.to),
        }),
        (command, _) => command,
    }
}

fn after(day: usize, commands: Vec<(CalendarCommand, usize)>) -> (Calendar, usize) {
    let mut calendar = Calendar::default();
    let mut reserved = 0;
    for (command, luck) in commands {
        let command = aim(&calendar, command, luck);
        // A clock that stands in the middle of the day, so that some slots are past.
        let now = midnight(day) + chrono::TimeDelta::hours(8);
        for event in calendar.decide(command, now).unwrap_or_default() {
            reserved += usize::from(matches!(event, CalendarEvent::SlotReserved(_)));
            calendar.evolve(&event);
        }
    }
    (calendar, reserved)
}

fn histories() -> impl Strategy<Value = (usize, Vec<(CalendarCommand, usize)>)> {
    (0..DAYS.len()).prop_flat_map(|day| {
        (
            Just(day),
            prop::collection::vec((commands(day), any::<usize>()), 1..80),
        )
    })
}

fn events() -> impl Strategy<Value = CalendarEvent> {
    let window =
        (0_u128..4, instants(0), instants(0)).prop_map(|(window, opens, closes)| WindowOpened {
            window: id(window),
            doctor: id(100),
            hospital: id(101),
            date: text(DAYS[0]),
            opens,
            closes,
            time_zone: text("Europe/Berlin"),
            slot_minutes: 15.try_into().unwrap(),
        });
    let reservation =
        (0_u128..8, instants(0), instants(0)).prop_map(|(appointment, starts_at, ends_at)| {
            SlotReserved {
                appointment: id(appointment),
                doctor: id(100),
                starts_at,
                ends_at,
            }
        });
    prop_oneof![
        window.prop_map(CalendarEvent::from),
        (0_u128..4).prop_map(|window| WindowClosed { window: id(window) }.into()),
        reservation.clone().prop_map(CalendarEvent::from),
        reservation.prop_map(|taken| {
            let SlotReserved {
                appointment,
                doctor,
                starts_at,
                ..
            } = taken;
            SlotReleased {
                appointment,
                doctor,
                starts_at,
            }
            .into()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_two_reservations_and_no_two_windows_ever_overlap((day, commands) in histories()) {
        let (calendar, _) = after(day, commands);
        for (index, one) in calendar.reservations.iter().enumerate() {
            for other in &calendar.reservations[index + 1..] {
                prop_assert!(!one.overlaps(other.starts_at, other.ends_at), "{one:?} and {other:?}");
                prop_assert_ne!(one.appointment, other.appointment);
            }
            let (_, slot) = calendar.slot(one.starts_at).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(slot.ends_at, one.ends_at, "each reservation is a slot of an open window");
        }
        for (index, one) in calendar.windows.iter().enumerate() {
            for other in &calendar.windows[index + 1..] {
                prop_assert!(!one.overlaps(other.opens, other.closes), "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn what_is_free_can_be_reserved_and_what_is_not_cannot(
        (day, commands) in histories(),
        hours in 0_i64..48,
    ) {
        let (calendar, _) = after(day, commands);
        let now = midnight(day) + chrono::TimeDelta::hours(hours - 12);
        let (from, to) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        let free = free_slots(&calendar.windows, &calendar.reservations, from, to, now);
        for slot in calendar.windows.iter().flat_map(Window::slots) {
            let reserve = Reserve { appointment: id(999), starts_at: slot.starts_at };
            let given = calendar.decide(CalendarCommand::Reserve(reserve), now).is_ok();
            prop_assert_eq!(free.contains(&slot), given, "{:?} at {}", slot, now);
        }
        prop_assert!(free.is_sorted());
    }

    /// Of any history, even one that no rule allows.
    #[test]
    fn free_slots_never_overlap_a_reservation(
        events in prop::collection::vec(events(), 0..60),
        from in instants(0), to in instants(0), now in instants(0),
    ) {
        let mut calendar = Calendar::default();
        for event in &events {
            calendar.evolve(event);
        }
        for slot in free_slots(&calendar.windows, &calendar.reservations, from, to, now) {
            prop_assert!(from <= slot.starts_at && slot.starts_at < to && now < slot.starts_at);
            let taken = calendar.reservations.iter().any(|taken| {
                taken.starts_at < taken.ends_at && taken.overlaps(slot.starts_at, slot.ends_at)
            });
            prop_assert!(!taken, "{:?}", slot);
        }
    }
}

/// Guards the properties above against becoming true of nothing.
#[test]
fn random_commands_do_reserve_slots() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let reserved: usize = (0..200)
        .map(|_| {
            let (day, commands) = histories().new_tree(&mut runner).unwrap().current();
            after(day, commands).1
        })
        .sum();
    assert!(
        reserved > 400,
        "only {reserved} reservations in 200 histories"
    );
}

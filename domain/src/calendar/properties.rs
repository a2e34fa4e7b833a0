//! What holds for a calendar whatever is asked of it, and whatever its history.
#![allow(clippy::unwrap_used)]

mod histories;

use chrono::TimeDelta;
use histories::{
    History, date, events, histories, instants, midnight, neighbours, noon, plans, visits,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::*;
use crate::schedule::Opening;
use crate::testing::{at, id, number, text};
use crate::values::BufferMinutes;

type Stretch = (DateTime<Utc>, DateTime<Utc>);

fn overlap((one, until): Stretch, (other, other_until): Stretch) -> bool {
    one < other_until && other < until
}

/// The claim of a command, and the calendar before it.
fn claimed(calendar: &Calendar, command: &CalendarCommand) -> Option<(Calendar, SlotClaim)> {
    match command {
        CalendarCommand::Reserve(reserve) => Some((calendar.clone(), reserve.claim.clone())),
        _ => None,
    }
}

/// Whether a slot was rightly given: on the grid of hours that were open for such a visit,
/// within them, as long as the visit, ahead, and taken or of a full day only if overbooked.
fn rightly_given(
    before: &Calendar,
    claim: &SlotClaim,
    given: &SlotReserved,
    now: DateTime<Utc>,
) -> TestCaseResult {
    let slot = (given.starts_at, given.ends_at);
    let on_grid = openings(&claim.plan, &before.windows)
        .iter()
        .any(|opening| {
            let step = opening.slot_minutes.length().num_minutes();
            let since = given.starts_at - opening.opens;
            opening.admits(&claim.visit)
                && opening.opens <= slot.0
                && slot.1 <= opening.closes
                && since == TimeDelta::minutes(since.num_minutes() / step * step)
                && slot.1 - slot.0 == claim.visit.minutes.unwrap_or(opening.slot_minutes).length()
        });
    prop_assert!(on_grid, "{given:?} is not a slot for {claim:?}");
    prop_assert!(now < slot.0);
    let kept_free = (
        slot.0 - claim.visit.buffer_before.length(),
        slot.1 + claim.visit.buffer_after.length(),
    );
    let own = before.reservations.iter().map(Reservation::occupies);
    let taken = own
        .chain(claim.neighbours.iter().copied())
        .any(|other| overlap(kept_free, other));
    let reach = before.reach(claim).unwrap();
    prop_assert!(reach.0 <= kept_free.0 && kept_free.1 <= reach.1);
    let most = claim.plan.most_visits.map_or(usize::MAX, usize::from);
    let full = before.reservations.len() >= most;
    prop_assert_eq!(given.overbooked, taken || full);
    prop_assert!(claim.overbook || !given.overbooked, "{:?}", claim);
    Ok(())
}

/// Whoever has a slot in a window relies on it.
fn rightly_closed(before: &Calendar, closed: &WindowClosed) -> TestCaseResult {
    let is_closed = |window: &&Window| window.window == closed.window;
    let window = before.windows.iter().find(is_closed);
    let (opens, closes) = window.map(|window| (window.opens, window.closes)).unwrap();
    let relies = |taken: &&Reservation| taken.overlaps(opens, closes);
    prop_assert_eq!(before.reservations.iter().find(relies), None);
    Ok(())
}

/// Plays a history and judges each of its steps.
fn judged(history: History) -> Result<Calendar, TestCaseError> {
    let now = noon(history.day);
    history.play(|calendar, command, events| {
        for event in events {
            match (event, claimed(calendar, command)) {
                (CalendarEvent::SlotReserved(given), Some((before, claim))) => {
                    rightly_given(&before, &claim, given, now)?;
                }
                (CalendarEvent::WindowClosed(closed), _) => rightly_closed(calendar, closed)?,
                _ => {}
            }
        }
        Ok(())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_slot_is_given_wrongly_and_no_two_visits_and_no_two_windows_overlap(
        history in histories(),
    ) {
        let calendar = judged(history)?;
        for (index, one) in calendar.reservations.iter().enumerate() {
            for other in &calendar.reservations[index + 1..] {
                prop_assert_ne!(one.appointment, other.appointment);
                let overbooked = one.overbooked || other.overbooked;
                prop_assert!(
                    overbooked || !overlap(one.occupies(), other.occupies()),
                    "{one:?} and {other:?}"
                );
            }
        }
        for (index, one) in calendar.windows.iter().enumerate() {
            for other in &calendar.windows[index + 1..] {
                prop_assert!(!one.overlaps(other.opens, other.closes), "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn what_is_free_can_be_reserved_and_what_is_not_cannot(
        history in histories(),
        visit in visits(),
        neighbours in neighbours(0),
        hours in 0_i64..48,
    ) {
        let (day, plan) = (history.day, history.plans[0].clone());
        let calendar = judged(history)?;
        let now = midnight(day) + TimeDelta::hours(hours - 12);
        let ever = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        let free = free_slots(
            &plan, &calendar.windows, &calendar.reservations, &neighbours, &visit, ever, now,
        );
        prop_assert!(free.is_sorted_by(|one, other| one.starts_at < other.starts_at));
        let openings = openings(&plan, &calendar.windows);
        for slot in openings.iter().flat_map(|opening| opening.slots(&visit)) {
            let reserve = |overbook| CalendarCommand::Reserve(Reserve {
                appointment: id(999),
                doctor: id(100),
                date: date(day),
                claim: SlotClaim {
                    starts_at: slot.starts_at,
                    visit,
                    plan: plan.clone(),
                    neighbours: neighbours.clone(),
                    overbook,
                    reminders: None,
                },
            });
            let shown = free.iter().find(|free| free.starts_at == slot.starts_at);
            let given = calendar.decide(reserve(false), now).ok();
            let given = given.as_deref().map(|events| match events {
                [CalendarEvent::SlotReserved(given)] => (given.starts_at, given.ends_at),
                other => panic!("{other:?}"),
            });
            prop_assert_eq!(
                shown.map(|slot| (slot.starts_at, slot.ends_at)), given,
                "{:?} at {}", slot, now
            );
            let overbooked = calendar.decide(reserve(true), now).is_ok();
            prop_assert_eq!(overbooked, now < slot.starts_at, "{:?} at {}", slot, now);
        }
    }

    /// Of any history, even one that no rule allows.
    #[test]
    fn free_slots_never_overlap_a_reservation(
        events in prop::collection::vec(events(), 0..60),
        plan in plans(0), visit in visits(), neighbours in neighbours(0),
        from in instants(0), to in instants(0), now in instants(0),
    ) {
        let calendar = crate::testing::after::<Calendar>(&events);
        let free = free_slots(
            &plan, &calendar.windows, &calendar.reservations, &neighbours, &visit, (from, to), now,
        );
        for slot in free {
            prop_assert!(from <= slot.starts_at && slot.starts_at < to && now < slot.starts_at);
            let taken = calendar.reservations.iter().any(|taken| {
                taken.starts_at < taken.ends_at
                    && overlap(taken.occupies(), slot.occupies(&visit))
            });
            let reached = neighbours
                .iter()
                .any(|other| overlap(*other, slot.occupies(&visit)));
            prop_assert!(!taken && !reached, "{:?}", slot);
        }
    }
}

/// Which rules a step meets.
fn rules_met(
    calendar: &Calendar,
    command: &CalendarCommand,
    decided: Result<Vec<CalendarEvent>, CalendarError>,
) -> Vec<&'static str> {
    let events = match decided {
        Err(CalendarError::SlotTaken) => return vec!["taken"],
        Err(CalendarError::DayFull) => return vec!["full"],
        Err(CalendarError::NotASlot) => return vec!["not a slot"],
        Err(CalendarError::WindowHasReservations) => return vec!["held open"],
        Err(_) => return vec![],
        Ok(events) => events,
    };
    match (events.last(), claimed(calendar, command)) {
        (Some(CalendarEvent::SlotReserved(given)), Some((before, claim))) => {
            let offers = |opening: &Opening| {
                let slot = opening.slot(&claim.visit, claim.starts_at);
                slot.is_some_and(|slot| slot.window.is_none())
            };
            let by_schedule = openings(&claim.plan, &before.windows).iter().any(offers);
            let met = [
                (by_schedule, "by schedule"),
                (!by_schedule, "in a window"),
                (claim.visit.minutes.is_some(), "of its own length"),
                (!given.buffer_after.is_zero(), "with time around it"),
                (given.overbooked, "overbooked"),
            ];
            let met = met.into_iter().filter(|(met, _)| *met);
            met.map(|(_, rule)| rule).collect()
        }
        (Some(CalendarEvent::WindowClosed(_)), _) => vec!["closed"],
        _ => vec![],
    }
}

/// Guards the properties above against becoming true of nothing.
#[test]
fn random_histories_meet_every_rule_about_slots() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut met = std::collections::BTreeMap::<&str, u32>::new();
    for _ in 0..200 {
        let history = histories().new_tree(&mut runner).unwrap().current();
        let now = noon(history.day);
        let played = history.play(|calendar, command, _| {
            let decided = calendar.decide(command.clone(), now);
            for rule in rules_met(calendar, command, decided) {
                *met.entry(rule).or_default() += 1;
            }
            Ok(())
        });
        played.unwrap();
    }
    assert_eq!(met.len(), 10, "{met:?}");
    assert!(met.values().all(|times| *times > 15), "{met:?}");
    assert!(met["by schedule"] + met["in a window"] > 400, "{met:?}");
}

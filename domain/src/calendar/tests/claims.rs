//! What a claim brings along: the schedule's plan of the day, the shape of the visit.

use super::*;
use CalendarError as Error;

fn visit(minutes: u64, before: u64, after: u64) -> Visit {
    Visit {
        visit_type: Some(id(20)),
        mode: VisitMode::InPerson,
        minutes: Some(number(minutes)),
        buffer_before: number(before),
        buffer_after: number(after),
    }
}

fn buffered(appointment: u128, from: &str, to: &str, before: u64, after: u64) -> CalendarEvent {
    SlotReserved {
        buffer_before: number(before),
        buffer_after: number(after),
        ..reservation(appointment, from, to)
    }
    .into()
}

fn starts(slots: &[Slot]) -> String {
    let starts = slots.iter().map(|slot| slot.starts_at.format("%H:%M"));
    starts
        .map(|start| start.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

fn free(known: &[CalendarEvent], plan: &DayPlan, visit: &Visit) -> Vec<Slot> {
    let calendar: Calendar = after(known);
    let day = (hour("00:00"), hour("23:59"));
    free_slots(
        plan,
        &calendar.windows,
        &calendar.reservations,
        &[],
        visit,
        day,
        hour("00:00"),
    )
}

#[tokio::test]
async fn the_hours_of_the_schedule_are_open_without_any_window() {
    let events = vec![reserved(5, "09:30", "10:00")];
    decides(vec![], reserve_with(5, planned("09:30")), events).await;
    for time in ["08:30", "09:15", "11:00"] {
        refuses(vec![], reserve_with(5, planned(time)), Error::NotASlot).await;
    }
    let plan = plan(&[opening()]);
    let slots = free(&[], &plan, &Visit::default());
    assert_eq!(starts(&slots), "09:00 09:30 10:00 10:30");
    let with_window = free(&[opened()], &plan, &Visit::default());
    assert_eq!(
        starts(&with_window),
        "03:30 04:00 04:30 05:00 09:00 09:30 10:00 10:30"
    );
}

#[tokio::test]
async fn a_calendar_is_told_whose_day_it_is_by_its_first_reservation() {
    let known = || vec![reserved(5, "09:30", "10:00")];
    let calendar: Calendar = after(&known());
    let named = CalendarId {
        doctor: id(2),
        date: text("2026-08-04"),
    };
    assert_eq!(calendar.id, Some(named));
    let reserve = Reserve {
        appointment: id(6),
        doctor: id(2),
        date: text("2026-08-04"),
        claim: planned("10:00"),
    };
    for other in [
        Reserve {
            doctor: id(8),
            ..reserve.clone()
        },
        Reserve {
            date: text("2026-08-05"),
            ..reserve.clone()
        },
    ] {
        refuses(
            known(),
            CalendarCommand::Reserve(other),
            Error::OtherCalendar,
        )
        .await;
    }
    let other_day = OpenWindow {
        date: text("2026-08-05"),
        ..open()
    };
    refuses(
        known(),
        CalendarCommand::OpenWindow(other_day),
        Error::OtherCalendar,
    )
    .await;
    decides(
        known(),
        CalendarCommand::Reserve(reserve),
        vec![reserved(6, "10:00", "10:30")],
    )
    .await;
}

/// The events of the first release leave the day to their window.
#[test]
fn a_reservation_of_the_first_release_does_not_unname_its_calendar() {
    let first = SlotReserved {
        date: None,
        ..reservation(5, "04:00", "04:30")
    };
    let calendar: Calendar = after(&[opened(), first.clone().into()]);
    assert_eq!(calendar.id.map(|id| id.doctor), Some(id(2)));
    assert_eq!(after::<Calendar>(&[first.into()]).id, None);
}

#[tokio::test]
async fn on_leave_nothing_is_open_not_even_by_hand_or_for_who_may_overbook() {
    let on_leave = DayPlan {
        on_leave: true,
        ..DayPlan::default()
    };
    for overbook in [false, true] {
        let claim = SlotClaim {
            plan: on_leave.clone(),
            overbook,
            ..claim(hour("04:00"))
        };
        refuses(vec![opened()], reserve_with(5, claim), Error::NotASlot).await;
    }
    assert_eq!(free(&[opened()], &on_leave, &Visit::default()), []);
}

#[tokio::test]
async fn hours_admit_only_their_modes_and_kinds_of_visit() {
    let opening = |modes: &[VisitMode], kinds: &[u128]| Opening {
        modes: modes.to_vec(),
        visit_types: kinds.iter().map(|kind| id(*kind)).collect(),
        ..opening()
    };
    let visit = |mode, kind: Option<u128>| Visit {
        mode,
        visit_type: kind.map(id),
        ..Visit::default()
    };
    use VisitMode::{InPerson, Phone, Video};
    for (opening, visit, admitted) in [
        (opening(&[], &[]), visit(InPerson, None), true),
        (opening(&[], &[]), visit(Phone, Some(20)), true),
        (opening(&[Video], &[]), visit(Video, None), true),
        (opening(&[Video], &[]), visit(InPerson, None), false),
        (opening(&[Video, Phone], &[]), visit(Phone, Some(20)), true),
        (opening(&[], &[20]), visit(InPerson, Some(20)), true),
        (opening(&[], &[20]), visit(InPerson, Some(21)), false),
        (opening(&[], &[20]), visit(InPerson, None), false),
        (opening(&[Video], &[20]), visit(InPerson, Some(20)), false),
        (opening(&[Video], &[20]), visit(Video, Some(20)), true),
    ] {
        let plan = plan(std::slice::from_ref(&opening));
        assert_eq!(
            free(&[], &plan, &visit).is_empty(),
            !admitted,
            "{opening:?}, {visit:?}"
        );
        let claim = SlotClaim {
            visit,
            plan,
            ..claim(hour("09:00"))
        };
        let command = reserve_with(5, claim);
        if admitted {
            let events = vec![reserved(5, "09:00", "09:30")];
            decides(vec![], command, events).await;
        } else {
            refuses(vec![], command, Error::NotASlot).await;
        }
    }
}

/// It starts where a slot does, and lasts as long as its kind says.
#[tokio::test]
async fn a_visit_of_its_own_length_ends_within_the_hours() {
    let claim = |time: &str, minutes| SlotClaim {
        visit: visit(minutes, 0, 0),
        ..planned(time)
    };
    for (time, minutes, until) in [
        ("09:00", 20, "09:20"),
        ("09:30", 45, "10:15"),
        ("09:00", 120, "11:00"),
        ("10:30", 30, "11:00"),
    ] {
        let events = vec![reserved(5, time, until)];
        decides(vec![], reserve_with(5, claim(time, minutes)), events).await;
    }
    for (time, minutes) in [("09:20", 20), ("10:30", 31), ("09:30", 95), ("09:00", 121)] {
        let command = reserve_with(5, claim(time, minutes));
        refuses(vec![], command, Error::NotASlot).await;
    }
    let known = [reserved(5, "10:00", "10:30")];
    let long = free(&known, &plan(&[opening()]), &visit(45, 0, 0));
    assert_eq!(starts(&long), "09:00", "09:30 would run into 10:00");
}

/// Nobody else is seen from 09:50 to 10:40.
#[tokio::test]
async fn the_time_around_a_visit_is_kept_free() {
    let known = || vec![buffered(5, "10:00", "10:30", 10, 10)];
    for (from, minutes, before, after, taken) in [
        ("09:30", 20, 0, 0, false),
        ("09:30", 21, 0, 0, true),
        ("09:30", 15, 0, 5, false),
        ("09:30", 15, 0, 6, true),
        ("10:30", 30, 0, 0, true),
        ("10:45", 15, 0, 0, false),
        ("10:45", 15, 5, 0, false),
        ("10:45", 15, 6, 0, true),
        ("10:45", 15, 0, 30, false),
    ] {
        let plan = plan(&[Opening {
            slot_minutes: number(15),
            ..opening()
        }]);
        let visit = visit(minutes, before, after);
        let starts_at = hour(from);
        let is_free = free(&known(), &plan, &visit)
            .iter()
            .any(|slot| slot.starts_at == starts_at);
        assert_eq!(is_free, !taken, "{from} for {minutes} minutes");
        let claim = SlotClaim {
            visit,
            plan,
            ..claim(starts_at)
        };
        let ends_at = starts_at + visit.minutes.unwrap().length();
        let until = ends_at.format("%H:%M").to_string();
        if taken {
            refuses(known(), reserve_with(6, claim), Error::SlotTaken).await;
        } else {
            let events = vec![buffered(6, from, &until, before, after)];
            decides(known(), reserve_with(6, claim), events).await;
        }
    }
}

#[tokio::test]
async fn a_day_has_no_more_visits_than_the_schedule_allows() {
    let full = |most| DayPlan {
        most_visits: Some(most),
        ..plan(&[opening()])
    };
    let claim = |most| SlotClaim {
        plan: full(most),
        ..claim(hour("10:00"))
    };
    let two = || {
        vec![
            opened(),
            reserved(5, "04:00", "04:30"),
            reserved(6, "09:00", "09:30"),
        ]
    };
    refuses(vec![], reserve_with(7, claim(0)), Error::DayFull).await;
    refuses(two(), reserve_with(7, claim(2)), Error::DayFull).await;
    assert_eq!(free(&two(), &full(2), &Visit::default()), []);
    let events = vec![reserved(7, "10:00", "10:30")];
    decides(two(), reserve_with(7, claim(3)), events.clone()).await;
    let one_left = [two(), vec![released(5, "04:00")]].concat();
    decides(one_left, reserve_with(7, claim(2)), events).await;
}

/// A window from 09:30 to 10:30, with a visit every quarter of an hour, lies over the hours.
#[tokio::test]
async fn where_a_window_lies_over_the_hours_what_is_shown_is_what_is_given() {
    let window = WindowOpened {
        opens: hour("09:30"),
        closes: hour("10:30"),
        slot_minutes: number(15),
        ..match opened() {
            CalendarEvent::WindowOpened(opened) => opened,
            other => panic!("{other:?}"),
        }
    };
    for (known, time, until) in [
        (vec![], "09:30", "10:00"),
        (vec![], "09:45", "10:00"),
        (vec![reserved(5, "09:45", "10:00")], "09:30", "09:45"),
    ] {
        let known = [vec![window.into()], known].concat();
        let slots = free(&known, &plan(&[opening()]), &Visit::default());
        let shown: Vec<_> = slots
            .iter()
            .filter(|slot| slot.starts_at == hour(time))
            .map(|slot| slot.ends_at)
            .collect();
        assert_eq!(shown, [hour(until)], "{time}");
        let events = vec![reserved(6, time, until)];
        decides(known, reserve_with(6, planned(time)), events).await;
    }
}

/// Bookings outlive the hours they were made in.
#[tokio::test]
async fn a_slot_can_be_left_though_the_schedule_offers_it_no_more() {
    let known = || vec![reserved(5, "09:00", "09:30")];
    decides(known(), release(5, "09:00"), vec![released(5, "09:00")]).await;
}

#![allow(clippy::unwrap_used)]

use super::*;
use crate::testing::{at, clock_at, id, text};

const NOW: &str = "2026-08-01T00:00:00Z";

/// Nine to eleven in Kolkata, in slots of half an hour.
fn open() -> OpenWindow {
    OpenWindow {
        window: id(1),
        doctor: id(2),
        hospital: id(3),
        date: text("2026-08-04"),
        opens: text("09:00"),
        closes: text("11:00"),
        time_zone: text("Asia/Kolkata"),
        slot_minutes: 30.try_into().unwrap(),
    }
}

fn between(opens: &str, closes: &str) -> OpenWindow {
    OpenWindow {
        window: id(9),
        opens: text(opens),
        closes: text(closes),
        ..open()
    }
}

fn opened() -> CalendarEvent {
    WindowOpened {
        window: id(1),
        doctor: id(2),
        hospital: id(3),
        date: text("2026-08-04"),
        opens: at("2026-08-04T03:30:00Z"),
        closes: at("2026-08-04T05:30:00Z"),
        time_zone: text("Asia/Kolkata"),
        slot_minutes: 30.try_into().unwrap(),
    }
    .into()
}

fn closed() -> CalendarEvent {
    WindowClosed { window: id(1) }.into()
}

/// A time of 2026-08-04, in UTC.
fn hour(time: &str) -> DateTime<Utc> {
    at(&format!("2026-08-04T{time}:00Z"))
}

fn reserve(appointment: u128, time: &str) -> CalendarCommand {
    CalendarCommand::Reserve(Reserve {
        appointment: id(appointment),
        starts_at: hour(time),
    })
}

fn reserved(appointment: u128, from: &str, to: &str) -> CalendarEvent {
    SlotReserved {
        appointment: id(appointment),
        doctor: id(2),
        starts_at: hour(from),
        ends_at: hour(to),
    }
    .into()
}

fn release(appointment: u128, time: &str) -> CalendarCommand {
    CalendarCommand::Release(Release {
        appointment: id(appointment),
        starts_at: hour(time),
    })
}

fn released(appointment: u128, time: &str) -> CalendarEvent {
    SlotReleased {
        appointment: id(appointment),
        doctor: id(2),
        starts_at: hour(time),
    }
    .into()
}

fn swap(appointment: u128, from: &str, to: &str) -> CalendarCommand {
    CalendarCommand::Move(Move {
        appointment: id(appointment),
        from: hour(from),
        to: hour(to),
    })
}

async fn then_opens(
    known: Vec<CalendarEvent>,
    open: OpenWindow,
    now: &str,
) -> Result<WindowOpened, CalendarError> {
    let events = clock_at::<Calendar>(now)
        .given(known)
        .when_async(CalendarCommand::OpenWindow(open))
        .await
        .inspect_result()?;
    match &events[..] {
        [CalendarEvent::WindowOpened(opened)] => Ok(*opened),
        other => panic!("expected one opened window, got {other:?}"),
    }
}

async fn refuses(known: Vec<CalendarEvent>, command: CalendarCommand, error: CalendarError) {
    clock_at::<Calendar>(NOW)
        .given(known)
        .when_async(command)
        .await
        .then_expect_error(error);
}

async fn decides(known: Vec<CalendarEvent>, command: CalendarCommand, events: Vec<CalendarEvent>) {
    clock_at::<Calendar>(NOW)
        .given(known)
        .when_async(command)
        .await
        .then_expect_events(events);
}

#[tokio::test]
async fn a_window_opens_at_the_hospitals_time() {
    decides(vec![], CalendarCommand::OpenWindow(open()), vec![opened()]).await;
}

#[tokio::test]
async fn windows_may_touch_but_not_overlap() {
    for (opens, closes, fits) in [
        ("08:00", "09:00", true),
        ("11:00", "12:00", true),
        ("08:00", "09:30", false),
        ("10:30", "11:30", false),
        ("09:30", "10:00", false),
        ("08:00", "12:00", false),
        ("09:00", "11:00", false),
    ] {
        let outcome = then_opens(vec![opened()], between(opens, closes), NOW).await;
        let refused = outcome.err() == Some(CalendarError::WindowOverlaps);
        assert_eq!(refused, !fits, "{opens} to {closes}");
    }
}

#[tokio::test]
async fn a_closed_window_makes_room() {
    let again = OpenWindow {
        window: id(9),
        ..open()
    };
    assert!(
        then_opens(vec![opened(), closed()], again, NOW)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_window_that_makes_no_sense_is_refused() {
    use CalendarError as Error;
    for (open, now, error) in [
        (
            between("11:00", "09:00"),
            NOW,
            Error::WindowEndsBeforeItStarts,
        ),
        (
            between("09:00", "09:00"),
            NOW,
            Error::WindowEndsBeforeItStarts,
        ),
        (
            between("22:00", "02:00"),
            NOW,
            Error::WindowEndsBeforeItStarts,
        ),
        (
            between("22:00", "00:00"),
            NOW,
            Error::WindowEndsBeforeItStarts,
        ),
        (between("09:00", "10:10"), NOW, Error::WindowNotWholeSlots),
        (between("09:00", "09:20"), NOW, Error::WindowNotWholeSlots),
        (open(), "2026-08-04T05:30:00Z", Error::WindowInPast),
        (open(), "2026-08-05T00:00:00Z", Error::WindowInPast),
        (open(), "2027-08-04T00:00:00Z", Error::WindowInPast),
        (
            OpenWindow {
                date: chrono::NaiveDate::MIN,
                ..open()
            },
            NOW,
            Error::WindowInPast,
        ),
        (
            OpenWindow {
                date: text("2028-08-10"),
                ..open()
            },
            NOW,
            Error::WindowTooFarAhead,
        ),
        (
            OpenWindow {
                date: chrono::NaiveDate::MAX,
                ..open()
            },
            NOW,
            Error::WindowTooFarAhead,
        ),
    ] {
        assert_eq!(
            then_opens(vec![], open, now).await,
            Err(error),
            "{open:?} at {now}"
        );
    }
}

#[tokio::test]
async fn the_rest_of_a_day_may_be_opened_while_it_runs() {
    assert!(
        then_opens(vec![], open(), "2026-08-04T05:29:00Z")
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_window_belongs_to_its_calendar_alone() {
    use CalendarError as Error;
    let other = OpenWindow {
        window: id(9),
        opens: text("15:00"),
        closes: text("16:00"),
        ..open()
    };
    for (open, error) in [
        (open(), Error::WindowAlreadyOpen),
        (
            OpenWindow {
                doctor: id(8),
                ..other
            },
            Error::OtherCalendar,
        ),
        (
            OpenWindow {
                date: text("2026-08-05"),
                ..other
            },
            Error::OtherCalendar,
        ),
        (
            OpenWindow {
                time_zone: text("Europe/Berlin"),
                ..other
            },
            Error::OtherTimeZone,
        ),
    ] {
        assert_eq!(then_opens(vec![opened()], open, NOW).await, Err(error));
    }
}

/// Berlin: on 2027-03-28 there is no 02:00–03:00, on 2026-10-25 there are two.
#[tokio::test]
async fn clock_changes_are_taken_into_account() {
    use CalendarError as Error;
    let day = |date: &str, opens: &str, closes: &str| OpenWindow {
        date: text(date),
        time_zone: text("Europe/Berlin"),
        ..between(opens, closes)
    };
    let instants = |from: &str, to: &str| Ok((at(from), at(to)));
    for (open, outcome) in [
        (
            day("2027-03-28", "02:30", "04:00"),
            Err(Error::OpensInClockChange),
        ),
        (
            day("2027-03-28", "01:00", "02:30"),
            Err(Error::ClosesInClockChange),
        ),
        (
            day("2027-03-28", "01:00", "03:00"),
            instants("2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z"),
        ),
        (
            day("2026-10-25", "02:30", "04:00"),
            instants("2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z"),
        ),
        (
            day("2026-10-25", "01:00", "02:30"),
            instants("2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z"),
        ),
    ] {
        let decided = then_opens(vec![], open, NOW).await;
        assert_eq!(
            decided.map(|opened| (opened.opens, opened.closes)),
            outcome,
            "{open:?}"
        );
    }
}

#[tokio::test]
async fn a_window_closes_only_while_nobody_relies_on_it() {
    let close = || CalendarCommand::CloseWindow(CloseWindow { window: id(1) });
    decides(vec![opened()], close(), vec![closed()]).await;
    let booked = reserved(5, "04:00", "04:30");
    refuses(
        vec![opened(), booked.clone()],
        close(),
        CalendarError::WindowHasReservations,
    )
    .await;
    decides(
        vec![opened(), booked, released(5, "04:00")],
        close(),
        vec![closed()],
    )
    .await;
    refuses(vec![], close(), CalendarError::NoSuchWindow).await;
    refuses(
        vec![opened(), closed()],
        close(),
        CalendarError::NoSuchWindow,
    )
    .await;
}

#[tokio::test]
async fn a_booked_slot_in_one_window_does_not_hold_another_open() {
    let other = WindowOpened {
        window: id(7),
        opens: hour("05:30"),
        closes: hour("06:30"),
        ..match opened() {
            CalendarEvent::WindowOpened(opened) => opened,
            other => panic!("{other:?}"),
        }
    };
    decides(
        vec![opened(), other.into(), reserved(5, "05:00", "05:30")],
        CalendarCommand::CloseWindow(CloseWindow { window: id(7) }),
        vec![WindowClosed { window: id(7) }.into()],
    )
    .await;
}

#[tokio::test]
async fn only_slots_on_the_grid_of_a_window_are_given() {
    for time in ["03:30", "04:00", "04:30", "05:00"] {
        let (hours, half) = time.split_once(':').unwrap();
        let end = match half {
            "30" => format!("{:02}:00", hours.parse::<u8>().unwrap() + 1),
            _ => format!("{hours}:30"),
        };
        decides(
            vec![opened()],
            reserve(5, time),
            vec![reserved(5, time, &end)],
        )
        .await;
    }
    for time in ["03:00", "03:29", "03:31", "03:45", "05:30", "12:00"] {
        refuses(vec![opened()], reserve(5, time), CalendarError::NotASlot).await;
    }
    for known in [vec![], vec![opened(), closed()]] {
        refuses(known, reserve(5, "04:00"), CalendarError::NotASlot).await;
    }
    let odd = Reserve {
        appointment: id(5),
        starts_at: at("2026-08-04T04:00:00.5Z"),
    };
    refuses(
        vec![opened()],
        CalendarCommand::Reserve(odd),
        CalendarError::NotASlot,
    )
    .await;
    let last = Reserve {
        appointment: id(5),
        starts_at: DateTime::<Utc>::MAX_UTC,
    };
    refuses(
        vec![opened()],
        CalendarCommand::Reserve(last),
        CalendarError::NotASlot,
    )
    .await;
}

#[tokio::test]
async fn a_slot_that_has_begun_is_not_given() {
    for (now, given) in [("03:59", true), ("04:00", false), ("04:10", false)] {
        let outcome = clock_at::<Calendar>(&format!("2026-08-04T{now}:00Z"))
            .given(vec![opened()])
            .when_async(reserve(5, "04:00"))
            .await
            .inspect_result();
        assert_eq!(
            outcome.err(),
            (!given).then_some(CalendarError::SlotInPast),
            "at {now}"
        );
    }
}

#[tokio::test]
async fn a_slot_is_given_once_until_it_is_released() {
    let booked = reserved(5, "04:00", "04:30");
    refuses(
        vec![opened(), booked.clone()],
        reserve(6, "04:00"),
        CalendarError::SlotTaken,
    )
    .await;
    refuses(
        vec![opened(), booked.clone()],
        reserve(5, "04:00"),
        CalendarError::SlotTaken,
    )
    .await;
    refuses(
        vec![opened(), booked.clone()],
        reserve(5, "04:30"),
        CalendarError::AlreadyReserved,
    )
    .await;
    decides(
        vec![opened(), booked.clone()],
        reserve(6, "04:30"),
        vec![reserved(6, "04:30", "05:00")],
    )
    .await;
    decides(
        vec![opened(), booked, released(5, "04:00")],
        reserve(6, "04:00"),
        vec![reserved(6, "04:00", "04:30")],
    )
    .await;
}

#[tokio::test]
async fn a_slot_is_released_only_by_the_appointment_that_has_it() {
    let known = || vec![opened(), reserved(5, "04:00", "04:30")];
    decides(known(), release(5, "04:00"), vec![released(5, "04:00")]).await;
    for (known, command) in [
        (known(), release(6, "04:00")),
        (known(), release(5, "04:30")),
        (vec![], release(5, "04:00")),
        (
            [known(), vec![released(5, "04:00")]].concat(),
            release(5, "04:00"),
        ),
    ] {
        refuses(known, command, CalendarError::NotReserved).await;
    }
}

#[tokio::test]
async fn an_appointment_can_swap_its_slot_within_the_day() {
    let known = || {
        vec![
            opened(),
            reserved(5, "04:00", "04:30"),
            reserved(6, "05:00", "05:30"),
        ]
    };
    decides(
        known(),
        swap(5, "04:00", "04:30"),
        vec![released(5, "04:00"), reserved(5, "04:30", "05:00")],
    )
    .await;
    for (command, error) in [
        (swap(5, "04:00", "05:00"), CalendarError::SlotTaken),
        (swap(5, "04:00", "06:00"), CalendarError::NotASlot),
        (swap(5, "04:30", "03:30"), CalendarError::NotReserved),
        (swap(7, "04:00", "04:30"), CalendarError::NotReserved),
    ] {
        refuses(known(), command, error).await;
    }
}

#[test]
fn free_slots_are_those_in_range_ahead_and_not_taken() {
    let mut calendar = Calendar::default();
    for event in [opened(), reserved(5, "04:00", "04:30")] {
        calendar.evolve(&event);
    }
    let free = |from: &str, to: &str, now: &str| {
        free_slots(
            &calendar.windows,
            &calendar.reservations,
            hour(from),
            hour(to),
            hour(now),
        )
        .into_iter()
        .map(|slot| slot.starts_at.format("%H:%M").to_string())
        .collect::<Vec<_>>()
        .join(" ")
    };
    assert_eq!(free("00:00", "23:00", "00:00"), "03:30 04:30 05:00");
    assert_eq!(free("03:31", "05:00", "00:00"), "04:30");
    assert_eq!(free("00:00", "23:00", "04:30"), "05:00");
    assert_eq!(free("00:00", "03:30", "00:00"), "");
    assert_eq!(free("23:00", "00:00", "00:00"), "");
}

#[test]
fn a_calendar_is_named_by_doctor_and_date() {
    let calendar = CalendarId {
        doctor: id(2),
        date: text("2026-08-04"),
    };
    let name = "00000000-0000-0000-0000-000000000002:2026-08-04";
    assert_eq!(calendar.to_string(), name);
    assert_eq!(name.parse(), Ok(calendar));
    assert_eq!(Calendar::stream(&calendar), format!("calendar-{name}"));
    for wrong in [
        "",
        "2026-08-04",
        "x:2026-08-04",
        "00000000-0000-0000-0000-000000000002:4.8.2026",
    ] {
        assert!(wrong.parse::<CalendarId>().is_err(), "{wrong}");
    }
}

//! Opening and closing windows.

use super::*;

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
                opens: text("00:00"),
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

//! Giving slots away and taking them back.

use super::*;

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
    for odd in [at("2026-08-04T04:00:00.5Z"), DateTime::<Utc>::MAX_UTC] {
        let command = reserve_with(5, claim(odd));
        refuses(vec![opened()], command, CalendarError::NotASlot).await;
    }
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

#[test]
fn free_slots_are_those_in_range_ahead_and_not_taken() {
    let calendar: Calendar = after(&[opened(), reserved(5, "04:00", "04:30")]);
    let free = |from: &str, to: &str, now: &str| {
        free_slots(
            &DayPlan::default(),
            &calendar.windows,
            &calendar.reservations,
            &[],
            &Visit::default(),
            (hour(from), hour(to)),
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

/// No rule opens such a window, but its history can't be refused.
#[test]
fn a_window_offers_only_whole_slots() {
    let window = Window {
        window: id(1),
        hospital: id(3),
        opens: hour("04:00"),
        closes: hour("04:50"),
        time_zone: text("Asia/Kolkata"),
        slot_minutes: number(30),
    };
    let starts: Vec<_> = Opening::from(&window)
        .slots(&Visit::default())
        .map(|slot| slot.starts_at)
        .collect();
    assert_eq!(starts, [hour("04:00")]);
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

//! Slots that are given although they are taken, or although the day is full.

use super::*;
use CalendarError as Error;

fn overbooked(appointment: u128, from: &str, to: &str) -> CalendarEvent {
    SlotReserved {
        overbooked: true,
        ..reservation(appointment, from, to)
    }
    .into()
}

#[tokio::test]
async fn who_may_overbook_gets_a_slot_that_is_taken_or_of_a_full_day() {
    let claim = |time: &str, most_visits| SlotClaim {
        plan: DayPlan {
            most_visits,
            ..plan(&[opening()])
        },
        overbook: true,
        ..claim(hour(time))
    };
    let known = || vec![reserved(5, "09:00", "09:30")];
    for (time, most, event) in [
        ("09:00", None, overbooked(6, "09:00", "09:30")),
        ("09:30", Some(1), overbooked(6, "09:30", "10:00")),
        ("09:30", Some(2), reserved(6, "09:30", "10:00")),
        ("09:30", None, reserved(6, "09:30", "10:00")),
    ] {
        decides(known(), reserve_with(6, claim(time, most)), vec![event]).await;
    }
    for (appointment, time, error) in [
        (6, "08:00", Error::NotASlot),
        (5, "09:00", Error::AlreadyReserved),
        (5, "10:00", Error::AlreadyReserved),
    ] {
        refuses(known(), reserve_with(appointment, claim(time, None)), error).await;
    }
    clock_at::<Calendar>("2026-08-04T10:00:00Z")
        .given(known())
        .when_async(reserve_with(6, claim("10:00", None)))
        .await
        .then_expect_error(Error::SlotInPast);
}

#[tokio::test]
async fn an_overbooked_slot_is_taken_until_both_have_left() {
    let known = vec![
        reserved(5, "09:00", "09:30"),
        overbooked(6, "09:00", "09:30"),
        released(5, "09:00"),
    ];
    let command = || reserve_with(7, planned("09:00"));
    refuses(known.clone(), command(), Error::SlotTaken).await;
    let known = [known, vec![released(6, "09:00")]].concat();
    decides(known, command(), vec![reserved(7, "09:00", "09:30")]).await;
}

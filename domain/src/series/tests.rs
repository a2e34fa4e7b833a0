//! Visits that come back, by the hospital's clock.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses, text};
use Frequency::{Daily, Monthly, Weekly};

const NOW: &str = "2026-08-01T00:00:00Z";

const fn every(interval: u8, frequency: Frequency, count: u8) -> Recurrence {
    Recurrence {
        frequency,
        interval,
        count,
    }
}

fn book() -> Book {
    Book {
        series: id(1),
        patient: id(2),
        recurrence: every(1, Weekly, 3),
        appointments: vec![id(11), id(12), id(13)],
    }
}

fn booked() -> SeriesEvent {
    Booked {
        series: id(1),
        patient: id(2),
        recurrence: every(1, Weekly, 3),
        appointments: vec![id(11), id(12), id(13)],
    }
    .into()
}

#[tokio::test]
async fn a_series_is_booked_once() {
    decides::<Series>(NOW, vec![], book(), vec![booked()]).await;
    refuses::<Series>(
        NOW,
        vec![booked()],
        book(),
        SeriesError::SeriesAlreadyBooked,
    )
    .await;
}

#[test]
fn a_series_belongs_to_its_patient() {
    let none = Series::default();
    assert_eq!(none.booked(), Err(SeriesError::NoSuchSeries));
    assert_eq!(Decider::subject(&none), None);
    let series: Series = after(&[booked()]);
    let appointments = &series.booked().unwrap().appointments;
    assert_eq!(*appointments, [id(11), id(12), id(13)]);
    assert_eq!(Decider::subject(&series), Some(id(2)));
}

#[test]
fn a_series_has_from_2_to_52_visits_every_1_to_12_days_weeks_or_months() {
    use SeriesError::{NotACount, NotAnInterval};
    let starts = |recurrence: Recurrence| {
        let starts = recurrence.starts(at(NOW), text("Asia/Kolkata"));
        starts.map(|starts| starts.len())
    };
    for frequency in Frequency::ALL {
        for (interval, count, outcome) in [
            (1, 0, Err(NotACount)),
            (1, 1, Err(NotACount)),
            (1, 2, Ok(2)),
            (1, 53, Err(NotACount)),
            (1, u8::MAX, Err(NotACount)),
            (0, 2, Err(NotAnInterval)),
            (12, 2, Ok(2)),
            (13, 2, Err(NotAnInterval)),
            (u8::MAX, 2, Err(NotAnInterval)),
        ] {
            let recurrence = every(interval, *frequency, count);
            assert_eq!(starts(recurrence), outcome, "{recurrence:?}");
        }
    }
    assert_eq!(starts(every(1, Daily, 52)), Ok(52));
    assert_eq!(starts(every(12, Daily, 52)), Ok(52));
}

#[test]
fn a_series_goes_on_for_two_years_at_most() {
    for (recurrence, fits) in [
        (every(2, Weekly, 52), true),
        (every(3, Weekly, 35), true),
        (every(3, Weekly, 36), false),
        (every(12, Weekly, 52), false),
        (every(1, Monthly, 25), true),
        (every(1, Monthly, 26), false),
        (every(12, Monthly, 3), true),
        (every(12, Monthly, 4), false),
        (every(12, Monthly, 52), false),
    ] {
        let refused = recurrence.starts(at(NOW), text("Asia/Kolkata")).err();
        let expected = (!fits).then_some(SeriesError::SeriesTooLong);
        assert_eq!(refused, expected, "{recurrence:?}");
    }
}

/// Each visit at the same time of the same clock; the comments give that time.
#[test]
fn visits_come_back_at_the_same_time_of_the_hospitals_clock() {
    let berlin = "Europe/Berlin";
    let new_york = "America/New_York";
    let lord_howe = "Australia/Lord_Howe";
    for (zone, recurrence, starts) in [
        // 10:00 in a zone without clock changes.
        (
            "Asia/Kolkata",
            every(1, Weekly, 3),
            vec![
                "2026-10-20T04:30:00Z",
                "2026-10-27T04:30:00Z",
                "2026-11-03T04:30:00Z",
            ],
        ),
        // 10:00, an hour later by UTC once the clocks have gone back.
        (
            berlin,
            every(1, Weekly, 2),
            vec!["2026-10-20T08:00:00Z", "2026-10-27T09:00:00Z"],
        ),
        // 20:00, which is another day by UTC; the clocks go forward.
        (
            new_york,
            every(1, Weekly, 2),
            vec!["2027-03-11T01:00:00Z", "2027-03-18T00:00:00Z"],
        ),
        // 10:00; the clocks go back half an hour, then forward.
        (
            lord_howe,
            every(3, Monthly, 3),
            vec![
                "2027-01-09T23:00:00Z",
                "2027-04-09T23:30:00Z",
                "2027-07-09T23:30:00Z",
            ],
        ),
        // 02:30, which 2027-03-28 has not: 03:00.
        (
            berlin,
            every(1, Daily, 3),
            vec![
                "2027-03-27T01:30:00Z",
                "2027-03-28T01:00:00Z",
                "2027-03-29T00:30:00Z",
            ],
        ),
        // 02:10, which 2027-03-14 has not: 03:00.
        (
            new_york,
            every(1, Daily, 3),
            vec![
                "2027-03-13T07:10:00Z",
                "2027-03-14T07:00:00Z",
                "2027-03-15T06:10:00Z",
            ],
        ),
        // 02:10, which 2026-10-04 has not: 02:30.
        (
            lord_howe,
            every(1, Daily, 3),
            vec![
                "2026-10-02T15:40:00Z",
                "2026-10-03T15:30:00Z",
                "2026-10-04T15:10:00Z",
            ],
        ),
        // 02:30, which 2026-10-25 has twice: the first of them.
        (
            berlin,
            every(1, Daily, 3),
            vec![
                "2026-10-24T00:30:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-26T01:30:00Z",
            ],
        ),
        // From the second of them on.
        (
            berlin,
            every(1, Daily, 2),
            vec!["2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"],
        ),
        // 01:45, which 2027-04-04 has twice: the first of them.
        (
            lord_howe,
            every(1, Daily, 3),
            vec![
                "2027-04-02T14:45:00Z",
                "2027-04-03T14:45:00Z",
                "2027-04-04T15:15:00Z",
            ],
        ),
        // Midnight, which 2024-03-31 has not: 01:00.
        (
            "Asia/Beirut",
            every(1, Daily, 3),
            vec![
                "2024-03-29T22:00:00Z",
                "2024-03-30T22:00:00Z",
                "2024-03-31T21:00:00Z",
            ],
        ),
        // The 31st, or the last day of the month, in a leap year and in an ordinary one.
        (
            "Asia/Kolkata",
            every(1, Monthly, 4),
            vec![
                "2028-01-31T04:30:00Z",
                "2028-02-29T04:30:00Z",
                "2028-03-31T04:30:00Z",
                "2028-04-30T04:30:00Z",
            ],
        ),
        (
            "Asia/Kolkata",
            every(1, Monthly, 3),
            vec![
                "2027-01-31T04:30:00Z",
                "2027-02-28T04:30:00Z",
                "2027-03-31T04:30:00Z",
            ],
        ),
        // The day of the month is the hospital's: in New York it is still the 31st.
        (
            new_york,
            every(1, Monthly, 3),
            vec![
                "2028-02-01T01:00:00Z",
                "2028-03-01T01:00:00Z",
                "2028-04-01T00:00:00Z",
            ],
        ),
        // From leap day on.
        (
            "Asia/Kolkata",
            every(12, Monthly, 2),
            vec!["2028-02-29T04:30:00Z", "2029-02-28T04:30:00Z"],
        ),
        (
            "Asia/Kolkata",
            every(1, Daily, 3),
            vec![
                "2028-02-28T04:30:00Z",
                "2028-02-29T04:30:00Z",
                "2028-03-01T04:30:00Z",
            ],
        ),
    ] {
        let starts: Vec<_> = starts.into_iter().map(at).collect();
        assert_eq!(
            recurrence.starts(starts[0], text(zone)),
            Ok(starts),
            "{recurrence:?} in {zone}"
        );
    }
}

/// The calendar refuses such a first visit; the others must not drag its seconds along.
#[test]
fn what_begins_within_a_minute_comes_back_on_the_minute() {
    let starts = every(1, Daily, 2).starts(at("2026-08-04T04:30:15.5Z"), text("Asia/Kolkata"));
    let expected = ["2026-08-04T04:30:15.5Z", "2026-08-05T04:30:00Z"].map(at);
    assert_eq!(starts, Ok(expected.to_vec()));
}

#[test]
fn at_the_ends_of_the_calendar_a_series_is_too_long() {
    for frequency in Frequency::ALL {
        for zone in [
            "Asia/Kolkata",
            "America/New_York",
            "Australia/Lord_Howe",
            "UTC",
        ] {
            let last = every(1, *frequency, 2).starts(DateTime::<Utc>::MAX_UTC, text(zone));
            assert_eq!(
                last,
                Err(SeriesError::SeriesTooLong),
                "{frequency} in {zone}"
            );
        }
    }
    let first = every(1, Daily, 2).starts(DateTime::<Utc>::MIN_UTC, text("America/New_York"));
    assert_eq!(first, Err(SeriesError::SeriesTooLong));
}

proptest! {
    /// In any zone, from any minute of two decades.
    #[test]
    fn visits_of_a_series_follow_each_other_on_its_days_at_its_time(
        minute in 0_i64..20 * 366 * 24 * 60,
        zone in prop::sample::select(&chrono_tz::TZ_VARIANTS[..]),
        frequency in prop::sample::select(Frequency::ALL),
        interval in 1_u8..=12,
        count in 2_u8..=52,
    ) {
        let first = at("2020-01-01T00:00:00Z") + chrono::TimeDelta::minutes(minute);
        let recurrence = every(interval, frequency, count);
        let Ok(starts) = recurrence.starts(first, zone.into()) else {
            return Ok(());
        };
        prop_assert_eq!(starts.len(), usize::from(count));
        prop_assert_eq!(starts[0], first);
        prop_assert!(starts.windows(2).all(|pair| pair[0] < pair[1]), "{starts:?}");
        let wanted = first.with_timezone(&zone).naive_local();
        for (nth, start) in starts.iter().enumerate() {
            let shown = start.with_timezone(&zone).naive_local();
            let steps = u32::from(interval) * nth as u32;
            let date = match frequency {
                Daily => wanted.date() + Days::new(steps.into()),
                Weekly => wanted.date() + Days::new(7 * u64::from(steps)),
                Monthly => wanted.date() + Months::new(steps),
            };
            let exists = zone.from_local_datetime(&date.and_time(wanted.time())).earliest();
            if exists.is_some() {
                prop_assert_eq!(shown, date.and_time(wanted.time()));
            } else {
                // Just after the jump: an instant before, the clock showed less.
                let before = (*start - chrono::TimeDelta::nanoseconds(1)).with_timezone(&zone);
                prop_assert!(shown > date.and_time(wanted.time()));
                prop_assert!(before.naive_local() < date.and_time(wanted.time()));
            }
        }
    }
}

//! What holds for every schedule in every zone.

use chrono::{Days, TimeDelta};
use proptest::prelude::*;

use super::*;
use crate::values::LocalTime;

/// Any zone on any day of two decades, and as often one whose clocks change on that day.
fn days() -> impl Strategy<Value = (chrono_tz::Tz, NaiveDate)> {
    let any = (
        prop::sample::select(&chrono_tz::TZ_VARIANTS[..]),
        0_u64..7300,
    )
        .prop_map(|(zone, day)| (zone, text::<NaiveDate>("2018-01-01") + Days::new(day)));
    let changes = [
        ("Europe/Berlin", "2027-03-28"),
        ("Europe/Berlin", "2026-10-25"),
        ("America/New_York", "2027-03-14"),
        ("America/New_York", "2026-11-01"),
        ("Australia/Lord_Howe", "2026-10-04"),
        ("Australia/Lord_Howe", "2027-04-04"),
        ("Asia/Beirut", "2024-03-31"),
        ("Asia/Beirut", "2024-10-26"),
        ("America/Nuuk", "2026-03-28"),
        ("America/Havana", "2026-11-01"),
        ("Atlantic/Azores", "2026-10-25"),
        ("Pacific/Apia", "2011-12-30"),
        ("Africa/Casablanca", "2026-02-15"),
    ];
    let changes = prop::sample::select(changes.to_vec())
        .prop_map(|(zone, date)| (text::<TimeZone>(zone).tz(), text(date)));
    prop_oneof![any, changes]
}

/// Up to five stretches of a day that don't overlap, on any minutes.
fn hours() -> impl Strategy<Value = Vec<Hours>> {
    prop::collection::btree_set(0_u32..=1440, 0..=10).prop_map(|minutes| {
        let minutes: Vec<_> = minutes.into_iter().collect();
        let time = |minute: u32| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        let long_enough = minutes
            .chunks_exact(2)
            .filter(|pair| pair[1] - pair[0] >= 5);
        let hours = long_enough.map(|pair| Hours {
            slot_minutes: number(5),
            ..between(&time(pair[0]), &time(pair[1]))
        });
        hours.collect()
    })
}

fn schedule(zone: chrono_tz::Tz, date: NaiveDate, hours: &[Hours]) -> Schedule {
    let daily = |weekday: &Weekday| {
        let weekday = *weekday;
        hours
            .iter()
            .cloned()
            .map(move |hours| WeeklyHours { weekday, hours })
    };
    let set = Command::SetWeek(SetWeek {
        time_zone: zone.into(),
        from: date,
        hours: Weekday::ALL.iter().flat_map(daily).collect(),
        ..week("2026-08-01", &[])
    });
    let mut schedule = Schedule::default();
    let day_before = date.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::days(1);
    for event in schedule.decide(set, day_before).unwrap() {
        schedule.evolve(&event);
    }
    schedule
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_openings_of_a_day_lie_within_it_and_never_overlap(
        (zone, date) in days(),
        hours in hours(),
    ) {
        let openings = schedule(zone, date, &hours).day(date, false).openings;
        prop_assert!(openings.len() <= hours.len());
        for opening in &openings {
            prop_assert!(opening.opens < opening.closes, "{opening:?}");
            let last = opening.closes - TimeDelta::nanoseconds(1);
            for at in [opening.opens, last] {
                prop_assert_eq!(at.with_timezone(&zone).date_naive(), date, "{:?}", opening);
            }
        }
        for pair in openings.windows(2) {
            prop_assert!(pair[0].closes <= pair[1].opens, "{pair:?}");
        }
    }

    #[test]
    fn the_openings_of_a_day_are_over_when_the_next_day_begins(
        (zone, date) in days(),
        hours in hours(),
    ) {
        let schedule = schedule(zone, date, &hours);
        let today = schedule.day(date, false).openings;
        let tomorrow = schedule.day(date.succ_opt().unwrap(), false).openings;
        if let (Some(last), Some(first)) = (today.last(), tomorrow.first()) {
            prop_assert!(last.closes <= first.opens, "{last:?} and {first:?}");
        }
    }

    /// Not one minute of any day is lost or open twice.
    #[test]
    fn who_receives_around_the_clock_always_does((zone, date) in days()) {
        let all_day = between("00:00", "00:00");
        let mut end = None;
        for day in 0..4 {
            let opening = all_day.on(date + Days::new(day), zone.into());
            // Nothing remains of a day that a country left out.
            let Some(opening) = opening else { continue };
            prop_assert!(end.is_none_or(|end| end == opening.opens), "{end:?}, {opening:?}");
            end = Some(opening.closes);
        }
        prop_assert!(end.is_some());
    }

    /// The first instant shows the time, or the clock has just jumped over it.
    #[test]
    fn the_first_instant_of_a_time_is_the_first(
        (zone, date) in days(),
        minute in 0_u32..1440,
    ) {
        let time: LocalTime = text(&format!("{:02}:{:02}", minute / 60, minute % 60));
        let wanted = date.and_time(time.time());
        let found = first_at_or_after(date, time, zone.into()).unwrap();
        let shown = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
        prop_assert!(wanted <= shown(found));
        let instant_before = shown(found - TimeDelta::nanoseconds(1));
        prop_assert!(instant_before < wanted || wanted < shown(found));
        if wanted < shown(found) {
            prop_assert!(instant_before < wanted, "{found} shows {}", shown(found));
        }
    }

    /// However leave is granted and withdrawn, the plan of a day follows it.
    #[test]
    fn no_two_leaves_share_a_day_and_nobody_receives_on_leave(
        asked in prop::collection::vec((0_u128..5, 0_u64..40, 0_u64..10, any::<bool>()), 1..40),
    ) {
        let first: NaiveDate = text("2026-08-01");
        let mut schedule: Schedule = after(&[set_up()]);
        for (leave, from, days, granting) in asked {
            let from = first + Days::new(from);
            let command = if granting {
                let until = from + Days::new(days);
                Command::GrantLeave(GrantLeave { leave: id(leave), from, until })
            } else {
                withdraw(leave)
            };
            for event in schedule.decide(command, at(NOW)).unwrap_or_default() {
                schedule.evolve(&event);
            }
            for day in (0..50).map(|day| first + Days::new(day)) {
                let leaves = schedule.leaves.values().filter(|leave| leave.covers(day)).count();
                prop_assert!(leaves <= 1);
                let plan = schedule.day(day, false);
                prop_assert_eq!(plan.on_leave, leaves == 1);
                prop_assert!(plan.openings.is_empty() || !plan.on_leave);
            }
        }
    }
}

//! What a schedule says of a day.

use super::*;
use crate::values::VisitMode;

/// The openings of a day by the hospital's clock, such as `09:00-12:00`.
fn hours_of(known: &[ScheduleEvent], date: &str, holiday: bool) -> String {
    let schedule: Schedule = after(known);
    let zone = schedule.post.map(|post| post.time_zone.tz());
    let local = |at: DateTime<Utc>| at.with_timezone(&zone.unwrap()).format("%H:%M").to_string();
    let openings = schedule.day(text(date), holiday).openings;
    let hours = openings
        .iter()
        .map(|opening| format!("{}-{}", local(opening.opens), local(opening.closes)));
    hours.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_day_has_the_hours_of_its_weekday_in_order() {
    let known = [set_up()];
    assert_eq!(
        hours_of(&known, "2026-08-04", false),
        "09:00-12:00 14:00-17:00"
    );
    assert_eq!(
        hours_of(&known, "2026-08-11", false),
        "09:00-12:00 14:00-17:00"
    );
    assert_eq!(hours_of(&known, "2026-08-05", false), "");
    let backwards = tuesdays().into_iter().rev().collect::<Vec<_>>();
    let known = [week_set("2026-08-01", &backwards)];
    assert_eq!(
        hours_of(&known, "2026-08-04", false),
        "09:00-12:00 14:00-17:00"
    );
}

#[test]
fn leap_day_has_the_hours_of_its_weekday() {
    let known = [set_up()];
    for (date, hours) in [
        ("2028-02-28", ""),
        ("2028-02-29", "09:00-12:00 14:00-17:00"),
        ("2028-03-01", ""),
        ("2028-03-07", "09:00-12:00 14:00-17:00"),
    ] {
        assert_eq!(hours_of(&known, date, false), hours, "{date}");
    }
}

#[test]
fn a_week_holds_until_the_next_one_does() {
    let later = [on(Weekday::Tuesday, between("10:00", "11:00"))];
    let known = [
        set_up(),
        week_set("2026-08-18", &[]),
        week_set("2026-08-11", &later),
    ];
    for (date, hours) in [
        ("2026-07-28", ""),
        ("2026-08-04", "09:00-12:00 14:00-17:00"),
        ("2026-08-11", "10:00-11:00"),
        ("2026-08-18", ""),
        ("2026-08-25", ""),
    ] {
        assert_eq!(hours_of(&known, date, false), hours, "{date}");
    }
    let replaced = [set_up(), week_set("2026-08-01", &later)];
    assert_eq!(hours_of(&replaced, "2026-08-04", false), "10:00-11:00");
}

#[test]
fn a_date_that_differs_has_its_own_hours_until_it_is_reset() {
    let (tuesday, wednesday) = ("2026-08-04", "2026-08-05");
    let own = [between("18:00", "20:00"), between("07:00", "08:00")];
    let known = [set_up(), date_set(tuesday, &own), date_set(wednesday, &own)];
    assert_eq!(hours_of(&known, tuesday, false), "07:00-08:00 18:00-20:00");
    assert_eq!(
        hours_of(&known, wednesday, false),
        "07:00-08:00 18:00-20:00"
    );
    assert_eq!(
        hours_of(&known, "2026-08-11", false),
        "09:00-12:00 14:00-17:00"
    );
    let closed = [set_up(), date_set(tuesday, &[])];
    assert_eq!(hours_of(&closed, tuesday, false), "");
    let again = [set_up(), date_set(tuesday, &[]), date_reset(tuesday)];
    assert_eq!(hours_of(&again, tuesday, false), "09:00-12:00 14:00-17:00");
}

#[test]
fn a_holiday_closes_the_week_but_not_what_is_set_for_the_very_date() {
    let date = "2026-08-04";
    assert_eq!(hours_of(&[set_up()], date, true), "");
    let own = [set_up(), date_set(date, &[between("10:00", "11:00")])];
    assert_eq!(hours_of(&own, date, true), "10:00-11:00");
    let on_holiday = after::<Schedule>(&[set_up()]).day(text(date), true);
    assert!(!on_holiday.on_leave, "windows may still be opened by hand");
}

#[test]
fn leave_beats_everything_on_its_first_its_last_and_every_day_between() {
    let own = [between("10:00", "11:00")];
    let known = [
        set_up(),
        date_set("2026-08-11", &own),
        granted(1, "2026-08-05", "2026-08-11"),
    ];
    let schedule: Schedule = after(&known);
    for (date, on_leave) in [
        ("2026-08-04", false),
        ("2026-08-05", true),
        ("2026-08-08", true),
        ("2026-08-11", true),
        ("2026-08-12", false),
    ] {
        for holiday in [false, true] {
            let day = schedule.day(text(date), holiday);
            assert_eq!(day.on_leave, on_leave, "{date}");
            assert!(!on_leave || day.openings.is_empty(), "{date}");
        }
    }
    let back = [&known[..], &[withdrawn(1)]].concat();
    assert_eq!(hours_of(&back, "2026-08-11", false), "10:00-11:00");
}

#[test]
fn the_days_of_a_leave_are_counted_over_a_leap_day() {
    let days = |from, until| {
        let leave = Leave {
            from: text(from),
            until: text(until),
        };
        leave.days().map(|day| day.to_string()).collect::<Vec<_>>()
    };
    let leap = ["2028-02-28", "2028-02-29", "2028-03-01"];
    assert_eq!(days("2028-02-28", "2028-03-01"), leap);
    assert_eq!(
        days("2027-02-28", "2027-03-01"),
        ["2027-02-28", "2027-03-01"]
    );
    assert_eq!(days("2028-02-29", "2028-02-29"), ["2028-02-29"]);
    assert_eq!(days("2028-03-01", "2028-02-28"), Vec::<String>::new());
    assert_eq!(days("+262142-12-31", "+262142-12-31").len(), 1);
}

#[test]
fn the_limit_of_a_day_is_that_of_its_week_whatever_its_hours() {
    let limited = |most_visits| {
        let set = WeekSet {
            doctor: id(3),
            hospital: id(4),
            time_zone: text("Asia/Kolkata"),
            from: text("2026-08-01"),
            hours: tuesdays(),
            most_visits,
        };
        ScheduleEvent::from(set)
    };
    let known = [
        limited(Some(8)),
        date_set("2026-08-05", &[between("10:00", "11:00")]),
        granted(1, "2026-08-06", "2026-08-06"),
    ];
    let schedule: Schedule = after(&known);
    for date in ["2026-08-04", "2026-08-05", "2026-08-06", "2026-08-07"] {
        assert_eq!(
            schedule.day(text(date), false).most_visits,
            Some(8),
            "{date}"
        );
    }
    assert_eq!(schedule.day(text("2026-07-31"), false).most_visits, None);
    let unlimited: Schedule = after(&[limited(Some(8)), limited(None)]);
    assert_eq!(unlimited.day(text("2026-08-04"), false).most_visits, None);
}

#[test]
fn an_opening_is_as_its_hours_are() {
    let hours = Hours {
        slot_minutes: number(20),
        modes: vec![VisitMode::Video],
        visit_types: vec![id(20)],
        ..between("09:00", "12:00")
    };
    let known = [week_set("2026-08-01", &[on(Weekday::Tuesday, hours)])];
    let day = after::<Schedule>(&known).day(text("2026-08-04"), false);
    let opening = Opening {
        opens: at("2026-08-04T03:30:00Z"),
        closes: at("2026-08-04T06:30:00Z"),
        slot_minutes: number(20),
        modes: vec![VisitMode::Video],
        visit_types: vec![id(20)],
        window: None,
    };
    assert_eq!(day.openings, [opening]);
}

#[test]
fn who_has_no_schedule_has_no_hours_and_no_leave() {
    let schedule = Schedule::default();
    assert_eq!(schedule.day(text("2026-08-04"), false), DayPlan::default());
    assert_eq!(Decider::subject(&schedule), None);
    assert_eq!(Decider::subject(&after::<Schedule>(&[set_up()])), None);
}

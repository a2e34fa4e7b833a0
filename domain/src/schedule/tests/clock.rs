//! Hours on days on which the clocks change, and on days on which they don't.

use super::*;
use crate::calendar::Visit;

/// Each line: the zone, the day, the hours by its clock, from when to when that is by UTC
/// (two dashes if nothing remains), and what the line is about.
const CASES: &str = "
Europe/Berlin       2027-03-28 00:30-02:00 2027-03-27T23:30Z 2027-03-28T01:00Z ends as the gap begins
Europe/Berlin       2027-03-28 00:30-02:30 2027-03-27T23:30Z 2027-03-28T01:00Z ends in the gap
Europe/Berlin       2027-03-28 00:30-02:10 2027-03-27T23:30Z 2027-03-28T01:00Z ends in the gap, off the quarter
Europe/Berlin       2027-03-28 01:00-03:00 2027-03-28T00:00Z 2027-03-28T01:00Z ends as the gap ends
Europe/Berlin       2027-03-28 01:00-05:00 2027-03-28T00:00Z 2027-03-28T03:00Z spans the gap
Europe/Berlin       2027-03-28 02:00-05:00 2027-03-28T01:00Z 2027-03-28T03:00Z begins as the gap begins
Europe/Berlin       2027-03-28 02:30-05:00 2027-03-28T01:00Z 2027-03-28T03:00Z begins in the gap
Europe/Berlin       2027-03-28 02:10-05:00 2027-03-28T01:00Z 2027-03-28T03:00Z begins in the gap, off the quarter
Europe/Berlin       2027-03-28 02:59-05:00 2027-03-28T01:00Z 2027-03-28T03:00Z begins in the gap's last minute
Europe/Berlin       2027-03-28 03:00-05:00 2027-03-28T01:00Z 2027-03-28T03:00Z begins as the gap ends
Europe/Berlin       2027-03-28 02:10-02:50 - - within the gap
Europe/Berlin       2027-03-28 02:30-03:00 - - nothing remains of it
Europe/Berlin       2027-03-28 00:00-00:00 2027-03-27T23:00Z 2027-03-28T22:00Z a day of 23 hours
Europe/Berlin       2026-10-25 01:00-02:00 2026-10-24T23:00Z 2026-10-25T00:00Z ends as the repeated hour begins
Europe/Berlin       2026-10-25 01:00-02:30 2026-10-24T23:00Z 2026-10-25T00:30Z ends in the repeated hour
Europe/Berlin       2026-10-25 02:15-02:45 2026-10-25T00:15Z 2026-10-25T00:45Z within it, the first time
Europe/Berlin       2026-10-25 02:00-03:00 2026-10-25T00:00Z 2026-10-25T02:00Z all of it, twice
Europe/Berlin       2026-10-25 01:00-05:00 2026-10-24T23:00Z 2026-10-25T04:00Z spans it
Europe/Berlin       2026-10-25 02:30-05:00 2026-10-25T00:30Z 2026-10-25T04:00Z begins in it
Europe/Berlin       2026-10-25 03:00-05:00 2026-10-25T02:00Z 2026-10-25T04:00Z begins as it ends
Europe/Berlin       2026-10-25 00:00-00:00 2026-10-24T22:00Z 2026-10-25T23:00Z a day of 25 hours

America/New_York    2027-03-14 00:30-02:30 2027-03-14T05:30Z 2027-03-14T07:00Z ends in the gap
America/New_York    2027-03-14 01:00-03:00 2027-03-14T06:00Z 2027-03-14T07:00Z ends as the gap ends
America/New_York    2027-03-14 01:00-05:00 2027-03-14T06:00Z 2027-03-14T09:00Z spans the gap
America/New_York    2027-03-14 02:00-05:00 2027-03-14T07:00Z 2027-03-14T09:00Z begins as the gap begins
America/New_York    2027-03-14 02:40-05:00 2027-03-14T07:00Z 2027-03-14T09:00Z begins in the gap
America/New_York    2027-03-14 02:10-02:50 - - within the gap
America/New_York    2027-03-14 00:00-00:00 2027-03-14T05:00Z 2027-03-15T04:00Z a day of 23 hours
America/New_York    2026-11-01 00:00-01:30 2026-11-01T04:00Z 2026-11-01T05:30Z ends in the repeated hour
America/New_York    2026-11-01 01:15-01:45 2026-11-01T05:15Z 2026-11-01T05:45Z within it, the first time
America/New_York    2026-11-01 01:00-02:00 2026-11-01T05:00Z 2026-11-01T07:00Z all of it, twice
America/New_York    2026-11-01 00:30-05:00 2026-11-01T04:30Z 2026-11-01T10:00Z spans it
America/New_York    2026-11-01 01:30-05:00 2026-11-01T05:30Z 2026-11-01T10:00Z begins in it
America/New_York    2026-11-01 00:00-00:00 2026-11-01T04:00Z 2026-11-02T05:00Z a day of 25 hours

Australia/Lord_Howe 2026-10-04 00:30-02:10 2026-10-03T14:00Z 2026-10-03T15:30Z ends in the gap of half an hour
Australia/Lord_Howe 2026-10-04 01:00-02:30 2026-10-03T14:30Z 2026-10-03T15:30Z ends as the gap ends
Australia/Lord_Howe 2026-10-04 01:00-05:00 2026-10-03T14:30Z 2026-10-03T18:00Z spans the gap
Australia/Lord_Howe 2026-10-04 02:00-05:00 2026-10-03T15:30Z 2026-10-03T18:00Z begins as the gap begins
Australia/Lord_Howe 2026-10-04 02:10-05:00 2026-10-03T15:30Z 2026-10-03T18:00Z begins in the gap, off the quarter
Australia/Lord_Howe 2026-10-04 02:30-05:00 2026-10-03T15:30Z 2026-10-03T18:00Z begins as the gap ends
Australia/Lord_Howe 2026-10-04 02:05-02:25 - - within the gap
Australia/Lord_Howe 2026-10-04 00:00-00:00 2026-10-03T13:30Z 2026-10-04T13:00Z a day of 23 hours and a half
Australia/Lord_Howe 2027-04-04 00:30-01:45 2027-04-03T13:30Z 2027-04-03T14:45Z ends in the repeated half-hour
Australia/Lord_Howe 2027-04-04 01:35-01:55 2027-04-03T14:35Z 2027-04-03T14:55Z within it, the first time
Australia/Lord_Howe 2027-04-04 01:30-02:00 2027-04-03T14:30Z 2027-04-03T15:30Z all of it, twice
Australia/Lord_Howe 2027-04-04 01:00-05:00 2027-04-03T14:00Z 2027-04-03T18:30Z spans it
Australia/Lord_Howe 2027-04-04 01:45-05:00 2027-04-03T14:45Z 2027-04-03T18:30Z begins in it
Australia/Lord_Howe 2027-04-04 02:00-05:00 2027-04-03T15:30Z 2027-04-03T18:30Z begins as it ends
Australia/Lord_Howe 2027-04-04 00:00-00:00 2027-04-03T13:00Z 2027-04-04T13:30Z a day of 24 hours and a half

Asia/Kolkata        2027-03-28 02:30-05:00 2027-03-27T21:00Z 2027-03-27T23:30Z no clock change
Asia/Kolkata        2026-10-25 02:30-05:00 2026-10-24T21:00Z 2026-10-24T23:30Z no clock change
Asia/Kolkata        2026-08-04 22:00-00:00 2026-08-04T16:30Z 2026-08-04T18:30Z ends at midnight
Asia/Kolkata        2026-08-04 00:00-06:00 2026-08-03T18:30Z 2026-08-04T00:30Z begins at midnight
Asia/Kolkata        2026-12-31 22:00-00:00 2026-12-31T16:30Z 2026-12-31T18:30Z ends with the year
Asia/Kolkata        2028-02-29 00:00-00:00 2028-02-28T18:30Z 2028-02-29T18:30Z leap day
Europe/Berlin       2028-02-29 22:00-00:00 2028-02-29T21:00Z 2028-02-29T23:00Z leap day's evening
Europe/Berlin       2028-02-28 22:00-00:00 2028-02-28T21:00Z 2028-02-28T23:00Z the evening before leap day

Asia/Beirut         2024-03-31 00:00-08:00 2024-03-30T22:00Z 2024-03-31T05:00Z the gap is at midnight
Asia/Beirut         2024-03-31 00:10-08:00 2024-03-30T22:00Z 2024-03-31T05:00Z begins in it
Asia/Beirut         2024-03-31 00:00-01:00 - - within it
Asia/Beirut         2024-03-31 00:00-00:00 2024-03-30T22:00Z 2024-03-31T21:00Z a day that begins at one
Asia/Beirut         2024-03-30 22:00-00:00 2024-03-30T20:00Z 2024-03-30T22:00Z ends at the midnight that is missing
Asia/Beirut         2024-10-26 22:00-23:30 2024-10-26T19:00Z 2024-10-26T20:30Z ends in the day's last hour, which comes twice
Asia/Beirut         2024-10-26 22:00-00:00 2024-10-26T19:00Z 2024-10-26T22:00Z ends after it came twice
Asia/Beirut         2024-10-27 00:00-01:00 2024-10-26T22:00Z 2024-10-26T23:00Z begins after it came twice
America/Nuuk        2026-03-28 22:00-00:00 2026-03-29T00:00Z 2026-03-29T01:00Z a day without its last hour
America/Nuuk        2026-03-28 23:15-00:00 - - within that hour
America/Nuuk        2026-03-29 00:00-02:00 2026-03-29T01:00Z 2026-03-29T03:00Z the day after begins on time
Pacific/Apia        2011-12-29 22:00-00:00 2011-12-30T08:00Z 2011-12-30T10:00Z ends before a day that was left out
Pacific/Apia        2011-12-30 00:00-00:00 - - the day that was left out
Pacific/Apia        2011-12-31 00:00-02:00 2011-12-30T10:00Z 2011-12-30T12:00Z begins after it
";

#[test]
fn hours_are_open_between_the_instants_at_which_the_clock_shows_them() {
    let instant = |text: &str| at(&text.replace('Z', ":00Z"));
    let mut lines = 0;
    for case in CASES.lines().filter(|line| !line.is_empty()) {
        let fields: Vec<_> = case.split_whitespace().collect();
        let [zone, date, hours, opens, closes, ..] = fields[..] else {
            panic!("{case}");
        };
        let (from, until) = hours.split_once('-').unwrap();
        let opening = between(from, until).on(text(date), text(zone));
        let expected = (opens != "-").then(|| (instant(opens), instant(closes)));
        assert_eq!(
            opening.map(|opening| (opening.opens, opening.closes)),
            expected,
            "{case}"
        );
        lines += 1;
    }
    assert!(lines > 50, "only {lines} cases");
}

/// The slots of a day go on over the hour that is missing, and over the one that comes twice.
#[test]
fn slots_follow_each_other_over_a_clock_change() {
    for (date, count) in [("2026-10-24", 8), ("2026-10-25", 10), ("2027-03-28", 6)] {
        let opening = between("01:00", "05:00").on(text(date), text("Europe/Berlin"));
        let slots: Vec<_> = opening.unwrap().slots(&Visit::default()).collect();
        assert_eq!(slots.len(), count, "{date}");
        assert!(
            slots
                .windows(2)
                .all(|pair| pair[0].ends_at == pair[1].starts_at)
        );
        let half_an_hour = number::<crate::values::SlotMinutes>(30).length();
        assert!(
            slots
                .iter()
                .all(|slot| slot.ends_at - slot.starts_at == half_an_hour)
        );
    }
}

/// What begins in a gap keeps its grid from the moment after the jump.
#[test]
fn the_grid_of_slots_begins_where_the_hours_do() {
    let opening = between("02:10", "05:00").on(text("2027-03-28"), text("Europe/Berlin"));
    let slots: Vec<_> = opening.unwrap().slots(&Visit::default()).collect();
    assert_eq!(slots[0].starts_at, at("2027-03-28T01:00:00Z"));
    assert_eq!(slots.len(), 4);
}

/// The doctor in New York receives on the evening of the fourth, which is the morning of the
/// fifth for a patient in Kolkata and for the log.
#[test]
fn a_slot_is_one_instant_though_doctor_and_patient_see_different_dates() {
    let evening = [on(Weekday::Tuesday, between("20:00", "22:00"))];
    let set = SetWeek {
        time_zone: text("America/New_York"),
        ..week("2026-08-01", &evening)
    };
    let mut schedule = Schedule::default();
    for event in schedule.decide(Command::SetWeek(set), at(NOW)).unwrap() {
        schedule.evolve(&event);
    }
    let day = schedule.day(text("2026-08-04"), false);
    let visit = Visit::default();
    let slots: Vec<_> = day.openings[0]
        .slots(&visit)
        .map(|slot| slot.starts_at)
        .collect();
    assert_eq!(slots[0], at("2026-08-05T00:00:00Z"));
    assert_eq!(slots.len(), 4);
    for slot in slots {
        let date = |zone: &str| {
            let zone = text::<TimeZone>(zone).tz();
            slot.with_timezone(&zone).date_naive().to_string()
        };
        assert_eq!(date("America/New_York"), "2026-08-04");
        assert_eq!(date("Asia/Kolkata"), "2026-08-05");
        let shown = slot.with_timezone(&text::<TimeZone>("Asia/Kolkata").tz());
        assert_eq!(shown.to_utc(), slot);
    }
    assert_eq!(schedule.day(text("2026-08-05"), false).openings, []);
}

/// No clock knows these days; they must be refused or empty, and never a panic.
#[test]
fn the_ends_of_the_calendar_are_no_trap() {
    for zone in ["Pacific/Kiritimati", "Pacific/Niue", "Europe/Berlin", "UTC"] {
        for date in [NaiveDate::MIN, NaiveDate::MAX] {
            for (opens, closes) in [("00:00", "00:00"), ("09:00", "17:00"), ("23:30", "00:00")] {
                between(opens, closes).on(date, text(zone));
            }
            assert!(first_at_or_after(date, text("12:00"), text(zone)).is_some());
        }
    }
}

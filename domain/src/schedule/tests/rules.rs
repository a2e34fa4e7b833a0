//! What may be asked of a schedule, and what is refused.

use super::*;

#[tokio::test]
async fn a_week_holds_from_today_or_later() {
    // In Kolkata it is the first of August.
    for from in ["2026-08-01", "2026-08-02", "2028-02-29", "2028-08-02"] {
        let command = Command::SetWeek(week(from, &tuesdays()));
        decides::<Schedule>(NOW, vec![], command, vec![week_set(from, &tuesdays())]).await;
    }
    for (from, error) in [
        ("2026-07-31", Error::WeekInPast),
        ("2024-02-29", Error::WeekInPast),
        ("-262143-01-01", Error::WeekInPast),
        ("2028-08-03", Error::WeekTooFarAhead),
        ("+262142-12-31", Error::WeekTooFarAhead),
    ] {
        let command = Command::SetWeek(week(from, &tuesdays()));
        refuses::<Schedule>(NOW, vec![], command, error).await;
    }
    // In New York it is still July.
    let in_new_york = SetWeek {
        time_zone: text("America/New_York"),
        ..week("2026-07-31", &[])
    };
    let event = WeekSet {
        doctor: id(3),
        hospital: id(4),
        time_zone: text("America/New_York"),
        from: text("2026-07-31"),
        hours: vec![],
        most_visits: None,
    };
    let command = Command::SetWeek(in_new_york);
    decides::<Schedule>(NOW, vec![], command, vec![event.into()]).await;
}

#[tokio::test]
async fn a_week_may_be_empty_and_limited_and_replaces_another_one() {
    let limited = SetWeek {
        most_visits: Some(8),
        ..week("2026-08-01", &[])
    };
    let event = WeekSet {
        doctor: id(3),
        hospital: id(4),
        time_zone: text("Asia/Kolkata"),
        from: text("2026-08-01"),
        hours: vec![],
        most_visits: Some(8),
    };
    let command = Command::SetWeek(limited);
    decides::<Schedule>(NOW, vec![set_up()], command, vec![event.into()]).await;
}

/// The same of a week and of one date.
#[tokio::test]
async fn hours_that_make_no_sense_are_refused() {
    let long_slots = |opens, closes| Hours {
        slot_minutes: number(60),
        ..between(opens, closes)
    };
    let five_minutes = |minute: usize| Hours {
        slot_minutes: number(5),
        ..between(
            &format!("{:02}:{:02}", minute / 12, minute % 12 * 5),
            &format!("{:02}:{:02}", (minute + 1) / 12, (minute + 1) % 12 * 5),
        )
    };
    let most: Vec<_> = (0..100).map(five_minutes).collect();
    let too_many: Vec<_> = (0..101).map(five_minutes).collect();
    use Error::{HoursEndBeforeTheyStart, HoursOverlap, HoursTooShort, TooManyHours};
    for (hours, refused) in [
        (vec![], None),
        (vec![between("09:00", "17:00")], None),
        (vec![between("22:00", "00:00")], None),
        (vec![between("00:00", "00:00")], None),
        (vec![between("09:00", "09:30")], None),
        (vec![between("09:00", "09:50")], None),
        (
            vec![between("09:00", "12:00"), between("12:00", "14:00")],
            None,
        ),
        (
            vec![between("14:00", "17:00"), between("09:00", "12:00")],
            None,
        ),
        (most, None),
        (
            vec![between("09:00", "09:00")],
            Some(HoursEndBeforeTheyStart),
        ),
        (
            vec![between("17:00", "09:00")],
            Some(HoursEndBeforeTheyStart),
        ),
        (
            vec![between("22:00", "02:00")],
            Some(HoursEndBeforeTheyStart),
        ),
        (vec![between("09:00", "09:29")], Some(HoursTooShort)),
        (vec![long_slots("23:30", "00:00")], Some(HoursTooShort)),
        (
            vec![between("09:00", "12:00"), between("11:59", "14:00")],
            Some(HoursOverlap),
        ),
        (
            vec![between("09:00", "12:00"), between("09:00", "12:00")],
            Some(HoursOverlap),
        ),
        (
            vec![between("00:00", "00:00"), between("10:00", "11:00")],
            Some(HoursOverlap),
        ),
        (
            vec![between("10:00", "11:00"), between("09:00", "00:00")],
            Some(HoursOverlap),
        ),
        (too_many, Some(TooManyHours)),
    ] {
        let of_week: Vec<_> = hours
            .iter()
            .cloned()
            .map(|hours| on(Weekday::Sunday, hours))
            .collect();
        let (week, date) = (
            Command::SetWeek(week("2026-08-02", &of_week)),
            set_date("2026-08-02", &hours),
        );
        match refused {
            None => {
                let event = week_set("2026-08-02", &of_week);
                decides::<Schedule>(NOW, vec![set_up()], week, vec![event]).await;
                let event = date_set("2026-08-02", &hours);
                decides::<Schedule>(NOW, vec![set_up()], date, vec![event]).await;
            }
            Some(error) => {
                refuses::<Schedule>(NOW, vec![set_up()], week, error).await;
                refuses::<Schedule>(NOW, vec![set_up()], date, error).await;
            }
        }
    }
}

#[tokio::test]
async fn hours_of_different_weekdays_do_not_meet_but_all_count() {
    let all_day = |weekday: &Weekday| on(*weekday, between("00:00", "00:00"));
    let every_day: Vec<_> = Weekday::ALL.iter().map(all_day).collect();
    let command = Command::SetWeek(week("2026-08-02", &every_day));
    let events = vec![week_set("2026-08-02", &every_day)];
    decides::<Schedule>(NOW, vec![], command, events).await;

    let hour = |hour: usize| between(&format!("{hour:02}:00"), &format!("{hour:02}:30"));
    let many: Vec<_> = Weekday::ALL
        .iter()
        .flat_map(|weekday| (0..15).map(|at| on(*weekday, hour(at))))
        .collect();
    assert_eq!(many.len(), 105);
    let command = Command::SetWeek(week("2026-08-02", &many));
    refuses::<Schedule>(NOW, vec![], command, Error::TooManyHours).await;
    let command = Command::SetWeek(week("2026-08-02", &many[..100]));
    let events = vec![week_set("2026-08-02", &many[..100])];
    decides::<Schedule>(NOW, vec![], command, events).await;
}

#[tokio::test]
async fn a_date_of_today_or_later_may_differ_from_the_week() {
    let hours = [between("10:00", "11:00")];
    for date in ["2026-08-01", "2026-08-04", "2028-02-29", "2028-08-02"] {
        let known = vec![set_up()];
        decides::<Schedule>(
            NOW,
            known,
            set_date(date, &hours),
            vec![date_set(date, &hours)],
        )
        .await;
        let known = vec![set_up(), date_set(date, &hours)];
        decides::<Schedule>(
            NOW,
            known.clone(),
            set_date(date, &[]),
            vec![date_set(date, &[])],
        )
        .await;
        decides::<Schedule>(NOW, known, reset_date(date), vec![date_reset(date)]).await;
    }
    for (date, error) in [
        ("2026-07-31", Error::ScheduleInPast),
        ("2028-08-03", Error::ScheduleTooFarAhead),
        ("+262142-12-31", Error::ScheduleTooFarAhead),
    ] {
        let known = vec![set_up(), date_set(date, &hours)];
        refuses::<Schedule>(NOW, known.clone(), set_date(date, &[]), error).await;
        refuses::<Schedule>(NOW, known, reset_date(date), error).await;
    }
}

#[tokio::test]
async fn only_a_date_that_differs_goes_back_to_the_week() {
    let date = "2026-08-04";
    for known in [
        vec![set_up()],
        vec![set_up(), date_set("2026-08-05", &[])],
        vec![set_up(), date_set(date, &[]), date_reset(date)],
    ] {
        refuses::<Schedule>(NOW, known, reset_date(date), Error::DateNotSet).await;
    }
}

#[tokio::test]
async fn leave_lasts_from_a_day_to_two_years_and_is_not_over_yet() {
    for (from, until, refused) in [
        ("2026-08-04", "2026-08-04", None),
        ("2026-08-04", "2026-08-31", None),
        // It may have begun; that it is known only now changes what is left of it.
        ("2026-07-20", "2026-08-01", None),
        ("2026-08-04", "2028-08-05", None),
        ("2028-02-29", "2028-02-29", None),
        (
            "2026-08-04",
            "2026-08-03",
            Some(Error::LeaveEndsBeforeItStarts),
        ),
        ("2026-07-20", "2026-07-31", Some(Error::LeaveInPast)),
        ("2026-08-04", "2028-08-06", Some(Error::LeaveTooLong)),
        ("2026-08-04", "+262142-12-31", Some(Error::LeaveTooLong)),
    ] {
        let command = grant(1, from, until);
        match refused {
            None => {
                let events = vec![granted(1, from, until)];
                decides::<Schedule>(NOW, vec![set_up()], command, events).await;
            }
            Some(error) => refuses::<Schedule>(NOW, vec![set_up()], command, error).await,
        }
    }
}

#[tokio::test]
async fn no_day_is_of_two_leaves() {
    let known = || vec![set_up(), granted(1, "2026-08-10", "2026-08-14")];
    for (from, until, overlaps) in [
        ("2026-08-08", "2026-08-09", false),
        ("2026-08-15", "2026-08-16", false),
        ("2026-08-08", "2026-08-10", true),
        ("2026-08-14", "2026-08-16", true),
        ("2026-08-12", "2026-08-12", true),
        ("2026-08-08", "2026-08-16", true),
    ] {
        let command = grant(2, from, until);
        if overlaps {
            refuses::<Schedule>(NOW, known(), command.clone(), Error::LeaveOverlaps).await;
            let withdrawn = [known(), vec![withdrawn(1)]].concat();
            let events = vec![granted(2, from, until)];
            decides::<Schedule>(NOW, withdrawn, command, events).await;
        } else {
            let events = vec![granted(2, from, until)];
            decides::<Schedule>(NOW, known(), command, events).await;
        }
    }
}

/// Else the new leave would silently take the place of the other one.
#[tokio::test]
async fn a_leave_is_granted_under_an_id_of_its_own() {
    let known = vec![set_up(), granted(1, "2026-08-10", "2026-08-14")];
    let command = grant(1, "2026-09-01", "2026-09-02");
    refuses::<Schedule>(NOW, known, command, Error::LeaveAlreadyGranted).await;
}

#[tokio::test]
async fn a_leave_is_withdrawn_once() {
    let known = || vec![set_up(), granted(1, "2026-08-10", "2026-08-14")];
    decides::<Schedule>(NOW, known(), withdraw(1), vec![withdrawn(1)]).await;
    refuses::<Schedule>(NOW, known(), withdraw(2), Error::NoSuchLeave).await;
    let gone = [known(), vec![withdrawn(1)]].concat();
    refuses::<Schedule>(NOW, gone, withdraw(1), Error::NoSuchLeave).await;
}

#[tokio::test]
async fn without_a_week_there_is_no_schedule() {
    for command in [
        set_date("2026-08-04", &[]),
        reset_date("2026-08-04"),
        grant(1, "2026-08-10", "2026-08-14"),
        withdraw(1),
    ] {
        refuses::<Schedule>(NOW, vec![], command, Error::NoSchedule).await;
    }
}

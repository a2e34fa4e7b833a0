//! The day of the visit.

use super::*;
use crate::testing::number;
use AppointmentCommand as Command;
use AppointmentError as Error;

fn check_in(opens: u64) -> Command {
    Command::CheckIn(CheckIn {
        token: 12,
        opens: number(opens),
    })
}

fn record_no_show(fee: Option<Money>) -> Command {
    Command::RecordNoShow(RecordNoShow { fee })
}

fn by(mode: VisitMode) -> AppointmentEvent {
    booked_on(Terms { mode, ..terms() })
}

/// The visit is at 09:30 in Kolkata, whose day runs from 18:30 to 18:30 UTC.
#[tokio::test]
async fn a_patient_checks_in_on_the_hospitals_day_or_as_early_as_it_allows() {
    for (opens, now, refused) in [
        (0, "2026-08-03T18:29:59Z", Some(Error::TooEarlyToCheckIn)),
        (0, "2026-08-03T18:30:00Z", None),
        (0, FOUR, None),
        (0, "2026-08-04T18:29:59Z", None),
        (0, "2026-08-04T18:30:00Z", Some(Error::TooLateToCheckIn)),
        (30, "2026-08-04T03:29:59Z", Some(Error::TooEarlyToCheckIn)),
        (30, "2026-08-04T03:30:00Z", None),
        (30, "2026-08-04T18:29:59Z", None),
        (30, "2026-08-04T18:30:00Z", Some(Error::TooLateToCheckIn)),
        (
            60 * 24,
            "2026-08-03T03:59:59Z",
            Some(Error::TooEarlyToCheckIn),
        ),
        (60 * 24, "2026-08-03T04:00:00Z", None),
    ] {
        match refused {
            None => {
                decides::<Appointment>(now, vec![booked()], check_in(opens), vec![checked_in(now)])
                    .await;
            }
            Some(error) => {
                refuses::<Appointment>(now, vec![booked()], check_in(opens), error).await;
            }
        }
    }
}

/// New York: 22:00 on the second of August is the third in Kolkata and in UTC.
#[tokio::test]
async fn the_day_of_the_visit_is_the_hospitals_wherever_the_patient_is() {
    let booked = || -> AppointmentEvent {
        Booked {
            starts_at: at("2026-08-03T02:00:00Z"),
            ends_at: at("2026-08-03T03:00:00Z"),
            time_zone: text("America/New_York"),
            ..booking()
        }
        .into()
    };
    for (now, refused) in [
        ("2026-08-02T03:59:59Z", Some(Error::TooEarlyToCheckIn)),
        ("2026-08-02T04:00:00Z", None),
        ("2026-08-03T03:59:59Z", None),
        ("2026-08-03T06:00:00Z", None),
        ("2026-08-03T06:00:01Z", Some(Error::TooLateToCheckIn)),
    ] {
        match refused {
            None => {
                let events = vec![checked_in(now)];
                decides::<Appointment>(now, vec![booked()], check_in(0), events).await;
            }
            Some(error) => {
                refuses::<Appointment>(now, vec![booked()], check_in(0), error).await;
            }
        }
    }
}

#[tokio::test]
async fn a_visit_starts_once_the_patient_is_there_even_before_its_time() {
    for now in ["2026-08-04T03:00:00Z", "2026-08-04T09:00:00Z"] {
        decides::<Appointment>(
            now,
            vec![booked(), checked_in("2026-08-04T02:59:00Z")],
            Command::Start,
            vec![started(now)],
        )
        .await;
    }
}

#[tokio::test]
async fn a_call_starts_without_a_desk_but_not_long_before_its_time() {
    for mode in [VisitMode::Video, VisitMode::Phone] {
        refuses::<Appointment>(
            "2026-08-04T03:44:59Z",
            vec![by(mode)],
            Command::Start,
            Error::NotCheckedIn,
        )
        .await;
        for now in ["2026-08-04T03:45:00Z", "2026-08-04T08:00:00Z"] {
            decides::<Appointment>(now, vec![by(mode)], Command::Start, vec![started(now)]).await;
        }
    }
    refuses::<Appointment>(FOUR, vec![booked()], Command::Start, Error::NotCheckedIn).await;
}

#[tokio::test]
async fn a_visit_ends_after_it_began() {
    let begun = || vec![booked(), checked_in(FOUR), started(FOUR)];
    decides::<Appointment>(FIVE, begun(), Command::Complete, vec![completed(FIVE)]).await;
    for known in [vec![booked()], vec![booked(), checked_in(FOUR)]] {
        refuses::<Appointment>(FIVE, known, Command::Complete, Error::NotInProgress).await;
    }
}

#[tokio::test]
async fn nobody_is_missed_before_the_time_of_the_visit() {
    for now in ["2026-08-04T03:59:59Z", FOUR] {
        let error = Error::TooEarlyForNoShow;
        refuses::<Appointment>(now, vec![booked()], record_no_show(None), error).await;
    }
    let now = "2026-08-04T04:00:01Z";
    for fee in [None, Some(rupees(300))] {
        let events = vec![missed(now, fee)];
        decides::<Appointment>(now, vec![booked()], record_no_show(fee), events).await;
    }
}

/// Each command in each stage that does not allow it, with the refusal that says why.
#[tokio::test]
async fn each_stage_refuses_what_does_not_fit_it() {
    let waits = || vec![booked(), checked_in(FOUR)];
    let seen = || [waits(), vec![started(FOUR)]].concat();
    let over = || [seen(), vec![completed(FIVE)]].concat();
    let gone = || vec![booked(), cancelled(None)];
    let absent = || vec![booked(), missed(FIVE, None)];
    let start = || Command::Start;
    let complete = || Command::Complete;
    for (known, command, error) in [
        (vec![], check_in(0), Error::NoSuchAppointment),
        (vec![], start(), Error::NoSuchAppointment),
        (vec![], complete(), Error::NoSuchAppointment),
        (vec![], record_no_show(None), Error::NoSuchAppointment),
        (waits(), check_in(0), Error::AlreadyCheckedIn),
        (seen(), check_in(0), Error::AppointmentStarted),
        (seen(), start(), Error::AppointmentStarted),
        (seen(), record_no_show(None), Error::AppointmentStarted),
        (over(), check_in(0), Error::AppointmentCompleted),
        (over(), start(), Error::AppointmentCompleted),
        (over(), complete(), Error::AppointmentCompleted),
        (over(), record_no_show(None), Error::AppointmentCompleted),
        (gone(), check_in(0), Error::AppointmentCancelled),
        (gone(), start(), Error::AppointmentCancelled),
        (gone(), complete(), Error::AppointmentCancelled),
        (gone(), record_no_show(None), Error::AppointmentCancelled),
        (absent(), check_in(0), Error::AppointmentMissed),
        (absent(), start(), Error::AppointmentMissed),
        (absent(), complete(), Error::AppointmentMissed),
        (absent(), record_no_show(None), Error::AppointmentMissed),
    ] {
        refuses::<Appointment>(SIX, known, command, error).await;
    }
}

/// Whoever checks in and goes away again did not come for the visit.
#[tokio::test]
async fn who_is_not_there_when_called_is_a_no_show_though_checked_in() {
    let fee = Some(rupees(100));
    let known = vec![booked(), checked_in("2026-08-04T03:20:00Z")];
    decides::<Appointment>(FIVE, known, record_no_show(fee), vec![missed(FIVE, fee)]).await;
}

/// 23:45 in Kolkata is 18:15 UTC, a quarter of an hour before the day ends.
#[tokio::test]
async fn a_visit_before_midnight_leaves_time_to_come_late() {
    let booked = || -> AppointmentEvent {
        Booked {
            starts_at: at("2026-08-04T18:15:00Z"),
            ends_at: at("2026-08-04T18:30:00Z"),
            ..booking()
        }
        .into()
    };
    for now in ["2026-08-04T18:31:00Z", "2026-08-04T22:15:00Z"] {
        decides::<Appointment>(now, vec![booked()], check_in(0), vec![checked_in(now)]).await;
    }
    let now = "2026-08-04T22:15:01Z";
    refuses::<Appointment>(now, vec![booked()], check_in(0), Error::TooLateToCheckIn).await;
}

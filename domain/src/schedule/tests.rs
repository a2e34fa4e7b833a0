//! A doctor in Kolkata who receives on Tuesdays, from nine to twelve and from two to five.
#![allow(clippy::unwrap_used)]

mod clock;
mod days;
mod properties;
mod rules;

use super::*;
use crate::testing::{after, at, decides, id, number, refuses, text};
use ScheduleCommand as Command;
use ScheduleError as Error;

/// A Saturday, in Kolkata already the first.
const NOW: &str = "2026-07-31T20:00:00Z";

fn between(opens: &str, closes: &str) -> Hours {
    Hours {
        opens: text(opens),
        closes: text(closes),
        slot_minutes: number(30),
        modes: vec![],
        visit_types: vec![],
    }
}

fn on(weekday: Weekday, hours: Hours) -> WeeklyHours {
    WeeklyHours { weekday, hours }
}

fn tuesdays() -> Vec<WeeklyHours> {
    ["09:00-12:00", "14:00-17:00"]
        .map(|hours| {
            let (opens, closes) = hours.split_once('-').unwrap();
            on(Weekday::Tuesday, between(opens, closes))
        })
        .to_vec()
}

fn week(from: &str, hours: &[WeeklyHours]) -> SetWeek {
    SetWeek {
        doctor: id(3),
        hospital: id(4),
        time_zone: text("Asia/Kolkata"),
        from: text(from),
        hours: hours.to_vec(),
        most_visits: None,
    }
}

fn week_set(from: &str, hours: &[WeeklyHours]) -> ScheduleEvent {
    WeekSet {
        doctor: id(3),
        hospital: id(4),
        time_zone: text("Asia/Kolkata"),
        from: text(from),
        hours: hours.to_vec(),
        most_visits: None,
    }
    .into()
}

/// A schedule since the first of August.
fn set_up() -> ScheduleEvent {
    week_set("2026-08-01", &tuesdays())
}

fn set_date(date: &str, hours: &[Hours]) -> Command {
    Command::SetDate(SetDate {
        date: text(date),
        hours: hours.to_vec(),
    })
}

fn date_set(date: &str, hours: &[Hours]) -> ScheduleEvent {
    DateSet {
        doctor: id(3),
        date: text(date),
        hours: hours.to_vec(),
    }
    .into()
}

fn reset_date(date: &str) -> Command {
    Command::ResetDate(ResetDate { date: text(date) })
}

fn date_reset(date: &str) -> ScheduleEvent {
    DateReset {
        doctor: id(3),
        date: text(date),
    }
    .into()
}

fn grant(leave: u128, from: &str, until: &str) -> Command {
    Command::GrantLeave(GrantLeave {
        leave: id(leave),
        from: text(from),
        until: text(until),
    })
}

fn granted(leave: u128, from: &str, until: &str) -> ScheduleEvent {
    LeaveGranted {
        doctor: id(3),
        leave: id(leave),
        from: text(from),
        until: text(until),
    }
    .into()
}

fn withdraw(leave: u128) -> Command {
    Command::WithdrawLeave(WithdrawLeave { leave: id(leave) })
}

fn withdrawn(leave: u128) -> ScheduleEvent {
    LeaveWithdrawn {
        doctor: id(3),
        leave: id(leave),
    }
    .into()
}

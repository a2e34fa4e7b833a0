//! A day on which a doctor receives from nine to eleven.
#![allow(clippy::unwrap_used)]

mod claims;
mod overbooking;
mod reminders;
mod slots;
mod windows;

use super::*;
use crate::schedule::Opening;
use crate::testing::{after, at, clock_at, id, number, text};
use crate::values::{BufferMinutes, VisitMode};

const NOW: &str = "2026-08-01T00:00:00Z";

/// Nine to eleven in Kolkata, in slots of half an hour.
fn open() -> OpenWindow {
    OpenWindow {
        window: id(1),
        doctor: id(2),
        hospital: id(3),
        date: text("2026-08-04"),
        opens: text("09:00"),
        closes: text("11:00"),
        time_zone: text("Asia/Kolkata"),
        slot_minutes: number(30),
    }
}

fn between(opens: &str, closes: &str) -> OpenWindow {
    OpenWindow {
        window: id(9),
        opens: text(opens),
        closes: text(closes),
        ..open()
    }
}

fn opened() -> CalendarEvent {
    WindowOpened {
        window: id(1),
        doctor: id(2),
        hospital: id(3),
        date: text("2026-08-04"),
        opens: at("2026-08-04T03:30:00Z"),
        closes: at("2026-08-04T05:30:00Z"),
        time_zone: text("Asia/Kolkata"),
        slot_minutes: number(30),
    }
    .into()
}

fn closed() -> CalendarEvent {
    WindowClosed { window: id(1) }.into()
}

/// A time of 2026-08-04, in UTC.
fn hour(time: &str) -> DateTime<Utc> {
    at(&format!("2026-08-04T{time}:00Z"))
}

fn claim(starts_at: DateTime<Utc>) -> SlotClaim {
    SlotClaim {
        starts_at,
        visit: Visit::default(),
        plan: DayPlan::default(),
        neighbours: vec![],
        overbook: false,
        reminders: None,
    }
}

fn reserve_with(appointment: u128, claim: SlotClaim) -> CalendarCommand {
    CalendarCommand::Reserve(Reserve {
        appointment: id(appointment),
        doctor: id(2),
        date: text("2026-08-04"),
        claim,
    })
}

fn reserve(appointment: u128, time: &str) -> CalendarCommand {
    reserve_with(appointment, claim(hour(time)))
}

fn reservation(appointment: u128, from: &str, to: &str) -> SlotReserved {
    SlotReserved {
        appointment: id(appointment),
        doctor: id(2),
        date: Some(text("2026-08-04")),
        starts_at: hour(from),
        ends_at: hour(to),
        buffer_before: BufferMinutes::default(),
        buffer_after: BufferMinutes::default(),
        overbooked: false,
        reminders: None,
    }
}

fn reserved(appointment: u128, from: &str, to: &str) -> CalendarEvent {
    reservation(appointment, from, to).into()
}

fn release(appointment: u128, time: &str) -> CalendarCommand {
    CalendarCommand::Release(Release {
        appointment: id(appointment),
        starts_at: hour(time),
    })
}

fn released(appointment: u128, time: &str) -> CalendarEvent {
    SlotReleased {
        appointment: id(appointment),
        doctor: id(2),
        starts_at: hour(time),
        reminders: None,
    }
    .into()
}

/// Hours of the schedule, from nine to eleven UTC, with a visit every half an hour.
fn opening() -> Opening {
    Opening {
        opens: hour("09:00"),
        closes: hour("11:00"),
        slot_minutes: number(30),
        modes: vec![],
        visit_types: vec![],
        window: None,
    }
}

fn plan(openings: &[Opening]) -> DayPlan {
    DayPlan {
        openings: openings.to_vec(),
        ..DayPlan::default()
    }
}

/// A claim in the schedule's hours.
fn planned(time: &str) -> SlotClaim {
    SlotClaim {
        plan: plan(&[opening()]),
        ..claim(hour(time))
    }
}

async fn refuses(known: Vec<CalendarEvent>, command: CalendarCommand, error: CalendarError) {
    crate::testing::refuses::<Calendar>(NOW, known, command, error).await;
}

async fn decides(known: Vec<CalendarEvent>, command: CalendarCommand, events: Vec<CalendarEvent>) {
    crate::testing::decides::<Calendar>(NOW, known, command, events).await;
}

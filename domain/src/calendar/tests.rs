//! A day on which a doctor receives from nine to eleven.
#![allow(clippy::unwrap_used)]

mod slots;
mod windows;

use super::*;
use crate::testing::{at, clock_at, id, text};

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
        slot_minutes: 30.try_into().unwrap(),
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
        slot_minutes: 30.try_into().unwrap(),
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

fn reserve(appointment: u128, time: &str) -> CalendarCommand {
    CalendarCommand::Reserve(Reserve {
        appointment: id(appointment),
        starts_at: hour(time),
    })
}

fn reserved(appointment: u128, from: &str, to: &str) -> CalendarEvent {
    SlotReserved {
        appointment: id(appointment),
        doctor: id(2),
        starts_at: hour(from),
        ends_at: hour(to),
    }
    .into()
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
    }
    .into()
}

fn swap(appointment: u128, from: &str, to: &str) -> CalendarCommand {
    CalendarCommand::Move(Move {
        appointment: id(appointment),
        from: hour(from),
        to: hour(to),
    })
}

async fn refuses(known: Vec<CalendarEvent>, command: CalendarCommand, error: CalendarError) {
    clock_at::<Calendar>(NOW)
        .given(known)
        .when_async(command)
        .await
        .then_expect_error(error);
}

async fn decides(known: Vec<CalendarEvent>, command: CalendarCommand, events: Vec<CalendarEvent>) {
    clock_at::<Calendar>(NOW)
        .given(known)
        .when_async(command)
        .await
        .then_expect_events(events);
}

//! An appointment on the fourth of August, from 04:00 to 05:00 UTC, in Kolkata.
#![allow(clippy::unwrap_used)]

mod attendance;
mod booking;

use super::*;
use crate::testing::{after, at, decides, id, refuses, rupees, text};

const NOW: &str = "2026-08-01T00:00:00Z";
const FOUR: &str = "2026-08-04T04:00:00Z";
const FIVE: &str = "2026-08-04T05:00:00Z";
const SIX: &str = "2026-08-04T06:00:00Z";

fn terms() -> Terms {
    Terms {
        visit_type: Some(id(6)),
        mode: VisitMode::InPerson,
        price: Some(text("consultation")),
        assets: vec![id(7)],
        chosen: vec![id(7)],
        series: Some(id(8)),
        overbooking: None,
        walk_in: false,
    }
}

fn book(starts_at: &str, ends_at: &str) -> Book {
    Book {
        appointment: id(1),
        patient: id(2),
        doctor: id(3),
        hospital: id(4),
        department: id(5),
        starts_at: at(starts_at),
        ends_at: at(ends_at),
        time_zone: text("Asia/Kolkata"),
        reason: Some(text("a cough")),
        terms: terms(),
    }
}

fn booking() -> Booked {
    Booked {
        appointment: id(1),
        patient: id(2),
        doctor: id(3),
        hospital: id(4),
        department: id(5),
        starts_at: at(FOUR),
        ends_at: at(FIVE),
        time_zone: text("Asia/Kolkata"),
        reason: Some(text("a cough")),
        terms: terms(),
    }
}

fn booked() -> AppointmentEvent {
    booking().into()
}

/// Booked in some way other than [`terms`] say.
fn booked_on(terms: Terms) -> AppointmentEvent {
    Booked { terms, ..booking() }.into()
}

fn reschedule(starts_at: &str, ends_at: &str) -> Reschedule {
    Reschedule {
        starts_at: at(starts_at),
        ends_at: at(ends_at),
        to: None,
        mode: VisitMode::InPerson,
        assets: vec![id(7)],
        chosen: vec![id(7)],
        by: Party::Patient,
        fee: None,
        waiver: None,
    }
}

fn moved(from: &str, to: &str, until: &str) -> Rescheduled {
    Rescheduled {
        appointment: id(1),
        previous_starts_at: at(from),
        starts_at: at(to),
        ends_at: at(until),
        to: None,
        mode: VisitMode::InPerson,
        assets: vec![id(7)],
        chosen: vec![id(7)],
        by: Party::Patient,
        fee: None,
        waiver: None,
    }
}

fn rescheduled() -> AppointmentEvent {
    moved(FOUR, FIVE, SIX).into()
}

fn elsewhere() -> Place {
    Place {
        doctor: id(30),
        hospital: id(40),
        department: id(50),
        time_zone: text("Europe/Berlin"),
    }
}

fn cancel(reason: Option<&str>) -> AppointmentCommand {
    AppointmentCommand::Cancel(Cancel {
        reason: reason.map(text),
        by: Party::Patient,
        fee: None,
        waiver: None,
    })
}

fn cancelled(reason: Option<&str>) -> AppointmentEvent {
    Cancelled {
        appointment: id(1),
        reason: reason.map(text),
        by: Party::Patient,
        fee: None,
        waiver: None,
    }
    .into()
}

fn checked_in(now: &str) -> AppointmentEvent {
    CheckedIn {
        appointment: id(1),
        token: 12,
        at: at(now),
    }
    .into()
}

fn started(now: &str) -> AppointmentEvent {
    Started {
        appointment: id(1),
        at: at(now),
    }
    .into()
}

fn completed(now: &str) -> AppointmentEvent {
    Completed {
        appointment: id(1),
        at: at(now),
    }
    .into()
}

fn missed(now: &str, fee: Option<Money>) -> AppointmentEvent {
    NoShowRecorded {
        appointment: id(1),
        at: at(now),
        fee,
    }
    .into()
}

#[test]
fn an_appointment_belongs_to_its_patient() {
    let mut appointment = Appointment::default();
    assert_eq!(Decider::subject(&appointment), None);
    appointment.evolve(&booked());
    assert_eq!(Decider::subject(&appointment), Some(id(2)));
    assert_eq!(appointment.booking().unwrap().patient, id(2));
}

/// The name that read models and answers carry is the one that a snapshot carries.
#[test]
fn a_status_is_called_what_json_carries() {
    for (known, name) in [
        (vec![booked()], "booked"),
        (vec![booked(), rescheduled()], "booked"),
        (vec![booked(), checked_in(FOUR)], "checked_in"),
        (vec![booked(), started(FOUR)], "in_progress"),
        (vec![booked(), completed(FIVE)], "completed"),
        (vec![booked(), missed(FIVE, None)], "no_show"),
        (vec![booked(), cancelled(None)], "cancelled"),
    ] {
        let status = after::<Appointment>(&known).booking().unwrap().status;
        assert_eq!(status.name(), name);
        assert_eq!(serde_json::to_value(status).unwrap(), name);
    }
}

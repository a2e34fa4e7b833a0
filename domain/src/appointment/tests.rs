#![allow(clippy::unwrap_used)]

use super::*;
use crate::testing::{at, clock_at, id, text};

const NOW: &str = "2026-08-01T00:00:00Z";
const FOUR: &str = "2026-08-04T04:00:00Z";
const FIVE: &str = "2026-08-04T05:00:00Z";
const SIX: &str = "2026-08-04T06:00:00Z";

fn book(starts_at: &str, ends_at: &str) -> AppointmentCommand {
    AppointmentCommand::Book(Book {
        appointment: id(1),
        patient: id(2),
        doctor: id(3),
        hospital: id(4),
        department: id(5),
        starts_at: at(starts_at),
        ends_at: at(ends_at),
        time_zone: text("Asia/Kolkata"),
        reason: Some(text("a cough")),
    })
}

fn booked() -> AppointmentEvent {
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
    }
    .into()
}

fn reschedule(starts_at: &str, ends_at: &str) -> AppointmentCommand {
    AppointmentCommand::Reschedule(Reschedule {
        starts_at: at(starts_at),
        ends_at: at(ends_at),
    })
}

fn rescheduled() -> AppointmentEvent {
    Rescheduled {
        appointment: id(1),
        previous_starts_at: at(FOUR),
        starts_at: at(FIVE),
        ends_at: at(SIX),
    }
    .into()
}

fn cancel(reason: Option<&str>) -> AppointmentCommand {
    AppointmentCommand::Cancel(Cancel {
        reason: reason.map(text),
    })
}

fn cancelled(reason: Option<&str>) -> AppointmentEvent {
    Cancelled {
        appointment: id(1),
        reason: reason.map(text),
    }
    .into()
}

#[tokio::test]
async fn a_slot_in_the_future_can_be_booked() {
    clock_at::<Appointment>(NOW)
        .given_no_previous_events()
        .when_async(book(FOUR, FIVE))
        .await
        .then_expect_events(vec![booked()]);
}

#[tokio::test]
async fn an_appointment_is_booked_once_even_after_it_was_cancelled() {
    for known in [vec![booked()], vec![booked(), cancelled(None)]] {
        clock_at::<Appointment>(NOW)
            .given(known)
            .when_async(book(FIVE, SIX))
            .await
            .then_expect_error(AppointmentError::AlreadyBooked);
    }
}

#[tokio::test]
async fn a_time_that_makes_no_sense_cannot_be_booked_or_moved_to() {
    for (now, starts_at, ends_at, error) in [
        (NOW, NOW, FIVE, AppointmentError::SlotInPast),
        (
            "2026-08-01T00:00:01Z",
            NOW,
            FIVE,
            AppointmentError::SlotInPast,
        ),
        (NOW, SIX, SIX, AppointmentError::EndsBeforeItStarts),
        (NOW, SIX, FIVE, AppointmentError::EndsBeforeItStarts),
    ] {
        clock_at::<Appointment>(now)
            .given_no_previous_events()
            .when_async(book(starts_at, ends_at))
            .await
            .then_expect_error(error);
        clock_at::<Appointment>(now)
            .given(vec![booked()])
            .when_async(reschedule(starts_at, ends_at))
            .await
            .then_expect_error(error);
    }
}

#[tokio::test]
async fn an_appointment_can_be_moved_and_moved_back() {
    clock_at::<Appointment>(NOW)
        .given(vec![booked()])
        .when_async(reschedule(FIVE, SIX))
        .await
        .then_expect_events(vec![rescheduled()]);
    clock_at::<Appointment>(NOW)
        .given(vec![booked(), rescheduled()])
        .when_async(reschedule(FOUR, FIVE))
        .await
        .then_expect_events(vec![
            Rescheduled {
                appointment: id(1),
                previous_starts_at: at(FIVE),
                starts_at: at(FOUR),
                ends_at: at(FIVE),
            }
            .into(),
        ]);
}

#[tokio::test]
async fn moving_an_appointment_to_where_it_is_is_refused() {
    clock_at::<Appointment>(NOW)
        .given(vec![booked()])
        .when_async(reschedule(FOUR, FIVE))
        .await
        .then_expect_error(AppointmentError::SameSlot);
}

#[tokio::test]
async fn an_appointment_can_be_cancelled_with_or_without_a_reason() {
    for reason in [None, Some("better")] {
        clock_at::<Appointment>(NOW)
            .given(vec![booked(), rescheduled()])
            .when_async(cancel(reason))
            .await
            .then_expect_events(vec![cancelled(reason)]);
    }
}

#[tokio::test]
async fn what_is_cancelled_missing_or_begun_cannot_change() {
    for (known, now, error) in [
        (vec![], NOW, AppointmentError::NoSuchAppointment),
        (
            vec![booked(), cancelled(None)],
            NOW,
            AppointmentError::AppointmentCancelled,
        ),
        (
            vec![booked(), cancelled(None)],
            SIX,
            AppointmentError::AppointmentCancelled,
        ),
        (vec![booked()], FOUR, AppointmentError::AppointmentStarted),
        (
            vec![booked(), rescheduled()],
            FIVE,
            AppointmentError::AppointmentStarted,
        ),
    ] {
        for command in [
            reschedule("2026-08-05T04:00:00Z", "2026-08-05T05:00:00Z"),
            cancel(None),
        ] {
            clock_at::<Appointment>(now)
                .given(known.clone())
                .when_async(command)
                .await
                .then_expect_error(error);
        }
    }
}

#[test]
fn an_appointment_belongs_to_its_patient() {
    let mut appointment = Appointment::default();
    assert_eq!(Decider::subject(&appointment), None);
    appointment.evolve(&booked());
    assert_eq!(Decider::subject(&appointment), Some(id(2)));
    assert_eq!(appointment.booking().unwrap().patient, id(2));
}

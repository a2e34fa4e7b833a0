//! Making an appointment, moving it, calling it off.

use super::*;
use crate::testing::clock_at;

#[tokio::test]
async fn a_slot_in_the_future_can_be_booked() {
    clock_at::<Appointment>(NOW)
        .given_no_previous_events()
        .when_async(AppointmentCommand::Book(book(FOUR, FIVE)))
        .await
        .then_expect_events(vec![booked()]);
}

#[tokio::test]
async fn an_appointment_is_booked_once_even_after_it_was_cancelled() {
    for known in [vec![booked()], vec![booked(), cancelled(None)]] {
        clock_at::<Appointment>(NOW)
            .given(known)
            .when_async(AppointmentCommand::Book(book(FIVE, SIX)))
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
            .when_async(AppointmentCommand::Book(book(starts_at, ends_at)))
            .await
            .then_expect_error(error);
        clock_at::<Appointment>(now)
            .given(vec![booked()])
            .when_async(AppointmentCommand::Reschedule(reschedule(
                starts_at, ends_at,
            )))
            .await
            .then_expect_error(error);
    }
}

/// Whoever walks in is there already; whoever books has to come first.
#[tokio::test]
async fn only_who_walked_in_may_have_a_visit_that_starts_now() {
    let walk_in = Terms {
        walk_in: true,
        ..terms()
    };
    let walks_in = |ends_at| {
        AppointmentCommand::Book(Book {
            terms: walk_in.clone(),
            ..book(FOUR, ends_at)
        })
    };
    decides::<Appointment>(
        FOUR,
        vec![],
        walks_in(FIVE),
        vec![booked_on(walk_in.clone())],
    )
    .await;
    refuses::<Appointment>(
        FOUR,
        vec![],
        walks_in(FOUR),
        AppointmentError::EndsBeforeItStarts,
    )
    .await;
}

#[tokio::test]
async fn an_appointment_can_be_moved_and_moved_back() {
    clock_at::<Appointment>(NOW)
        .given(vec![booked()])
        .when_async(AppointmentCommand::Reschedule(reschedule(FIVE, SIX)))
        .await
        .then_expect_events(vec![rescheduled()]);
    clock_at::<Appointment>(NOW)
        .given(vec![booked(), rescheduled()])
        .when_async(AppointmentCommand::Reschedule(reschedule(FOUR, FIVE)))
        .await
        .then_expect_events(vec![moved(FIVE, FOUR, FIVE).into()]);
}

#[tokio::test]
async fn moving_an_appointment_to_where_it_is_is_refused() {
    let same_doctor = Place {
        doctor: id(3),
        ..elsewhere()
    };
    for to in [None, Some(same_doctor)] {
        let command = AppointmentCommand::Reschedule(Reschedule {
            to,
            ..reschedule(FOUR, FIVE)
        });
        refuses::<Appointment>(NOW, vec![booked()], command, AppointmentError::SameSlot).await;
    }
}

#[tokio::test]
async fn an_appointment_can_move_to_another_doctor_at_the_same_time_and_stays_there() {
    let to_another = AppointmentCommand::Reschedule(Reschedule {
        to: Some(elsewhere()),
        mode: VisitMode::Video,
        assets: vec![],
        chosen: vec![],
        by: Party::Hospital,
        fee: Some(rupees(200)),
        waiver: Some(text("the doctor is ill")),
        ..reschedule(FOUR, FIVE)
    });
    let moved = Rescheduled {
        to: Some(elsewhere()),
        mode: VisitMode::Video,
        assets: vec![],
        chosen: vec![],
        by: Party::Hospital,
        fee: Some(rupees(200)),
        waiver: Some(text("the doctor is ill")),
        ..moved(FOUR, FOUR, FIVE)
    };
    let known = vec![booked(), moved.clone().into()];
    decides::<Appointment>(NOW, vec![booked()], to_another.clone(), vec![moved.into()]).await;
    let appointment = after::<Appointment>(&known);
    let booking = appointment.booking().unwrap();
    assert_eq!(
        (
            booking.doctor,
            booking.hospital,
            booking.department,
            booking.time_zone
        ),
        (id(30), id(40), id(50), text("Europe/Berlin"))
    );
    assert_eq!(booking.terms.mode, VisitMode::Video);
    assert_eq!(booking.terms.assets, []);
    assert_eq!(booking.terms.chosen(), []);
    assert_eq!(booking.terms.price, terms().price, "the price is agreed on");
    refuses::<Appointment>(NOW, known, to_another, AppointmentError::SameSlot).await;
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
async fn a_cancellation_says_who_wanted_it_and_what_it_costs() {
    for (by, fee, waiver) in [
        (Party::Patient, Some(rupees(500)), None),
        (Party::Patient, None, Some(text("a storm"))),
        (Party::Hospital, None, None),
    ] {
        let cancel = Cancel {
            reason: None,
            by,
            fee,
            waiver: waiver.clone(),
        };
        let cancelled = Cancelled {
            appointment: id(1),
            reason: None,
            by,
            fee,
            waiver,
        };
        decides::<Appointment>(
            NOW,
            vec![booked()],
            AppointmentCommand::Cancel(cancel),
            vec![cancelled.into()],
        )
        .await;
    }
}

#[tokio::test]
async fn what_is_cancelled_missing_or_begun_cannot_change() {
    use AppointmentError as Error;
    for (known, now, error) in [
        (vec![], NOW, Error::NoSuchAppointment),
        (
            vec![booked(), cancelled(None)],
            NOW,
            Error::AppointmentCancelled,
        ),
        (
            vec![booked(), cancelled(None)],
            SIX,
            Error::AppointmentCancelled,
        ),
        (vec![booked()], FOUR, Error::AppointmentStarted),
        (
            vec![booked(), rescheduled()],
            FIVE,
            Error::AppointmentStarted,
        ),
        (
            vec![booked(), checked_in(NOW), started(NOW)],
            NOW,
            Error::AppointmentStarted,
        ),
        (
            vec![booked(), checked_in(NOW), started(NOW), completed(NOW)],
            NOW,
            Error::AppointmentCompleted,
        ),
        (
            vec![booked(), missed(FIVE, None)],
            SIX,
            Error::AppointmentMissed,
        ),
    ] {
        for command in [
            AppointmentCommand::Reschedule(reschedule(
                "2026-08-05T04:00:00Z",
                "2026-08-05T05:00:00Z",
            )),
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

/// Someone who waits too long may go home, even after the time of the visit.
#[tokio::test]
async fn who_waits_can_cancel_but_not_move_the_visit() {
    for now in ["2026-08-04T03:30:00Z", "2026-08-04T04:30:00Z"] {
        let known = || vec![booked(), checked_in("2026-08-04T03:20:00Z")];
        decides::<Appointment>(now, known(), cancel(None), vec![cancelled(None)]).await;
        refuses::<Appointment>(
            now,
            known(),
            AppointmentCommand::Reschedule(reschedule(FIVE, SIX)),
            AppointmentError::AlreadyCheckedIn,
        )
        .await;
    }
}

/// The events of the first release know nothing of terms.
#[test]
fn an_appointment_of_the_first_release_is_an_ordinary_visit_in_person() {
    use crate::event::Event as _;
    let fields = r#"{
        "appointment": "00000000-0000-0000-0000-000000000001",
        "patient": "00000000-0000-0000-0000-000000000002",
        "doctor": "00000000-0000-0000-0000-000000000003",
        "hospital": "00000000-0000-0000-0000-000000000004",
        "department": "00000000-0000-0000-0000-000000000005",
        "starts_at": "2026-08-04T04:00:00Z", "ends_at": "2026-08-04T05:00:00Z",
        "time_zone": "Asia/Kolkata", "reason": null
    }"#;
    let booked = AppointmentEvent::decode("appointment.booked", 1, fields.as_bytes()).unwrap();
    let fields = r#"{
        "appointment": "00000000-0000-0000-0000-000000000001",
        "previous_starts_at": "2026-08-04T04:00:00Z",
        "starts_at": "2026-08-04T05:00:00Z", "ends_at": "2026-08-04T06:00:00Z"
    }"#;
    let moved = AppointmentEvent::decode("appointment.rescheduled", 1, fields.as_bytes()).unwrap();
    let appointment = after::<Appointment>(&[booked, moved]);
    let booking = appointment.booking().unwrap();
    assert_eq!(booking.terms, Terms::default());
    assert_eq!(booking.terms.mode, VisitMode::InPerson);
    assert_eq!((booking.doctor, booking.starts_at), (id(3), at(FIVE)));
    let fields = r#"{ "appointment": "00000000-0000-0000-0000-000000000001", "reason": null }"#;
    let gone = AppointmentEvent::decode("appointment.cancelled", 1, fields.as_bytes()).unwrap();
    assert_eq!(gone, cancelled(None), "it was the patient who cancelled");
}

#[tokio::test]
async fn the_hospital_can_call_off_what_it_could_not_give_and_the_patient_can_not() {
    let late = "2026-08-06T04:30:00Z";
    let by_hospital = AppointmentCommand::Cancel(Cancel {
        reason: None,
        by: Party::Hospital,
        fee: None,
        waiver: None,
    });
    let event = Cancelled {
        appointment: id(1),
        reason: None,
        by: Party::Hospital,
        fee: None,
        waiver: None,
    };
    decides::<Appointment>(late, vec![booked()], by_hospital, vec![event.into()]).await;
    let error = AppointmentError::AppointmentStarted;
    refuses::<Appointment>(late, vec![booked()], cancel(None), error).await;
}

#[test]
fn only_who_had_a_slot_and_did_not_wait_for_it_leaves_a_gap() {
    let walk_in = Terms {
        walk_in: true,
        ..terms()
    };
    let came = checked_in("2026-08-04T03:20:00Z");
    for (known, now, gap) in [
        (vec![booked()], "2026-08-04T03:50:00Z", true),
        (vec![booked(), came.clone()], "2026-08-04T03:50:00Z", true),
        (vec![booked(), came], "2026-08-04T04:00:00Z", false),
        (vec![booked_on(walk_in)], "2026-08-04T04:40:00Z", false),
    ] {
        let state = after::<Appointment>(&known);
        let booking = state.booking().unwrap();
        assert_eq!(
            booking.leaves_a_gap(at(now)),
            gap,
            "{:?} at {now}",
            booking.status
        );
    }
}

#[test]
fn what_was_chosen_is_known_of_every_visit_whose_type_needs_nothing() {
    let said = terms();
    assert_eq!(said.chosen(), [id(7)]);
    let allotted = Terms {
        chosen: vec![],
        ..terms()
    };
    assert_eq!(allotted.chosen(), []);
    // The first events say nothing of it, but nothing is allotted to a visit of no type.
    let unsaid = Terms {
        visit_type: None,
        ..allotted
    };
    assert_eq!(unsaid.chosen(), [id(7)]);
}

#[test]
fn a_move_from_before_it_was_asked_who_wanted_it_is_the_patients() {
    let AppointmentEvent::Rescheduled(moved) = rescheduled() else {
        panic!("not a move");
    };
    let mut stored = serde_json::to_value(&moved).unwrap();
    assert_eq!(stored["by"], "patient");
    let fields = stored.as_object_mut().unwrap();
    fields.remove("by");
    fields.remove("chosen");
    let read: Rescheduled = serde_json::from_value(stored).unwrap();
    let chosen = Vec::new();
    assert_eq!(read, Rescheduled { chosen, ..moved });
}

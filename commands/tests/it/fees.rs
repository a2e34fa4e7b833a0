//! What it costs to give up a visit late, and who may waive it.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::CommandError;
use medilink_commands::appointment::{Cancel, RecordNoShow, Reschedule};
use medilink_domain::appointment::Party;
use medilink_domain::hospital::{BookingPolicy, CancellationPolicy};
use medilink_domain::values::Role;

use crate::clinic::{Clinic, minutes, rupees};
use crate::support::slug;

#[tokio::test]
async fn cancelling_late_costs_what_the_hospital_says_and_some_may_waive_it() {
    let clinic = Clinic::open().await;
    clinic
        .set(BookingPolicy {
            cancellation: CancellationPolicy {
                notice: minutes(60 * 24),
                late_fee: Some(rupees(20_000)),
                waived_by: vec![Role::Receptionist],
            },
            no_show_fee: Some(rupees(50_000)),
            ..BookingPolicy::default()
        })
        .await;
    let (world, patient, console) = (&clinic.world, clinic.patient().await, clinic.console());
    let late = clinic.slot(0) - TimeDelta::hours(2);
    let mut booked = Vec::new();
    for quarter in 0..5 {
        let done = world.run(&console, &clinic.book(patient, quarter)).await;
        booked.push(done.unwrap().answer.appointment);
    }
    let theirs = world.patient(patient);
    let early = world.run(&theirs, &Cancel::new(booked[0])).await.unwrap();
    assert_eq!(early.answer.fee, None);
    let theirs_late = clinic.at(theirs.clone(), late);
    let paid = world
        .run(&theirs_late, &Cancel::new(booked[1]))
        .await
        .unwrap();
    assert_eq!(paid.answer.fee, Some(rupees(20_000)));
    let waived = Cancel {
        waive: Some("the bus broke down".parse().unwrap()),
        ..Cancel::new(booked[2])
    };
    assert!(world.run(&theirs_late, &waived).await.is_err());
    let doctors = clinic.at(clinic.as_doctor(), late);
    assert_eq!(slug(world.run(&doctors, &waived).await), "fee-not-waivable");
    let reception = clinic.at(console.clone(), late);
    let free = world.run(&reception, &waived).await.unwrap();
    assert_eq!(free.answer.fee, None);
    let ours = Cancel {
        by: Party::Hospital,
        ..Cancel::new(booked[3])
    };
    assert!(world.run(&theirs_late, &ours).await.is_err());
    assert_eq!(world.run(&doctors, &ours).await.unwrap().answer.fee, None);
    let missed = RecordNoShow {
        appointment: booked[4],
    };
    assert_eq!(
        slug(world.run(&reception, &missed).await),
        "too-early-for-no-show"
    );
    let after = clinic.at(console, clinic.slot(6));
    let done = world.run(&after, &missed).await.unwrap();
    assert_eq!(done.answer.fee, Some(rupees(50_000)));
}

#[tokio::test]
async fn what_the_hospital_moves_costs_nothing_and_waits_for_no_notice() {
    let clinic = Clinic::open().await;
    clinic
        .set(BookingPolicy {
            minimum_notice: minutes(60 * 3),
            cancellation: CancellationPolicy {
                notice: minutes(60 * 24),
                late_fee: Some(rupees(20_000)),
                waived_by: Vec::new(),
            },
            ..BookingPolicy::default()
        })
        .await;
    let (world, patient) = (&clinic.world, clinic.patient().await);
    let late = clinic.slot(0) - TimeDelta::hours(2);
    let book = world.run(&clinic.console(), &clinic.book(patient, 0)).await;
    let visit = book.unwrap().answer.appointment;
    let to = |starts_at: DateTime<Utc>, by| Reschedule {
        by,
        ..Reschedule::new(visit, starts_at)
    };
    let theirs = clinic.at(world.patient(patient), late);
    let doctors = clinic.at(clinic.as_doctor(), late);
    let reception = clinic.at(clinic.console(), late);
    let outcome = world
        .run(&theirs, &to(clinic.slot(8), Party::Hospital))
        .await;
    assert!(
        matches!(outcome, Err(CommandError::Forbidden)),
        "a patient is not the hospital: {outcome:?}"
    );
    let soon = to(clinic.slot(1), Party::Patient);
    assert_eq!(slug(world.run(&theirs, &soon).await), "notice-too-short");
    for (quarter, context, by, fee) in [
        (1, &reception, Party::Hospital, None),
        (2, &doctors, Party::Hospital, None),
        (3, &reception, Party::Patient, Some(rupees(20_000))),
        (8, &theirs, Party::Patient, Some(rupees(20_000))),
    ] {
        let moved = world.run(context, &to(clinic.slot(quarter), by)).await;
        assert_eq!(moved.unwrap().answer.fee, fee, "{quarter}");
    }
}

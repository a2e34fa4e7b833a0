//! Appointments beyond one slot of one doctor: types of visits, rooms and devices, limits,
//! overbooking.

use std::sync::Arc;

use chrono::TimeDelta;
use medilink_commands::appointment::{Book, Cancel, Reschedule};
use medilink_commands::{hospital, schedule, visit_type};
use medilink_domain::hospital::BookingPolicy;
use medilink_domain::values::VisitMode;

use crate::clinic::{Clinic, hours, minutes};
use crate::support::slug;

#[tokio::test]
async fn the_week_a_date_a_holiday_and_leave_decide_what_can_be_booked() {
    let clinic = Clinic::open().await;
    let (world, patient, console) = (&clinic.world, clinic.patient().await, clinic.console());
    let date = clinic.slot(0).date_naive();
    world.run(&console, &clinic.book(patient, 0)).await.unwrap();
    assert_eq!(
        slug(world.run(&console, &clinic.book(patient, 16)).await),
        "not-a-slot",
        "13:00 is the end"
    );
    let holiday = hospital::DeclareHoliday {
        hospital: clinic.hospital,
        date,
        name: "Gurpurab".parse().unwrap(),
    };
    world.run(&console, &holiday).await.unwrap();
    assert_eq!(
        slug(world.run(&console, &clinic.book(patient, 2)).await),
        "not-a-slot"
    );
    let day = schedule::SetDate {
        doctor: clinic.doctor,
        date,
        hours: vec![hours("09:00", "10:00")],
    };
    world.run(&console, &day).await.unwrap();
    world.run(&console, &clinic.book(patient, 2)).await.unwrap();
    let leave = schedule::GrantLeave {
        doctor: clinic.doctor,
        from: date,
        until: date,
    };
    world.run(&clinic.as_doctor(), &leave).await.unwrap();
    assert_eq!(
        slug(world.run(&console, &clinic.book(patient, 3)).await),
        "not-a-slot"
    );
}

#[tokio::test]
async fn a_visit_takes_its_own_time_and_leaves_room_around_it() {
    let clinic = Clinic::open().await;
    let (world, console) = (&clinic.world, clinic.console());
    let scan = clinic.visit_type(30, 15, &[]).await;
    let book = |patient, quarter| Book {
        visit_type: Some(scan),
        ..clinic.book(patient, quarter)
    };
    let (one, other) = (clinic.patient().await, clinic.patient().await);
    let booked = world.run(&console, &book(one, 0)).await.unwrap().answer;
    assert_eq!(booked.ends_at - booked.starts_at, TimeDelta::minutes(30));
    for (quarter, outcome) in [(1, "slot-taken"), (2, "slot-taken")] {
        assert_eq!(
            slug(world.run(&console, &clinic.book(other, quarter)).await),
            outcome
        );
    }
    world.run(&console, &clinic.book(other, 3)).await.unwrap();
    let phone = Book {
        mode: VisitMode::Phone,
        ..book(other, 8)
    };
    assert_eq!(slug(world.run(&console, &phone).await), "mode-not-offered");
    let retire = visit_type::Retire { visit_type: scan };
    world.run(&console, &retire).await.unwrap();
    assert_eq!(
        slug(world.run(&console, &book(other, 8)).await),
        "visit-type-retired"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_has_doctor_and_device_or_nothing_whoever_races() {
    let clinic = Arc::new(Clinic::open().await);
    let second = clinic.world.colleague(clinic.hospital, "DMC-2").await;
    clinic.receives(second, None).await;
    let scan = clinic.visit_type(15, 0, &["ultrasound"]).await;
    clinic.asset("ultrasound", "Ultrasound 1").await;
    let tasks: Vec<_> = (0..40)
        .map(|number| {
            let clinic = clinic.clone();
            let doctor = if number % 2 == 0 {
                clinic.doctor
            } else {
                second
            };
            tokio::spawn(async move {
                let patient = clinic.patient().await;
                let book = Book {
                    visit_type: Some(scan),
                    ..Book::new(patient, doctor, clinic.slot(0))
                };
                clinic.world.run(&clinic.console(), &book).await
            })
        })
        .collect();
    let mut booked = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            Ok(done) => booked.push(done.answer.appointment),
            refused => assert!(["slot-taken", "need-not-met"].contains(&slug(refused))),
        }
    }
    assert_eq!(booked.len(), 1, "there is one device");
    let world = &clinic.world;
    for (kind, count) in [
        ("appointment.booked", 1),
        ("calendar.slot-reserved", 1),
        ("occupancy.occupied", 1),
        ("agenda.visit-added", 1),
    ] {
        assert_eq!(world.count(kind).await, count, "{kind}");
    }
    world
        .run(&clinic.console(), &Cancel::new(booked[0]))
        .await
        .unwrap();
    assert_eq!(world.count("occupancy.vacated").await, 1);
}

#[tokio::test]
async fn the_hospitals_limits_hold_for_patients_and_staff_may_go_beyond_with_a_reason() {
    let clinic = Clinic::open().await;
    clinic
        .set(BookingPolicy {
            minimum_notice: minutes(60 * 24 * 11),
            most_open_visits: Some(2),
            most_visits_a_day: Some(1),
            ..BookingPolicy::default()
        })
        .await;
    let (world, patient) = (&clinic.world, clinic.patient().await);
    let theirs = world.patient(patient);
    assert_eq!(
        slug(world.run(&theirs, &clinic.book(patient, 0)).await),
        "notice-too-short"
    );
    let console = clinic.console();
    world.run(&console, &clinic.book(patient, 0)).await.unwrap();
    assert_eq!(
        slug(world.run(&console, &clinic.book(patient, 4)).await),
        "too-many-visits-a-day"
    );
    let beyond = Book {
        overbook: Some("post-operative check".parse().unwrap()),
        ..clinic.book(patient, 4)
    };
    assert!(matches!(
        world.run(&theirs, &beyond).await,
        Err(medilink_commands::CommandError::Forbidden)
    ));
    world.run(&console, &beyond).await.unwrap();
    let another = clinic.patient().await;
    let same_slot = Book {
        overbook: Some("emergency".parse().unwrap()),
        ..clinic.book(another, 0)
    };
    world.run(&console, &same_slot).await.unwrap();
}

#[tokio::test]
async fn nobody_is_to_be_in_two_places_at_once() {
    let clinic = Clinic::open().await;
    let second = clinic.world.colleague(clinic.hospital, "DMC-2").await;
    clinic.receives(second, Some(1)).await;
    let (world, patient, console) = (&clinic.world, clinic.patient().await, clinic.console());
    world.run(&console, &clinic.book(patient, 0)).await.unwrap();
    let elsewhere = Book::new(patient, second, clinic.slot(0));
    assert_eq!(slug(world.run(&console, &elsewhere).await), "patient-busy");
    let later = Book::new(patient, second, clinic.slot(1));
    let booked = world.run(&console, &later).await.unwrap().answer;
    let other = Book::new(clinic.patient().await, second, clinic.slot(5));
    assert_eq!(slug(world.run(&console, &other).await), "day-full");
    let back = Reschedule {
        doctor: Some(clinic.doctor),
        ..Reschedule::new(booked.appointment, clinic.slot(0))
    };
    assert_eq!(slug(world.run(&console, &back).await), "slot-taken");
    let over = Reschedule {
        doctor: Some(clinic.doctor),
        ..Reschedule::new(booked.appointment, clinic.slot(2))
    };
    world.run(&console, &over).await.unwrap();
    world.run(&console, &other).await.unwrap();
}

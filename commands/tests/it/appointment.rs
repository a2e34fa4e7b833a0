use std::sync::Arc;

use chrono::TimeDelta;
use medilink_commands::appointment::{Book, Cancel, Reschedule};
use medilink_commands::{CommandError, Idempotency};
use medilink_domain::{AppointmentId, PatientId, TenantId};
use uuid::Uuid;

use crate::support::{World, slug};

#[tokio::test(flavor = "multi_thread")]
async fn of_five_hundred_bookings_of_one_slot_exactly_one_is_made() {
    let world = Arc::new(World::new().await);
    let (doctor, starts_at) = world.doctor("DMC-1").await;
    let tasks: Vec<_> = (0..500)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move {
                let patient = world.register_patient().await;
                world
                    .run(&world.console(), &Book::new(patient, doctor, starts_at))
                    .await
            })
        })
        .collect();
    let mut booked = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => booked += 1,
            refused => assert_eq!(slug(refused), "slot-taken"),
        }
    }
    assert_eq!(booked, 1);
    assert_eq!(world.count("appointment.booked").await, 1);
    assert_eq!(world.count("calendar.slot-reserved").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_of_different_slots_of_one_busy_day_all_succeed() {
    let world = Arc::new(World::new().await);
    let (doctor, first) = world.doctor("DMC-1").await;
    let patient = world.register_patient().await;
    let tasks: Vec<_> = (0..16)
        .map(|slot| {
            let world = world.clone();
            let starts_at = first + TimeDelta::minutes(15 * slot);
            tokio::spawn(async move {
                world
                    .run(&world.console(), &Book::new(patient, doctor, starts_at))
                    .await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(world.count("calendar.slot-reserved").await, 16);
}

#[tokio::test]
async fn a_moved_appointment_frees_its_slot_and_a_cancelled_one_too() {
    let world = World::new().await;
    let (doctor, first) = world.doctor("DMC-1").await;
    let patient = world.register_patient().await;
    let context = world.patient(patient);
    let book = |starts_at| Book {
        reason: Some("chest pain".parse().unwrap()),
        ..Book::new(patient, doctor, starts_at)
    };
    let second = first + TimeDelta::minutes(15);
    let booked = world.run(&context, &book(first)).await.unwrap().answer;
    assert_eq!(slug(world.run(&context, &book(first)).await), "slot-taken");
    let moved = world
        .run(&context, &Reschedule::new(booked.appointment, second))
        .await
        .unwrap()
        .answer;
    assert_eq!((moved.starts_at, moved.version), (second, 2));
    assert_eq!(slug(world.run(&context, &book(second)).await), "slot-taken");
    let other = world.run(&context, &book(first)).await.unwrap().answer;
    assert_eq!(
        slug(
            world
                .run(&context, &Reschedule::new(other.appointment, second))
                .await
        ),
        "slot-taken"
    );
    assert_eq!(
        slug(
            world
                .run(&context, &Reschedule::new(other.appointment, first))
                .await
        ),
        "same-slot"
    );
    world
        .run(&context, &Cancel::new(booked.appointment))
        .await
        .unwrap();
    assert_eq!(
        slug(world.run(&context, &Cancel::new(booked.appointment)).await),
        "appointment-cancelled"
    );
    world
        .run(&context, &Reschedule::new(other.appointment, second))
        .await
        .unwrap();
}

#[tokio::test]
async fn bad_times_are_refused_in_the_domains_words() {
    let world = World::new().await;
    let (doctor, first) = world.doctor("DMC-1").await;
    let patient = world.register_patient().await;
    let book = |starts_at| Book::new(patient, doctor, starts_at);
    let context = world.console();
    assert_eq!(
        slug(
            world
                .run(&context, &book(chrono::Utc::now() - TimeDelta::days(1)))
                .await
        ),
        "slot-in-past"
    );
    assert_eq!(
        slug(
            world
                .run(&context, &book(first + TimeDelta::minutes(7)))
                .await
        ),
        "not-a-slot"
    );
    assert_eq!(
        slug(
            world
                .run(&context, &book(first - TimeDelta::minutes(15)))
                .await
        ),
        "not-a-slot"
    );
}

#[tokio::test]
async fn what_is_not_yours_looks_like_what_is_not_there() {
    let world = World::new().await;
    let (doctor, starts_at) = world.doctor("DMC-1").await;
    let (patient, other) = (
        world.register_patient().await,
        world.register_patient().await,
    );
    let book = Book::new(patient, doctor, starts_at);
    let appointment = world
        .run(&world.patient(patient), &book)
        .await
        .unwrap()
        .answer
        .appointment;
    let theirs = Cancel::new(appointment);
    let none = Cancel::new(AppointmentId(Uuid::now_v7()));
    let mut foreign = world.console();
    foreign.actor.tenant = TenantId(Uuid::now_v7());
    for (context, operation) in [
        (world.patient(other), &theirs),
        (world.patient(other), &none),
        (foreign.clone(), &theirs),
        (world.patient(PatientId(Uuid::now_v7())), &theirs),
    ] {
        let outcome = world.run(&context, operation).await;
        assert!(
            matches!(outcome, Err(CommandError::NotFound("appointment"))),
            "{outcome:?}"
        );
    }
    let outcome = world.run(&world.patient(other), &book).await;
    assert!(
        matches!(outcome, Err(CommandError::NotFound("patient"))),
        "{outcome:?}"
    );
    let outcome = world.run(&foreign, &book).await;
    assert!(
        matches!(outcome, Err(CommandError::NotFound("patient"))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_version_that_has_moved_on_is_told() {
    let world = World::new().await;
    let (doctor, starts_at) = world.doctor("DMC-1").await;
    let patient = world.register_patient().await;
    let mut context = world.patient(patient);
    let booked = world
        .run(&context, &Book::new(patient, doctor, starts_at))
        .await
        .unwrap()
        .answer;
    context.expected_version = Some(7);
    let cancel = Cancel::new(booked.appointment);
    let outcome = world.run(&context, &cancel).await;
    assert!(
        matches!(
            outcome,
            Err(CommandError::VersionMismatch {
                expected: 7,
                actual: 1
            })
        ),
        "{outcome:?}"
    );
    context.expected_version = Some(booked.version);
    world.run(&context, &cancel).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_first_answer_and_another_body_is_refused() {
    let world = Arc::new(World::new().await);
    let (doctor, starts_at) = world.doctor("DMC-1").await;
    let patient = world.register_patient().await;
    let mut context = world.patient(patient);
    context.idempotency = Some(Idempotency {
        key: "k1".into(),
        body_hash: [1; 32],
    });
    let book = Book::new(patient, doctor, starts_at);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (world, context, book) = (world.clone(), context.clone(), book.clone());
            tokio::spawn(async move { world.run(&context, &book).await.unwrap() })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.answer == answers[0].answer
                && answer.position == answers[0].position)
    );
    assert_eq!(world.count("appointment.booked").await, 1);

    context.idempotency = Some(Idempotency {
        key: "k1".into(),
        body_hash: [2; 32],
    });
    let outcome = world.run(&context, &book).await;
    assert!(
        matches!(outcome, Err(CommandError::IdempotencyKeyReused)),
        "{outcome:?}"
    );

    // The same key of another person, or for another operation, is another key.
    let other = world.register_patient().await;
    let mut theirs = world.patient(other);
    theirs.idempotency = Some(Idempotency {
        key: "k1".into(),
        body_hash: [1; 32],
    });
    let book = Book::new(other, doctor, starts_at + TimeDelta::minutes(15));
    assert!(!world.run(&theirs, &book).await.unwrap().replayed);
    let cancel = Cancel::new(answers[0].answer.appointment);
    assert!(!world.run(&context, &cancel).await.unwrap().replayed);
}

#[tokio::test]
async fn what_another_process_did_is_neither_overlooked_nor_held_against_anyone() {
    let world = World::new().await;
    let (doctor, first) = world.doctor("DMC-1").await;
    let patient = world.register_patient().await;
    let context = world.console();
    let book = |slot: i64| Book::new(patient, doctor, first + TimeDelta::minutes(15 * slot));
    let other = world.executor();
    // This process knows the calendar from now on, and the other one goes on with it.
    let booked = world.run(&context, &book(0)).await.unwrap().answer;
    let cancel = Cancel::new(booked.appointment);
    other.execute(&context, &cancel).await.unwrap();
    other.execute(&context, &book(1)).await.unwrap();
    // As far as this process knows the first slot is taken and the second one free.
    assert_eq!(slug(world.run(&context, &book(1)).await), "slot-taken");
    other.execute(&context, &cancel).await.unwrap_err();
    other.execute(&context, &book(2)).await.unwrap();
    world.run(&context, &book(0)).await.unwrap();
    assert_eq!(slug(other.execute(&context, &book(0)).await), "slot-taken");
    assert_eq!(world.count("appointment.booked").await, 4);
}

//! What is kept of answers for repeated requests: nothing about a person in the clear.

use chrono::{Datelike, TimeDelta};
use medilink_commands::appointment::{AppointmentAnswer, Cancel, Reschedule};
use medilink_commands::{CommandContext, CommandError, Idempotency, Operation, hospital, series};
use medilink_domain::hospital::{BookingPolicy, CancellationPolicy};
use medilink_domain::series::{Frequency, Recurrence};
use medilink_domain::{Category, SubjectId};
use uuid::Uuid;

use crate::clinic::{Clinic, minutes, rupees};
use crate::support::World;

fn keyed(context: CommandContext, key: &str) -> CommandContext {
    CommandContext {
        idempotency: Some(Idempotency {
            key: key.into(),
            body_hash: [1; 32],
        }),
        ..context
    }
}

/// Carries a command out, and once more from another process, which must tell the same.
async fn twice<O>(world: &World, context: &CommandContext, operation: &O) -> O::Answer
where
    O: Operation,
    O::Answer: PartialEq + std::fmt::Debug,
{
    let first = world.run(context, operation).await.unwrap();
    let again = world.executor().execute(context, operation).await.unwrap();
    assert!(!first.replayed && again.replayed);
    assert_eq!(
        (&first.answer, first.position),
        (&again.answer, again.position)
    );
    first.answer
}

/// Everything that is kept, as text.
async fn kept(world: &World) -> Vec<String> {
    let superuser = world.databases.superuser().await;
    let rows = superuser
        .query("SELECT answer FROM log.receipts ORDER BY position", &[])
        .await
        .unwrap();
    let text = |answer: Vec<u8>| String::from_utf8_lossy(&answer).into_owned();
    rows.iter().map(|row| text(row.get(0))).collect()
}

async fn with_late_fee() -> Clinic {
    let clinic = Clinic::open().await;
    clinic
        .set(BookingPolicy {
            cancellation: CancellationPolicy {
                notice: minutes(60 * 24),
                late_fee: Some(rupees(23_457)),
                waived_by: Vec::new(),
            },
            ..BookingPolicy::default()
        })
        .await;
    clinic
}

#[tokio::test]
async fn an_answer_about_a_person_is_kept_sealed_and_given_again_whole() {
    let clinic = with_late_fee().await;
    let (world, patient) = (&clinic.world, clinic.patient().await);
    let theirs = world.patient(patient);
    let book = clinic.book(patient, 0);
    let booked = twice(world, &keyed(theirs.clone(), "book"), &book).await;
    let late = clinic.at(theirs.clone(), clinic.slot(0) - TimeDelta::hours(2));
    let over = Reschedule::new(booked.appointment, clinic.slot(1));
    let moved = twice(world, &keyed(late.clone(), "move"), &over).await;
    let cancel = Cancel::new(booked.appointment);
    let cancelled = twice(world, &keyed(late, "cancel"), &cancel).await;
    let weekly = series::Book {
        first: clinic.book(patient, 5),
        recurrence: Recurrence {
            frequency: Frequency::Weekly,
            interval: 1,
            count: 3,
        },
    };
    let visits = twice(world, &keyed(theirs, "series"), &weekly).await;
    assert_eq!(
        (moved.fee, cancelled.fee),
        (Some(rupees(23_457)), Some(rupees(23_457)))
    );

    let kept = kept(world).await;
    assert_eq!(kept.len(), 4);
    let told: Vec<&AppointmentAnswer> = [&booked, &moved, &cancelled]
        .into_iter()
        .chain(&visits.appointments)
        .collect();
    for stored in &kept {
        for answer in &told {
            let year = answer.starts_at.year().to_string();
            let times = [answer.starts_at, answer.ends_at].map(|at| at.format("%H:%M").to_string());
            // With what surrounds it: ciphertext is hexadecimal and may spell anything else.
            let year = format!("\"{year}-");
            let [starts, ends] = times.map(|time| format!("T{time}"));
            for clear in [year, starts, ends, answer.appointment.to_string()] {
                assert!(!stored.contains(&clear), "{clear} in {stored}");
            }
        }
        for clear in ["\"fee\"", "INR", "starts_at", "ends_at", "minor"] {
            assert!(!stored.contains(clear), "{clear} in {stored}");
        }
    }
}

#[tokio::test]
async fn an_answer_about_nobody_is_kept_as_it_is() {
    let clinic = Clinic::open().await;
    let add = hospital::AddDepartment {
        hospital: clinic.hospital,
        name: "Lung".parse().unwrap(),
        specialty: "Pulmonology".parse().unwrap(),
    };
    let console = keyed(clinic.console(), "department");
    let added = twice(&clinic.world, &console, &add).await;
    let kept = kept(&clinic.world).await;
    assert_eq!(kept.len(), 1);
    assert!(kept[0].contains(&added.department.to_string()));
}

#[tokio::test]
async fn what_was_answered_to_someone_goes_with_them() {
    let clinic = Clinic::open().await;
    let (world, patient) = (&clinic.world, clinic.patient().await);
    let console = keyed(clinic.console(), "book");
    let book = clinic.book(patient, 0);
    twice(world, &console, &book).await;
    for category in Category::ALL {
        let subject = SubjectId::from(patient);
        world
            .vault
            .shred(world.tenant, subject, category, Uuid::nil())
            .await
            .unwrap();
    }
    let outcome = world.run(&console, &book).await;
    assert!(
        matches!(outcome, Err(CommandError::NotFound(_))),
        "{outcome:?}"
    );
}

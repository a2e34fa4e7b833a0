//! The day of the visit, visits that come back, and reminders.

use chrono::TimeDelta;
use medilink_commands::appointment::{Book, Cancel, CheckIn, Complete, Start, WalkIn};
use medilink_commands::{feedback, patient, series};
use medilink_domain::appointment::Party;
use medilink_domain::series::{Frequency, Recurrence};
use medilink_domain::values::ReminderLead;

use crate::clinic::Clinic;
use crate::support::slug;

#[tokio::test]
async fn a_day_goes_from_check_in_to_feedback_in_the_order_of_the_queue() {
    let clinic = Clinic::open().await;
    let (world, console) = (&clinic.world, clinic.console());
    let (one, other, third) = (
        clinic.patient().await,
        clinic.patient().await,
        clinic.patient().await,
    );
    let first = world
        .run(&console, &clinic.book(one, 0))
        .await
        .unwrap()
        .answer;
    let second = world
        .run(&console, &clinic.book(other, 1))
        .await
        .unwrap()
        .answer;
    let check_in = |appointment| CheckIn { appointment };
    assert_eq!(
        slug(world.run(&console, &check_in(first.appointment)).await),
        "too-early-to-check-in"
    );
    let morning = clinic.slot(0) - TimeDelta::minutes(20);
    let desk = clinic.at(console, morning);
    let late = world
        .run(&desk, &check_in(second.appointment))
        .await
        .unwrap()
        .answer;
    let early = world
        .run(&desk, &check_in(first.appointment))
        .await
        .unwrap()
        .answer;
    assert_eq!((late.token, late.ahead), (1, 0));
    assert_eq!((early.token, early.ahead), (2, 1));
    let walk_in = WalkIn {
        patient: third,
        doctor: clinic.doctor,
        visit_type: None,
        reason: None,
    };
    let walked = world.run(&desk, &walk_in).await.unwrap().answer;
    assert_eq!((walked.token, walked.ahead), (3, 2));
    assert!(world.run(&world.patient(third), &walk_in).await.is_err());

    let doctor = clinic.at(clinic.as_doctor(), clinic.slot(0));
    let start = Start {
        appointment: second.appointment,
    };
    world.run(&doctor, &start).await.unwrap();
    let complete = Complete {
        appointment: second.appointment,
    };
    let rate = feedback::Give {
        appointment: second.appointment,
        rating: 5.try_into().unwrap(),
        comment: Some("kind".parse().unwrap()),
    };
    let theirs = world.patient(other);
    assert_eq!(slug(world.run(&theirs, &rate).await), "visit-not-completed");
    world.run(&doctor, &complete).await.unwrap();
    assert!(world.run(&world.patient(one), &rate).await.is_err());
    world.run(&theirs, &rate).await.unwrap();
    assert_eq!(
        slug(world.run(&theirs, &rate).await),
        "feedback-already-given"
    );
    // Who leaves while waiting is out of the queue.
    world
        .run(&desk, &Cancel::new(first.appointment))
        .await
        .unwrap();
    assert_eq!(world.count("queue.left").await, 2);
    assert_eq!(world.count("agenda.visit-removed").await, 2);
}

#[tokio::test]
async fn a_series_is_booked_whole_or_not_at_all_and_cancelled_as_far_as_it_is_to_come() {
    let clinic = Clinic::open().await;
    let (world, patient, console) = (&clinic.world, clinic.patient().await, clinic.console());
    let weekly = series::Book {
        first: clinic.book(patient, 0),
        recurrence: Recurrence {
            frequency: Frequency::Weekly,
            interval: 1,
            count: 4,
        },
    };
    let in_the_way = Book::new(
        clinic.patient().await,
        clinic.doctor,
        clinic.slot(0) + TimeDelta::days(14),
    );
    let other = world.run(&console, &in_the_way).await.unwrap().answer;
    match world.run(&console, &weekly).await {
        Err(medilink_commands::CommandError::RefusedAt { starts_at, rule }) => {
            assert_eq!(starts_at, in_the_way.starts_at);
            assert_eq!(rule.detail().slug, "slot-taken");
        }
        outcome => panic!("{outcome:?}"),
    }
    assert_eq!(world.count("appointment.booked").await, 1);
    world
        .run(&console, &Cancel::new(other.appointment))
        .await
        .unwrap();
    let booked = world.run(&console, &weekly).await.unwrap().answer;
    assert_eq!(booked.appointments.len(), 4);
    let cancel = series::Cancel {
        series: booked.series,
        reason: None,
        by: Party::Patient,
        waive: None,
    };
    let after_two = clinic.at(world.patient(patient), clinic.slot(0) + TimeDelta::days(8));
    let cancelled = world.run(&after_two, &cancel).await.unwrap().answer;
    assert_eq!(cancelled.appointments.len(), 2);
    assert_eq!(
        slug(world.run(&after_two, &cancel).await),
        "nothing-to-cancel"
    );
}

#[tokio::test]
async fn a_choice_of_reminders_holds_for_what_is_booked_and_for_what_will_be() {
    let clinic = Clinic::open().await;
    let (world, patient, console) = (&clinic.world, clinic.patient().await, clinic.console());
    world.run(&console, &clinic.book(patient, 0)).await.unwrap();
    let choose = patient::ChooseReminders {
        patient,
        leads: Some(vec![ReminderLead::HOUR, ReminderLead::DAY]),
    };
    world.run(&world.patient(patient), &choose).await.unwrap();
    assert_eq!(world.count("calendar.reminders-set").await, 1);
    world.run(&console, &clinic.book(patient, 1)).await.unwrap();
    let too_many = patient::ChooseReminders {
        patient,
        leads: Some(
            (1..=6)
                .map(|hour| (60 * hour).try_into().unwrap())
                .collect(),
        ),
    };
    assert_eq!(
        slug(world.run(&world.patient(patient), &too_many).await),
        "too-many-reminders"
    );
}

//! A patient who registers and chooses when to be reminded.

mod guardian;

use super::*;
use crate::testing::{after, clock_at, decides, id, number, refuses, text};

const NOW: &str = "2026-08-01T20:00:00Z";

fn register(born: Option<&str>) -> PatientCommand {
    PatientCommand::Register(Register {
        patient: id(1),
        name: text("Gurpreet Kaur"),
        phone: text("+919812345678"),
        email: Some(text("gurpreet@example.org")),
        language: Language::Punjabi,
        date_of_birth: born.map(text),
    })
}

fn registered(born: Option<&str>) -> PatientEvent {
    Registered {
        patient: id(1),
        name: text("Gurpreet Kaur"),
        phone: text("+919812345678"),
        email: Some(text("gurpreet@example.org")),
        language: Language::Punjabi,
        date_of_birth: born.map(text),
    }
    .into()
}

#[tokio::test]
async fn a_patient_may_say_when_they_were_born() {
    // In India it is already the second of August.
    for born in [None, Some("1950-02-28"), Some("2026-08-02")] {
        clock_at::<Patient>(NOW)
            .given_no_previous_events()
            .when_async(register(born))
            .await
            .then_expect_events(vec![registered(born)]);
    }
}

#[tokio::test]
async fn nobody_is_born_in_the_future() {
    clock_at::<Patient>(NOW)
        .given_no_previous_events()
        .when_async(register(Some("2026-08-03")))
        .await
        .then_expect_error(PatientError::BornInFuture);
}

#[tokio::test]
async fn a_patient_registers_once() {
    clock_at::<Patient>(NOW)
        .given(vec![registered(None)])
        .when_async(register(None))
        .await
        .then_expect_error(PatientError::AlreadyRegistered);
}

#[test]
fn a_patient_owns_their_record() {
    let mut patient = Patient::default();
    assert_eq!(patient.patient(), Err(PatientError::NoSuchPatient));
    patient.evolve(&registered(None));
    assert_eq!(patient.patient(), Ok(id(1)));
    assert_eq!(Decider::subject(&patient), Some(id(1)));
}

fn leads(minutes: &[u64]) -> Option<Vec<ReminderLead>> {
    Some(minutes.iter().map(|minutes| number(*minutes)).collect())
}

fn choose(leads: Option<Vec<ReminderLead>>) -> PatientCommand {
    PatientCommand::ChooseReminders(ChooseReminders { leads })
}

fn chosen(leads: Option<Vec<ReminderLead>>) -> PatientEvent {
    RemindersChosen {
        patient: id(1),
        leads,
    }
    .into()
}

#[tokio::test]
async fn a_patient_chooses_when_to_be_reminded_the_longest_time_first_and_each_once() {
    for (choice, kept) in [
        (leads(&[60]), leads(&[60])),
        (leads(&[60, 1440, 60, 5]), leads(&[1440, 60, 5])),
        (leads(&[5, 10, 15, 20, 25]), leads(&[25, 20, 15, 10, 5])),
        (leads(&[5, 5, 5, 5, 5, 5]), leads(&[5])),
        (leads(&[]), leads(&[])),
    ] {
        let events = vec![chosen(kept)];
        decides::<Patient>(NOW, vec![registered(None)], choose(choice), events).await;
    }
}

#[tokio::test]
async fn a_choice_that_changes_nothing_is_none() {
    let known = |leads| vec![registered(None), chosen(leads)];
    for (before, choice) in [
        (None, None),
        (leads(&[]), leads(&[])),
        (leads(&[60, 5]), leads(&[5, 60])),
    ] {
        decides::<Patient>(NOW, known(before), choose(choice), vec![]).await;
    }
    decides::<Patient>(NOW, vec![registered(None)], choose(None), vec![]).await;
}

/// Never is a choice, and as usual is none: one does not pass for the other.
#[tokio::test]
async fn never_and_as_usual_are_different() {
    let known = |leads| vec![registered(None), chosen(leads)];
    for (before, choice) in [(None, leads(&[])), (leads(&[]), None)] {
        let events = vec![chosen(choice.clone())];
        decides::<Patient>(NOW, known(before), choose(choice), events).await;
    }
    let patient: Patient = after(&known(leads(&[60])));
    assert_eq!(patient.reminders, leads(&[60]));
    assert_eq!(after::<Patient>(&[registered(None)]).reminders, None);
}

#[tokio::test]
async fn nobody_is_reminded_more_than_five_times() {
    let six = leads(&[5, 10, 15, 20, 25, 30]);
    refuses::<Patient>(
        NOW,
        vec![registered(None)],
        choose(six),
        PatientError::TooManyReminders,
    )
    .await;
}

#[tokio::test]
async fn only_a_patient_chooses() {
    refuses::<Patient>(NOW, vec![], choose(None), PatientError::NoSuchPatient).await;
}

fn profile() -> Profile {
    Profile {
        language: Language::Hindi,
        gender: Some(crate::values::Gender::Female),
        address: Some(PostalAddress {
            lines: vec![text("12 Mall Road")],
            city: text("Ludhiana"),
            region: None,
            postal_code: Some(text("141001")),
            country: text("India"),
        }),
        emergency_contact: Some(EmergencyContact {
            name: text("Harpreet Kaur"),
            phone: text("+919812345678"),
            relation: Some(text("sister")),
        }),
        accessibility: vec![text("wheelchair"), text("large-print"), text("wheelchair")],
        accessibility_note: None,
    }
}

fn set_profile(profile: Profile) -> PatientCommand {
    PatientCommand::SetProfile(Box::new(profile))
}

#[tokio::test]
async fn a_profile_is_replaced_as_a_whole_and_names_each_need_once() {
    let kept = Profile {
        accessibility: vec![text("large-print"), text("wheelchair")],
        ..profile()
    };
    let set = ProfileSet {
        patient: id(1),
        profile: kept,
    };
    let known = || vec![registered(None)];
    decides::<Patient>(NOW, known(), set_profile(profile()), vec![set.into()]).await;
    let unknown = PatientError::NoSuchPatient;
    refuses::<Patient>(NOW, vec![], set_profile(profile()), unknown).await;
    let mut needy = profile();
    needy.accessibility = (0..11).map(|need| text(&format!("need-{need}"))).collect();
    let too_many = PatientError::TooManyNeeds;
    refuses::<Patient>(NOW, known(), set_profile(needy), too_many).await;
    for lines in [0, 5] {
        let mut nowhere = profile();
        if let Some(address) = &mut nowhere.address {
            address.lines = vec![text("x"); lines];
        }
        let wrong = PatientError::WrongAddress;
        refuses::<Patient>(NOW, known(), set_profile(nowhere), wrong).await;
    }
}

#[tokio::test]
async fn a_patient_is_written_to_at_another_address() {
    let set = || {
        PatientCommand::SetEmail(SetEmail {
            email: text("kaur@example.org"),
        })
    };
    let moved = EmailSet {
        patient: id(1),
        email: text("kaur@example.org"),
    };
    let moved = vec![moved.into()];
    decides::<Patient>(NOW, vec![registered(None)], set(), moved.clone()).await;
    refuses::<Patient>(NOW, vec![], set(), PatientError::NoSuchPatient).await;
    // Whom they register is reached in the same way.
    let told = ProfileSet {
        patient: id(1),
        profile: profile(),
    };
    let known = [vec![registered(None)], moved, vec![told.into()]].concat();
    let reach = after::<Patient>(&known).reach;
    let expected = Reach {
        phone: text("+919812345678"),
        email: Some(text("kaur@example.org")),
        language: profile().language,
    };
    assert_eq!(reach, Some(expected));
}

use super::*;
use crate::testing::{clock_at, id, text};

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

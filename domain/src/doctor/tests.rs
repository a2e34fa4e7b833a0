use super::*;
use crate::testing::{clock_at, id, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn register(languages: Vec<Language>) -> DoctorCommand {
    DoctorCommand::Register(Register {
        doctor: id(1),
        hospital: id(2),
        department: id(3),
        name: text("Asha Rao"),
        registration_number: text("PMC-12345"),
        languages,
    })
}

fn registered(languages: Vec<Language>) -> DoctorEvent {
    Registered {
        doctor: id(1),
        hospital: id(2),
        department: id(3),
        name: text("Asha Rao"),
        registration_number: text("PMC-12345"),
        languages,
    }
    .into()
}

#[tokio::test]
async fn a_doctor_is_registered_with_each_language_once() {
    clock_at::<Doctor>(NOW)
        .given_no_previous_events()
        .when_async(register(vec![
            Language::Punjabi,
            Language::English,
            Language::Punjabi,
        ]))
        .await
        .then_expect_events(vec![registered(vec![Language::English, Language::Punjabi])]);
}

#[tokio::test]
async fn a_doctor_speaks_at_least_one_language() {
    clock_at::<Doctor>(NOW)
        .given_no_previous_events()
        .when_async(register(vec![]))
        .await
        .then_expect_error(DoctorError::NoLanguage);
}

#[tokio::test]
async fn a_doctor_is_registered_once() {
    clock_at::<Doctor>(NOW)
        .given(vec![registered(vec![Language::Hindi])])
        .when_async(register(vec![Language::Hindi]))
        .await
        .then_expect_error(DoctorError::AlreadyRegistered);
}

#[test]
fn a_doctor_has_a_post_once_registered() {
    let mut doctor = Doctor::default();
    assert_eq!(doctor.post(), Err(DoctorError::NoSuchDoctor));
    doctor.evolve(&registered(vec![Language::Hindi]));
    let post = Post {
        doctor: id(1),
        hospital: id(2),
        department: id(3),
    };
    assert_eq!(doctor.post(), Ok(post));
    assert_eq!(Decider::subject(&doctor), Some(id(1)));
}

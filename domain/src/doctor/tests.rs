use super::*;
use crate::testing::{clock_at, decides, id, refuses, text};

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

#[tokio::test]
async fn a_doctor_says_who_they_are_within_limits() {
    let profile = |specialties: usize, qualifications: usize| Profile {
        specialties: vec![text("Cardiology"); specialties],
        qualifications: vec![text("MD"); qualifications],
        languages: vec![Language::Punjabi, Language::English, Language::Punjabi],
        about: Some(text("Sees children.")),
    };
    let set = DoctorCommand::SetProfile;
    let known = || vec![registered(vec![Language::English])];
    let kept = Profile {
        languages: vec![Language::English, Language::Punjabi],
        ..profile(10, 20)
    };
    let happened = ProfileSet {
        doctor: id(1),
        profile: kept,
    };
    decides::<Doctor>(NOW, known(), set(profile(10, 20)), vec![happened.into()]).await;
    for (specialties, qualifications) in [(11, 20), (10, 21)] {
        let long = set(profile(specialties, qualifications));
        refuses::<Doctor>(NOW, known(), long, DoctorError::ProfileTooLong).await;
    }
    let mute = Profile {
        languages: vec![],
        ..profile(1, 1)
    };
    refuses::<Doctor>(NOW, known(), set(mute), DoctorError::NoLanguage).await;
    refuses::<Doctor>(NOW, vec![], set(profile(1, 1)), DoctorError::NoSuchDoctor).await;
}

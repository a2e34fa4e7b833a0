//! Who has the say for a minor, and until when.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::testing::at;

const BORN: &str = "2010-08-02";
/// In India the eighteenth birthday begins at half past six in the evening before, in UTC.
const LAST: &str = "2028-08-01T18:29:59.999999Z";
const OF_AGE: &str = "2028-08-01T18:30:00Z";

fn minor() -> Vec<PatientEvent> {
    vec![registered(Some(BORN))]
}

fn name(guardian: u128) -> PatientCommand {
    PatientCommand::NameGuardian(NameGuardian {
        guardian: id(guardian),
    })
}

fn named() -> PatientEvent {
    GuardianNamed {
        patient: id(1),
        guardian: id(2),
        until: "2028-08-02".parse().unwrap(),
    }
    .into()
}

fn dismissed() -> PatientEvent {
    GuardianDismissed {
        patient: id(1),
        guardian: id(2),
    }
    .into()
}

#[tokio::test]
async fn a_guardian_has_the_say_until_the_minors_eighteenth_birthday() {
    decides::<Patient>(NOW, minor(), name(2), vec![named()]).await;
    decides::<Patient>(LAST, minor(), name(2), vec![named()]).await;
    let patient: Patient = after(&[minor(), vec![named()]].concat());
    assert_eq!(patient.guardian(at(NOW)), Some(id(2)));
    assert_eq!(patient.guardian(at(LAST)), Some(id(2)));
    assert_eq!(patient.guardian(at(OF_AGE)), None);
    assert!(patient.is_minor(at(LAST)));
    assert!(!patient.is_minor(at(OF_AGE)));
}

#[tokio::test]
async fn who_is_of_age_gets_no_guardian() {
    refuses::<Patient>(OF_AGE, minor(), name(2), PatientError::OfAge).await;
    let adult = vec![registered(Some("1950-02-28"))];
    refuses::<Patient>(NOW, adult, name(2), PatientError::OfAge).await;
    let unknown = PatientError::DateOfBirthUnknown;
    refuses::<Patient>(NOW, vec![registered(None)], name(2), unknown).await;
    assert!(!after::<Patient>(&[registered(None)]).is_minor(at(NOW)));
}

#[tokio::test]
async fn there_is_one_guardian_at_a_time_and_they_are_somebody_else() {
    let known = || [minor(), vec![named()]].concat();
    let oneself = PatientError::GuardianOfOneself;
    refuses::<Patient>(NOW, minor(), name(1), oneself).await;
    decides::<Patient>(NOW, known(), name(2), vec![]).await;
    let other = PatientError::GuardianAlreadyNamed;
    refuses::<Patient>(NOW, known(), name(3), other).await;
    let free = [known(), vec![dismissed()]].concat();
    assert_eq!(after::<Patient>(&free).guardian(at(NOW)), None);
    decides::<Patient>(NOW, free, name(2), vec![named()]).await;
}

#[tokio::test]
async fn a_guardian_is_dismissed_once() {
    let dismiss = || PatientCommand::DismissGuardian;
    let known = [minor(), vec![named()]].concat();
    decides::<Patient>(NOW, known, dismiss(), vec![dismissed()]).await;
    refuses::<Patient>(NOW, minor(), dismiss(), PatientError::NoGuardian).await;
    refuses::<Patient>(NOW, vec![], dismiss(), PatientError::NoSuchPatient).await;
    refuses::<Patient>(NOW, vec![], name(2), PatientError::NoSuchPatient).await;
}

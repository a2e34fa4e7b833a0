//! An emergency access from its opening to the review.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::event::Event;
use crate::testing::{after, at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T06:30:00Z";
const LAST: &str = "2026-08-01T07:29:59.999999Z";
const OVER: &str = "2026-08-01T07:30:00Z";

const PATIENT: u128 = 2;
const CLINICIAN: u128 = 3;
const OFFICER: u128 = 9;

fn open_by(clinician: u128) -> EmergencyAccessCommand {
    EmergencyAccessCommand::Open(Open {
        access: id(1),
        subject: id(PATIENT),
        clinician: id(clinician),
        hospital: id(4),
        reason: EmergencyReason::UnableToConsent,
        explanation: text("unconscious on arrival"),
    })
}

fn opened() -> Vec<EmergencyAccessEvent> {
    let opened = Opened {
        access: id(1),
        subject: id(PATIENT),
        clinician: id(CLINICIAN),
        hospital: id(4),
        reason: EmergencyReason::UnableToConsent,
        until: at(OVER),
    };
    let explained = Explained {
        access: id(1),
        explanation: text("unconscious on arrival"),
    };
    vec![opened.into(), explained.into()]
}

fn closed() -> Vec<EmergencyAccessEvent> {
    let closed = Closed { access: id(1) };
    [opened(), vec![closed.into()]].concat()
}

fn close(by: u128) -> EmergencyAccessCommand {
    EmergencyAccessCommand::Close(Close { by: id(by) })
}

fn review(by: u128, justified: bool) -> EmergencyAccessCommand {
    EmergencyAccessCommand::Review(Review {
        by: id(by),
        justified,
        remark: text("as the ambulance's report says"),
    })
}

fn reviewed(justified: bool) -> Vec<EmergencyAccessEvent> {
    let reviewed = Reviewed {
        access: id(1),
        by: id(OFFICER),
        justified,
    };
    let remarked = Remarked {
        access: id(1),
        remark: text("as the ambulance's report says"),
    };
    vec![reviewed.into(), remarked.into()]
}

#[tokio::test]
async fn a_record_is_opened_for_an_hour_with_a_reason() {
    decides::<EmergencyAccess>(NOW, vec![], open_by(CLINICIAN), opened()).await;
    let error = EmergencyAccessError::AlreadyThere;
    refuses::<EmergencyAccess>(NOW, opened(), open_by(CLINICIAN), error).await;
    let error = EmergencyAccessError::OfOneself;
    refuses::<EmergencyAccess>(NOW, vec![], open_by(PATIENT), error).await;
}

#[test]
fn it_opens_one_record_to_one_reader_until_the_hour_is_up_or_it_is_closed() {
    let (patient, clinician) = (id(PATIENT), id(CLINICIAN));
    let open = after::<EmergencyAccess>(&opened());
    for (now, opens) in [(NOW, true), (LAST, true), (OVER, false)] {
        assert_eq!(open.opens(patient, clinician, at(now)), opens, "{now}");
        assert!(!open.opens(patient, id(OFFICER), at(now)));
        assert!(!open.opens(id(7), clinician, at(now)));
    }
    let closed = after::<EmergencyAccess>(&closed());
    assert!(!closed.opens(patient, clinician, at(NOW)));
    assert!(!EmergencyAccess::default().opens(patient, clinician, at(NOW)));
}

#[tokio::test]
async fn who_opened_it_closes_it_before_its_time() {
    let done = vec![Closed { access: id(1) }.into()];
    decides::<EmergencyAccess>(LAST, opened(), close(CLINICIAN), done).await;
    decides::<EmergencyAccess>(NOW, closed(), close(CLINICIAN), vec![]).await;
    for (now, known, by, error) in [
        (NOW, vec![], CLINICIAN, EmergencyAccessError::NoSuchAccess),
        (NOW, opened(), OFFICER, EmergencyAccessError::OfAnother),
        (NOW, opened(), PATIENT, EmergencyAccessError::OfAnother),
        (OVER, opened(), CLINICIAN, EmergencyAccessError::Over),
    ] {
        refuses::<EmergencyAccess>(now, known, close(by), error).await;
    }
}

#[tokio::test]
async fn it_is_reviewed_once_when_it_is_over_by_somebody_without_a_part_in_it() {
    for justified in [true, false] {
        let review = || review(OFFICER, justified);
        decides::<EmergencyAccess>(OVER, opened(), review(), reviewed(justified)).await;
        decides::<EmergencyAccess>(NOW, closed(), review(), reviewed(justified)).await;
    }
    let again = [closed(), reviewed(true)].concat();
    for (now, known, by, error) in [
        (NOW, vec![], OFFICER, EmergencyAccessError::NoSuchAccess),
        (LAST, opened(), OFFICER, EmergencyAccessError::StillOpen),
        (OVER, opened(), CLINICIAN, EmergencyAccessError::OwnPart),
        (OVER, opened(), PATIENT, EmergencyAccessError::OwnPart),
        (NOW, again, OFFICER, EmergencyAccessError::AlreadyReviewed),
    ] {
        refuses::<EmergencyAccess>(now, known, review(by, true), error).await;
    }
}

#[test]
fn what_people_wrote_is_the_patients_and_the_rest_stays_provable() {
    let events = [closed(), reviewed(false)].concat();
    let state = after::<EmergencyAccess>(&events);
    assert_eq!(state.subject(), Some(id(PATIENT)));
    for event in &events {
        let said = String::from_utf8_lossy(&event.to_payload()).into_owned();
        let written = said.contains("\"explanation\"") || said.contains("\"remark\"");
        assert_eq!(event.kind().privacy != Privacy::Operational, written);
    }
}

use super::*;
use crate::testing::{clock_at, id, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn record() -> AccessCommand {
    AccessCommand::Record(Record {
        access: id(1),
        subject: id(2),
        resource: text("appointments"),
        purpose: text("treatment"),
        consents: vec![id(3)],
        emergency: None,
    })
}

fn recorded() -> AccessEvent {
    Recorded {
        access: id(1),
        subject: id(2),
        resource: text("appointments"),
        purpose: text("treatment"),
        consents: vec![id(3)],
        emergency: None,
    }
    .into()
}

#[tokio::test]
async fn a_read_is_recorded() {
    clock_at::<Access>(NOW)
        .given_no_previous_events()
        .when_async(record())
        .await
        .then_expect_events(vec![recorded()]);
}

#[tokio::test]
async fn a_record_is_about_one_read() {
    clock_at::<Access>(NOW)
        .given(vec![recorded()])
        .when_async(record())
        .await
        .then_expect_error(AccessError::AlreadyRecorded);
}

#[test]
fn a_record_belongs_to_the_person_whose_data_was_read() {
    let mut access = Access::default();
    assert_eq!(access.subject(), None);
    access.evolve(&recorded());
    assert_eq!(Decider::subject(&access), Some(id(2)));
}

#[tokio::test]
async fn a_denied_try_is_recorded() {
    let denied = Denied {
        access: id(1),
        subject: id(2),
        action: text("read-patient"),
        resource: text("patient"),
    };
    clock_at::<Access>(NOW)
        .given_no_previous_events()
        .when_async(AccessCommand::Deny(Deny {
            access: id(1),
            subject: id(2),
            action: text("read-patient"),
            resource: text("patient"),
        }))
        .await
        .then_expect_events(vec![denied.into()]);
}

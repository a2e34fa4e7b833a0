use super::*;
use crate::testing::{clock_at, id, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn write(channel: Channel, address: Option<&str>) -> NoticeCommand {
    NoticeCommand::Write(Write {
        notice: id(1),
        recipient: id(2),
        kind: NoticeKind::AppointmentReminder,
        about: About::Appointment(id(3)),
        language: Language::Hindi,
        channel,
        address: address.map(text),
        title: text("Your appointment"),
        text: text("You have an appointment."),
    })
}

fn written(channel: Channel, address: Option<&str>) -> NoticeEvent {
    Written {
        notice: id(1),
        recipient: id(2),
        kind: NoticeKind::AppointmentReminder,
        about: Some(id(3)),
        emergency: None,
        export: None,
        language: Language::Hindi,
        channel,
        address: address.map(text),
        title: text("Your appointment"),
        text: text("You have an appointment."),
    }
    .into()
}

fn delivered() -> NoticeEvent {
    Delivered {
        notice: id(1),
        attempt: 2,
    }
    .into()
}

fn undeliverable() -> NoticeEvent {
    Undeliverable {
        notice: id(1),
        cause: text("address-refused"),
    }
    .into()
}

fn mark_delivered() -> NoticeCommand {
    NoticeCommand::MarkDelivered(MarkDelivered { attempt: 2 })
}

fn mark_undeliverable() -> NoticeCommand {
    NoticeCommand::MarkUndeliverable(MarkUndeliverable {
        cause: text("address-refused"),
    })
}

#[tokio::test]
async fn an_email_has_an_address_and_a_notice_in_the_app_has_none() {
    for (channel, address, refused) in [
        (Channel::Email, Some("asha@example.org"), None),
        (Channel::InApp, None, None),
        (Channel::Email, None, Some(NoticeError::AddressMissing)),
        (
            Channel::InApp,
            Some("asha@example.org"),
            Some(NoticeError::AddressNotNeeded),
        ),
    ] {
        let result = clock_at::<Notice>(NOW)
            .given_no_previous_events()
            .when_async(write(channel, address))
            .await;
        match refused {
            Some(error) => result.then_expect_error(error),
            None => result.then_expect_events(vec![written(channel, address)]),
        }
    }
}

#[tokio::test]
async fn a_notice_is_written_once() {
    for known in [vec![], vec![delivered()], vec![undeliverable()]] {
        clock_at::<Notice>(NOW)
            .given([vec![written(Channel::InApp, None)], known].concat())
            .when_async(write(Channel::InApp, None))
            .await
            .then_expect_error(NoticeError::AlreadyWritten);
    }
}

#[tokio::test]
async fn a_written_notice_is_delivered_or_given_up_and_then_stays_so() {
    let settled = || NoticeError::AlreadySettled;
    for (then, command, outcome) in [
        (None, mark_delivered(), Ok(vec![delivered()])),
        (None, mark_undeliverable(), Ok(vec![undeliverable()])),
        (Some(delivered()), mark_delivered(), Ok(vec![])),
        (Some(undeliverable()), mark_undeliverable(), Ok(vec![])),
        (Some(delivered()), mark_undeliverable(), Err(settled())),
        (Some(undeliverable()), mark_delivered(), Err(settled())),
    ] {
        let known = [Some(written(Channel::InApp, None)), then];
        let result = clock_at::<Notice>(NOW)
            .given(known.into_iter().flatten().collect())
            .when_async(command)
            .await;
        match outcome {
            Ok(events) => result.then_expect_events(events),
            Err(error) => result.then_expect_error(error),
        }
    }
}

#[tokio::test]
async fn what_was_never_written_cannot_arrive() {
    for command in [mark_delivered(), mark_undeliverable()] {
        clock_at::<Notice>(NOW)
            .given_no_previous_events()
            .when_async(command)
            .await
            .then_expect_error(NoticeError::NoSuchNotice);
    }
}

#[test]
fn a_notice_belongs_to_its_recipient() {
    let mut notice = Notice::default();
    notice.evolve(&written(Channel::InApp, None));
    assert_eq!(Decider::subject(&notice), Some(id(2)));
}

#[test]
fn stored_names_are_those_in_json() {
    for channel in [Channel::InApp, Channel::Email] {
        assert_eq!(serde_json::json!(channel), channel.name());
    }
    for status in [
        NoticeStatus::Pending,
        NoticeStatus::Delivered,
        NoticeStatus::Undeliverable,
    ] {
        assert_eq!(serde_json::json!(status), status.name());
    }
    let kind = NoticeKind::AppointmentReminder;
    assert_eq!(serde_json::json!(kind), kind.name());
}

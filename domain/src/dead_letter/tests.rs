use super::*;
use crate::testing::{clock_at, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn verdict(position: u64) -> Verdict {
    Verdict {
        consumer: text("reminder"),
        stream: text("appointment-1"),
        position,
        reason: text("the fault is mended"),
    }
}

fn retried(position: u64) -> DeadLetterEvent {
    let Verdict {
        consumer,
        stream,
        position,
        reason,
    } = verdict(position);
    Retried {
        consumer,
        stream,
        position,
        reason,
    }
    .into()
}

fn skipped(position: u64) -> DeadLetterEvent {
    let Verdict {
        consumer,
        stream,
        position,
        reason,
    } = verdict(position);
    Skipped {
        consumer,
        stream,
        position,
        reason,
    }
    .into()
}

#[tokio::test]
async fn a_parked_event_can_be_retried_often_and_then_skipped() {
    for known in [
        vec![],
        vec![retried(7)],
        vec![retried(7), retried(7)],
        vec![skipped(6)],
    ] {
        clock_at::<DeadLetter>(NOW)
            .given(known.clone())
            .when_async(DeadLetterCommand::Retry(verdict(7)))
            .await
            .then_expect_events(vec![retried(7)]);
        clock_at::<DeadLetter>(NOW)
            .given(known)
            .when_async(DeadLetterCommand::Skip(verdict(7)))
            .await
            .then_expect_events(vec![skipped(7)]);
    }
}

#[tokio::test]
async fn what_was_skipped_stays_skipped() {
    for position in [1, 7] {
        for command in [DeadLetterCommand::Retry, DeadLetterCommand::Skip] {
            clock_at::<DeadLetter>(NOW)
                .given(vec![skipped(7)])
                .when_async(command(verdict(position)))
                .await
                .then_expect_error(DeadLetterError::AlreadySkipped);
        }
    }
}

#[tokio::test]
async fn there_is_no_event_before_the_first() {
    clock_at::<DeadLetter>(NOW)
        .given_no_previous_events()
        .when_async(DeadLetterCommand::Skip(verdict(0)))
        .await
        .then_expect_error(DeadLetterError::NoSuchPosition);
}

#[test]
fn a_dead_letter_is_named_by_consumer_and_stream() {
    let id = DeadLetterId {
        consumer: text("reminder"),
        stream: text("appointment-1"),
    };
    assert_eq!(
        DeadLetter::stream(&id),
        "dead-letter-reminder:appointment-1"
    );
}

//! A patient's feedback on one visit.

use super::*;
use crate::testing::{after, decides, id, number, refuses, text};

const NOW: &str = "2026-08-04T12:00:00Z";

fn give(rating: u64, comment: Option<&str>) -> Give {
    Give {
        appointment: id(1),
        patient: id(2),
        doctor: id(3),
        hospital: id(4),
        rating: number(rating),
        comment: comment.map(text),
    }
}

fn given(rating: u64, comment: Option<&str>) -> FeedbackEvent {
    Given {
        appointment: id(1),
        patient: id(2),
        doctor: id(3),
        hospital: id(4),
        rating: number(rating),
        comment: comment.map(text),
    }
    .into()
}

#[tokio::test]
async fn a_patient_gives_stars_and_words_if_they_want_to() {
    for (rating, comment) in [(1, None), (5, Some("ਬਹੁਤ ਵਧੀਆ\nthank you"))] {
        let events = vec![given(rating, comment)];
        decides::<Feedback>(NOW, vec![], give(rating, comment), events).await;
    }
}

#[tokio::test]
async fn feedback_is_given_once() {
    refuses::<Feedback>(
        NOW,
        vec![given(5, None)],
        give(1, Some("after all")),
        FeedbackError::FeedbackAlreadyGiven,
    )
    .await;
}

#[test]
fn feedback_belongs_to_who_gave_it() {
    assert_eq!(Decider::subject(&Feedback::default()), None);
    let feedback: Feedback = after(&[given(4, None)]);
    assert_eq!(Decider::subject(&feedback), Some(id(2)));
}

/// What a patient wrote about a visit must not end in a log.
#[test]
fn a_comment_does_not_show() {
    let shown = format!("{:?}", given(1, Some("canary")));
    assert!(!shown.contains("canary"), "{shown}");
}

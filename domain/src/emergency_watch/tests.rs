//! How many records somebody has open.

use proptest::prelude::*;

use super::*;
use crate::testing::{after, at, decides, id, refuses};

const NOW: &str = "2026-08-01T06:30:00Z";
const OVER: &str = "2026-08-01T07:30:00Z";

fn begin(number: u128) -> EmergencyWatchCommand {
    EmergencyWatchCommand::Begin(Begin {
        clinician: id(3),
        access: id(100 + number),
        subject: id(200 + number),
    })
}

fn begun(number: u128, now: &str) -> EmergencyWatchEvent {
    Begun {
        clinician: id(3),
        access: id(100 + number),
        subject: id(200 + number),
        until: at(now) + LASTS,
    }
    .into()
}

fn end(number: u128) -> EmergencyWatchCommand {
    EmergencyWatchCommand::End(End {
        access: id(100 + number),
    })
}

fn ended(number: u128) -> EmergencyWatchEvent {
    Ended {
        clinician: id(3),
        access: id(100 + number),
    }
    .into()
}

#[tokio::test]
async fn five_records_are_open_at_most_and_none_twice() {
    let mut known = Vec::new();
    for number in 0..5 {
        let happens = vec![begun(number, NOW)];
        decides::<EmergencyWatch>(NOW, known.clone(), begin(number), happens).await;
        known.push(begun(number, NOW));
    }
    let error = EmergencyWatchError::TooManyOpen;
    refuses::<EmergencyWatch>(NOW, known.clone(), begin(5), error).await;
    let error = EmergencyWatchError::AlreadyOpen;
    refuses::<EmergencyWatch>(NOW, known.clone(), begin(4), error).await;
    // When the hour is up, or one is closed, there is room.
    let later = vec![begun(4, OVER)];
    decides::<EmergencyWatch>(OVER, known.clone(), begin(4), later).await;
    let closed = [known, vec![ended(2)]].concat();
    decides::<EmergencyWatch>(NOW, closed.clone(), begin(2), vec![begun(2, NOW)]).await;
    decides::<EmergencyWatch>(NOW, closed, begin(5), vec![begun(5, NOW)]).await;
}

#[tokio::test]
async fn what_is_not_open_needs_no_end() {
    decides::<EmergencyWatch>(NOW, vec![], end(1), vec![]).await;
    let known = vec![begun(1, NOW)];
    decides::<EmergencyWatch>(NOW, known.clone(), end(2), vec![]).await;
    decides::<EmergencyWatch>(NOW, known.clone(), end(1), vec![ended(1)]).await;
    let ended = [known, vec![ended(1)]].concat();
    decides::<EmergencyWatch>(NOW, ended.clone(), end(1), vec![]).await;
    assert_eq!(after::<EmergencyWatch>(&ended).open, []);
}

proptest! {
    /// Whatever is opened and closed, and however long it takes.
    #[test]
    fn nobody_ever_has_more_open(steps in prop::collection::vec((0u128..9, 0i64..40, any::<bool>()), 0..80)) {
        let (mut now, mut watch) = (at(NOW), EmergencyWatch::default());
        for (number, minutes, opens) in steps {
            now += chrono::TimeDelta::minutes(minutes);
            let command = if opens { begin(number) } else { end(number) };
            for event in watch.decide(command, now).unwrap_or_default() {
                watch.evolve(&event);
            }
            let open: Vec<_> = watch.open.iter().filter(|record| now < record.until).collect();
            prop_assert!(open.len() <= MOST_OPEN && watch.open.len() <= MOST_OPEN);
            let people: std::collections::BTreeSet<_> = open.iter().map(|record| record.subject).collect();
            prop_assert_eq!(people.len(), open.len());
        }
    }
}

#![allow(clippy::unwrap_used)]

use super::*;
use crate::testing::{at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";
const LATER: &str = "2026-09-01T00:00:00Z";

fn place(until: Option<&str>) -> LegalHoldCommand {
    LegalHoldCommand::Place(Place {
        person: id(1),
        basis: text("litigation"),
        until: until.map(at),
    })
}

fn placed(until: Option<&str>) -> LegalHoldEvent {
    Placed {
        person: id(1),
        basis: text("litigation"),
        until: until.map(at),
    }
    .into()
}

fn lift() -> LegalHoldCommand {
    LegalHoldCommand::Lift(Lift {
        reason: text("case-closed"),
    })
}

fn lifted() -> LegalHoldEvent {
    Lifted {
        person: id(1),
        reason: text("case-closed"),
    }
    .into()
}

#[tokio::test]
async fn a_hold_lasts_until_its_time_or_until_it_is_lifted() {
    type Hold = LegalHold;
    decides::<Hold>(NOW, vec![], place(None), vec![placed(None)]).await;
    decides::<Hold>(NOW, vec![placed(None)], lift(), vec![lifted()]).await;
    decides::<Hold>(
        NOW,
        vec![placed(None), lifted()],
        place(None),
        vec![placed(None)],
    )
    .await;
    // It ran out by itself.
    let over = vec![placed(Some(NOW))];
    decides::<Hold>(
        NOW,
        over.clone(),
        place(Some(LATER)),
        vec![placed(Some(LATER))],
    )
    .await;
    refuses::<Hold>(NOW, over, lift(), LegalHoldError::NotPlaced).await;
}

#[tokio::test]
async fn one_hold_at_a_time_and_none_in_the_past() {
    type Hold = LegalHold;
    let held = vec![placed(Some(LATER))];
    refuses::<Hold>(NOW, held, place(None), LegalHoldError::AlreadyPlaced).await;
    refuses::<Hold>(NOW, vec![], place(Some(NOW)), LegalHoldError::EndsInPast).await;
    refuses::<Hold>(NOW, vec![], lift(), LegalHoldError::NotPlaced).await;
}

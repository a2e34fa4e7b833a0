use super::*;
use crate::testing::{clock_at, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn rebuild(generation: u32) -> ReadModelCommand {
    ReadModelCommand::Rebuild(Rebuild {
        model: text("hospital"),
        generation,
        reason: text("a fault in the fold is mended"),
    })
}

fn requested(generation: u32) -> ReadModelEvent {
    RebuildRequested {
        model: text("hospital"),
        generation,
        reason: text("a fault in the fold is mended"),
    }
    .into()
}

#[tokio::test]
async fn each_generation_is_built_anew_at_most_once() {
    for known in [vec![], vec![requested(6)]] {
        clock_at::<ReadModel>(NOW)
            .given(known)
            .when_async(rebuild(7))
            .await
            .then_expect_events(vec![requested(7)]);
    }
    // Also one that was read when somebody looked long ago.
    for generation in [6, 7] {
        clock_at::<ReadModel>(NOW)
            .given(vec![requested(7)])
            .when_async(rebuild(generation))
            .await
            .then_expect_error(ReadModelError::AlreadyRequested);
    }
}

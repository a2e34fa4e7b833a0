//! Whether the read models are what a replay of the whole log gives.

use std::time::{Duration, Instant};

use medilink_log::{EventCodec, Position};
use medilink_projections::{Checkpoints, Projector};

use crate::platform::Platform;

/// Waits until nothing more is appended and every read model has everything; returns the
/// log's head.
///
/// # Panics
/// When that takes longer than `limit`.
pub async fn settle(platform: &Platform, limit: Duration) -> Position {
    let started = Instant::now();
    let checkpoints = Checkpoints::new(platform.app());
    let log = platform.log();
    let mut quiet: Option<(Position, Instant)> = None;
    loop {
        let head = log.head().await.unwrap();
        let models = checkpoints.behind().await.unwrap();
        let caught_up = !models.is_empty() && models.iter().all(|model| model.position >= head);
        match quiet {
            Some((known, since)) if known == head && caught_up => {
                if since.elapsed() > Duration::from_secs(1) {
                    assert!(
                        models.iter().all(|model| model.parked == 0),
                        "a projection gave up on an event: {models:?}"
                    );
                    return head;
                }
            }
            _ => quiet = caught_up.then(|| (head, Instant::now())),
        }
        assert!(
            started.elapsed() < limit,
            "not settled at {head}: {models:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compared {
    /// How many read models.
    pub models: usize,
    /// How many rows they have.
    pub rows: usize,
}

/// Compares the live rows of every read model with those of a rebuild from the first event on.
///
/// # Panics
/// When they differ.
pub async fn assert_read_models_equal_their_replay(platform: &Platform) -> Compared {
    let head = settle(platform, Duration::from_secs(90)).await;
    let projector = Projector::new(
        platform.projector(),
        EventCodec::new(platform.vault().await),
        None,
    );
    let mut compared = Compared::default();
    for name in projector.names() {
        let (at, live) = projector.rows_clear(name).await.unwrap();
        assert_eq!(
            projector.rebuild(name).await.unwrap(),
            head,
            "{name}: the log grew while it was to be quiet"
        );
        let (again, rebuilt) = projector.rows_clear(name).await.unwrap();
        assert_eq!((at, again), (head, head), "{name}");
        // Not assert_eq: the rows hold what nobody wants to scroll through.
        assert_eq!(
            live.len(),
            rebuilt.len(),
            "{name}: live and rebuilt have different numbers of rows"
        );
        for (live, rebuilt) in live.iter().zip(&rebuilt) {
            assert_eq!(live, rebuilt, "{name}: a live row is not what the log says");
        }
        compared.models += 1;
        compared.rows += live.len();
    }
    compared
}

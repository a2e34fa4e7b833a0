//! Failures are told when the slowest of them could be: how long one took tells nothing.

use std::time::Duration;

use tokio::time::Instant;

/// The earliest that a failure is told: longer than any of them takes on an idle machine.
pub(super) const FLOOR: Duration = Duration::from_millis(300);

/// What is asked, not before [`FLOOR`].
pub(super) async fn no_earlier<T>(asked: impl Future<Output = T>) -> T {
    tokio::join!(asked, tokio::time::sleep(FLOOR)).0
}

/// A refusal not before [`FLOOR`]; whoever is let in need not wait.
pub(super) async fn no_earlier_if_refused<T, E>(
    asked: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let earliest = Instant::now() + FLOOR;
    let outcome = asked.await;
    if outcome.is_err() {
        tokio::time::sleep_until(earliest).await;
    }
    outcome
}

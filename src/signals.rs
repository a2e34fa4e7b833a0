//! Ctrl-C and SIGTERM as one cancellation.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::outcome::Outcome;

/// A token that the first SIGINT, SIGTERM or SIGHUP cancels; a second SIGINT or SIGTERM ends
/// the process at once, for someone who has waited long enough.
///
/// # Errors
/// When the handlers can't be installed.
pub fn stop_signal() -> Outcome<CancellationToken> {
    let (mut interrupt, mut terminate, mut hangup) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
    );
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    // Lives as long as the process, as signals do.
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        cancel.cancel();
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(130);
    });
    Ok(stop)
}

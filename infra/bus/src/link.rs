//! What a connection tells of itself: whether it is up, and what its user may not do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_nats::{Event, ServerError};
use tokio::sync::{broadcast, watch};

/// Whether the broker can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Connected; the number grows with each new connection.
    Up(u64),
    /// Away, with the last reason that was seen.
    Down(String),
}

/// nats-server said that the user may not do this.
#[derive(Clone, Debug)]
pub(crate) struct Denial {
    pub(crate) action: &'static str,
    pub(crate) subject: String,
}

/// Where the client's events go.
#[derive(Clone)]
pub(crate) struct EventSink {
    link: Arc<watch::Sender<Link>>,
    denials: broadcast::Sender<Denial>,
    user: Arc<str>,
}

impl EventSink {
    pub(crate) fn new(
        user: &str,
        link: watch::Sender<Link>,
        denials: broadcast::Sender<Denial>,
    ) -> Self {
        Self {
            link: Arc::new(link),
            denials,
            user: user.into(),
        }
    }

    pub(crate) fn take(&self, event: &Event) {
        match event {
            Event::Connected => {
                // Numbers only grow, and only this callback writes: the client calls it for
                // one event at a time.
                let number = CONNECTIONS.fetch_add(1, Ordering::Relaxed) + 1;
                self.link.send_replace(Link::Up(number));
                metrics::gauge!("medilink_bus_up", "user" => self.user.to_string()).set(1.0);
                tracing::info!(user = %self.user, "connected to the broker");
            }
            Event::Disconnected => self.down("the connection was lost"),
            Event::Closed => self.down("the connection was closed"),
            Event::ServerError(ServerError::AuthorizationViolation) => {
                self.down("it refuses this user or its password");
            }
            Event::ServerError(error) => self.server_error(&error.to_string()),
            // Tells of each vain attempt to connect.
            Event::ClientError(error) => self.vain(&error.to_string()),
            Event::SlowConsumer(_) | Event::LameDuckMode | Event::Draining => {
                tracing::warn!(user = %self.user, %event, "the broker's connection reports");
            }
        }
    }

    fn down(&self, reason: &str) {
        self.link.send_replace(Link::Down(reason.to_owned()));
        metrics::gauge!("medilink_bus_up", "user" => self.user.to_string()).set(0.0);
        tracing::warn!(user = %self.user, reason, "the broker is away");
    }

    /// Keeps the reason why it can't connect, without a log line for each attempt.
    fn vain(&self, reason: &str) {
        let changed = self.link.send_if_modified(|link| match link {
            Link::Down(known) if known != reason => {
                reason.clone_into(known);
                true
            }
            Link::Down(_) | Link::Up(_) => false,
        });
        if changed {
            tracing::warn!(user = %self.user, reason, "the broker can't be reached");
        }
    }

    fn server_error(&self, text: &str) {
        match denial(text) {
            Some(denial) => {
                metrics::counter!("medilink_bus_denied_total", "user" => self.user.to_string())
                    .increment(1);
                tracing::error!(
                    user = %self.user, subject = denial.subject,
                    "nats.conf does not let this user {} this subject", denial.action
                );
                // No one waits for it: the log line has said it.
                let _ = self.denials.send(denial);
            }
            None => tracing::warn!(user = %self.user, error = text, "the broker reports an error"),
        }
    }
}

static CONNECTIONS: AtomicU64 = AtomicU64::new(0);

/// Reads `Permissions Violation for Publish to "x"` and `… for Subscription to "x"`.
fn denial(text: &str) -> Option<Denial> {
    let lower = text.to_ascii_lowercase();
    let action = if lower.contains("permissions violation for publish to") {
        "publish to"
    } else if lower.contains("permissions violation for subscription to") {
        "subscribe to"
    } else {
        return None;
    };
    let subject = text.split('"').nth(1).unwrap_or_default().to_owned();
    Some(Denial { action, subject })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_violation_is_told_from_other_errors() {
        let found = denial("Permissions Violation for Publish to \"$JS.API.STREAM.DELETE.EVENTS\"");
        assert!(found.is_some_and(
            |d| d.subject == "$JS.API.STREAM.DELETE.EVENTS" && d.action == "publish to"
        ));
        assert!(denial("maximum connections exceeded").is_none());
    }
}

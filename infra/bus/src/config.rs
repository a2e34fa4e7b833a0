//! What an operator can set.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::error::BusError;

/// Where the broker is and who we are there.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusConfig {
    /// `nats://host:port`, or several of one cluster separated by commas; `tls://` asks for
    /// an encrypted connection.
    pub url: String,
    /// The user of this role in nats.conf: `relay`, `projector`, `worker`, `gateway` or
    /// `operator`.
    pub user: String,
    /// Its password.
    #[serde(default)]
    pub password: String,
    /// A PEM file with the authority that signed the broker's certificate. Setting it makes
    /// TLS mandatory.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// How long one request to the broker may take, in milliseconds.
    #[serde(default = "default_request_ms")]
    pub request_ms: u64,
}

const fn default_request_ms() -> u64 {
    5_000
}

impl BusConfig {
    /// The defaults for one user of a broker at this URL.
    pub fn at(
        url: impl Into<String>,
        user: impl Into<String>,
        password: impl Into<String>,
    ) -> Self {
        Self {
            url: url.into(),
            user: user.into(),
            password: password.into(),
            ca: None,
            request_ms: default_request_ms(),
        }
    }

    pub(crate) const fn request(&self) -> Duration {
        Duration::from_millis(self.request_ms)
    }
}

impl fmt::Debug for BusConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the password nor the URL, which may hold one.
        f.debug_struct("BusConfig")
            .field("user", &self.user)
            .field("ca", &self.ca)
            .field("request_ms", &self.request_ms)
            .finish_non_exhaustive()
    }
}

/// How the relay fills the stream and how much of the log the stream keeps.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelayConfig {
    /// The most messages of one atomic batch, from 1 to 1000; the broker syncs a batch of any
    /// size once.
    pub batch_events: usize,
    /// The most bytes of one atomic batch.
    pub batch_bytes: usize,
    /// The longest the relay sleeps before it looks at the log's head by itself, in
    /// milliseconds.
    pub poll_ms: u64,
    /// How far apart batches that are not full are at least, in milliseconds. The first event
    /// after a pause doesn't wait; in a steady stream, a batch for each would cost the broker a
    /// sync each.
    pub pace_ms: u64,
    /// How often an idle relay makes sure that the stream is still there, in milliseconds.
    pub check_ms: u64,
    /// How old a message may become in the stream, in seconds; 0 keeps it until
    /// `max_bytes`. Consumers read older events from PostgreSQL.
    pub max_age_seconds: u64,
    /// How large the stream may become before its oldest messages go; -1 is unlimited.
    pub max_bytes: i64,
    /// How many servers of a cluster keep the stream, from 1 to 5.
    pub replicas: usize,
    /// How many of the newest events a lost stream is refilled with.
    pub refill_events: u64,
}

/// The most messages that JetStream takes in one atomic batch (ADR-50).
const BATCH_EVENTS: usize = 1_000;
/// The most servers that JetStream keeps one stream on.
const REPLICAS: usize = 5;

impl RelayConfig {
    /// What the broker would refuse only later, batch by batch.
    pub(crate) fn check(&self) -> Result<(), BusError> {
        let fault = if !(1..=BATCH_EVENTS).contains(&self.batch_events) {
            format!("relay.batch_events must be from 1 to {BATCH_EVENTS}")
        } else if self.batch_bytes == 0 {
            "relay.batch_bytes must be at least 1".to_owned()
        } else if !(1..=REPLICAS).contains(&self.replicas) {
            format!("relay.replicas must be from 1 to {REPLICAS}")
        } else {
            return Ok(());
        };
        Err(BusError::Settings(fault))
    }
}

impl Default for RelayConfig {
    fn default() -> Self {
        Self {
            batch_events: BATCH_EVENTS,
            batch_bytes: 4 << 20,
            poll_ms: 100,
            pace_ms: 10,
            check_ms: 2_000,
            max_age_seconds: 14 * 24 * 3_600,
            max_bytes: -1,
            replicas: 1,
            refill_events: 1_000_000,
        }
    }
}

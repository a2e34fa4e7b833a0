//! What can be set about the gateway.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use medilink_commands::sign_in::SignInConfig;
use serde::{Deserialize, Serialize};

/// The settings of one gateway process.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GatewayConfig {
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where `/metrics` is served. Absent: on the main address. Set it to an address of the
    /// inner network when the main one faces the world.
    pub metrics_listen: Option<SocketAddr>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether callers reach us over HTTPS, so that browsers may be told to keep to it.
    pub behind_https: bool,
    /// The folder that the web application was built into; absent: none is served.
    pub web: Option<PathBuf>,
    /// What one request, caller or process may use.
    pub limits: Limits,
    /// How people sign in, and for how long.
    pub sign_in: SignInConfig,
}

/// What one request, caller or process may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body_bytes: usize,
    /// How long a body may take to arrive, in milliseconds.
    pub body_ms: u64,
    /// How long one request may take in all, in milliseconds.
    pub request_ms: u64,
    /// How many requests may be under way at once.
    pub concurrent_requests: usize,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How long a connection may be idle, in milliseconds.
    pub idle_ms: u64,
    /// How many requests a signed-in person may make a second, in the long run.
    pub person_per_second: u32,
    /// How many requests a signed-in person may make at once before that counts.
    pub person_burst: u32,
    /// How many requests an address may make a second, in the long run.
    pub address_per_second: u32,
    /// How many requests an address may make at once before that counts.
    pub address_burst: u32,
    /// How many sign-ins, registrations and the like an address may ask for a second, in the
    /// long run. A hospital's staff come from one address, all at eight o'clock.
    pub visitor_per_second: u32,
    /// How many of those an address may ask for at once before that counts.
    pub visitor_burst: u32,
    /// How many callers are told apart; more share what is left.
    pub callers: usize,
    /// How long a read waits for `Medilink-Min-Position`, in milliseconds.
    pub position_wait_ms: u64,
    /// How many event streams may be open in this process.
    pub streams: usize,
    /// How many event streams one person may have open.
    pub streams_per_person: usize,
    /// How long an event stream may stay silent before a heartbeat, in milliseconds.
    pub heartbeat_ms: u64,
    /// How long requests under way may take to end when the gateway stops, in milliseconds.
    pub drain_ms: u64,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_listen: None,
            trusted_proxies: Vec::new(),
            behind_https: false,
            web: None,
            limits: Limits::default(),
            sign_in: SignInConfig::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            body_ms: 15_000,
            request_ms: 30_000,
            concurrent_requests: 1_024,
            connections: 4_096,
            idle_ms: 75_000,
            person_per_second: 50,
            person_burst: 1_000,
            address_per_second: 500,
            address_burst: 5_000,
            visitor_per_second: 5,
            visitor_burst: 500,
            callers: 100_000,
            position_wait_ms: 3_000,
            streams: 1_000,
            streams_per_person: 4,
            heartbeat_ms: 15_000,
            drain_ms: 10_000,
        }
    }
}

/// A setting in milliseconds as a duration.
pub(crate) const fn millis(value: u64) -> Duration {
    Duration::from_millis(value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let error =
            serde_json::from_str::<GatewayConfig>(r#"{"limits":{"body_byte":1}}"#).unwrap_err();
        assert!(error.to_string().contains("body_byte"), "{error}");
    }

    #[test]
    fn one_setting_can_be_changed_alone() {
        let config: GatewayConfig =
            serde_json::from_str(r#"{"limits":{"body_bytes":10}}"#).unwrap();
        assert_eq!(config.limits.body_bytes, 10);
        assert_eq!(config.limits.callers, Limits::default().callers);
    }
}

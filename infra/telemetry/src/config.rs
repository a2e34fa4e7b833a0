//! What can be set about telemetry.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    #[default]
    Json,
    /// Text for people at a terminal.
    Plain,
}

/// What this process tells the outside about itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// The name under which traces and metrics appear.
    pub service: String,
    /// How log lines look.
    pub format: LogFormat,
    /// Which lines are logged, as `tracing-subscriber` directives. Only MediLink's own
    /// targets can go below INFO.
    pub filter: String,
    /// The base URL of an OTLP/HTTP collector such as `http://127.0.0.1:4318`; traces are
    /// sent to `/v1/traces` there. Absent: trace ids still flow, nothing is sent.
    pub otlp_endpoint: Option<String>,
    /// The share of traces that is recorded when the caller did not decide, from 0 to 1.
    pub sample_ratio: f64,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            service: "medilink".to_owned(),
            format: LogFormat::default(),
            filter: "info".to_owned(),
            otlp_endpoint: None,
            sample_ratio: 1.0,
        }
    }
}

/// Where `/metrics` of the parts is that serve nothing else; the gateway has a setting of its own.
/// Absent: nowhere. Addresses of the inner network: whoever reaches them may read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// The projector's.
    pub projector: Option<SocketAddr>,
    /// The relay's.
    pub relay: Option<SocketAddr>,
    /// The worker's.
    pub worker: Option<SocketAddr>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let error = serde_json::from_str::<TelemetryConfig>(r#"{"servce":"x"}"#).unwrap_err();
        assert!(error.to_string().contains("servce"));
    }

    #[test]
    fn every_setting_has_a_default() {
        let config: TelemetryConfig = serde_json::from_str("{}").unwrap();
        assert_eq!(config.format, LogFormat::Json);
        assert!(config.otlp_endpoint.is_none());
    }
}

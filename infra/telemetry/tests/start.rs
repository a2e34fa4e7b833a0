//! The whole of telemetry in one process: it can be started once.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use medilink_telemetry::{Telemetry, TelemetryConfig, TelemetryError};

#[test]
fn one_process_starts_telemetry_once_and_renders_its_metrics() {
    let config = TelemetryConfig::default();
    let telemetry = Telemetry::start(&config).unwrap();
    metrics::counter!("medilink_things_total").increment(2);
    let text = telemetry.meters().render();
    assert!(
        text.contains(r#"medilink_things_total{service="medilink"} 2"#),
        "{text}"
    );
    assert!(matches!(
        Telemetry::start(&config),
        Err(TelemetryError::AlreadyStarted)
    ));
    telemetry.shutdown();
}

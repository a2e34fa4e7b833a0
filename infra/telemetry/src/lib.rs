//! Structured logs, traces and metrics, none of which holds personal data.
//!
//! [`Telemetry::start`] is called once, first thing in `main`; what it returns is kept until
//! the end and flushes when dropped. Everything else in the workspace logs with `tracing`,
//! measures with `metrics`, and carries a trace over the log and the broker with
//! [`current_traceparent`] and [`span_from_traceparent`].
//!
//! How personal data is kept out:
//! - our own code logs identifiers, counts and codes; payloads are never a field;
//! - other crates may not log below INFO whatever the filter says ([`logs`]): their debug
//!   output quotes statements, headers and bodies;
//! - a panic is logged by its place alone, never by its message ([`panics`]);
//! - metric labels are route patterns and names out of fixed sets, never paths or ids.

mod config;
mod logs;
mod meters;
mod panics;
mod trace;

use opentelemetry_sdk::trace::SdkTracerProvider;
use thiserror::Error;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use config::{LogFormat, MetricsConfig, TelemetryConfig};
pub use meters::Meters;
pub use trace::{current_trace_id, current_traceparent, span_from_traceparent};

/// Why telemetry can't start.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The log filter can't be read.
    #[error("the log filter can't be read ({0}); write it like `info,medilink_log=debug`")]
    Filter(String),
    /// The OTLP endpoint can't be used.
    #[error("the OTLP endpoint can't be used ({0}); write it like http://127.0.0.1:4318")]
    Endpoint(String),
    /// The sampling ratio is no share.
    #[error("the trace sampling ratio is {0}; it must be from 0 to 1")]
    Ratio(f64),
    /// A second start in one process.
    #[error("telemetry has been started in this process before")]
    AlreadyStarted,
    /// The thread that keeps the histograms small can't be started.
    #[error("a thread can't be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// The running telemetry of a process; dropping it flushes what is pending.
#[derive(Debug)]
pub struct Telemetry {
    meters: Meters,
    tracer: SdkTracerProvider,
}

impl Telemetry {
    /// Installs the process-wide log subscriber, tracer, metrics recorder and panic hook.
    ///
    /// # Errors
    /// [`TelemetryError`] when a setting is wrong or telemetry is already running; nothing
    /// is installed then.
    pub fn start(config: &TelemetryConfig) -> Result<Self, TelemetryError> {
        let filter = logs::filter(&config.filter)?;
        let tracer = trace::provider(config)?;
        let subscriber = tracing_subscriber::registry()
            .with(filter)
            .with(logs::guard())
            .with(trace::layer(&tracer))
            .with(logs::layer(config.format, std::io::stderr));
        subscriber
            .try_init()
            .map_err(|_| TelemetryError::AlreadyStarted)?;
        trace::install_propagator();
        let meters = Meters::install(&config.service)?;
        panics::install();
        Ok(Self { meters, tracer })
    }

    /// The metrics of this process, for whoever serves them.
    pub fn meters(&self) -> Meters {
        self.meters.clone()
    }

    /// Sends what is pending and stops. Dropping does the same; this makes the moment explicit.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        // Bounded by the exporter's own timeout, so a collector that is away can't hang us.
        if let Err(error) = self.tracer.shutdown() {
            tracing::warn!(%error, "the last traces could not be sent");
        }
        self.meters.stop();
    }
}

//! Metrics: one Prometheus recorder per process, read with [`Meters::render`].

use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::TelemetryError;

/// Upper bounds of the buckets of every `…_seconds` histogram: from one statement on the
/// local socket to the longest request allowed.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];

/// How often samples are moved out of the histograms' buffers when nobody scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

/// The metrics of this process. Cheap to clone.
#[derive(Clone)]
pub struct Meters {
    handle: PrometheusHandle,
    upkeep: Arc<Mutex<Option<Upkeep>>>,
}

struct Upkeep {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meters")
    }
}

impl Meters {
    /// Installs the recorder of this process.
    pub(crate) fn install(service: &str) -> Result<Self, TelemetryError> {
        let recorder = builder()?
            .add_global_label("service", service)
            .build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| TelemetryError::AlreadyStarted)?;
        let upkeep = Upkeep::start(handle.clone())?;
        Ok(Self {
            handle,
            upkeep: Arc::new(Mutex::new(Some(upkeep))),
        })
    }

    /// Metrics that record nothing process-wide: for a part under test that needs some.
    pub fn detached() -> Self {
        Self {
            handle: PrometheusBuilder::new().build_recorder().handle(),
            upkeep: Arc::new(Mutex::new(None)),
        }
    }

    /// All metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    pub(crate) fn stop(&self) {
        let upkeep = self
            .upkeep
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(upkeep) = upkeep {
            upkeep.stop();
        }
    }
}

fn builder() -> Result<PrometheusBuilder, TelemetryError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        // Only an empty list of buckets is refused, and ours is a constant.
        .map_err(|error| TelemetryError::Filter(error.to_string()))
}

impl Upkeep {
    fn start(handle: PrometheusHandle) -> Result<Self, TelemetryError> {
        let (stop, stopped) = sync_channel::<()>(1);
        // A thread rather than a task: metrics must outlive any one runtime.
        let thread = std::thread::Builder::new()
            .name("meters".to_owned())
            .spawn(move || {
                while stopped.recv_timeout(UPKEEP) == Err(RecvTimeoutError::Timeout) {
                    handle.run_upkeep();
                }
            })?;
        Ok(Self { stop, thread })
    }

    fn stop(self) {
        drop(self.stop);
        // The thread has nothing that can panic but the exporter; a panic there is logged by
        // the hook already.
        let _ = self.thread.join();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn latencies_are_histograms_with_buckets() {
        let recorder = builder().unwrap().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            metrics::histogram!("medilink_test_seconds", "route" => "/v1/patients/{id}")
                .record(0.003);
        });
        let text = handle.render();
        assert!(
            text.contains(
                r#"medilink_test_seconds_bucket{route="/v1/patients/{id}",le="0.005"} 1"#
            ),
            "{text}"
        );
        assert!(text.contains(r#"le="0.0025"} 0"#), "{text}");
    }

    #[test]
    fn upkeep_ends_when_told_to() {
        let handle = builder().unwrap().build_recorder().handle();
        let upkeep = Upkeep::start(handle).unwrap();
        let started = std::time::Instant::now();
        upkeep.stop();
        assert!(started.elapsed() < UPKEEP);
    }
}

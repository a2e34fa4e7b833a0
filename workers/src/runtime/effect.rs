//! Carrying out one effect: within its time, without taking anyone else down, and seen by
//! traces and metrics.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt;
use medilink_log::RecordedEvent;
use tracing::{Instrument, Span};

use crate::job::JobError;

/// The span of what a job does because of an event; part of that event's trace.
pub(crate) fn span(job: &'static str, event: &RecordedEvent) -> Span {
    let span = tracing::info_span!("job", job, cause = event.position.0);
    if let Some(traceparent) = (!span.is_disabled())
        .then(|| event.metadata().traceparent)
        .flatten()
    {
        medilink_telemetry::span_from_traceparent(&span, &traceparent);
    }
    span
}

/// Carries out an effect. One that panics is poison; one that takes too long is tried again.
pub(crate) async fn carry_out(
    job: &'static str,
    patience: Duration,
    span: Span,
    effect: impl Future<Output = Result<(), JobError>>,
) -> Result<(), JobError> {
    let started = Instant::now();
    let bounded = tokio::time::timeout(patience, effect).instrument(span);
    let outcome = match AssertUnwindSafe(bounded).catch_unwind().await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(JobError::transient("timed-out")),
        Err(_) => Err(JobError::permanent("panicked")),
    };
    let label = match &outcome {
        Ok(()) => "done",
        Err(JobError::Away(_)) => "away",
        Err(JobError::Transient(_)) => "failed",
        Err(JobError::Permanent(_)) => "poison",
        Err(JobError::Killed) => "killed",
    };
    metrics::counter!("medilink_job_effects_total", "name" => job, "outcome" => label).increment(1);
    metrics::histogram!("medilink_job_effect_seconds", "name" => job)
        .record(started.elapsed().as_secs_f64());
    outcome
}

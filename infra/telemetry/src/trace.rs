//! Traces: one trace follows a request through the log and the broker into the projection,
//! by way of W3C `traceparent`.

use std::collections::HashMap;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_otlp::{Protocol, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::registry::LookupSpan;

use crate::{TelemetryConfig, TelemetryError};

const TRACEPARENT: &str = "traceparent";

/// How long one delivery to the collector, and so the flush at the end, may take.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(3);

/// The tracer of this process; without an endpoint it makes ids and sends nothing.
pub(crate) fn provider(config: &TelemetryConfig) -> Result<SdkTracerProvider, TelemetryError> {
    if !(0.0..=1.0).contains(&config.sample_ratio) {
        return Err(TelemetryError::Ratio(config.sample_ratio));
    }
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample_ratio)));
    let resource = Resource::builder()
        .with_service_name(config.service.clone())
        .build();
    let builder = SdkTracerProvider::builder()
        .with_sampler(sampler)
        .with_resource(resource);
    let Some(endpoint) = &config.otlp_endpoint else {
        return Ok(builder.build());
    };
    // TLS to a collector is the job of a collector on the same host; a URL that asks for it
    // here would fail silently in the background.
    if !endpoint.starts_with("http://") {
        return Err(TelemetryError::Endpoint(
            "it does not start with http://".to_owned(),
        ));
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .map_err(|error| TelemetryError::Endpoint(error.to_string()))?;
    // The batch exporter has a bounded queue and its own thread.
    Ok(builder.with_batch_exporter(exporter).build())
}

/// The layer that turns `tracing` spans into trace spans.
pub(crate) fn layer<S>(
    provider: &SdkTracerProvider,
) -> OpenTelemetryLayer<S, opentelemetry_sdk::trace::SdkTracer>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("medilink"))
        .with_error_records_to_exceptions(false)
        // Where a span was entered, how often and by which thread would be noted at each poll
        // of each future: a tenth of a busy gateway's time, for what nobody looks at.
        .with_context_activation(false)
        .with_tracked_inactivity(false)
        .with_location(false)
        .with_threads(false)
}

/// Makes W3C the format of every instrumented client in the process.
pub(crate) fn install_propagator() {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
}

/// The `traceparent` that continues the current span elsewhere; `None` outside of any trace.
pub fn current_traceparent() -> Option<String> {
    let mut carrier = HashMap::with_capacity(2);
    TraceContextPropagator::new().inject_context(&Span::current().context(), &mut carrier);
    carrier.remove(TRACEPARENT)
}

/// The trace id of the current span, to be shown beside a request id.
pub fn current_trace_id() -> Option<String> {
    let context = Span::current().context();
    let span = context.span().span_context().clone();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// Makes `span` part of the trace that `traceparent` names. A damaged one is ignored: the
/// span then starts its own trace. Call it before the span is first entered.
pub fn span_from_traceparent(span: &Span, traceparent: &str) {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
    if parent.span().span_context().is_valid() {
        // Fails when the span is filtered out or was entered; there is nothing to link then.
        let _ = span.set_parent(parent);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn traced<T>(config: &TelemetryConfig, act: impl FnOnce() -> T) -> T {
        let provider = provider(config).unwrap();
        let subscriber = tracing_subscriber::registry().with(layer(&provider));
        let result = tracing::subscriber::with_default(subscriber, act);
        provider.shutdown().unwrap();
        result
    }

    #[test]
    fn a_span_continues_the_trace_it_was_given() {
        let next = traced(&TelemetryConfig::default(), || {
            let span = tracing::info_span!("apply");
            span_from_traceparent(&span, PARENT);
            span.in_scope(current_traceparent)
        });
        let next = next.unwrap();
        assert!(
            next.starts_with("00-0af7651916cd43dd8448eb211c80319c-"),
            "{next}"
        );
        assert_ne!(next, PARENT);
    }

    #[test]
    fn a_damaged_traceparent_starts_a_trace_of_its_own() {
        let next = traced(&TelemetryConfig::default(), || {
            let span = tracing::info_span!("apply");
            span_from_traceparent(&span, "00-zz-1-01");
            span.in_scope(current_traceparent)
        });
        assert!(next.is_some_and(|next| !next.contains("zz")));
    }

    #[test]
    fn outside_a_span_there_is_no_traceparent() {
        assert_eq!(
            traced(&TelemetryConfig::default(), current_traceparent),
            None
        );
    }

    #[test]
    fn an_endpoint_with_tls_is_refused_at_start() {
        let config = TelemetryConfig {
            otlp_endpoint: Some("https://collector".to_owned()),
            ..TelemetryConfig::default()
        };
        assert!(matches!(
            provider(&config),
            Err(TelemetryError::Endpoint(_))
        ));
    }

    #[test]
    fn a_sampling_ratio_above_one_is_refused() {
        let config = TelemetryConfig {
            sample_ratio: 1.5,
            ..TelemetryConfig::default()
        };
        assert!(matches!(provider(&config), Err(TelemetryError::Ratio(_))));
    }

    #[test]
    fn finished_spans_reach_the_collector_by_the_time_of_shutdown() {
        let collector = TcpListener::bind("127.0.0.1:0").unwrap();
        let config = TelemetryConfig {
            otlp_endpoint: Some(format!("http://{}", collector.local_addr().unwrap())),
            ..TelemetryConfig::default()
        };
        let received = std::thread::spawn(move || {
            let (mut socket, _) = collector.accept().unwrap();
            socket
                .set_read_timeout(Some(Duration::from_millis(500)))
                .unwrap();
            let mut request = Vec::new();
            let mut chunk = [0_u8; 4096];
            while let Ok(read) = socket.read(&mut chunk) {
                request.extend_from_slice(&chunk[..read]);
                if read == 0 || request.windows(10).any(|window| window == b"book-a-slo") {
                    break;
                }
            }
            socket
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            String::from_utf8_lossy(&request).into_owned()
        });
        traced(&config, || {
            tracing::info_span!("book-a-slot").in_scope(|| ())
        });
        let request = received.join().unwrap();
        assert!(request.starts_with("POST /v1/traces"), "{request}");
        assert!(request.contains("book-a-slot"), "{request}");
    }
}

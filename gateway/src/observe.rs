//! One span, one log line and one latency sample per request, by route pattern: a path holds
//! ids, so it is never logged or used as a label.

use std::sync::Arc;
use std::time::Instant;

use medilink_telemetry::{current_trace_id, current_traceparent, span_from_traceparent};
use poem::http::{HeaderValue, Method};
use poem::{Endpoint, IntoResponse, Request, Response};
use tracing::Instrument;
use tracing::field::Empty;

use crate::request_id::RequestId;
use crate::routes::Routes;

const TRACEPARENT: &str = "traceparent";

/// The route of requests that fit none.
const UNMATCHED: &str = "unmatched";

/// Wraps the request in a span that continues the caller's trace.
pub async fn request<E: Endpoint>(
    next: Arc<E>,
    request: Request,
    routes: Arc<Routes>,
) -> poem::Result<Response> {
    let route = routes
        .find(request.uri().path())
        .map_or(UNMATCHED, |route| route.pattern());
    let route = route.to_owned();
    let method = method_name(request.method());
    let span = tracing::info_span!(
        target: "medilink_gateway",
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        request_id = RequestId::of(&request).map(tracing::field::display),
        trace_id = Empty,
    );
    if let Some(parent) = request.header(TRACEPARENT) {
        span_from_traceparent(&span, parent);
    }
    let under_way = UnderWay::start(method, route);
    let answer = async move {
        let here = tracing::Span::current();
        if let Some(trace) = current_trace_id() {
            here.record("trace_id", trace);
        }
        let mut response = next.get_response(request).await.into_response();
        here.record("http.response.status_code", response.status().as_u16());
        if let Some(Ok(value)) = current_traceparent().map(HeaderValue::try_from) {
            response.headers_mut().insert(TRACEPARENT, value);
        }
        under_way.end(response.status().as_u16());
        response
    };
    Ok(answer.instrument(span).await)
}

/// Counts the request as under way until it is answered or its caller has gone.
struct UnderWay {
    method: &'static str,
    route: String,
    started: Instant,
}

impl UnderWay {
    fn start(method: &'static str, route: String) -> Self {
        metrics::gauge!("medilink_http_requests_under_way").increment(1.0);
        Self {
            method,
            route,
            started: Instant::now(),
        }
    }

    fn end(self, status: u16) {
        let elapsed = self.started.elapsed();
        metrics::histogram!(
            "medilink_http_request_seconds",
            "method" => self.method,
            "route" => self.route.clone(),
            "status" => status.to_string(),
        )
        .record(elapsed.as_secs_f64());
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if status >= 500 {
            tracing::warn!(status, elapsed_ms, "answered");
        } else {
            tracing::info!(status, elapsed_ms, "answered");
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        metrics::gauge!("medilink_http_requests_under_way").decrement(1.0);
    }
}

/// A method as a label: callers can make up any word, and each would be a new series.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

//! The headers that every answer has, so that a browser does nothing with it that we don't want.

use std::sync::Arc;

use poem::http::header::{self, HeaderValue};
use poem::{Endpoint, IntoResponse, Request, Response};

/// For answers that are data: nothing in them may be run, framed or loaded.
const DATA_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// For `/docs`, one static page of our own whose script and style are inside it and which
/// calls this server and no other.
pub(crate) const DOCS_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Adds them, where the endpoint has not set its own.
pub async fn protect<E: Endpoint>(
    next: Arc<E>,
    request: Request,
    behind_https: bool,
) -> poem::Result<Response> {
    let mut response = next.get_response(request).await.into_response();
    let headers = response.headers_mut();
    // Personal data must not stay in any cache; public pages set their own.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(DATA_POLICY);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    if behind_https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    headers.remove(header::SERVER);
    Ok(response)
}

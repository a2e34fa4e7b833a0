//! Compression of answers. Bodies of requests are never decompressed: a small one could
//! unfold into a very large one.
//!
//! Not poem's own middleware, because that also decompresses requests, compresses event
//! streams (which then stall in its buffer) and every tiny answer.

use std::sync::Arc;

use poem::http::Method;
use poem::http::header::{self, HeaderMap, HeaderValue};
use poem::web::{Compress, CompressionAlgo, CompressionLevel};
use poem::{Endpoint, IntoResponse, Request, Response};

/// Below this, compressing costs more than it saves.
const LEAST: usize = 1024;

/// Compresses the answer when the caller takes it and it pays.
pub async fn answers<E: Endpoint>(next: Arc<E>, request: Request) -> poem::Result<Response> {
    let coding = negotiate(request.headers());
    let head = request.method() == Method::HEAD;
    let mut response = next.get_response(request).await.into_response();
    if head || !is_text(&response) || response.headers().contains_key(header::CONTENT_ENCODING) {
        return Ok(response);
    }
    // Every body of these types is in memory already, so this only looks at it.
    let body = response.take_body().into_bytes().await.unwrap_or_default();
    let pays = body.len() >= LEAST;
    response.set_body(body);
    response
        .headers_mut()
        .append(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(match coding {
        Some(coding) if pays => Compress::new(response, coding)
            .with_quality(CompressionLevel::Fastest)
            .into_response(),
        _ => response,
    })
}

fn is_text(response: &Response) -> bool {
    response.content_type().is_some_and(|kind| {
        ["application/json", "text/html", "text/plain"]
            .iter()
            .any(|text| kind.starts_with(text))
    })
}

/// Brotli before gzip, whatever their order; a coding with `q=0` is refused.
fn negotiate(headers: &HeaderMap) -> Option<CompressionAlgo> {
    if accepts(headers, "br") {
        Some(CompressionAlgo::BR)
    } else if accepts(headers, "gzip") {
        Some(CompressionAlgo::GZIP)
    } else {
        None
    }
}

/// Whether a caller takes answers in this coding.
pub(crate) fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value.split(',').any(|part| {
                let mut part = part.split(';').map(str::trim);
                let named = part
                    .next()
                    .is_some_and(|name| name.eq_ignore_ascii_case(coding) || name == "*");
                let refused = part.any(|weight| {
                    weight
                        .strip_prefix("q=")
                        .and_then(|q| q.parse::<f32>().ok())
                        .is_some_and(|q| q <= 0.0)
                });
                named && !refused
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_coding_that_the_caller_takes_is_used() {
        let cases = [
            ("gzip, deflate, br", Some("br")),
            ("gzip;q=0.5", Some("gzip")),
            ("br;q=0, gzip", Some("gzip")),
            ("identity", None),
            ("", None),
            ("*", Some("br")),
        ];
        for (given, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(given));
            assert_eq!(
                negotiate(&headers)
                    .map(|coding| coding.to_string())
                    .as_deref(),
                expected,
                "{given}"
            );
        }
    }
}

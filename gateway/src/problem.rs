//! Every refusal, in the terms of RFC 9457: a stable `type`, a title, the field at fault and
//! how to mend it. Never holds what the caller sent.

use std::borrow::Cow;
use std::time::Duration;

use medilink_domain::{Problem as DomainProblem, ProblemClass};
use poem::error::ResponseError;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object};
use serde::Serialize;
use uuid::Uuid;

use crate::problem_kinds::Kind;

/// The base of every problem's `type`.
pub const TYPE_BASE: &str = "https://medilink.dev/problems/";

/// The media type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A refusal on its way to the caller. Small, because it is the other half of every result.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem(Box<Facts>);

#[derive(Clone, Debug, PartialEq)]
struct Facts {
    slug: &'static str,
    status: StatusCode,
    title: Cow<'static, str>,
    mend: &'static str,
    detail: Option<Cow<'static, str>>,
    field: Option<Cow<'static, str>>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// How a refusal of this class is answered.
pub const fn status_of(class: ProblemClass) -> StatusCode {
    match class {
        ProblemClass::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemClass::NotFound => StatusCode::NOT_FOUND,
        ProblemClass::Conflict => StatusCode::CONFLICT,
        ProblemClass::Forbidden => StatusCode::FORBIDDEN,
    }
}

impl Problem {
    /// A problem that the gateway itself finds.
    pub fn new(kind: &Kind) -> Self {
        Self(Box::new(Facts {
            slug: kind.slug,
            status: kind.status,
            title: Cow::Borrowed(kind.title),
            mend: kind.mend,
            detail: None,
            field: None,
            headers: Vec::new(),
        }))
    }

    /// A refusal by a rule of the domain.
    pub fn of_domain(refusal: &dyn DomainProblem) -> Self {
        let detail = refusal.detail();
        Self(Box::new(Facts {
            slug: detail.slug,
            status: status_of(detail.class),
            title: Cow::Owned(refusal.to_string()),
            mend: detail.mend,
            detail: None,
            field: detail.field.map(Cow::Borrowed),
            headers: Vec::new(),
        }))
    }

    /// What happened in this case. Must not quote a value that the caller sent.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The part of the request at fault: a JSON pointer into the body, or the name of a
    /// parameter or header.
    #[must_use]
    pub fn field(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Whether this field is at fault.
    pub(crate) fn is_at(&self, field: &str) -> bool {
        self.0.field.as_deref() == Some(field)
    }

    /// When the same request may succeed, in whole seconds and at least one.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        // A number is always a valid header value.
        match HeaderValue::try_from(seconds.to_string()) {
            Ok(value) => self.header(header::RETRY_AFTER, value),
            Err(_) => self,
        }
    }

    /// A header that this refusal needs, such as `Allow`.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The HTTP status.
    pub fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// The last segment of the `type`.
    pub fn slug(&self) -> &'static str {
        self.0.slug
    }

    /// The answer, naming the request so that support can find it.
    pub fn respond(&self, request: Option<Uuid>) -> Response {
        let body = ProblemOut {
            r#type: format!("{TYPE_BASE}{}", self.0.slug),
            title: self.0.title.to_string(),
            status: self.0.status.as_u16(),
            detail: self.0.detail.as_ref().map(ToString::to_string),
            instance: request.map(|request| format!("urn:uuid:{request}")),
            field: self.0.field.as_ref().map(ToString::to_string),
            mend: self.0.mend.to_owned(),
        };
        // Strings and a number are always representable.
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::builder()
            .status(self.0.status)
            .content_type(MEDIA_TYPE)
            .body(bytes);
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        response
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.slug)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.0.status
    }

    fn as_response(&self) -> Response {
        self.respond(None)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.respond(None)
    }
}

impl ApiResponse for Problem {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The request was refused: the problem says why and how to mend it.",
                status: None,
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: MEDIA_TYPE,
                    schema: ProblemOut::schema_ref(),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        ProblemOut::register(registry);
    }
}

/// Why a request was refused (RFC 9457).
#[derive(Clone, Debug, Serialize, Object)]
#[oai(rename = "Problem")]
pub struct ProblemOut {
    /// Names the kind of problem; stable. `GET /problems` lists them.
    pub r#type: String,
    /// What is wrong, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened in this case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// This occurrence: the id of the request, as in `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The part of the request at fault: a JSON pointer into the body, or a parameter's or
    /// header's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What the caller can do about it.
    pub mend: String,
}

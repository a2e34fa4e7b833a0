//! Turns whatever went wrong below into problem+json: our own refusals, the framework's, and
//! panics.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use poem::error::{MethodNotAllowedError, NotFoundError, ResponseError};
use poem::http::{StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use poem_openapi::error::{ParseParamError, ParsePathError};

use crate::health;
use crate::integrator;
use crate::problem::{MEDIA_TYPE, Problem};
use crate::problem_kinds as kinds;
use crate::request_id::RequestId;

/// Answers every error as a problem that names the request.
pub async fn answer<E: Endpoint>(next: Arc<E>, request: Request) -> poem::Result<Response> {
    let id = RequestId::of(&request);
    let outcome = AssertUnwindSafe(next.call(request)).catch_unwind().await;
    let problem = match outcome {
        Ok(Ok(response)) => {
            let response = response.into_response();
            if is_bare_error(&response) {
                of_status(response.status())
            } else {
                return Ok(response);
            }
        }
        Ok(Err(error)) => of_error(&error),
        // The panic hook has logged its place.
        Err(_) => Problem::new(&kinds::INTERNAL_ERROR),
    };
    metrics::counter!("medilink_http_problems_total", "problem" => problem.slug()).increment(1);
    Ok(problem.respond(id))
}

/// An error that a library answered in its own words, which may quote the request.
fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && !response
            .content_type()
            .is_some_and(|kind| kind.starts_with(MEDIA_TYPE))
        && !health::is_report(response)
        && !integrator::is_refusal(response)
}

fn of_error(error: &poem::Error) -> Problem {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.clone();
    }
    // The reasons of these two quote the value.
    if let Some(parameter) = error.downcast_ref::<ParseParamError>() {
        let kind = if parameter.name.starts_with(|c: char| c.is_ascii_uppercase()) {
            &kinds::INVALID_HEADER
        } else {
            &kinds::INVALID_PARAMETER
        };
        return Problem::new(kind).field(parameter.name);
    }
    if error.is::<ParsePathError>() || error.is::<NotFoundError>() {
        return Problem::new(&kinds::NOT_FOUND);
    }
    if error.is::<MethodNotAllowedError>() {
        return of_status(MethodNotAllowedError.status());
    }
    of_status(error.status())
}

fn of_status(status: StatusCode) -> Problem {
    let problem = Problem::new(kinds::of_status(status));
    if status == StatusCode::UNAUTHORIZED {
        return problem.header(
            header::WWW_AUTHENTICATE,
            header::HeaderValue::from_static("Bearer"),
        );
    }
    problem
}

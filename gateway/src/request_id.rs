//! Every request has an id, which the answer, the log lines and the events it causes carry.

use poem::http::HeaderValue;
use poem::{Endpoint, IntoResponse, Request, Response};
use uuid::Uuid;

/// The header of the id, in and out.
pub const HEADER: &str = "x-request-id";

/// The id of a request, in its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

impl RequestId {
    /// The id of a request, if it has come through [`assign`].
    pub fn of(request: &Request) -> Option<Uuid> {
        request.data::<Self>().map(|id| id.0)
    }
}

/// Takes the caller's id when it is a UUID, or makes one (UUIDv7). Any other text is replaced:
/// it would end up in log lines and events.
pub async fn assign<E: Endpoint>(
    next: std::sync::Arc<E>,
    mut request: Request,
) -> poem::Result<Response> {
    let given = request
        .header(HEADER)
        .and_then(|id| Uuid::try_parse(id).ok())
        .filter(|id| !id.is_nil());
    let id = given.unwrap_or_else(Uuid::now_v7);
    request.set_data(RequestId(id));
    let mut response = next.get_response(request).await.into_response();
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}

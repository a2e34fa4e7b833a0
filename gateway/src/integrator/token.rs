//! Where integrators get access tokens, and where their libraries find out how: RFC 6749 §4.4
//! with RFC 7523, as SMART Backend Services has it.

use std::borrow::Cow;

use chrono::Utc;
use medilink_commands::sign_in::{ClientRefusal, ClientToken, ClientWish, SignInDesk};
use poem::http::StatusCode;
use poem::http::header::{self, HeaderValue};
use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions, Object, OpenApi,
};
use serde_json::Value;
use url::form_urlencoded;

use super::metadata;
use crate::api::Tag;
use crate::call;
use crate::json::body_of;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::visitor::Visitor;

/// The media type of a request for a token.
const FORM: &str = "application/x-www-form-urlencoded";
/// How a program shows who it is (RFC 7523 §2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a program shows and asks for, as a form. What is not known is ignored, as OAuth has it.
#[derive(Object)]
pub struct TokenRequest {
    /// `client_credentials`.
    grant_type: String,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    client_assertion_type: String,
    /// A JWT, signed by the integrator with one of its keys (the header's `kid`): `iss` and `sub`
    /// its `client_id`, `aud` this address or the issuer, `exp` at most five minutes ahead, `jti`
    /// good once.
    client_assertion: String,
    /// What for: scopes with a space between, such as `system/Appointment.rs system/Slot.s`.
    scope: String,
    /// The `client_id`; the assertion says it already.
    client_id: Option<String>,
}

/// An access token (RFC 6749 §5.1).
#[derive(Object)]
pub struct ClientTokenOut {
    /// For `Authorization: Bearer`: a JWT (RFC 9068) that `/.well-known/jwks.json` verifies.
    access_token: String,
    /// Always `Bearer`.
    token_type: String,
    /// How many seconds it works.
    expires_in: u64,
    /// What it is good for.
    scope: String,
}

/// Why there is no token (RFC 6749 §5.2).
#[derive(Object)]
pub struct TokenRefusalOut {
    /// `invalid_request`, `invalid_client`, `invalid_scope` or `unsupported_grant_type`.
    error: String,
    /// What can be done about it.
    error_description: String,
}

/// What the token endpoint answers.
pub enum TokenAnswer {
    /// A token.
    Given(ClientTokenOut),
    /// None.
    Refused(Refused),
}

/// A refusal in OAuth's words.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    error: &'static str,
    description: &'static str,
}

const INVALID_CLIENT: Refused = Refused {
    error: "invalid_client",
    description: "The client is not known, is disabled, or its assertion can't be accepted: check \
                  kid, signature, iss, sub, aud, exp (at most five minutes ahead) and that jti is new.",
};
const INVALID_SCOPE: Refused = Refused {
    error: "invalid_scope",
    description: "Ask for scopes that the client was granted, with a space between, such as \
                  system/Appointment.rs.",
};
const UNSUPPORTED_GRANT_TYPE: Refused = Refused {
    error: "unsupported_grant_type",
    description: "Only client_credentials is given here.",
};

const fn invalid_request(description: &'static str) -> Refused {
    Refused {
        error: "invalid_request",
        description,
    }
}

/// Marks an answer as a refusal in OAuth's words, which stays as it is.
#[derive(Clone, Copy)]
struct OAuthRefusal;

/// Whether an answer is one of ours to those who speak OAuth.
pub(crate) fn is_refusal(response: &Response) -> bool {
    response.extensions().get::<OAuthRefusal>().is_some()
}

impl IntoResponse for TokenAnswer {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Given(token) => Json(token).into_response(),
            Self::Refused(Refused { error, description }) => {
                let body = TokenRefusalOut {
                    error: error.to_owned(),
                    error_description: description.to_owned(),
                };
                let mut response = Json(body).into_response();
                if error == INVALID_CLIENT.error {
                    response.set_status(StatusCode::UNAUTHORIZED);
                    let challenge = HeaderValue::from_static("Bearer");
                    response
                        .headers_mut()
                        .insert(header::WWW_AUTHENTICATE, challenge);
                } else {
                    response.set_status(StatusCode::BAD_REQUEST);
                }
                response.extensions_mut().insert(OAuthRefusal);
                response
            }
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
        response
    }
}

impl ApiResponse for TokenAnswer {
    fn meta() -> MetaResponses {
        let answer = |status, description, schema| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: "application/json",
                schema,
            }],
            headers: Vec::new(),
        };
        let refusal = TokenRefusalOut::schema_ref;
        MetaResponses {
            responses: vec![
                answer(200, "As asked.", ClientTokenOut::schema_ref()),
                answer(400, "There is no such token.", refusal()),
                answer(401, "It is not known who asks.", refusal()),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        ClientTokenOut::register(registry);
        TokenRefusalOut::register(registry);
    }
}

impl From<ClientToken> for ClientTokenOut {
    fn from(token: ClientToken) -> Self {
        let left = token.expires_at - Utc::now();
        let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
        Self {
            access_token: token.access_token,
            token_type: "Bearer".to_owned(),
            expires_in: left.num_seconds().try_into().unwrap_or(0),
            scope: scopes.join(" "),
        }
    }
}

/// The form of a request for a token: what is in it once, and not empty.
#[derive(Debug)]
pub struct Form(Result<Vec<(String, String)>, Refused>);

impl Form {
    fn of(content_type: Option<&str>, body: &[u8]) -> Result<Vec<(String, String)>, Refused> {
        let essence = content_type.and_then(|given| given.split(';').next());
        if !essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(FORM)) {
            let said = "Send the parameters as application/x-www-form-urlencoded.";
            return Err(invalid_request(said));
        }
        let pairs = form_urlencoded::parse(body);
        // RFC 6749 §3.2: what has no value is as if it were not there.
        let mut fields: Vec<(String, String)> = pairs
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (Cow::into_owned(name), Cow::into_owned(value)))
            .collect();
        fields.sort();
        if fields.windows(2).any(|two| two[0].0 == two[1].0) {
            return Err(invalid_request("Send each parameter once."));
        }
        Ok(fields)
    }
}

impl<'a> ApiExtractor<'a> for Form {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        TokenRequest::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: FORM,
                schema: TokenRequest::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = body_of(request, body).await?;
        Ok(Self(Self::of(request.content_type(), &bytes)))
    }
}

/// The routes.
pub struct Programs(pub SignInDesk);

#[OpenApi(tag = "Tag::Integrators")]
impl Programs {
    /// Get an access token for an integrator
    ///
    /// OAuth 2.0 client credentials with a signed JWT (`private_key_jwt`): SMART Backend
    /// Services. There are no client secrets. The token works for five minutes; get another
    /// then, with another assertion.
    #[oai(
        path = "/oauth2/token",
        method = "post",
        operation_id = "issueClientToken"
    )]
    async fn token(&self, visitor: Visitor, form: Form) -> Result<TokenAnswer, Problem> {
        let fields = match form.0 {
            Ok(fields) => fields,
            Err(refused) => return Ok(TokenAnswer::Refused(refused)),
        };
        let field = |wanted: &str| {
            let found = fields.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        let refused = |refused| Ok(TokenAnswer::Refused(refused));
        match field("grant_type") {
            None => return refused(invalid_request("grant_type is missing.")),
            Some("client_credentials") => {}
            Some(_) => return refused(UNSUPPORTED_GRANT_TYPE),
        }
        let assertion = field("client_assertion");
        let (Some(assertion), Some(JWT_BEARER)) = (assertion, field("client_assertion_type"))
        else {
            return refused(INVALID_CLIENT);
        };
        let wish = ClientWish {
            assertion,
            client: field("client_id"),
            scope: field("scope").unwrap_or_default(),
            network: visitor.network(),
        };
        match self.0.client_token(wish).await {
            Ok(token) => Ok(TokenAnswer::Given(token.into())),
            Err(ClientRefusal::Client) => refused(INVALID_CLIENT),
            Err(ClientRefusal::Scope) => refused(INVALID_SCOPE),
            Err(ClientRefusal::Wait(wait)) => {
                Err(Problem::new(&kinds::TRIED_TOO_OFTEN).retry_after(wait))
            }
            Err(ClientRefusal::Command(error)) => Err(call::refuse(error)),
        }
    }

    /// Find out how to get a token (OAuth)
    ///
    /// Authorization server metadata (RFC 8414).
    #[oai(
        path = "/.well-known/oauth-authorization-server",
        method = "get",
        operation_id = "readAuthorizationServer"
    )]
    async fn server(&self) -> Json<Value> {
        Json(metadata::of_server(&self.0))
    }

    /// Find out how to get a token (SMART)
    ///
    /// The configuration of SMART App Launch 2. Nothing is launched here: no person gives a
    /// program access through a browser, so there is no authorization endpoint.
    #[oai(
        path = "/.well-known/smart-configuration",
        method = "get",
        operation_id = "readSmartConfiguration"
    )]
    async fn smart(&self) -> Json<Value> {
        Json(metadata::of_smart(&self.0))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_form_has_each_parameter_once_and_none_that_is_empty() {
        let read =
            |body: &str| Form::of(Some("application/x-www-form-urlencoded"), body.as_bytes());
        let found = read("scope=system%2FSlot.s+system%2FPatient.r&empty=&grant_type=a").unwrap();
        let expected = [
            ("grant_type", "a"),
            ("scope", "system/Slot.s system/Patient.r"),
        ];
        let found: Vec<_> = found
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(
            read("scope=a&scope=a").unwrap_err().error,
            "invalid_request"
        );
        let json = Form::of(Some("application/json"), b"{}");
        assert_eq!(json.unwrap_err().error, "invalid_request");
        assert!(Form::of(None, b"").is_err());
        let charset = "application/x-www-form-urlencoded; charset=UTF-8";
        assert!(Form::of(Some(charset), b"a=b").is_ok());
    }
}

//! Who calls. A handler that takes a [`SignedIn`] can only run for a caller who has shown a
//! valid token; a route without one does not start unless it is listed as public
//! ([`crate::document`]).

use std::sync::Arc;

use chrono::Utc;
use futures::future::BoxFuture;
use medilink_commands::Actor;
use medilink_commands::access_token::{AccessTokens, PREFIX};
use medilink_commands::sign_in::SignInDesk;
use medilink_database::DatabaseError;
use medilink_telemetry::current_traceparent;
use poem::http::header::{self, HeaderValue};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use uuid::Uuid;

use crate::call;
use crate::limits::Gate;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::request_id::RequestId;

/// The longest token that is looked at; ours have about 600 characters.
const LONGEST_TOKEN: usize = 2_048;

/// The name of the security scheme in the OpenAPI document.
pub(crate) const SCHEME: &str = "token";

/// Finds out who a token stands for. Behind a trait so that the sign-in of a later release,
/// and a test, can take its place.
pub trait SignIn: Send + Sync + 'static {
    /// The person and roles that this token lets in now.
    ///
    /// # Errors
    /// When that can't be found out.
    fn actor<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, Result<Option<Actor>, DatabaseError>>;
}

impl SignIn for AccessTokens {
    fn actor<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, Result<Option<Actor>, DatabaseError>> {
        Box::pin(Self::actor(self, secret, Utc::now()))
    }
}

/// Whoever has a session or an access token.
#[derive(Clone, Debug)]
pub struct Doors {
    /// For those who have an access token.
    pub tokens: AccessTokens,
    /// For those who have signed in.
    pub desk: SignInDesk,
}

impl SignIn for Doors {
    fn actor<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, Result<Option<Actor>, DatabaseError>> {
        if secret.starts_with(PREFIX) {
            SignIn::actor(&self.tokens, secret)
        } else {
            Box::pin(self.desk.actor(secret))
        }
    }
}

/// A caller who has shown a valid token.
#[derive(Clone)]
pub struct SignedIn {
    /// Who it is.
    pub actor: Actor,
    /// The request, as returned in `X-Request-Id`.
    pub request: Uuid,
    traceparent: Option<String>,
    secret: Arc<str>,
    sign_in: Arc<dyn SignIn>,
}

impl SignedIn {
    async fn of(request: &Request) -> Result<Self, Problem> {
        Self::by(request, bearer(request)?).await?.ok_or_else(|| {
            challenge(
                Problem::new(&kinds::INVALID_TOKEN),
                "Bearer error=\"invalid_token\"",
            )
        })
    }

    /// Whoever this secret lets in, however it was shown.
    ///
    /// # Errors
    /// 429 when they call too often, 503 when it can't be found out who they are.
    pub(crate) async fn by(request: &Request, secret: &str) -> Result<Option<Self>, Problem> {
        let (Some(sign_in), Some(gate)) = (
            request.data::<Arc<dyn SignIn>>(),
            request.data::<Arc<Gate>>(),
        ) else {
            tracing::error!("the gateway was assembled without a way to sign in");
            return Err(Problem::new(&kinds::INTERNAL_ERROR));
        };
        let actor = sign_in
            .actor(secret)
            .await
            .map_err(|error| call::away(&error))?;
        let Some(actor) = actor else {
            return Ok(None);
        };
        gate.admit_person(actor.id)?;
        Ok(Some(Self {
            actor,
            request: RequestId::of(request).unwrap_or_else(Uuid::now_v7),
            traceparent: current_traceparent(),
            secret: secret.into(),
            sign_in: Arc::clone(sign_in),
        }))
    }

    /// The trace that this request is part of.
    pub fn traceparent(&self) -> Option<String> {
        self.traceparent.clone()
    }

    /// Whether the token is still good: a stream outlives the check at its start. A doubt
    /// (the database is away) does not end a stream, which shows nothing new then either.
    pub async fn still_valid(&self) -> bool {
        !matches!(self.sign_in.actor(&self.secret).await, Ok(None))
    }
}

pub(crate) fn challenge(problem: Problem, scheme: &'static str) -> Problem {
    problem.header(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme))
}

/// The bearer token.
fn bearer(request: &Request) -> Result<&str, Problem> {
    let missing = || challenge(Problem::new(&kinds::SIGN_IN_REQUIRED), "Bearer");
    let mut given = request.headers().get_all(header::AUTHORIZATION).iter();
    let header = given
        .next()
        .and_then(|value| value.to_str().ok())
        .ok_or_else(missing)?;
    // Two of them would let a proxy and us see two callers.
    if given.next().is_some() {
        return Err(missing());
    }
    let (scheme, token) = header.split_once(' ').ok_or_else(missing)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.len() > LONGEST_TOKEN {
        return Err(missing());
    }
    Ok(token)
}

impl<'a> ApiExtractor<'a> for SignedIn {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        registry.create_security_scheme(
            SCHEME,
            MetaSecurityScheme {
                ty: "http",
                description: Some("The access token of the person who calls."),
                name: None,
                key_in: None,
                scheme: Some("bearer"),
                bearer_format: None,
                flows: None,
                openid_connect_url: None,
            },
        );
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![SCHEME]
    }

    async fn from_request(
        request: &'a Request,
        _: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        Ok(Self::of(request).await?)
    }
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("actor", &self.actor.id)
            .finish_non_exhaustive()
    }
}

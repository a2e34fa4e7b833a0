//! A gateway with a small API of its own and people who need no database.

use std::sync::Arc;

use futures::future::BoxFuture;
use medilink_commands::Actor;
use medilink_database::DatabaseError;
use medilink_domain::TenantId;
use medilink_domain::values::Role;
use medilink_gateway::actor::{SignIn, SignedIn};
use medilink_gateway::answer::{Created, Found};
use medilink_gateway::app::{Frame, assemble};
use medilink_gateway::call::{Command, Read};
use medilink_gateway::health::Health;
use medilink_gateway::json::Json;
use medilink_gateway::problem::Problem;
use medilink_gateway::{GatewayConfig, Probe};
use medilink_log::Position;
use medilink_telemetry::Meters;
use poem::Response;
use poem::endpoint::BoxEndpoint;
use poem::test::{TestClient, TestResponse};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const TOKEN: &str = "medilink_good";

/// What comes in.
#[derive(Debug, Object)]
pub struct LetterIn {
    /// To whom.
    pub to: Uuid,
    /// What it says.
    #[oai(validator(min_length = 1, max_length = 20))]
    pub text: String,
    /// How often.
    #[oai(validator(minimum(value = "1"), maximum(value = "9")))]
    pub copies: Option<i32>,
    /// To whom else.
    pub others: Option<Vec<OtherIn>>,
}

/// Another reader.
#[derive(Debug, Object)]
pub struct OtherIn {
    /// Their id.
    pub id: Uuid,
}

/// What goes out.
#[derive(Debug, Object)]
pub struct LetterOut {
    /// What it says.
    pub text: String,
}

pub struct Letters;

#[OpenApi]
impl Letters {
    /// Write a letter.
    #[oai(path = "/v1/letters", method = "post")]
    async fn write(
        &self,
        caller: SignedIn,
        call: Command,
        letter: Json<LetterIn>,
    ) -> Result<Created<LetterOut>, Problem> {
        let context = call.with_body(&caller, &letter.hash);
        assert_eq!(context.actor, caller.actor);
        let key = context
            .idempotency
            .map(|idempotency| hex::encode(idempotency.body_hash));
        Ok(Created::new(LetterOut {
            text: key.unwrap_or(letter.value.text),
        })
        .position(Position(7))
        .location("/v1/letters/7"))
    }

    /// Read a letter.
    #[oai(path = "/v1/letters/:id", method = "get")]
    async fn read(
        &self,
        _caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        page: Query<Option<u32>>,
    ) -> Result<Found<LetterOut>, Problem> {
        if page.0 == Some(13) {
            panic!("letter {} says something private", id.0);
        }
        if page.0 == Some(14) {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        }
        let text = "long ".repeat(page.0.unwrap_or(1) as usize);
        Ok(Found::new(LetterOut { text })
            .position(Position(9))
            .behind(2)
            .version(3, read.known_version))
    }
}

struct People;

impl SignIn for People {
    fn actor<'a>(&'a self, secret: &'a str) -> BoxFuture<'a, Result<Option<Actor>, DatabaseError>> {
        Box::pin(async move {
            match secret {
                "away" => Err(DatabaseError::Unavailable(
                    "no connection to 10.0.0.7".to_owned(),
                )),
                TOKEN => Ok(Some(actor(Uuid::from_u128(1)))),
                other => Ok(other
                    .strip_prefix("person-")
                    .and_then(|n| n.parse().ok())
                    .map(|n| actor(Uuid::from_u128(n)))),
            }
        })
    }
}

pub fn actor(id: Uuid) -> Actor {
    Actor::new(id, TenantId(Uuid::from_u128(99)), vec![Role::Patient])
}

pub type Client = TestClient<BoxEndpoint<'static, Response>>;

pub fn frame(config: GatewayConfig, probes: Vec<Box<dyn Probe>>) -> Frame {
    Frame {
        config,
        web: Arc::default(),
        sign_in: Arc::new(People),
        health: Health::new(probes),
        meters: Meters::detached(),
        stop: CancellationToken::new(),
    }
}

pub fn client() -> Client {
    client_with(GatewayConfig::default())
}

pub fn client_with(config: GatewayConfig) -> Client {
    TestClient::new(assemble(Letters, frame(config, Vec::new())).unwrap())
}

/// The problem that was answered, checked for what holds of all problems, without what
/// differs from run to run.
pub async fn problem(response: TestResponse) -> serde_json::Value {
    let status = response.0.status().as_u16();
    let id = response.0.header("x-request-id").map(str::to_owned);
    assert_eq!(
        response.0.content_type(),
        Some("application/problem+json"),
        "status {status}"
    );
    let body = response.0.into_body().into_string().await.unwrap();
    let mut problem: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["status"], status);
    assert!(
        problem["type"]
            .as_str()
            .unwrap()
            .starts_with("https://medilink.dev/problems/"),
        "{problem}"
    );
    let instance = problem.as_object_mut().unwrap().remove("instance").unwrap();
    assert_eq!(
        instance.as_str().map(str::to_owned),
        id.map(|id| format!("urn:uuid:{id}"))
    );
    problem
}

/// `status slug field`, for tables.
pub fn gist(problem: &serde_json::Value) -> String {
    let slug = problem["type"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let field = problem["field"].as_str().unwrap_or("-");
    format!("{} {slug} {field}", problem["status"])
}

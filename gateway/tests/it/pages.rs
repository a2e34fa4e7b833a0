//! The framework's own pages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures::future::BoxFuture;
use medilink_gateway::app::assemble;
use medilink_gateway::{GatewayConfig, Probe, Report};
use poem::test::TestClient;
use serde_json::{Value, json};

use crate::world::{Letters, client, client_with, frame, gist, problem};

#[derive(Clone)]
struct Part {
    name: &'static str,
    needed: bool,
    up: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl Part {
    fn new(name: &'static str, needed: bool, up: bool) -> Self {
        Self {
            name,
            needed,
            up: Arc::new(AtomicBool::new(up)),
            asked: Arc::default(),
        }
    }
}

impl Probe for Part {
    fn name(&self) -> &'static str {
        self.name
    }

    fn needed(&self) -> bool {
        self.needed
    }

    fn check(&self) -> BoxFuture<'_, Report> {
        Box::pin(async {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.name == "stuck" {
                std::future::pending::<()>().await;
            }
            let up = self.up.load(Ordering::SeqCst);
            let note = (!up).then(|| "commands go on; readers fall behind".to_owned());
            Report {
                up,
                note,
                behind: Some(3),
                ..Report::default()
            }
        })
    }
}

async fn ready(parts: Vec<Part>) -> (u16, Value) {
    let probes = parts
        .into_iter()
        .map(|part| Box::new(part) as Box<dyn Probe>)
        .collect();
    let client =
        TestClient::new(assemble(Letters, frame(GatewayConfig::default(), probes)).unwrap());
    let response = client.get("/readyz").send().await;
    let status = response.0.status().as_u16();
    (
        status,
        serde_json::from_str(&response.0.into_body().into_string().await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn without_its_database_the_gateway_is_not_ready() {
    let (status, body) = ready(vec![
        Part::new("database", true, false),
        Part::new("broker", false, true),
    ])
    .await;
    assert_eq!(status, 503);
    assert_eq!(body["ready"], false);
    assert_eq!(body["parts"]["database"]["up"], false);
    assert_eq!(body["parts"]["broker"]["up"], true);
}

#[tokio::test]
async fn without_the_broker_it_is_ready_and_says_what_that_means() {
    let (status, body) = ready(vec![
        Part::new("database", true, true),
        Part::new("broker", false, false),
    ])
    .await;
    assert_eq!(status, 200);
    assert_eq!(
        body["parts"]["broker"],
        json!({"up": false, "needed": false, "note": "commands go on; readers fall behind", "behind": 3})
    );
}

#[tokio::test]
async fn a_part_that_does_not_answer_counts_as_down() {
    let (status, body) = ready(vec![Part::new("stuck", true, true)]).await;
    assert_eq!(status, 503);
    assert_eq!(body["parts"]["stuck"]["up"], false);
}

#[tokio::test]
async fn asking_often_does_not_load_the_parts() {
    let part = Part::new("database", true, true);
    let client = TestClient::new(
        assemble(
            Letters,
            frame(GatewayConfig::default(), vec![Box::new(part.clone())]),
        )
        .unwrap(),
    );
    for _ in 0..20 {
        assert_eq!(client.get("/readyz").send().await.0.status(), 200);
    }
    assert_eq!(part.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_stopping_process_is_alive_but_not_ready() {
    let frame = frame(GatewayConfig::default(), Vec::new());
    let stop = frame.stop.clone();
    let client = TestClient::new(assemble(Letters, frame).unwrap());
    stop.cancel();
    assert_eq!(client.get("/readyz").send().await.0.status(), 503);
    assert_eq!(client.get("/livez").send().await.0.status(), 200);
}

#[tokio::test]
async fn the_document_describes_what_surrounds_every_call() {
    let document: Value = client()
        .get("/openapi.json")
        .send()
        .await
        .json()
        .await
        .value()
        .deserialize();
    let post = &document["paths"]["/v1/letters"]["post"];
    let names: Vec<&str> = post["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Idempotency-Key", "If-Match", "Medilink-Seen"]);
    assert!(post["responses"]["201"]["headers"]["medilink-position"].is_object());
    assert!(post["responses"]["default"]["content"]["application/problem+json"].is_object());
    assert_eq!(
        document["components"]["schemas"]["LetterIn"]["additionalProperties"],
        false
    );
    assert_eq!(
        document["components"]["schemas"]["OtherIn"]["additionalProperties"],
        false
    );
}

#[tokio::test]
async fn the_docs_page_needs_nothing_from_elsewhere() {
    let response = client().get("/docs").send().await;
    let policy = response
        .0
        .header("content-security-policy")
        .unwrap()
        .to_owned();
    assert!(policy.contains("connect-src 'self'"));
    let html = response.0.into_body().into_string().await.unwrap();
    assert!(html.contains("/v1/letters") && html.contains("Idempotency-Key"));
    assert!(!html.contains("<script src=") && !html.contains("<link rel=\"stylesheet\""));
}

#[tokio::test]
async fn metrics_can_move_to_an_address_of_their_own() {
    assert_eq!(client().get("/metrics").send().await.0.status(), 200);
    let config = GatewayConfig {
        metrics_listen: Some("127.0.0.1:0".parse().unwrap()),
        ..GatewayConfig::default()
    };
    let elsewhere = client_with(config).get("/metrics").send().await;
    assert_eq!(gist(&problem(elsewhere).await), "404 not-found -");
}

//! Bodies that must be refused, each with the problem that says why.

use std::time::Duration;

use medilink_gateway::{GatewayConfig, Limits};
use poem::Body;
use serde_json::json;

use crate::world::{Client, TOKEN, client, client_with, gist, problem};

const GOOD: &str = r#"{"to":"0190a3c8-0000-7000-8000-000000000001","text":"hello"}"#;

async fn post(client: &Client, body: impl Into<Body>) -> poem::test::TestResponse {
    client
        .post("/v1/letters")
        .header("authorization", format!("Bearer {TOKEN}"))
        .content_type("application/json")
        .body(body.into())
        .send()
        .await
}

fn with(fields: &str) -> String {
    GOOD.replace("\"text\":\"hello\"", fields)
}

#[tokio::test]
async fn a_sound_body_is_taken() {
    let response = post(&client(), GOOD).await;
    assert_eq!(response.0.status(), 201);
    assert_eq!(response.0.header("medilink-position"), Some("7"));
    assert_eq!(response.0.header("location"), Some("/v1/letters/7"));
}

#[tokio::test]
async fn each_bad_body_is_answered_with_its_own_problem() {
    let client = client();
    let cases: Vec<(String, &str)> = vec![
        (String::new(), "400 malformed-json -"),
        ("{".to_owned(), "400 malformed-json -"),
        (format!("{GOOD} {GOOD}"), "400 malformed-json -"),
        ("[".repeat(10_000), "400 json-too-deep -"),
        (
            with(&format!("\"text\":{}", "[".repeat(10_000))),
            "400 json-too-deep -",
        ),
        (with(r#""text":"a","text":"b""#), "400 duplicate-field -"),
        (with(r#""text":"a\u0000b""#), "400 forbidden-character -"),
        (with(r#""text":"\ud800""#), "400 forbidden-character -"),
        (
            with(r#""text":"\udfff\ud800""#),
            "400 forbidden-character -",
        ),
        (
            with(r#""text":"a","copies":1e400"#),
            "400 number-out-of-range -",
        ),
        (
            with(r#""text":"a","copies":99999999999999999999"#),
            "400 number-out-of-range -",
        ),
        (
            with(r#""text":"a","copies":10"#),
            "422 invalid-field /copies",
        ),
        (
            with(r#""text":"a","copies":1.5"#),
            "422 invalid-field /copies",
        ),
        (
            with(r#""text":"a","copies":"2""#),
            "422 invalid-field /copies",
        ),
        (
            with(r#""text":"a","copies":null"#),
            "422 invalid-field /copies",
        ),
        (with(r#""text":"a","txet":1"#), "422 unknown-field /txet"),
        (
            with(r#""text":"a","others":[{"id":"x"}]"#),
            "422 invalid-field /others/0/id",
        ),
        (
            with(r#""text":"a","others":[{"id":"0190a3c8-0000-7000-8000-000000000001","x":1}]"#),
            "422 unknown-field /others/0/x",
        ),
        (with(r#""text":"""#), "422 invalid-field /text"),
        (with(r#""text":7"#), "422 invalid-field /text"),
        (
            with(&format!(r#""text":"{}""#, "x".repeat(21))),
            "422 invalid-field /text",
        ),
        (r#"{"text":"hello"}"#.to_owned(), "422 missing-field /to"),
        (
            r#"{"to":"Gurpreet Singh","text":"a"}"#.to_owned(),
            "422 invalid-field /to",
        ),
        ("[]".to_owned(), "422 invalid-field /"),
        ("null".to_owned(), "422 invalid-field /"),
    ];
    for (body, expected) in cases {
        let shown: String = body.chars().take(60).collect();
        let problem = problem(post(&client, body).await).await;
        assert_eq!(gist(&problem), expected, "{shown}: {problem}");
    }
}

#[tokio::test]
async fn a_problem_never_quotes_a_value() {
    let client = client();
    for body in [
        r#"{"to":"Gurpreet","text":"a"}"#.to_owned(),
        with(r#""text":["Gurpreet"]"#),
        with(r#""text":"a","copies":"Gurpreet""#),
        with(&format!(r#""text":"{}""#, "Gurpreet".repeat(10))),
        r#"{"to" Gurpreet"#.to_owned(),
    ] {
        let problem = problem(post(&client, body).await).await;
        assert!(!problem.to_string().contains("Gurpreet"), "{problem}");
    }
}

#[tokio::test]
async fn ten_megabytes_are_refused_whether_announced_or_not() {
    let client = client();
    let large = vec![b' '; 10 << 20];
    let announced = problem(post(&client, large.clone()).await).await;
    assert_eq!(gist(&announced), "413 body-too-large -");
    let chunks = large
        .chunks(64 << 10)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
        .collect::<Vec<_>>();
    let streamed = problem(
        post(
            &client,
            Body::from_bytes_stream(futures::stream::iter(chunks)),
        )
        .await,
    )
    .await;
    assert_eq!(gist(&streamed), "413 body-too-large -");
    insta::assert_json_snapshot!(streamed);
}

#[tokio::test]
async fn a_body_up_to_the_limit_is_taken() {
    let config = GatewayConfig {
        limits: Limits {
            body_bytes: GOOD.len(),
            ..Limits::default()
        },
        ..GatewayConfig::default()
    };
    let client = client_with(config);
    assert_eq!(post(&client, GOOD).await.0.status(), 201);
    assert_eq!(
        gist(&problem(post(&client, format!("{GOOD} ")).await).await),
        "413 body-too-large -"
    );
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up_on() {
    let limits = Limits {
        body_ms: 50,
        ..Limits::default()
    };
    let client = client_with(GatewayConfig {
        limits,
        ..GatewayConfig::default()
    });
    let stuck = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let problem = problem(post(&client, Body::from_bytes_stream(stuck)).await).await;
    assert_eq!(gist(&problem), "408 request-timeout -");
    insta::assert_json_snapshot!(problem);
}

#[tokio::test]
async fn only_plain_json_is_taken() {
    let client = client();
    let send = |kind: Option<&'static str>, coding: Option<&'static str>| {
        let mut request = client
            .post("/v1/letters")
            .header("authorization", format!("Bearer {TOKEN}"))
            .body(GOOD);
        if let Some(kind) = kind {
            request = request.content_type(kind);
        }
        if let Some(coding) = coding {
            request = request.header("content-encoding", coding);
        }
        request.send()
    };
    for kind in [
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/json;charset=\"utf-8\"",
    ] {
        assert_eq!(send(Some(kind), None).await.0.status(), 201, "{kind}");
    }
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/json; charset=utf-16"),
        Some("application/jsonx"),
    ] {
        assert_eq!(
            gist(&problem(send(kind, None).await).await),
            "415 unsupported-media-type -",
            "{kind:?}"
        );
    }
    let compressed = problem(send(Some("application/json"), Some("gzip")).await).await;
    insta::assert_json_snapshot!(compressed);
}

#[tokio::test]
async fn the_same_key_on_another_body_is_another_request() {
    let client = client();
    let fingerprint = async |path: &str, body: String| {
        let response = client
            .post(path)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("idempotency-key", "k-1")
            .content_type("application/json")
            .body(body)
            .send()
            .await;
        let body: serde_json::Value = response.json().await.value().deserialize();
        body["text"].as_str().unwrap().to_owned()
    };
    let first = fingerprint("/v1/letters", GOOD.to_owned()).await;
    assert_eq!(first, fingerprint("/v1/letters", GOOD.to_owned()).await);
    assert_ne!(
        first,
        fingerprint("/v1/letters", GOOD.replace("hello", "other")).await
    );
}

#[tokio::test]
async fn headers_around_a_command_are_checked() {
    let client = client();
    let long = "k".repeat(201);
    for (name, value) in [
        ("idempotency-key", "two words"),
        ("idempotency-key", long.as_str()),
        ("if-match", "7"),
        ("if-match", "\"x\""),
        ("medilink-seen", "-1"),
    ] {
        let response = client
            .post("/v1/letters")
            .header("authorization", format!("Bearer {TOKEN}"))
            .header(name, value)
            .body_json(&json!({}))
            .send()
            .await;
        let problem = problem(response).await;
        let expected = format!("400 invalid-header {name}");
        assert_eq!(gist(&problem).to_lowercase(), expected, "{value}");
    }
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_cut_off() {
    let limits = Limits {
        request_ms: 50,
        ..Limits::default()
    };
    let started = std::time::Instant::now();
    let response = client_with(GatewayConfig {
        limits,
        ..GatewayConfig::default()
    })
    .get("/v1/letters/0190a3c8-0000-7000-8000-000000000001")
    .query("page", &14)
    .header("authorization", format!("Bearer {TOKEN}"))
    .send()
    .await;
    assert!(started.elapsed() <= Duration::from_secs(5));
    insta::assert_json_snapshot!(problem(response).await);
}

//! What holds for every request, whatever its handler.

use medilink_gateway::app::{AssemblyError, assemble};
use medilink_gateway::{GatewayConfig, Limits};
use poem::http::Method;
use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

use crate::world::{Client, TOKEN, client, client_with, frame, gist, problem};

const LETTER: &str = "/v1/letters/0190a3c8-0000-7000-8000-000000000001";

async fn get(client: &Client, path: &str) -> poem::test::TestResponse {
    client
        .get(path)
        .header("authorization", format!("Bearer {TOKEN}"))
        .send()
        .await
}

struct Careless;

#[OpenApi]
impl Careless {
    /// Show everything to anyone.
    #[oai(path = "/v1/everything", method = "get")]
    async fn show(&self) -> PlainText<String> {
        PlainText("all".to_owned())
    }
}

#[test]
fn a_handler_that_asks_nobody_who_they_are_does_not_start() {
    let refused = assemble(Careless, frame(GatewayConfig::default(), Vec::new()));
    let Err(AssemblyError::Document(error)) = refused else {
        panic!("it started")
    };
    assert_eq!(
        error.to_string(),
        "get /v1/everything takes no SignedIn and is not in document::PUBLIC"
    );
}

#[tokio::test]
async fn what_no_route_knows_is_a_problem() {
    let client = client();
    assert_eq!(
        gist(&problem(get(&client, "/v1/nothing").await).await),
        "404 not-found -"
    );
    assert_eq!(
        gist(&problem(get(&client, "/").await).await),
        "404 not-found -"
    );
    assert_eq!(
        gist(&problem(get(&client, "/v1/letters/not-a-uuid").await).await),
        "404 not-found -"
    );
    assert_eq!(
        gist(&problem(get(&client, &format!("{LETTER}?pgae=1")).await).await),
        "400 unknown-parameter pgae"
    );
    assert_eq!(
        gist(&problem(get(&client, &format!("{LETTER}?page=1&page=2")).await).await),
        "400 unknown-parameter page"
    );
    assert_eq!(
        gist(&problem(get(&client, &format!("{LETTER}?page=x")).await).await),
        "400 invalid-parameter page"
    );
}

#[tokio::test]
async fn an_unknown_method_is_told_which_ones_there_are() {
    let client = client();
    for method in ["DELETE", "PATCH", "BREW", "TRACE"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let response = client.request(method.clone(), LETTER).send().await;
        assert_eq!(
            response.0.header("allow"),
            Some("GET, HEAD, OPTIONS"),
            "{method}"
        );
        assert_eq!(gist(&problem(response).await), "405 method-not-allowed -");
    }
    let options = client
        .options("/v1/letters")
        .header("origin", "https://evil.example")
        .send()
        .await;
    assert_eq!(options.0.status(), 204);
    assert_eq!(options.0.header("allow"), Some("OPTIONS, POST"));
    assert_eq!(options.0.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let response = client()
        .head(LETTER)
        .header("authorization", format!("Bearer {TOKEN}"))
        .send()
        .await;
    assert_eq!(response.0.status(), 200);
    assert_eq!(response.0.header("medilink-position"), Some("9"));
    assert_eq!(response.0.into_body().into_vec().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_format_we_do_not_speak_is_refused() {
    let client = client();
    let ask = async |accept: &str| {
        client
            .get(LETTER)
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("accept", accept)
            .send()
            .await
    };
    assert_eq!(ask("text/html, application/*;q=0.1").await.0.status(), 200);
    insta::assert_json_snapshot!(problem(ask("application/xml").await).await);
}

#[tokio::test]
async fn nobody_comes_in_without_a_valid_token() {
    let client = client();
    let long = format!("Bearer {}", "x".repeat(2_100));
    for header in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Basic abc"),
        Some(long.as_str()),
    ] {
        let mut request = client.get(LETTER);
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let response = request.send().await;
        assert_eq!(
            response.0.header("www-authenticate"),
            Some("Bearer"),
            "{header:?}"
        );
        assert_eq!(gist(&problem(response).await), "401 sign-in-required -");
    }
    let unknown = client
        .get(LETTER)
        .header("authorization", "Bearer nobody")
        .send()
        .await;
    assert_eq!(
        unknown.0.header("www-authenticate"),
        Some("Bearer error=\"invalid_token\"")
    );
    insta::assert_json_snapshot!(problem(unknown).await);
    let twice = client
        .get(LETTER)
        .header("authorization", "Bearer nobody")
        .header("authorization", format!("Bearer {TOKEN}"));
    assert_eq!(
        gist(&problem(twice.send().await).await),
        "401 sign-in-required -"
    );
}

#[tokio::test]
async fn a_database_that_is_away_is_503_and_says_when_to_return() {
    let response = client()
        .get(LETTER)
        .header("authorization", "Bearer away")
        .send()
        .await;
    assert_eq!(response.0.header("retry-after"), Some("2"));
    let problem = problem(response).await;
    assert!(!problem.to_string().contains("10.0.0.7"), "{problem}");
    insta::assert_json_snapshot!(problem);
}

#[tokio::test]
async fn a_panic_is_a_problem_without_its_message() {
    let response = get(&client(), &format!("{LETTER}?page=13")).await;
    let problem = problem(response).await;
    assert!(!problem.to_string().contains("private"));
    insta::assert_json_snapshot!(problem);
}

#[tokio::test]
async fn a_person_who_asks_too_often_waits_while_others_go_on() {
    let limits = Limits {
        person_per_second: 1,
        person_burst: 2,
        ..Limits::default()
    };
    let client = client_with(GatewayConfig {
        limits,
        ..GatewayConfig::default()
    });
    for _ in 0..2 {
        assert_eq!(get(&client, LETTER).await.0.status(), 200);
    }
    let refused = get(&client, LETTER).await;
    assert!(refused.0.header("retry-after").is_some());
    insta::assert_json_snapshot!(problem(refused).await);
    let other = client
        .get(LETTER)
        .header("authorization", "Bearer person-5")
        .send()
        .await;
    assert_eq!(other.0.status(), 200);
}

#[tokio::test]
async fn too_many_requests_at_once_are_turned_away_but_health_is_not() {
    let limits = Limits {
        concurrent_requests: 0,
        ..Limits::default()
    };
    let client = client_with(GatewayConfig {
        limits,
        ..GatewayConfig::default()
    });
    let refused = get(&client, LETTER).await;
    assert_eq!(refused.0.header("retry-after"), Some("1"));
    insta::assert_json_snapshot!(problem(refused).await);
    assert_eq!(get(&client, "/livez").await.0.status(), 200);
}

#[tokio::test]
async fn a_valid_request_id_is_kept_and_any_other_text_replaced() {
    let client = client();
    let ask = async |id: &str| {
        let response = client.get(LETTER).header("x-request-id", id).send().await;
        response.0.header("x-request-id").unwrap().to_owned()
    };
    let own = "0190a3c8-0000-7000-8000-00000000abcd";
    assert_eq!(ask(own).await, own);
    for other in [
        "7",
        "Gurpreet Singh",
        "00000000-0000-0000-0000-000000000000",
    ] {
        let id: uuid::Uuid = ask(other).await.parse().unwrap();
        assert_eq!(id.get_version_num(), 7, "{other}");
    }
}

#[tokio::test]
async fn every_answer_tells_browsers_to_keep_their_hands_off() {
    for response in [
        get(&client(), LETTER).await,
        get(&client(), "/nowhere").await,
    ] {
        let header = |name| response.0.header(name);
        assert_eq!(header("cache-control"), Some("no-store"));
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(
            header("content-security-policy"),
            Some("default-src 'none'; frame-ancestors 'none'")
        );
        assert_eq!(header("referrer-policy"), Some("no-referrer"));
        assert_eq!(header("server"), None);
        assert_eq!(header("strict-transport-security"), None);
    }
    let secure = client_with(GatewayConfig {
        behind_https: true,
        ..GatewayConfig::default()
    });
    assert!(
        get(&secure, LETTER)
            .await
            .0
            .header("strict-transport-security")
            .is_some()
    );
}

#[tokio::test]
async fn long_answers_are_compressed_and_short_ones_are_not() {
    let client = client();
    let ask = async |page: u32| {
        let token = format!("Bearer {TOKEN}");
        client
            .get(LETTER)
            .query("page", &page)
            .header("authorization", token)
            .header("accept-encoding", "gzip, br")
            .send()
            .await
            .0
    };
    let long = ask(1_000).await;
    assert_eq!(long.header("content-encoding"), Some("br"));
    assert_eq!(long.header("vary"), Some("accept-encoding"));
    assert!(long.into_body().into_vec().await.unwrap().len() < 500);
    let short = ask(1).await;
    assert_eq!(short.header("content-encoding"), None);
    assert_eq!(
        short.into_body().into_string().await.unwrap(),
        r#"{"text":"long "}"#
    );
}

#[tokio::test]
async fn a_reader_who_has_the_version_gets_no_body() {
    let token = format!("Bearer {TOKEN}");
    let fresh = client()
        .get(LETTER)
        .header("authorization", &token)
        .send()
        .await;
    assert_eq!(fresh.0.header("etag"), Some("\"3\""));
    assert_eq!(fresh.0.header("medilink-behind"), Some("2"));
    let again = client()
        .get(LETTER)
        .header("authorization", &token)
        .header("if-none-match", "\"3\"")
        .send()
        .await;
    assert_eq!(again.0.status(), 304);
    assert_eq!(again.0.into_body().into_vec().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_trace_goes_on_through_the_gateway() {
    use opentelemetry::trace::TracerProvider;
    use tracing_subscriber::layer::SubscriberExt;
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let response = client()
        .get(LETTER)
        .header("traceparent", parent)
        .send()
        .await;
    let next = response.0.header("traceparent").unwrap().to_owned();
    assert!(
        next.starts_with("00-0af7651916cd43dd8448eb211c80319c-"),
        "{next}"
    );
    assert_ne!(next, parent);
}

#[test]
fn logs_and_metrics_name_the_route_and_never_the_path() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    metrics::with_local_recorder(&recorder, || {
        runtime.block_on(async {
            let client = client();
            get(&client, LETTER).await;
            get(&client, "/v1/patients/gurpreet-singh").await;
            client
                .request(Method::from_bytes(b"GURPREET").unwrap(), LETTER)
                .send()
                .await;
        });
    });
    let text = handle.render();
    assert!(text.contains(r#"route="/v1/letters/{id}""#), "{text}");
    assert!(text.contains(r#"route="unmatched""#), "{text}");
    assert!(
        !text.contains("0190a3c8") && !text.to_lowercase().contains("gurpreet"),
        "{text}"
    );
}

//! The web application beside the API.

use std::sync::Arc;

use medilink_gateway::GatewayConfig;
use medilink_gateway::app::assemble;
use medilink_gateway::web::Web;
use poem::http::StatusCode;
use poem::test::{TestClient, TestResponse};

use crate::world::{Client, Letters, client, frame};

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// A gateway with an application of three files, one of them compressed.
fn with_application() -> Client {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("assets")).unwrap();
    write("index.html", "<!doctype html><title>MediLink</title>");
    write("assets/core-1a2b.js", "export const plain = true;");
    write("assets/core-1a2b.js.br", "in brotli");
    write("sw.js", "self.skipWaiting();");
    write("notes.txt", "not part of an application");
    let mut frame = frame(GatewayConfig::default(), Vec::new());
    frame.web = Arc::new(Web::read(folder.path()).unwrap());
    TestClient::new(assemble(Letters, frame).unwrap())
}

async fn ask(client: &Client, path: &str, headers: &[(&'static str, &str)]) -> TestResponse {
    let mut request = client.get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await
}

#[tokio::test]
async fn a_browser_gets_a_page_and_a_program_learns_that_there_is_nothing() {
    let client = with_application();
    for page in ["/", "/visits", "/visits/0190", "/sign-in"] {
        let answer = ask(&client, page, &[("accept", BROWSER)]).await;
        answer.assert_status_is_ok();
        answer.assert_content_type("text/html; charset=utf-8");
        let policy = answer.0.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.0.header("cache-control"), Some("no-cache"), "{page}");
        let program = ask(&client, page, &[("accept", "application/json")]).await;
        program.assert_status(StatusCode::NOT_FOUND);
    }
    // What the API knows is the API's, whoever asks.
    let api = ask(&client, "/v1/letters/1", &[("accept", BROWSER)]).await;
    assert_ne!(api.0.content_type(), Some("text/html; charset=utf-8"));
    let posted = client.post("/visits").header("accept", BROWSER).send();
    posted.await.assert_status(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn files_are_served_as_they_were_built() {
    let client = with_application();
    let path = "/assets/core-1a2b.js";
    let plain = ask(&client, path, &[]).await;
    plain.assert_status_is_ok();
    plain.assert_content_type("text/javascript; charset=utf-8");
    plain.assert_header("cache-control", "public, max-age=31536000, immutable");
    let tag = plain.0.header("etag").unwrap().to_owned();
    plain.assert_text("export const plain = true;").await;
    let small = ask(&client, path, &[("accept-encoding", "gzip, br")]).await;
    small.assert_header("content-encoding", "br");
    small.assert_text("in brotli").await;
    let known = ask(&client, path, &[("if-none-match", &tag)]).await;
    known.assert_status(StatusCode::NOT_MODIFIED);
    // The worker of the browser asks each time whether there is another.
    let worker = ask(&client, "/sw.js", &[]).await;
    worker.assert_header("cache-control", "no-cache");
    for path in [
        "/notes.txt",
        "/assets",
        "/assets/",
        "/assets/core-1a2b.js.br",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
    ] {
        let missing = ask(&client, path, &[]).await;
        missing.assert_status(StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn without_an_application_there_is_none() {
    let answer = ask(&client(), "/", &[("accept", BROWSER)]).await;
    answer.assert_status(StatusCode::NOT_FOUND);
    let empty = tempfile::tempdir().unwrap();
    let error = Web::read(empty.path()).unwrap_err().to_string();
    assert!(error.contains("no index.html"), "{error}");
}

//! Showing again who one is, and what a password alone does not open.

use std::time::Duration;

use medilink_domain::values::Role;
use medilink_tests::{
    Answer, Caller, Newcomer, Options, PROOF, Part, Platform, Tokens, answer_with,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{MEDILINK, platform};

const FACTORS: &str = "/v1/me/second-factors";
const REQUIRED: (u16, &str) = (403, "proof-required");

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

async fn ask(caller: &Caller, method: Method, path: &str) -> Answer {
    let path = format!("{FACTORS}/{path}");
    caller.send(caller.request(method, &path)).await.unwrap()
}

async fn prove(caller: &Caller, method: &str, code: &str) -> Answer {
    let field = if method == "password" { method } else { "code" };
    caller
        .post(PROOF, &json!({"method": method, field: code}))
        .await
}

#[tokio::test]
async fn what_does_harm_is_done_only_after_a_fresh_proof() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let first = asha.sign_in(&platform).await.caller(&platform);
    // Before there is a second factor it takes the password: a stolen phone must not lock its
    // owner out.
    for path in ["totp", "passkey-question"] {
        let refused = ask(&first, Method::POST, path).await;
        assert_eq!(told(&refused), REQUIRED, "{path}: {}", refused.text);
    }
    let wrong = prove(&first, "password", "not the one that it is").await;
    assert_eq!(told(&wrong), (422, "wrong-password"));
    assert_eq!(told(&ask(&first, Method::POST, "totp").await), REQUIRED);

    let totp = asha.turn_on_totp(&platform).await;
    let (one, two) = (
        asha.sign_in_with(&platform, &totp.app).await,
        asha.sign_in_with(&platform, &totp.app).await,
    );
    let (here, elsewhere) = (one.caller(&platform), two.caller(&platform));
    for (method, path) in [
        (Method::DELETE, "totp"),
        (Method::POST, "backup-codes"),
        (Method::PUT, "mail"),
    ] {
        let refused = ask(&here, method, path).await;
        assert_eq!(told(&refused), REQUIRED, "{path}: {}", refused.text);
    }
    // The password alone proves nothing where there is a second factor.
    let weak = prove(&here, "password", &asha.password).await;
    assert_eq!(told(&weak), (422, "second-factor-needed"));
    let wrong = prove(&here, "totp", "000000").await;
    assert_eq!(told(&wrong), (422, "second-factor-wrong"));
    let proven = prove(&here, "backup_code", &totp.backup_codes[0]).await;
    assert_eq!(proven.status, 200, "{}", proven.text);
    let again = prove(&here, "backup_code", &totp.backup_codes[0]).await;
    assert_eq!(told(&again), (422, "second-factor-wrong"));

    // It counts in that session and in no other.
    assert_eq!(
        told(&ask(&elsewhere, Method::DELETE, "totp").await),
        REQUIRED
    );
    let codes = ask(&here, Method::POST, "backup-codes").await;
    assert_eq!(codes.status, 200, "{}", codes.text);
    let challenge = asha.challenge(&platform).await;
    let old = answer_with(&platform, &challenge, "backup_code", &totp.backup_codes[1]).await;
    assert_eq!(told(&old), (422, "second-factor-wrong"));
    let new = codes.body["backup_codes"][0].as_str().unwrap();
    let new = answer_with(&platform, &challenge, "backup_code", new).await;
    assert_eq!(new.status, 201, "{}", new.text);
    let removed = ask(&here, Method::DELETE, "totp").await;
    assert_eq!(removed.status, 200, "{}", removed.text);
    asha.sign_in(&platform).await;
    let gone = ask(&here, Method::DELETE, "totp").await;
    assert_eq!(told(&gone), (404, "no-such-second-factor"));
}

#[tokio::test]
async fn a_proof_counts_for_ten_minutes() {
    let options = Options {
        breakable: true,
        ..Options::default()
    };
    let platform = Platform::start(MEDILINK, options).await;
    let asha = Newcomer::register(&platform).await;
    let mut tokens = asha.sign_in(&platform).await;
    let caller = tokens.caller(&platform);
    let proven = prove(&caller, "password", &asha.password).await;
    assert_eq!(proven.status, 200, "{}", proven.text);
    assert_eq!(ask(&caller, Method::POST, "totp").await.status, 200);
    // The same session, with another access token each time.
    for (seconds, expected) in [(240, (200, "")), (480, (200, "")), (630, REQUIRED)] {
        assert!(platform.set_clock(Part::Gateway.into(), seconds));
        tokio::time::sleep(Duration::from_secs(2)).await;
        let refreshed = tokens.refresh(&platform).await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.text);
        tokens = Tokens(refreshed.body);
        let asked = ask(&tokens.caller(&platform), Method::POST, "totp").await;
        assert_eq!(told(&asked), expected, "{seconds}: {}", asked.text);
    }
    let again = prove(&tokens.caller(&platform), "password", &asha.password).await;
    assert_eq!(again.status, 200, "{}", again.text);
    let asked = ask(&tokens.caller(&platform), Method::POST, "totp").await;
    assert_eq!(asked.status, 200, "{}", asked.text);
}

#[tokio::test]
async fn roles_that_see_others_data_need_a_second_factor() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let before = asha.sign_in(&platform).await.caller(&platform);
    assert_eq!(before.get("/v1/hospitals").await.unwrap().status, 200);
    asha.be(&platform, Role::Operator).await;
    let required = (403, "second-factor-required");
    for path in [
        "/v1/hospitals".to_owned(),
        format!("/v1/patients/{}", asha.person),
    ] {
        let refused = before.get(&path).await.unwrap();
        assert_eq!(told(&refused), required, "{path}: {}", refused.text);
    }
    // Who they are, their sessions and what leads to a second factor are their own.
    for path in ["/v1/me", "/v1/me/sessions", FACTORS] {
        let answer = before.get(path).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    let totp = asha.turn_on_totp(&platform).await;
    let here = totp.tokens.caller(&platform);
    let own = format!("/v1/patients/{}", asha.person);
    let record = here.get(&own).await.unwrap();
    assert_eq!(record.status, 200, "{}", record.text);
    // Not the session from before.
    let refused = before.get("/v1/hospitals").await.unwrap();
    assert_eq!(told(&refused), required);
    let anew = asha.sign_in_with(&platform, &totp.app).await;
    let list = anew.caller(&platform).get("/v1/hospitals").await.unwrap();
    assert_eq!(list.status, 200, "{}", list.text);
}

#[tokio::test]
async fn what_proves_nothing_is_told_by_its_field() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let caller = asha.sign_in(&platform).await.caller(&platform);
    for (body, problem, field) in [
        (json!({}), "missing-field", "/method"),
        (json!({"method": "magic"}), "invalid-field", "/method"),
        (json!({"method": "password"}), "missing-field", "/password"),
        (json!({"method": "totp"}), "missing-field", "/code"),
        (
            json!({"method": "totp", "code": "abcdef"}),
            "invalid-field",
            "/code",
        ),
        (
            json!({"method": "backup_code", "code": "123456"}),
            "invalid-field",
            "/code",
        ),
        (
            json!({"method": "mail", "code": "K7QM2-X9R4T"}),
            "missing-field",
            "/challenge",
        ),
        (
            json!({"method": "passkey", "passkey": {}}),
            "missing-field",
            "/challenge",
        ),
        (
            json!({"method": "totp", "code": "081804", "by": "me"}),
            "unknown-field",
            "/by",
        ),
    ] {
        let answer = caller.post(PROOF, &body).await;
        assert_eq!(told(&answer), (422, problem), "{body}: {}", answer.text);
        let at: &Value = &answer.body["field"];
        assert_eq!(at, &json!(field), "{body}: {}", answer.text);
    }
    let forged = json!({"method": "mail", "code": "K7QM2-X9R4T", "challenge": "medilink_x"});
    let answer = caller.post(PROOF, &forged).await;
    assert_eq!(told(&answer), (409, "challenge-over"), "{}", answer.text);
}

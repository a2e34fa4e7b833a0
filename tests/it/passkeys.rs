//! Passkeys: made, shown alone and as a second factor, and what is no passkey of ours.

use medilink_tests::{Answer, Caller, History, Newcomer, PROOF, Platform, SoftPasskey, Tokens};
use reqwest::Method;
use serde_json::{Value, json};

use crate::platform;

const ORIGIN: &str = "http://localhost:8080";
const OVER: (u16, &str) = (409, "challenge-over");
const WRONG: (u16, &str) = (422, "second-factor-wrong");

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

async fn asked(caller: &Caller, path: &str, body: &Value) -> Value {
    let question = caller.post(path, body).await;
    assert_eq!(question.status, 200, "{}", question.text);
    question.body
}

/// Somebody who has a passkey, the passkey, and the session in which it was made.
async fn with_passkey(platform: &Platform) -> (Newcomer, SoftPasskey, Caller) {
    let asha = Newcomer::register(platform).await;
    let caller = asha.sign_in(platform).await.caller(platform);
    let proof = json!({"method": "password", "password": asha.password});
    assert_eq!(caller.post(PROOF, &proof).await.status, 200);
    let path = "/v1/me/second-factors/passkey-question";
    let question = asked(&caller, path, &json!({})).await;
    let (passkey, made) = SoftPasskey::create(&question["options"], ORIGIN);
    let body = json!({"challenge": question["challenge"], "passkey": made, "name": "My phone"});
    let added = caller.post("/v1/me/second-factors/passkeys", &body).await;
    assert_eq!(added.status, 201, "{}", added.text);
    assert_eq!(added.body["backup_codes"].as_array().unwrap().len(), 10);
    let again = caller.post("/v1/me/second-factors/passkeys", &body).await;
    assert_eq!(told(&again), (409, "passkey-already-added"));
    (asha, passkey, caller)
}

/// Asks for a passkey, and shows this one.
async fn enter(platform: &Platform, passkey: &SoftPasskey) -> Answer {
    let visitor = platform.caller("");
    let path = "/v1/sessions/passkey-question";
    let question = asked(&visitor, path, &json!({})).await;
    let shown = passkey.get(&question["options"]);
    let body = json!({"challenge": question["challenge"], "passkey": shown});
    visitor.post("/v1/sessions/passkey", &body).await
}

#[tokio::test]
async fn a_passkey_alone_lets_its_person_in() {
    let platform = platform().await;
    let (asha, mut passkey, caller) = with_passkey(&platform).await;
    passkey.count += 1;
    let answer = enter(&platform, &passkey).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let tokens = Tokens(answer.body);
    assert_eq!(tokens.text("person"), asha.person.to_string());
    let history = History::read(&platform).await;
    let begun = history.of("session.started").last().unwrap();
    let begun: Value = serde_json::from_slice(&begun.payload).unwrap();
    assert_eq!(begun["methods"], json!(["pop", "user", "mfa"]));
    assert_eq!(begun["second_factor"], json!(true));

    let factors = caller.get("/v1/me/second-factors").await.unwrap();
    let passkeys = factors.body["passkeys"].as_array().unwrap();
    assert_eq!(passkeys[0]["name"], json!("My phone"), "{}", factors.text);
    let id = passkeys[0]["id"].as_str().unwrap();
    let path = format!("/v1/me/second-factors/passkeys/{id}");
    let removed = caller.send(caller.request(Method::DELETE, &path)).await;
    assert_eq!(removed.unwrap().status, 200);
    passkey.count += 1;
    assert_eq!(told(&enter(&platform, &passkey).await), WRONG);
    asha.sign_in(&platform).await;
}

#[tokio::test]
async fn a_passkey_is_a_second_factor_and_a_proof() {
    let platform = platform().await;
    let (asha, mut passkey, _) = with_passkey(&platform).await;
    let visitor = platform.caller("");
    let challenge = asha.challenge(&platform).await;
    let path = "/v1/sessions/challenge/passkey";
    let question = asked(&visitor, path, &json!({"challenge": challenge})).await;
    let known = question["options"]["allowCredentials"].as_array().unwrap();
    assert_eq!(known.len(), 1, "{question}");
    passkey.count += 1;
    let answer = |challenge: &Value| {
        json!({
            "challenge": challenge, "method": "passkey",
            "passkey": passkey.get(&question["options"]),
        })
    };
    // The challenge of the password knows nothing of the question.
    let early = answer(&json!(challenge));
    let early = visitor.post("/v1/sessions/challenge", &early).await;
    assert_eq!(told(&early), WRONG, "{}", early.text);
    assert_eq!(early.body["field"], json!("/passkey"));
    let body = answer(&question["challenge"]);
    let entered = visitor.post("/v1/sessions/challenge", &body).await;
    assert_eq!(entered.status, 201, "{}", entered.text);
    let again = visitor.post("/v1/sessions/challenge", &body).await;
    assert_eq!(told(&again), OVER, "{}", again.text);

    let caller = Tokens(entered.body).caller(&platform);
    let off = "/v1/me/second-factors/backup-codes";
    assert_eq!(
        told(&caller.post(off, &json!({})).await),
        (403, "proof-required")
    );
    let question = asked(&caller, &format!("{PROOF}/passkey"), &json!({})).await;
    passkey.count += 1;
    let proof = json!({
        "method": "passkey", "challenge": question["challenge"],
        "passkey": passkey.get(&question["options"]),
    });
    // In another session it proves nothing.
    passkey.count += 1;
    let other = Tokens(enter(&platform, &passkey).await.body).caller(&platform);
    assert_eq!(told(&other.post(PROOF, &proof).await), OVER);
    passkey.count += 1;
    let proof = json!({
        "method": "passkey", "challenge": question["challenge"],
        "passkey": passkey.get(&question["options"]),
    });
    let proven = caller.post(PROOF, &proof).await;
    assert_eq!(proven.status, 200, "{}", proven.text);
    assert_eq!(told(&caller.post(PROOF, &proof).await), OVER);
    assert_eq!(caller.post(off, &json!({})).await.status, 200);
}

#[tokio::test]
async fn what_is_no_passkey_of_ours_lets_nobody_in() {
    let platform = platform().await;
    let (_, mut passkey, _) = with_passkey(&platform).await;
    let visitor = platform.caller("");
    passkey.count = 5;
    assert_eq!(enter(&platform, &passkey).await.status, 201);
    // A copy of it, which counts for itself: also the very same count.
    for count in [4, 5, 0] {
        passkey.count = count;
        let refused = enter(&platform, &passkey).await;
        assert_eq!(told(&refused), WRONG, "{count}: {}", refused.text);
    }
    passkey.count = 6;
    // Shown at another site, also one that is spelled alike.
    for origin in [
        "https://localhost:8080",
        "http://localhost",
        "http://localhost:8080.example.org",
        "http://medilink.localhost:8080",
    ] {
        passkey.origin = origin.to_owned();
        assert_eq!(told(&enter(&platform, &passkey).await), WRONG, "{origin}");
    }
    passkey.origin = ORIGIN.to_owned();
    passkey.verified = false;
    assert_eq!(told(&enter(&platform, &passkey).await), WRONG);
    passkey.verified = true;

    let path = "/v1/sessions/passkey-question";
    let (one, two) = (
        asked(&visitor, path, &json!({})).await,
        asked(&visitor, path, &json!({})).await,
    );
    let send = |challenge: &Value, shown: Value| {
        let body = json!({"challenge": challenge, "passkey": shown});
        let visitor = &visitor;
        async move { visitor.post("/v1/sessions/passkey", &body).await }
    };
    // The answer to another question.
    let shown = passkey.get(&two["options"]);
    assert_eq!(told(&send(&one["challenge"], shown).await), WRONG);
    // Another site's name, somebody else's key, a wrong signature.
    let mut elsewhere = one["options"].clone();
    elsewhere["rpId"] = json!("example.org");
    let shown = passkey.get(&elsewhere);
    assert_eq!(told(&send(&one["challenge"], shown).await), WRONG);
    let (_, stranger, _) = with_passkey(&platform).await;
    let mut shown = stranger.get(&one["options"]);
    let mine = passkey.get(&one["options"]);
    for name in ["id", "rawId"] {
        shown[name] = mine[name].clone();
    }
    shown["response"]["userHandle"] = mine["response"]["userHandle"].clone();
    assert_eq!(told(&send(&one["challenge"], shown).await), WRONG);
    let mut shown = mine.clone();
    shown["response"]["signature"] = json!("AAAA");
    assert_eq!(told(&send(&one["challenge"], shown).await), WRONG);
    let mut nobodys = mine.clone();
    nobodys["response"]["userHandle"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let unknown = send(&one["challenge"], nobodys).await;
    assert_eq!(
        told(&unknown),
        (401, "wrong-credentials"),
        "{}",
        unknown.text
    );
    for malformed in [json!({}), json!([1]), json!("x")] {
        let refused = send(&one["challenge"], malformed).await;
        assert!(matches!(refused.status, 401 | 422), "{}", refused.text);
    }
    // A challenge for something else, and one that was answered.
    let question = asked(&visitor, path, &json!({})).await;
    let entered = send(&question["challenge"], passkey.get(&question["options"])).await;
    assert_eq!(entered.status, 201, "{}", entered.text);
    passkey.count += 1;
    let shown = passkey.get(&question["options"]);
    assert_eq!(told(&send(&question["challenge"], shown).await), OVER);
    let caller = Tokens(entered.body).caller(&platform);
    let proof = asked(&caller, &format!("{PROOF}/passkey"), &json!({})).await;
    let shown = passkey.get(&proof["options"]);
    assert_eq!(told(&send(&proof["challenge"], shown).await), OVER);
}

#[tokio::test]
async fn a_passkey_is_made_for_this_site_and_by_who_was_asked() {
    let platform = platform().await;
    let (_, _, caller) = with_passkey(&platform).await;
    let (_, _, other) = with_passkey(&platform).await;
    let path = "/v1/me/second-factors/passkey-question";
    let question = asked(&caller, path, &json!({})).await;
    let add = |caller: &Caller, challenge: &Value, made: Value| {
        let body = json!({"challenge": challenge, "passkey": made, "name": "My phone"});
        let caller = caller.clone();
        async move { caller.post("/v1/me/second-factors/passkeys", &body).await }
    };
    let (_, made) = SoftPasskey::create(&question["options"], "https://example.org");
    let refused = add(&caller, &question["challenge"], made).await;
    assert_eq!(told(&refused), WRONG, "{}", refused.text);
    let (_, made) = SoftPasskey::create(&question["options"], ORIGIN);
    let theirs = add(&other, &question["challenge"], made.clone()).await;
    assert_eq!(told(&theirs), OVER, "{}", theirs.text);
    let added = add(&caller, &question["challenge"], made).await;
    assert_eq!(added.status, 201, "{}", added.text);
    // Those came with the first one.
    assert!(added.body.get("backup_codes").is_none(), "{}", added.text);
    let factors = caller.get("/v1/me/second-factors").await.unwrap();
    assert_eq!(factors.body["passkeys"].as_array().unwrap().len(), 2);
}

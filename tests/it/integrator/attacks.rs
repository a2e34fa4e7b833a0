//! What the token endpoint is shown by those who have no key, and answers all of them alike.

use std::process::Command;
use std::time::{Duration, Instant};

use chrono::Utc;
use futures::future::join_all;
use medilink_tests::{Newcomer, Options, Platform, Program, ask_with, id, show, token_endpoint};
use serde_json::{Value, json};
use uuid::Uuid;

use super::lab::Lab;
use crate::MEDILINK;

/// The earliest that anybody is refused.
const FLOOR: Duration = Duration::from_millis(300);

const SCOPE: &str = "system/Slot.s";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_assertion_is_believed_that_the_key_did_not_sign_for_us_and_now() {
    type Change = fn(&mut Value, &mut Value);
    let lab = Lab::open().await;
    let platform = &lab.platform;
    let endpoint = token_endpoint(platform).await;
    let program = lab.registered(SCOPE, &[]).await;
    let other = lab.registered(SCOPE, &[]).await;
    let cases: &[(&str, Change)] = &[
        ("a foreign kid", |h, _| h["kid"] = json!("somebody-else")),
        ("no kid", |h, _| h["kid"] = Value::Null),
        ("a key's address", |h, _| {
            h["jku"] = json!("https://evil.example/jwks")
        }),
        ("a certificate's address", |h, _| {
            h["x5u"] = json!("https://evil.example/x5u")
        }),
        ("an extension", |h, _| h["crit"] = json!(["exp"])),
        ("the type of an access token", |h, _| {
            h["typ"] = json!("at+jwt")
        }),
        ("another algorithm", |h, _| h["alg"] = json!("RS384")),
        ("another audience", |_, c| {
            c["aud"] = json!("https://evil.example")
        }),
        ("two audiences", |_, c| {
            c["aud"] = json!([c["aud"].clone(), "https://evil.example"]);
        }),
        ("another issuer", |_, c| c["iss"] = json!(Uuid::now_v7())),
        ("another subject", |_, c| c["sub"] = json!(Uuid::now_v7())),
        ("expired", |_, c| {
            c["exp"] = json!(Utc::now().timestamp() - 1)
        }),
        ("an hour", |_, c| {
            c["exp"] = json!(Utc::now().timestamp() + 3_600)
        }),
        ("no end", |_, c| c["exp"] = Value::Null),
        ("no id", |_, c| c["jti"] = Value::Null),
        ("of tomorrow", |_, c| {
            c["nbf"] = json!(Utc::now().timestamp() + 86_400)
        }),
    ];
    let mut shown: Vec<(&str, String)> = Vec::new();
    for (name, change) in cases {
        let (mut header, mut claims) = program.good(&endpoint);
        change(&mut header, &mut claims);
        shown.push((name, program.signed(&header, &claims)));
    }
    let (header, claims) = program.good(&endpoint);
    shown.push(("another's key", other.signed(&header, &claims)));
    shown.push((
        "no client that there is",
        Program::unknown().assertion(platform).await,
    ));
    let mut bare = header.clone();
    bare["alg"] = json!("none");
    shown.push((
        "no signature",
        format!("{}.", Program::unsigned(&bare, &claims)),
    ));
    let mut embedded = header.clone();
    embedded["jwk"] = other.jwk();
    shown.push(("a key that it brings", other.signed(&embedded, &claims)));
    // The public key as the secret of a MAC.
    let mut confused = header.clone();
    confused["alg"] = json!("HS384");
    let message = Program::unsigned(&confused, &claims);
    let secret =
        jsonwebtoken::EncodingKey::from_secret(program.jwk()["x"].as_str().unwrap().as_bytes());
    let algorithm = jsonwebtoken::Algorithm::HS384;
    let mac = jsonwebtoken::crypto::sign(message.as_bytes(), &secret, algorithm).unwrap();
    shown.push(("the public key as a secret", format!("{message}.{mac}")));
    shown.push(("nothing of the kind", "a.b.c".to_owned()));
    // People's tokens open nothing here.
    let asha = Newcomer::register(platform).await.sign_in(platform).await;
    shown.push(("a person's token", asha.text("access_token").to_owned()));

    let visitor = platform.caller("");
    let mut first: Option<(u16, Value)> = None;
    for (name, assertion) in shown {
        let started = Instant::now();
        let refused = show(&visitor, &assertion, SCOPE).await;
        assert!(started.elapsed() >= FLOOR, "{name} was told early");
        assert_eq!(
            refused.header("content-type"),
            "application/json; charset=utf-8",
            "{name}"
        );
        assert_eq!(refused.header("cache-control"), "no-store", "{name}");
        let told = (refused.status, refused.body.clone());
        assert_eq!(
            told.1["error"], "invalid_client",
            "{name}: {}",
            refused.text
        );
        let alike = first.get_or_insert_with(|| told.clone());
        assert_eq!(&told, alike, "{name}");
    }
    assert_eq!(first.unwrap().0, 401);
    // The one that it is signs, all along.
    assert_eq!(program.ask(platform, SCOPE).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_script_of_the_readme_gets_a_token() {
    let lab = Lab::open().await;
    let platform = &lab.platform;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("lab.pem");
    let key = key.to_str().unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{program}: {:?}", output.stderr);
        said
    };
    run("openssl", &["genrsa", "-out", key, "2048"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/integrator-token");
    let jwk: Value = serde_json::from_str(&run(script, &["jwk", key])).unwrap();
    let body = json!({"name": "Lab", "scopes": [SCOPE], "keys": [jwk]});
    let registered = id(&lab.manager.post("/v1/integrators", &body).await).to_string();
    let url = format!("http://{}", platform.address());
    let given = run(script, &["get", key, &registered, &url, SCOPE]);
    let given: Value = serde_json::from_str(&given).unwrap();
    let token = given["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{given}"));
    let slots = platform
        .caller(token)
        .get(&lab.city.slots(lab.doctor))
        .await;
    assert_eq!(slots.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_is_answered_in_the_words_of_oauth() {
    let lab = Lab::open().await;
    let platform = &lab.platform;
    let program = lab
        .registered("system/Slot.s system/Organization.r", &[])
        .await;
    let visitor = platform.caller("");
    for scope in [
        "",
        "system/Organization.rs",
        "system/Appointment.r",
        "system/*.rs",
        "system/Slot.read",
        "patient/Slot.s",
        "openid",
        "system/Slot.s  system/Organization.r",
    ] {
        let refused = program.ask(platform, scope).await;
        let told = (refused.status, &refused.body["error"]);
        assert_eq!(told, (400, &json!("invalid_scope")), "{scope}");
    }
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let assertion = program.assertion(platform).await;
    let good = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", kind),
        ("client_assertion", &assertion),
        ("scope", SCOPE),
    ];
    let without = |name: &str| -> Vec<(&str, &str)> {
        good.into_iter()
            .filter(|(known, _)| *known != name)
            .collect()
    };
    let with = |name: &'static str, value: &'static str| -> Vec<(&str, &str)> {
        let mut form = without(name);
        form.push((name, value));
        form
    };
    let twice = [&good[..], &[("scope", SCOPE)]].concat();
    for (form, status, error) in [
        (without("grant_type"), 400, "invalid_request"),
        (twice, 400, "invalid_request"),
        (
            with("grant_type", "password"),
            400,
            "unsupported_grant_type",
        ),
        (
            with("grant_type", "authorization_code"),
            400,
            "unsupported_grant_type",
        ),
        (without("client_assertion"), 401, "invalid_client"),
        (with("client_secret", "guess"), 200, ""),
        // It was used up.
        (good.to_vec(), 401, "invalid_client"),
        (
            with("client_assertion_type", "secret"),
            401,
            "invalid_client",
        ),
    ] {
        let answer = ask_with(&visitor, &form).await;
        let told = answer.body["error"].as_str().unwrap_or_default();
        assert_eq!((answer.status, told), (status, error), "{form:?}");
    }
    // Another client's name beside it, or a secret instead of it.
    let assertion = program.assertion(platform).await;
    let nobody = Uuid::now_v7().to_string();
    let named = [
        &good[..2],
        &[("client_assertion", &assertion), ("client_id", &nobody)],
    ]
    .concat();
    assert_eq!(ask_with(&visitor, &named).await.status, 401);
    let json = visitor
        .post(
            "/oauth2/token",
            &json!({"grant_type": "client_credentials"}),
        )
        .await;
    assert_eq!(
        (json.status, &json.body["error"]),
        (400, &json!("invalid_request"))
    );

    // What libraries find out by themselves is so.
    let server = "/.well-known/oauth-authorization-server";
    for path in [server, "/.well-known/smart-configuration"] {
        let found = visitor.get(path).await.unwrap().body;
        assert_eq!(
            found["token_endpoint_auth_methods_supported"],
            json!(["private_key_jwt"])
        );
        assert_eq!(
            found["grant_types_supported"],
            json!(["client_credentials"])
        );
        let scopes = found["scopes_supported"].as_array().unwrap();
        assert!(
            scopes.contains(&json!("system/Appointment.rs")),
            "{scopes:?}"
        );
        let keys = found["jwks_uri"].as_str().unwrap();
        let keys = keys.replace("http://localhost:8080", "");
        let keys = visitor.get(&keys).await.unwrap().body;
        let given = program.ask(platform, SCOPE).await;
        let token = given.body["access_token"].as_str().unwrap();
        let header = jsonwebtoken::decode_header(token).unwrap();
        assert_eq!(header.typ.as_deref(), Some("at+jwt"));
        let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(keys).unwrap();
        let key = set.find(header.kid.as_deref().unwrap()).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(key).unwrap();
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
        validation.set_issuer(&[found["issuer"].as_str().unwrap()]);
        validation.set_audience(&["medilink"]);
        let said = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
        assert_eq!(said.claims["client_id"], json!(program.client));
        assert_eq!(said.claims["sub"], json!(program.client));
        assert_eq!(said.claims["scope"], SCOPE);
        // Not for people's sessions.
        assert_eq!(said.claims["sid"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assertion_is_good_once_at_whichever_gateway_and_tokens_are_paced() {
    let options = Options {
        copies: 2,
        ..Options::default()
    };
    let lab = Lab::at(Platform::start(MEDILINK, options).await).await;
    let platform = &lab.platform;
    let program = lab.registered(SCOPE, &[]).await;
    let assertion = program.assertion(platform).await;
    let show_at = |turn: usize| {
        let (visitor, assertion) = (platform.caller("").at_turn(turn), assertion.clone());
        async move { show(&visitor, &assertion, SCOPE).await.status }
    };
    let mut answers = join_all((0..20).map(show_at)).await;
    answers.sort_unstable();
    let expected = [vec![200], vec![401; 19]].concat();
    assert_eq!(answers, expected, "one winner");
    assert_eq!(show_at(1).await, 401, "and none afterwards");

    let started = Instant::now();
    let mut given = 0;
    let refused = loop {
        let answer = program.ask(platform, SCOPE).await;
        if answer.status != 200 {
            break answer;
        }
        given += 1;
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "{given} and no end"
        );
    };
    assert_eq!(
        (refused.status, refused.problem()),
        (429, "tried-too-often")
    );
    assert!((55..=60).contains(&given), "{given}");
    assert!(!refused.header("retry-after").is_empty());
    // Nobody else waits for it.
    let other = lab.registered(SCOPE, &[]).await;
    assert_eq!(other.ask(platform, SCOPE).await.status, 200);
}

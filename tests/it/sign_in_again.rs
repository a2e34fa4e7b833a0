//! What ends with a new password, a disabled account, too many sessions, or a key that is gone.

use std::time::Duration;

use futures::StreamExt;
use medilink_commands::sign_in::TokenKeys;
use medilink_domain::values::Role;
use medilink_tests::{
    Answer, History, Newcomer, Options, Part, Platform, Tokens, completion, eventually,
};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::{MEDILINK, platform};

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

#[tokio::test]
async fn enabling_an_account_again_revives_no_session_from_before() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let administrator = platform
        .person(Uuid::now_v7(), &[Role::Administrator])
        .await;
    let account = format!("/v1/accounts/{}", asha.person);
    let reason = json!({"reason": "stolen-phone"});
    for (what, body) in [("disable", reason), ("enable", json!({}))] {
        let path = format!("{account}/{what}");
        assert_eq!(administrator.post(&path, &body).await.status, 200);
    }
    let me = tokens.caller(&platform).get("/v1/me").await.unwrap();
    assert_eq!(told(&me), (401, "invalid-token"));
    let refreshed = tokens.refresh(&platform).await;
    assert_eq!(told(&refreshed), (401, "refresh-refused"));
    let anew = asha.sign_in(&platform).await;
    assert_eq!(anew.refresh(&platform).await.status, 200);
    let list = anew.caller(&platform).get("/v1/me/sessions").await.unwrap();
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_new_password_voids_every_other_code_and_signs_in() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let visitor = platform.caller("");
    let wish = json!({"email": asha.email});
    let (one, two) = (
        visitor.post("/v1/recoveries", &wish).await,
        visitor.post("/v1/recoveries", &wish).await,
    );
    let complete = |asked: Answer, password: &'static str| {
        let (platform, visitor) = (&platform, &visitor);
        async move {
            let code = platform.code_of(&asked).await;
            let body = json!({"code": code, "password": password});
            visitor.post(&completion("recoveries", &asked), &body).await
        }
    };
    let recovered = complete(one, "nine tall wooden ships").await;
    assert_eq!(recovered.status, 200, "{}", recovered.text);
    let tokens = Tokens(recovered.body);
    let caller = tokens.caller(&platform);
    assert_eq!(caller.get("/v1/me").await.unwrap().status, 200);
    let late = complete(two, "four quiet brown rivers").await;
    assert_eq!(told(&late), (422, "code-wrong"), "{}", late.text);
    // So does one that was chosen by whoever is signed in.
    let three = visitor.post("/v1/recoveries", &wish).await;
    let change = json!({"current": "nine tall wooden ships", "new": "seven lazy green foxes"});
    let change = caller.request(Method::PUT, "/v1/me/password").json(&change);
    assert_eq!(caller.send(change).await.unwrap().status, 200);
    let late = complete(three, "four quiet brown rivers").await;
    assert_eq!(told(&late), (422, "code-wrong"), "{}", late.text);
}

/// Whether a sign-in on this device has to wait because of others who guess.
async fn waits(platform: &Platform, asha: &Newcomer, device_token: &str) -> bool {
    let mut from_the_device = asha.credentials();
    from_the_device["device_token"] = json!(device_token);
    let visitor = platform.caller("");
    let answer = visitor.post("/v1/sessions", &from_the_device).await;
    match told(&answer) {
        (201, _) => false,
        (429, "tried-too-often") => true,
        other => panic!("{other:?}: {}", answer.text),
    }
}

async fn guess(platform: &Platform, asha: &Newcomer) {
    let visitor = platform.caller("");
    let guesses = (0..20).map(|number| {
        let body = json!({"email": asha.email, "password": format!("guess number {number}")});
        let visitor = &visitor;
        async move { visitor.post("/v1/sessions", &body).await }
    });
    futures::future::join_all(guesses).await;
}

#[tokio::test]
async fn a_device_is_known_for_90_days_and_as_long_as_the_password() {
    let options = Options {
        breakable: true,
        ..Options::default()
    };
    let platform = Platform::start(MEDILINK, options).await;
    let mut asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let device = tokens.text("device_token").to_owned();
    guess(&platform, &asha).await;
    assert!(!waits(&platform, &asha, &device).await);
    let soon = Duration::from_secs(30);
    let day = 24 * 60 * 60;
    assert!(platform.set_clock(Part::Gateway.into(), 89 * day));
    tokio::time::sleep(Duration::from_secs(2)).await;
    guess(&platform, &asha).await;
    assert!(!waits(&platform, &asha, &device).await);
    assert!(platform.set_clock(Part::Gateway.into(), 91 * day));
    eventually("it is too long ago", soon, || async {
        guess(&platform, &asha).await;
        waits(&platform, &asha, &device).await
    })
    .await;
    assert!(platform.set_clock(Part::Gateway.into(), 0));
    eventually("the clock is right again", soon, || async {
        !waits(&platform, &asha, &device).await
    })
    .await;

    let caller = asha.from_device(&platform, &device).await.caller(&platform);
    let new = "seven lazy green foxes";
    let change = json!({"current": asha.password, "new": new});
    let change = caller.request(Method::PUT, "/v1/me/password").json(&change);
    let changed = caller.send(change).await.unwrap();
    assert_eq!(changed.status, 200, "{}", changed.text);
    asha.password = new.to_owned();
    eventually("the device is not known any more", soon, || async {
        guess(&platform, &asha).await;
        waits(&platform, &asha, &device).await
    })
    .await;
    let here = Tokens(changed.body);
    assert!(!waits(&platform, &asha, here.text("device_token")).await);
}

#[tokio::test]
async fn of_too_many_sessions_the_oldest_ends_and_all_others_can_be_ended_at_once() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let first = asha.sign_in(&platform).await;
    let second = asha.sign_in(&platform).await;
    futures::stream::iter(0..49)
        .for_each_concurrent(4, |_| async {
            asha.sign_in(&platform).await;
        })
        .await;
    let sees = |tokens: Tokens| {
        let caller = tokens.caller(&platform);
        async move { caller.get("/v1/me").await.unwrap().status }
    };
    assert_eq!(sees(first).await, 401);
    assert_eq!(sees(second.clone()).await, 200);
    let caller = second.caller(&platform);
    let list = caller.get("/v1/me/sessions").await.unwrap();
    assert_eq!(list.body["items"].as_array().unwrap().len(), 50);
    let ended = caller.request(Method::DELETE, "/v1/me/sessions");
    let ended = caller.send(ended).await.unwrap();
    assert_eq!(ended.body["ended"], json!(49), "{}", ended.text);
    let list = caller.get("/v1/me/sessions").await.unwrap();
    let items = list.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{}", list.text);
    assert_eq!(items[0]["current"], json!(true));
    let history = History::read(&platform).await;
    assert_eq!(history.of("session.ended").count(), 50);
}

#[tokio::test]
async fn new_keys_are_published_and_deleted_ones_believed_no_more() {
    let options = Options::default().with("gateway", "sign_in.keys_seconds = 1");
    let platform = Platform::start(MEDILINK, options).await;
    let asha = Newcomer::register(&platform).await;
    let old = asha.sign_in(&platform).await;
    let folder = platform.folder().join("sign-in-keys");
    let files = || -> Vec<_> {
        let entries = std::fs::read_dir(&folder).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|kind| kind == "pem"))
            .collect()
    };
    let before = files();
    let id = TokenKeys::add_key(&folder).unwrap();
    let soon = Duration::from_secs(20);
    eventually("the new key is published", soon, || async {
        let visitor = platform.caller("");
        let keys = visitor.get("/.well-known/jwks.json").await.unwrap();
        let keys = keys.body["keys"].as_array().unwrap().clone();
        keys.len() == 2 && keys[0]["kid"] == json!(id)
    })
    .await;
    let new = asha.sign_in(&platform).await;
    let status = async |tokens: &Tokens| {
        let caller = tokens.caller(&platform);
        caller.get("/v1/me").await.unwrap().status
    };
    assert_eq!((status(&old).await, status(&new).await), (200, 200));
    for file in before {
        std::fs::remove_file(file).unwrap();
    }
    eventually("the old key is believed no more", soon, || async {
        status(&old).await == 401
    })
    .await;
    assert_eq!(status(&new).await, 200);
}

/// What somebody asks for who keeps the refresh token in a cookie.
const COOKIE: (&str, &str) = ("medilink-refresh-token", "cookie");

#[tokio::test]
async fn a_browser_keeps_the_refresh_token_where_no_script_can_read_it() {
    let platform = Platform::start(MEDILINK, Options::default()).await;
    let asha = Newcomer::register(&platform).await;
    let visitor = platform.caller("");
    let sign_in = |kept: &'static str| {
        let request = visitor.request(Method::POST, "/v1/sessions");
        request.header(COOKIE.0, kept).json(&asha.credentials())
    };
    let wrong = visitor.send(sign_in("somewhere")).await.unwrap();
    assert_eq!(told(&wrong), (400, "invalid-header"), "{}", wrong.text);
    let entered = visitor.send(sign_in(COOKIE.1)).await.unwrap();
    assert_eq!(entered.status, 201, "{}", entered.text);
    assert!(entered.body["refresh_token"].is_null(), "{}", entered.text);
    let set = entered.headers["set-cookie"].to_str().unwrap().to_owned();
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/;"] {
        assert!(set.contains(part), "{set}");
    }
    let held = set.split(';').next().unwrap().to_owned();

    let refresh = |headers: &[(&'static str, &str)]| {
        let mut request = visitor.request(Method::POST, "/v1/sessions/refresh");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.json(&json!({}))
    };
    // A cookie alone is what another site could make a browser send.
    let alone = visitor.send(refresh(&[("cookie", &held)])).await.unwrap();
    assert_eq!(told(&alone), (422, "missing-field"), "{}", alone.text);
    let without = visitor.send(refresh(&[COOKIE])).await.unwrap();
    assert_eq!(told(&without), (401, "refresh-refused"), "{}", without.text);
    let twice = format!("{held}; {held}");
    let twice = visitor.send(refresh(&[COOKIE, ("cookie", &twice)])).await;
    assert_eq!(told(&twice.unwrap()), (401, "refresh-refused"));
    let both = [COOKIE, ("cookie", held.as_str())];
    let next = visitor.send(refresh(&both)).await.unwrap();
    assert_eq!(next.status, 200, "{}", next.text);
    let newer = next.headers["set-cookie"].to_str().unwrap().to_owned();
    assert_ne!(newer.split(';').next(), Some(held.as_str()));
    // Good once, as any other.
    let again = visitor.send(refresh(&both)).await.unwrap();
    assert_eq!(told(&again), (401, "refresh-refused"), "{}", again.text);
    let newer = newer.split(';').next().unwrap();
    let ended = visitor.send(refresh(&[COOKIE, ("cookie", newer)])).await;
    assert_eq!(told(&ended.unwrap()), (401, "refresh-refused"));
}

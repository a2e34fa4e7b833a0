//! Accounts and sessions: how a person comes in, stays in, and what keeps everyone else out.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use medilink_domain::values::Role;
use medilink_tests::{
    Answer, History, Newcomer, Options, Platform, Tokens, assert_read_models_equal_their_replay,
    completion, eventually,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{MEDILINK, platform};

async fn sign_in(platform: &Platform, body: &Value) -> Answer {
    platform.caller("").post("/v1/sessions", body).await
}

/// How often each outcome came.
fn outcomes(answers: &[Answer]) -> BTreeMap<(u16, String), usize> {
    let mut found = BTreeMap::new();
    for answer in answers {
        let outcome = (answer.status, answer.problem().to_owned());
        *found.entry(outcome).or_default() += 1;
    }
    found
}

#[tokio::test]
async fn a_person_registers_signs_in_sees_their_own_record_and_signs_out() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    assert_eq!(tokens.text("person"), asha.person.to_string());
    let caller = tokens.caller(&platform);
    let me = caller.get("/v1/me").await.unwrap();
    assert_eq!(me.body["roles"], json!(["patient"]), "{}", me.text);
    let own = format!("/v1/patients/{}", asha.person);
    let record = caller.get_at(&own, asha.position).await;
    assert_eq!(record.body["email"], json!(asha.email), "{}", record.text);

    let answer = tokens.refresh(&platform).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let refreshed = Tokens(answer.body);
    let second = asha.sign_in(&platform).await;
    let list = refreshed
        .caller(&platform)
        .get("/v1/me/sessions")
        .await
        .unwrap();
    let items = list.body["items"].as_array().unwrap();
    let listed: Vec<_> = items
        .iter()
        .map(|item| (item["id"].as_str().unwrap(), item["current"] == true))
        .collect();
    let expected = [
        (second.text("session"), false),
        (tokens.text("session"), true),
    ];
    assert_eq!(listed, expected, "{}", list.text);
    assert_eq!(items[0]["device"], json!("Asha's phone"));

    let end = format!("/v1/me/sessions/{}", tokens.text("session"));
    let ended = second.caller(&platform);
    let ended = ended
        .send(ended.request(Method::DELETE, &end))
        .await
        .unwrap();
    assert_eq!(ended.status, 200, "{}", ended.text);
    for gone in [&tokens, &refreshed] {
        let answer = gone.caller(&platform).get("/v1/me").await.unwrap();
        assert_eq!((answer.status, answer.problem()), (401, "invalid-token"));
        let answer = gone.refresh(&platform).await;
        assert_eq!((answer.status, answer.problem()), (401, "refresh-refused"));
    }
    let other = second.caller(&platform).get("/v1/me").await.unwrap();
    assert_eq!(other.status, 200);
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test]
async fn another_persons_session_is_not_there() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let bina = Newcomer::register(&platform).await;
    let (hers, mine) = (asha.sign_in(&platform).await, bina.sign_in(&platform).await);
    let caller = mine.caller(&platform);
    let end = |session: String| {
        let caller = &caller;
        async move {
            let path = format!("/v1/me/sessions/{session}");
            let answer = caller
                .send(caller.request(Method::DELETE, &path))
                .await
                .unwrap();
            (answer.status, answer.problem().to_owned())
        }
    };
    let theirs = end(hers.text("session").to_owned()).await;
    assert_eq!(theirs, end(Uuid::now_v7().to_string()).await);
    assert_eq!(theirs.0, 404);
    assert_eq!(
        hers.caller(&platform).get("/v1/me").await.unwrap().status,
        200
    );
    let record = format!("/v1/patients/{}", asha.person);
    assert_eq!(caller.get_at(&record, bina.position).await.status, 404);
}

/// What an answer shows, without what differs between any two.
fn shown(mut answer: Answer) -> (u16, Value, String) {
    for field in ["id", "expires_at", "instance", "position"] {
        if let Some(body) = answer.body.as_object_mut() {
            body.remove(field);
        }
    }
    for name in ["x-request-id", "traceparent", "date", "medilink-position"] {
        answer.headers.remove(name);
    }
    (answer.status, answer.body, format!("{:?}", answer.headers))
}

#[tokio::test]
async fn nothing_tells_whether_an_address_has_an_account() {
    let mails = tempfile::tempdir().unwrap();
    let folder = format!("mail_folder = '{}'", mails.path().display());
    let options = Options::default().with("worker", folder);
    let platform = Platform::start(MEDILINK, options).await;
    let asha = Newcomer::register(&platform).await;
    let known = asha.email.to_uppercase();
    let unknown = format!("{}@example.org", Uuid::now_v7().simple());
    let visitor = platform.caller("");
    let started = Instant::now();
    for (path, body) in [
        ("/v1/registrations", json!({"language": "hi"})),
        ("/v1/recoveries", json!({})),
        ("/v1/sessions", json!({"password": "not the right one"})),
    ] {
        let with = |email: &str| {
            let mut body = body.clone();
            body["email"] = json!(email);
            body
        };
        let there = shown(visitor.post(path, &with(&known)).await);
        let nowhere = shown(visitor.post(path, &with(&unknown)).await);
        assert_eq!(there, nowhere, "{path}");
    }
    // Each is told no earlier than any of them could take.
    assert!(started.elapsed() > 6 * Duration::from_millis(300));

    // Only the mailbox tells, and the address that was typed gets nothing of it.
    let mails_to = |address: &str| {
        let entries = std::fs::read_dir(mails.path()).unwrap();
        let texts = entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
        let to = format!("To: {address}\r\n");
        texts.filter(|text| text.contains(&to)).count()
    };
    let all = Duration::from_secs(30);
    // Her registration, that she has an account, and her recovery; one registration.
    eventually("the mails are written", all, || async {
        mails_to(&asha.email) == 3 && mails_to(&unknown) == 1
    })
    .await;
    assert_eq!(mails_to(&known), 0);
}

#[tokio::test]
async fn a_code_opens_one_account_once() {
    let platform = platform().await;
    let visitor = platform.caller("");
    let email = format!("{}@example.org", Uuid::now_v7().simple());
    let body = json!({"email": email, "language": "pa"});
    let (one, two) = (
        visitor.post("/v1/registrations", &body).await,
        visitor.post("/v1/registrations", &body).await,
    );
    let details = Newcomer::details(&platform.code_of(&one).await, "a quiet brown river runs");
    let path = completion("registrations", &one);
    for (body, field, problem) in [
        (json!({"code": "00000-00000"}), "/code", "code-wrong"),
        (
            json!({"password": "password1234"}),
            "/password",
            "weak-password",
        ),
        (json!({"password": email}), "/password", "weak-password"),
        (json!({"password": "short"}), "/password", "weak-password"),
        (
            json!({"roles": ["administrator"]}),
            "/roles",
            "unknown-field",
        ),
        (
            json!({"tenant": Uuid::now_v7()}),
            "/tenant",
            "unknown-field",
        ),
        (json!({"phone": "12"}), "/phone", "invalid-field"),
    ] {
        let mut wrong = details.clone();
        for (name, value) in body.as_object().unwrap() {
            wrong[name] = value.clone();
        }
        let answer = visitor.post(&path, &wrong).await;
        assert_eq!(
            (answer.status, answer.problem()),
            (422, problem),
            "{}",
            answer.text
        );
        assert_eq!(answer.body["field"], json!(field), "{}", answer.text);
    }
    let recovery = json!({"code": details["code"], "password": details["password"]});
    let elsewhere = visitor
        .post(&completion("recoveries", &one), &recovery)
        .await;
    assert_eq!(elsewhere.problem(), "code-wrong");
    // Both codes of one address, and one of them five times, all at once.
    let other = Newcomer::details(&platform.code_of(&two).await, "a quiet brown river runs");
    let second = completion("registrations", &two);
    let tries = (0..4).map(|_| (&path, &details)).chain([(&second, &other)]);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let answers = join_all(tries.map(|(path, body)| visitor.persist(path, body))).await;
    let opened: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .collect();
    assert_eq!(opened.len(), 1, "{:?}", outcomes(&answers));
    let history = History::read(&platform).await;
    assert_eq!(history.of("account.opened").count(), 1);
    assert_eq!(history.of("patient.registered").count(), 1);
}

#[tokio::test]
async fn fifty_refreshes_of_one_token_have_one_winner_and_end_the_session() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let answers = join_all((0..50).map(|_| tokens.refresh(&platform))).await;
    let expected = [
        ((200, String::new()), 1),
        ((401, "refresh-refused".to_owned()), 49),
    ];
    assert_eq!(outcomes(&answers), BTreeMap::from(expected));
    let winner = answers.into_iter().find(|answer| answer.status == 200);
    let winner = Tokens(winner.unwrap().body);
    // The token is in two hands: nobody knows whose the winner's are.
    let answer = winner.refresh(&platform).await;
    assert_eq!((answer.status, answer.problem()), (401, "refresh-refused"));
    let answer = winner.caller(&platform).get("/v1/me").await.unwrap();
    assert_eq!((answer.status, answer.problem()), (401, "invalid-token"));
    let history = History::read(&platform).await;
    assert_eq!(history.of("session.refreshed").count(), 1);
    assert_eq!(history.of("session.ended").count(), 1);
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_asked_for_again() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let body = json!({"refresh_token": tokens.text("refresh_token")});
    let visitor = platform.caller("").with("idempotency-key", "refresh-1");
    let first = visitor.post("/v1/sessions/refresh", &body).await;
    let again = visitor.post("/v1/sessions/refresh", &body).await;
    assert_eq!((first.status, again.status), (200, 200), "{}", again.text);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.body["refresh_token"], again.body["refresh_token"]);
    let next = Tokens(again.body).refresh(&platform).await;
    assert_eq!(next.status, 200, "{}", next.text);
    // Whoever repeats it after that is not the one who was answered, and nobody stays in.
    let late = visitor.post("/v1/sessions/refresh", &body).await;
    assert_eq!((late.status, late.problem()), (401, "refresh-refused"));
    let next = Tokens(next.body);
    assert_eq!(next.refresh(&platform).await.status, 401);
    let me = next.caller(&platform).get("/v1/me").await.unwrap();
    assert_eq!(me.status, 401, "{}", me.text);
    let late = visitor.post("/v1/sessions/refresh", &body).await;
    assert_eq!((late.status, late.problem()), (401, "refresh-refused"));
    for forged in ["", "medilink_refresh_00", tokens.text("access_token")] {
        let body = json!({"refresh_token": forged});
        let answer = platform
            .caller("")
            .post("/v1/sessions/refresh", &body)
            .await;
        assert!(matches!(answer.status, 401 | 422), "{}", answer.text);
    }
}

#[tokio::test]
async fn guesses_side_by_side_get_no_further_and_lock_nobody_out() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let bina = Newcomer::register(&platform).await.sign_in(&platform).await;
    let guess = |number: usize| {
        let body = json!({"email": asha.email, "password": format!("guess number {number}")});
        let platform = &platform;
        async move { sign_in(platform, &body).await }
    };
    let answers = join_all((0..50).map(guess)).await;
    let found = outcomes(&answers);
    let looked_at = found[&(401, "wrong-credentials".to_owned())];
    let refused = found[&(429, "tried-too-often".to_owned())];
    assert!((1..=6).contains(&looked_at), "{found:?}");
    assert_eq!(looked_at + refused, 50, "{found:?}");
    // While they guess she is not let in with the password alone, but on her own phone.
    let right = sign_in(&platform, &asha.credentials()).await;
    assert_eq!((right.status, right.problem()), (429, "tried-too-often"));
    assert!(right.header("retry-after").parse::<u64>().unwrap() <= 900);
    let mut from_her_phone = asha.credentials();
    from_her_phone["device_token"] = json!(tokens.text("device_token"));
    assert_eq!(sign_in(&platform, &from_her_phone).await.status, 201);
    // Somebody else's device is none of hers.
    from_her_phone["device_token"] = json!(bina.text("device_token"));
    assert_eq!(sign_in(&platform, &from_her_phone).await.status, 429);
    let history = History::read(&platform).await;
    assert_eq!(history.of("sign-in.refused").count(), looked_at);
}

#[tokio::test]
async fn a_disabled_account_lets_nobody_in_from_then_on() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let administrator = platform
        .person(Uuid::now_v7(), &[Role::Administrator])
        .await;
    let token = platform.person(asha.person, &[Role::Patient]).await;
    assert_eq!(token.get("/v1/me").await.unwrap().status, 200);
    let account = format!("/v1/accounts/{}", asha.person);
    let reason = json!({"reason": "stolen-phone"});
    let disabled = administrator
        .post(&format!("{account}/disable"), &reason)
        .await;
    assert_eq!(disabled.status, 200, "{}", disabled.text);
    let answer = tokens.caller(&platform).get("/v1/me").await.unwrap();
    assert_eq!((answer.status, answer.problem()), (401, "invalid-token"));
    let answer = token.get("/v1/me").await.unwrap();
    assert_eq!((answer.status, answer.problem()), (401, "invalid-token"));
    let answer = tokens.refresh(&platform).await;
    assert_eq!((answer.status, answer.problem()), (401, "refresh-refused"));
    let answer = sign_in(&platform, &asha.credentials()).await;
    assert_eq!((answer.status, answer.problem()), (403, "account-disabled"));
    let again = administrator
        .post(&format!("{account}/disable"), &reason)
        .await;
    assert_eq!(again.problem(), "account-already-disabled");
    let enabled = administrator
        .post(&format!("{account}/enable"), &json!({}))
        .await;
    assert_eq!(enabled.status, 200, "{}", enabled.text);
    assert_eq!(sign_in(&platform, &asha.credentials()).await.status, 201);
}

#[tokio::test]
async fn a_new_password_ends_every_session_however_it_was_set() {
    let platform = platform().await;
    let mut asha = Newcomer::register(&platform).await;
    let (one, two) = (asha.sign_in(&platform).await, asha.sign_in(&platform).await);
    let caller = one.caller(&platform);
    let change = |current: &str, new: &str| {
        let body = json!({"current": current, "new": new});
        let request = caller.request(Method::PUT, "/v1/me/password").json(&body);
        let caller = &caller;
        async move { caller.send(request).await.unwrap() }
    };
    let wrong = change("not the one that it is", "seven lazy green foxes").await;
    assert_eq!((wrong.status, wrong.problem()), (422, "wrong-password"));
    assert_eq!(wrong.body["field"], json!("/current"));
    let weak = change(&asha.password, "password1234").await;
    assert_eq!(
        (weak.problem(), &weak.body["field"]),
        ("weak-password", &json!("/new"))
    );
    let changed = change(&asha.password, "seven lazy green foxes").await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    for old in [&one, &two] {
        assert_eq!(
            old.caller(&platform).get("/v1/me").await.unwrap().status,
            401
        );
        assert_eq!(old.refresh(&platform).await.status, 401);
    }
    let here = Tokens(changed.body);
    assert_eq!(
        here.caller(&platform).get("/v1/me").await.unwrap().status,
        200
    );
    assert_eq!(sign_in(&platform, &asha.credentials()).await.status, 401);

    let visitor = platform.caller("");
    let asked = visitor
        .post("/v1/recoveries", &json!({"email": asha.email}))
        .await;
    let body = json!({
        "code": platform.code_of(&asked).await, "password": "nine tall wooden ships",
    });
    let path = completion("recoveries", &asked);
    let answers = join_all((0..4).map(|_| visitor.post(&path, &body))).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1, "{:?}", outcomes(&answers));
    assert_eq!(
        here.caller(&platform).get("/v1/me").await.unwrap().status,
        401
    );
    asha.password = "nine tall wooden ships".to_owned();
    asha.sign_in(&platform).await;
}

#[tokio::test]
async fn forged_access_tokens_let_nobody_in() {
    let platform = platform().await;
    let tokens = Newcomer::register(&platform).await.sign_in(&platform).await;
    let right = tokens.text("access_token");
    let [header, claims, signature] = right.split('.').collect::<Vec<_>>()[..] else {
        panic!("{right}")
    };
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let write = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with = |part: &str, name: &str, value: Value| {
        let mut parsed = read(part);
        parsed[name] = value;
        write(&parsed)
    };
    let somebody = json!(Uuid::now_v7());
    let forged = [
        format!("{}.{claims}.", with(header, "alg", json!("none"))),
        format!(
            "{}.{claims}.{signature}",
            with(header, "alg", json!("HS256"))
        ),
        format!("{}.{claims}.{signature}", with(header, "typ", json!("JWT"))),
        format!(
            "{}.{claims}.{signature}",
            with(header, "kid", json!("../key"))
        ),
        format!(
            "{header}.{}.{signature}",
            with(claims, "sub", somebody.clone())
        ),
        format!("{header}.{}.{signature}", with(claims, "tenant", somebody)),
        format!(
            "{header}.{}.{signature}",
            with(claims, "exp", json!(9_999_999_999_i64))
        ),
        format!("{right}x"),
        format!("{header}.{claims}"),
        tokens.text("refresh_token").to_owned(),
    ];
    for token in forged {
        let answer = platform.caller(&token).get("/v1/me").await.unwrap();
        assert_eq!(answer.status, 401, "{token}: {}", answer.text);
    }
    assert_eq!(
        tokens.caller(&platform).get("/v1/me").await.unwrap().status,
        200
    );
    let keys = platform
        .caller("")
        .get("/.well-known/jwks.json")
        .await
        .unwrap();
    let key = &keys.body["keys"][0];
    assert_eq!(key["kid"], read(header)["kid"], "{}", keys.text);
    assert_eq!(key["d"], Value::Null, "a private key is shown");
}

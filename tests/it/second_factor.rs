//! Second factors: what is shown beside the password, once.

use std::collections::BTreeMap;

use futures::future::join_all;
use medilink_domain::values::Role;
use medilink_domain::{ChallengeId, VerificationId};
use medilink_tests::{
    Answer, History, Newcomer, Options, PROOF, Part, Platform, Tokens, answer_with,
    assert_read_models_equal_their_replay, completion,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{MEDILINK, platform};

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

fn outcomes(answers: &[Answer]) -> BTreeMap<(u16, &str), usize> {
    let mut found = BTreeMap::new();
    for answer in answers {
        *found.entry(told(answer)).or_default() += 1;
    }
    found
}

const WRONG: (u16, &str) = (422, "second-factor-wrong");
const OVER: (u16, &str) = (409, "challenge-over");

#[tokio::test]
async fn with_an_app_signing_in_takes_its_code() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let totp = asha.turn_on_totp(&platform).await;
    assert_eq!(totp.backup_codes.len(), 10);
    let visitor = platform.caller("");
    let answer = visitor.post("/v1/sessions", &asha.credentials()).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.body["methods"], json!(["totp", "backup_code"]));
    assert!(answer.body.get("access_token").is_none(), "{}", answer.text);
    let tokens = asha.sign_in_with(&platform, &totp.app).await;
    let caller = tokens.caller(&platform);
    let me = caller.get("/v1/me").await.unwrap();
    assert_eq!(me.body["id"], json!(asha.person), "{}", me.text);
    let factors = caller.get("/v1/me/second-factors").await.unwrap();
    assert_eq!(
        (&factors.body["on"], &factors.body["backup_codes_left"]),
        (&json!(true), &json!(10)),
        "{}",
        factors.text
    );
    let sessions = caller.get("/v1/me/sessions").await.unwrap();
    let items = sessions.body["items"].as_array().unwrap();
    assert!(items.iter().all(|item| item["second_factor"] == true));
    let history = History::read(&platform).await;
    let begun: Value =
        serde_json::from_slice(&history.of("session.started").last().unwrap().payload).unwrap();
    assert_eq!(begun["methods"], json!(["pwd", "otp", "mfa"]), "{begun}");
    // Neither the challenge nor a code lets anyone in.
    let challenge = asha.challenge(&platform).await;
    for token in [challenge.as_str(), &totp.backup_codes[0]] {
        let answer = platform.caller(token).get("/v1/me").await.unwrap();
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test]
async fn a_code_of_the_app_is_good_once_and_no_earlier_one_after_it() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let totp = asha.turn_on_totp(&platform).await;
    let show = |code: String| {
        let (platform, asha) = (&platform, &asha);
        async move {
            let challenge = asha.challenge(platform).await;
            answer_with(platform, &challenge, "totp", &code).await
        }
    };
    let code = totp.app.code().await;
    assert_eq!(show(code.clone()).await.status, 201);
    // In the same step, and after the clock went on.
    assert_eq!(told(&show(code.clone()).await), WRONG);
    let next = totp.app.code().await;
    assert_eq!(show(next.clone()).await.status, 201);
    for replayed in [code, next] {
        assert_eq!(told(&show(replayed).await), WRONG);
    }
    // Side by side one wins.
    let code = totp.app.code().await;
    let challenges = join_all((0..4).map(|_| asha.challenge(&platform))).await;
    let shown = challenges
        .iter()
        .map(|challenge| answer_with(&platform, challenge, "totp", &code));
    let answers = join_all(shown).await;
    let won = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(won, 1, "{:?}", outcomes(&answers));
    let history = History::read(&platform).await;
    assert_eq!(history.of("second-factor.totp-used").count(), 3);
}

#[tokio::test]
async fn codes_of_other_times_other_apps_and_other_people_are_wrong() {
    let platform = platform().await;
    let (asha, bina) = (
        Newcomer::register(&platform).await,
        Newcomer::register(&platform).await,
    );
    let (hers, mine) = (
        asha.turn_on_totp(&platform).await,
        bina.turn_on_totp(&platform).await,
    );
    let challenge = asha.challenge(&platform).await;
    for (method, code) in [
        ("totp", hers.app.code_in(-3)),
        ("totp", hers.app.code_in(3)),
        ("totp", mine.app.code_in(0)),
        ("backup_code", mine.backup_codes[0].clone()),
        ("mail", mine.backup_codes[0].clone()),
    ] {
        let answer = answer_with(&platform, &challenge, method, &code).await;
        assert_eq!(told(&answer), WRONG, "{method}: {}", answer.text);
        assert_eq!(answer.body["field"], json!("/code"));
    }
    let history = History::read(&platform).await;
    assert_eq!(history.of("sign-in.refused").count(), 5);
    // The challenge is still there for who knows a code.
    let code = &hers.backup_codes[0];
    let answer = answer_with(&platform, &challenge, "backup_code", code).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(Tokens(answer.body).text("person"), asha.person.to_string());
}

#[tokio::test]
async fn a_challenge_is_answered_once() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let totp = asha.turn_on_totp(&platform).await;
    let challenge = asha.challenge(&platform).await;
    let codes = &totp.backup_codes;
    let first = answer_with(&platform, &challenge, "backup_code", &codes[0]).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let again = answer_with(&platform, &challenge, "backup_code", &codes[1]).await;
    assert_eq!(told(&again), OVER);
    let code = totp.app.code().await;
    let again = answer_with(&platform, &challenge, "totp", &code).await;
    assert_eq!(told(&again), OVER);
    // All at once, each with a code of its own.
    let challenge = asha.challenge(&platform).await;
    let shown = codes[1..5]
        .iter()
        .map(|code| answer_with(&platform, &challenge, "backup_code", code));
    let answers = join_all(shown).await;
    let won = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(won, 1, "{:?}", outcomes(&answers));
    // A forged one is none, whatever is shown with it.
    let real = asha.challenge(&platform).await;
    let (text, mac) = real.split_once('.').unwrap();
    let other = asha.challenge(&platform).await;
    let (_, other_mac) = other.split_once('.').unwrap();
    for forged in [
        text.to_owned(),
        format!("{text}.{other_mac}"),
        format!("{text}.{}", "0".repeat(64)),
        format!("{text}A.{mac}"),
        format!("medilink_challenge_.{mac}"),
        codes[6].clone(),
    ] {
        let answer = answer_with(&platform, &forged, "backup_code", &codes[6]).await;
        assert_eq!(told(&answer), OVER, "{forged}");
    }
    let answer = answer_with(&platform, &real, "backup_code", &codes[6]).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

#[tokio::test]
async fn a_challenge_ends_after_ten_minutes_and_with_its_password() {
    let options = Options {
        breakable: true,
        ..Options::default()
    };
    let platform = Platform::start(MEDILINK, options).await;
    let asha = Newcomer::register(&platform).await;
    let totp = asha.turn_on_totp(&platform).await;
    let challenge = asha.challenge(&platform).await;
    assert!(platform.set_clock(Part::Gateway.into(), 601));
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let code = &totp.backup_codes[0];
    let late = answer_with(&platform, &challenge, "backup_code", code).await;
    assert_eq!(told(&late), OVER, "{}", late.text);
    assert!(platform.set_clock(Part::Gateway.into(), 0));
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    // Another password, and the challenge is nobody's.
    let caller = totp.tokens.caller(&platform);
    let change = json!({"current": asha.password, "new": "seven lazy green foxes"});
    let change = caller.request(Method::PUT, "/v1/me/password").json(&change);
    let changed = caller.send(change).await.unwrap();
    // The session has shown the second factor, and goes on.
    assert_eq!(changed.status, 200, "{}", changed.text);
    let old = answer_with(&platform, &challenge, "backup_code", code).await;
    assert_eq!(told(&old), OVER, "{}", old.text);
}

#[tokio::test]
async fn fifty_who_spend_one_backup_code_have_one_winner() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let totp = asha.turn_on_totp(&platform).await;
    let challenges = join_all((0..4).map(|_| asha.challenge(&platform))).await;
    let code = totp.backup_codes[3].to_lowercase().replace('-', " ");
    let spend =
        |number: usize| answer_with(&platform, &challenges[number % 4], "backup_code", &code);
    let answers = join_all((0..50).map(spend)).await;
    let found = outcomes(&answers);
    assert_eq!(found[&(201, "")], 1, "{found:?}");
    for (status, problem) in found.keys() {
        let expected = [(201, ""), WRONG, OVER, (429, "tried-too-often")];
        assert!(expected.contains(&(*status, *problem)), "{found:?}");
    }
    let history = History::read(&platform).await;
    assert_eq!(history.of("second-factor.code-used").count(), 1);
    let winner = answers.into_iter().find(|answer| answer.status == 201);
    let caller = Tokens(winner.unwrap().body).caller(&platform);
    let factors = caller.get("/v1/me/second-factors").await.unwrap();
    assert_eq!(factors.body["backup_codes_left"], json!(9));
}

#[tokio::test]
async fn fifty_wrong_codes_are_paced_and_lock_nobody_out() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let totp = asha.turn_on_totp(&platform).await;
    // She has signed in on her phone before.
    let phone = asha.sign_in_with(&platform, &totp.app).await;
    let challenge = asha.challenge(&platform).await;
    let guess = |number: usize| {
        let (platform, challenge) = (&platform, &challenge);
        async move { answer_with(platform, challenge, "totp", &format!("{number:06}")).await }
    };
    let answers = join_all((0..50).map(guess)).await;
    let found = outcomes(&answers);
    let looked_at = found[&WRONG];
    assert!((1..=6).contains(&looked_at), "{found:?}");
    assert_eq!(looked_at + found[&(429, "tried-too-often")], 50);
    let code = &totp.backup_codes[0];
    let right = answer_with(&platform, &challenge, "backup_code", code).await;
    assert_eq!(told(&right), (429, "tried-too-often"));
    assert!(right.header("retry-after").parse::<u64>().unwrap() <= 900);
    // On her own phone she is not kept waiting.
    let mut from_her_phone = asha.credentials();
    from_her_phone["device_token"] = json!(phone.text("device_token"));
    let visitor = platform.caller("");
    let challenge = visitor.post("/v1/sessions", &from_her_phone).await;
    let challenge = challenge.body["challenge"].as_str().unwrap();
    let here = answer_with(&platform, challenge, "backup_code", code).await;
    assert_eq!(here.status, 201, "{}", here.text);
}

#[tokio::test]
async fn recovering_a_password_does_not_go_around_the_second_factor() {
    let platform = platform().await;
    let mut asha = Newcomer::register(&platform).await;
    let totp = asha.turn_on_totp(&platform).await;
    let visitor = platform.caller("");
    let wish = json!({"email": asha.email});
    let asked = visitor.post("/v1/recoveries", &wish).await;
    asha.password = "nine tall wooden ships".to_owned();
    let body = json!({"code": platform.code_of(&asked).await, "password": asha.password});
    let path = completion("recoveries", &asked);
    let recovered = visitor.post(&path, &body).await;
    assert_eq!(recovered.status, 202, "{}", recovered.text);
    let challenge = recovered.body["challenge"].as_str().unwrap();
    assert!(recovered.body.get("access_token").is_none());
    let guess = answer_with(&platform, challenge, "totp", "000000").await;
    assert_eq!(told(&guess), WRONG);
    let code = totp.app.code().await;
    let answer = answer_with(&platform, challenge, "totp", &code).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let before = totp.tokens.caller(&platform).get("/v1/me").await.unwrap();
    assert_eq!(before.status, 401);
    asha.challenge(&platform).await;
}

/// The code that was mailed for a challenge.
async fn mailed(platform: &Platform, challenge: &str) -> String {
    use base64::Engine;
    let text = challenge.strip_prefix("medilink_challenge_").unwrap();
    let text = text.split_once('.').unwrap().0;
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text);
    let challenge: Value = serde_json::from_slice(&text.unwrap()).unwrap();
    let id: Uuid = challenge["id"].as_str().unwrap().parse().unwrap();
    platform
        .code_for(VerificationId(ChallengeId(id).uuid()))
        .await
}

#[tokio::test]
async fn one_code_is_mailed_for_a_challenge() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let caller = asha.sign_in(&platform).await.caller(&platform);
    let proof = json!({"method": "password", "password": asha.password});
    assert_eq!(caller.post(PROOF, &proof).await.status, 200);
    let on = caller.request(Method::PUT, "/v1/me/second-factors/mail");
    assert_eq!(caller.send(on).await.unwrap().status, 200);
    let body = json!({"challenge": asha.challenge(&platform).await});
    let ask = async || {
        let visitor = platform.caller("");
        visitor.post("/v1/sessions/challenge/mail", &body).await
    };
    assert_eq!(ask().await.status, 202);
    let again = ask().await;
    assert_eq!(told(&again), (409, "verification-already-requested"));
}

#[tokio::test]
async fn a_code_by_mail_is_a_second_factor_for_who_chose_it() {
    let platform = platform().await;
    let mut asha = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let caller = tokens.caller(&platform);
    let proof = json!({"method": "password", "password": asha.password});
    assert_eq!(caller.post(PROOF, &proof).await.status, 200);
    let on = caller.request(Method::PUT, "/v1/me/second-factors/mail");
    let on = caller.send(on).await.unwrap();
    assert_eq!(on.status, 200, "{}", on.text);

    let visitor = platform.caller("");
    let ask = |challenge: String| {
        let visitor = visitor.clone();
        async move {
            let body = json!({"challenge": challenge});
            visitor.post("/v1/sessions/challenge/mail", &body).await
        }
    };
    let challenge = asha.challenge(&platform).await;
    let asked = ask(challenge.clone()).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let code = mailed(&platform, &challenge).await;
    // It answers that challenge and no other.
    let other = asha.challenge(&platform).await;
    let elsewhere = answer_with(&platform, &other, "mail", &code).await;
    assert_eq!(told(&elsewhere), WRONG);
    let answer = answer_with(&platform, &challenge, "mail", &code).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    // The code is used up, and that is told first.
    let again = answer_with(&platform, &challenge, "mail", &code).await;
    assert_eq!(told(&again), WRONG);
    let caller = Tokens(answer.body).caller(&platform);
    let sessions = caller.get("/v1/me/sessions").await.unwrap();
    assert_eq!(sessions.body["items"][0]["second_factor"], json!(true));

    // Whoever reads the mailbox has set the password: two codes by mail are one factor.
    asha.be(&platform, Role::Operator).await;
    let wish = json!({"email": asha.email});
    let asked = visitor.post("/v1/recoveries", &wish).await;
    asha.password = "nine tall wooden ships".to_owned();
    let body = json!({"code": platform.code_of(&asked).await, "password": asha.password});
    let path = completion("recoveries", &asked);
    let recovered = visitor.post(&path, &body).await;
    let challenge = recovered.body["challenge"].as_str().unwrap().to_owned();
    assert_eq!(ask(challenge.clone()).await.status, 202);
    let code = mailed(&platform, &challenge).await;
    let answer = answer_with(&platform, &challenge, "mail", &code).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let caller = Tokens(answer.body).caller(&platform);
    let refused = caller.get("/v1/hospitals").await.unwrap();
    assert_eq!(told(&refused), (403, "second-factor-required"));
}

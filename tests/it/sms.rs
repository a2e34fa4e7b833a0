//! Codes by SMS: to a telephone that was shown to be one's own, through a gateway that speaks as
//! Twilio's does, and no more of them than was set.

mod bounds;

use std::time::Duration;

use futures::future::join_all;
use medilink_tests::{
    Answer, Caller, History, Newcomer, Options, PROOF, Platform, SmsServer, Tokens, answer_with,
    assert_read_models_equal_their_replay, eventually,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::canary::{dump, files, found};
use crate::{MEDILINK, platform};

const SOON: Duration = Duration::from_secs(60);
const PHONE: &str = "/v1/me/phone";
const SMS: &str = "/v1/me/second-factors/sms";
/// One of those that the search for leaks looks for.
const NUMBER: &str = "+919876500001";
const OTHER: &str = "+919876500002";
const GENEROUS: &str = "[sign_in.sms]\ncooldown_seconds = 0\nhourly = 100\ndaily = 100";
const WRONG: (u16, &str) = (422, "second-factor-wrong");
const REQUIRED: (u16, &str) = (403, "proof-required");

fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.problem())
}

/// A platform that sends its codes there.
async fn texting(server: &SmsServer, gateway: &str) -> Platform {
    let options = Options::default()
        .with("worker", server.settings())
        .with("gateway", gateway);
    Platform::start(MEDILINK, options).await
}

async fn send(caller: &Caller, method: Method, path: &str) -> Answer {
    caller.send(caller.request(method, path)).await.unwrap()
}

/// The code of the message that is sent as so manieth.
async fn code(server: &SmsServer, number: usize) -> String {
    eventually("the message is sent", SOON, || async {
        server.taken().len() >= number
    })
    .await;
    server.taken()[number - 1].code().to_owned()
}

async fn give(caller: &Caller, phone: &str) -> Answer {
    caller.post(PHONE, &json!({"phone": phone})).await
}

async fn complete(caller: &Caller, asked: &Answer, code: &str) -> Answer {
    let path = format!("{PHONE}/{}/completion", asked.body["id"].as_str().unwrap());
    caller.post(&path, &json!({"code": code})).await
}

async fn state(caller: &Caller, id: &Value) -> Answer {
    let path = format!("{PHONE}/{}", id.as_str().unwrap());
    caller.get(&path).await.unwrap()
}

async fn send_code(platform: &Platform, challenge: &str) -> Answer {
    let visitor = platform.caller("");
    let body = json!({"challenge": challenge});
    visitor.post("/v1/sessions/challenge/sms", &body).await
}

/// Somebody who has just shown their password.
async fn proven(platform: &Platform) -> (Newcomer, Caller) {
    let person = Newcomer::register(platform).await;
    let caller = person.sign_in(platform).await.caller(platform);
    person.prove(&caller).await;
    (person, caller)
}

/// The same, with codes by SMS.
async fn with_sms(platform: &Platform, server: &SmsServer, phone: &str) -> (Newcomer, Caller) {
    let (person, caller) = proven(platform).await;
    let before = server.taken().len();
    let asked = give(&caller, phone).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let shown = complete(&caller, &asked, &code(server, before + 1).await).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let on = send(&caller, Method::PUT, SMS).await;
    assert_eq!(on.status, 200, "{}", on.text);
    (person, caller)
}

#[tokio::test]
async fn a_telephone_is_proven_then_chosen_then_signs_its_person_in() {
    let server = SmsServer::start().await;
    let platform = texting(&server, GENEROUS).await;
    let asha = Newcomer::register(&platform).await;
    let caller = asha.sign_in(&platform).await.caller(&platform);
    // Whoever finds a telephone must not make it the second factor.
    assert_eq!(told(&give(&caller, NUMBER).await), REQUIRED);
    asha.prove(&caller).await;
    let asked = give(&caller, NUMBER).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    assert!(!asked.text.contains("9876500001"), "{}", asked.text);
    let early = send(&caller, Method::PUT, SMS).await;
    assert_eq!(told(&early), (409, "phone-not-proven"));
    let first = code(&server, 1).await;
    let sms = &server.taken()[0];
    assert_eq!(
        (sms.to.as_str(), sms.from.as_str()),
        (NUMBER, "+15005550006")
    );
    let lines: Vec<_> = sms.body.lines().collect();
    let shown = format!("{}-{}", &first[..5], &first[5..]);
    assert_eq!(
        lines,
        [
            format!("Your MediLink code: {shown}"),
            format!("@hospital.example #{first}")
        ]
    );
    let wrong = complete(&caller, &asked, "00000-00000").await;
    assert_eq!(told(&wrong), (422, "code-wrong"));
    // Nobody else has anything of it.
    let (_, stranger) = proven(&platform).await;
    let theirs = complete(&stranger, &asked, &first).await;
    assert_eq!(told(&theirs), (422, "code-wrong"));
    let theirs = state(&stranger, &asked.body["id"]).await;
    assert_eq!(told(&theirs), (404, "not-found"));
    let right = complete(&caller, &asked, &first).await;
    assert_eq!(right.status, 200, "{}", right.text);
    let again = complete(&caller, &asked, &first).await;
    assert_eq!(told(&again), (422, "code-wrong"));
    let used = state(&caller, &asked.body["id"]).await;
    assert_eq!(used.body["state"], "used", "{}", used.text);
    // Proven is not chosen.
    asha.sign_in(&platform).await;
    assert_eq!(send(&caller, Method::PUT, SMS).await.status, 200);
    let factors = caller.get("/v1/me/second-factors").await.unwrap();
    assert_eq!(
        (
            &factors.body["on"],
            &factors.body["sms"],
            &factors.body["sms_offered"]
        ),
        (&json!(true), &json!(true), &json!(true)),
        "{}",
        factors.text
    );
    let phone = json!({"ends_with": "01", "proven": true});
    assert_eq!(factors.body["phone"], phone, "{}", factors.text);

    let visitor = platform.caller("");
    let challenged = visitor.post("/v1/sessions", &asha.credentials()).await;
    assert_eq!(
        challenged.body["methods"],
        json!(["sms"]),
        "{}",
        challenged.text
    );
    let challenge = challenged.body["challenge"].as_str().unwrap();
    let sent = send_code(&platform, challenge).await;
    assert_eq!(sent.status, 202, "{}", sent.text);
    let again = send_code(&platform, challenge).await;
    assert_eq!(told(&again), (409, "verification-already-requested"));
    let second = code(&server, 2).await;
    // It answers that challenge and no other, and as nothing else.
    let other = asha.challenge(&platform).await;
    for (challenge, method, code) in [
        (other.as_str(), "sms", &second),
        (challenge, "mail", &second),
        (challenge, "sms", &first),
    ] {
        let answer = answer_with(&platform, challenge, method, code).await;
        assert_eq!(told(&answer), WRONG, "{method}: {}", answer.text);
    }
    let answer = answer_with(&platform, challenge, "sms", &second).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let replayed = answer_with(&platform, challenge, "sms", &second).await;
    assert_eq!(told(&replayed), WRONG);
    let history = History::read(&platform).await;
    let begun: Value =
        serde_json::from_slice(&history.of("session.started").last().unwrap().payload).unwrap();
    assert_eq!(begun["methods"], json!(["pwd", "sms", "mfa"]), "{begun}");

    // As a fresh proof, too.
    let caller = Tokens(answer.body).caller(&platform);
    assert_eq!(told(&send(&caller, Method::DELETE, SMS).await), REQUIRED);
    let asked = caller.post(&format!("{PROOF}/sms"), &json!({})).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let third = code(&server, 3).await;
    eventually("it is told", SOON, || async {
        state(&caller, &asked.body["message"]).await.body["state"] == "sent"
    })
    .await;
    let proof = json!({"method": "sms", "code": third, "challenge": asked.body["challenge"]});
    let proof = caller.post(PROOF, &proof).await;
    assert_eq!(proof.status, 200, "{}", proof.text);
    assert_eq!(send(&caller, Method::DELETE, SMS).await.status, 200);
    asha.sign_in(&platform).await;
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test]
async fn another_number_turns_codes_off_until_it_is_proven() {
    let server = SmsServer::start().await;
    let platform = texting(&server, GENEROUS).await;
    let (asha, caller) = with_sms(&platform, &server, NUMBER).await;
    let before = asha.challenge(&platform).await;
    assert_eq!(send_code(&platform, &before).await.status, 202);
    let old = code(&server, 2).await;
    let there = give(&caller, NUMBER).await;
    assert_eq!(told(&there), (409, "phone-already-proven"));
    let first = give(&caller, OTHER).await;
    assert_eq!(first.status, 202, "{}", first.text);
    let answer = answer_with(&platform, &before, "sms", &old).await;
    assert_eq!(told(&answer), WRONG, "{}", answer.text);
    asha.sign_in(&platform).await;
    assert_eq!(
        told(&send(&caller, Method::PUT, SMS).await),
        (409, "phone-not-proven")
    );
    // A code for a number that was given before proves nothing of the next.
    let stale = code(&server, 3).await;
    let second = give(&caller, "+919876500003").await;
    assert_eq!(second.status, 202, "{}", second.text);
    let answer = complete(&caller, &first, &stale).await;
    assert_eq!(told(&answer), (422, "code-wrong"), "{}", answer.text);
    let shown = complete(&caller, &second, &code(&server, 4).await).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert_eq!(send(&caller, Method::PUT, SMS).await.status, 200);
    let challenge = asha.challenge(&platform).await;
    assert_eq!(send_code(&platform, &challenge).await.status, 202);
    let answer = answer_with(&platform, &challenge, "sms", &code(&server, 5).await).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(server.taken()[4].to, "+919876500003");
    // Where there is something better, it is not enough.
    let tokens = Tokens(answer.body).caller(&platform);
    let asked = tokens.post(&format!("{PROOF}/sms"), &json!({})).await;
    let proof = json!({
        "method": "sms", "code": code(&server, 6).await, "challenge": asked.body["challenge"],
    });
    assert_eq!(tokens.post(PROOF, &proof).await.status, 200);
    let begun = tokens.post("/v1/me/second-factors/totp", &json!({})).await;
    let app = medilink_tests::App::new(begun.body["secret"].as_str().unwrap());
    let confirmation = json!({"code": app.code().await});
    let path = "/v1/me/second-factors/totp/confirmation";
    assert_eq!(tokens.post(path, &confirmation).await.status, 200);
    let visitor = platform.caller("");
    let challenged = visitor.post("/v1/sessions", &asha.credentials()).await;
    assert_eq!(challenged.body["methods"], json!(["totp", "backup_code"]));
    let challenge = challenged.body["challenge"].as_str().unwrap();
    let refused = send_code(&platform, challenge).await;
    assert_eq!(told(&refused), (404, "no-such-second-factor"));
    assert_eq!(server.taken().len(), 6);
}

#[tokio::test]
async fn fifty_guesses_are_paced_and_fifty_right_answers_have_one_winner() {
    let server = SmsServer::start().await;
    let platform = texting(&server, GENEROUS).await;
    let (_, caller) = proven(&platform).await;
    let asked = give(&caller, NUMBER).await;
    let guess = |number: usize| {
        let (caller, asked) = (&caller, &asked);
        async move { complete(caller, asked, &format!("{number:05}-00000")).await }
    };
    let answers = join_all((0..50).map(guess)).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 422).count();
    assert!((1..=6).contains(&looked_at), "{looked_at}");
    let paced = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!(looked_at + paced, 50);

    let (bina, _) = with_sms(&platform, &server, OTHER).await;
    let challenge = bina.challenge(&platform).await;
    let sent = server.taken().len();
    assert_eq!(send_code(&platform, &challenge).await.status, 202);
    let code = code(&server, sent + 1).await;
    let show = |_| answer_with(&platform, &challenge, "sms", &code);
    let answers = join_all((0..50).map(show)).await;
    let won = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(won, 1);
    let history = History::read(&platform).await;
    assert_eq!(history.of("second-factor.sms-used").count(), 1);
}

#[tokio::test]
async fn a_gateway_that_comes_back_gets_each_message_once_and_what_it_refuses_is_told() {
    let mut server = SmsServer::absent();
    let platform = texting(&server, GENEROUS).await;
    let (_, caller) = proven(&platform).await;
    let asked = give(&caller, NUMBER).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let pending = state(&caller, &asked.body["id"]).await;
    assert_eq!(pending.body["state"], "pending", "{}", pending.text);
    server.listen().await;
    let first = code(&server, 1).await;
    eventually("it is told", SOON, || async {
        state(&caller, &asked.body["id"]).await.body["state"] == "sent"
    })
    .await;
    assert_eq!(complete(&caller, &asked, &first).await.status, 200);
    assert_eq!(send(&caller, Method::PUT, SMS).await.status, 200);
    assert_eq!(server.taken().len(), 1);

    // Busy is not refused, and refused is not tried again.
    let (bina, other) = with_sms(&platform, &server, OTHER).await;
    server.reply(OTHER, &[(429, 20_429), (500, 20_500), (400, 21_610)]);
    let challenge = bina.challenge(&platform).await;
    assert_eq!(send_code(&platform, &challenge).await.status, 202);
    eventually("the refusal is told", SOON, || async {
        told(&send_code(&platform, &challenge).await) == (409, "sms-refused")
    })
    .await;
    let third = "+919876500003";
    server.reply(third, &[(400, 21_211)]);
    let asked = give(&other, third).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    eventually("the refusal is told", SOON, || async {
        let state = state(&other, &asked.body["id"]).await;
        state.body["state"] == "refused" && state.body["cause"] == "sms-21211"
    })
    .await;
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test]
async fn the_number_is_nowhere_in_the_clear() {
    let server = SmsServer::start().await;
    let platform = texting(&server, GENEROUS).await;
    let (asha, caller) = with_sms(&platform, &server, NUMBER).await;
    let challenge = asha.challenge(&platform).await;
    assert_eq!(send_code(&platform, &challenge).await.status, 202);
    let used = code(&server, 2).await;
    let answer = answer_with(&platform, &challenge, "sms", &used).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    // Refusals quote it, and are logged.
    server.reply(OTHER, &[(400, 21_211)]);
    let refused = give(&caller, OTHER).await;
    eventually("the refusal is told", SOON, || async {
        state(&caller, &refused.body["id"]).await.body["state"] == "refused"
    })
    .await;
    for phone in ["+9198765000011111", "9876500001", "+91 98765 00001 x"] {
        let answer = give(&caller, phone).await;
        assert_eq!(told(&answer), (422, "invalid-field"), "{phone}");
        assert!(!answer.text.contains("9876500001"), "{}", answer.text);
    }
    let strange = format!("{PHONE}/{}", NUMBER.replace('+', "%2B"));
    assert_eq!(caller.get(&strange).await.unwrap().status, 404);
    let mut leaks = Vec::new();
    for url in platform.superuser_urls() {
        leaks.extend(found(&dump(&url)));
    }
    let mut searched = Vec::new();
    files(platform.folder(), &mut searched);
    let mut logs = 0;
    for path in &searched {
        let Ok(bytes) = std::fs::read(path) else {
            continue;
        };
        leaks.extend(found(&bytes));
        if path.extension().is_some_and(|kind| kind == "log") {
            let text = String::from_utf8_lossy(&bytes);
            for secret in [server.auth_token(), used.as_str()] {
                assert!(!text.contains(secret), "{}", path.display());
            }
            logs += 1;
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    assert!(logs >= 4, "{logs} logs were searched");
}

#[tokio::test]
async fn where_nothing_sends_them_none_are_offered() {
    let platform = platform().await;
    let (_, caller) = proven(&platform).await;
    let factors = caller.get("/v1/me/second-factors").await.unwrap();
    assert_eq!(
        factors.body["sms_offered"],
        json!(false),
        "{}",
        factors.text
    );
    assert!(factors.body.get("phone").is_none(), "{}", factors.text);
    let nothing = (409, "sms-not-offered");
    assert_eq!(told(&give(&caller, NUMBER).await), nothing);
    let unknown = format!("{PHONE}/{}/completion", Uuid::now_v7());
    let body = json!({"code": "K7QM2-X9R4T"});
    assert_eq!(told(&caller.post(&unknown, &body).await), nothing);
    assert_eq!(told(&send(&caller, Method::PUT, SMS).await), nothing);
    let proof = caller.post(&format!("{PROOF}/sms"), &json!({})).await;
    assert_eq!(told(&proof), nothing);
}

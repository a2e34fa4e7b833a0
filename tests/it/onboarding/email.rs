//! Another e-mail address, and what a patient says of themselves.

use medilink_tests::{Newcomer, completion, new_address};
use reqwest::Method;
use serde_json::json;

use crate::platform;

#[tokio::test]
async fn an_account_gets_another_address_and_the_old_one_is_free() {
    let platform = platform().await;
    let asha = Newcomer::register(&platform).await;
    let bina = Newcomer::register(&platform).await;
    let tokens = asha.sign_in(&platform).await;
    let caller = tokens.caller(&platform);
    let visitor = platform.caller("");
    let ask = |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        let caller = &caller;
        async move { caller.post("/v1/me/email", &body).await }
    };
    // As with second factors: whoever finds the phone must not lock its owner out.
    let early = ask(&new_address(), &asha.password).await;
    assert_eq!((early.status, early.problem()), (403, "proof-required"));
    asha.prove(&caller).await;
    let wrong = ask(&new_address(), "not the right one").await;
    assert_eq!((wrong.status, wrong.problem()), (422, "wrong-password"));
    let same = ask(&asha.email.to_uppercase(), &asha.password).await;
    assert_eq!((same.status, same.problem()), (422, "email-unchanged"));
    // Somebody else's address looks like any other, and no code is good for it.
    let taken = ask(&bina.email, &asha.password).await;
    let new = new_address();
    let asked = ask(&new, &asha.password).await;
    assert_eq!((taken.status, asked.status), (202, 202), "{}", taken.text);
    let code = |code: String| json!({"code": code});
    let complete = |asked: &medilink_tests::Answer| {
        format!(
            "/v1/me/email/{}/completion",
            asked.body["id"].as_str().unwrap()
        )
    };
    let theirs = code(platform.code_of(&taken).await);
    let refused = caller.post(&complete(&taken), &theirs).await;
    assert_eq!((refused.status, refused.problem()), (422, "code-wrong"));
    // The code of one account is none for another, and no code for a password.
    let right = code(platform.code_of(&asked).await);
    let stranger = bina.sign_in(&platform).await.caller(&platform);
    bina.prove(&stranger).await;
    let refused = stranger.post(&complete(&asked), &right).await;
    assert_eq!((refused.status, refused.problem()), (422, "code-wrong"));
    let recovery = json!({"code": right["code"], "password": "seven lazy green foxes"});
    let refused = visitor
        .post(&completion("recoveries", &asked), &recovery)
        .await;
    assert_eq!(refused.problem(), "code-wrong");

    // Whoever reads the old address asked for a new password before.
    let recovery = visitor
        .post("/v1/recoveries", &json!({"email": asha.email}))
        .await;
    let changed = caller.post(&complete(&asked), &right).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let again = caller.post(&complete(&asked), &right).await;
    assert_eq!((again.status, again.problem()), (422, "code-wrong"));
    assert_eq!(caller.get("/v1/me").await.unwrap().status, 200);
    let record = format!("/v1/patients/{}", asha.person);
    let record = caller.get_at(&record, changed.position()).await;
    assert_eq!(record.body["email"], json!(new), "{}", record.text);
    let late = json!({
        "code": platform.code_of(&recovery).await, "password": "seven lazy green foxes",
    });
    let late = visitor
        .post(&completion("recoveries", &recovery), &late)
        .await;
    assert_eq!((late.status, late.problem()), (422, "code-wrong"));

    let with = |email: &str| json!({"email": email, "password": asha.password});
    let old = visitor.post("/v1/sessions", &with(&asha.email)).await;
    assert_eq!((old.status, old.problem()), (401, "wrong-credentials"));
    let signed_in = visitor.post("/v1/sessions", &with(&new)).await;
    assert_eq!(signed_in.status, 201, "{}", signed_in.text);
    // Somebody else may have the old one.
    let password = "a tall grey stone bridge".to_owned();
    let other = Newcomer::register_as(&platform, asha.email.clone(), password).await;
    assert_ne!(other.person, asha.person);
}

#[tokio::test]
async fn a_patient_says_who_they_are_and_others_do_not() {
    let platform = platform().await;
    let (asha, bina) = (
        Newcomer::register(&platform).await,
        Newcomer::register(&platform).await,
    );
    let own = asha.sign_in(&platform).await.caller(&platform);
    let other = bina.sign_in(&platform).await.caller(&platform);
    let path = format!("/v1/patients/{}/profile", asha.person);
    let profile = json!({
        "language": "pa", "gender": "female", "accessibility": ["wheelchair", "large-print"],
        "address": {"lines": ["12 Mall Road"], "city": "Ludhiana", "country": "India"},
        "emergency_contact": {"name": "Harpreet Kaur", "phone": "+919812345678"},
    });
    let put = |caller: medilink_tests::Caller, body: serde_json::Value| {
        let path = path.clone();
        async move {
            let request = caller.request(Method::PUT, &path).json(&body);
            caller.send(request).await.unwrap()
        }
    };
    let refused = put(other, profile.clone()).await;
    assert_eq!(refused.status, 404, "{}", refused.text);
    let set = put(own.clone(), profile.clone()).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let record = format!("/v1/patients/{}", asha.person);
    let record = own.get_at(&record, set.position()).await;
    assert_eq!(record.body["language"], json!("pa"), "{}", record.text);
    let shown = &record.body["profile"];
    assert_eq!(shown["address"]["city"], json!("Ludhiana"));
    assert_eq!(shown["accessibility"], json!(["large-print", "wheelchair"]));
    let stale = own.clone().with("if-match", "\"1\"");
    let stale = put(stale, profile.clone()).await;
    assert_eq!((stale.status, stale.problem()), (412, "version-mismatch"));
    for (field, value) in [
        ("gender", json!("robot")),
        ("accessibility", json!(["Two Words"])),
        ("address", json!({"lines": [], "city": "X", "country": "Y"})),
        ("role", json!("doctor")),
    ] {
        let mut wrong = profile.clone();
        wrong[field] = value;
        let refused = put(own.clone(), wrong).await;
        assert_eq!(refused.status / 100, 4, "{field}: {}", refused.text);
    }
}

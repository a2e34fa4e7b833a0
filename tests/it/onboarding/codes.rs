//! The codes of hospitals: good for as many as they are for, and told alike when they are not.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures::future::join_all;
use medilink_tests::{Answer, Caller, History, Member, NewHospital, new_address};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

#[tokio::test]
async fn a_code_that_does_not_work_is_told_the_same_whatever_is_wrong_with_it() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let city = NewHospital::register(&platform, &registrar).await;
    let text = |answer: &Answer| answer.body["code"].as_str().unwrap().to_owned();
    let manager = &city.manager.caller;

    let soon = Utc::now() + TimeDelta::seconds(2);
    let body = json!({"role": "doctor", "most_uses": 5, "expires_at": soon});
    let expired = text(&manager.post(&city.path("codes"), &body).await);
    let used_up = text(&city.code(1).await);
    Member::applied(&platform, &used_up).await;
    let revoked = city.code(5).await;
    let path = city.path(&format!("codes/{}", revoked.body["id"].as_str().unwrap()));
    let request = manager.request(Method::DELETE, &path);
    assert_eq!(manager.send(request).await.unwrap().status, 200);
    let old = city.code(5).await;
    let path = format!("codes/{}/rotate", old.body["id"].as_str().unwrap());
    let later = json!({"expires_at": Utc::now() + TimeDelta::days(2)});
    let rotated = manager.post(&city.path(&path), &later).await;
    assert_eq!(rotated.status, 201, "{}", rotated.text);
    let again = manager.post(&city.path(&path), &later).await;
    assert_eq!(again.problem(), "hospital-code-already-revoked");
    tokio::time::sleep(Duration::from_secs(2)).await;

    let visitor = platform.caller("");
    let mut told = Vec::new();
    for code in [
        "0000-0000-0000",
        &expired,
        &used_up,
        &text(&revoked),
        &text(&old),
    ] {
        let body = platform.provider(&new_address(), code).await;
        let started = std::time::Instant::now();
        let mut refused = visitor.post("/v1/providers", &body).await;
        assert!(started.elapsed() >= Duration::from_millis(300));
        refused.body["instance"].take();
        told.push((refused.status, refused.body));
    }
    assert_eq!(told[0].0, 422);
    assert_eq!(told[0].1["field"], json!("/hospital_code"), "{}", told[0].1);
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    // What a mailed code is wrong for is told first, so nobody guesses without one.
    let mut body = platform.provider(&new_address(), &text(&rotated)).await;
    body["code"] = json!("00000-00000");
    assert_eq!(
        visitor.post("/v1/providers", &body).await.problem(),
        "code-wrong"
    );
    let body = platform
        .provider(&new_address(), &text(&rotated).to_lowercase())
        .await;
    let applied = visitor.post("/v1/providers", &body).await;
    assert_eq!(applied.status, 201, "{}", applied.text);
    // It is shown once.
    let listed = manager
        .get_at(&city.path("codes"), applied.position())
        .await;
    assert!(!listed.text.contains(&text(&rotated)), "{}", listed.text);
    let last = listed.body["items"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["uses"], &last["most_uses"]), (&json!(1), &json!(5)));
    let repeated = manager.clone().with("idempotency-key", "code-1");
    let wish = json!({"role": "nurse", "most_uses": 1, "expires_at": later["expires_at"]});
    let first = repeated.post(&city.path("codes"), &wish).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let second = repeated.post(&city.path("codes"), &wish).await;
    assert_eq!((second.status, second.problem()), (409, "shown-once"));
}

#[tokio::test]
async fn what_the_body_may_not_say_is_refused() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let city = NewHospital::register(&platform, &registrar).await;
    let issued = city.code(1).await;
    let code = issued.body["code"].as_str().unwrap();
    let body = platform.provider(&new_address(), code).await;
    let visitor = platform.caller("");
    for (field, value) in [
        ("role", json!("administrator")),
        ("roles", json!(["administrator"])),
        ("tenant", json!(Uuid::now_v7())),
        ("hospital", json!(city.hospital)),
        ("person", json!(Uuid::now_v7())),
    ] {
        let mut more = body.clone();
        more[field] = value;
        let refused = visitor.post("/v1/providers", &more).await;
        let told = (refused.status, refused.problem());
        assert_eq!(told, (422, "unknown-field"), "{}", refused.text);
        assert_eq!(refused.body["field"], json!(format!("/{field}")));
    }
    for (field, value, problem) in [
        ("password", json!("password1234"), "weak-password"),
        ("languages", json!([]), "invalid-body"),
        ("specialties", json!(vec!["x"; 11]), "invalid-body"),
        ("registration_number", Value::Null, "invalid-field"),
        ("hospital_code", json!("K7QD-9M2X-4T6U"), "invalid-field"),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        let refused = visitor.post("/v1/providers", &wrong).await;
        assert_eq!(refused.status / 100, 4, "{field}: {}", refused.text);
        if problem != "invalid-body" {
            assert_eq!(refused.problem(), problem, "{}", refused.text);
        }
    }
    let mut without = body.clone();
    without
        .as_object_mut()
        .unwrap()
        .remove("registration_number");
    let refused = visitor.post("/v1/providers", &without).await;
    assert_eq!(refused.problem(), "application-needs-registration-number");
    let manager = &city.manager.caller;
    let in_days = |days| json!(Utc::now() + TimeDelta::days(days));
    for (role, uses, expires_at, problem) in [
        ("administrator", 1, in_days(1), "hospital-code-not-for-role"),
        ("doctor", 1, in_days(91), "hospital-code-wrong-expiry"),
        ("doctor", 1, in_days(-1), "hospital-code-wrong-expiry"),
    ] {
        let wish = json!({"role": role, "most_uses": uses, "expires_at": expires_at});
        let refused = manager.post(&city.path("codes"), &wish).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (422, problem),
            "{}",
            refused.text
        );
    }
    for uses in [0, 1_001] {
        let wish = json!({"role": "doctor", "most_uses": uses, "expires_at": in_days(1)});
        let refused = manager.post(&city.path("codes"), &wish).await;
        assert_eq!(refused.status / 100, 4, "{}", refused.text);
    }
    assert_eq!(
        History::read(&platform)
            .await
            .of("application.submitted")
            .count(),
        0
    );
}

/// Until it is carried out or refused for good: they are many, and hashing takes its time.
async fn insist(visitor: &Caller, body: &Value) -> Answer {
    loop {
        let answer = visitor.post("/v1/providers", body).await;
        if !matches!(answer.status, 429 | 503) && answer.problem() != "contention" {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test]
async fn of_fifty_who_apply_at_once_as_many_get_through_as_the_code_is_for() {
    let platform = platform().await;
    let registrar = platform.platform_administrator().await.caller;
    let city = NewHospital::register(&platform, &registrar).await;
    let issued = city.code(5).await;
    let code = issued.body["code"].as_str().unwrap();
    let mut bodies = Vec::new();
    for _ in 0..10 {
        let five = (0..5).map(|_| async { platform.provider(&new_address(), code).await });
        bodies.extend(join_all(five).await);
    }
    let visitor = platform.caller("");
    let answers = join_all(bodies.iter().map(|body| insist(&visitor, body))).await;
    let through = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = |answer: &&Answer| answer.problem() == "hospital-code-refused";
    let refused = answers.iter().filter(refused).count();
    assert_eq!((through, refused), (5, 45));
    let history = History::read(&platform).await;
    assert_eq!(history.of("hospital-code.used").count(), 5);
    assert_eq!(history.of("application.submitted").count(), 5);
    // Nobody who was refused has an account: the five, the registrar and the manager do.
    assert_eq!(history.of("account.opened").count(), 7);
}

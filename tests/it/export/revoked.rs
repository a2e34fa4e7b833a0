//! Copies whose right goes while they wait, or when they are ready: nothing is made any more, no
//! link works, and what was made is deleted.

use chrono::{TimeDelta, Utc};
use medilink_tests::{
    Answer, Caller, Hospital, Instance, Newcomer, Part, Platform, eventually, id,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{SOON, ask, deleted, download, history, is_missing, kept, link, prove, until};
use crate::platform;

/// What happened to a copy of which nothing was ever made.
pub(super) const NEVER_MADE: [&str; 2] = ["export.requested", "export.cancelled"];

/// Nothing that is asked for is made for a while.
pub(super) fn stop_work(platform: &mut Platform) -> Vec<Instance> {
    let workers = platform.instances_of(Part::Worker);
    for instance in &workers {
        platform.kill_part(*instance);
    }
    workers
}

pub(super) fn go_on(platform: &mut Platform, workers: Vec<Instance>) {
    for instance in workers {
        platform.start_part(instance);
    }
}

/// It ends, and nothing of it was ever made.
pub(super) async fn never_made(platform: &Platform, export: &str) {
    eventually("cancelled", SOON, || async {
        history(platform, export).await == NEVER_MADE
    })
    .await;
    // Whoever would still make it has had the time to.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(history(platform, export).await, NEVER_MADE);
    assert!(!kept(platform, export).exists());
}

async fn change(desk: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    let request = desk.request(method, path).json(body);
    let done = desk.send(request).await.unwrap();
    assert_eq!(done.status, 200, "{}", done.text);
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_guardian_asked_for_is_nobodys_when_they_have_the_say_no_more() {
    let mut platform = platform().await;
    let city = Hospital::open(&platform).await;
    let desk = &city.receptionist;
    let asha = Newcomer::register(&platform).await;
    let parent = asha.sign_in(&platform).await.caller(&platform);
    let born = Utc::now().date_naive() - TimeDelta::days(3_650);
    let body = json!({"name": "Arjun Rao", "date_of_birth": born});
    let child: Uuid = id(&parent.post("/v1/me/dependants", &body).await);
    let guardian = format!("/v1/patients/{child}/guardian");

    // Queued, and dismissed.
    let workers = stop_work(&mut platform);
    let export = ask(&parent, child, &json!({})).await;
    prove(&parent, &asha).await;
    let early = parent.post(&format!("{export}/link"), &Value::Null).await;
    assert_eq!((early.status, early.problem()), (409, "export-not-ready"));
    change(desk, Method::DELETE, &guardian, &Value::Null).await;
    is_missing(&parent.get(&export).await.unwrap());
    is_missing(&parent.post(&format!("{export}/link"), &Value::Null).await);
    go_on(&mut platform, workers);
    never_made(&platform, &export).await;

    // Ready, with a link in hand, and dismissed.
    let named = json!({"guardian": asha.person});
    change(desk, Method::PUT, &guardian, &named).await;
    let export = ask(&parent, child, &json!({"formats": ["json"]})).await;
    let ready = until(&parent, &export, "ready").await;
    assert_eq!(ready["ground"], "guardian");
    let given = link(&parent, &export).await;
    download(&parent, &given).await;
    change(desk, Method::DELETE, &guardian, &Value::Null).await;
    is_missing(&parent.get(&given).await.unwrap());
    is_missing(&parent.get(&export).await.unwrap());
    is_missing(&parent.post(&format!("{export}/link"), &Value::Null).await);
    deleted(&platform, &export).await;
    let ended = history(&platform, &export).await;
    assert!(
        ended.iter().any(|kind| kind == "export.cancelled"),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_made_for_an_account_that_was_disabled() {
    let mut platform = platform().await;
    let city = Hospital::open(&platform).await;
    let asha = Newcomer::register(&platform).await;
    let own = asha.sign_in(&platform).await.caller(&platform);
    let workers = stop_work(&mut platform);
    let export = ask(&own, asha.person, &json!({})).await;
    let account = format!("/v1/accounts/{}", asha.person);
    let reason = json!({"reason": "test"});
    let disable = format!("{account}/disable");
    let disabled = city.administrator.post(&disable, &reason).await;
    assert_eq!(disabled.status, 200, "{}", disabled.text);
    assert_eq!(own.get(&export).await.unwrap().status, 401);
    go_on(&mut platform, workers);
    never_made(&platform, &export).await;

    // Let in again, they may ask again.
    let enable = format!("{account}/enable");
    let enabled = city.administrator.post(&enable, &Value::Null).await;
    assert_eq!(enabled.status, 200, "{}", enabled.text);
    let own = asha.sign_in(&platform).await.caller(&platform);
    let export = ask(&own, asha.person, &json!({"formats": ["pdf"]})).await;
    until(&own, &export, "ready").await;
    prove(&own, &asha).await;
    let given = link(&own, &export).await;
    let disabled = city.administrator.post(&disable, &reason).await;
    assert_eq!(disabled.status, 200, "{}", disabled.text);
    assert_eq!(own.get(&given).await.unwrap().status, 401);
    deleted(&platform, &export).await;
}

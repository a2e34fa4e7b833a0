//! How the platform is doing, and a read model that is built anew because an operator asks.

use std::time::Duration;

use medilink_commands::{Actor, CommandContext, hospital};
use medilink_domain::values::Role;
use medilink_tests::{Caller, Hospital, Part, eventually, settle};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

const SOON: Duration = Duration::from_secs(60);

async fn told(operator: &Caller) -> Value {
    let told = operator.get("/v1/platform").await.unwrap();
    assert_eq!(told.status, 200, "{}", told.text);
    told.body
}

fn model(told: &Value, name: &str) -> Value {
    let models = told["read_models"].as_array().unwrap();
    let found = models.iter().find(|model| model["name"] == name);
    found.unwrap().clone()
}

#[tokio::test]
async fn an_operator_has_a_read_model_built_anew_while_it_is_read() {
    let mut platform = platform().await;
    let city = Hospital::open(&platform).await;
    settle(&platform, SOON).await;
    let operator = platform.person(Uuid::now_v7(), &[Role::Operator]).await;
    let before = model(&told(&operator).await, "hospital");
    assert_eq!(before["rebuild"], Value::Null);

    // Asked for while nobody can do it, it is done when somebody comes who can.
    platform.kill_part(Part::Projector);
    let path = "/v1/read-models/hospital/rebuild";
    let reason = json!({"reason": "a fault in the fold is mended"});
    let asked = operator.post(path, &reason).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    assert_eq!(asked.body["generation"], before["generation"]);
    let waiting = model(&told(&operator).await, "hospital");
    assert!(waiting["rebuild"]["requested_at"].is_string(), "{waiting}");
    assert_eq!(waiting["rebuild"]["started_at"], Value::Null);
    let twice = operator.post(path, &reason).await;
    assert_eq!(
        (twice.status, twice.problem()),
        (409, "rebuild-already-requested")
    );
    let there = format!("/v1/hospitals/{}", city.hospital);
    assert_eq!(operator.get(&there).await.unwrap().status, 200);

    platform.start_part(Part::Projector);
    eventually("built anew", SOON, async || {
        let now = model(&told(&operator).await, "hospital");
        now["generation"] != before["generation"] && now["rebuild"].is_null()
    })
    .await;
    // Once, and no more.
    let after = model(&told(&operator).await, "hospital");
    tokio::time::sleep(Duration::from_secs(5)).await;
    let later = model(&told(&operator).await, "hospital");
    assert_eq!(later["generation"], after["generation"]);
    assert_eq!(operator.get(&there).await.unwrap().status, 200);

    let none = operator
        .post("/v1/read-models/nothing/rebuild", &reason)
        .await;
    assert_eq!((none.status, none.problem()), (404, "not-found"));
}

#[tokio::test]
async fn the_platform_says_which_part_is_down_and_who_is_behind() {
    let mut platform = platform().await;
    Hospital::open(&platform).await;
    let position = settle(&platform, SOON).await;
    let operator = platform.person(Uuid::now_v7(), &[Role::Operator]).await;
    let well = told(&operator).await;
    assert!(well["head"].as_u64().unwrap() >= position.0);
    for part in well["parts"].as_array().unwrap() {
        assert_eq!(part["up"], true, "{part}");
    }
    let jobs = well["jobs"].as_array().unwrap();
    assert!(jobs.iter().any(|job| job["name"] == "verdict"), "{jobs:?}");

    platform.kill_part(Part::Projector);
    let open = hospital::Open {
        name: "Asha Hospital".parse().unwrap(),
        time_zone: "Asia/Kolkata".parse().unwrap(),
        manager: None,
    };
    let context = CommandContext::new(Actor::console(platform.tenant));
    platform
        .executor()
        .await
        .execute(&context, &open)
        .await
        .unwrap();
    let behind = model(&told(&operator).await, "hospital");
    assert!(behind["behind"].as_u64().unwrap() > 0, "{behind}");
    platform.start_part(Part::Projector);
    eventually("caught up", SOON, async || {
        model(&told(&operator).await, "hospital")["behind"] == 0
    })
    .await;
}

//! Fields that nobody asked for: a role, a tenant, an id, a decision.

use std::time::Duration;

use medilink_domain::values::Role;
use medilink_tests::settle;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;
use crate::routes::routes;
use crate::tally::Tally;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_that_nobody_asked_for_is_refused() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    // Whom nothing else stops.
    let all: Vec<Role> = Role::ALL.to_vec();
    let mighty = platform.person(Uuid::now_v7(), &all).await;
    settle(&platform, Duration::from_secs(60)).await;
    let mut tally = Tally::of("fields that nobody asked for");
    let extra: [(&str, Value); 8] = [
        ("role", json!("platform-administrator")),
        ("roles", json!(["platform-administrator"])),
        ("tenant", json!(Uuid::now_v7())),
        ("tenant_id", json!(Uuid::now_v7())),
        ("actor", json!(Uuid::now_v7())),
        ("second_factor", json!(true)),
        ("approved", json!(true)),
        ("__proto__", json!({"roles": ["administrator"]})),
    ];
    for route in routes(&platform).await {
        if route.is_stream() {
            continue;
        }
        let (path, body) = route.sample(&world).await;
        let Some(body) = body.filter(Value::is_object) else {
            continue;
        };
        for (name, value) in &extra {
            if body.get(*name).is_some() {
                continue;
            }
            let mut more = body.clone();
            more[*name] = value.clone();
            let answer = route.send(&mighty, &path, Some(&more)).await;
            tally.take(
                format_args!("{} with {name}", route.operation),
                (400..500).contains(&answer.status),
                &answer.text,
            );
        }
        // The same name twice: which one counts?
        let text = body.to_string();
        if let Some((name, value)) = body.as_object().and_then(|fields| fields.iter().next()) {
            let twice = format!("{{\"{name}\":{value},{}", &text[1..]);
            let request = mighty
                .request(route.method.clone(), &path)
                .header("content-type", "application/json")
                .body(twice);
            let answer = mighty.send(request).await.unwrap();
            tally.take(
                format_args!("{} with {name} twice", route.operation),
                (400..500).contains(&answer.status),
                &answer.text,
            );
        }
    }
    tally.end(300);
}

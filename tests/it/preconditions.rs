//! `If-Match`: every command either is held to the version that its caller has seen, or says
//! that it takes none. It never goes on as if nothing had been said.

use medilink_domain::values::Role;
use medilink_tests::{Newcomer, id};
use serde_json::json;

use crate::authorization::{outcome, world::World};
use crate::platform;

#[tokio::test]
async fn a_version_that_is_not_the_last_is_never_ignored() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    // May send each command, so that what is refused is refused for the version.
    let roles = [
        Role::Administrator,
        Role::ComplianceOfficer,
        Role::Operator,
        Role::PlatformAdministrator,
        Role::Receptionist,
        Role::Patient,
    ];
    let caller = platform.person(world.patient, &roles).await;
    // What does harm takes a fresh proof before anything else.
    let registrar = Newcomer::register(&platform).await;
    registrar.be(&platform, Role::PlatformAdministrator).await;
    let proven = registrar.turn_on_totp(&platform).await.tokens;
    let proven = proven.caller(&platform);
    let exports = format!("/v1/patients/{}/exports", registrar.person);
    let own_copy = id(&proven.post(&exports, &json!({})).await);
    let proven = proven.with("if-match", "\"987654\"");
    let caller = caller.clone().with("if-match", "\"987654\"");
    let doctor = platform.person(world.doctor, &[Role::Doctor]).await;
    let doctor = doctor.with("if-match", "\"987654\"");
    let document = platform.caller("").get("/openapi.json").await.unwrap().body;
    let (mut held, mut without) = (0, 0);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if method == "get" {
                continue;
            }
            let mut parameters = operation["parameters"].as_array().into_iter().flatten();
            let takes = parameters.any(|parameter| parameter["name"] == "If-Match");
            let expected = if takes {
                held += 1;
                "412 version-mismatch"
            } else {
                without += 1;
                "400 unexpected-header"
            };
            let name = operation["operationId"].as_str().unwrap();
            let (mut sample, body) = world.sample(name).await;
            // Only who opened a record closes it, and only who asked for a copy fetches it.
            let stale = match name {
                "closeEmergencyAccess" => &doctor,
                "giveExportLink" => {
                    sample = format!("/v1/exports/{own_copy}/link");
                    &proven
                }
                _ => &caller,
            };
            let method = method.to_uppercase();
            let (mut found, mut text) = outcome(stale, &method, &sample, body.as_ref()).await;
            if found == "403 proof-required" {
                (found, text) = outcome(&proven, &method, &sample, body.as_ref()).await;
            }
            assert_eq!(found, expected, "{method} {path}: {text}");
        }
    }
    assert!(held >= 25 && without >= 5, "{held} and {without}");
}

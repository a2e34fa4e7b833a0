//! Who may call what: every route of the served document, for everyone who might try. The
//! whole table is checked in beside this file (`snapshots/`); a change of policy, or a new
//! route, shows there. `INSTA_UPDATE=always` writes it anew.

mod consents;
mod emergencies;
mod exports;
mod integrators;
mod platform;
mod samples;
mod second_factors;
mod staff;
pub mod world;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use medilink_commands::{Actor, CommandContext, access_token};
use medilink_domain::TenantId;
use medilink_domain::access::words;
use medilink_domain::values::Role;
use medilink_tests::{Caller, History, Platform, settle};
use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

use crate::platform;
use world::World;

/// What exists is in the read models by then.
const SOON: Duration = Duration::from_secs(60);

/// Everyone who might try. `patient` and `doctor` are those of the record.
async fn callers(platform: &Platform, world: &World) -> Vec<(&'static str, Caller)> {
    let stranger = Uuid::nil();
    let elsewhere = TenantId(Uuid::now_v7());
    let here = [
        ("patient", world.patient, Role::Patient),
        ("other patient", stranger, Role::Patient),
        ("doctor", world.doctor, Role::Doctor),
        ("other doctor", stranger, Role::Doctor),
        ("receptionist", stranger, Role::Receptionist),
        ("administrator", stranger, Role::Administrator),
        ("operator", stranger, Role::Operator),
        (
            "platform administrator",
            stranger,
            Role::PlatformAdministrator,
        ),
        ("compliance officer", stranger, Role::ComplianceOfficer),
    ];
    let mut callers = vec![
        ("anonymous", platform.caller("")),
        ("bad token", platform.caller("medilink_0")),
    ];
    for (name, person, role) in here {
        // Nobody shares an allowance with somebody else.
        let person = if person == stranger {
            Uuid::now_v7()
        } else {
            person
        };
        callers.push((name, platform.person(person, &[role]).await));
    }
    // The same person's id in another tenant is another person.
    let there = [
        ("other tenant, patient", world.patient, vec![Role::Patient]),
        ("other tenant, doctor", world.doctor, vec![Role::Doctor]),
        (
            "other tenant, staff",
            stranger,
            vec![
                Role::Receptionist,
                Role::Administrator,
                Role::Operator,
                Role::ComplianceOfficer,
                Role::PlatformAdministrator,
            ],
        ),
    ];
    for (name, person, roles) in there {
        callers.push((
            name,
            platform.caller(&platform.token_in(elsewhere, person, &roles).await),
        ));
    }
    callers
}

/// Status and problem; a stream is not read to its end, which it doesn't have.
pub async fn outcome(
    caller: &Caller,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (String, String) {
    let mut request = caller.request(Method::from_bytes(method.as_bytes()).unwrap(), path);
    if let Some(body) = body {
        request = request.json(body);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let kind = response
        .headers()
        .get("content-type")
        .map(|kind| kind.to_str().unwrap().to_owned())
        .unwrap_or_default();
    if kind.starts_with("text/event-stream") {
        return (format!("{status} stream"), String::new());
    }
    let text = response.text().await.unwrap();
    if status < 300 {
        return (status.to_string(), text);
    }
    let problem: Value = serde_json::from_str(&text).unwrap_or_default();
    let slug = problem["type"]
        .as_str()
        .and_then(|kind| kind.rsplit('/').next())
        // The token endpoint answers as OAuth has it.
        .or(problem["error"].as_str())
        .unwrap_or("no problem");
    (format!("{status} {slug}"), text)
}

#[tokio::test]
async fn every_route_answers_everyone_as_the_table_says() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let callers = callers(&platform, &world).await;
    let document = platform.caller("").get("/openapi.json").await.unwrap().body;
    // By method and path, as the document has them.
    let mut operations: BTreeMap<(String, String), String> = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"]
                .as_str()
                .unwrap_or_else(|| panic!("{method} {path} has no operationId"));
            operations.insert((path.clone(), method.to_uppercase()), name.to_owned());
        }
    }
    assert!(operations.len() >= 20, "{operations:?}");
    settle(&platform, SOON).await;

    let mut table = String::new();
    for ((path, method), operation) in &operations {
        writeln!(table, "{method} {path}").unwrap();
        for (who, caller) in &callers {
            let (path, body) = world.sample(operation).await;
            let (found, text) = outcome(caller, method, &path, body.as_ref()).await;
            writeln!(table, "    {who:<24} {found}").unwrap();
            assert!(!found.starts_with('5'), "{method} {path} for {who}: {text}");
            if who.starts_with("other tenant") {
                // The link of a feed lets in whoever has it.
                let own = ["readMe", "readCalendarFeed"].contains(&operation.as_str());
                assert!(
                    own || !world.ids().iter().any(|id| text.contains(id)),
                    "{method} {path} shows {who}: {text}"
                );
            }
        }
    }
    insta::assert_snapshot!(table);
    // Whatever was read, those whose data it is are told of in words of its own.
    for event in History::read(&platform).await.of("access.recorded") {
        let payload: Value = serde_json::from_slice(&event.payload).unwrap();
        let what = payload["resource"].as_str().unwrap();
        assert!(
            words::has_words(&what.parse().unwrap()),
            "add what {what} is to domain/data/access-texts.json"
        );
    }
}

/// A reader may wait for a position; who may not read is refused before there is anything to
/// wait for, as if they had not asked to.
#[tokio::test]
async fn who_may_not_read_is_refused_before_anything_is_read() {
    // Whom one of these concerns, or that it isn't there, is known from its row alone, of which no
    // more is read (the gateway's own tests).
    const BY_THE_ROW: [&str; 10] = [
        "readAppointment",
        "readConsent",
        "readConsentReceipt",
        "readEmergencyAccess",
        "readErasure",
        "readErasureCertificate",
        "readExport",
        "readFeedback",
        "readMyApplication",
        "readPlace",
    ];
    let platform = platform().await;
    let world = World::new(&platform).await;
    let callers = callers(&platform, &world).await;
    settle(&platform, SOON).await;
    let document = platform.caller("").get("/openapi.json").await.unwrap().body;
    let mut refused = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let operation = methods["get"]["operationId"].as_str().unwrap_or_default();
        if operation.is_empty() || BY_THE_ROW.contains(&operation) {
            continue;
        }
        let (sample, _) = world.sample(operation).await;
        for (who, caller) in &callers {
            let (plain, _) = outcome(caller, "GET", &sample, None).await;
            // A stranger who is allowed in learns from the rows that there is nothing.
            let by_the_rows = plain.starts_with("404") && who.starts_with("other tenant");
            if !plain.starts_with('4') || by_the_rows {
                continue;
            }
            let later = caller.clone().with("medilink-min-position", "999999999999");
            let (waiting, _) = outcome(&later, "GET", &sample, None).await;
            assert_eq!(waiting, plain, "{path} for {who}");
            refused += 1;
        }
    }
    assert!(refused >= 80, "only {refused} were refused");
}

#[tokio::test]
async fn not_yours_and_not_there_look_alike() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let stranger = platform.person(Uuid::now_v7(), &[Role::Patient]).await;
    let reader = &world.city.receptionist;
    let head = platform.log().head().await.unwrap().0;
    assert_eq!(
        reader
            .get_at(&format!("/v1/appointments/{}", world.appointment), head)
            .await
            .status,
        200
    );
    let nobody = Uuid::now_v7();
    for (there, path) in [
        (world.appointment, "/v1/appointments/ID"),
        (world.appointment, "/v1/appointments/ID/queue"),
        (world.patient, "/v1/patients/ID"),
        (world.patient, "/v1/patients/ID/accesses"),
        (world.patient, "/v1/patients/ID/appointments"),
        (world.patient, "/v1/patients/ID/consents"),
        (world.consent, "/v1/consents/ID"),
        (world.consent, "/v1/consents/ID/receipt"),
        (world.emergency, "/v1/emergency-accesses/ID"),
        (world.patient, "/v1/patients/ID/notices"),
        (world.patient, "/v1/patients/ID/waitlist"),
    ] {
        let mut not_yours = stranger
            .get_at(&path.replace("ID", &there.to_string()), head)
            .await;
        let mut not_there = stranger
            .get_at(&path.replace("ID", &nobody.to_string()), head)
            .await;
        assert_eq!(not_yours.status, 404, "{path}: {}", not_yours.text);
        for answer in [&mut not_yours, &mut not_there] {
            answer.body["instance"].take();
            for name in ["x-request-id", "traceparent", "date"] {
                answer.headers.remove(name);
            }
        }
        assert_eq!(
            (not_yours.status, &not_yours.body),
            (not_there.status, &not_there.body),
            "{path}"
        );
        assert_eq!(not_yours.headers, not_there.headers, "{path}");
    }
}

#[tokio::test]
async fn a_revoked_token_stops_to_work_at_once() {
    let platform = platform().await;
    let caller = platform.person(Uuid::now_v7(), &[Role::Receptionist]).await;
    assert_eq!(caller.get("/v1/hospitals").await.unwrap().status, 200);
    let history = History::read(&platform).await;
    let issued = history.of("access-token.issued").last().unwrap();
    let token = issued
        .stream
        .strip_prefix("access-token-")
        .unwrap()
        .parse()
        .unwrap();
    let revoke = access_token::Revoke {
        token,
        reason: "signed-out".parse().unwrap(),
    };
    let context = CommandContext::new(Actor::console(platform.tenant));
    platform
        .executor()
        .await
        .execute(&context, &revoke)
        .await
        .unwrap();
    let answer = caller.get("/v1/hospitals").await.unwrap();
    assert_eq!((answer.status, answer.problem()), (401, "invalid-token"));
}

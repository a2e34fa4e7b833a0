//! Integrators: programs of others that come in with a key of their own, do what their scopes
//! name, and see of a patient what the patient consents to; and everyone who should not.

mod attacks;
mod lab;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use medilink_commands::consent::Grant;
use medilink_commands::{Actor, CommandContext};
use medilink_domain::consent::{ConsentTerms, Grantee};
use medilink_domain::values::{ConsentAccessMode, ConsentPurpose, HealthInformationType, Role};
use medilink_domain::{IntegratorId, PatientId};
use medilink_tests::{
    Answer, Hospital, Newcomer, Program, assert_read_models_equal_their_replay, id, settle,
};
use reqwest::Method;
use serde_json::json;

use crate::authorization::{outcome, world::World};
use crate::platform;
use lab::{Lab, ids, told};

/// How long read models have for what follows by itself.
const SOON: Duration = Duration::from_secs(60);

/// Everything that is served.
const EVERYTHING: &str = "system/Appointment.rs system/Consent.rs system/HealthcareService.rs \
     system/Organization.rs system/Practitioner.rs system/Schedule.r system/Slot.s";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_is_registered_reads_by_consent_and_is_gone_at_once() {
    let lab = Lab::open().await;
    let (platform, manager) = (&lab.platform, &lab.manager);
    let mut program = Program::unknown();
    let body = json!({
        "name": "Lab of the North", "keys": [program.jwk()],
        "scopes": ["system/Appointment.rs", "system/Consent.s", "system/Organization.s"],
    });
    // Not without a proof of who asks, nor by somebody else.
    let unproven = lab.city.administrator.post("/v1/integrators", &body).await;
    assert_eq!(told(&unproven), (403, "proof-required"));
    let patient = lab.patient.post("/v1/integrators", &body).await;
    assert_eq!(told(&patient), (403, "forbidden"));
    let registered = manager.post("/v1/integrators", &body).await;
    program.client = id(&registered);
    let path = registered.header("location").to_owned();
    let shown = manager.get_at(&path, registered.position()).await;
    assert_eq!(shown.body["name"], "Lab of the North");
    let key = json!({"kid": program.kid, "alg": "ES384"});
    assert_eq!(shown.body["keys"], json!([key]));
    assert_eq!(shown.body["active"], true);

    let scope = "system/Appointment.rs system/Consent.s";
    let given = program.ask(platform, scope).await;
    assert_eq!(given.status, 200, "{}", given.text);
    assert_eq!(given.body["token_type"], "Bearer");
    assert_eq!(given.body["scope"], scope);
    let life = given.body["expires_in"].as_u64().unwrap();
    assert!((290..=300).contains(&life), "{life}");
    assert_eq!(given.header("cache-control"), "no-store");
    assert_eq!(given.header("pragma"), "no-cache");
    let caller = platform.caller(given.body["access_token"].as_str().unwrap());

    // What the token's scopes don't name, though the program has it.
    let refused = caller.get("/v1/hospitals").await.unwrap();
    assert_eq!(told(&refused), (403, "forbidden"));
    let hospitals = program.caller(platform, "system/Organization.s").await;
    assert_eq!(hospitals.get("/v1/hospitals").await.unwrap().status, 200);
    let refused = hospitals.get(&lab.list()).await.unwrap();
    assert_eq!(told(&refused), (404, "not-found"));

    // Nothing of a patient who has not consented.
    let [first, second] = lab.visits.map(|visit| format!("/v1/appointments/{visit}"));
    for path in [&lab.list(), &first, &second] {
        let hidden = caller.get_at(path, lab.booked).await;
        assert_eq!(told(&hidden), (404, "not-found"), "{path}");
    }
    let consent = lab.consent(program.client, lab.city.at(10 * 60)).await;
    let list = caller.get_at(&lab.list(), lab.booked).await;
    assert_eq!(list.status, 200, "{}", list.text);
    assert_eq!(ids(&list), [lab.visits[0]], "as far as the consent reaches");
    assert_eq!(caller.get(&first).await.unwrap().status, 200);
    assert_eq!(caller.get(&second).await.unwrap().status, 404);
    let held = format!("{path}/consents");
    let held = caller.get_at(&held, consent.position()).await;
    assert_eq!(ids(&held), [id(&consent)], "{}", held.text);
    let foreign = format!("/v1/patients/{}", lab.person);
    assert_eq!(caller.get(&foreign).await.unwrap().status, 404);

    // The patient reads who it was.
    let head = platform.log().head().await.unwrap().0;
    let history = format!("/v1/patients/{}/accesses?language=en", lab.person);
    let history = lab.patient.get_at(&history, head).await;
    let told_of: Vec<&str> = history.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|access| access["actor"] == json!(program.client))
        .map(|access| access["text"].as_str().unwrap())
        .collect();
    let read = "Lab of the North, another system, read your appointments for treatment, with your consent of ";
    let refused =
        "Lab of the North, another system, wanted to see your appointments, and was refused.";
    let says = |text: &&str| text.starts_with(read);
    assert!(told_of.iter().any(says), "{told_of:?}");
    assert!(told_of.contains(&refused), "{told_of:?}");

    let revoke = format!("/v1/consents/{}/revoke", id(&consent));
    assert_eq!(lab.patient.post(&revoke, &json!({})).await.status, 200);
    for path in [&lab.list(), &first] {
        assert_eq!(caller.get(path).await.unwrap().status, 404, "{path}");
    }

    // A token that is out stops to work with the next request.
    let disable = format!("{path}/disable");
    let reason = json!({"reason": "contract-ended"});
    assert_eq!(manager.post(&disable, &reason).await.status, 200);
    let gone = caller.get(&lab.list()).await.unwrap();
    assert_eq!(told(&gone), (401, "invalid-token"));
    assert_eq!(program.ask(platform, scope).await.status, 401);
    let again = manager.post(&disable, &reason).await;
    assert_eq!(told(&again), (409, "integrator-already-disabled"));
    let nobody = json!({"grantee": {"kind": "integrator", "id": program.client}});
    let refused = lab.give(&nobody).await;
    assert_eq!(
        told(&refused),
        (404, "not-found"),
        "nobody grants to who is disabled"
    );
    let enable = manager.request(Method::POST, &format!("{path}/enable"));
    assert_eq!(manager.send(enable).await.unwrap().status, 200);
    let gone = caller.get(&lab.list()).await.unwrap();
    assert_eq!(told(&gone), (401, "invalid-token"), "tokens stay over");
    program.caller(platform, scope).await;
    settle(platform, SOON).await;
    assert_read_models_equal_their_replay(platform).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_scopes_and_other_keys_count_at_once() {
    let lab = Lab::open().await;
    let (platform, manager) = (&lab.platform, &lab.manager);
    let program = lab
        .registered("system/Organization.rs system/Slot.s", &[])
        .await;
    let path = format!("/v1/integrators/{}", program.client);
    let put = async |rest: &str, body: serde_json::Value| -> Answer {
        let request = manager.request(Method::PUT, &format!("{path}/{rest}"));
        manager.send(request.json(&body)).await.unwrap()
    };
    let both = "system/Organization.rs system/Slot.s";
    let caller = program.caller(platform, both).await;
    assert_eq!(caller.get("/v1/hospitals").await.unwrap().status, 200);
    let narrowed = put("scopes", json!({"scopes": ["system/Slot.s"]})).await;
    assert_eq!(narrowed.status, 200, "{}", narrowed.text);
    let refused = caller.get("/v1/hospitals").await.unwrap();
    assert_eq!(
        told(&refused),
        (403, "forbidden"),
        "whatever the token says"
    );
    let wanted = program.ask(platform, both).await;
    assert_eq!(
        (wanted.status, &wanted.body["error"]),
        (400, &json!("invalid_scope"))
    );

    let mut next = Program::unknown();
    next.client = program.client;
    let replaced = put("keys", json!({"keys": [next.jwk()]})).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text);
    let slots = lab.city.slots(lab.doctor);
    assert_eq!(caller.get(&slots).await.unwrap().status, 401);
    assert_eq!(program.ask(platform, "system/Slot.s").await.status, 401);
    let caller = next.caller(platform, "system/Slot.s").await;
    assert_eq!(caller.get(&slots).await.unwrap().status, 200);

    // Held to what was seen, and to what makes sense.
    let stale = manager.clone().with("if-match", "\"1\"");
    let stale = stale.request(Method::PUT, &format!("{path}/scopes"));
    let stale = stale.json(&json!({"scopes": ["system/Schedule.r"]}));
    let stale = manager.send(stale).await.unwrap();
    assert_eq!(told(&stale), (412, "version-mismatch"));
    let mut private = next.jwk();
    private["d"] = json!("secret");
    let mut weak = next.jwk();
    weak["alg"] = json!("ES256");
    let mut bent = next.jwk();
    bent["y"] = bent["x"].clone();
    let off = json!({"kty": "oct", "kid": "k", "n": "AA"});
    for (rest, body, problem, field) in [
        (
            "scopes",
            json!({"scopes": ["system/Patient.r"]}),
            "scope-not-served",
            "/scopes",
        ),
        (
            "scopes",
            json!({"scopes": ["system/*.rs"]}),
            "invalid-field",
            "/scopes/0",
        ),
        ("scopes", json!({"scopes": []}), "invalid-field", "/scopes"),
        (
            "scopes",
            json!({"scopes": ["system/Slot.s"]}),
            "integrator-unchanged",
            "",
        ),
        (
            "keys",
            json!({"keys": [private]}),
            "unknown-field",
            "/keys/0/d",
        ),
        (
            "keys",
            json!({"keys": [weak]}),
            "invalid-field",
            "/keys/0/alg",
        ),
        ("keys", json!({"keys": [bent]}), "not-a-usable-key", "/keys"),
        (
            "keys",
            json!({"keys": [next.jwk(), next.jwk()]}),
            "key-id-twice",
            "/keys",
        ),
        (
            "keys",
            json!({"keys": [off]}),
            "invalid-field",
            "/keys/0/kty",
        ),
        (
            "keys",
            json!({"jwks_uri": "https://evil.example"}),
            "unknown-field",
            "/jwks_uri",
        ),
    ] {
        let refused = put(rest, body).await;
        let at = refused.body["field"].as_str().unwrap_or_default();
        assert_eq!(
            (refused.problem(), at),
            (problem, field),
            "{}",
            refused.text
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_answers_for_one_hospital_answers_for_its_integrators_alone() {
    let lab = Lab::open().await;
    let (platform, other) = (&lab.platform, &lab.other);
    let theirs = Newcomer::register(platform).await;
    let totp = theirs.turn_on_totp(platform).await;
    let manager = totp.tokens.caller(platform);
    let role = format!(
        "/v1/hospitals/{}/staff/{}/roles/administrator",
        other.hospital, theirs.person
    );
    let give = other
        .administrator
        .request(Method::PUT, &role)
        .json(&json!({}));
    assert_eq!(other.administrator.send(give).await.unwrap().status, 200);
    let body = |hospitals: &[uuid::Uuid]| {
        json!({
            "name": "Lab", "keys": [Program::unknown().jwk()],
            "scopes": ["system/Appointment.rs"], "hospitals": hospitals,
        })
    };
    let [here, there] = [lab.city.hospital, other.hospital];
    for hospitals in [&[][..], &[here], &[here, there]] {
        let refused = manager.post("/v1/integrators", &body(hospitals)).await;
        assert_eq!(told(&refused), (403, "forbidden"), "{hospitals:?}");
    }
    let registered = manager.post("/v1/integrators", &body(&[there])).await;
    assert_eq!(registered.status, 201, "{}", registered.text);
    let network = lab.registered("system/Slot.s", &[]).await;
    let disable = format!("/v1/integrators/{}/disable", network.client);
    let refused = manager.post(&disable, &json!({"reason": "mine"})).await;
    assert_eq!(told(&refused), (403, "forbidden"));

    // An integrator of one hospital sees what took place there, whatever the consent covers.
    let scope = "system/Appointment.rs";
    for (hospital, seen) in [(here, 1), (there, 0)] {
        let program = lab.registered(scope, &[hospital]).await;
        lab.consent(program.client, lab.city.at(10 * 60)).await;
        let caller = program.caller(platform, scope).await;
        let list = caller.get_at(&lab.list(), lab.booked).await;
        assert_eq!(list.status, 200, "{}", list.text);
        assert_eq!(ids(&list).len(), seen, "{}", list.text);
        let visit = format!("/v1/appointments/{}", lab.visits[0]);
        let visit = caller.get(&visit).await.unwrap().status;
        assert_eq!(visit, if seen == 1 { 200 } else { 404 });
    }
}

/// Every route of the document, by a program with every scope and a patient's consent: what it
/// may do is what is published, and nothing else, nor of another tenant.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scope_opens_what_is_published_and_nothing_else() {
    let platform = platform().await;
    let world = World::new(&platform).await;
    let scopes: Vec<&str> = EVERYTHING.split_whitespace().collect();
    let program = Program::registered(&world.executor, world.tenant, &scopes, &[]).await;
    let now = Utc::now();
    let grant = Grant {
        patient: PatientId(world.patient),
        grantee: Grantee::Integrator {
            id: IntegratorId(program.client),
        },
        terms: ConsentTerms {
            purpose: ConsentPurpose::CareManagement,
            types: vec![HealthInformationType::OPConsultation],
            mode: ConsentAccessMode::View,
            from: now - TimeDelta::days(365),
            to: now + TimeDelta::days(29),
            expires_at: now + TimeDelta::days(30),
            frequency: None,
        },
    };
    let patient = Actor::new(world.patient, world.tenant, vec![Role::Patient]);
    let granted = world
        .executor
        .execute(&CommandContext::new(patient), &grant)
        .await;
    let consent = granted.unwrap().answer.consent;
    settle(&platform, SOON).await;

    let document = platform.caller("").get("/openapi.json").await.unwrap().body;
    let (mut open, mut published) = (BTreeSet::new(), BTreeSet::new());
    let mut caller = program.caller(&platform, EVERYTHING).await;
    let mut renewed = Instant::now();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let schemes = operation["security"].as_array();
            let Some(schemes) = schemes else { continue };
            let name = operation["operationId"].as_str().unwrap();
            if schemes.iter().any(|scheme| scheme["integrator"].is_array()) {
                published.insert(name);
            }
            let (mut sample, body) = world.sample(name).await;
            match name {
                "listIntegratorConsents" => {
                    sample = format!("/v1/integrators/{}/consents", program.client);
                }
                "readConsent" => sample = format!("/v1/consents/{consent}"),
                "readConsentReceipt" => sample = format!("/v1/consents/{consent}/receipt"),
                _ => {}
            }
            // A token works for five minutes, and this may take longer.
            if renewed.elapsed() > Duration::from_mins(3) {
                caller = program.caller(&platform, EVERYTHING).await;
                renewed = Instant::now();
            }
            let method = method.to_uppercase();
            let (found, text) = outcome(&caller, &method, &sample, body.as_ref()).await;
            if found.starts_with('2') {
                open.insert(name);
            } else {
                assert!(found.starts_with('4'), "{method} {path}: {found} {text}");
            }
        }
    }
    assert_eq!(open, published);
    assert!(open.len() >= 14, "{open:?}");

    // The same ids in another tenant are nobody's.
    let elsewhere = medilink_domain::TenantId(uuid::Uuid::now_v7());
    let foreign = Program::registered(&world.executor, elsewhere, &scopes, &[]).await;
    let refused = foreign.ask(&platform, "system/Slot.s").await;
    assert_eq!(
        (refused.status, &refused.body["error"]),
        (401, &json!("invalid_client"))
    );
    let token = platform
        .token_in(elsewhere, uuid::Uuid::now_v7(), &[Role::Administrator])
        .await;
    let path = format!("/v1/integrators/{}", program.client);
    let hidden = platform.caller(&token).get(&path).await.unwrap();
    assert_eq!(told(&hidden), (404, "not-found"));
    let city = Hospital::open(&platform).await;
    let list = program.caller(&platform, "system/Appointment.s").await;
    let stranger = city.patient(3).await;
    let hidden = list
        .get(&format!("/v1/patients/{stranger}/appointments"))
        .await;
    assert_eq!(told(&hidden.unwrap()), (404, "not-found"));
}

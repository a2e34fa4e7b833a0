//! Consents from the request to the end, by everyone who has a part in them, and everyone who
//! should have none.

mod clinic;
mod register;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Days, Months, TimeDelta, Utc};
use jsonwebtoken::decode_header;
use medilink_commands::guardian::RegisterDependant;
use medilink_commands::{Actor, CommandContext};
use medilink_domain::values::{BirthDate, Role};
use medilink_domain::{PatientId, TenantId};
use medilink_tests::{Caller, History, Newcomer, eventually, id};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use clinic::{Clinic, bare, refused, then};

/// How long workers and read models have for what follows by itself.
const SOON: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_for_is_given_in_part_and_taken_back_with_a_receipt_each() {
    let clinic = Clinic::open().await;
    let (me, doctor) = (&clinic.as_patient, &clinic.as_doctor);
    let consent = clinic.ask().await;
    assert_eq!(clinic.state(doctor, consent).await, "requested");
    let asked = clinic.read(me, &clinic.consents()).await;
    assert_eq!(asked.body["items"][0]["requester"], json!(clinic.doctor));
    let asking = clinic.verified(&clinic.receipt(consent).await).await;
    assert_eq!(asking.unwrap()["status"], "REQUESTED");

    // Less than was asked for, and never more.
    let more = json!({"types": ["op-consultation", "discharge-summary"]});
    let more = me.post(&then(consent, "grant"), &more).await;
    assert_eq!(refused(&more), (422, "consent-wider-than-requested"));
    let ends = Utc::now() + TimeDelta::days(2);
    let less = json!({"types": ["op-consultation"], "expires_at": ends});
    let granted = me.post(&then(consent, "grant"), &less).await;
    assert_eq!(granted.status, 200, "{}", granted.text);
    let again = me.post(&then(consent, "grant"), &less).await;
    assert_eq!(refused(&again), (409, "consent-not-waiting"));
    assert_eq!(clinic.state(doctor, consent).await, "granted");
    let held = clinic.read(doctor, "/v1/me/granted-consents").await;
    assert_eq!(held.body["items"][0]["id"], json!(consent));
    assert_eq!(held.body["items"][0]["types"], json!(["op-consultation"]));

    let given = clinic.receipt(consent).await;
    assert_eq!(given, clinic.receipt(consent).await, "the same each time");
    let said = clinic.verified(&given).await.unwrap();
    assert_eq!(said["status"], "GRANTED");
    assert_eq!(said["consentId"], json!(consent));
    assert_eq!(said["patient"], json!({"id": clinic.patient}));
    assert_eq!(said["hiu"]["id"], json!(clinic.doctor));
    assert_eq!(said["hip"]["id"], json!(clinic.platform.tenant));
    assert_eq!(said["requester"]["id"], json!(clinic.doctor));
    assert_eq!(said["purpose"]["code"], "CAREMGT");
    assert_eq!(said["purpose"]["text"], "Care Management");
    assert_eq!(said["hiTypes"], json!(["OPConsultation"]));
    assert_eq!(said["permission"]["accessMode"], "VIEW");
    let erased: DateTime<Utc> = said["permission"]["dataEraseAt"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(erased.timestamp_micros(), ends.timestamp_micros());
    assert_eq!(said["logPosition"], granted.body["position"]);

    let revoked = bare(me, &then(consent, "revoke")).await;
    assert_eq!(revoked.status, 200, "{}", revoked.text);
    assert_eq!(clinic.state(doctor, consent).await, "revoked");
    let held = clinic.read(doctor, "/v1/me/granted-consents").await;
    assert_eq!(held.body["items"], json!([]));
    let said = clinic
        .verified(&clinic.receipt(consent).await)
        .await
        .unwrap();
    assert_eq!(said["status"], "REVOKED");
    assert_eq!(said["logPosition"], revoked.body["position"]);
    // What was said before stays said.
    assert_eq!(clinic.verified(&given).await.unwrap()["status"], "GRANTED");

    // Every look at a consent is a look at its patient.
    let history = History::read(&clinic.platform).await;
    let by_doctor = |metadata: &[u8]| {
        let metadata: Value = serde_json::from_slice(metadata).unwrap();
        metadata["actor"] == json!(clinic.doctor)
    };
    let recorded = history.of("access.recorded");
    let looks = recorded.filter(|event| by_doctor(&event.metadata));
    assert_eq!(
        looks.count(),
        4,
        "three looks at the consent, one at the list"
    );
    clinic.close().await;
}

#[tokio::test]
async fn what_is_denied_is_given_to_nobody() {
    let clinic = Clinic::open().await;
    let (me, doctor) = (&clinic.as_patient, &clinic.as_doctor);
    let consent = clinic.ask().await;
    let denied = bare(me, &then(consent, "deny")).await;
    assert_eq!(denied.status, 200, "{}", denied.text);
    assert_eq!(bare(me, &then(consent, "deny")).await.status, 200);
    assert_eq!(clinic.state(doctor, consent).await, "denied");
    let late = me.post(&then(consent, "grant"), &json!({})).await;
    assert_eq!(refused(&late), (409, "consent-not-waiting"));
    let none = bare(me, &then(consent, "revoke")).await;
    assert_eq!(refused(&none), (409, "consent-not-granted"));
    let said = clinic.verified(&clinic.receipt(consent).await).await;
    assert_eq!(said.unwrap()["status"], "DENIED");
    let filtered = async |state: &str| {
        let path = format!("{}?state={state}", clinic.consents());
        let found = clinic.read(me, &path).await;
        found.body["items"].as_array().unwrap().len()
    };
    assert_eq!(
        (filtered("denied").await, filtered("granted").await),
        (1, 0)
    );
    clinic.close().await;
}

#[tokio::test]
async fn a_consent_is_over_at_its_last_instant_and_a_worker_says_so() {
    let clinic = Clinic::open().await;
    let (me, doctor) = (&clinic.as_patient, &clinic.as_doctor);
    let mut body = clinic.to_doctor();
    let ends = Utc::now() + TimeDelta::seconds(4);
    body["expires_at"] = json!(ends);
    let consent = clinic.give(&body).await;
    assert_eq!(clinic.state(doctor, consent).await, "granted");
    tokio::time::sleep((ends - Utc::now()).to_std().unwrap_or_default()).await;
    // By the clock, whatever the worker has noted by now.
    assert_eq!(clinic.state(doctor, consent).await, "expired");
    let held = clinic.read(doctor, "/v1/me/granted-consents").await;
    assert_eq!(held.body["items"], json!([]));
    eventually("noted", SOON, || async {
        let history = History::read(&clinic.platform).await;
        history.of("consent.expired").count() == 1
    })
    .await;
    let said = clinic.verified(&clinic.receipt(consent).await).await;
    assert_eq!(said.unwrap()["status"], "EXPIRED");
    let late = bare(me, &then(consent, "revoke")).await;
    assert_eq!(refused(&late), (409, "consent-not-granted"));
    clinic.close().await;
}

#[tokio::test]
async fn nobody_else_has_a_part_in_a_consent() {
    let clinic = Clinic::open().await;
    let consent = clinic.give(&clinic.to_doctor()).await;
    let asked = clinic.ask().await;
    let other = Newcomer::register(&clinic.platform).await;
    let other = other.sign_in(&clinic.platform).await;
    let elsewhere = TenantId(Uuid::now_v7());
    let platform = &clinic.platform;
    let there = |person, role| async move {
        let token = platform.token_in(elsewhere, person, &[role]).await;
        platform.caller(&token)
    };
    let colleague = clinic.city.doctor(2).await;
    let strangers = [
        other.caller(platform),
        platform.person(colleague, &[Role::Doctor]).await,
        there(clinic.patient, Role::Patient).await,
        there(clinic.doctor, Role::Doctor).await,
        clinic.city.receptionist.clone(),
        clinic.city.administrator.clone(),
    ];
    for stranger in &strangers {
        for path in ["", "/receipt"] {
            let path = format!("/v1/consents/{consent}{path}");
            let found = clinic.read(stranger, &path).await;
            assert_eq!(refused(&found), (404, "not-found"), "{}", found.text);
        }
        let listed = clinic.read(stranger, &clinic.consents()).await;
        assert_eq!(refused(&listed), (404, "not-found"));
        let given = stranger.post(&clinic.consents(), &clinic.to_doctor()).await;
        assert_eq!(refused(&given), (404, "not-found"), "{}", given.text);
        let granted = stranger.post(&then(asked, "grant"), &json!({})).await;
        assert_eq!(refused(&granted), (404, "not-found"));
        for what in [then(asked, "deny"), then(consent, "revoke")] {
            let done = bare(stranger, &what).await;
            assert_eq!(refused(&done), (404, "not-found"), "{}", done.text);
        }
    }
    // The doctor it is given to doesn't decide on it either, nor gives more to themselves.
    let doctor = &clinic.as_doctor;
    for what in [then(asked, "deny"), then(consent, "revoke")] {
        let done = bare(doctor, &what).await;
        assert_eq!(refused(&done), (404, "not-found"), "{}", done.text);
    }
    let granted = doctor.post(&then(asked, "grant"), &json!({})).await;
    assert_eq!(refused(&granted), (404, "not-found"));
    let given = doctor.post(&clinic.consents(), &clinic.to_doctor()).await;
    assert_eq!(refused(&given), (404, "not-found"));
    // A consent has one address: under another patient's path there is nothing.
    let under = format!("/v1/patients/{}/consents/{consent}", other.text("person"));
    let found = clinic.as_patient.get(&under).await.unwrap();
    assert_eq!(found.status, 404);
    let unknown = bare(&clinic.as_patient, &then(Uuid::now_v7(), "revoke")).await;
    assert_eq!(refused(&unknown), (404, "not-found"));
    assert_eq!(clinic.state(doctor, consent).await, "granted");
    assert_eq!(clinic.state(doctor, asked).await, "requested");
    clinic.close().await;
}

#[tokio::test]
async fn a_hospital_and_a_department_ask_for_themselves_and_not_for_others() {
    let clinic = Clinic::open().await;
    let (city, doctor) = (&clinic.city, &clinic.as_doctor);
    let department = json!({
        "kind": "department", "id": city.department, "hospital": city.hospital,
    });
    let hospital = json!({"kind": "hospital", "id": city.hospital});
    let other = city.another_for(Utc::now()).await;
    let ask = async |caller: &Caller, grantee: Value| {
        let mut body = clinic.to_doctor();
        body["patient"] = json!(clinic.patient);
        body["grantee"] = grantee;
        caller.post("/v1/consent-requests", &body).await
    };
    for grantee in [&department, &hospital] {
        let asked = ask(doctor, grantee.clone()).await;
        assert_eq!(asked.status, 201, "{}", asked.text);
        let asked = ask(&city.receptionist, grantee.clone()).await;
        assert_eq!(asked.status, 201, "{}", asked.text);
        let mut body = clinic.to_doctor();
        body["grantee"] = grantee.clone();
        let consent = clinic.give(&body).await;
        assert_eq!(clinic.state(doctor, consent).await, "granted");
    }
    let held = clinic.read(doctor, "/v1/me/granted-consents").await;
    assert_eq!(held.body["items"].as_array().unwrap().len(), 2);
    let elsewhere = json!({"kind": "hospital", "id": other.hospital});
    assert_eq!(ask(doctor, elsewhere).await.status, 404);
    let mixed = json!({
        "kind": "department", "id": city.department, "hospital": other.hospital,
    });
    let mixed = ask(&city.receptionist, mixed).await;
    assert_eq!(mixed.status, 404, "{}", mixed.text);
    for wrong in [
        json!({"kind": "department", "id": city.department}),
        json!({"kind": "hospital", "id": city.hospital, "hospital": city.hospital}),
    ] {
        let answer = ask(doctor, wrong).await;
        assert_eq!(refused(&answer), (422, "invalid-field"), "{}", answer.text);
        assert_eq!(answer.body["field"], "/grantee/hospital");
    }
    clinic.close().await;
}

#[tokio::test]
async fn what_is_wrong_in_a_consent_is_named() {
    let clinic = Clinic::open().await;
    let with = |changes: Value| {
        let mut body = clinic.to_doctor();
        let fields = changes.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(fields);
        body
    };
    let now = Utc::now();
    let cases = [
        (json!({"state": "granted"}), 422, "/state"),
        (json!({"patient": clinic.patient}), 422, "/patient"),
        (json!({"by": clinic.patient}), 422, "/by"),
        (json!({"purpose": "BTG"}), 422, "/purpose"),
        (json!({"purpose": "curiosity"}), 422, "/purpose"),
        (json!({"types": []}), 422, "/types"),
        (json!({"types": ["everything"]}), 422, "/types/0"),
        (json!({"mode": "VIEW"}), 422, "/mode"),
        (
            json!({"from": now, "to": now - TimeDelta::days(1)}),
            422,
            "/to",
        ),
        (json!({"to": now + TimeDelta::days(31)}), 422, "/to"),
        (json!({"from": "0001-01-01T00:00:00Z"}), 422, "/from"),
        (
            json!({"expires_at": now - TimeDelta::seconds(1)}),
            422,
            "/expires_at",
        ),
        (
            json!({"expires_at": now + TimeDelta::days(366)}),
            422,
            "/expires_at",
        ),
        (
            json!({"grantee": {"kind": "person", "id": clinic.patient}}),
            422,
            "/grantee",
        ),
        (
            json!({"frequency": {"unit": "day", "value": 0, "repeats": 1}}),
            422,
            "/frequency/value",
        ),
    ];
    for (change, status, field) in cases {
        let body = with(change);
        let answer = clinic.as_patient.post(&clinic.consents(), &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        let named = answer.body["field"].as_str().unwrap_or_default();
        assert!(named.starts_with(field), "{field}: {}", answer.text);
    }
    for nobody in [
        json!({"kind": "person", "id": Uuid::now_v7()}),
        json!({"kind": "hospital", "id": Uuid::now_v7()}),
        json!({"kind": "integrator", "id": Uuid::now_v7()}),
    ] {
        let body = with(json!({"grantee": nobody}));
        let answer = clinic.as_patient.post(&clinic.consents(), &body).await;
        assert_eq!(answer.status, 404, "{}", answer.text);
    }
    let asked = clinic.ask().await;
    for extra in [
        json!({"purpose": "DSRCH"}),
        json!({"grantee": null}),
        json!({"state": "granted"}),
    ] {
        let answer = clinic.as_patient.post(&then(asked, "grant"), &extra).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
    }
    let seen = clinic.as_patient.clone().with("if-match", "\"7\"");
    let stale = seen.post(&then(asked, "grant"), &json!({})).await;
    assert_eq!(refused(&stale), (412, "version-mismatch"), "{}", stale.text);
    let history = History::read(&clinic.platform).await;
    assert_eq!(history.of("consent.granted").count(), 0);
    clinic.close().await;
}

#[tokio::test]
async fn a_request_repeated_under_its_key_is_one() {
    let clinic = Clinic::open().await;
    let caller = clinic.as_patient.clone().with("idempotency-key", "once");
    let body = clinic.to_doctor();
    let first = caller.post(&clinic.consents(), &body).await;
    let again = caller.post(&clinic.consents(), &body).await;
    assert_eq!(id(&first), id(&again));
    let mut other = body.clone();
    other["types"] = json!(["prescription"]);
    let reused = caller.post(&clinic.consents(), &other).await;
    assert_eq!(refused(&reused), (422, "idempotency-key-reused"));
    clinic.close().await;
}

#[tokio::test]
async fn a_receipt_is_what_was_signed_and_no_token() {
    let clinic = Clinic::open().await;
    let consent = clinic.give(&clinic.to_doctor()).await;
    let receipt = clinic.receipt(consent).await;
    clinic.verified(&receipt).await.unwrap();
    let parts: Vec<&str> = receipt.split('.').collect();
    let said = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    let changed = said.replace("VIEW", "STORE");
    assert_ne!(changed, said);
    let forged = [parts[0], &URL_SAFE_NO_PAD.encode(changed), parts[2]].join(".");
    assert!(clinic.verified(&forged).await.is_err());
    // It lets nobody in,
    let with_receipt = clinic.platform.caller(&receipt);
    let denied = with_receipt.get("/v1/me").await.unwrap();
    assert_eq!(refused(&denied), (401, "invalid-token"));
    // and who is let in has no receipt by that.
    let asha = Newcomer::register(&clinic.platform).await;
    let token = asha.sign_in(&clinic.platform).await;
    let header = decode_header(token.text("access_token")).unwrap();
    assert_ne!(header.typ.as_deref(), Some("consent-receipt+jwt"));
    let body = token.text("access_token").split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
    assert_ne!(claims["aud"], "medilink-consent-receipt");
    clinic.close().await;
}

#[tokio::test]
async fn a_parent_decides_for_their_child_until_it_is_of_age() {
    let clinic = Clinic::open().await;
    let (parent, platform) = (&clinic.as_patient, &clinic.platform);
    let born = Utc::now().date_naive() - TimeDelta::days(3_650);
    let body = json!({"name": "Arjun Rao", "date_of_birth": born});
    let child = id(&parent.post("/v1/me/dependants", &body).await);
    let adult = json!({"name": "Arjun Rao", "date_of_birth": "1990-01-01"});
    let refusal = parent.post("/v1/me/dependants", &adult).await;
    assert_eq!(refused(&refusal), (422, "patient-of-age"));
    let mut extra = body.clone();
    extra["guardian"] = json!(clinic.doctor);
    assert_eq!(parent.post("/v1/me/dependants", &extra).await.status, 422);

    let consents = format!("/v1/patients/{child}/consents");
    let consent = id(&parent.post(&consents, &clinic.to_doctor()).await);
    assert_eq!(clinic.state(parent, consent).await, "granted");
    let listed = clinic.read(parent, &consents).await;
    assert_eq!(
        listed.body["items"][0]["id"],
        json!(consent),
        "{}",
        listed.text
    );
    // The child sees it, and has no say yet.
    let as_child = platform.person(child, &[Role::Patient]).await;
    assert_eq!(clinic.state(&as_child, consent).await, "granted");
    let own = as_child.post(&consents, &clinic.to_doctor()).await;
    assert_eq!(refused(&own), (403, "forbidden"), "{}", own.text);
    let own = bare(&as_child, &then(consent, "revoke")).await;
    assert_eq!(refused(&own), (403, "forbidden"));
    let record = clinic
        .read(&clinic.city.receptionist, &format!("/v1/patients/{child}"))
        .await;
    assert_eq!(record.body["guardian"]["id"], json!(clinic.patient));
    assert_eq!(
        record.body["guardian"]["until"],
        json!(of_age(born)),
        "{}",
        record.text
    );
    // The front desk dismisses the parent, who then is a stranger.
    let guardian = format!("/v1/patients/{child}/guardian");
    let desk = &clinic.city.receptionist;
    let dismissed = desk.send(desk.request(Method::DELETE, &guardian)).await;
    assert_eq!(dismissed.unwrap().status, 200);
    let stranger = bare(parent, &then(consent, "revoke")).await;
    assert_eq!(refused(&stranger), (404, "not-found"));
    let listed = clinic.read(parent, &consents).await;
    assert_eq!(listed.status, 404);
    let name = desk.request(Method::PUT, &guardian);
    let named = desk
        .send(name.json(&json!({"guardian": clinic.patient})))
        .await;
    assert_eq!(named.unwrap().status, 200);
    assert_eq!(bare(parent, &then(consent, "revoke")).await.status, 200);
    clinic.close().await;
}

fn of_age(born: chrono::NaiveDate) -> chrono::NaiveDate {
    // Whoever was born on a leap day is of age on the first of March.
    let year = born + Months::new(12 * 18);
    let same_day = chrono::Datelike::day(&year) == chrono::Datelike::day(&born);
    if same_day { year } else { year + Days::new(1) }
}

#[tokio::test]
async fn who_has_come_of_age_decides_alone() {
    let clinic = Clinic::open().await;
    let (parent, platform) = (&clinic.as_patient, &clinic.platform);
    // Of age since yesterday on India's calendar, registered three days ago.
    let today = (Utc::now() + TimeDelta::minutes(330)).date_naive();
    let born = today - Days::new(1) - Months::new(12 * 18);
    let register = RegisterDependant {
        parent: PatientId(clinic.patient),
        name: "Arjun Rao".parse().unwrap(),
        date_of_birth: BirthDate::try_from(born).unwrap(),
    };
    let actor = Actor::new(clinic.patient, platform.tenant, vec![Role::Patient]);
    let context = CommandContext {
        now: Utc::now() - TimeDelta::days(3),
        ..CommandContext::new(actor)
    };
    let executor = platform.executor().await;
    let child = executor.execute(&context, &register).await.unwrap();
    let child = child.answer.patient.uuid();
    let consents = format!("/v1/patients/{child}/consents");
    let given = parent.post(&consents, &clinic.to_doctor()).await;
    assert_eq!(refused(&given), (404, "not-found"), "{}", given.text);
    assert_eq!(clinic.read(parent, &consents).await.status, 404);
    let grown = platform.person(child, &[Role::Patient]).await;
    let consent = id(&grown.post(&consents, &clinic.to_doctor()).await);
    assert_eq!(bare(parent, &then(consent, "revoke")).await.status, 404);
    assert_eq!(bare(&grown, &then(consent, "revoke")).await.status, 200);
    clinic.close().await;
}

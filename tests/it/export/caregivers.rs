//! What caregivers keep of a record because its patient lets them, and what they take away of
//! their own.

use chrono::{TimeDelta, Utc};
use medilink_commands::staff::{GiveRole, TakeRole};
use medilink_commands::{Actor, CommandContext};
use medilink_domain::values::Role;
use medilink_domain::{HospitalId, StaffId};
use medilink_tests::{Caller, Hospital, Newcomer, PROOF, Platform, id};
use serde_json::{Value, json};
use uuid::Uuid;

use super::revoked::{NEVER_MADE, go_on, never_made, stop_work};
use super::{ask, deleted, download, file, history, is_missing, json_of, link, text_of, until};
use crate::platform;

fn at(hospital: Uuid, doctor: Uuid) -> GiveRole {
    GiveRole {
        staff: StaffId(doctor),
        role: Role::Doctor,
        hospital: Some(HospitalId(hospital)),
        department: None,
        until: None,
    }
}

/// A doctor of a hospital, signed in with all that is asked for.
async fn doctor(platform: &Platform, hospital: Uuid) -> (Newcomer, Caller) {
    let doctor = Newcomer::register(platform).await;
    let console = CommandContext::new(Actor::console(platform.tenant));
    let executor = platform.executor().await;
    let give = at(hospital, doctor.person);
    executor.execute(&console, &give).await.unwrap();
    let app = doctor.turn_on_totp(platform).await.app;
    let caller = doctor.sign_in_with(platform, &app).await.caller(platform);
    let proof = json!({"method": "totp", "code": app.code().await});
    let proven = caller.post(PROOF, &proof).await;
    assert_eq!(proven.status, 200, "{}", proven.text);
    (doctor, caller)
}

async fn lets_keep(own: &Caller, patient: Uuid, grantee: Value, mode: &str) -> Uuid {
    let now = Utc::now();
    let body = json!({
        "grantee": grantee, "purpose": "CAREMGT",
        "types": ["op-consultation"], "mode": mode, "from": now - TimeDelta::days(365),
        "to": now + TimeDelta::days(20), "expires_at": now + TimeDelta::days(30),
    });
    let given = own
        .post(&format!("/v1/patients/{patient}/consents"), &body)
        .await;
    assert_eq!(given.status, 201, "{}", given.text);
    id(&given)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_consent_lets_somebody_keep_is_gone_with_it_queued_or_ready() {
    let mut platform = platform().await;
    let city = Hospital::open(&platform).await;
    let receives = city.doctor(1).await;
    city.window(receives, "09:00", "12:00", 30).await;
    let asha = Newcomer::register(&platform).await;
    let own = asha.sign_in(&platform).await.caller(&platform);
    city.book(asha.person, receives, 540).await;
    let (keeper, keeps) = doctor(&platform, city.hospital).await;
    let person = json!({"kind": "person", "id": keeper.person});
    let list = format!("/v1/patients/{}/exports", asha.person);

    // Who may look may not keep.
    let view = lets_keep(&own, asha.person, person.clone(), "view").await;
    is_missing(&keeps.post(&list, &json!({"consent": view})).await);
    let consent = lets_keep(&own, asha.person, person.clone(), "store").await;
    is_missing(&keeps.post(&list, &json!({})).await);

    // Ready, and revoked.
    let export = ask(&keeps, asha.person, &json!({"consent": consent})).await;
    until(&keeps, &export, "ready").await;
    let given = link(&keeps, &export).await;
    is_missing(&own.get(&given).await.unwrap());
    let mut archive = download(&keeps, &given).await;
    let data = json_of(&mut archive, "data.json");
    assert_eq!(data["visits"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&data["profile"], &data["accesses"]),
        (&Value::Null, &json!([]))
    );
    let report = text_of(&file(&mut archive, "report.pdf"));
    assert!(!data.to_string().contains("Asha Rao") && !report.contains("Asha Rao"));
    let revoke = format!("/v1/consents/{consent}/revoke");
    let revoked = own.post(&revoke, &Value::Null).await;
    assert_eq!(revoked.status, 200, "{}", revoked.text);
    for path in [&given, &export] {
        is_missing(&keeps.get(path).await.unwrap());
    }
    is_missing(&keeps.post(&format!("{export}/link"), &Value::Null).await);
    until(&own, &export, "cancelled").await;
    deleted(&platform, &export).await;

    // Queued, and revoked.
    let consent = lets_keep(&own, asha.person, person.clone(), "store").await;
    let workers = stop_work(&mut platform);
    let export = ask(&keeps, asha.person, &json!({"consent": consent})).await;
    let revoke = format!("/v1/consents/{consent}/revoke");
    assert_eq!(own.post(&revoke, &Value::Null).await.status, 200);
    is_missing(&keeps.get(&export).await.unwrap());
    go_on(&mut platform, workers);
    until(&own, &export, "cancelled").await;
    assert_eq!(history(&platform, &export).await, NEVER_MADE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_works_for_a_hospital_takes_away_what_is_held_about_them() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let (gurpreet, own) = doctor(&platform, city.hospital).await;
    let export = ask(&own, gurpreet.person, &json!({"language": "pa"})).await;
    until(&own, &export, "ready").await;
    let given = link(&own, &export).await;
    let mut archive = download(&own, &given).await;
    let data = json_of(&mut archive, "data.json");
    assert_eq!(data["account"]["email"], json!(gurpreet.email));
    assert_eq!(data["work"]["roles"][0]["role"], "doctor");
    let events = data["events"].as_array().unwrap();
    for kind in [
        "account.opened",
        "staff.role-given",
        "second-factor.totp-confirmed",
    ] {
        assert!(events.iter().any(|event| event["type"] == kind), "{kind}");
    }
    let report = text_of(&file(&mut archive, "report.pdf"));
    assert!(report.contains(&gurpreet.email), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_hospital_may_keep_is_not_made_for_who_works_there_no_more() {
    let mut platform = platform().await;
    let city = Hospital::open(&platform).await;
    let asha = Newcomer::register(&platform).await;
    let own = asha.sign_in(&platform).await.caller(&platform);
    let (keeper, keeps) = doctor(&platform, city.hospital).await;
    let grantee = json!({"kind": "hospital", "id": city.hospital});
    let consent = lets_keep(&own, asha.person, grantee, "store").await;
    let workers = stop_work(&mut platform);
    let export = ask(&keeps, asha.person, &json!({"consent": consent})).await;
    let given = at(city.hospital, keeper.person);
    let take = TakeRole {
        staff: given.staff,
        role: given.role,
        hospital: given.hospital,
        reason: "left-the-hospital".parse().unwrap(),
    };
    let console = CommandContext::new(Actor::console(platform.tenant));
    let executor = platform.executor().await;
    executor.execute(&console, &take).await.unwrap();
    is_missing(&keeps.get(&export).await.unwrap());
    go_on(&mut platform, workers);
    never_made(&platform, &export).await;
}

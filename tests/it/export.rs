//! Taking a copy of one's data away: all of it, by whoever may, and by nobody else.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::process::Command;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use medilink_domain::SubjectId;
use medilink_domain::export::contents::{Treatment, treatment};
use medilink_domain::values::Role;
use medilink_log::Position;
use medilink_tests::{
    Answer, Caller, Hospital, Newcomer, PROOF, Platform, assert_read_models_equal_their_replay,
    eventually, id,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use zip::ZipArchive;

use crate::platform;

const SOON: Duration = Duration::from_secs(60);

type Archive = ZipArchive<Cursor<Vec<u8>>>;

/// Asks for a copy: its path.
async fn ask(caller: &Caller, patient: Uuid, body: &Value) -> String {
    let asked = caller
        .post(&format!("/v1/patients/{patient}/exports"), body)
        .await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    let path = format!("/v1/exports/{}", id(&asked));
    assert_eq!(asked.header("location"), path);
    assert_eq!(caller.get_at(&path, asked.position()).await.status, 200);
    path
}

async fn until(caller: &Caller, export: &str, state: &str) -> Value {
    eventually(state, SOON, || async {
        caller.get(export).await.unwrap().body["state"] == state
    })
    .await;
    caller.get(export).await.unwrap().body
}

/// The path of a new link.
async fn link(caller: &Caller, export: &str) -> String {
    let given = caller.post(&format!("{export}/link"), &Value::Null).await;
    assert_eq!(given.status, 201, "{}", given.text);
    assert_eq!(given.body["expires_in"], 600);
    given.body["path"].as_str().unwrap().to_owned()
}

async fn prove(caller: &Caller, newcomer: &Newcomer) {
    let proof = json!({"method": "password", "password": newcomer.password});
    let proven = caller.post(PROOF, &proof).await;
    assert_eq!(proven.status, 200, "{}", proven.text);
}

async fn download(caller: &Caller, link: &str) -> Archive {
    let answer = caller.request(Method::GET, link).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/zip");
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("content-disposition").starts_with("attachment; filename=\"medilink-"));
    let length: usize = header("content-length").parse().unwrap();
    let bytes = answer.bytes().await.unwrap().to_vec();
    assert_eq!(bytes.len(), length);
    ZipArchive::new(Cursor::new(bytes)).unwrap()
}

fn file(archive: &mut Archive, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

fn json_of(archive: &mut Archive, name: &str) -> Value {
    serde_json::from_slice(&file(archive, name)).unwrap()
}

/// What a PDF says.
fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.pdf");
    std::fs::write(&path, pdf).unwrap();
    let output = Command::new("pdftotext").arg(&path).arg("-").output();
    let output = output.expect("scripts/install test installs poppler-utils");
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Everything of the log about a person that is to be in the copy, up to a position.
async fn about(platform: &Platform, person: Uuid, until: u64) -> BTreeSet<u64> {
    let log = platform.log();
    let mut found = BTreeSet::new();
    let mut after = Position::START;
    loop {
        let page = log
            .subject(platform.tenant, SubjectId(person), after, 500)
            .await
            .unwrap();
        let Some(last) = page.last() else {
            return found;
        };
        after = last.position;
        let told = page.iter().filter(|event| {
            let treatment = treatment(&event.kind).expect("every type is named");
            event.position.0 <= until && matches!(treatment, Treatment::Told { .. })
        });
        found.extend(told.map(|event| event.position.0));
    }
}

fn is_missing(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.problem()),
        (404, "not-found"),
        "{}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_takes_all_of_it_away_and_nobody_else_does() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let doctor = city.doctor(1).await;
    city.window(doctor, "09:00", "12:00", 30).await;
    let (asha, bina) = (
        Newcomer::register(&platform).await,
        Newcomer::register(&platform).await,
    );
    let own = asha.sign_in(&platform).await.caller(&platform);
    let others = bina.sign_in(&platform).await.caller(&platform);
    let booked = own
        .post(
            "/v1/appointments",
            &city.booking(asha.person, doctor, city.at(540)),
        )
        .await;
    assert_eq!(booked.status, 201, "{}", booked.text);
    // Somebody of the hospital looks at it, which is told.
    let visit = format!("/v1/appointments/{}", id(&booked));
    assert_eq!(
        city.receptionist
            .get_at(&visit, booked.position())
            .await
            .status,
        200
    );

    let list = format!("/v1/patients/{}/exports", asha.person);
    for stranger in [&others, &city.receptionist, &city.administrator] {
        is_missing(&stranger.post(&list, &json!({})).await);
        is_missing(&stranger.get(&list).await.unwrap());
    }
    for (body, problem) in [
        (json!({"formats": []}), "export-without-format"),
        (json!({"formats": ["xml"]}), "invalid-field"),
    ] {
        let refused = own.post(&list, &body).await;
        assert_eq!(
            (refused.status, refused.problem()),
            (422, problem),
            "{}",
            refused.text
        );
    }
    let head = platform.log().head().await.unwrap().0;
    let export = ask(&own, asha.person, &json!({"language": "hi"})).await;
    let second = own.post(&list, &json!({})).await;
    assert_eq!(
        (second.status, second.problem()),
        (409, "export-already-requested")
    );
    let ready = until(&own, &export, "ready").await;
    assert_eq!(ready["progress"], 100);
    assert_eq!(ready["ground"], "own-record");

    // A link is given for a fresh proof, and opens nothing by itself.
    let path = format!("{export}/link");
    let unproven = own.post(&path, &Value::Null).await;
    assert_eq!(
        (unproven.status, unproven.problem()),
        (403, "proof-required")
    );
    prove(&own, &asha).await;
    prove(&others, &bina).await;
    let old = link(&own, &export).await;
    let given = link(&own, &export).await;
    let visitor = platform.caller("");
    assert_eq!(visitor.get(&given).await.unwrap().status, 401);
    for path in [&given, &export] {
        is_missing(&others.get(path).await.unwrap());
    }
    is_missing(&others.post(&format!("{export}/link"), &Value::Null).await);
    is_missing(&others.post(&format!("{export}/cancel"), &Value::Null).await);
    is_missing(&own.get(&old).await.unwrap());
    let (most, last) = given.split_at(given.len() - 1);
    let forged = format!("{most}{}", if last == "0" { "1" } else { "0" });
    is_missing(&own.get(&forged).await.unwrap());

    let mut archive = download(&own, &given).await;
    let data = json_of(&mut archive, "data.json");
    assert_eq!(data["profile"]["name"], "Asha Rao");
    assert_eq!(data["profile"]["email"], json!(asha.email));
    assert!(
        data["visits"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("pain")
    );
    let text = data.to_string();
    for secret in ["password_hash", "secret_hash", "$argon2"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let events = data["events"].as_array().unwrap();
    let told: BTreeSet<u64> = events
        .iter()
        .map(|event| event["position"].as_u64().unwrap())
        .collect();
    let missing: Vec<u64> = about(&platform, asha.person, head)
        .await
        .difference(&told)
        .copied()
        .collect();
    assert!(missing.is_empty(), "not in the copy: {missing:?}");
    for kind in [
        "patient.registered",
        "account.opened",
        "session.started",
        "appointment.booked",
    ] {
        assert!(events.iter().any(|event| event["type"] == kind), "{kind}");
    }
    let seen_by = data["recipients"].as_array().unwrap();
    let desk = seen_by
        .iter()
        .find(|one| one["roles"] == json!(["receptionist"]));
    assert_eq!(
        desk.expect("the front desk has looked")["purpose"],
        "operations"
    );
    assert_eq!(json_of(&mut archive, "fhir.json")["type"], "collection");
    let report = text_of(&file(&mut archive, "report.pdf"));
    for words in ["Asha Rao", "आपका डेटा", "City Hospital"] {
        assert!(report.contains(words), "{words} is not in {report}");
    }

    // That they took it is in their history.
    let accesses = format!("/v1/patients/{}/accesses?language=en", asha.person);
    eventually("told", SOON, || async {
        let text = own.get(&accesses).await.unwrap().text;
        text.contains("a copy of your data")
    })
    .await;
    let notices = format!("/v1/patients/{}/notices", asha.person);
    eventually("a notice", SOON, || async {
        own.get(&notices)
            .await
            .unwrap()
            .text
            .contains("export_ready")
    })
    .await;

    // Given up, it is gone at once, and a new one may be asked for.
    let cancelled = own.post(&format!("{export}/cancel"), &Value::Null).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);
    is_missing(&own.get(&given).await.unwrap());
    let over = own.post(&format!("{export}/link"), &Value::Null).await;
    assert_eq!((over.status, over.problem()), (409, "export-closed"));
    let kept = platform
        .folder()
        .join("blobs")
        .join(export.replace("/v1/", ""));
    eventually("deleted", SOON, || async { !kept.exists() }).await;
    ask(&own, asha.person, &json!({"formats": ["json"]})).await;
    assert_read_models_equal_their_replay(&platform).await;
}

/// A doctor of the network, signed in with all that is asked for.
async fn doctor(platform: &Platform) -> (Newcomer, Caller) {
    let doctor = Newcomer::register(platform).await;
    doctor.be(platform, Role::Doctor).await;
    let app = doctor.turn_on_totp(platform).await.app;
    let caller = doctor.sign_in_with(platform, &app).await.caller(platform);
    let proof = json!({"method": "totp", "code": app.code().await});
    let proven = caller.post(PROOF, &proof).await;
    assert_eq!(proven.status, 200, "{}", proven.text);
    (doctor, caller)
}

async fn lets_keep(own: &Caller, patient: Uuid, doctor: Uuid, mode: &str) -> Uuid {
    let now = Utc::now();
    let body = json!({
        "grantee": {"kind": "person", "id": doctor}, "purpose": "CAREMGT",
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
    let (keeper, keeps) = doctor(&platform).await;
    let list = format!("/v1/patients/{}/exports", asha.person);

    // Who may look may not keep.
    let view = lets_keep(&own, asha.person, keeper.person, "view").await;
    is_missing(&keeps.post(&list, &json!({"consent": view})).await);
    let consent = lets_keep(&own, asha.person, keeper.person, "store").await;
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
    let kept = platform
        .folder()
        .join("blobs")
        .join(export.replace("/v1/", ""));
    eventually("deleted", SOON, || async { !kept.exists() }).await;

    // Queued, and revoked.
    let consent = lets_keep(&own, asha.person, keeper.person, "store").await;
    for instance in platform.instances_of(medilink_tests::Part::Worker) {
        platform.kill_part(instance);
    }
    let export = ask(&keeps, asha.person, &json!({"consent": consent})).await;
    let revoke = format!("/v1/consents/{consent}/revoke");
    assert_eq!(own.post(&revoke, &Value::Null).await.status, 200);
    is_missing(&keeps.get(&export).await.unwrap());
    for instance in platform.instances_of(medilink_tests::Part::Worker) {
        platform.start_part(instance);
    }
    until(&own, &export, "cancelled").await;
    let log = platform
        .log()
        .stream(&export.replace("/v1/exports/", "export-"), 0, 9)
        .await
        .unwrap();
    let kinds: Vec<&str> = log.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["export.requested", "export.cancelled"]);
}

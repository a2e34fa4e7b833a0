//! Taking a copy of one's data away: all of it, by whoever may, and by nobody else.

mod caregivers;
mod ending;
mod revoked;

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use medilink_domain::SubjectId;
use medilink_domain::export::contents::{Treatment, treatment};
use medilink_log::Position;
use medilink_tests::{
    Answer, Caller, Hospital, Newcomer, PROOF, Part, Platform,
    assert_read_models_equal_their_replay, eventually, id,
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

/// Where the files of a copy are.
fn kept(platform: &Platform, export: &str) -> PathBuf {
    let folder = platform.folder().join("blobs");
    folder.join(export.replace("/v1/", ""))
}

async fn deleted(platform: &Platform, export: &str) {
    let kept = kept(platform, export);
    eventually("deleted", SOON, || async { !kept.exists() }).await;
}

/// What happened to a copy.
async fn history(platform: &Platform, export: &str) -> Vec<String> {
    let stream = export.replace("/v1/exports/", "export-");
    let events = platform.log().stream(&stream, 0, 99).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

/// Says what else is to be known of a patient.
async fn tell_of_oneself(own: &Caller, person: Uuid) {
    let profile = json!({
        "language": "en", "gender": "female",
        "address": {"lines": ["12 Mall Road"], "city": "Ludhiana", "country": "India"},
        "emergency_contact": {"name": "Harpreet Kaur", "phone": "+919812345678"},
        "accessibility": ["wheelchair"],
    });
    let path = format!("/v1/patients/{person}/profile");
    let request = own.request(Method::PUT, &path).json(&profile);
    let told = own.send(request).await.unwrap();
    assert_eq!(told.status, 200, "{}", told.text);
}

async fn download(caller: &Caller, link: &str) -> Archive {
    let answer = caller.request(Method::GET, link).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/zip");
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("content-disposition").starts_with("attachment; filename=\"medilink-"));
    let length: usize = header("content-length").parse().unwrap();
    let tag = header("etag");
    let bytes = answer.bytes().await.unwrap().to_vec();
    assert_eq!(bytes.len(), length);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
    assert_eq!(tag, format!("\"{}\"", hex::encode(digest)));
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

    tell_of_oneself(&own, asha.person).await;

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
    assert_eq!(data["account"]["email"], json!(asha.email));
    assert_eq!(
        data["profile"]["emergency_contact"]["name"],
        "Harpreet Kaur"
    );
    assert_eq!(data["profile"]["address"]["city"], "Ludhiana");
    assert_eq!(data["profile"]["accessibility"], json!(["wheelchair"]));
    assert_eq!(data["work"], Value::Null);
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
        .any(|one| one["roles"] == json!(["receptionist"]) && one["purpose"] == "operations");
    assert!(desk, "the front desk has looked: {seen_by:?}");
    let fhir = json_of(&mut archive, "fhir.json");
    assert_eq!(fhir["type"], "collection");
    let contact = &fhir["entry"][0]["resource"]["contact"][0];
    assert_eq!(contact["name"]["text"], "Harpreet Kaur");
    let report = text_of(&file(&mut archive, "report.pdf"));
    for words in ["Asha Rao", "आपका डेटा", "City Hospital", "Harpreet Kaur"] {
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
    deleted(&platform, &export).await;
    ask(&own, asha.person, &json!({"formats": ["json"]})).await;
    for part in Part::ALL {
        let log = platform.log_of(part);
        assert!(
            !log.contains("medilink_export_"),
            "a link in {}",
            part.name()
        );
    }
    assert_read_models_equal_their_replay(&platform).await;
}

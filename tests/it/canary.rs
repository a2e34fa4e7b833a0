//! No personal data anywhere but under its key: not in a dump of the databases, not in the
//! broker's files, not in a log line.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use chrono::{TimeDelta, Utc};
use medilink_commands::emergency_access::{Open, Review};
use medilink_commands::{Actor, CommandContext, Post};
use medilink_domain::values::{EmergencyReason, Role};
use medilink_domain::{HospitalId, PatientId};
use medilink_tests::{CANARY, Caller, Hospital, Newcomer, Part, Platform, eventually, id, settle};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_postgres::NoTls;
use uuid::Uuid;

use crate::platform;
use crate::reminders::tomorrow;

/// What was planted: each as it is, in hexadecimal, and in base64 wherever it may begin.
fn needles() -> Vec<(String, Vec<u8>)> {
    let phones = (1..=3).map(|number| (9_876_500_000_u64 + number).to_string());
    let planted = [CANARY.to_owned(), "1907-03-29".to_owned()]
        .into_iter()
        .chain(phones);
    planted
        .flat_map(|word| {
            let mut forms = vec![word.clone().into_bytes(), word.to_uppercase().into_bytes()];
            forms.extend([hex::encode(&word), hex::encode_upper(&word)].map(String::into_bytes));
            for before in 0..3 {
                let shifted = [vec![0; before], word.clone().into_bytes()].concat();
                for engine in [&STANDARD, &URL_SAFE] {
                    let text = engine.encode(&shifted);
                    // The characters at both ends also depend on what comes before and after.
                    let whole = (before * 4).div_ceil(3)..(shifted.len() / 3) * 4;
                    forms.push(text.as_bytes()[whole].to_vec());
                }
            }
            forms.sort();
            forms.dedup();
            forms.into_iter().map(move |form| (word.clone(), form))
        })
        .collect()
}

/// What of it is found in these bytes.
pub fn found(bytes: &[u8]) -> Vec<String> {
    needles()
        .into_iter()
        .filter(|(_, form)| bytes.windows(form.len()).any(|window| window == form))
        .map(|(word, form)| format!("{word} as {}", String::from_utf8_lossy(&form)))
        .collect()
}

pub fn dump(url: &str) -> Vec<u8> {
    let output = Command::new("pg_dump")
        .args(["--dbname", url])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stdout.len() > 10_000, "an empty dump proves nothing");
    output.stdout
}

pub fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().filter_map(Result::ok) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files(&entry.path(), into);
        } else if kind.is_file() {
            into.push(entry.path());
        }
    }
}

/// A stretch of everything that people do here, with the canary wherever they may write.
async fn live(platform: &mut Platform) {
    let starts_at = tomorrow(TimeDelta::seconds(5));
    let soon = Hospital::open_for(platform, starts_at).await;
    let city = Hospital::open(platform).await;
    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    let (other, third) = (soon.doctor(2).await, soon.patient(2).await);
    soon.slot(other, starts_at).await;
    let reminded = soon
        .receptionist
        .post("/v1/appointments", &soon.booking(third, other, starts_at))
        .await;
    assert_eq!(reminded.status, 201, "{}", reminded.text);
    city.window(doctor, "09:00", "12:00", 30).await;
    let booked = city.book(patient, doctor, 540).await;
    let path = format!("/v1/appointments/{}", id(&booked));
    let moved = city
        .receptionist
        .post(
            &format!("{path}/reschedule"),
            &json!({"starts_at": city.at(570)}),
        )
        .await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    let reason = json!({"reason": format!("{CANARY} feels better")});
    let key = city.receptionist.clone().with("idempotency-key", CANARY);
    let cancelled = key.post(&format!("{path}/cancel"), &reason).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);

    // It is there for those who may see it, so it was stored.
    let own = platform.person(patient, &[Role::Patient]).await;
    for path in [
        format!("/v1/patients/{patient}"),
        path.clone(),
        format!("/v1/patients/{patient}/appointments"),
    ] {
        let answer = own.get_at(&path, cancelled.position()).await;
        assert!(
            answer.status == 200 && answer.text.contains(CANARY),
            "{path}: {}",
            answer.text
        );
    }
    let recipient = platform.person(third, &[Role::Patient]).await;
    eventually(
        "the reminder is written",
        Duration::from_secs(120),
        || async {
            let notices = recipient
                .get(&format!("/v1/patients/{third}/notices"))
                .await
                .unwrap();
            notices.text.contains(CANARY)
        },
    )
    .await;

    take_away(&own, patient).await;
    emergency(platform, &city, patient).await;
    let (person, caller) = sign_in(platform).await;
    come_to_work(&city, person, &caller).await;
    stumble(&city, &own, patient, doctor).await;
    // Failing parts say more than working ones.
    platform.kill_postgres().await;
    for body in [city.booking(patient, doctor, city.at(600)), reason] {
        assert_eq!(
            city.receptionist
                .post("/v1/appointments", &body)
                .await
                .status,
            503
        );
    }
    platform.start_postgres().await;
    let again = city
        .receptionist
        .persist(
            "/v1/appointments",
            &city.booking(patient, doctor, city.at(600)),
        )
        .await;
    assert_eq!(again.status, 201, "{}", again.text);
    platform.kill_nats(false).await;
    city.patient(3).await;
    platform.start_nats().await;
}

/// A copy of all of it, which is never on a disk in the clear.
async fn take_away(own: &Caller, patient: Uuid) {
    let asked = own
        .post(&format!("/v1/patients/{patient}/exports"), &json!({}))
        .await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    let path = format!("/v1/exports/{}", id(&asked));
    own.get_at(&path, asked.position()).await;
    eventually("the copy is made", Duration::from_secs(60), || async {
        own.get(&path).await.unwrap().body["state"] == "ready"
    })
    .await;
}

/// A record is opened in an emergency and looked into, with words about it.
async fn emergency(platform: &Platform, city: &Hospital, patient: Uuid) {
    let by = |role| Actor {
        posts: vec![Post {
            role,
            hospital: HospitalId(city.hospital),
            department: None,
        }],
        second_factor: true,
        proven_at: Some(Utc::now()),
        ..Actor::new(Uuid::now_v7(), platform.tenant, Vec::new())
    };
    let (open, executor) = (
        Open {
            patient: PatientId(patient),
            hospital: HospitalId(city.hospital),
            reason: EmergencyReason::Other,
            explanation: format!("{CANARY} has no pulse").parse().unwrap(),
        },
        platform.executor().await,
    );
    let before = CommandContext {
        now: Utc::now() - TimeDelta::hours(2),
        ..CommandContext::new(by(Role::Nurse))
    };
    let opened = executor.execute(&before, &open).await.unwrap();
    let review = Review {
        access: opened.answer.access,
        justified: true,
        remark: format!("{CANARY} was in danger").parse().unwrap(),
    };
    let officer = CommandContext::new(by(Role::ComplianceOfficer));
    let reviewed = executor.execute(&officer, &review).await.unwrap();
    let own = platform.person(patient, &[Role::Patient]).await;
    let path = format!("/v1/emergency-accesses/{}", opened.answer.access);
    let shown = own.get_at(&path, reviewed.position.0).await;
    assert_eq!(shown.text.matches(CANARY).count(), 2, "{}", shown.text);
}

/// Somebody whose address, password and device are the canary comes in, and mistypes it.
async fn sign_in(platform: &Platform) -> (Uuid, Caller) {
    let email = format!("{CANARY}@example.org");
    let password = format!("four tall wooden {CANARY}");
    let person = Newcomer::register_as(platform, email, password).await;
    let mut credentials = person.credentials();
    credentials["device"] = json!(CANARY);
    let visitor = platform.caller("");
    let tokens = visitor.post("/v1/sessions", &credentials).await;
    assert_eq!(tokens.status, 201, "{}", tokens.text);
    let caller = platform.caller(tokens.body["access_token"].as_str().unwrap());
    let sessions = caller.get("/v1/me/sessions").await.unwrap();
    assert!(sessions.text.contains(CANARY), "{}", sessions.text);
    credentials["password"] = json!(CANARY);
    let refused = visitor.post("/v1/sessions", &credentials).await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    let recovery = json!({"email": person.email});
    let asked = visitor.post("/v1/recoveries", &recovery).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let other =
        json!({"email": format!("other.{CANARY}@example.org"), "password": person.password});
    person.prove(&caller).await;
    let asked = caller.post("/v1/me/email", &other).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    (person.person, caller)
}

/// Somebody says all that they may of themselves, applies and is taken on; another is invited.
async fn come_to_work(city: &Hospital, person: Uuid, caller: &Caller) {
    let manager = &city.administrator;
    let here = |rest: &str| format!("/v1/hospitals/{}/{rest}", city.hospital);
    let put = |caller: &Caller, path: String, body: Value| {
        let request = caller.request(Method::PUT, &path).json(&body);
        let caller = caller.clone();
        async move {
            let answer = caller.send(request).await.unwrap();
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            answer.position()
        }
    };
    let own = json!({
        "language": "en", "accessibility_note": CANARY,
        "address": {
            "lines": [CANARY], "city": CANARY, "region": CANARY, "postal_code": CANARY,
            "country": CANARY,
        },
        "emergency_contact": {"name": CANARY, "phone": "+919876500001", "relation": CANARY},
    });
    put(caller, format!("/v1/patients/{person}/profile"), own).await;
    let expires_at = Utc::now() + TimeDelta::days(1);
    let wish = json!({"role": "doctor", "most_uses": 1, "expires_at": expires_at});
    let issued = manager.post(&here("codes"), &wish).await;
    let application = json!({
        "hospital_code": issued.body["code"], "name": format!("Dr {CANARY}"),
        "registration_number": format!("{CANARY}-9"), "specialties": [CANARY],
        "languages": ["en"],
    });
    let applied = id(&caller.post("/v1/me/application", &application).await);
    let approval = json!({
        "department": city.department,
        "certificates": [{"kind": "medical-registration", "number": CANARY}],
    });
    let path = format!("/v1/applications/{applied}/approve");
    let approved = manager.post(&path, &approval).await;
    assert_eq!(approved.status, 200, "{}", approved.text);
    let doctor = json!({
        "languages": ["en"], "specialties": [CANARY], "qualifications": [CANARY],
        "about": CANARY,
    });
    let told = put(manager, format!("/v1/doctors/{person}/profile"), doctor).await;
    let invitee = format!("invited.{CANARY}@example.org");
    let invitation = json!({"email": invitee, "language": "en", "role": "nurse"});
    let invited = manager.post(&here("invitations"), &invitation).await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    for (path, position) in [
        (here("applications"), told),
        (here("invitations"), invited.position()),
        (here("staff"), told),
        (format!("/v1/doctors/{person}"), told),
    ] {
        let shown = manager.get_at(&path, position).await;
        assert!(shown.text.contains(CANARY), "{path}: {}", shown.text);
    }
}

/// Sends the canary where it doesn't belong: refusals are logged too.
async fn stumble(city: &Hospital, own: &Caller, patient: Uuid, doctor: Uuid) {
    let reception = &city.receptionist;
    let mut strange = city.booking(patient, doctor, city.at(600));
    strange[CANARY] = json!(CANARY);
    let bodies = [
        strange,
        json!({"patient": CANARY, "doctor": CANARY, "starts_at": CANARY, "reason": CANARY}),
        json!({"patient": patient, "doctor": doctor, "starts_at": city.at(600), "reason": [CANARY]}),
        json!(CANARY),
    ];
    for body in &bodies {
        let answer = reception.post("/v1/appointments", body).await;
        assert!((400..500).contains(&answer.status), "{}", answer.text);
    }
    for path in [
        format!("/v1/patients/{CANARY}"),
        format!("/v1/{CANARY}"),
        format!("/v1/hospitals?{CANARY}=1"),
        format!("/v1/hospitals?after={CANARY}"),
    ] {
        let answer = own.get(&path).await.unwrap();
        assert!(
            (400..500).contains(&answer.status),
            "{path}: {}",
            answer.text
        );
    }
    for header in [
        "authorization",
        "x-request-id",
        "traceparent",
        "tracestate",
        "baggage",
        "user-agent",
        "referer",
        "cookie",
        "x-forwarded-for",
        "if-match",
        "medilink-min-position",
    ] {
        let request = own.clone().with(header, CANARY);
        assert!(
            request.get("/v1/me").await.unwrap().status < 500,
            "{header}"
        );
    }
    let raw = own
        .request(Method::POST, "/v1/appointments")
        .header("content-type", "application/json")
        .body(format!("{{\"{CANARY}"));
    assert_eq!(own.send(raw).await.unwrap().status, 400);
}

#[tokio::test]
async fn what_people_entrust_to_us_is_nowhere_in_the_clear() {
    let mut platform = platform().await;
    live(&mut platform).await;
    settle(&platform, Duration::from_secs(60)).await;
    let held = platform.broker().await.unwrap();
    assert!(held.messages > 20, "an empty broker proves nothing");

    let mut leaks = Vec::new();
    for url in platform.superuser_urls() {
        let name = url.rsplit('/').next().unwrap().to_owned();
        leaks.extend(
            found(&dump(&url))
                .into_iter()
                .map(|leak| format!("dump of {name}: {leak}")),
        );
    }
    // The servers' own files too, which hold what a dump doesn't: the write-ahead log, rows
    // that are no more.
    let mut searched = Vec::new();
    files(platform.folder(), &mut searched);
    for path in &searched {
        // A file may go while we look.
        let Ok(bytes) = std::fs::read(path) else {
            continue;
        };
        let shown = path.strip_prefix(platform.folder()).unwrap().display();
        leaks.extend(
            found(&bytes)
                .into_iter()
                .map(|leak| format!("{shown}: {leak}")),
        );
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    let any = |part: &str| {
        searched
            .iter()
            .any(|path| path.to_string_lossy().contains(part))
    };
    for expected in [
        "gateway.log",
        "projector.log",
        "relay.log",
        "worker.log",
        "nats.log",
        "postgres.log",
        "pg_wal",
        "/store/",
        "/blobs/exports/",
    ] {
        assert!(any(expected), "{expected} was not searched");
    }
    for part in Part::ALL {
        assert!(
            platform.log_of(part).lines().count() > 1,
            "{} has hardly logged",
            part.name()
        );
    }
}

#[tokio::test]
async fn the_search_finds_what_is_planted() {
    let platform = platform().await;
    let [url, _] = platform.superuser_urls();
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    assert!(found(&dump(&url)).is_empty());
    let forms = [
        format!("SELECT 'Asha {CANARY}'::text AS planted"),
        format!("SELECT '{{\"name\":\"Asha {CANARY}\"}}'::bytea AS planted"),
        format!("SELECT encode('Asha {CANARY}'::bytea, 'base64') AS planted"),
        format!("SELECT encode('Ash {CANARY}'::bytea, 'base64') AS planted"),
        format!("SELECT encode('As {CANARY}'::bytea, 'base64') AS planted"),
        "SELECT '1907-03-29'::date AS planted".to_owned(),
        "SELECT '+919876500002'::text AS planted".to_owned(),
    ];
    for form in forms {
        client
            .batch_execute(&format!("CREATE TABLE public.planted AS {form}"))
            .await
            .unwrap();
        assert!(!found(&dump(&url)).is_empty(), "{form} is not found");
        client
            .batch_execute("DROP TABLE public.planted")
            .await
            .unwrap();
    }
    drop(client);
    driver.await.unwrap().unwrap();
}

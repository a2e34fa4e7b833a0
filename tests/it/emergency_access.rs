//! Records that are opened in emergencies: by whom, for how long, and who is told of it.

mod ward;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::staff::TakeRole;
use medilink_commands::{Actor, CommandContext};
use medilink_domain::values::Role;
use medilink_domain::{HospitalId, StaffId, TenantId};
use medilink_tests::{Caller, History, Newcomer, eventually, id};
use serde_json::{Value, json};
use uuid::Uuid;

use ward::{Ward, bare, refused, then};

/// How long workers and read models have for what follows by itself.
const SOON: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_opened_read_closed_and_reviewed_and_everyone_concerned_is_told() {
    let ward = Ward::open().await;
    let (doctor, me) = (&ward.doctor.caller, &ward.as_patient);
    let opened_by_it = [
        ward.list(),
        ward.visit(),
        format!("/v1/patients/{}", ward.patient),
    ];
    let closed_to_it = ["accesses", "consents", "notices", "waitlist"]
        .map(|what| format!("/v1/patients/{}/{what}", ward.patient));
    for path in opened_by_it.iter().chain(&closed_to_it) {
        assert_eq!(ward.read(doctor, path).await.status, 404, "{path}");
    }
    let weak = doctor.post(&ward.emergencies(), &ward.emergency()).await;
    assert_eq!(refused(&weak), (403, "proof-required"), "{}", weak.text);
    ward.doctor.prove().await;
    let before = Utc::now();
    let opened = doctor.post(&ward.emergencies(), &ward.emergency()).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let access: Uuid = id(&opened);
    let path = format!("/v1/emergency-accesses/{access}");
    assert_eq!(opened.header("location"), path);
    let until: DateTime<Utc> = opened.body["until"].as_str().unwrap().parse().unwrap();
    let hour = TimeDelta::minutes(60);
    assert!(before + hour <= until && until <= Utc::now() + hour);

    // All that is needed to treat them is open, to this doctor; nothing else is.
    let listed = ward.read(doctor, &ward.list()).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 2);
    for path in &opened_by_it[1..] {
        let found = ward.read(doctor, path).await;
        assert_eq!(found.status, 200, "{path}: {}", found.text);
    }
    for path in &closed_to_it {
        assert_eq!(ward.read(doctor, path).await.status, 404, "{path}");
    }
    let cancel = format!("{}/cancel", ward.visit());
    let cancelled = doctor.post(&cancel, &json!({})).await;
    assert_eq!(cancelled.status, 404, "{}", cancelled.text);
    for path in &opened_by_it {
        let found = ward.read(&ward.colleague, path).await;
        assert_eq!(found.status, 404, "{path}: {}", found.text);
    }

    // Each read says under what, and tells the patient.
    let history = History::read(&ward.platform).await;
    let reads: Vec<Value> = history
        .of("access.recorded")
        .filter(|event| ward::metadata(event)["actor"] == json!(ward.doctor.person))
        .map(|event| {
            let metadata = ward::metadata(event);
            assert_eq!(metadata["purpose"], "BTG");
            let allowed_by = "who-gives-care-reads-what-they-opened-in-an-emergency";
            assert_eq!(metadata["decided_by"], json!([allowed_by]));
            serde_json::from_slice(&event.payload).unwrap()
        })
        .collect();
    assert_eq!(reads.len(), 3);
    assert!(reads.iter().all(|read| read["emergency"] == json!(access)));
    let told = format!("/v1/patients/{}/accesses?language=en", ward.patient);
    let told = ward.read(me, &told).await;
    let sentence = "Somebody at City Hospital (doctor) read your appointments for treatment, \
                    because of an emergency: the patient could not be asked.";
    let items = told.body["items"].as_array().unwrap();
    let said = items.iter().find(|item| item["text"] == sentence);
    assert_eq!(said.unwrap()["emergency"], json!(access), "{}", told.text);

    // The patient sees why; the officer what is open, and reviews nothing before it is over.
    let officer = &ward.officer.caller;
    let shown = ward.read(me, &path).await;
    assert_eq!(
        shown.body["explanation"],
        ward::EXPLANATION,
        "{}",
        shown.text
    );
    assert_eq!(shown.body["state"], "open");
    assert_eq!(ward.listed(officer, "open").await, [access]);
    let waiting = ward.listed(officer, "awaiting-review").await;
    assert!(waiting.is_empty(), "{waiting:?}");
    let own = ward.read(doctor, "/v1/me/emergency-accesses").await;
    assert_eq!(own.body["items"][0]["id"], json!(access), "{}", own.text);
    let review = json!({"justified": true, "remark": "as the ambulance's report says"});
    let early = officer.post(&then(access, "review"), &review).await;
    assert_eq!(refused(&early), (409, "emergency-access-still-open"));

    let closed = bare(doctor, &then(access, "close")).await;
    assert_eq!(closed.status, 200, "{}", closed.text);
    for path in &opened_by_it {
        let found = doctor.get(path).await.unwrap();
        assert_eq!(found.status, 404, "{path}: {}", found.text);
    }
    assert_eq!(ward.listed(officer, "awaiting-review").await, [access]);
    let reviewed = officer.post(&then(access, "review"), &review).await;
    assert_eq!(reviewed.status, 200, "{}", reviewed.text);
    let again = officer.post(&then(access, "review"), &review).await;
    assert_eq!(refused(&again), (409, "emergency-access-already-reviewed"));
    assert_eq!(ward.listed(officer, "reviewed").await, [access]);
    let shown = ward.read(me, &path).await.body;
    assert_eq!(shown["justified"], true);
    assert_eq!(shown["reviewer"], json!(ward.officer.person));

    // They were told, each once; what the officer was told names no patient.
    let mine = format!("/v1/patients/{}/notices", ward.patient);
    ward.told(me, &mine, "emergency_access_opened", access)
        .await;
    ward.told(
        officer,
        "/v1/me/notices",
        "emergency_access_to_review",
        access,
    )
    .await;
    let notices = ward.read(officer, "/v1/me/notices").await;
    assert!(!notices.text.contains(&ward.patient.to_string()));
    assert!(!notices.text.contains("Asha"), "{}", notices.text);
    ward.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_opens_closes_sees_or_reviews_it() {
    let ward = Ward::open().await;
    ward.doctor.prove().await;
    let access = ward.break_the_glass().await;
    let elsewhere = TenantId(Uuid::now_v7());
    let platform = &ward.platform;
    let foreign = platform.token_in(elsewhere, ward.doctor.person, &[Role::Doctor]);
    let strangers: [Caller; 5] = [
        ward.as_patient.clone(),
        ward.colleague.clone(),
        ward.other.receptionist.clone(),
        ward.other.administrator.clone(),
        platform.caller(&foreign.await),
    ];
    let path = format!("/v1/emergency-accesses/{access}");
    let review = json!({"justified": true, "remark": "fine"});
    for (number, stranger) in strangers.iter().enumerate() {
        let own = number == 0;
        let hidden = if own { 403 } else { 404 };
        let proof = number == 1;
        let opened = stranger.post(&ward.emergencies(), &ward.emergency()).await;
        // A colleague could, had they just shown who they are.
        let expected = if proof { 403 } else { hidden };
        assert_eq!(opened.status, expected, "{number}: {}", opened.text);
        let closed = bare(stranger, &then(access, "close")).await;
        assert_eq!(closed.status, hidden, "{number}: {}", closed.text);
        let reviewed = stranger.post(&then(access, "review"), &review).await;
        assert_eq!(reviewed.status, hidden, "{number}: {}", reviewed.text);
        let all = ward.read(stranger, "/v1/emergency-accesses").await;
        assert_eq!(all.status, 403, "{number}: {}", all.text);
        if !own {
            let found = ward.read(stranger, &path).await;
            assert_eq!(refused(&found), (404, "not-found"), "{number}");
        }
    }
    // Where they don't work, and of nobody.
    let doctor = &ward.doctor.caller;
    let mut there = ward.emergency();
    there["hospital"] = json!(ward.city.hospital);
    let opened = doctor.post(&ward.emergencies(), &there).await;
    assert_eq!(refused(&opened), (404, "not-found"), "{}", opened.text);
    let nobody = format!("/v1/patients/{}/emergency-accesses", Uuid::now_v7());
    let opened = doctor.post(&nobody, &ward.emergency()).await;
    assert_eq!(refused(&opened), (404, "not-found"), "{}", opened.text);
    let again = doctor.post(&ward.emergencies(), &ward.emergency()).await;
    assert_eq!(refused(&again), (409, "emergency-access-already-open"));

    // Nobody signs off what they did themselves.
    ward.doctor
        .be(platform, Role::ComplianceOfficer, None)
        .await;
    assert_eq!(bare(doctor, &then(access, "close")).await.status, 200);
    let own = doctor.post(&then(access, "review"), &review).await;
    assert_eq!(refused(&own), (403, "emergency-access-own-part"));

    // An officer of one hospital looks into what was opened there.
    let city = ward::Member::join(platform).await;
    let (here, there) = (ward.city.hospital, ward.other.hospital);
    city.be(platform, Role::ComplianceOfficer, Some(here)).await;
    let reviewed = city.caller.post(&then(access, "review"), &review).await;
    assert_eq!(refused(&reviewed), (404, "not-found"), "{}", reviewed.text);
    for (hospital, status) in [(here, 200), (there, 403)] {
        let path = format!("/v1/emergency-accesses?hospital={hospital}");
        let listed = ward.read(&city.caller, &path).await;
        assert_eq!(listed.status, status, "{}", listed.text);
        assert!(!listed.text.contains(&access.to_string()));
    }
    city.be(platform, Role::ComplianceOfficer, Some(there))
        .await;
    let reviewed = city.caller.post(&then(access, "review"), &review).await;
    assert_eq!(reviewed.status, 200, "{}", reviewed.text);
    ward.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_named_and_what_is_repeated_is_done_once() {
    let ward = Ward::open().await;
    ward.doctor.prove().await;
    let doctor = &ward.doctor.caller;
    let with = |field: &str, value: Value| {
        let mut body = ward.emergency();
        body[field] = value;
        body
    };
    let long = "x".repeat(2_001);
    for (field, value) in [
        ("reason", json!("curiosity")),
        ("reason", Value::Null),
        ("explanation", json!("")),
        ("explanation", json!("  ")),
        ("explanation", json!(long)),
        ("explanation", json!("a\u{202e}b")),
        ("hospital", json!("city")),
        ("until", json!(Utc::now() + TimeDelta::days(1))),
        ("clinician", json!(Uuid::now_v7())),
        ("minutes", json!(600)),
    ] {
        let body = with(field, value);
        let answer = doctor.post(&ward.emergencies(), &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text);
        assert_eq!(answer.body["field"], format!("/{field}"), "{}", answer.text);
    }
    let key = doctor.clone().with("idempotency-key", "k-1");
    let (path, body) = (ward.emergencies(), ward.emergency());
    let same = futures::future::join_all((0..8).map(|_| key.post(&path, &body))).await;
    let accesses: Vec<Uuid> = same.iter().map(id).collect();
    assert!(accesses.iter().all(|access| *access == accesses[0]));
    let other = key.post(&path, &with("reason", json!("other"))).await;
    assert_eq!(refused(&other), (422, "idempotency-key-reused"));
    let history = History::read(&ward.platform).await;
    assert_eq!(history.of("emergency-access.opened").count(), 1);

    let access = accesses[0];
    let stale = doctor.clone().with("if-match", "\"7\"");
    let closed = bare(&stale, &then(access, "close")).await;
    assert_eq!(refused(&closed), (412, "version-mismatch"));
    assert_eq!(bare(doctor, &then(access, "close")).await.status, 200);
    assert_eq!(bare(doctor, &then(access, "close")).await.status, 200);
    let officer = &ward.officer.caller;
    for (body, field) in [
        (json!({"justified": "yes", "remark": "x"}), "/justified"),
        (json!({"justified": true, "remark": ""}), "/remark"),
        (
            json!({"justified": true, "remark": "x", "reviewer": Uuid::now_v7()}),
            "/reviewer",
        ),
    ] {
        let answer = officer.post(&then(access, "review"), &body).await;
        assert_eq!(answer.status, 422, "{body}: {}", answer.text);
        assert_eq!(answer.body["field"], field, "{}", answer.text);
    }
    for (name, value) in [
        ("state", "nothing"),
        ("after", "x"),
        ("limit", "0"),
        ("hospital", "city"),
    ] {
        let path = format!("/v1/emergency-accesses?{name}={value}");
        let answer = ward.read(officer, &path).await;
        assert_eq!(answer.problem(), "invalid-parameter", "{}", answer.text);
        assert_eq!(answer.body["field"], name, "{}", answer.text);
    }
    ward.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_used_only_where_nothing_else_permits_and_ends_with_the_post() {
    let ward = Ward::open().await;
    ward.doctor.prove().await;
    let doctor = &ward.doctor.caller;
    // The patient lets the doctor see the first visit, and nothing more.
    let consent = json!({
        "grantee": {"kind": "person", "id": ward.doctor.person}, "purpose": "CAREMGT",
        "types": ["op-consultation"], "mode": "view",
        "from": Utc::now() - TimeDelta::days(365), "to": ward.city.at(10 * 60),
        "expires_at": Utc::now() + TimeDelta::days(30),
    });
    let consents = format!("/v1/patients/{}/consents", ward.patient);
    let consent = id(&ward.as_patient.post(&consents, &consent).await);
    let seen = async || {
        let listed = ward.read(doctor, &ward.list()).await;
        listed.body["items"].as_array().unwrap().len()
    };
    assert_eq!(seen().await, 1);
    let access = ward.break_the_glass().await;
    assert_eq!(seen().await, 2);
    for visit in [ward.visits[0], ward.visits[1]] {
        let path = format!("/v1/appointments/{visit}");
        assert_eq!(ward.read(doctor, &path).await.status, 200);
    }
    let history = History::read(&ward.platform).await;
    let under: Vec<(Value, Value)> = history
        .of("access.recorded")
        .filter(|event| ward::metadata(event)["actor"] == json!(ward.doctor.person))
        .map(|event| serde_json::from_slice::<Value>(&event.payload).unwrap())
        .map(|read| (read["consents"].clone(), read["emergency"].clone()))
        .collect();
    let (consented, emergency) = (json!([consent]), json!(access));
    let expected = [
        (consented.clone(), Value::Null),
        (consented.clone(), emergency.clone()),
        (consented, Value::Null),
        (Value::Null, emergency),
    ];
    assert_eq!(under, expected);

    // Whoever is a doctor there no more has no emergency there.
    let take = TakeRole {
        staff: StaffId(ward.doctor.person),
        role: Role::Doctor,
        hospital: Some(HospitalId(ward.other.hospital)),
        reason: "left-the-hospital".parse().unwrap(),
    };
    let console = CommandContext::new(Actor::console(ward.platform.tenant));
    let executor = ward.platform.executor().await;
    executor.execute(&console, &take).await.unwrap();
    let path = format!("/v1/appointments/{}", ward.visits[1]);
    assert_eq!(doctor.get(&path).await.unwrap().status, 404);
    ward.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_the_say_for_a_child_is_told() {
    let ward = Ward::open().await;
    ward.doctor.prove().await;
    let born = Utc::now().date_naive() - TimeDelta::days(3_650);
    let child = json!({"name": "Arjun Rao", "date_of_birth": born});
    let child = ward.as_patient.post("/v1/me/dependants", &child).await;
    let child: Uuid = id(&child);
    let path = format!("/v1/patients/{child}/emergency-accesses");
    let opened = ward.doctor.caller.post(&path, &ward.emergency()).await;
    let access: Uuid = id(&opened);
    let mine = format!("/v1/patients/{}/notices", ward.patient);
    let me = &ward.as_patient;
    ward.told(me, &mine, "emergency_access_opened", access)
        .await;
    let notices = ward.read(me, &mine).await;
    let text = notices.body["items"][0]["text"].as_str().unwrap();
    assert!(text.contains("a child for whom you decide"), "{text}");
    let path = format!("/v1/emergency-accesses/{access}");
    assert_eq!(ward.read(me, &path).await.status, 200);
    let stranger = Newcomer::register(&ward.platform).await;
    let stranger = stranger
        .sign_in(&ward.platform)
        .await
        .caller(&ward.platform);
    assert_eq!(ward.read(&stranger, &path).await.status, 404);
    eventually("the child is written to", SOON, || async {
        let history = History::read(&ward.platform).await;
        // The child, the parent, the compliance officer.
        history.of("notice.written").count() == 3
    })
    .await;
    ward.close().await;
}

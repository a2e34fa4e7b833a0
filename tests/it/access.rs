//! Who read whose data: told to the person in plain words, and to those who look into it.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::values::Role;
use medilink_tests::{
    Answer, Caller, Hospital, Newcomer, Platform, assert_read_models_equal_their_replay,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

struct World {
    platform: Platform,
    city: Hospital,
    doctor: Uuid,
    patient: Uuid,
    /// The patient's path of the history.
    path: String,
    own: Caller,
}

impl World {
    async fn new() -> Self {
        let platform = platform().await;
        let city = Hospital::open(&platform).await;
        let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
        city.window(doctor, "09:00", "12:00", 30).await;
        Self {
            own: platform.person(patient, &[Role::Patient]).await,
            path: format!("/v1/patients/{patient}/accesses"),
            platform,
            city,
            doctor,
            patient,
        }
    }

    async fn refuse(&self, person: Uuid, role: Role) {
        let caller = self.platform.person(person, &[role]).await;
        let path = format!("/v1/patients/{}/notices", self.patient);
        assert_eq!(caller.get(&path).await.unwrap().status, 404);
    }

    /// What a caller is shown of everything that has happened.
    async fn see(&self, caller: &Caller, path: &str) -> Answer {
        let head = self.platform.log().head().await.unwrap();
        caller.get_at(path, head.0).await
    }

    async fn history(&self, query: &str) -> Vec<Value> {
        let path = format!("{}?language=en{query}", self.path);
        items(&self.see(&self.own, &path).await)
    }
}

fn items(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body["items"].as_array().unwrap().clone()
}

fn texts(items: &[Value]) -> Vec<&str> {
    let texts = items.iter().map(|item| item["text"].as_str().unwrap());
    texts.collect()
}

fn ids(items: &[Value]) -> Vec<&Value> {
    items.iter().map(|item| &item["id"]).collect()
}

async fn read(caller: &Caller, position: u64, path: &str) {
    let answer = caller.get_at(path, position).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
}

#[tokio::test]
async fn a_patients_history_tells_who_read_their_data_and_why_and_who_was_refused() {
    let world = World::new().await;
    let World {
        platform,
        city,
        doctor,
        patient,
        ..
    } = &world;
    let booked = city.book(*patient, *doctor, 540).await;
    let visit = format!("/v1/appointments/{}", booked.body["id"].as_str().unwrap());
    let appointments = format!("/v1/patients/{patient}/appointments");
    // Somebody of the front desk, whose name is not known, but where they work.
    let member = Newcomer::register(platform).await;
    let role = format!(
        "/v1/hospitals/{}/staff/{}/roles/receptionist",
        city.hospital, member.person
    );
    let request = city
        .administrator
        .request(Method::PUT, &role)
        .json(&json!({}));
    let given = city.administrator.send(request).await.unwrap();
    assert_eq!(given.status, 200, "{}", given.text);
    let desk = platform.person(member.person, &[Role::Receptionist]).await;
    let own_doctor = platform.person(*doctor, &[Role::Doctor]).await;
    let position = given.position();
    read(&own_doctor, position, &visit).await;
    read(&desk, position, &appointments).await;
    read(&world.own, position, &format!("/v1/patients/{patient}")).await;
    let feed = world.own.post("/v1/me/calendar-feeds", &Value::Null).await;
    let link = feed.body["path"].as_str().unwrap();
    read(&platform.caller(""), position, link).await;
    let nurse = Uuid::now_v7();
    world.refuse(nurse, Role::Nurse).await;

    let found = world.history("").await;
    let told = [
        "Somebody (nurse) wanted to see the messages to you, and was refused.",
        "A calendar program that has your link read your appointments for a calendar.",
        "You read your name and how to reach you.",
        "Somebody at City Hospital (front desk) read your appointments to run the hospital.",
        "Dr zqcanaryzq 1, doctor, read one of your appointments for treatment.",
    ];
    assert_eq!(texts(&found), told);
    let [refused, .., seen] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(
        (&refused["denied"], &refused["action"], &refused["actor"]),
        (&json!(true), &json!("list-notices"), &json!(nurse))
    );
    assert_eq!(refused["purpose"], Value::Null);
    assert_eq!(
        (
            &seen["denied"],
            &seen["resource"],
            &seen["purpose"],
            &seen["actor"]
        ),
        (
            &json!(false),
            &json!("appointment"),
            &json!("treatment"),
            &json!(doctor)
        )
    );
    assert_eq!(
        (&seen["roles"], &seen["subject"]),
        (&json!(["doctor"]), &json!(patient))
    );
    assert!(
        seen["request"].is_string() && seen["session"].is_null(),
        "{seen}"
    );

    // To read the history is a read.
    assert_eq!(
        texts(&world.history("&limit=1").await),
        ["You read the history of who read your data."]
    );
    // Only some of it.
    assert_eq!(texts(&world.history("&denied=true").await), told[..1]);
    assert_eq!(texts(&world.history("&denied=false").await)[3..], told[1..]);
    let at: DateTime<Utc> = seen["at"].as_str().unwrap().parse().unwrap();
    let just = |from: DateTime<Utc>, to: DateTime<Utc>| {
        let [from, to] = [from, to].map(|at| at.format("%Y-%m-%dT%H:%M:%S%.6fZ"));
        format!("&from={from}&to={to}")
    };
    let tick = TimeDelta::microseconds(1);
    assert_eq!(texts(&world.history(&just(at, at + tick)).await), told[4..]);
    assert_eq!(world.history(&just(at + tick, at)).await.len(), 0);
    assert_eq!(world.history(&just(at - tick, at)).await.len(), 0);

    // In the language that is named, or that the program asks for, or else the patient's own.
    let in_hindi = "zqcanaryzq 1 (डॉक्टर) ने इलाज के लिए आपकी एक मुलाक़ात की जानकारी देखी।";
    let in_punjabi = "zqcanaryzq 1 (ਡਾਕਟਰ) ਨੇ ਇਲਾਜ ਲਈ ਤੁਹਾਡੀ ਇੱਕ ਮੁਲਾਕਾਤ ਦੀ ਜਾਣਕਾਰੀ ਦੇਖੀ।";
    let path = format!("{}?{}", world.path, &just(at, at + tick)[1..]);
    let browser = world
        .own
        .clone()
        .with("accept-language", "fr, pa;q=0.9, en;q=0.5");
    for (caller, path, expected) in [
        (&world.own, path.clone(), in_hindi),
        (&browser, path.clone(), in_punjabi),
        (&browser, format!("{path}&language=hi"), in_hindi),
    ] {
        let answer = caller.get(&path).await.unwrap();
        assert_eq!(texts(&items(&answer)), [format!("Dr {expected}")]);
    }
    assert_read_models_equal_their_replay(platform).await;
}

#[tokio::test]
async fn nobody_else_sees_a_history_nor_finds_their_way_into_one() {
    let world = World::new().await;
    let World {
        platform,
        city,
        doctor,
        ..
    } = &world;
    let other = city.patient(2).await;
    let (stranger, elsewhere) = (
        platform.person(other, &[Role::Patient]).await,
        Uuid::now_v7(),
    );
    for _ in 0..3 {
        world.history("").await;
    }
    for who in [
        &stranger,
        &city.receptionist,
        &city.administrator,
        &platform.person(*doctor, &[Role::Doctor]).await,
    ] {
        let mut not_yours = world.see(who, &world.path).await;
        let nobodys = format!("/v1/patients/{elsewhere}/accesses");
        let mut not_there = who.get(&nobodys).await.unwrap();
        assert_eq!(not_yours.status, 404, "{}", not_yours.text);
        for answer in [&mut not_yours, &mut not_there] {
            answer.body["instance"].take();
        }
        assert_eq!(not_yours.body, not_there.body);
    }

    // A page begins where a page of the same list ended, and nowhere else.
    let first = world
        .see(&world.own, &format!("{}?limit=1&denied=false", world.path))
        .await;
    let next = first.body["next"].as_str().unwrap();
    let (micros, id) = next.split_once('.').unwrap();
    let earlier = micros.parse::<i64>().unwrap() - 1;
    let theirs = format!("/v1/patients/{other}/accesses");
    let head = platform.log().head().await.unwrap();
    for path in [
        format!("{theirs}?after={next}"),
        format!("{}?denied=true&after={next}", world.path),
        format!("{}?after={earlier}.{id}", world.path),
        format!("{}?after={micros}.{}", world.path, elsewhere.simple()),
        format!("{}?after=1' OR '1'='1", world.path),
        format!("{}?subject={other}", world.path),
        format!("{}?language=fr", world.path),
        format!("{}?denied=perhaps", world.path),
        format!("{}?from=yesterday", world.path),
        format!("{}?limit=0", world.path),
    ] {
        let caller = if path.starts_with(&theirs) {
            &stranger
        } else {
            &world.own
        };
        let answer = caller.get(&path).await.unwrap();
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
    }
    assert_eq!(
        platform.log().head().await.unwrap(),
        head,
        "nothing of it is a read"
    );
}

#[tokio::test]
async fn a_page_is_the_same_while_others_read() {
    let world = World::new().await;
    let own = format!("/v1/patients/{}", world.patient);
    let position = world.platform.log().head().await.unwrap().0;
    for _ in 0..7 {
        read(&world.own, position, &own).await;
    }
    let before = world.history("&limit=200").await;
    let mut seen = Vec::new();
    let mut query = "&limit=2".to_owned();
    loop {
        // Each page is a read itself, and others read in between.
        read(&world.own, position, &own).await;
        let path = format!("{}?language=en{query}", world.path);
        let page = world.see(&world.own, &path).await;
        seen.extend(items(&page));
        match page.body["next"].as_str() {
            Some(next) => query = format!("&limit=2&after={next}"),
            None => break,
        }
    }
    // What came since the first page is not in the later ones; the first has the two newest.
    assert_eq!(ids(&seen)[2..], ids(&before)[..], "{seen:?}");
}

#[tokio::test]
async fn a_compliance_officer_finds_who_did_what_and_is_found_too() {
    let world = World::new().await;
    let World {
        platform,
        city,
        patient,
        ..
    } = &world;
    let reader = Uuid::now_v7();
    let desk = platform.person(reader, &[Role::Receptionist]).await;
    let (position, other) = (
        platform.log().head().await.unwrap().0,
        city.patient(2).await,
    );
    read(&desk, position, &format!("/v1/patients/{patient}")).await;
    world.refuse(reader, Role::Receptionist).await;
    let person = Uuid::now_v7();
    let officer = platform.person(person, &[Role::ComplianceOfficer]).await;
    let search =
        async |query: String| items(&world.see(&officer, &format!("/v1/accesses?{query}")).await);
    let found = search(format!("actor={reader}")).await;
    let what = |item: &Value| (item["denied"].clone(), item["resource"].clone());
    assert_eq!(
        found.iter().map(what).collect::<Vec<_>>(),
        [
            (json!(true), json!("patient")),
            (json!(false), json!("patient"))
        ]
    );
    assert!(
        found[1]["session"].is_string() && found[1]["text"].is_null(),
        "{found:?}"
    );
    assert_eq!(
        search(format!("actor={reader}&denied=true")).await,
        found[..1]
    );
    assert_eq!(search(format!("subject={other}")).await.len(), 0);
    let of_both = search(format!("actor={person}&subject={patient}")).await;
    assert_eq!(of_both.len(), 2, "{of_both:?}");
    assert_eq!(of_both[0]["purpose"], "compliance");
    // The patient is told.
    let told = world.history("&limit=1").await;
    assert_eq!(
        texts(&told),
        [
            "Somebody (compliance officer) read the history of who read your data to see that the rules are kept."
        ]
    );
    // An officer sees the patient's own history as well, with its sentences.
    let whole = items(
        &world
            .see(&officer, &format!("{}?language=en", world.path))
            .await,
    );
    assert_eq!(
        whole[0]["text"],
        "You read the history of who read your data."
    );
    for (who, status) in [
        (&world.own, 403),
        (&city.administrator, 403),
        (&desk, 403),
        (&platform.caller(""), 401),
    ] {
        let answer = who.get(&format!("/v1/accesses?subject={patient}")).await;
        assert_eq!(answer.unwrap().status, status);
    }
}

//! The first capability, as its callers see it.

use std::time::Duration;

use futures::StreamExt;
use medilink_domain::values::Role;
use medilink_tests::{Caller, History, Hospital, assert_read_models_equal_their_replay, id};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

#[tokio::test]
async fn an_appointment_is_booked_moved_and_cancelled_and_everyone_concerned_sees_it() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let doctor = city.doctor(1).await;
    let patient = city.patient(1).await;
    let opened = city.window(doctor, "09:00", "11:00", 30).await;
    let own = platform.person(patient, &[Role::Patient]).await;

    let listed = own.get_at("/v1/hospitals", opened.position()).await;
    assert_eq!(
        listed.body["items"][0]["departments"][0]["id"],
        json!(city.department),
        "{}",
        listed.text
    );
    let path = format!(
        "/v1/doctors?hospital={}&department={}",
        city.hospital, city.department
    );
    assert_eq!(
        own.get_at(&path, opened.position()).await.body["items"][0]["id"],
        json!(doctor)
    );
    assert_eq!(
        free(&city, &own, doctor, opened.position()).await,
        [540, 570, 600, 630]
    );

    // The patient books for themselves.
    let booked = own
        .post(
            "/v1/appointments",
            &city.booking(patient, doctor, city.at(570)),
        )
        .await;
    let appointment = id(&booked);
    let path = format!("/v1/appointments/{appointment}");
    assert_eq!(booked.header("location"), path);
    assert_eq!(
        booked.header("medilink-position"),
        booked.position().to_string()
    );
    assert_eq!(booked.header("etag"), "\"1\"");
    assert_eq!(
        free(&city, &own, doctor, booked.position()).await,
        [540, 600, 630]
    );

    let read = own.get_at(&path, booked.position()).await;
    assert_eq!(read.status, 200, "{}", read.text);
    assert_eq!(
        (&read.body["status"], &read.body["version"]),
        (&json!("booked"), &json!(1))
    );
    assert_eq!(read.body["time_zone"], "Asia/Kolkata");
    assert!(read.header("medilink-position").parse::<u64>().unwrap() >= booked.position());
    assert!(!read.header("medilink-behind").is_empty() && read.header("etag") == "\"1\"");
    let unchanged = own
        .clone()
        .with("if-none-match", "\"1\"")
        .get(&path)
        .await
        .unwrap();
    assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""));

    // Who acts on an old view is told so, and nothing happens.
    let to = json!({"starts_at": city.at(600)});
    let move_path = format!("{path}/reschedule");
    let stale = own
        .clone()
        .with("if-match", "\"7\"")
        .post(&move_path, &to)
        .await;
    assert_eq!((stale.status, stale.problem()), (412, "version-mismatch"));
    let moved = own
        .clone()
        .with("if-match", "\"1\"")
        .post(&move_path, &to)
        .await;
    assert_eq!(
        (moved.status, &moved.body["version"]),
        (200, &json!(2)),
        "{}",
        moved.text
    );
    assert_eq!(
        free(&city, &own, doctor, moved.position()).await,
        [540, 570, 630]
    );

    let listed = own
        .get_at(
            &format!("/v1/patients/{patient}/appointments"),
            moved.position(),
        )
        .await;
    assert_eq!(
        listed.body["items"].as_array().unwrap().len(),
        1,
        "{}",
        listed.text
    );
    let day = format!("/v1/doctors/{doctor}/day?date={}", city.date);
    let doctors = platform.person(doctor, &[Role::Doctor]).await;
    let seen = doctors.get_at(&day, moved.position()).await;
    assert_eq!(
        (
            &seen.body["items"][0]["id"],
            &seen.body["items"][0]["starts_at"]
        ),
        (&json!(appointment), &moved.body["starts_at"])
    );
    // Whoever receives a patient calls them by name.
    let who = own.get(&format!("/v1/patients/{patient}")).await.unwrap();
    assert!(who.body["name"].is_string(), "{}", who.text);
    assert_eq!(seen.body["items"][0]["patient_name"], who.body["name"]);

    // The reception cancels; the slot is free again and the day still shows what was.
    let cancelled = city
        .receptionist
        .post(
            &format!("{path}/cancel"),
            &json!({"reason": "the patient called"}),
        )
        .await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);
    assert_eq!(
        free(&city, &own, doctor, cancelled.position()).await,
        [540, 570, 600, 630]
    );
    let seen = doctors.get_at(&day, cancelled.position()).await;
    assert_eq!(seen.body["items"][0]["status"], "cancelled");
    let twice = own.post(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!(
        (twice.status, twice.problem()),
        (409, "appointment-cancelled")
    );

    // Each sight of a person's data is in the log.
    let history = History::read(&platform).await;
    history.assert_whole();
    let kinds: Vec<&str> = history
        .stream(&format!("appointment-{appointment}"))
        .iter()
        .map(|event| event.kind.as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "appointment.booked",
            "appointment.rescheduled",
            "appointment.cancelled"
        ]
    );
    assert!(history.of("access.recorded").count() >= 5);
    assert_read_models_equal_their_replay(&platform).await;
    let (whole, said) = platform.run(&["audit", "verify"]);
    assert!(whole, "{said}");
}

/// The minutes of the day at which slots are free.
async fn free(city: &Hospital, caller: &Caller, doctor: Uuid, position: u64) -> Vec<i64> {
    let answer = caller.get_at(&city.slots(doctor), position).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let minute = |slot: &Value| {
        (slot["starts_at"]
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
            - city.at(0))
        .num_minutes()
    };
    answer.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(minute)
        .collect()
}

#[tokio::test]
async fn a_repeated_request_takes_effect_once_and_a_key_serves_one_request_only() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    city.window(doctor, "09:00", "12:00", 30).await;
    let caller = city
        .receptionist
        .clone()
        .with("idempotency-key", "booking-1");
    let body = city.booking(patient, doctor, city.at(540));

    let first = caller.post("/v1/appointments", &body).await;
    assert_eq!(
        (first.status, first.header("idempotency-replayed")),
        (201, "")
    );
    let repeated =
        futures::future::join_all((0..20).map(|_| caller.post("/v1/appointments", &body))).await;
    for again in repeated {
        assert_eq!(
            (again.status, again.header("idempotency-replayed")),
            (201, "true"),
            "{}",
            again.text
        );
        assert_eq!(
            (&again.body, again.header("location")),
            (&first.body, first.header("location"))
        );
    }

    // Twenty at once under a new key: one is carried out, all answer alike.
    let caller = city
        .receptionist
        .clone()
        .with("idempotency-key", "booking-2");
    let body = city.booking(patient, doctor, city.at(600));
    let answers =
        futures::future::join_all((0..20).map(|_| caller.post("/v1/appointments", &body))).await;
    for answer in &answers {
        assert_eq!(
            (answer.status, &answer.body),
            (201, &answers[0].body),
            "{}",
            answer.text
        );
    }
    assert_eq!(
        answers
            .iter()
            .filter(|answer| answer.header("idempotency-replayed").is_empty())
            .count(),
        1
    );

    let other = city.booking(patient, doctor, city.at(630));
    let reused = caller.post("/v1/appointments", &other).await;
    assert_eq!(
        (reused.status, reused.problem()),
        (422, "idempotency-key-reused")
    );
    // The same key of somebody else is another key.
    let stranger = platform
        .person(patient, &[Role::Patient])
        .await
        .with("idempotency-key", "booking-2");
    assert_eq!(stranger.post("/v1/appointments", &other).await.status, 201);

    let history = History::read(&platform).await;
    assert_eq!(history.of("appointment.booked").count(), 3);
    assert_eq!(history.assert_no_overlap().len(), 3);
}

/// Server-sent events: id, type, data.
type Change = (u64, String, Value);

/// Follows the caller's own changes until `many` have come.
async fn changes(caller: &Caller, after: u64, many: usize) -> Vec<Change> {
    let request = caller
        .request(Method::GET, "/v1/me/changes")
        .header("accept", "text/event-stream")
        .header("last-event-id", after);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/event-stream")
    );
    let mut chunks = response.bytes_stream();
    let mut text = String::new();
    let mut found = Vec::new();
    let reading = async {
        while found.len() < many {
            text.push_str(std::str::from_utf8(&chunks.next().await.unwrap().unwrap()).unwrap());
            while let Some((event, rest)) = text.split_once("\n\n") {
                found.extend(change(event));
                text = rest.to_owned();
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reading)
        .await
        .expect("the changes come");
    found
}

/// None when it is a heartbeat.
fn change(event: &str) -> Option<Change> {
    let field = |name: &str| {
        event
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim)
    };
    let data = serde_json::from_str(field("data")?).unwrap();
    assert_eq!(field("event"), Some("change"));
    Some((
        field("id").unwrap().parse().unwrap(),
        field("event").unwrap().to_owned(),
        data,
    ))
}

#[tokio::test]
async fn a_person_follows_their_own_changes_and_resumes_where_they_stopped() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let (doctor, patient, other) = (
        city.doctor(1).await,
        city.patient(1).await,
        city.patient(2).await,
    );
    city.window(doctor, "09:00", "12:00", 30).await;
    let own = platform.person(patient, &[Role::Patient]).await;
    let start = platform.log().head().await.unwrap().0;

    let acting = async {
        // After the stream is open, so that it has to be woken.
        tokio::time::sleep(Duration::from_millis(500)).await;
        city.book(other, doctor, 540).await;
        let booked = city.book(patient, doctor, 570).await;
        let path = format!("/v1/appointments/{}/cancel", id(&booked));
        (
            booked.position(),
            city.receptionist
                .post(&path, &json!({"reason": "zqcanaryzq"}))
                .await
                .position(),
        )
    };
    let (seen, (booked, cancelled)) = tokio::join!(changes(&own, start, 2), acting);
    let kinds: Vec<&str> = seen
        .iter()
        .map(|(_, _, data)| data["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["appointment.booked", "appointment.cancelled"],
        "and nothing of the other patient"
    );
    assert!(
        seen.iter()
            .all(|(_, _, data)| !data.to_string().contains("zqcanaryzq")),
        "it says what changed, not what it says"
    );
    assert!(seen[0].0 <= booked && seen[1].0 <= cancelled && seen[0].0 < seen[1].0);

    // A reconnecting browser sends the last id that it saw, and misses nothing.
    let resumed = changes(&own, seen[0].0, 1).await;
    assert_eq!(resumed[0], seen[1]);
}

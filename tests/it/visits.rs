//! Whole visits through every process: rooms that are raced for, a freed slot that finds its
//! next patient, the day at the desk.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use medilink_domain::values::Role;
use medilink_tests::{
    Answer, Caller, Hospital, Platform, assert_read_models_equal_their_replay, eventually, id,
    settle,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

/// How long workers and read models have for what follows by itself.
const SOON: Duration = Duration::from_secs(30);

fn ok(answer: Answer) -> Answer {
    assert!(answer.status < 300, "{}", answer.text);
    answer
}

/// Lets a doctor receive around the clock, every ten minutes, from the hospital's day on.
async fn receives(city: &Hospital, doctor: Uuid) {
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let hours = days.map(|weekday| {
        json!({"weekday": weekday, "opens": "00:00", "closes": "00:00", "slot_minutes": 10})
    });
    let path = format!("/v1/doctors/{doctor}/schedule/weeks/{}", city.date);
    let request = city.administrator.request(Method::PUT, &path);
    let set = request.json(&json!({"hours": hours}));
    ok(city.administrator.send(set).await.unwrap());
}

/// What a search finds for a doctor from now on.
async fn first_free(city: &Hospital, doctor: Uuid, seen: u64) -> DateTime<Utc> {
    let instant = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ");
    let (from, to) = (Utc::now(), Utc::now() + TimeDelta::hours(2));
    let path = format!(
        "/v1/slots?doctor={doctor}&from={}&to={}",
        instant(from),
        instant(to)
    );
    let found = ok(city.receptionist.get_at(&path, seen).await);
    found.body["items"][0]["starts_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

async fn person(platform: &Platform, city: &Hospital, number: u32) -> (Uuid, Caller) {
    let patient = city.patient(number).await;
    (patient, platform.person(patient, &[Role::Patient]).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_only_room_goes_to_one_visit_with_its_doctor_or_to_none() {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let here = |rest: &str| format!("/v1/hospitals/{}/{rest}", city.hospital);
    let room = json!({"class": "theatre", "name": "Theatre 1"});
    ok(city.administrator.post(&here("assets"), &room).await);
    let kind = json!({
        "name": "Minor surgery", "minutes": 20, "buffer_after": 10, "modes": ["in_person"],
        "needs": ["theatre"],
    });
    let kind = id(&city.administrator.post(&here("visit-types"), &kind).await);
    let mut bookings = Vec::new();
    for number in 1..=4 {
        let doctor = city.doctor(number).await;
        receives(&city, doctor).await;
        let patient = city.patient(number).await;
        // All four overlap, though no two begin together.
        let mut booking = city.booking(patient, doctor, city.at(600 + 10 * i64::from(number % 3)));
        booking["visit_type"] = json!(kind);
        bookings.extend((0..5).map(|_| booking.clone()));
    }
    let reception = &city.receptionist;
    let book = |booking| async move { reception.persist("/v1/appointments", booking).await };
    let answers = join_all(bookings.iter().map(book)).await;
    let mut outcomes: Vec<(u16, &str)> = answers
        .iter()
        .map(|answer| (answer.status, answer.problem()))
        .collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes[0], (201, ""), "{outcomes:?}");
    let refusals = ["need-not-met", "patient-busy", "slot-taken"];
    for (status, problem) in &outcomes[1..] {
        assert_eq!(*status, 409, "{outcomes:?}");
        assert!(refusals.contains(problem), "{outcomes:?}");
    }
    settle(&platform, SOON).await;
    assert_read_models_equal_their_replay(&platform).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_freed_slot_finds_who_waits_and_the_visit_runs_to_its_feedback() {
    let platform = platform().await;
    let city = Hospital::open_for(&platform, Utc::now()).await;
    let doctor = city.doctor(1).await;
    receives(&city, doctor).await;
    let ((first, own), (second, waiting)) = (
        person(&platform, &city, 1).await,
        person(&platform, &city, 2).await,
    );
    let head = platform.log().head().await.unwrap().0;
    let starts_at = first_free(&city, doctor, head).await;
    let booked = id(&city
        .receptionist
        .post("/v1/appointments", &city.booking(first, doctor, starts_at))
        .await);

    // Somebody would like that very slot.
    let midnight = city.date.and_hms_opt(0, 0, 0).unwrap().and_utc();
    let local = starts_at + (midnight - city.at(0));
    let clock = |at: DateTime<Utc>| at.format("%H:%M").to_string();
    let preference = json!({
        "from": local.date_naive(), "until": local.date_naive(),
        "opens": clock(local), "closes": clock(local + TimeDelta::minutes(10)),
    });
    let wish = json!({
        "patient": second, "hospital": city.hospital, "doctor": doctor,
        "preferences": [preference],
    });
    let entry = id(&waiting.post("/v1/waitlist", &wish).await);
    let cancel = format!("/v1/appointments/{booked}/cancel");
    ok(own.post(&cancel, &json!({})).await);

    let list = format!("/v1/patients/{second}/waitlist");
    let offered = async || {
        let shown = waiting.get(&list).await?;
        let offer = &shown.body["items"][0]["offer"];
        offer.is_object().then(|| offer.clone())
    };
    eventually("the freed slot is offered", SOON, || async {
        offered().await.is_some()
    })
    .await;
    let offer = offered().await.unwrap();
    assert_eq!(
        offer["starts_at"].as_str().unwrap().parse(),
        Ok(starts_at),
        "{offer}"
    );
    let notices = format!("/v1/patients/{second}/notices");
    eventually("they are told", SOON, || async {
        let told = ok(waiting.get(&notices).await.unwrap()).body;
        told["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|told| told["kind"] == "slot_offered")
    })
    .await;
    // Nobody else gets it meanwhile.
    let third = city.patient(3).await;
    let late = city.booking(third, doctor, starts_at);
    let late = city.receptionist.post("/v1/appointments", &late).await;
    assert_eq!(
        (late.status, late.problem()),
        (409, "slot-taken"),
        "{}",
        late.text
    );
    let accept = json!({"appointment": offer["appointment"]});
    let accepted = waiting
        .post(&format!("/v1/waitlist/{entry}/accept"), &accept)
        .await;
    let visit = format!("/v1/appointments/{}", id(&accepted));

    let mut last = Value::Null;
    for step in ["check-in", "start", "complete"] {
        last = ok(city
            .receptionist
            .post(&format!("{visit}/{step}"), &json!({}))
            .await)
        .body;
    }
    let stars = json!({"rating": 5, "comment": "zqcanaryzq was kind"});
    ok(waiting.post(&format!("{visit}/feedback"), &stars).await);
    let again = waiting.post(&format!("{visit}/feedback"), &stars).await;
    assert_eq!(again.status, 409, "one per visit: {}", again.text);
    let shown = ok(waiting
        .get_at(&visit, last["position"].as_u64().unwrap())
        .await)
    .body;
    assert_eq!(shown["status"], "completed", "{shown}");

    settle(&platform, SOON).await;
    assert_read_models_equal_their_replay(&platform).await;
}

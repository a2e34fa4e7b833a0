//! Bad input: each piece has its problem, none of it is a fault of ours, and nothing of it
//! reaches the log.

mod form;
mod rules;

use chrono::{Days, TimeDelta, Utc};
use futures::stream;
use medilink_domain::values::Role;
use medilink_tests::{Answer, Caller, History, Hospital, Platform, id};
use reqwest::{Body, Method};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

/// What a refusal must never repeat.
const SECRET: &str = "zqsecretzq";

struct Case {
    name: &'static str,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    expected: (u16, &'static str),
}

impl Case {
    fn new(
        name: &'static str,
        method: &'static str,
        path: impl Into<String>,
        expected: (u16, &'static str),
    ) -> Self {
        Self {
            name,
            method,
            path: path.into(),
            headers: Vec::new(),
            body: None,
            expected,
        }
    }

    fn get(name: &'static str, path: impl Into<String>, expected: (u16, &'static str)) -> Self {
        Self::new(name, "GET", path, expected)
    }

    fn post(
        name: &'static str,
        path: impl Into<String>,
        body: &Value,
        expected: (u16, &'static str),
    ) -> Self {
        Self::raw(name, path, body.to_string(), expected)
    }

    fn raw(
        name: &'static str,
        path: impl Into<String>,
        body: impl Into<Vec<u8>>,
        expected: (u16, &'static str),
    ) -> Self {
        Self {
            body: Some(body.into()),
            ..Self::new(name, "POST", path, expected)
        }
        .header("content-type", "application/json")
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }

    async fn send(&self, caller: &Caller) -> Answer {
        let mut request = caller.request(
            Method::from_bytes(self.method.as_bytes()).unwrap(),
            &self.path,
        );
        for (name, value) in self.headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, value);
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        caller
            .send(request)
            .await
            .unwrap_or_else(|| panic!("{}: no answer", self.name))
    }

    fn check(&self, answer: &Answer) -> Result<(), String> {
        let (status, problem) = self.expected;
        let found = (
            answer.status,
            answer.problem(),
            answer.header("content-type"),
        );
        if found != (status, problem, "application/problem+json") {
            return Err(format!(
                "{}: expected {status} {problem}, not {found:?}: {:.300}",
                self.name, answer.text
            ));
        }
        let body = &answer.body;
        let complete = body["status"] == status
            && body["type"]
                .as_str()
                .is_some_and(|kind| kind.starts_with("https://medilink.dev/problems/"))
            && body["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty())
            && body["mend"].as_str().is_some_and(|mend| !mend.is_empty())
            && body["instance"] == format!("urn:uuid:{}", answer.header("x-request-id"));
        if !complete {
            return Err(format!(
                "{}: the problem is not whole: {}",
                self.name, answer.text
            ));
        }
        if answer.text.contains(SECRET) {
            return Err(format!(
                "{}: the problem repeats what was sent: {}",
                self.name, answer.text
            ));
        }
        Ok(())
    }
}

/// Sends them one by one; fails with all that is wrong.
async fn refuse_all(platform: &Platform, caller: &Caller, cases: Vec<Case>) {
    let head = platform.log().head().await.unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let answer = case.send(caller).await;
        wrong.extend(case.check(&answer).err());
        let now = platform.log().head().await.unwrap();
        // Only that somebody was denied a person's data is noted.
        let noted = History::read(platform).await.events;
        let noted = noted.iter().skip(usize::try_from(head.0).unwrap());
        if noted.filter(|event| event.kind != "access.denied").count() > 0 {
            wrong.push(format!("{}: the log went from {head} to {now}", case.name));
            break;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} are answered wrongly:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

struct World {
    platform: Platform,
    city: Hospital,
    everyone: Caller,
    doctor: Uuid,
    patient: Uuid,
    booked: Uuid,
    cancelled: Uuid,
    window: Uuid,
}

/// A caller who may do everything, so that what is refused is refused for its own sake.
async fn world() -> World {
    let platform = platform().await;
    let city = Hospital::open(&platform).await;
    let (doctor, patient) = (city.doctor(1).await, city.patient(1).await);
    let window = id(&city.window(doctor, "09:00", "12:00", 30).await);
    let booked = id(&city.book(patient, doctor, 540).await);
    let cancelled = id(&city.book(patient, doctor, 570).await);
    let done = city
        .receptionist
        .post(&format!("/v1/appointments/{cancelled}/cancel"), &json!({}))
        .await;
    assert_eq!(done.status, 200, "{}", done.text);
    let roles = [Role::Administrator, Role::Receptionist, Role::Patient];
    let everyone = platform.person(patient, &roles).await;
    // The read models have everything before the cases begin.
    assert_eq!(
        everyone
            .get_at(&format!("/v1/patients/{patient}"), done.position())
            .await
            .status,
        200
    );
    World {
        platform,
        city,
        everyone,
        doctor,
        patient,
        booked,
        cancelled,
        window,
    }
}

#[tokio::test]
async fn a_key_with_another_body_and_an_endless_body_leave_the_log_as_it_was() {
    let world = world().await;
    let World {
        city,
        everyone,
        doctor,
        patient,
        platform,
        ..
    } = &world;
    let caller = everyone.clone().with("idempotency-key", "k-1");
    let first = caller
        .post(
            "/v1/appointments",
            &city.booking(*patient, *doctor, city.at(600)),
        )
        .await;
    assert_eq!(first.status, 201, "{}", first.text);
    let other = city.booking(*patient, *doctor, city.at(630));
    let reused = vec![Case::post(
        "another body",
        "/v1/appointments",
        &other,
        (422, "idempotency-key-reused"),
    )];
    refuse_all(platform, &caller, reused).await;

    // Chunked, so that its length is not known before it is too long.
    let head = platform.log().head().await.unwrap();
    let chunks = (0..12).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1 << 20]));
    let request = everyone
        .request(Method::POST, "/v1/appointments")
        .header("content-type", "application/json")
        .body(Body::wrap_stream(stream::iter(chunks)));
    let answer = everyone.send(request).await.unwrap();
    assert_eq!(
        (answer.status, answer.problem()),
        (413, "body-too-large"),
        "{}",
        answer.text
    );
    assert_eq!(platform.log().head().await.unwrap(), head);
}

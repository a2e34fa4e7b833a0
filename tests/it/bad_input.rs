//! Bad input: each piece has its problem, none of it is a fault of ours, and nothing of it
//! reaches the log.

use chrono::{Days, TimeDelta, Utc};
use futures::stream;
use medilink_domain::values::Role;
use medilink_tests::{Answer, Caller, Hospital, Platform, id};
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
        if now != head {
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
async fn what_breaks_a_rule_of_the_hospital_is_refused_by_that_rule() {
    let world = world().await;
    let World {
        city,
        doctor,
        patient,
        booked,
        cancelled,
        window,
        ..
    } = &world;
    let nobody = Uuid::now_v7();
    let windows = format!("/v1/doctors/{doctor}/windows");
    let opening = |date: Value, opens: &str, closes: &str, minutes: u32| json!({"date": date, "opens": opens, "closes": closes, "slot_minutes": minutes});
    let today = Utc::now().date_naive();
    let day = json!(city.date);
    let booking = |minute| city.booking(*patient, *doctor, city.at(minute));
    let register = |hospital: Uuid, department: Uuid| json!({"hospital": hospital, "department": department, "name": "Dr X", "registration_number": "X-1", "languages": ["en"]});
    let (free_slot, book) = (json!({"starts_at": city.at(630)}), "/v1/appointments");
    let mut same_number = register(city.hospital, city.department);
    same_number["registration_number"] = json!(" ZQCANARYZQ-1 ");
    let to = |path: &str| format!("/v1/appointments/{booked}/{path}");
    let cases = vec![
        // Unknown ids.
        Case::get(
            "an unknown hospital",
            format!("/v1/hospitals/{nobody}"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown doctor",
            format!("/v1/doctors/{nobody}"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown doctor's day",
            format!("/v1/doctors/{nobody}/day?date={today}"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown doctor's slots",
            format!("/v1/doctors/{nobody}/slots?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown patient",
            format!("/v1/patients/{nobody}"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown patient's appointments",
            format!("/v1/patients/{nobody}/appointments"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown patient's notices",
            format!("/v1/patients/{nobody}/notices"),
            (404, "not-found"),
        ),
        Case::get(
            "an unknown appointment",
            format!("/v1/appointments/{nobody}"),
            (404, "not-found"),
        ),
        Case::get(
            "an id that is none",
            "/v1/appointments/7",
            (404, "not-found"),
        ),
        Case::post(
            "a department of an unknown hospital",
            format!("/v1/hospitals/{nobody}/departments"),
            &json!({"name": "a", "specialty": "b"}),
            (404, "not-found"),
        ),
        Case::post(
            "a doctor of an unknown hospital",
            "/v1/doctors",
            &register(nobody, city.department),
            (404, "not-found"),
        ),
        Case::post(
            "a doctor of an unknown department",
            "/v1/doctors",
            &register(city.hospital, nobody),
            (404, "no-such-department"),
        ),
        Case::post(
            "a window of an unknown doctor",
            format!("/v1/doctors/{nobody}/windows"),
            &opening(day.clone(), "13:00", "14:00", 30),
            (404, "not-found"),
        ),
        Case::post(
            "a booking with an unknown doctor",
            book,
            &city.booking(*patient, nobody, city.at(600)),
            (404, "not-found"),
        ),
        Case::post(
            "a booking for an unknown patient",
            book,
            &city.booking(nobody, *doctor, city.at(600)),
            (404, "not-found"),
        ),
        Case::post(
            "an unknown appointment to move",
            format!("/v1/appointments/{nobody}/reschedule"),
            &free_slot,
            (404, "not-found"),
        ),
        Case::post(
            "an unknown appointment to cancel",
            format!("/v1/appointments/{nobody}/cancel"),
            &json!({}),
            (404, "not-found"),
        ),
        Case::new(
            "an unknown window to close",
            "DELETE",
            format!("{windows}/{nobody}?date={}", city.date),
            (404, "no-such-window"),
        ),
        Case::new(
            "a window to close on another day",
            "DELETE",
            format!("{windows}/{window}?date={}", city.date + Days::new(1)),
            (404, "not-found"),
        ),
        // Slots.
        Case::post(
            "a slot in the past",
            book,
            &city.booking(*patient, *doctor, Utc::now() - TimeDelta::hours(1)),
            (422, "slot-in-past"),
        ),
        Case::post(
            "a slot at the beginning of time",
            book,
            &json!({"patient": patient, "doctor": doctor, "starts_at": "0001-01-01T00:00:00Z"}),
            (422, "slot-in-past"),
        ),
        Case::post(
            "a slot at the end of time",
            book,
            &json!({"patient": patient, "doctor": doctor, "starts_at": "9999-12-31T23:59:59Z"}),
            (422, "not-a-slot"),
        ),
        Case::post(
            "a time between two slots",
            book,
            &booking(601),
            (422, "not-a-slot"),
        ),
        Case::post(
            "a time outside the window",
            book,
            &booking(720),
            (422, "not-a-slot"),
        ),
        Case::post(
            "a slot that is taken",
            book,
            &booking(540),
            (409, "slot-taken"),
        ),
        Case::post(
            "a move into the past",
            to("reschedule"),
            &json!({"starts_at": Utc::now() - TimeDelta::hours(1)}),
            (422, "slot-in-past"),
        ),
        Case::post(
            "a move to where it is",
            to("reschedule"),
            &json!({"starts_at": city.at(540)}),
            (409, "same-slot"),
        ),
        Case::post(
            "a move of what is cancelled",
            format!("/v1/appointments/{cancelled}/reschedule"),
            &free_slot,
            (409, "appointment-cancelled"),
        ),
        Case::post(
            "a second cancellation",
            format!("/v1/appointments/{cancelled}/cancel"),
            &json!({}),
            (409, "appointment-cancelled"),
        ),
        // Availability.
        Case::post(
            "a window over another",
            &windows,
            &opening(day.clone(), "11:30", "12:30", 30),
            (409, "window-overlaps"),
        ),
        Case::post(
            "a window inside another",
            &windows,
            &opening(day.clone(), "10:00", "10:30", 15),
            (409, "window-overlaps"),
        ),
        Case::post(
            "a window around another",
            &windows,
            &opening(day.clone(), "08:00", "13:00", 30),
            (409, "window-overlaps"),
        ),
        Case::post(
            "a window in the past",
            &windows,
            &opening(json!(today - Days::new(3)), "09:00", "10:00", 30),
            (422, "window-in-past"),
        ),
        Case::post(
            "a window of the next generation",
            &windows,
            &opening(json!("2099-01-01"), "09:00", "10:00", 30),
            (422, "window-too-far-ahead"),
        ),
        Case::post(
            "a window at the end of the calendar",
            &windows,
            &opening(json!("9999-12-31"), "09:00", "10:00", 30),
            (422, "window-too-far-ahead"),
        ),
        Case::post(
            "a window that closes first",
            &windows,
            &opening(day.clone(), "15:00", "14:00", 30),
            (422, "window-ends-before-it-starts"),
        ),
        Case::post(
            "a window of no length",
            &windows,
            &opening(day.clone(), "15:00", "15:00", 30),
            (422, "window-ends-before-it-starts"),
        ),
        Case::post(
            "a window with a rest",
            &windows,
            &opening(day.clone(), "15:00", "15:50", 30),
            (422, "window-not-whole-slots"),
        ),
        Case::new(
            "a window that is booked",
            "DELETE",
            format!("{windows}/{window}?date={}", city.date),
            (409, "window-has-reservations"),
        ),
        // Names that are unique.
        Case::post(
            "a department's name again",
            format!("/v1/hospitals/{}/departments", city.hospital),
            &json!({"name": "Heart", "specialty": "x"}),
            (409, "department-name-taken"),
        ),
        Case::post(
            "a registration number again",
            "/v1/doctors",
            &same_number,
            (409, "registration-number-taken"),
        ),
        // Versions and positions.
        Case::post(
            "an old version",
            to("cancel"),
            &json!({}),
            (412, "version-mismatch"),
        )
        .header("if-match", "\"0\""),
        Case::post(
            "a version to come",
            to("reschedule"),
            &free_slot,
            (412, "version-mismatch"),
        )
        .header("if-match", "\"2\""),
        Case::post(
            "a version without quotes",
            to("cancel"),
            &json!({}),
            (400, "invalid-header"),
        )
        .header("if-match", "1"),
        Case::post(
            "a weak version",
            to("cancel"),
            &json!({}),
            (400, "invalid-header"),
        )
        .header("if-match", "W/\"1\""),
        Case::post(
            "a list of versions",
            to("cancel"),
            &json!({}),
            (400, "invalid-header"),
        )
        .header("if-match", "\"1\", \"2\""),
        Case::get(
            "a position to come",
            "/v1/hospitals",
            (422, "unknown-position"),
        )
        .header("medilink-min-position", "999999999"),
        Case::get(
            "a position that is none",
            "/v1/hospitals",
            (400, "invalid-header"),
        )
        .header("medilink-min-position", "soon"),
        Case::get(
            "a position beyond all numbers",
            "/v1/hospitals",
            (400, "invalid-header"),
        )
        .header("medilink-min-position", "18446744073709551615"),
    ];
    refuse_all(&world.platform, &world.everyone, cases).await;
}

#[tokio::test]
async fn what_is_not_well_formed_is_refused_before_anything_looks_at_it() {
    let world = world().await;
    let World {
        city,
        doctor,
        patient,
        booked,
        ..
    } = &world;
    let book = "/v1/appointments";
    let slots = |query: &str| format!("/v1/doctors/{doctor}/slots?{query}");
    let good = city.booking(*patient, *doctor, city.at(600)).to_string();
    let with = |field: &str, value: Value| {
        let mut body = city.booking(*patient, *doctor, city.at(600));
        body[field] = value;
        body
    };
    let person = |field: &str, value: Value| {
        let mut body = json!({"name": "A", "phone": "+919876543210", "language": "en"});
        body[field] = value;
        body
    };
    let windows = format!("/v1/doctors/{doctor}/windows");
    let opening = |field: &str, value: Value| {
        let mut body =
            json!({"date": city.date, "opens": "13:00", "closes": "14:00", "slot_minutes": 30});
        body[field] = value;
        body
    };
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"reason\":{}1{}}}",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    let in_reason = |text: &str| {
        format!(
            "{{\"patient\":\"{patient}\",\"doctor\":\"{doctor}\",\"starts_at\":\"{}\",\"reason\":\"{text}\"}}",
            city.at(600).to_rfc3339()
        )
    };
    let (invalid, malformed) = ((422, "invalid-field"), (400, "malformed-json"));
    let mut cases = vec![
        // JSON.
        Case::raw("nothing", book, "", malformed),
        Case::raw(
            "half a body",
            book,
            &good.as_bytes()[..good.len() / 2],
            malformed,
        ),
        Case::raw("two bodies", book, format!("{good}{good}"), malformed),
        Case::raw(
            "bytes that are no text",
            book,
            b"{\"reason\":\"\xff\xfe\"}".to_vec(),
            malformed,
        ),
        Case::raw("a raw NUL", book, in_reason("a\0b"), malformed),
        Case::raw(
            "an escaped NUL",
            book,
            in_reason("a\\u0000b"),
            (400, "forbidden-character"),
        ),
        Case::raw(
            "half a surrogate pair",
            book,
            in_reason("\\ud83d"),
            (400, "forbidden-character"),
        ),
        Case::raw(
            "the other half",
            book,
            in_reason("\\ude00"),
            (400, "forbidden-character"),
        ),
        Case::raw(
            "surrogates the wrong way round",
            book,
            in_reason("\\ude00\\ud83d"),
            (400, "forbidden-character"),
        ),
        Case::raw(
            "NUL in a name",
            book,
            "{\"a\\u0000\":1}",
            (400, "forbidden-character"),
        ),
        Case::raw(
            "arrays 10,000 deep",
            book,
            deep("[", "]"),
            (400, "json-too-deep"),
        ),
        Case::raw(
            "objects 10,000 deep",
            book,
            deep("{\"a\":", "}"),
            (400, "json-too-deep"),
        ),
        Case::raw(
            "an open end 10,000 deep",
            book,
            "[".repeat(10_000),
            (400, "json-too-deep"),
        ),
        Case::raw(
            "a field twice",
            book,
            format!("{},\"reason\":\"b\"}}", good.trim_end_matches('}')),
            (400, "duplicate-field"),
        ),
        Case::raw(
            "a field twice, escaped",
            book,
            "{\"reason\":\"a\",\"\\u0072eason\":\"b\"}",
            (400, "duplicate-field"),
        ),
        Case::raw(
            "a number beyond all numbers",
            book,
            "{\"reason\":1e400}",
            (400, "number-out-of-range"),
        ),
        Case::raw(
            "a number that can't be exact",
            book,
            "{\"reason\":9007199254740993}",
            (400, "number-out-of-range"),
        ),
        Case::raw("a list", book, format!("[{good}]"), invalid),
        Case::raw("null", book, "null", invalid),
        // Fields.
        Case::post("no field", book, &json!({}), (422, "missing-field")),
        Case::post(
            "an unknown field",
            book,
            &with("colour", json!(SECRET)),
            (422, "unknown-field"),
        ),
        Case::post(
            "a field that only we set",
            book,
            &with("id", json!(Uuid::now_v7())),
            (422, "unknown-field"),
        ),
        Case::post(
            "a field of somebody else's",
            book,
            &with("tenant", json!(Uuid::now_v7())),
            (422, "unknown-field"),
        ),
        Case::post(
            "a number for a text",
            book,
            &with("reason", json!(7)),
            invalid,
        ),
        Case::post(
            "a text for an id",
            book,
            &with("patient", json!(SECRET)),
            invalid,
        ),
        Case::post(
            "a date for an instant",
            book,
            &with("starts_at", json!("2026-12-01")),
            invalid,
        ),
        Case::post(
            "an instant without a zone",
            book,
            &with("starts_at", json!("2026-12-01T10:00:00")),
            invalid,
        ),
        Case::post(
            "an instant that is none",
            book,
            &with("starts_at", json!("2026-02-30T10:00:00Z")),
            invalid,
        ),
        Case::post(
            "too long a text",
            book,
            &with("reason", json!("x".repeat(2001))),
            invalid,
        ),
        Case::post("an empty text", book, &with("reason", json!("")), invalid),
        Case::post(
            "a text of blanks",
            book,
            &with("reason", json!("   ")),
            invalid,
        ),
        Case::post(
            "a control character",
            book,
            &with("reason", json!("a\u{7}b")),
            invalid,
        ),
        Case::post(
            "a direction override in a name",
            "/v1/patients",
            &person("name", json!("a\u{202e}b")),
            invalid,
        ),
        Case::post(
            "a phone number that is none",
            "/v1/patients",
            &person("phone", json!(SECRET)),
            invalid,
        ),
        Case::post(
            "an address that is none",
            "/v1/patients",
            &person("email", json!(format!("{SECRET}@"))),
            invalid,
        ),
        Case::post(
            "an address with a line break",
            "/v1/patients",
            &person("email", json!("a@example.org\r\nBcc: b@example.org")),
            invalid,
        ),
        Case::post(
            "a language that we don't speak",
            "/v1/patients",
            &person("language", json!("xx")),
            invalid,
        ),
        Case::post(
            "a birth in the future",
            "/v1/patients",
            &person(
                "date_of_birth",
                json!(Utc::now().date_naive() + Days::new(2)),
            ),
            (422, "born-in-future"),
        ),
        Case::post(
            "a birth that nobody survived",
            "/v1/patients",
            &person("date_of_birth", json!("1066-10-14")),
            invalid,
        ),
        Case::post(
            "a day that is none",
            &windows,
            &opening("date", json!("2026-02-30")),
            invalid,
        ),
        Case::post(
            "a time that is none",
            &windows,
            &opening("opens", json!("24:00")),
            invalid,
        ),
        Case::post(
            "slots of no length",
            &windows,
            &opening("slot_minutes", json!(0)),
            invalid,
        ),
        Case::post(
            "slots of half a minute",
            &windows,
            &opening("slot_minutes", json!(7.5)),
            invalid,
        ),
        Case::post(
            "slots of negative length",
            &windows,
            &opening("slot_minutes", json!(-30)),
            invalid,
        ),
        Case::post(
            "slots of a day",
            &windows,
            &opening("slot_minutes", json!(1440)),
            invalid,
        ),
        Case::post(
            "a zone that is none",
            "/v1/hospitals",
            &json!({"name": "A", "time_zone": "Mars/Olympus"}),
            invalid,
        ),
        // Types, methods, addresses.
        Case::raw(
            "a form",
            book,
            good.clone(),
            (415, "unsupported-media-type"),
        )
        .header("content-type", "application/x-www-form-urlencoded"),
        Case::raw("text", book, good.clone(), (415, "unsupported-media-type"))
            .header("content-type", "text/plain"),
        Case::raw(
            "no type",
            book,
            good.clone(),
            (415, "unsupported-media-type"),
        )
        .header("content-type", ""),
        Case::raw(
            "another alphabet",
            book,
            good.clone(),
            (415, "unsupported-media-type"),
        )
        .header("content-type", "application/json; charset=utf-16"),
        Case::raw(
            "a compressed body",
            book,
            good.clone(),
            (415, "unsupported-media-type"),
        )
        .header("content-encoding", "gzip"),
        Case::new(
            "a method that is not for this",
            "DELETE",
            format!("/v1/appointments/{booked}"),
            (405, "method-not-allowed"),
        ),
        Case::new(
            "a method that nobody knows",
            "BREW",
            book,
            (405, "method-not-allowed"),
        ),
        Case::new(
            "a method for tunnels",
            "TRACE",
            book,
            (405, "method-not-allowed"),
        ),
        Case::get("an unknown address", "/v1/appointment", (404, "not-found")),
        Case::get(
            "an address above the root",
            "/v1/../../etc/passwd",
            (404, "not-found"),
        ),
        Case::get("an address with NUL", "/v1/doctors/%00", (404, "not-found")),
        Case::get(
            "a format that we don't write",
            "/v1/hospitals",
            (406, "not-acceptable"),
        )
        .header("accept", "application/xml"),
        // Parameters and headers.
        Case::get(
            "an unknown parameter",
            "/v1/hospitals?color=red",
            (400, "unknown-parameter"),
        ),
        Case::get(
            "a parameter twice",
            "/v1/hospitals?limit=1&limit=2",
            (400, "unknown-parameter"),
        ),
        Case::get(
            "no limit",
            "/v1/hospitals?limit=0",
            (400, "invalid-parameter"),
        ),
        Case::get(
            "too high a limit",
            "/v1/hospitals?limit=201",
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a limit that is none",
            "/v1/hospitals?limit=zqsecretzq",
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a page that is none",
            "/v1/hospitals?after=zqsecretzq",
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a missing parameter",
            slots("from=2026-12-01T00:00:00Z"),
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a span that runs back",
            slots("from=2026-12-02T00:00:00Z&to=2026-12-01T00:00:00Z"),
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a span of a year",
            slots("from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"),
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a span of all time",
            slots("from=-262143-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"),
            (400, "invalid-parameter"),
        ),
        Case::get(
            "a day of another era",
            format!("/v1/doctors/{doctor}/day?date=-0044-03-15"),
            (400, "invalid-parameter"),
        ),
        Case::post(
            "a key with blanks",
            book,
            &with("reason", json!("a")),
            (400, "invalid-header"),
        )
        .header("idempotency-key", "a b"),
        Case::post(
            "a key without end",
            book,
            &with("reason", json!("a")),
            (400, "invalid-header"),
        )
        .header("idempotency-key", "k".repeat(201)),
        // A long body, and one that is longer than it says.
        Case::raw(
            "a body of 10 MB",
            book,
            format!("{{\"reason\":\"{}\"}}", "x".repeat(10 << 20)),
            (413, "body-too-large"),
        ),
    ];
    for (name, header) in [
        ("no token", ""),
        ("half a token", "Bearer"),
        ("a password", "Basic YTpi"),
    ] {
        cases.push(
            Case::get(name, "/v1/me", (401, "sign-in-required")).header("authorization", header),
        );
    }
    let (signed_out, cases): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| {
        case.headers
            .iter()
            .any(|(name, _)| *name == "authorization")
    });
    refuse_all(&world.platform, &world.everyone, cases).await;
    refuse_all(&world.platform, &world.platform.caller(""), signed_out).await;
    let unknown = vec![Case::get(
        "an unknown token",
        "/v1/me",
        (401, "invalid-token"),
    )];
    refuse_all(
        &world.platform,
        &world
            .platform
            .caller(&format!("medilink_{}", "0".repeat(64))),
        unknown,
    )
    .await;
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

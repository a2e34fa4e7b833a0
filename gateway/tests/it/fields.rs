//! Values that are not what they should be: each is refused by the name of its field, and
//! nothing of it reaches the log.

use chrono::Days;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clinic::Clinic;
use crate::site::answer;

/// A body with something else at a pointer.
fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        object => object[name] = value,
    }
    body
}

/// An address, what it takes, and values that it doesn't take.
struct Wrong {
    method: Method,
    path: String,
    good: Value,
    values: Vec<(&'static str, Value)>,
}

impl Wrong {
    fn new(
        method: &str,
        path: impl Into<String>,
        good: Value,
        values: Vec<(&'static str, Value)>,
    ) -> Self {
        Self {
            method: method.parse().unwrap(),
            path: path.into(),
            good,
            values,
        }
    }
}

/// Each of the values is refused by its field, and nothing is recorded.
async fn refused_by_field(clinic: &Clinic, token: &str, table: Vec<Wrong>) {
    let head = clinic.head().await;
    for wrong in table {
        let path = wrong.path;
        for (pointer, value) in wrong.values {
            let request = clinic.site.request(wrong.method.clone(), &path, token);
            let (status, problem) = answer(request.json(&with(&wrong.good, pointer, value))).await;
            let field = problem["field"].as_str().unwrap_or_default();
            assert_eq!(status, 422, "{path} {pointer}: {problem}");
            assert!(field.starts_with(pointer), "{path} {pointer}: {problem}");
        }
    }
    assert_eq!(clinic.head().await, head, "something was recorded");
}

#[tokio::test]
async fn every_field_about_a_visit_is_refused_by_its_name() {
    let clinic = Clinic::open().await;
    let doctor = clinic.doctor().await;
    let (patient, _) = clinic.patient().await;
    let nobody = Uuid::now_v7();
    let at = "2030-01-01T10:00:00Z";
    let book = json!({"patient": patient, "doctor": doctor, "starts_at": at, "assets": []});
    let series = with(
        &book,
        "/recurrence",
        json!({"frequency": "weekly", "interval": 1, "count": 2}),
    );
    let wish = json!({
        "patient": patient, "hospital": clinic.hospital, "doctor": doctor,
        "preferences": [{"from": clinic.today, "until": clinic.today, "weekdays": ["monday"]}],
    });
    let visit = format!("/v1/appointments/{nobody}");
    let table = vec![
        Wrong::new(
            "POST",
            "/v1/appointments",
            book,
            vec![
                ("/mode", json!("telepathy")),
                ("/visit_type", json!("7")),
                ("/assets", json!([nobody, nobody])),
                ("/overbook", json!("")),
                ("/overbook", json!("\u{7}")),
                ("/reason", json!(" ")),
            ],
        ),
        Wrong::new(
            "POST",
            "/v1/series",
            series,
            vec![
                ("/reason", json!(" ")),
                ("/recurrence", json!(7)),
                ("/recurrence/frequency", json!("yearly")),
                ("/recurrence/interval", json!(0)),
                ("/recurrence/interval", json!(256)),
                ("/recurrence/count", json!(1)),
                ("/recurrence/count", json!(53)),
                ("/recurrence/count", json!(-1)),
            ],
        ),
        Wrong::new(
            "POST",
            format!("{visit}/reschedule"),
            json!({"starts_at": at}),
            vec![
                ("/doctor", json!("7")),
                ("/mode", json!("x")),
                ("/waive", json!(" ")),
            ],
        ),
        Wrong::new(
            "POST",
            format!("{visit}/cancel"),
            json!({}),
            vec![("/by", json!("nobody")), ("/waive", json!(" "))],
        ),
        Wrong::new(
            "POST",
            format!("{visit}/feedback"),
            json!({"rating": 3}),
            vec![
                ("/rating", json!(0)),
                ("/rating", json!(6)),
                ("/rating", json!(3.5)),
                ("/comment", json!(" ")),
            ],
        ),
        Wrong::new(
            "POST",
            "/v1/walk-ins",
            json!({"patient": patient, "doctor": doctor}),
            vec![("/reason", json!("")), ("/visit_type", json!(1))],
        ),
        Wrong::new(
            "POST",
            "/v1/waitlist",
            wish,
            vec![
                ("/preferences", json!([])),
                ("/preferences/0/from", json!("2026-02-30")),
                ("/preferences/0/weekdays/0", json!("funday")),
                ("/preferences/0/opens", json!("24:00")),
                ("/preferences/0/closes", json!("9:00")),
                ("/mode", json!("x")),
            ],
        ),
        Wrong::new(
            "POST",
            format!("/v1/waitlist/{nobody}/accept"),
            json!({"appointment": nobody}),
            vec![("/appointment", json!("7"))],
        ),
        Wrong::new(
            "PUT",
            format!("/v1/patients/{patient}/reminders"),
            json!({"leads": [5]}),
            vec![
                ("/leads", json!("60")),
                ("/leads", json!([5, 6, 7, 8, 9, 10])),
                ("/leads/0", json!(4)),
                ("/leads/0", json!(43_201)),
                ("/leads/0", json!(-5)),
            ],
        ),
    ];
    refused_by_field(&clinic, &clinic.reception, table).await;
    clinic.site.close().await;
}

#[tokio::test]
async fn every_field_of_a_hospital_and_a_schedule_is_refused_by_its_name() {
    let clinic = Clinic::open().await;
    let doctor = clinic.doctor().await;
    let money = json!({"minor": 1, "currency": "INR"});
    let policy =
        json!({"cancellation": {"notice_minutes": 0, "late_fee": money}, "no_show_fee": money});
    let kind = json!({"name": "X", "minutes": 10, "modes": ["video"], "needs": ["room"]});
    let hours = json!({"opens": "09:00", "closes": "10:00", "slot_minutes": 10});
    let date = json!({"hours": [hours]});
    let week = with(&date, "/hours/0/weekday", json!("monday"));
    let schedule = format!("/v1/doctors/{doctor}/schedule");
    let table = vec![
        Wrong::new(
            "POST",
            clinic.path("assets"),
            json!({"class": "room", "name": "Room"}),
            vec![("/class", json!("A room")), ("/name", json!(" "))],
        ),
        Wrong::new(
            "POST",
            clinic.path("holidays"),
            json!({"date": clinic.today, "name": "Holi"}),
            vec![("/date", json!("tomorrow")), ("/name", json!(" "))],
        ),
        Wrong::new(
            "PUT",
            clinic.path("booking-policy"),
            policy,
            vec![
                ("/minimum_notice_minutes", json!(129_601)),
                ("/most_days_ahead", json!(0)),
                ("/most_open_visits", json!(70_000)),
                ("/cancellation/notice_minutes", json!(-1)),
                ("/cancellation/late_fee/currency", json!("XYZ")),
                ("/cancellation/waived_by", json!(["janitor"])),
                ("/no_show_fee/minor", json!(1_000_000_000_001_u64)),
                ("/no_show_fee/currency", json!("rupees")),
            ],
        ),
        Wrong::new(
            "POST",
            clinic.path("visit-types"),
            kind,
            vec![
                ("/name", json!(" ")),
                ("/minutes", json!(4)),
                ("/buffer_after", json!(121)),
                ("/modes", json!([])),
                ("/modes/0", json!("x")),
                ("/price", json!("A price")),
                ("/needs/0", json!("A room")),
            ],
        ),
        Wrong::new(
            "PUT",
            format!("{schedule}/weeks/{}", clinic.today),
            week,
            vec![
                ("/most_visits", json!(0)),
                ("/hours/0/weekday", json!("funday")),
                ("/hours/0/opens", json!("25:00")),
                ("/hours/0/slot_minutes", json!(4)),
                ("/hours/0/unknown", json!(1)),
            ],
        ),
        Wrong::new(
            "PUT",
            format!("{schedule}/dates/{}", clinic.today),
            date,
            vec![
                ("/hours/0/closes", json!("noon")),
                ("/hours/0/modes", json!(["video", "video"])),
            ],
        ),
    ];
    refused_by_field(&clinic, &clinic.administrator, table).await;
    clinic.site.close().await;
}

#[tokio::test]
async fn rules_of_the_domain_name_the_field_too() {
    let clinic = Clinic::open().await;
    let doctor = clinic.doctor().await;
    let (patient, _) = clinic.patient().await;
    let nobody = Uuid::now_v7();
    let (admin, reception) = (&clinic.administrator, &clinic.reception);
    let tomorrow = format!("{}T10:00:00Z", clinic.today + Days::new(1));
    let book = json!({"patient": patient, "doctor": doctor, "starts_at": tomorrow});
    let wish = json!({
        "patient": patient, "hospital": clinic.hospital,
        "preferences": [{"from": clinic.today, "until": clinic.today}],
    });
    let hours = json!({"opens": "09:00", "closes": "10:00", "slot_minutes": 10});
    let schedule = format!("/v1/doctors/{doctor}/schedule");
    let cases = [
        (
            "POST",
            "/v1/appointments".to_owned(),
            reception,
            with(&book, "/visit_type", json!(nobody)),
            "/visit_type",
        ),
        (
            "POST",
            "/v1/appointments".to_owned(),
            reception,
            with(&book, "/starts_at", json!("2001-01-01T10:00:00Z")),
            "/starts_at",
        ),
        (
            "POST",
            "/v1/waitlist".to_owned(),
            reception,
            wish.clone(),
            "/doctor",
        ),
        (
            "POST",
            "/v1/waitlist".to_owned(),
            reception,
            with(&wish, "/department", json!(nobody)),
            "/department",
        ),
        (
            "POST",
            "/v1/walk-ins".to_owned(),
            reception,
            json!({"patient": patient, "doctor": doctor, "visit_type": nobody}),
            "/visit_type",
        ),
        (
            "PUT",
            format!("{schedule}/dates/{}", clinic.today),
            admin,
            json!({"hours": [hours, hours]}),
            "/hours",
        ),
        (
            "PUT",
            format!("{schedule}/weeks/2001-01-01"),
            admin,
            json!({"hours": []}),
            "/from",
        ),
        (
            "POST",
            format!("/v1/doctors/{doctor}/leaves"),
            admin,
            json!({"from": clinic.today, "until": "2001-01-01"}),
            "/until",
        ),
        (
            "POST",
            clinic.path("holidays"),
            admin,
            json!({"date": "2001-01-01", "name": "Past"}),
            "/date",
        ),
    ];
    let head = clinic.head().await;
    for (method, path, token, body, field) in cases {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = clinic.site.request(method, &path, token);
        let (status, problem) = answer(request.json(&body)).await;
        assert!((404..=422).contains(&status), "{path}: {problem}");
        assert_eq!(problem["field"], field, "{path}: {problem}");
    }
    assert_eq!(clinic.head().await, head, "something was recorded");
    clinic.site.close().await;
}

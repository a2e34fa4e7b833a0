//! Commands are held to the version that their caller has seen (`If-Match`), and go on when it
//! is the last one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::clinic::{Clinic, slug};
use crate::site::{answer, id};

/// Sends a command of whoever has seen this version.
async fn send(
    clinic: &Clinic,
    method: Method,
    path: &str,
    token: &str,
    (version, body): (u64, &Value),
) -> (u16, Value) {
    let request = clinic.site.request(method, path, token);
    let request = request.header("if-match", format!("\"{version}\""));
    answer(request.json(body)).await
}

/// The refusal of a version that is not the last.
fn is_stale((status, problem): &(u16, Value)) -> bool {
    (*status, slug(problem)) == (412, "version-mismatch")
}

#[tokio::test]
async fn windows_are_opened_and_closed_on_the_day_that_their_caller_has_seen() {
    let clinic = Clinic::open().await;
    let doctor = clinic.doctor_in(clinic.department, &["en"]).await;
    let date = clinic.today + chrono::Days::new(3);
    let windows = format!("/v1/doctors/{doctor}/windows");
    let window = |opens: &str, closes: &str| json!({"date": date, "opens": opens, "closes": closes, "slot_minutes": 30});
    let admin = &clinic.administrator;
    let first = window("09:00", "10:00");
    let (status, opened) = clinic.site.post(&windows, admin, first).await;
    assert_eq!((status, &opened["version"]), (201, &json!(1)), "{opened}");

    let second = window("11:00", "12:00");
    let open = |version| send(&clinic, Method::POST, &windows, admin, (version, &second));
    assert!(is_stale(&open(2).await));
    let (status, also) = open(1).await;
    assert_eq!((status, &also["version"]), (201, &json!(2)), "{also}");

    let path = format!("{windows}/{}?date={date}", id(&opened));
    let nothing = json!({});
    let close = |version| send(&clinic, Method::DELETE, &path, admin, (version, &nothing));
    assert!(is_stale(&close(1).await));
    let (status, closed) = close(2).await;
    assert_eq!((status, &closed["version"]), (200, &json!(3)), "{closed}");
    clinic.site.close().await;
}

#[tokio::test]
async fn feedback_is_on_the_visit_that_its_giver_has_seen() {
    let clinic = Clinic::open().await;
    let doctor = clinic.doctor().await;
    let (patient, token) = clinic.patient().await;
    let body = json!({"patient": patient, "doctor": doctor});
    let (status, visit) = clinic
        .site
        .post("/v1/walk-ins", &clinic.reception, body)
        .await;
    assert_eq!(status, 201, "{visit}");
    let path = format!("/v1/appointments/{}", id(&visit));
    let mut version = 0;
    for step in ["start", "complete"] {
        let step = format!("{path}/{step}");
        let (status, changed) = clinic.site.post(&step, &clinic.reception, json!({})).await;
        assert_eq!(status, 200, "{changed}");
        version = changed["version"].as_u64().unwrap();
    }
    let feedback = format!("{path}/feedback");
    let body = json!({"rating": 5});
    let give = |version| send(&clinic, Method::POST, &feedback, &token, (version, &body));
    assert!(is_stale(&give(version - 1).await));
    let (status, given) = give(version).await;
    assert_eq!(status, 201, "{given}");
    clinic.site.close().await;
}

/// Who sends a version relies on it.
#[tokio::test]
async fn what_makes_something_new_takes_no_version() {
    let clinic = Clinic::open().await;
    let body = json!({"name": "Asha Canary", "phone": "+919800000001", "language": "hi"});
    let before = clinic.head().await;
    for version in ["\"1\"", "*"] {
        let path = "/v1/patients";
        let request = clinic.site.request(Method::POST, path, &clinic.reception);
        let (status, refused) = answer(request.header("if-match", version).json(&body)).await;
        assert_eq!((status, slug(&refused)), (400, "unexpected-header"));
        assert_eq!(refused["field"], "If-Match");
    }
    assert_eq!(clinic.head().await, before, "something was recorded");
    clinic.site.close().await;
}

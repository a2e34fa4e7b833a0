//! Reminders: due a day before the appointment, written by a worker, once.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use medilink_domain::values::Role;
use medilink_tests::{History, Hospital, eventually, id};
use serde_json::json;

use crate::platform;

/// The first whole minute of tomorrow whose reminder is due in at least this time. A booking
/// that is made before then is reminded of when it comes.
pub fn tomorrow(preparation: TimeDelta) -> DateTime<Utc> {
    let soonest = Utc::now() + TimeDelta::days(1) + preparation;
    let minute = soonest.with_second(0).unwrap().with_nanosecond(0).unwrap();
    minute + TimeDelta::minutes(1)
}

#[tokio::test]
async fn a_patient_is_reminded_once_a_day_before_and_not_of_what_was_cancelled() {
    let platform = platform().await;
    let starts_at = tomorrow(TimeDelta::seconds(8));
    let city = Hospital::open_for(&platform, starts_at).await;
    let mut appointments = Vec::new();
    for number in 1..=2 {
        let (doctor, patient) = (city.doctor(number).await, city.patient(number).await);
        city.slot(doctor, starts_at).await;
        let booked = city
            .receptionist
            .post(
                "/v1/appointments",
                &city.booking(patient, doctor, starts_at),
            )
            .await;
        appointments.push((id(&booked), patient));
    }
    let [(kept, reminded), (cancelled, spared)] = appointments[..] else {
        unreachable!()
    };
    let answer = city
        .receptionist
        .post(&format!("/v1/appointments/{cancelled}/cancel"), &json!({}))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let left = starts_at - TimeDelta::days(1) - Utc::now();
    assert!(
        left > TimeDelta::zero(),
        "the preparation took too long for this test to mean anything"
    );

    let own = platform.person(reminded, &[Role::Patient]).await;
    let path = format!("/v1/patients/{reminded}/notices");
    // From here on the read models know the patient.
    let first = own.get_at(&path, answer.position()).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let limit = left.to_std().unwrap() + Duration::from_secs(30);
    eventually("the reminder is written", limit, || async {
        let answer = own.get(&path).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text);
        let early = Utc::now() < starts_at - TimeDelta::days(1);
        let there = !answer.body["items"].as_array().unwrap().is_empty();
        assert!(!(early && there), "it came before its time");
        there
    })
    .await;
    let notice = own.get(&path).await.unwrap().body["items"][0].clone();
    assert_eq!(
        (&notice["kind"], &notice["appointment"]),
        (&json!("appointment_reminder"), &json!(kept)),
        "{notice}"
    );
    assert_eq!(
        (&notice["language"], &notice["channel"]),
        (&json!("hi"), &json!("in_app")),
        "{notice}"
    );
    assert!(
        notice["text"].as_str().unwrap().contains("zqcanaryzq"),
        "it names the doctor: {notice}"
    );

    // Several polls later there is still one, and none for the other patient.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let history = History::read(&platform).await;
    assert_eq!(history.of("notice.written").count(), 1);
    let none = platform
        .person(spared, &[Role::Patient])
        .await
        .get(&format!("/v1/patients/{spared}/notices"))
        .await
        .unwrap();
    assert_eq!(none.body["items"], json!([]));
}

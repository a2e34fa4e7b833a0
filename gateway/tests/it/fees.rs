//! What it costs to give up a visit late, and who may waive it.

use serde_json::{Value, json};

use crate::clinic::{Clinic, slug};
use crate::site::id;

fn policy(waived_by: &[&str]) -> Value {
    json!({
        "cancellation": {
            "notice_minutes": 1440,
            "late_fee": {"minor": 50_000, "currency": "INR"},
            "waived_by": waived_by,
        },
        "most_open_visits": 9,
    })
}

#[tokio::test]
async fn cancelling_late_costs_the_fee_unless_the_hospital_calls_off_or_waives_it() {
    let clinic = Clinic::open().await;
    let (site, reception) = (&clinic.site, &clinic.reception);
    let doctor = clinic.doctor().await;
    let (patient, token) = clinic.patient().await;
    let rules = clinic.path("booking-policy");
    let (status, set) = site.put(&rules, &clinic.administrator, policy(&[])).await;
    assert_eq!(status, 200, "{set}");
    let fee = json!({"minor": 50_000, "currency": "INR"});
    let cancel = async |token: &str, body: Value| {
        let booked = clinic.book(reception, patient, doctor).await;
        let path = format!("/v1/appointments/{}/cancel", id(&booked));
        (path.clone(), site.post(&path, token, body).await)
    };

    let (path, (status, paid)) = cancel(&token, json!({"reason": "better"})).await;
    assert_eq!((status, &paid["fee"]), (200, &fee), "{paid}");
    let visit = path.trim_end_matches("/cancel");
    let (_, read) = site.get_after(&paid, visit, &token).await;
    assert_eq!(
        (&read["fees"], &read["cancellation"]),
        (&json!([fee]), &json!("better"))
    );
    let (_, (status, free)) = cancel(reception, json!({"by": "hospital"})).await;
    assert_eq!((status, &free["fee"]), (200, &Value::Null), "{free}");
    let (_, (status, _)) = cancel(&token, json!({"by": "hospital"})).await;
    assert_eq!(status, 403, "a patient is not the hospital");
    let (path, (status, refused)) = cancel(reception, json!({"waive": "a storm"})).await;
    assert_eq!(
        (status, slug(&refused), &refused["field"]),
        (403, "fee-not-waivable", &json!("/waive"))
    );
    let rules_now = policy(&["receptionist"]);
    let (status, _) = site.put(&rules, &clinic.administrator, rules_now).await;
    assert_eq!(status, 200);
    let (status, waived) = site
        .post(&path, reception, json!({"waive": "a storm"}))
        .await;
    assert_eq!((status, &waived["fee"]), (200, &Value::Null), "{waived}");
    let (_, read) = site
        .get_after(&waived, path.trim_end_matches("/cancel"), reception)
        .await;
    assert_eq!(read["waiver"], "a storm");
    clinic.site.close().await;
}

#[tokio::test]
async fn a_visit_moves_to_another_doctor_and_another_mode_for_the_fee() {
    let clinic = Clinic::open().await;
    let (site, reception) = (&clinic.site, &clinic.reception);
    let (doctor, other) = (clinic.doctor().await, clinic.doctor().await);
    let (patient, token) = clinic.patient().await;
    let rules = clinic.path("booking-policy");
    let (status, _) = site.put(&rules, &clinic.administrator, policy(&[])).await;
    assert_eq!(status, 200);
    let booked = clinic.book(reception, patient, doctor).await;
    let visit = format!("/v1/appointments/{}", id(&booked));
    let body = json!({"starts_at": booked["starts_at"], "doctor": other, "mode": "video"});
    let (status, moved) = site
        .post(&format!("{visit}/reschedule"), &token, body.clone())
        .await;
    assert_eq!(
        (status, &moved["fee"]["minor"]),
        (200, &json!(50_000)),
        "{moved}"
    );
    let (_, read) = site.get_after(&moved, &visit, &token).await;
    assert_eq!(
        (&read["doctor"], &read["mode"]),
        (&json!(other), &json!("video")),
        "{read}"
    );
    assert_eq!(read["previous"][0]["doctor"], json!(doctor));
    assert_eq!(read["previous"][0]["starts_at"], booked["starts_at"]);
    let (status, same) = site
        .post(&format!("{visit}/reschedule"), &token, body.clone())
        .await;
    assert_eq!((status, slug(&same)), (409, "same-slot"));

    let mut ours = body;
    ours["by"] = json!("hospital");
    ours["doctor"] = json!(doctor);
    let path = format!("{visit}/reschedule");
    let (status, _) = site.post(&path, &token, ours.clone()).await;
    assert_eq!(status, 403, "a patient is not the hospital");
    let (status, free) = site.post(&path, reception, ours).await;
    assert_eq!((status, &free["fee"]), (200, &Value::Null), "{free}");
    let (_, read) = site.get_after(&free, &visit, &token).await;
    assert_eq!(read["fees"].as_array().map(Vec::len), Some(1), "{read}");
    clinic.site.close().await;
}

#[tokio::test]
async fn an_overbooking_takes_a_reason_and_the_reception() {
    let clinic = Clinic::open().await;
    let (site, reception) = (&clinic.site, &clinic.reception);
    let doctor = clinic.doctor().await;
    let ((first, _), (second, token)) = (clinic.patient().await, clinic.patient().await);
    let booked = clinic.book(reception, first, doctor).await;
    let mut body = json!({"patient": second, "doctor": doctor, "starts_at": booked["starts_at"]});
    let (status, taken) = site.post("/v1/appointments", reception, body.clone()).await;
    assert_eq!((status, slug(&taken)), (409, "slot-taken"));
    body["overbook"] = json!("an emergency");
    let (status, _) = site.post("/v1/appointments", &token, body.clone()).await;
    assert_eq!(status, 403, "a patient may not overbook");
    let (status, over) = site.post("/v1/appointments", reception, body).await;
    assert_eq!(status, 201, "{over}");
    let visit = format!("/v1/appointments/{}", id(&over));
    let (_, read) = site.get_after(&over, &visit, reception).await;
    assert_eq!(read["overbooking"], "an emergency");
    clinic.site.close().await;
}

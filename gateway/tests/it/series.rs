//! Visits that come back.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::clinic::{Clinic, slug};
use crate::site::id;

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_series_is_booked_whole_or_not_at_all_and_called_off_at_once() {
    let clinic = Clinic::open().await;
    let (site, reception) = (&clinic.site, &clinic.reception);
    let doctor = clinic.doctor().await;
    let ((patient, token), (other, _)) = (clinic.patient().await, clinic.patient().await);
    let written = json!({"position": clinic.head().await});
    let first = instant(&clinic.slots(&written, "").await[0]["starts_at"]);
    let second_week = first + TimeDelta::weeks(1);
    let taken = json!({"patient": other, "doctor": doctor, "starts_at": second_week});
    let (status, taken) = site.post("/v1/appointments", reception, taken).await;
    assert_eq!(status, 201, "{taken}");
    let series = json!({
        "patient": patient, "doctor": doctor, "starts_at": first, "reason": "dialysis",
        "recurrence": {"frequency": "weekly", "count": 3},
    });

    let (status, refused) = site.post("/v1/series", &token, series.clone()).await;
    assert_eq!(
        (status, slug(&refused), &refused["field"]),
        (409, "slot-taken", &json!("/starts_at"))
    );
    let at = second_week.format("%Y-%m-%dT%H:%M:%SZ");
    assert_eq!(refused["detail"], format!("It is about the visit at {at}."));
    assert_eq!(site.count("appointment.booked").await, 1);

    let cancel = format!("/v1/appointments/{}/cancel", id(&taken));
    assert_eq!(site.post(&cancel, reception, json!({})).await.0, 200);
    let (status, booked) = site.post("/v1/series", &token, series).await;
    assert_eq!(status, 201, "{booked}");
    let visits = booked["appointments"].as_array().unwrap();
    let starts: Vec<_> = visits
        .iter()
        .map(|visit| instant(&visit["starts_at"]))
        .collect();
    assert_eq!(starts, [0, 1, 2].map(|week| first + TimeDelta::weeks(week)));
    let visit = format!("/v1/appointments/{}", id(&visits[2]));
    let (_, read) = site.get_after(&booked, &visit, &token).await;
    assert_eq!(
        (&read["series"], &read["reason"]),
        (&booked["id"], &json!("dialysis"))
    );

    let cancel = format!("/v1/series/{}/cancel", id(&booked));
    let one = format!("{visit}/cancel");
    assert_eq!(site.post(&one, &token, json!({})).await.0, 200);
    let (status, rest) = site.post(&cancel, &token, json!({"reason": "cured"})).await;
    assert_eq!(status, 200, "{rest}");
    let cancelled = rest["appointments"].as_array().unwrap();
    let ids = |of: &[Value]| of.iter().map(id).collect::<Vec<_>>();
    assert_eq!(ids(cancelled), ids(&visits[..2]));
    let (status, nothing) = site.post(&cancel, &token, json!({})).await;
    assert_eq!((status, slug(&nothing)), (409, "nothing-to-cancel"));
    clinic.site.close().await;
}

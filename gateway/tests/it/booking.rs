//! The booking capability over a real socket, log, vault and read models.

use futures::StreamExt;
use medilink_domain::TenantId;
use medilink_domain::values::Role;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use crate::site::{Ward, answer, id};

#[tokio::test]
async fn a_patient_books_reads_moves_and_cancels() {
    let ward = Ward::open().await;
    let (site, token) = (&ward.site, &ward.patient_token);
    let (status, booked) = site.post("/v1/appointments", token, ward.booking(0)).await;
    assert_eq!(status, 201, "{booked}");
    let path = format!("/v1/appointments/{}", id(&booked));
    let (status, read) = site.get_after(&booked, &path, token).await;
    assert_eq!(status, 200, "{read}");
    assert_eq!(read["reason"], "chest pain canary");
    assert_eq!(read["status"], "booked");

    let stale = site
        .request(Method::POST, &format!("{path}/reschedule"), token)
        .header("if-match", "\"7\"");
    let (status, problem) =
        answer(stale.json(&json!({"starts_at": ward.slots[1]["starts_at"]}))).await;
    assert_eq!(
        (status, problem["type"].as_str().unwrap()),
        (412, "https://medilink.dev/problems/version-mismatch")
    );
    let fresh = site
        .request(Method::POST, &format!("{path}/reschedule"), token)
        .header("if-match", "\"1\"");
    let (status, moved) =
        answer(fresh.json(&json!({"starts_at": ward.slots[1]["starts_at"]}))).await;
    assert_eq!((status, &moved["version"]), (200, &json!(2)), "{moved}");
    let (status, cancelled) = site
        .post(
            &format!("{path}/cancel"),
            token,
            json!({"reason": "better"}),
        )
        .await;
    assert_eq!(status, 200, "{cancelled}");

    let list = format!("/v1/patients/{}/appointments?limit=1", id(&ward.patient));
    let (status, list) = site.get_after(&cancelled, &list, token).await;
    assert_eq!(status, 200, "{list}");
    assert_eq!(list["items"][0]["status"], "cancelled");
    assert_eq!(list["items"][0]["starts_at"], ward.slots[1]["starts_at"]);
    ward.site.close().await;
}

#[tokio::test]
async fn a_slot_is_booked_once_and_a_repeat_is_no_second_booking() {
    let ward = Ward::open().await;
    let (site, token) = (&ward.site, &ward.patient_token);
    let book = |body: serde_json::Value| {
        let request = site
            .request(Method::POST, "/v1/appointments", token)
            .header("idempotency-key", "walk-1")
            .json(&body);
        async move {
            let response = request.send().await.unwrap();
            let replayed = response.headers().get("idempotency-replayed").is_some();
            (
                response.status().as_u16(),
                replayed,
                response.json::<serde_json::Value>().await.unwrap(),
            )
        }
    };
    let (status, replayed, first) = book(ward.booking(0)).await;
    assert_eq!((status, replayed), (201, false), "{first}");
    let (status, replayed, second) = book(ward.booking(0)).await;
    assert_eq!((status, replayed), (201, true), "{second}");
    assert_eq!(first["id"], second["id"]);
    let (status, _, other) = book(ward.booking(1)).await;
    assert_eq!(
        (status, other["type"].as_str().unwrap()),
        (422, "https://medilink.dev/problems/idempotency-key-reused")
    );
    let (status, taken) = site
        .post("/v1/appointments", &ward.reception, ward.booking(0))
        .await;
    assert_eq!(
        (status, taken["type"].as_str().unwrap()),
        (409, "https://medilink.dev/problems/slot-taken"),
        "{taken}"
    );
    assert_eq!(taken["field"], "/starts_at");
    assert_eq!(site.count("appointment.booked").await, 1);
    ward.site.close().await;
}

#[tokio::test]
async fn what_is_not_yours_looks_like_what_is_not_there_and_reads_are_recorded() {
    let ward = Ward::open().await;
    let site = &ward.site;
    let (_, booked) = site
        .post("/v1/appointments", &ward.patient_token, ward.booking(0))
        .await;
    let appointment = format!("/v1/appointments/{}", id(&booked));
    let patient = format!("/v1/patients/{}", id(&ward.patient));
    site.get_after(&booked, &appointment, &ward.reception).await;
    let before = site.count("access.recorded").await;

    let stranger = site.token(Uuid::now_v7(), Role::Patient).await;
    let elsewhere = site
        .token_in(TenantId(Uuid::now_v7()), id(&ward.patient), Role::Patient)
        .await;
    let nowhere = format!("/v1/appointments/{}", Uuid::now_v7());
    let (_, missing) = site.get(&nowhere, &stranger).await;
    for token in [&stranger, &elsewhere] {
        let (status, problem) = site.get(&appointment, token).await;
        assert_eq!(
            (status, &problem["detail"]),
            (404, &missing["detail"]),
            "{problem}"
        );
        for path in [
            patient.clone(),
            format!("{patient}/appointments"),
            format!("{patient}/notices"),
        ] {
            assert_eq!(site.get(&path, token).await.0, 404, "{path}");
        }
        for action in ["cancel", "reschedule"] {
            let body = if action == "cancel" {
                json!({})
            } else {
                json!({"starts_at": ward.slots[1]["starts_at"]})
            };
            assert_eq!(
                site.post(&format!("{appointment}/{action}"), token, body)
                    .await
                    .0,
                404,
                "{action}"
            );
        }
    }
    assert_eq!(
        site.post(
            "/v1/hospitals",
            &stranger,
            json!({"name": "X", "time_zone": "Asia/Kolkata"})
        )
        .await
        .0,
        403
    );
    assert_eq!(site.count("access.recorded").await, before);

    let doctor = site.token(id(&ward.doctor), Role::Doctor).await;
    let day = format!("/v1/doctors/{}/day?date={}", id(&ward.doctor), ward.date);
    let (status, day) = site.get(&day, &doctor).await;
    assert_eq!(
        (status, day["items"].as_array().unwrap().len()),
        (200, 1),
        "{day}"
    );
    assert_eq!(site.get(&patient, &ward.patient_token).await.0, 200);
    assert_eq!(
        site.get(&format!("{patient}/notices"), &ward.patient_token)
            .await
            .0,
        200
    );
    assert_eq!(site.count("access.recorded").await, before + 3);
    ward.site.close().await;
}

#[tokio::test]
async fn bad_input_leaves_the_log_as_it_was() {
    let ward = Ward::open().await;
    let (site, admin) = (&ward.site, &ward.administrator);
    let head = site.executor.reader().head().await.unwrap();
    let unknown = Uuid::now_v7();
    let windows = format!("/v1/doctors/{}/windows", id(&ward.doctor));
    let mut past = ward.booking(0);
    past["starts_at"] = json!("2001-01-01T03:30:00Z");
    let mut nobody = ward.booking(0);
    nobody["doctor"] = json!(unknown);
    let cases = [
        ("/v1/appointments", &ward.patient_token, past),
        ("/v1/appointments", &ward.patient_token, nobody),
        (
            windows.as_str(),
            admin,
            json!({"date": ward.date, "opens": "10:00", "closes": "12:00", "slot_minutes": 30}),
        ),
        (
            windows.as_str(),
            admin,
            json!({"date": ward.date, "opens": "12:00", "closes": "11:00", "slot_minutes": 30}),
        ),
        (
            "/v1/hospitals",
            admin,
            json!({"name": " ", "time_zone": "Asia/Kolkata"}),
        ),
        (
            "/v1/hospitals",
            admin,
            json!({"name": "X", "time_zone": "Mars/Olympus"}),
        ),
        (
            "/v1/patients",
            &ward.reception,
            json!({"name": "X", "phone": "12345", "language": "hi"}),
        ),
        (
            "/v1/patients",
            &ward.reception,
            json!({"name": "X", "phone": "+919800000001", "language": "xx"}),
        ),
    ];
    for (path, token, body) in cases {
        let (status, problem) = site.post(path, token, body).await;
        assert!(
            (404..=422).contains(&status) && problem["mend"].is_string(),
            "{path}: {problem}"
        );
    }
    for path in [
        format!("/v1/doctors/{unknown}/slots?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z"),
        format!("/v1/doctors/{unknown}/day?date=2026-01-01"),
        format!("/v1/patients/{unknown}"),
        format!("/v1/appointments/{unknown}/x"),
    ] {
        assert_eq!(site.get(&path, &ward.reception).await.0, 404, "{path}");
    }
    for path in [
        "/v1/doctors?after=nonsense",
        "/v1/doctors?limit=0",
        "/v1/doctors?limit=201",
        "/v1/doctors?limit=x",
    ] {
        assert_eq!(site.get(path, &ward.reception).await.0, 400, "{path}");
    }
    let ahead = site
        .request(Method::GET, "/v1/doctors", &ward.reception)
        .header("medilink-min-position", "999999");
    assert_eq!(answer(ahead).await.0, 422);
    assert_eq!(site.executor.reader().head().await.unwrap(), head);
    ward.site.close().await;
}

#[tokio::test]
async fn a_patient_sees_the_booking_in_their_own_stream() {
    let ward = Ward::open().await;
    let response = ward
        .site
        .request(Method::GET, "/v1/me/changes", &ward.patient_token)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let mut chunks = response.bytes_stream();
    let (_, booked) = ward
        .site
        .post("/v1/appointments", &ward.reception, ward.booking(2))
        .await;
    let mut text = String::new();
    // Their agenda changes with it.
    while !text.contains("appointment.booked") {
        let chunk = tokio::time::timeout(std::time::Duration::from_secs(5), chunks.next()).await;
        text += std::str::from_utf8(&chunk.unwrap().unwrap().unwrap()).unwrap();
    }
    assert!(
        text.contains(&format!("appointment-{}", id(&booked))),
        "{text}"
    );
    assert!(!text.contains("canary"));
    // A stop ends the stream and leaves nobody waiting.
    let stopped = std::time::Instant::now();
    ward.site.close().await;
    assert!(stopped.elapsed() < std::time::Duration::from_secs(5));
    while let Some(chunk) = chunks.next().await {
        chunk.unwrap();
    }
}

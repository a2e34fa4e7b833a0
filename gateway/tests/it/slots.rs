//! The search of free slots: each filter, the pages, and what is refused.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clinic::{Clinic, done, period, slug};
use crate::site::id;

/// Whose slots they are.
fn doctors(slots: &[Value]) -> BTreeSet<Uuid> {
    let doctor = |slot: &Value| slot["doctor"].as_str().unwrap().parse().unwrap();
    slots.iter().map(doctor).collect()
}

#[tokio::test]
async fn each_filter_leaves_out_who_does_not_fit() {
    let clinic = Clinic::open().await;
    let site = &clinic.site;
    let heart = clinic.doctor_in(clinic.department, &["en", "hi"]).await;
    let lung_ward = clinic.department("Lung", "Pulmonology").await;
    let lung = clinic.doctor_in(lung_ward, &["pa"]).await;
    let kind = json!({"name": "Call", "minutes": 20, "modes": ["video", "phone"]});
    let kinds = clinic.path("visit-types");
    let kind = done(site.post(&kinds, &clinic.administrator, kind).await);
    clinic
        .receives(heart, json!({"modes": ["in_person"]}))
        .await;
    let set = clinic
        .receives(lung, json!({"modes": ["video"], "visit_types": [kind]}))
        .await;
    let (nobody, all) = (Uuid::now_v7(), BTreeSet::from([heart, lung]));
    let only = |doctor| BTreeSet::from([doctor]);
    let video = format!("&mode=video&visit_type={kind}");
    let cases = [
        (String::new(), only(heart)),
        (video.clone(), only(lung)),
        ("&mode=video".to_owned(), BTreeSet::new()),
        ("&mode=phone".to_owned(), BTreeSet::new()),
        (format!("&visit_type={nobody}"), BTreeSet::new()),
        // The type is not offered in person.
        (format!("&visit_type={kind}"), BTreeSet::new()),
        (format!("&doctor={heart}"), only(heart)),
        (format!("&doctor={lung}"), BTreeSet::new()),
        (format!("{video}&doctor={lung}"), only(lung)),
        (format!("&hospital={}", clinic.hospital), only(heart)),
        (format!("&hospital={nobody}"), BTreeSet::new()),
        (format!("&department={}", clinic.department), only(heart)),
        (
            format!("{video}&department={}", clinic.department),
            BTreeSet::new(),
        ),
        (format!("{video}&department={lung_ward}"), only(lung)),
        ("&specialty=cARDIOLOGY".to_owned(), only(heart)),
        (format!("{video}&specialty=pulmonology"), only(lung)),
        ("&specialty=dentistry".to_owned(), BTreeSet::new()),
        ("&language=hi".to_owned(), only(heart)),
        (format!("{video}&language=pa"), only(lung)),
        (format!("{video}&language=en"), BTreeSet::new()),
    ];
    for (query, expected) in cases {
        let found = clinic.slots(&set, &query).await;
        assert_eq!(doctors(&found), expected, "{query}");
        for slot in found {
            let length = slot["ends_at"]
                .as_str()
                .unwrap()
                .parse::<chrono::DateTime<Utc>>();
            let starts_at: chrono::DateTime<Utc> =
                slot["starts_at"].as_str().unwrap().parse().unwrap();
            let minutes = (length.unwrap() - starts_at).num_minutes();
            assert_eq!(minutes, if query.contains("visit_type") { 20 } else { 10 });
            assert_eq!(slot["hospital"], json!(clinic.hospital));
        }
    }
    let set = clinic.receives(lung, json!({})).await;
    assert_eq!(doctors(&clinic.slots(&set, "").await), all);
    clinic.site.close().await;
}

#[tokio::test]
async fn pages_make_up_the_whole_and_a_booking_is_left_out_at_once() {
    let clinic = Clinic::open().await;
    let site = &clinic.site;
    let (one, two) = (clinic.doctor().await, clinic.doctor().await);
    let (patient, token) = clinic.patient().await;
    let written = json!({"position": clinic.head().await});
    let now = Utc::now();
    let query = period(now, now + TimeDelta::hours(3));
    let (_, whole) = site
        .get_after(&written, &format!("/v1/slots?{query}&limit=200"), &token)
        .await;
    let items = whole["items"].as_array().unwrap();
    assert!(items.len() >= 34 && whole["next"].is_null(), "{whole}");
    assert_eq!(doctors(items), BTreeSet::from([one, two]));
    assert!(items.is_sorted_by_key(|slot| slot["starts_at"].as_str().unwrap()));
    let (mut pages, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/slots?{query}&limit=7{after}");
        let (status, page) = site.get_after(&written, &path, &token).await;
        assert_eq!(status, 200, "{page}");
        let found = page["items"].as_array().unwrap();
        assert!(found.len() == 7 || page["next"].is_null());
        pages.extend(found.iter().cloned());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        after = format!("&after={next}");
    }
    assert_eq!(&pages, items);

    let own = format!("/v1/doctors/{one}/slots?{query}&limit=200");
    let (_, of_one) = site.get_after(&written, &own, &token).await;
    let expected: Vec<_> = items
        .iter()
        .filter(|slot| slot["doctor"] == json!(one))
        .collect();
    assert_eq!(of_one["items"], json!(expected));
    let body = json!({"patient": patient, "doctor": one, "starts_at": expected[3]["starts_at"]});
    let (status, booked) = site.post("/v1/appointments", &token, body).await;
    assert_eq!(status, 201, "{booked}");
    let (_, left) = site.get_after(&booked, &own, &token).await;
    let left = left["items"].as_array().unwrap();
    assert_eq!(left.len(), expected.len() - 1);
    assert!(!left.contains(expected[3]));
    clinic.site.close().await;
}

#[tokio::test]
async fn a_holiday_leave_and_another_doctors_hours_take_slots_away() {
    let clinic = Clinic::open().await;
    let (site, administrator) = (&clinic.site, &clinic.administrator);
    let doctor = clinic.doctor().await;
    let set = json!({"position": clinic.head().await});
    assert!(!clinic.slots(&set, "").await.is_empty());

    let holiday = json!({"date": clinic.today, "name": "Diwali"});
    let (status, declared) = site
        .post(&clinic.path("holidays"), administrator, holiday)
        .await;
    assert_eq!(status, 201, "{declared}");
    assert_eq!(clinic.slots(&declared, "").await, Vec::<Value>::new());
    let date = format!("/v1/doctors/{doctor}/schedule/dates/{}", clinic.today);
    let hours = json!({"hours": [{"opens": "00:00", "closes": "00:00", "slot_minutes": 30}]});
    let (status, set) = site.put(&date, administrator, hours).await;
    assert_eq!(status, 200, "{set}");
    let slots = clinic.slots(&set, "").await;
    assert!(
        (1..=2).contains(&slots.len()),
        "a day of its own beats a holiday"
    );
    let leave = json!({"from": clinic.today, "until": clinic.today});
    let leaves = format!("/v1/doctors/{doctor}/leaves");
    let (status, granted) = site.post(&leaves, administrator, leave).await;
    assert_eq!(status, 201, "{granted}");
    assert_eq!(clinic.slots(&granted, "").await, Vec::<Value>::new());

    for path in [
        format!("{leaves}/{}", id(&granted)),
        date,
        clinic.path(&format!("holidays/{}", clinic.today)),
    ] {
        let (status, gone) = site.delete(&path, administrator).await;
        assert_eq!(status, 200, "{path}: {gone}");
    }
    let back = json!({"position": clinic.head().await});
    assert!(clinic.slots(&back, "").await.len() >= 5);
    clinic.site.close().await;
}

#[tokio::test]
async fn what_can_not_be_looked_for_is_refused_by_its_name() {
    let clinic = Clinic::open().await;
    let doctor = clinic.doctor().await;
    let now = Utc::now();
    let good = period(now, now + TimeDelta::days(92));
    let long = period(now, now + TimeDelta::days(93));
    let backwards = period(now, now - TimeDelta::seconds(1));
    for path in [
        "/v1/slots".to_owned(),
        format!("/v1/doctors/{doctor}/slots"),
    ] {
        assert_eq!(
            clinic
                .site
                .get(&format!("{path}?{good}"), &clinic.reception)
                .await
                .0,
            200
        );
        for (query, field) in [
            (long.clone(), "to"),
            (backwards.clone(), "to"),
            ("to=2026-01-01T00:00:00Z".to_owned(), "from"),
            (format!("{good}&limit=0"), "limit"),
            (format!("{good}&limit=201"), "limit"),
            (format!("{good}&after=nonsense"), "after"),
            (format!("{good}&mode=telepathy"), "mode"),
            (format!("{good}&visit_type=7"), "visit_type"),
        ] {
            let path = format!("{path}?{query}");
            let (status, problem) = clinic.site.get(&path, &clinic.reception).await;
            assert_eq!(
                (status, slug(&problem), &problem["field"]),
                (400, "invalid-parameter", &json!(field)),
                "{path}: {problem}"
            );
        }
    }
    for (query, field) in [
        ("language=xx", "language"),
        ("hospital=7", "hospital"),
        ("department=7", "department"),
        ("doctor=7", "doctor"),
        ("specialty=", "specialty"),
    ] {
        let path = format!("/v1/slots?{good}&{query}");
        let (status, problem) = clinic.site.get(&path, &clinic.reception).await;
        assert_eq!(
            (status, &problem["field"]),
            (400, &json!(field)),
            "{problem}"
        );
    }
    clinic.site.close().await;
}

/// What finds the slots follows the read models by a moment, which they are ahead here again
/// and again.
#[tokio::test]
async fn slots_are_as_of_the_position_that_their_answer_tells() {
    let clinic = Clinic::open().await;
    let (site, doctor) = (&clinic.site, clinic.doctor().await);
    let now = Utc::now();
    let query = period(now, now + TimeDelta::hours(3));
    let path = format!("/v1/slots?{query}&doctor={doctor}");
    for _ in 0..4 {
        let (patient, token) = clinic.patient().await;
        let booked = clinic.book(&token, patient, doctor).await;
        loop {
            let request = site.request(Method::GET, &path, &token);
            let response = request.send().await.unwrap();
            let told = |name: &str| {
                let value = &response.headers()[name];
                value.to_str().unwrap().parse::<u64>().unwrap()
            };
            let (position, behind) = (told("medilink-position"), told("medilink-behind"));
            assert!(position + behind >= booked["position"].as_u64().unwrap());
            let found: Value = response.json().await.unwrap();
            let mut slots = found["items"].as_array().unwrap().iter();
            let offered = slots.any(|slot| slot["starts_at"] == booked["starts_at"]);
            if position >= booked["position"].as_u64().unwrap() {
                assert!(!offered, "it was booked at {booked}, before {position}");
                break;
            }
            assert!(Utc::now() - now < TimeDelta::minutes(2), "it is never seen");
        }
    }
    clinic.site.close().await;
}

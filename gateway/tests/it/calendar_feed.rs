//! Appointments for calendar programs, under a secret link.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, CalendarComponent, Component};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clinic::{Clinic, slug};
use crate::site::{answer, id};

const FEEDS: &str = "/v1/me/calendar-feeds";

/// What a calendar program gets, which knows nothing but the link.
async fn subscribe(clinic: &Clinic, path: &str) -> (u16, String, String) {
    let url = format!("{}{path}", clinic.site.url);
    let response = reqwest::Client::new().get(url).send().await.unwrap();
    let kind = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (
        response.status().as_u16(),
        kind,
        response.text().await.unwrap(),
    )
}

/// The status and the text of each event, read by a library as a calendar program would.
fn events(text: &str) -> Vec<(String, String)> {
    let calendar: Calendar = text.parse().unwrap();
    let events = calendar
        .components
        .iter()
        .filter_map(|component| match component {
            CalendarComponent::Event(event) => Some(event),
            _ => None,
        });
    let property = |event: &icalendar::Event, name: &str| {
        event.property_value(name).unwrap_or_default().to_owned()
    };
    events
        .map(|event| (property(event, "STATUS"), property(event, "SUMMARY")))
        .collect()
}

/// Opens a feed once and again under the same key.
async fn open_twice(clinic: &Clinic, token: &str) -> (Value, Value) {
    let request = || {
        let key = Uuid::from_u128(7).to_string();
        let request = clinic.site.request(Method::POST, FEEDS, token);
        answer(request.header("idempotency-key", key))
    };
    let ((status, opened), (_, again)) = (request().await, request().await);
    assert_eq!(status, 201, "{opened}");
    (opened, again)
}

/// When the last event of an appointment was recorded, as calendars write it.
async fn changed_at(clinic: &Clinic, appointment: Uuid) -> String {
    let client = clinic.site.app.client().await.unwrap();
    let sql = "SELECT recorded_at FROM log.events WHERE stream = $1 ORDER BY version DESC LIMIT 1";
    let stream = format!("appointment-{appointment}");
    let row = client.query_one(sql, &[&stream]).await.unwrap();
    let recorded_at: DateTime<Utc> = row.get(0);
    recorded_at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A calendar without a METHOD stamps each event with its last change (RFC 5545, 3.8.7.2).
#[tokio::test]
async fn an_event_is_stamped_with_when_it_last_changed() {
    let clinic = Clinic::open().await;
    let (site, doctor) = (&clinic.site, clinic.doctor().await);
    let (patient, token) = clinic.patient().await;
    let booked = clinic.book(&token, patient, doctor).await;
    let (opened, _) = open_twice(&clinic, &token).await;
    let link = opened["path"].as_str().unwrap();
    let visit = format!("/v1/appointments/{}", id(&booked));
    site.get_after(&booked, &visit, &token).await;
    let first = changed_at(&clinic, id(&booked)).await;
    let (_, _, text) = subscribe(&clinic, link).await;
    for line in [
        format!("DTSTAMP:{first}"),
        format!("LAST-MODIFIED:{first}"),
        "SEQUENCE:1".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }

    // The stamps have seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let cancel = format!("{visit}/cancel");
    let (_, cancelled) = site.post(&cancel, &token, json!({})).await;
    site.get_after(&cancelled, &visit, &token).await;
    let second = changed_at(&clinic, id(&booked)).await;
    assert_ne!(first, second);
    let (_, _, text) = subscribe(&clinic, link).await;
    for line in [
        format!("DTSTAMP:{second}"),
        format!("LAST-MODIFIED:{second}"),
        "SEQUENCE:2".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    clinic.site.close().await;
}

#[tokio::test]
async fn a_feed_shows_when_and_where_to_whoever_has_its_link_until_it_is_closed() {
    let clinic = Clinic::open().await;
    let (site, doctor) = (&clinic.site, clinic.doctor().await);
    let ((patient, token), (_, other)) = (clinic.patient().await, clinic.patient().await);
    let booked = clinic.book(&token, patient, doctor).await;
    let (opened, again) = open_twice(&clinic, &token).await;
    assert_eq!(slug(&again), "shown-once");
    let link = opened["path"].as_str().unwrap();
    let (_, listed) = site.get_after(&opened, FEEDS, &token).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["items"][0]["id"], opened["id"]);
    assert!(
        !listed
            .to_string()
            .contains(link.rsplit('/').next().unwrap())
    );

    // A feed takes what the read model has; its own reader waits for no position.
    let visit = format!("/v1/appointments/{}", id(&booked));
    site.get_after(&booked, &visit, &token).await;
    let before = site.count("access.recorded").await;
    let (status, kind, text) = subscribe(&clinic, link).await;
    assert_eq!(
        (status, kind.as_str()),
        (200, "text/calendar; charset=utf-8")
    );
    let confirmed = ("CONFIRMED".to_owned(), "Appointment, Noon".to_owned());
    assert_eq!(events(&text), [confirmed]);
    assert!(!text.contains("Canary"), "{text}");
    let uid = format!("UID:{}@medilink", id(&booked));
    assert!(text.contains(&uid), "{text}");
    assert_eq!(site.count("access.recorded").await, before + 1);

    // The link lets in to this and nothing else, and a token is not a link.
    let secret = link.rsplit('/').next().unwrap();
    let (status, refused) = site.get("/v1/me", secret).await;
    assert_eq!(status, 403, "{refused}");
    let (status, _, refused) = subscribe(&clinic, &format!("/v1/calendar-feeds/{token}")).await;
    assert_eq!(status, 403, "{refused}");

    let cancel = format!("{visit}/cancel");
    let (_, cancelled) = site.post(&cancel, &token, json!({})).await;
    site.get_after(&cancelled, FEEDS, &token).await;
    site.get_after(&cancelled, &visit, &token).await;
    let (_, _, text) = subscribe(&clinic, link).await;
    assert_eq!(events(&text)[0].0, "CANCELLED");

    let feed = format!("{FEEDS}/{}", id(&opened));
    assert_eq!(site.delete(&feed, &other).await.0, 404);
    assert_eq!(site.delete(&feed, &token).await.0, 200);
    let (status, kind, _) = subscribe(&clinic, link).await;
    assert_eq!((status, kind.as_str()), (404, "application/problem+json"));
    clinic.site.close().await;
}

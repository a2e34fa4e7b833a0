//! Parents, and others who have the say for a minor: they handle the minor's visits and record as
//! their own, as long as they have it.

use chrono::{TimeDelta, Utc};
use medilink_domain::values::Role;
use medilink_tests::{Answer, Caller, History, Hospital, Platform, id};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

/// A parent and their child.
struct Family {
    platform: Platform,
    city: Hospital,
    doctor: Uuid,
    parent_id: Uuid,
    parent: Caller,
    child: Uuid,
}

impl Family {
    async fn open() -> Self {
        let platform = platform().await;
        let city = Hospital::open(&platform).await;
        let (doctor, parent_id) = (city.doctor(1).await, city.patient(1).await);
        city.window(doctor, "09:00", "12:00", 30).await;
        let parent = platform.person(parent_id, &[Role::Patient]).await;
        let born = Utc::now().date_naive() - TimeDelta::days(3_650);
        let body = json!({"name": "Arjun Rao", "date_of_birth": born});
        let child = id(&parent.post("/v1/me/dependants", &body).await);
        Self {
            platform,
            city,
            doctor,
            parent_id,
            parent,
            child,
        }
    }

    fn of_child(&self, rest: &str) -> String {
        format!("/v1/patients/{}{rest}", self.child)
    }

    async fn see(&self, caller: &Caller, path: &str) -> Answer {
        let head = self.platform.log().head().await.unwrap();
        caller.get_at(path, head.0).await
    }

    async fn book(&self, caller: &Caller, minute: i64) -> Answer {
        let starts_at = self.city.at(minute);
        let booking = self.city.booking(self.child, self.doctor, starts_at);
        caller.post("/v1/appointments", &booking).await
    }

    async fn dismiss(&self) {
        let desk = &self.city.receptionist;
        let dismiss = desk.request(Method::DELETE, &self.of_child("/guardian"));
        assert_eq!(desk.send(dismiss).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn a_parent_handles_their_childs_visits_and_record_until_dismissed() {
    let family = Family::open().await;
    let (parent, child) = (&family.parent, family.child);
    let dependants = family.see(parent, "/v1/me/dependants").await;
    let listed = &dependants.body["items"];
    assert_eq!(listed[0]["id"], json!(child), "{}", dependants.text);
    assert_eq!(listed[0]["name"], "Arjun Rao");
    assert_eq!(listed.as_array().unwrap().len(), 1);

    let record = family.see(parent, &family.of_child("")).await;
    assert_eq!(record.body["guardian"]["id"], json!(family.parent_id));
    let booked = family.book(parent, 9 * 60).await;
    assert_eq!(booked.status, 201, "{}", booked.text);
    let visit = format!("/v1/appointments/{}", id(&booked));
    assert_eq!(family.see(parent, &visit).await.status, 200);
    let list = family.see(parent, &family.of_child("/appointments")).await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
    let moved = json!({"starts_at": family.city.at(10 * 60)});
    let moved = parent.post(&format!("{visit}/reschedule"), &moved).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    let history = family.of_child("/accesses?language=en");
    let told = family.see(parent, &history).await;
    let items = told.body["items"].as_array().unwrap();
    let as_guardian = |item: &Value| {
        let text = item["text"].as_str().unwrap();
        text.contains("as your guardian")
    };
    assert!(items.iter().any(as_guardian), "{}", told.text);

    // Somebody else's parent is a stranger, also to their visits.
    let other = family
        .platform
        .person(Uuid::now_v7(), &[Role::Patient])
        .await;
    assert_eq!(family.book(&other, 11 * 60).await.status, 404);
    let paths = [
        visit.clone(),
        family.of_child(""),
        family.of_child("/appointments"),
        family.of_child("/notices"),
        history.clone(),
    ];
    for path in &paths {
        assert_eq!(family.see(&other, path).await.status, 404, "{path}");
    }
    let none = family.see(&other, "/v1/me/dependants").await;
    assert_eq!(none.body["items"], json!([]));

    family.dismiss().await;
    for path in &paths {
        assert_eq!(family.see(parent, path).await.status, 404, "{path}");
    }
    let none = family.see(parent, "/v1/me/dependants").await;
    assert_eq!(none.body["items"], json!([]));
    let cancelled = parent.post(&format!("{visit}/cancel"), &json!({})).await;
    assert_eq!(cancelled.status, 404, "{}", cancelled.text);
}

/// What somebody is denied to do is kept as what they are denied to see.
#[tokio::test]
async fn what_is_refused_to_be_done_with_anothers_record_is_in_its_history() {
    let family = Family::open().await;
    let stranger_id = Uuid::now_v7();
    let stranger = family.platform.person(stranger_id, &[Role::Patient]).await;
    let visit = id(&family.book(&family.parent, 9 * 60).await);
    let path = format!("/v1/appointments/{visit}/cancel");
    let cancelled = stranger.post(&path, &json!({})).await;
    assert_eq!(cancelled.status, 404, "{}", cancelled.text);
    assert_eq!(family.book(&stranger, 10 * 60).await.status, 404);

    let history = History::read(&family.platform).await;
    let denied: Vec<Value> = history
        .of("access.denied")
        .map(|event| serde_json::from_slice(&event.payload).unwrap())
        .filter(|denied: &Value| denied["subject"] == json!(family.child))
        .collect();
    let actions: Vec<&Value> = denied.iter().map(|denied| &denied["action"]).collect();
    assert_eq!(actions, ["cancel-appointment", "book-appointment"]);
    let path = family.of_child("/accesses?language=en");
    let told = family.see(&family.parent, &path).await;
    let refused = "wanted to change something about one of your appointments, and was refused";
    assert!(told.text.contains(refused), "{}", told.text);
}

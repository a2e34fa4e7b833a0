//! The waitlist, with the worker's part done by hand.

use chrono::{DateTime, Utc};
use medilink_commands::waitlist::Offer;
use medilink_commands::{Actor, CommandContext};
use medilink_domain::{DoctorId, WaitlistEntryId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clinic::{Clinic, slug};
use crate::site::id;

struct Waiting {
    clinic: Clinic,
    doctor: Uuid,
    patient: Uuid,
    token: String,
    entry: Value,
    starts_at: DateTime<Utc>,
}

impl Waiting {
    /// A patient waits for a doctor today, and a slot is free.
    async fn new() -> Self {
        let clinic = Clinic::open().await;
        let doctor = clinic.doctor().await;
        let (patient, token) = clinic.patient().await;
        let wish = json!({
            "patient": patient, "hospital": clinic.hospital, "doctor": doctor,
            "preferences": [{"from": clinic.today, "until": clinic.today, "opens": "00:00"}],
        });
        let (status, entry) = clinic.site.post("/v1/waitlist", &token, wish).await;
        assert_eq!(status, 201, "{entry}");
        let slots = clinic.slots(&entry, "").await;
        let starts_at = slots[0]["starts_at"].as_str().unwrap().parse().unwrap();
        Self {
            clinic,
            doctor,
            patient,
            token,
            entry,
            starts_at,
        }
    }

    /// Holds the slot for the patient; where the log then is.
    async fn offer(&self) -> Value {
        let offer = Offer {
            entry: WaitlistEntryId(id(&self.entry)),
            doctor: DoctorId(self.doctor),
            starts_at: self.starts_at,
        };
        let context = CommandContext::new(Actor::worker(self.clinic.site.tenant));
        let done = self.clinic.site.executor.execute(&context, &offer).await;
        json!({"position": done.unwrap().position.0})
    }

    /// The entry, as its patient sees it after what was written.
    async fn shown(&self, written: &Value) -> Value {
        let path = format!("/v1/patients/{}/waitlist", self.patient);
        let site = &self.clinic.site;
        let (status, list) = site.get_after(written, &path, &self.token).await;
        assert_eq!(status, 200, "{list}");
        list["items"][0].clone()
    }

    /// Whether anyone else could book the slot after what was written.
    async fn is_free(&self, written: &Value) -> bool {
        let slots = self.clinic.slots(written, "").await;
        slots
            .iter()
            .any(|slot| slot["starts_at"].as_str().unwrap().parse() == Ok(self.starts_at))
    }

    async fn answer(&self, how: &str, appointment: &Value) -> (u16, Value) {
        let path = format!("/v1/waitlist/{}/{how}", id(&self.entry));
        let body = json!({"appointment": appointment});
        self.clinic.site.post(&path, &self.token, body).await
    }
}

#[tokio::test]
async fn an_accepted_offer_becomes_an_appointment() {
    let waiting = Waiting::new().await;
    let site = &waiting.clinic.site;
    let shown = waiting.shown(&waiting.entry).await;
    assert_eq!(
        (&shown["state"], &shown["offer"], &shown["mode"]),
        (&json!("waiting"), &Value::Null, &json!("in_person")),
        "{shown}"
    );
    assert_eq!(shown["preferences"][0]["opens"], "00:00");
    let offered = waiting.offer().await;
    assert!(!waiting.is_free(&offered).await, "the slot is held");
    let shown = waiting.shown(&offered).await;
    assert_eq!(shown["state"], "offered");
    let appointment = &shown["offer"]["appointment"];
    let (status, wrong) = waiting.answer("accept", &json!(Uuid::now_v7())).await;
    assert_eq!(
        (status, slug(&wrong), &wrong["field"]),
        (409, "no-such-offer", &json!("/appointment"))
    );
    let (status, accepted) = waiting.answer("accept", appointment).await;
    assert_eq!((status, &accepted["id"]), (201, appointment), "{accepted}");
    let visit = format!("/v1/appointments/{}", id(&accepted));
    let (status, read) = site.get_after(&accepted, &visit, &waiting.token).await;
    assert_eq!((status, &read["status"]), (200, &json!("booked")), "{read}");
    let shown = waiting.shown(&accepted).await;
    assert_eq!(
        (&shown["state"], &shown["appointment"]),
        (&json!("accepted"), appointment)
    );
    waiting.clinic.site.close().await;
}

#[tokio::test]
async fn a_declined_offer_is_passed_on_and_who_leaves_waits_no_more() {
    let waiting = Waiting::new().await;
    let site = &waiting.clinic.site;
    let shown = waiting.shown(&waiting.offer().await).await;
    let (status, declined) = waiting
        .answer("decline", &shown["offer"]["appointment"])
        .await;
    assert_eq!(status, 200, "{declined}");
    assert!(waiting.is_free(&declined).await, "the slot is passed on");
    assert_eq!(waiting.shown(&declined).await["state"], "waiting");
    let (_, stranger) = waiting.clinic.patient().await;
    let entry = format!("/v1/waitlist/{}", id(&waiting.entry));
    assert_eq!(site.delete(&entry, &stranger).await.0, 404);
    let list = format!("/v1/patients/{}/waitlist", waiting.patient);
    assert_eq!(site.get(&list, &stranger).await.0, 404);
    let (status, left) = site.delete(&entry, &waiting.token).await;
    assert_eq!(status, 200, "{left}");
    assert_eq!(waiting.shown(&left).await["state"], "left");
    let (status, over) = site.delete(&entry, &waiting.token).await;
    assert_eq!((status, slug(&over)), (409, "wait-is-over"));
    waiting.clinic.site.close().await;
}

//! Who sees a patient's data: by role where it is, by the patient's consent, and not any more
//! once that is taken back. Each try is in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{TimeDelta, Utc};
use futures::StreamExt;
use medilink_commands::staff::{GiveRole, TakeRole};
use medilink_commands::{Actor, CommandContext};
use medilink_domain::values::Role;
use medilink_domain::{HospitalId, StaffId};
use medilink_log::RecordedEvent;
use medilink_tests::{Caller, History, Hospital, Newcomer, Platform, id};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::platform;

/// How many reads are under way while the consent is taken back.
const READS: usize = 1_000;
const AT_ONCE: usize = 32;

/// A patient with two visits at one hospital, and a doctor of another one.
struct World {
    platform: Platform,
    city: Hospital,
    other: Hospital,
    doctor: Caller,
    doctor_id: Uuid,
    patient: Caller,
    patient_id: Uuid,
    /// The earlier and the later visit.
    visits: [Uuid; 2],
    /// The position of the last of them.
    booked: u64,
}

impl World {
    async fn open() -> Self {
        let platform = platform().await;
        let (city, other) = (
            Hospital::open(&platform).await,
            Hospital::open(&platform).await,
        );
        let (here, doctor_id) = (city.doctor(1).await, other.doctor(2).await);
        city.window(here, "09:00", "12:00", 60).await;
        let asha = Newcomer::register(&platform).await;
        let first = city.book(asha.person, here, 9 * 60).await;
        let second = city.book(asha.person, here, 11 * 60).await;
        Self {
            doctor: platform.person(doctor_id, &[Role::Doctor]).await,
            patient: asha.sign_in(&platform).await.caller(&platform),
            patient_id: asha.person,
            visits: [id(&first), id(&second)],
            booked: second.position(),
            doctor_id,
            city,
            other,
            platform,
        }
    }

    fn list(&self) -> String {
        format!("/v1/patients/{}/appointments", self.patient_id)
    }

    /// To the doctor, for what takes place up to ten o'clock of the day.
    async fn grant(&self) -> Uuid {
        let body = json!({
            "grantee": {"kind": "person", "id": self.doctor_id}, "purpose": "CAREMGT",
            "types": ["op-consultation"], "mode": "view",
            "from": Utc::now() - TimeDelta::days(365), "to": self.city.at(10 * 60),
            "expires_at": Utc::now() + TimeDelta::days(30),
        });
        let path = format!("/v1/patients/{}/consents", self.patient_id);
        id(&self.patient.post(&path, &body).await)
    }

    async fn revoke(&self, consent: Uuid) -> u64 {
        let path = format!("/v1/consents/{consent}/revoke");
        let revoked = self.patient.post(&path, &json!({})).await;
        assert_eq!(revoked.status, 200, "{}", revoked.text);
        revoked.position()
    }

    async fn status(&self, path: &str) -> u16 {
        self.doctor.get_at(path, self.booked).await.status
    }
}

fn payload(event: &RecordedEvent) -> Value {
    serde_json::from_slice(&event.payload).unwrap()
}

fn metadata(event: &RecordedEvent) -> Value {
    serde_json::from_slice(&event.metadata).unwrap()
}

fn ids(list: &Value) -> Vec<Uuid> {
    let items = list["items"].as_array().unwrap();
    let id = |item: &Value| item["id"].as_str().unwrap().parse().unwrap();
    items.iter().map(id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_doctor_of_another_hospital_reads_what_the_patient_consents_to_and_nothing_else() {
    let world = World::open().await;
    let [first, second] = world
        .visits
        .map(|visit| format!("/v1/appointments/{visit}"));
    let seen = world.patient.get_at(&world.list(), world.booked).await;
    assert_eq!(ids(&seen.body).len(), 2);
    let all = [
        world.list(),
        first.clone(),
        second.clone(),
        format!("/v1/patients/{}", world.patient_id),
        format!("/v1/patients/{}/waitlist", world.patient_id),
        format!("/v1/patients/{}/notices", world.patient_id),
    ];
    for path in &all {
        assert_eq!(world.status(path).await, 404, "{path}");
    }
    let consent = world.grant().await;
    let list = world.doctor.get(&world.list()).await.unwrap();
    assert_eq!(list.status, 200, "{}", list.text);
    assert_eq!(ids(&list.body), [world.visits[0]]);
    assert_eq!(list.body.get("next"), None, "the rest isn't counted either");
    assert_eq!(world.status(&first).await, 200);
    for path in &all[2..] {
        assert_eq!(world.status(path).await, 404, "{path}");
    }
    // Consent is to look, not to do.
    let cancel = format!("{first}/cancel");
    let cancelled = world.doctor.post(&cancel, &json!({})).await;
    assert_eq!(cancelled.status, 404, "{}", cancelled.text);

    let revoked = world.revoke(consent).await;
    for path in &all {
        assert_eq!(world.status(path).await, 404, "{path}");
    }
    let history = History::read(&world.platform).await;
    let doctor = world.doctor_id.to_string();
    let own = |event: &&RecordedEvent| metadata(event)["actor"] == doctor;
    let reads: Vec<_> = history.of("access.recorded").filter(own).collect();
    assert_eq!(reads.len(), 2);
    for read in reads {
        assert_eq!(payload(read)["consents"], json!([consent]));
        assert_eq!(payload(read)["subject"], json!(world.patient_id));
        assert!(read.position.0 < revoked);
        let allowed_by = "who-gives-care-reads-what-the-patient-consents-to";
        assert_eq!(metadata(read)["decided_by"], json!([allowed_by]));
    }
    let denied: Vec<_> = history
        .of("access.denied")
        .filter(own)
        .map(payload)
        .collect();
    // Each read, and the change.
    assert_eq!(denied.len(), all.len() + (all.len() - 2) + 1 + all.len());
    assert!(
        denied
            .iter()
            .all(|denied| denied["subject"] == json!(world.patient_id))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_read_under_a_consent_that_is_taken_back_amid_a_thousand_reads() {
    let world = Arc::new(World::open().await);
    let consent = world.grant().await;
    assert_eq!(world.status(&world.list()).await, 200);
    let over = Arc::new(AtomicBool::new(false));
    let reads = futures::stream::iter(0..READS).map(|number| {
        let (world, over) = (world.clone(), over.clone());
        async move {
            if number == READS / 2 {
                world.revoke(consent).await;
                over.store(true, Ordering::SeqCst);
                return None;
            }
            let late = over.load(Ordering::SeqCst);
            let answer = world.doctor.get(&world.list()).await.unwrap();
            Some((late, answer.status))
        }
    });
    let answers: Vec<(bool, u16)> = reads
        .buffer_unordered(AT_ONCE)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert_eq!(answers.len(), READS - 1);
    assert!(answers.contains(&(false, 200)) && answers.contains(&(true, 404)));
    for (late, status) in &answers {
        assert!(matches!(status, 200 | 404), "{status}");
        assert!(!late || *status == 404, "answered after it was taken back");
    }
    let history = History::read(&world.platform).await;
    let revoked = history.of("consent.revoked").next().unwrap().position;
    let under_it = history
        .of("access.recorded")
        .filter(|event| payload(event)["consents"] == json!([consent]));
    let mut shown = 0;
    for read in under_it {
        assert!(
            read.position < revoked,
            "{} is after {revoked}",
            read.position
        );
        shown += 1;
    }
    let answered = answers.iter().filter(|(_, status)| *status == 200).count();
    assert_eq!(shown, answered + 1, "what was shown is what was recorded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_at_a_hospital_reaches_what_is_there_until_it_is_taken() {
    let world = World::open().await;
    let executor = world.platform.executor().await;
    let clerk = Newcomer::register(&world.platform).await;
    let tokens = clerk.sign_in_fully(&world.platform).await;
    let calls = tokens.caller(&world.platform);
    let board = |hospital: &Hospital| {
        format!(
            "/v1/hospitals/{}/board?date={}",
            hospital.hospital, hospital.date
        )
    };
    let status = async |path: &str| calls.get(path).await.unwrap().status;
    assert_eq!(status(&board(&world.city)).await, 403);

    let console = CommandContext::new(Actor::console(world.platform.tenant));
    let give = GiveRole {
        staff: StaffId(clerk.person),
        role: Role::Receptionist,
        hospital: Some(HospitalId(world.city.hospital)),
        department: None,
        until: None,
    };
    executor.execute(&console, &give).await.unwrap();
    assert_eq!(status(&board(&world.city)).await, 200);
    assert_eq!(status(&board(&world.other)).await, 403);
    assert_eq!(status(&world.list()).await, 200);
    assert_eq!(
        status(&format!("/v1/patients/{}", world.patient_id)).await,
        200
    );

    // The other hospital does not know this patient, and neither does its front desk.
    let elsewhere = GiveRole {
        hospital: Some(HospitalId(world.other.hospital)),
        ..give.clone()
    };
    let take = TakeRole {
        staff: give.staff,
        role: give.role,
        hospital: give.hospital,
        reason: "left-the-hospital".parse().unwrap(),
    };
    let again = CommandContext::new(Actor::console(world.platform.tenant));
    executor.execute(&again, &elsewhere).await.unwrap();
    let last = CommandContext::new(Actor::console(world.platform.tenant));
    executor.execute(&last, &take).await.unwrap();
    assert_eq!(status(&board(&world.city)).await, 403);
    assert_eq!(status(&board(&world.other)).await, 200);
    assert_eq!(status(&world.list()).await, 404);
    assert_eq!(
        status(&format!("/v1/patients/{}", world.patient_id)).await,
        404
    );
    let cancel = format!("/v1/appointments/{}/cancel", world.visits[0]);
    assert_eq!(calls.post(&cancel, &json!({})).await.status, 404);
}

/// The read itself would go well: read models and log are tables of their own.
#[tokio::test]
async fn what_cannot_be_recorded_is_not_read() {
    let world = World::open().await;
    let [visit, _] = world.visits;
    let paths = [
        format!("/v1/appointments/{visit}"),
        world.list(),
        format!("/v1/patients/{}", world.patient_id),
    ];
    let hospital = format!("/v1/hospitals/{}", world.city.hospital);
    for path in &paths {
        let answer = world.patient.get_at(path, world.booked).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    let [main, _] = world.platform.superuser_urls();
    let (superuser, connection) = tokio_postgres::connect(&main, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    superuser
        .batch_execute(
            "CREATE FUNCTION log.refuse() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'the log takes nothing' USING ERRCODE = '53100'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON log.events
                 FOR EACH STATEMENT EXECUTE FUNCTION log.refuse()",
        )
        .await
        .unwrap();
    for path in &paths {
        let answer = world.patient.get(path).await.unwrap();
        assert_eq!(answer.status, 503, "{path}: {}", answer.text);
        for shown in [&world.patient_id, &visit].map(ToString::to_string) {
            assert!(!answer.text.contains(&shown), "{path}: {}", answer.text);
        }
    }
    // What is nobody's is read as ever.
    assert_eq!(world.patient.get(&hospital).await.unwrap().status, 200);
    superuser
        .batch_execute("DROP TRIGGER refuse ON log.events; DROP FUNCTION log.refuse")
        .await
        .unwrap();
    for path in &paths {
        let answer = world.patient.get(path).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
}

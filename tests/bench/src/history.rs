//! A long log: appointments that were booked, moved twice and called off, each event personal
//! and sealed under its patient's key, as in production.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use medilink_domain::appointment::{Appointment, AppointmentEvent};
use medilink_domain::{AppointmentId, Decider, Event, SubjectId};
use medilink_log::{Append, EventCodec, LogWriter, Metadata, StreamWrite};
use medilink_test_support::TestStore;
use serde_json::Value;
use uuid::Uuid;

use crate::ours::TENANT;
use crate::report::say;

/// What happens to each appointment, one event each.
const STORY: [&str; 4] = [
    "appointment.booked",
    "appointment.rescheduled",
    "appointment.rescheduled",
    "appointment.cancelled",
];
/// How many people the appointments are spread over.
const PATIENTS: u64 = 25_000;
/// How many appointments one append writes while filling, and how many appends wait.
const TOGETHER: u64 = 25;
const APPENDS: usize = 32;

/// The examples that are shipped with the domain: they decode in every release.
static EXAMPLES: LazyLock<[Value; 4]> = LazyLock::new(|| {
    let [booked, rescheduled, cancelled] = [
        include_str!("../../../domain/fixtures/appointment.booked/v1.json"),
        include_str!("../../../domain/fixtures/appointment.rescheduled/v1.json"),
        include_str!("../../../domain/fixtures/appointment.cancelled/v1.json"),
    ]
    .map(|example| serde_json::from_str::<Value>(example).unwrap());
    [booked, rescheduled.clone(), rescheduled, cancelled]
});

/// A log that only grows.
#[derive(Debug)]
pub struct History {
    /// Where it is.
    pub store: TestStore,
    appointments: u64,
}

impl History {
    /// An empty one, with tables for read models.
    pub async fn create() -> Self {
        let store = TestStore::create().await;
        medilink_projections::migrate(&store.owner()).await.unwrap();
        Self {
            store,
            appointments: 0,
        }
    }

    /// How many events it has.
    pub const fn events(&self) -> u64 {
        self.appointments * STORY.len() as u64
    }

    /// How many appointments these are of.
    pub const fn appointments(&self) -> u64 {
        self.appointments
    }

    /// Goes on until it has so many events.
    pub async fn grow_to(&mut self, events: u64) {
        let wanted = events / STORY.len() as u64;
        if wanted <= self.appointments {
            return;
        }
        say(format_args!(
            "filling a log with appointments, from {} to {} events",
            self.events(),
            wanted * STORY.len() as u64
        ));
        let codec = EventCodec::new(self.store.vault.clone());
        let (writer, _) = LogWriter::start(self.store.app.clone(), Vec::new());
        let starts = (self.appointments..wanted).step_by(TOGETHER as usize);
        futures::stream::iter(starts)
            .map(|start| {
                let numbers = start..wanted.min(start + TOGETHER);
                let (codec, writer) = (codec.clone(), writer.clone());
                tokio::spawn(async move {
                    let append = append(&codec, numbers).await;
                    writer.append(append).await.unwrap();
                })
            })
            .buffer_unordered(APPENDS)
            .for_each(|done| async { done.unwrap() })
            .await;
        self.appointments = wanted;
    }
}

/// The ids of an appointment and of its patient.
pub const fn people(number: u64) -> (AppointmentId, Uuid) {
    (
        AppointmentId(Uuid::from_u128(0xa000 << 64 | number as u128)),
        Uuid::from_u128(0xb000 << 64 | (number % PATIENTS) as u128),
    )
}

/// What happens to one appointment.
pub fn story(number: u64) -> Vec<AppointmentEvent> {
    let (appointment, patient) = people(number);
    let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(30_000_000 + number as i64);
    let events = STORY.iter().zip(EXAMPLES.iter());
    events
        .map(|(kind, example)| {
            let mut event = example.clone();
            event["appointment"] = appointment.to_string().into();
            if event.get("patient").is_some() {
                event["patient"] = patient.to_string().into();
            }
            if event.get("starts_at").is_some() {
                event["starts_at"] = at.to_rfc3339().into();
                event["ends_at"] = (at + TimeDelta::minutes(30)).to_rfc3339().into();
            }
            AppointmentEvent::decode(kind, 1, event.to_string().as_bytes()).unwrap()
        })
        .collect()
}

/// The audit part as the executor writes it.
pub fn metadata() -> Metadata {
    let request = Uuid::now_v7();
    Metadata {
        actor: Uuid::nil().to_string(),
        role: "administrator operator receptionist".to_owned(),
        request: Some(request),
        correlation: Some(request),
        policy_set: Some("5e".repeat(32)),
        decided_by: vec!["reception-books".to_owned()],
        ..Metadata::default()
    }
}

async fn append(codec: &EventCodec, numbers: std::ops::Range<u64>) -> Append {
    let mut writes = Vec::new();
    for number in numbers {
        let (appointment, patient) = people(number);
        let stream = Appointment::stream(&appointment);
        let mut events = Vec::new();
        for (event, version) in story(number).iter().zip(1..) {
            let sealing = codec.encode(TENANT, &stream, version, Some(SubjectId(patient)), event);
            events.push(sealing.await.unwrap());
        }
        writes.push(StreamWrite {
            stream,
            expected: 0,
            events,
        });
    }
    Append {
        tenant: TENANT,
        writes,
        guards: Vec::new(),
        claims: Vec::new(),
        releases: Vec::new(),
        receipt: None,
        metadata: metadata(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_one_that_the_domain_knows() {
        let mut state = Appointment::default();
        for event in story(7) {
            state.evolve(&event);
        }
        let (_, patient) = people(7);
        assert_eq!(state.subject(), Some(SubjectId(patient)));
        assert!(story(7).iter().map(|event| event.kind().name).eq(STORY));
    }
}

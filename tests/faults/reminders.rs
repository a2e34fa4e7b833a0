//! Appointments of tomorrow, whose reminders come due in the midst of it all; and whether each
//! reminder exists once.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use medilink_domain::calendar::CalendarEvent;
use medilink_domain::reminder::usual_reminder;
use medilink_domain::{AppointmentId, Event};
use medilink_projections::reminder::notice_of;
use medilink_tests::{History, Hospital, id};
use serde_json::json;
use uuid::Uuid;

use crate::ledger::{Ledger, What};

/// How many come due at the same minute.
const AT_ONCE: u32 = 6;
/// What preparing them may take.
const PREPARATION: TimeDelta = TimeDelta::seconds(12);

/// Who books them, batch after batch.
pub struct Planner {
    pub city: Hospital,
    pub ledger: Ledger,
    doctors: u32,
}

/// Appointments that start at the same time.
pub struct Batch {
    starts_at: DateTime<Utc>,
    appointments: Vec<Uuid>,
}

impl Batch {
    /// When they are to be reminded of.
    pub fn due(&self) -> DateTime<Utc> {
        self.starts_at - TimeDelta::days(1)
    }
}

impl Planner {
    pub const fn new(city: Hospital, ledger: Ledger) -> Self {
        Self {
            city,
            ledger,
            doctors: 1_000_000,
        }
    }

    /// Books a batch whose reminders are due within a minute or so.
    pub async fn book(&mut self) -> Batch {
        let soonest = Utc::now() + TimeDelta::days(1) + PREPARATION;
        let minute = soonest.with_second(0).unwrap().with_nanosecond(0).unwrap();
        let starts_at = minute + TimeDelta::minutes(1);
        let city = self.city.another_for(starts_at).await;
        let mut appointments = Vec::new();
        for _ in 0..AT_ONCE {
            self.doctors += 1;
            let doctor = city.doctor(self.doctors).await;
            city.slot(doctor, starts_at).await;
            let patient = city.patient(self.doctors).await;
            let body = city.booking(patient, doctor, starts_at);
            let booked =
                self.ledger
                    .insist(&city.receptionist, What::Book, "/v1/appointments", &body);
            appointments.push(id(&booked.await));
        }
        Batch {
            starts_at,
            appointments,
        }
    }

    /// Goes on after the first batch until the ledger is closed. What is not due then is
    /// called off, so that the log becomes quiet.
    pub async fn work(mut self, first: Batch) {
        let mut batch = first;
        loop {
            while Utc::now() < batch.due() {
                if self.ledger.is_closed() {
                    return self.call_off(&batch).await;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            if self.ledger.is_closed() {
                return;
            }
            batch = self.book().await;
        }
    }

    async fn call_off(&self, batch: &Batch) {
        for appointment in &batch.appointments {
            let path = format!("/v1/appointments/{appointment}/cancel");
            self.ledger
                .insist(&self.city.receptionist, What::Cancel, &path, &json!({}))
                .await;
        }
    }
}

/// The notices that must be there by now: of each appointment that still stands and whose
/// reminder was due at least this long ago.
pub fn expected(history: &History, ago: TimeDelta) -> HashSet<String> {
    let mut standing: HashMap<AppointmentId, (DateTime<Utc>, DateTime<Utc>)> = HashMap::new();
    for_each_slot(history, |recorded_at, event| match event {
        CalendarEvent::SlotReserved(slot) => {
            standing.insert(slot.appointment, (recorded_at, slot.starts_at));
        }
        CalendarEvent::SlotReleased(slot) => {
            let there = standing.get(&slot.appointment);
            if there.is_some_and(|(_, starts_at)| *starts_at == slot.starts_at) {
                standing.remove(&slot.appointment);
            }
        }
        CalendarEvent::WindowOpened(_)
        | CalendarEvent::WindowClosed(_)
        | CalendarEvent::RemindersSet(_) => {}
    });
    let now = Utc::now() - ago;
    let due = standing.into_iter().filter(|(_, (booked_at, starts_at))| {
        usual_reminder(*booked_at, *starts_at).is_some_and(|due| due <= now)
    });
    due.map(|(appointment, (_, starts_at))| stream(appointment, starts_at))
        .collect()
}

/// How many reminders there are.
///
/// # Panics
/// When one is there twice, or is of no appointment.
pub fn assert_each_once(history: &History) -> usize {
    let mut possible = HashSet::new();
    for_each_slot(history, |_, event| {
        if let CalendarEvent::SlotReserved(slot) = event {
            possible.insert(stream(slot.appointment, slot.starts_at));
        }
    });
    let mut seen = HashSet::new();
    for written in history.of("notice.written") {
        assert!(
            possible.contains(&written.stream),
            "{} reminds of nothing",
            written.stream
        );
        assert!(
            seen.insert(&written.stream),
            "{} was written twice",
            written.stream
        );
    }
    seen.len()
}

fn stream(appointment: AppointmentId, starts_at: DateTime<Utc>) -> String {
    format!("notice-{}", notice_of(appointment, starts_at, None))
}

fn for_each_slot(history: &History, mut visit: impl FnMut(DateTime<Utc>, CalendarEvent)) {
    for event in &history.events {
        if event.stream.starts_with("calendar-") {
            let decoded = CalendarEvent::decode(&event.kind, event.schema_version, &event.payload);
            visit(event.recorded_at, decoded.unwrap());
        }
    }
}

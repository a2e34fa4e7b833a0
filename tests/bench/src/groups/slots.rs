//! `slot_search_p99`: how long 64 callers wait who search for free slots over a thousand
//! doctors and ninety days through the gateway of a platform that is running, one search after
//! the other, while others book at an even pace. `slot_search` is how many they get a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Days, Utc};
use futures::StreamExt;
use medilink_domain::values::Role;
use medilink_tests::{Hospital, Options, Platform, id, settle};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Bench;
use crate::client::{Call, Callee};
use crate::report::{Line, say};
use crate::rounds::{median, scatter};
use crate::site::{AT_ONCE, CATCH_UP, binary};

const IN_FLIGHT: usize = 64;
const HOSPITALS: u64 = 10;
const SPECIALTIES: [&str; 5] = [
    "Cardiology",
    "Dermatology",
    "General medicine",
    "Orthopaedics",
    "Paediatrics",
];
/// In each department.
const DOCTORS: u64 = 20;
const LANGUAGES: [&[&str]; 4] = [&["en"], &["en", "hi"], &["hi", "pa"], &["en", "hi", "pa"]];
/// How far ahead people search.
const DAYS: u64 = 90;
const PATIENTS: u64 = 2_000;
const BOOKINGS_PER_SECOND: u64 = 50;
/// A morning and an afternoon in quarters of an hour.
const SLOTS: u64 = 28;

/// Whom one can look for.
struct Network {
    platform: Platform,
    city: Hospital,
    callee: Callee,
    hospitals: Vec<Uuid>,
    departments: Vec<Uuid>,
    doctors: Vec<Uuid>,
    patients: Vec<Uuid>,
}

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let network = Arc::new(Network::open().await);
    let requests = bench.scale.requests;
    say("warming up");
    network
        .callee
        .send(network.searches(0, requests / 10), IN_FLIGHT)
        .await;
    let (mut rates, mut tails) = (Vec::new(), Vec::new());
    for round in 1..=bench.scale.rounds {
        let over = Arc::new(AtomicBool::new(false));
        let booking = tokio::spawn(book(network.clone(), round, over.clone()));
        let run = network
            .callee
            .send(network.searches(round, requests), IN_FLIGHT)
            .await;
        over.store(true, Ordering::Relaxed);
        let booked = booking.await.unwrap();
        say(format_args!(
            "slot_search, round {round}: {run}, {booked} bookings meanwhile"
        ));
        rates.push(run.rate);
        tails.push(run.percentile(0.99));
    }
    bench
        .report
        .record("slot_search", Line::alone(median(rates), "searches/s"));
    bench
        .report
        .record("slot_search_p99", Line::alone(median(tails), "ms"));
}

/// Books slots of doctors all over, second by second; returns how many.
async fn book(network: Arc<Network>, round: u64, over: Arc<AtomicBool>) -> u64 {
    let mut booked = 0;
    while !over.load(Ordering::Relaxed) {
        let calls =
            (booked..booked + BOOKINGS_PER_SECOND).map(|number| network.booking(round, number));
        let connections = 4;
        network
            .callee
            .pace(calls.collect(), BOOKINGS_PER_SECOND, connections)
            .await;
        booked += BOOKINGS_PER_SECOND;
    }
    booked
}

impl Network {
    async fn open() -> Self {
        say("starting PostgreSQL, NATS, gateway, projector, relay and worker");
        let platform = Platform::start(binary(), Options::default().durable()).await;
        let token = platform
            .token_in(platform.tenant, Uuid::now_v7(), &[Role::Receptionist])
            .await;
        let callee = Callee {
            address: platform.address(),
            token,
        };
        let departments = HOSPITALS * SPECIALTIES.len() as u64;
        say(format_args!(
            "setting up {} doctors for {DAYS} days",
            departments * DOCTORS
        ));
        let city = Hospital::open(&platform).await;
        let mut network = Self {
            platform,
            city,
            callee,
            hospitals: Vec::new(),
            departments: Vec::new(),
            doctors: Vec::new(),
            patients: Vec::new(),
        };
        for number in 0..HOSPITALS {
            let body = json!({"name": format!("Hospital {number}"), "time_zone": "Asia/Kolkata"});
            let hospital = network.administrate("/v1/hospitals", &body).await;
            for specialty in SPECIALTIES {
                let path = format!("/v1/hospitals/{hospital}/departments");
                let body = json!({"name": specialty, "specialty": specialty});
                let department = network.administrate(&path, &body).await;
                network.departments.push(department);
            }
            network.hospitals.push(hospital);
        }
        network.doctors = futures::stream::iter(0..departments * DOCTORS)
            .map(|number| network.doctor(number))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        network.patients = futures::stream::iter(0..PATIENTS)
            .map(|number| network.city.patient(number as u32))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        settle(&network.platform, CATCH_UP).await;
        network
    }

    async fn administrate(&self, path: &str, body: &Value) -> Uuid {
        id(&self.city.administrator.persist(path, body).await)
    }

    /// A doctor who receives from Monday to Saturday.
    async fn doctor(&self, number: u64) -> Uuid {
        let department = number / DOCTORS;
        let languages = LANGUAGES[number as usize % LANGUAGES.len()];
        let body = json!({
            "hospital": self.hospitals[(department / SPECIALTIES.len() as u64) as usize],
            "department": self.departments[department as usize],
            "name": format!("Dr {number}"), "registration_number": format!("R-{number}"),
            "languages": languages,
        });
        let doctor = self.administrate("/v1/doctors", &body).await;
        let mut hours = Vec::new();
        for weekday in [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
        ] {
            for (opens, closes) in [("09:00", "13:00"), ("14:00", "17:00")] {
                hours.push(json!({
                    "weekday": weekday, "opens": opens, "closes": closes, "slot_minutes": 15,
                }));
            }
        }
        let from = Utc::now().date_naive() + Days::new(1);
        let path = format!("/v1/doctors/{doctor}/schedule/weeks/{from}");
        let administrator = &self.city.administrator;
        let request = administrator
            .request(Method::PUT, &path)
            .json(&json!({"hours": hours}));
        let answer = administrator
            .send(request)
            .await
            .expect("the gateway answers");
        assert_eq!(answer.status, 200, "{}", answer.text);
        doctor
    }

    /// What people look for: mostly a specialty, a hospital's, in their language; sometimes a
    /// doctor whom they know; sometimes just anyone.
    fn searches(&self, round: u64, count: u64) -> Vec<Call> {
        let searches = (0..count).map(|number| {
            let random = scatter(round << 32 | number);
            let pick = |of: &[Uuid], salt: u64| of[scatter(random ^ salt) as usize % of.len()];
            let specialty = SPECIALTIES[scatter(random ^ 1) as usize % SPECIALTIES.len()];
            let specialty = specialty.replace(' ', "%20");
            let wish = match random % 10 {
                0..4 => format!(
                    "specialty={specialty}&hospital={}",
                    pick(&self.hospitals, 2)
                ),
                4..6 => format!("specialty={specialty}&language=pa"),
                6..7 => format!("department={}", pick(&self.departments, 3)),
                7..9 => format!("doctor={}", pick(&self.doctors, 4)),
                _ => "mode=video".to_owned(),
            };
            let from = Utc::now() + Days::new(scatter(random ^ 5) % (DAYS - 7));
            let to = from + Days::new(7);
            let instant = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ");
            let (from, to) = (instant(from), instant(to));
            Call::get(format!("/v1/slots?from={from}&to={to}&limit=20&{wish}"))
        });
        searches.collect()
    }

    /// A booking of a slot that no other booking asks for.
    fn booking(&self, round: u64, number: u64) -> Call {
        let (doctors, patients) = (self.doctors.len() as u64, self.patients.len() as u64);
        let (doctor, turn) = (number % doctors, number / doctors);
        assert!(turn < SLOTS, "a day has {SLOTS} slots");
        // One week after the other; a Wednesday, whatever day it is.
        let monday = Utc::now()
            .date_naive()
            .week(chrono::Weekday::Mon)
            .first_day();
        let date = monday + Days::new(7 * round + 2);
        let minutes = if turn < 16 {
            540 + 15 * turn
        } else {
            840 + 15 * (turn - 16)
        };
        // India's clock is five and a half hours ahead.
        let starts_at = date.and_time(chrono::NaiveTime::MIN).and_utc()
            + chrono::TimeDelta::minutes(minutes as i64 - 330);
        let body = json!({
            "patient": self.patients[(number % patients) as usize],
            "doctor": self.doctors[doctor as usize],
            "starts_at": starts_at,
        });
        Call::post("/v1/appointments", body.to_string())
    }
}

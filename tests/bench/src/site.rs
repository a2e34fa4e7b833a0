//! A whole platform of processes on servers that sync to disk, with doctors who can be booked.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Days, Utc};
use futures::StreamExt;
use medilink_domain::values::Role;
use medilink_tests::{Hospital, Options, Platform};
use uuid::Uuid;

use crate::report::say;

/// How many slots a doctor's day has.
const SLOTS: u64 = 40;
/// From midnight to 10:00.
const SLOT_MINUTES: u32 = 15;
/// Days on which a doctor receives.
const DAYS: u64 = 7;
/// How many people come: so many that each has a few visits, not hundreds.
const PATIENTS: u32 = 5_000;
/// How many requests set it up at once.
pub const AT_ONCE: usize = 16;

/// How long the read models may take to catch up.
pub const CATCH_UP: Duration = Duration::from_secs(120);

/// The platform and who is in it.
pub struct Site {
    /// The processes.
    pub platform: Platform,
    /// A receptionist's token.
    pub token: String,
    /// The doctors.
    pub doctors: Vec<Uuid>,
    patients: Vec<Uuid>,
    days: Vec<Hospital>,
    booked: u64,
}

impl Site {
    /// Sets up one with room for so many bookings.
    pub async fn open(bookings: u64) -> Self {
        Self::of(binary(), 1, bookings).await
    }

    /// The same of another binary, with so many processes of each part.
    pub async fn of(binary: PathBuf, copies: u8, bookings: u64) -> Self {
        say("starting PostgreSQL, NATS, gateway, projector, relay and worker");
        let options = Options::default().durable().copies(copies);
        let platform = Platform::start(binary, options).await;
        let token = platform
            .token_in(platform.tenant, Uuid::now_v7(), &[Role::Receptionist])
            .await;
        let doctors = bookings.div_ceil(SLOTS * DAYS).max(64) as u32;
        say(format_args!(
            "setting up {doctors} doctors, {DAYS} days each, and {PATIENTS} patients"
        ));
        let hospital = Hospital::open(&platform).await;
        let days: Vec<Hospital> = (0..DAYS)
            .map(|day| {
                let mut later = hospital.clone();
                later.date = hospital.date + Days::new(day);
                later
            })
            .collect();
        let doctors = futures::stream::iter(0..doctors)
            .map(|number| {
                let days = &days;
                async move {
                    let doctor = days[0].doctor(number).await;
                    for day in days {
                        day.window(doctor, "00:00", "10:00", SLOT_MINUTES).await;
                    }
                    doctor
                }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let patients = futures::stream::iter(0..PATIENTS)
            .map(|number| days[0].patient(number))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        Self {
            platform,
            token,
            doctors,
            patients,
            days,
            booked: 0,
        }
    }

    /// The bodies of the next bookings: each a free slot, of one doctor after the other, so
    /// that bookings which are under way together rarely meet in one calendar.
    ///
    /// # Panics
    /// When there are no more.
    pub fn bookings(&mut self, count: u64) -> Vec<Booking> {
        let days = self.doctors.len() as u64 * DAYS;
        let bookings = (self.booked..self.booked + count).map(|number| {
            let (calendar, slot) = (number % days, number / days);
            assert!(
                slot < SLOTS,
                "the site has room for {} bookings",
                days * SLOTS
            );
            let day = &self.days[(calendar % DAYS) as usize];
            Booking {
                patient: self.patients[number as usize % self.patients.len()],
                doctor: self.doctors[(calendar / DAYS) as usize],
                starts_at: day.at(slot as i64 * i64::from(SLOT_MINUTES)),
            }
        });
        let bookings = bookings.collect();
        self.booked += count;
        bookings
    }

    /// A connection to the platform's main database that may do everything.
    ///
    /// # Panics
    /// When the database doesn't answer.
    pub async fn superuser(&self) -> tokio_postgres::Client {
        let [main, _] = self.platform.superuser_urls();
        let (client, connection) = tokio_postgres::connect(&main, tokio_postgres::NoTls)
            .await
            .expect("PostgreSQL answers");
        tokio::spawn(connection);
        client
    }

    /// The path of a doctor's free slots of one day.
    pub fn slots(&self, doctor: Uuid) -> String {
        self.days[0].slots(doctor)
    }
}

/// A slot for someone.
#[derive(Clone, Copy, Debug)]
pub struct Booking {
    patient: Uuid,
    doctor: Uuid,
    starts_at: DateTime<Utc>,
}

impl Booking {
    /// The body of the request.
    pub fn body(&self) -> String {
        serde_json::json!({
            "patient": self.patient,
            "doctor": self.doctor,
            "starts_at": self.starts_at,
            "reason": "headache since Tuesday, no fever",
        })
        .to_string()
    }
}

/// The `medilink` that was built with this program.
pub fn binary() -> PathBuf {
    beside("medilink")
}

/// A program beside this one.
///
/// # Panics
/// When it was not built.
pub fn beside(name: &str) -> PathBuf {
    let beside = std::env::current_exe()
        .expect("this program has a path")
        .with_file_name(name);
    assert!(
        beside.exists(),
        "{} is missing: run `make bench`",
        beside.display()
    );
    beside
}

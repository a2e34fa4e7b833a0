//! People at the reception: they book, move, cancel and read. Some repeat what they are not
//! answered until they are, some give up.

use std::sync::Arc;
use std::time::Duration;

use medilink_tests::{Caller, Hospital, id};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use uuid::Uuid;

use crate::ledger::{Ledger, PATIENCE, What};

/// How many are at work.
pub const CLIENTS: u32 = 6;
/// After so many bookings a client goes on with a new doctor, and a new patient: nobody can be
/// with two doctors at once.
const ROUNDS: usize = 150;
/// Pairs of neighbouring slots of ten minutes; an appointment is moved within its pair.
const PAIRS: usize = 48;
/// When the first slot is, in minutes from midnight.
const OPENS: i64 = 360;

/// One of them.
pub struct Client {
    pub city: Arc<Hospital>,
    pub ledger: Ledger,
    pub number: u32,
    pub random: SmallRng,
    /// Between two bookings.
    pub pause: Duration,
}

/// An appointment as the client knows it.
#[derive(Clone, Copy)]
struct Standing {
    appointment: Uuid,
    minute: i64,
    position: u64,
}

impl Client {
    /// One whose choices follow from the seed.
    pub fn new(city: &Arc<Hospital>, ledger: &Ledger, seed: u64, number: u32) -> Self {
        let mut city = Hospital::clone(city);
        let turn = number as usize;
        city.receptionist = city.receptionist.patient_for(PATIENCE).at_turn(turn);
        city.administrator = city.administrator.patient_for(PATIENCE).at_turn(turn);
        Self {
            city: Arc::new(city),
            ledger: ledger.clone(),
            number,
            random: SmallRng::seed_from_u64(seed ^ (u64::from(number) << 32)),
            pause: Duration::from_millis(20),
        }
    }

    fn reception(&self) -> &Caller {
        &self.city.receptionist
    }

    /// Works until the ledger is closed.
    pub async fn work(mut self) {
        let mut doctors = 0;
        while !self.ledger.is_closed() {
            let number = self.number * 10_000 + doctors;
            doctors += 1;
            let (ledger, administrator) = (&self.ledger, &self.city.administrator);
            let body = self.city.doctor_body(number);
            let registered = ledger
                .insist(administrator, What::Register, "/v1/doctors", &body)
                .await;
            let doctor = id(&registered);
            let body = self.city.patient_body(number);
            let admitted = ledger
                .insist(self.reception(), What::Admit, "/v1/patients", &body)
                .await;
            let patient = id(&admitted);
            let path = format!("/v1/doctors/{doctor}/windows");
            let window = self.city.window_body("06:00", "22:00", 10);
            ledger
                .insist(administrator, What::Open, &path, &window)
                .await;
            self.fill(doctor, patient).await;
        }
    }

    /// Books one patient with one doctor, pair by pair, round and round.
    async fn fill(&mut self, doctor: Uuid, patient: Uuid) {
        // `None` beyond the first round: what is there is not known, and left alone.
        let mut pairs: Vec<Option<Option<Standing>>> = vec![Some(None); PAIRS];
        for round in 0..ROUNDS {
            if self.ledger.is_closed() {
                return;
            }
            let pair = round % PAIRS;
            let minute = OPENS + 20 * pair as i64;
            if let Some(known) = pairs[pair] {
                pairs[pair] = self.turn(doctor, patient, minute, known).await;
            }
            tokio::time::sleep(self.pause).await;
        }
    }

    /// Frees the slot if it is taken, books it, and perhaps moves the booking. What is there
    /// then, if that is known.
    async fn turn(
        &mut self,
        doctor: Uuid,
        patient: Uuid,
        minute: i64,
        known: Option<Standing>,
    ) -> Option<Option<Standing>> {
        if let Some(standing) = known {
            let path = format!("/v1/appointments/{}/cancel", standing.appointment);
            self.send(What::Cancel, &path, &json!({})).await?;
        }
        let body = self.city.booking(patient, doctor, self.city.at(minute));
        let (appointment, position) = self.send(What::Book, "/v1/appointments", &body).await?;
        let mut standing = Standing {
            appointment: appointment?,
            minute,
            position,
        };
        if self.random.random_bool(0.3) {
            standing.minute += 10;
            let path = format!("/v1/appointments/{}/reschedule", standing.appointment);
            let body = json!({"starts_at": self.city.at(standing.minute)});
            (_, standing.position) = self.send(What::Reschedule, &path, &body).await?;
        }
        if self.random.random_bool(0.3) {
            self.read(&standing).await;
        }
        Some(Some(standing))
    }

    /// A command; `None` when it isn't known whether it was done.
    async fn send(
        &mut self,
        what: What,
        path: &str,
        body: &serde_json::Value,
    ) -> Option<(Option<Uuid>, u64)> {
        let answer = if self.random.random_bool(0.65) {
            self.ledger.insist(self.reception(), what, path, body).await
        } else {
            self.ledger.ask(self.reception(), what, path, body).await?
        };
        let made = answer.body["id"].as_str().and_then(|id| id.parse().ok());
        Some((made, answer.position()))
    }

    /// Whoever asks to see his own writing sees it, or is told that it takes a while.
    async fn read(&self, standing: &Standing) {
        let path = format!("/v1/appointments/{}", standing.appointment);
        let read = self.ledger.read(self.reception(), &path, standing.position);
        let Some(answer) = read.await else { return };
        assert_eq!(answer.status, 200, "{}", answer.text);
        let seen: chrono::DateTime<chrono::Utc> =
            answer.body["starts_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            (seen, answer.body["status"].as_str()),
            (self.city.at(standing.minute), Some("booked")),
            "a reader doesn't see what was written before: {}",
            answer.text
        );
    }
}

//! Many callers at once: every slot is given once.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use medilink_tests::{History, Hospital, assert_read_models_equal_their_replay, id};
use rand::Rng;
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::platform;

/// How long the random walk goes on.
const WALK: Duration = Duration::from_secs(30);
/// How many walk at once.
const WALKERS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_hundred_parallel_bookings_of_one_slot_one_succeeds_and_all_others_conflict() {
    let platform = platform().await;
    let city = Arc::new(Hospital::open(&platform).await);
    let doctor = city.doctor(1).await;
    let mut patients = Vec::new();
    for number in 1..=20 {
        patients.push(city.patient(number).await);
    }
    city.window(doctor, "09:00", "10:00", 30).await;

    let mut callers = JoinSet::new();
    for number in 0..500 {
        let (city, patient) = (Arc::clone(&city), patients[number % patients.len()]);
        callers.spawn(async move {
            let body = city.booking(patient, doctor, city.at(540));
            let answer = city.receptionist.post("/v1/appointments", &body).await;
            (patient, answer)
        });
    }
    let answers = callers.join_all().await;
    let booked = answers.iter().filter(|(_, answer)| answer.status == 201);
    let winners: Vec<Uuid> = booked.map(|(patient, _)| *patient).collect();
    assert_eq!(winners.len(), 1);
    for (patient, answer) in answers.iter().filter(|(_, answer)| answer.status != 201) {
        // Who has the slot is also told that they are busy then.
        let busy = winners.contains(patient) && answer.problem() == "patient-busy";
        assert_eq!(answer.status, 409, "{}", answer.text);
        assert!(busy || answer.problem() == "slot-taken", "{}", answer.text);
    }

    let history = History::read(&platform).await;
    history.assert_whole();
    history.assert_time_runs_on();
    assert_eq!(history.of("appointment.booked").count(), 1);
    assert_eq!(history.of("calendar.slot-reserved").count(), 1);
}

/// What one walker did.
#[derive(Debug, Default)]
struct Walked {
    booked: Vec<Uuid>,
    moved: usize,
    cancelled: Vec<Uuid>,
    refused: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_callers_book_move_and_cancel_at_random_and_no_slot_is_given_twice() {
    let platform = platform().await;
    let city = Arc::new(Hospital::open(&platform).await);
    let mut doctors = Vec::new();
    let mut patients = Vec::new();
    for number in 1..=4 {
        let doctor = city.doctor(number).await;
        // Few slots for so many callers: they meet all the time.
        city.window(doctor, "09:00", "12:00", 15).await;
        doctors.push(doctor);
    }
    for number in 1..=20 {
        patients.push(city.patient(number).await);
    }
    let (doctors, patients) = (Arc::new(doctors), Arc::new(patients));

    let until = Instant::now() + WALK;
    let mut walkers = JoinSet::new();
    for _ in 0..WALKERS {
        walkers.spawn(walk(
            Arc::clone(&city),
            Arc::clone(&doctors),
            Arc::clone(&patients),
            until,
        ));
    }
    let walked = walkers.join_all().await;
    let total = |count: fn(&Walked) -> usize| walked.iter().map(count).sum::<usize>();
    let (booked, moved, cancelled, refused) = (
        total(|w| w.booked.len()),
        total(|w| w.moved),
        total(|w| w.cancelled.len()),
        total(|w| w.refused),
    );
    eprintln!("{booked} booked, {moved} moved, {cancelled} cancelled, {refused} refused");
    assert!(
        booked > 100 && cancelled > 50 && moved > 0 && refused > 100,
        "they hardly met"
    );

    let history = History::read(&platform).await;
    history.assert_whole();
    history.assert_time_runs_on();
    let taken: HashSet<Uuid> = history
        .assert_no_overlap()
        .into_keys()
        .map(|appointment| appointment.uuid())
        .collect();
    let mut standing: HashSet<Uuid> = walked
        .iter()
        .flat_map(|walked| walked.booked.iter().copied())
        .collect();
    assert_eq!(
        standing.len(),
        booked,
        "two bookings were answered with one id"
    );
    for cancelled in walked.iter().flat_map(|walked| &walked.cancelled) {
        standing.remove(cancelled);
    }
    assert_eq!(
        taken, standing,
        "the slots that are taken are those of the appointments that stand"
    );
    for (kind, count) in [
        ("appointment.booked", booked),
        ("appointment.rescheduled", moved),
        ("appointment.cancelled", cancelled),
    ] {
        assert_eq!(
            history.of(kind).count(),
            count,
            "{kind}: each once, and none that was refused"
        );
    }
    assert_read_models_equal_their_replay(&platform).await;
}

/// Books, moves and cancels until the time is over.
async fn walk(
    city: Arc<Hospital>,
    doctors: Arc<Vec<Uuid>>,
    patients: Arc<Vec<Uuid>>,
    until: Instant,
) -> Walked {
    let mut walked = Walked::default();
    let mut standing: Vec<Uuid> = Vec::new();
    while Instant::now() < until {
        let (dice, doctor, patient, minute) = {
            let mut random = rand::rng();
            let doctor = doctors[random.random_range(0..doctors.len())];
            let patient = patients[random.random_range(0..patients.len())];
            (
                random.random_range(0..10),
                doctor,
                patient,
                540 + 15 * random.random_range(0..12),
            )
        };
        let (path, body) = match (dice, standing.last()) {
            (0..5, Some(appointment)) => {
                (format!("/v1/appointments/{appointment}/cancel"), json!({}))
            }
            (5..7, Some(appointment)) => (
                format!("/v1/appointments/{appointment}/reschedule"),
                json!({"starts_at": city.at(minute)}),
            ),
            _ => (
                "/v1/appointments".to_owned(),
                city.booking(patient, doctor, city.at(minute)),
            ),
        };
        let answer = city.receptionist.post(&path, &body).await;
        match answer.status {
            201 => {
                standing.push(id(&answer));
                walked.booked.push(id(&answer));
            }
            200 if path.ends_with("cancel") => walked.cancelled.extend(standing.pop()),
            200 => walked.moved += 1,
            409 => walked.refused += 1,
            _ => panic!("{path}: {}", answer.text),
        }
    }
    walked
}

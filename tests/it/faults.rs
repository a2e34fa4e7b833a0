//! Every process may be killed at any moment, and the broker may forget everything: what was
//! acknowledged is there once, and everything derived is what a replay gives.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::AppointmentId;
use medilink_log::RecordedEvent;
use medilink_projections::reminder::notice_of;
use medilink_tests::{
    History, Hospital, Options, Part, Platform, assert_read_models_equal_their_replay, eventually,
    id,
};
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::MEDILINK;
use crate::reminders::tomorrow;

/// How many book and cancel at once.
const CLIENTS: u32 = 12;
/// How many reminders come due in the midst of it, each of a doctor and a patient of its own.
const REMINDERS: u32 = 40;

/// What was acknowledged: the kinds of each appointment's events, with their commands' positions.
type Acknowledged = HashMap<Uuid, Vec<(&'static str, u64)>>;

/// Books, moves and cancels slots of a doctor of its own, each until it is acknowledged.
async fn client(
    city: Arc<Hospital>,
    number: u32,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU32>,
) -> Acknowledged {
    // Nobody can be with two doctors at once.
    let (doctor, patient) = (city.doctor(number).await, city.patient(number).await);
    city.window(doctor, "06:00", "22:00", 10).await;
    let reception = &city.receptionist;
    let mut acknowledged = Acknowledged::new();
    // Pairs of neighbouring slots; each holds its appointment until its turn comes again.
    let mut standing: [Option<Uuid>; 48] = [None; 48];
    for round in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let pair = round % standing.len();
        let minute = 360 + 20 * pair as i64;
        if let Some(appointment) = standing[pair].take() {
            let body = json!({"reason": "zqcanaryzq"});
            let cancelled = reception
                .persist(&format!("/v1/appointments/{appointment}/cancel"), &body)
                .await;
            assert_eq!(cancelled.status, 200, "{}", cancelled.text);
            acknowledged
                .entry(appointment)
                .or_default()
                .push(("appointment.cancelled", cancelled.position()));
        }
        let booked = reception
            .persist(
                "/v1/appointments",
                &city.booking(patient, doctor, city.at(minute)),
            )
            .await;
        let appointment = id(&booked);
        standing[pair] = Some(appointment);
        let known =
            acknowledged.insert(appointment, vec![("appointment.booked", booked.position())]);
        assert_eq!(known, None, "one appointment was acknowledged twice");
        if round % 3 == 0 {
            let body = json!({"starts_at": city.at(minute + 10)});
            let moved = reception
                .persist(&format!("/v1/appointments/{appointment}/reschedule"), &body)
                .await;
            assert_eq!(moved.status, 200, "{}", moved.text);
            acknowledged
                .entry(appointment)
                .or_default()
                .push(("appointment.rescheduled", moved.position()));
        }
        done.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    acknowledged
}

/// Appointments whose reminders are all due at the same minute.
async fn due_at(platform: &Platform, starts_at: DateTime<Utc>) -> Vec<Uuid> {
    let city = Hospital::open_for(platform, starts_at).await;
    let mut appointments = Vec::new();
    for number in 1..=REMINDERS {
        let doctor = city.doctor(1_000 + number).await;
        let patient = city.patient(1_000 + number).await;
        city.slot(doctor, starts_at).await;
        let booked = city
            .receptionist
            .post(
                "/v1/appointments",
                &city.booking(patient, doctor, starts_at),
            )
            .await;
        appointments.push(id(&booked));
    }
    assert!(
        Utc::now() < starts_at - TimeDelta::days(1),
        "the preparation took too long"
    );
    appointments
}

/// Waits until the clients have got on, so that each fault meets work and is followed by it.
async fn work_goes_on(done: &AtomicU32) {
    let before = done.load(Ordering::Relaxed);
    eventually("work goes on", Duration::from_secs(60), || async {
        done.load(Ordering::Relaxed) >= before + 2 * CLIENTS
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_under_load_nothing_acknowledged_is_lost_or_doubled() {
    // A killed worker's claims last as long as an effect may take.
    let options = Options::default().with("worker", "effect_ms = 2000");
    let mut platform = Platform::start(MEDILINK, options).await;
    let city = Arc::new(Hospital::open(&platform).await);
    let reminded_at = tomorrow(TimeDelta::seconds(30));
    let reminded = due_at(&platform, reminded_at).await;

    let (stop, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU32::new(0)),
    );
    let mut clients = JoinSet::new();
    for number in 1..=CLIENTS {
        clients.spawn(client(
            Arc::clone(&city),
            number,
            Arc::clone(&stop),
            Arc::clone(&done),
        ));
    }
    work_goes_on(&done).await;

    platform.kill_nats(true).await;
    work_goes_on(&done).await;
    platform.start_nats().await;
    work_goes_on(&done).await;

    platform.kill_part(Part::Relay);
    work_goes_on(&done).await;
    platform.start_part(Part::Relay);

    platform.kill_postgres().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    platform.start_postgres().await;
    work_goes_on(&done).await;

    platform.kill_part(Part::Gateway);
    platform.start_part(Part::Gateway);
    work_goes_on(&done).await;

    // While the reminders are written.
    let due = reminded_at - TimeDelta::days(1);
    if let Ok(wait) = (due - Utc::now()).to_std() {
        tokio::time::sleep(wait).await;
    }
    for pause in [250, 400, 150] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        platform.kill_part(Part::Worker);
        platform.kill_part(Part::Projector);
        platform.start_part(Part::Worker);
        platform.start_part(Part::Projector);
    }
    platform.kill_postgres().await;
    platform.start_postgres().await;
    platform.kill_nats(false).await;
    platform.start_nats().await;
    work_goes_on(&done).await;
    stop.store(true, Ordering::Relaxed);
    let acknowledged = clients.join_all().await;

    let log = platform.log();
    let started = Instant::now();
    loop {
        let history = History::read(&platform).await;
        if history.of("notice.written").count() >= reminded.len() {
            break;
        }
        assert!(
            started.elapsed() < Duration::from_secs(90),
            "reminders are missing:\n{}",
            platform.log_of(Part::Worker)
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    // Time for a second writing, should there be one.
    tokio::time::sleep(Duration::from_secs(5)).await;
    for part in Part::ALL {
        assert!(
            platform.is_running(part),
            "{} has ended:\n{}",
            part.name(),
            platform.log_of(part)
        );
    }
    assert_read_models_equal_their_replay(&platform).await;

    let history = History::read(&platform).await;
    eprintln!(
        "{} events, {} appointments",
        log.head().await.unwrap(),
        done.load(Ordering::Relaxed)
    );
    history.assert_whole();
    history.assert_no_overlap();
    every_acknowledged_command_is_recorded_once(&history, acknowledged, &reminded);
    every_reminder_exists_once(&history, &reminded, reminded_at);
    the_broker_has_the_whole_log(&platform, &history).await;
    let (whole, said) = platform.run(&["audit", "verify"]);
    assert!(whole, "{said}");
}

fn every_acknowledged_command_is_recorded_once(
    history: &History,
    acknowledged: Vec<Acknowledged>,
    reminded: &[Uuid],
) {
    let mut found: HashMap<&str, Vec<&RecordedEvent>> = HashMap::new();
    for event in history
        .events
        .iter()
        .filter(|event| event.stream.starts_with("appointment-"))
    {
        found.entry(&event.stream).or_default().push(event);
    }
    let total = acknowledged.iter().map(HashMap::len).sum::<usize>() + reminded.len();
    // Each client went on until it was answered: what is there beyond that was done twice.
    assert_eq!(
        found.len(),
        total,
        "appointments in the log, and acknowledged"
    );
    for (appointment, events) in acknowledged.into_iter().flatten() {
        let there = &found[format!("appointment-{appointment}").as_str()];
        let kinds: Vec<&str> = there.iter().map(|event| event.kind.as_str()).collect();
        let expected: Vec<&str> = events.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, expected, "{appointment}");
        for (event, (kind, position)) in there.iter().zip(&events) {
            let acknowledged = history
                .at(*position)
                .unwrap_or_else(|| panic!("there is no position {position}"));
            let same = acknowledged.metadata().request == event.metadata().request;
            assert!(
                same,
                "{kind} of {appointment} was acknowledged at {position}, which is another command's"
            );
        }
    }
}

fn every_reminder_exists_once(history: &History, reminded: &[Uuid], starts_at: DateTime<Utc>) {
    let written: Vec<&str> = history
        .of("notice.written")
        .map(|event| event.stream.as_str())
        .collect();
    let expected: HashSet<String> = reminded
        .iter()
        .map(|appointment| {
            format!(
                "notice-{}",
                notice_of(AppointmentId(*appointment), starts_at, None)
            )
        })
        .collect();
    assert_eq!(written.len(), expected.len());
    assert_eq!(
        written
            .into_iter()
            .map(str::to_owned)
            .collect::<HashSet<_>>(),
        expected
    );
}

/// The wiped stream was filled again, from the first event to the last.
async fn the_broker_has_the_whole_log(platform: &Platform, history: &History) {
    let all = history.events.len() as u64;
    eventually(
        "the broker has the whole log",
        Duration::from_secs(60),
        || async {
            let held = platform.broker().await;
            held.is_some_and(|held| (held.first.0, held.last.0, held.messages) == (1, all, all))
        },
    )
    .await;
}

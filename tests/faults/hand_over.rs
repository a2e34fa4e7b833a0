//! Two processes of each part, of which one leads: when that is killed or stops, the other one
//! goes on where it was, soon, and nobody misses anything or sees it twice.

use std::time::{Duration, Instant};

use medilink_tests::{Hospital, Instance, Options, Part, Platform, eventually, id};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::ledger::Ledger;
use crate::nemesis::Tally;
use crate::run::{Length, MEDILINK, goes_on, people, verdict};

/// Its sessions end with a process that is killed, and its leadership with them.
const KILLED: Duration = Duration::from_secs(5);
/// A process that is stopped keeps its sessions, until the server has heard nothing for a while.
const STOPPED: Duration = Duration::from_secs(25);

/// Somebody who looks how soon the read models have what was written.
struct Reader {
    city: Hospital,
    patient: Uuid,
    doctor: Uuid,
    minute: i64,
}

impl Reader {
    async fn new(platform: &Platform) -> Self {
        let city = Hospital::open(platform).await;
        let doctor = city.doctor(1).await;
        city.window(doctor, "00:00", "23:50", 10).await;
        Self {
            patient: city.patient(2).await,
            doctor,
            minute: 0,
            city,
        }
    }

    /// How long it takes until the next booking can be read.
    async fn looks(&mut self) -> Duration {
        let body = self
            .city
            .booking(self.patient, self.doctor, self.city.at(self.minute));
        self.minute += 10;
        let reception = &self.city.receptionist;
        let booked = reception.persist("/v1/appointments", &body).await;
        let path = format!("/v1/appointments/{}", id(&booked));
        let started = Instant::now();
        eventually("the booking can be read", 2 * STOPPED, || async {
            let position = booked.position().to_string();
            let reader = reception.clone().with("medilink-min-position", &position);
            reader
                .get(&path)
                .await
                .is_some_and(|answer| answer.status == 200)
        })
        .await;
        started.elapsed()
    }
}

/// How many read models nobody but a leader may write, and by how many sessions somebody else
/// asked in vain last.
async fn standing_by(superuser: &Client) -> (i64, i64) {
    let sql = "SELECT (SELECT count(*) FROM read.checkpoints WHERE state = 'live'),
                      (SELECT count(*) FROM pg_stat_activity
                       WHERE usename = 'medilink_projector'
                         AND query LIKE '%pg_try_advisory_lock(%')";
    let row = superuser.query_one(sql, &[]).await.unwrap();
    (row.get(0), row.get(1))
}

/// Starts a projector, and waits until it stands by for every read model.
async fn stand_by(platform: &mut Platform, instance: Instance) {
    let [url, _] = platform.superuser_urls();
    let (superuser, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    platform.start_part(instance);
    eventually("it stands by", Duration::from_secs(30), || async {
        let (models, standing) = standing_by(&superuser).await;
        standing >= models
    })
    .await;
    driver.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_is_killed_or_stopped_is_succeeded_without_a_gap() {
    let (first, second) = (
        Instance::from(Part::Projector),
        Instance::second(Part::Projector),
    );
    let mut platform = Platform::start(MEDILINK, Options::default().copies(2)).await;
    let ledger = Ledger::default();
    let (callers, _) = people(&platform, &ledger, 1, Length::Steps(1)).await;
    let mut reader = Reader::new(&platform).await;
    goes_on(&ledger).await;

    // The only one leads, and goes on leading when the other one is back.
    platform.kill_part(first);
    reader.looks().await;
    stand_by(&mut platform, first).await;
    platform.kill_part(second);
    let killed = reader.looks().await;
    assert!(killed < KILLED, "{killed:?}");

    stand_by(&mut platform, second).await;
    platform.pause_part(first);
    let stopped = reader.looks().await;
    assert!(stopped < STOPPED, "{stopped:?}");
    // It finds out that it leads no more.
    platform.resume_part(first);
    reader.looks().await;

    // Gateways have no leader: each records, and whoever loses one turns to the other.
    platform.kill_part(Part::Gateway);
    goes_on(&ledger).await;
    platform.start_part(Part::Gateway);
    platform.pause_part(Instance::second(Part::Gateway));
    goes_on(&ledger).await;
    platform.resume_part(Instance::second(Part::Gateway));

    ledger.close();
    callers.join_all().await;
    let verdict = verdict(&mut platform, &ledger, &Tally::default()).await;
    eprintln!(
        "read again {killed:.1?} after the leader was killed, {stopped:.1?} after it was stopped; \
         {} commands acknowledged, lost {}, doubled {}",
        verdict.acknowledged,
        verdict.lost.len(),
        verdict.doubled.len()
    );
}

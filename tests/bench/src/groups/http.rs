//! `http_*`: bookings and reads through the gateway of a whole platform that is running,
//! beside bare poem handlers with one statement each; and `memory_*`: what each process of the
//! platform has in memory after that.
//!
//! - `http_book`: POST a booking; the bare handler inserts one row. While bookings come in, the
//!   read models, the broker and the workers follow on the same processors;
//!   `http_book_alone` is the same while those are stopped (SIGSTOP).
//! - `http_read`: GET a doctor's free slots, which is nobody's personal data; the bare handler
//!   makes the same answer of the same row.
//! - `http_read_audited`: GET an appointment. The gateway records that it was read, durably,
//!   before it answers; the bare handler reads the row.

use medilink_tests::{Part, settle};
use uuid::Uuid;

use super::Bench;
use crate::client::{Call, Callee};
use crate::handler::{self, Place};
use crate::machine::resident_mb;
use crate::report::{Line, say};
use crate::rounds::{Rounds, scatter};
use crate::site::{CATCH_UP, Site};

const IN_FLIGHT: usize = 64;
/// The bare handler's connections: the fastest of 4, 8, 16 and 32 here.
const POOL: usize = 16;

/// What follows from a booking once it is recorded.
const FOLLOWERS: [Part; 3] = [Part::Relay, Part::Projector, Part::Worker];

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let (count, requests) = (bench.scale.rounds, bench.scale.requests);
    // Half of the slots stay free, for the reads to find.
    let mut site = Site::open(requests * (2 * count + 1) * 2).await;
    let superuser = site.superuser().await;
    superuser.batch_execute(handler::TABLE).await.unwrap();
    let place = Place {
        url: site.platform.app().config().url.clone(),
        pool: POOL,
        tenant: site.platform.tenant.uuid(),
    };
    let (_bare, bare) = handler::start(&place).await;
    let gateway = Callee {
        address: site.platform.address(),
        token: site.token.clone(),
    };

    say("warming up");
    let warming = calls(&mut site, requests);
    for callee in [&gateway, &bare] {
        callee.send(warming.clone(), IN_FLIGHT).await;
    }
    settle(&site.platform, CATCH_UP).await;
    for (name, followers) in [("http_book", &[][..]), ("http_book_alone", &FOLLOWERS[..])] {
        let batches: Vec<_> = (0..count).map(|_| calls(&mut site, requests)).collect();
        let batch = |round: u64| batches[round as usize - 1].clone();
        let platform = &site.platform;
        let rounds = Rounds::alternate(
            name,
            count,
            async |round| {
                followers.iter().for_each(|part| platform.pause_part(*part));
                let run = gateway.send(batch(round), IN_FLIGHT).await;
                followers
                    .iter()
                    .for_each(|part| platform.resume_part(*part));
                // What follows from the bookings is not the bare handler's to pay.
                settle(platform, CATCH_UP).await;
                run
            },
            async |round| bare.send(batch(round), IN_FLIGHT).await,
        )
        .await;
        bench.report.record(name, rounds.rate("requests/s"));
    }
    superuser.batch_execute("VACUUM ANALYZE").await.unwrap();

    let doctors = &site.doctors;
    let slots = |round: u64| -> Vec<Call> {
        let numbers = (0..requests).map(|number| scatter(round << 32 | number) as usize);
        numbers
            .map(|number| Call::get(site.slots(doctors[number % doctors.len()])))
            .collect()
    };
    reads(bench, "http_read", &gateway, &bare, slots).await;

    let rows = superuser
        .query("SELECT appointment FROM read.appointment LIMIT 5000", &[])
        .await
        .unwrap();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let appointments = |round: u64| -> Vec<Call> {
        let numbers = (0..requests).map(|number| scatter(round << 32 | number) as usize);
        numbers
            .map(|number| Call::get(format!("/v1/appointments/{}", ids[number % ids.len()])))
            .collect()
    };
    reads(bench, "http_read_audited", &gateway, &bare, appointments).await;

    for part in Part::ALL {
        let resident = resident_mb(site.platform.pid(part));
        let name = format!("memory_{}", part.name());
        bench.report.record(&name, Line::alone(resident, "MB"));
    }
}

/// So many bookings of slots that are free.
fn calls(site: &mut Site, requests: u64) -> Vec<Call> {
    let bookings = site.bookings(requests);
    bookings
        .iter()
        .map(|booking| Call::post("/v1/appointments", booking.body()))
        .collect()
}

async fn reads(
    bench: &mut Bench,
    name: &str,
    gateway: &Callee,
    bare: &Callee,
    calls: impl Fn(u64) -> Vec<Call>,
) {
    for callee in [gateway, bare] {
        callee.send(calls(0), IN_FLIGHT).await;
    }
    let rounds = Rounds::alternate(
        name,
        bench.scale.rounds,
        async |round| gateway.send(calls(round), IN_FLIGHT).await,
        async |round| bare.send(calls(round), IN_FLIGHT).await,
    )
    .await;
    bench.report.record(name, rounds.rate("requests/s"));
}

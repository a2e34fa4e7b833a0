//! `http_*`: bookings and reads through the gateway of a whole platform that is running,
//! beside bare poem handlers with one statement each; and `memory_*`: what each process of the
//! platform has in memory after that.
//!
//! - `http_book`: POST a booking; the bare handler inserts one row.
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

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let (count, requests) = (bench.scale.rounds, bench.scale.requests);
    // Half of the slots stay free, for the reads to find.
    let mut site = Site::open(requests * (count + 1) * 2).await;
    let superuser = superuser(&site).await;
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

    let mut batches: Vec<Vec<Call>> = Vec::new();
    for _ in 0..=count {
        let bookings = site.bookings(requests);
        let calls = bookings
            .iter()
            .map(|booking| Call::post("/v1/appointments", booking.body()));
        batches.push(calls.collect());
    }
    say("warming up");
    for callee in [&gateway, &bare] {
        callee.send(batches[0].clone(), IN_FLIGHT).await;
    }
    settle(&site.platform, CATCH_UP).await;
    let rounds = Rounds::alternate(
        "http_book",
        count,
        async |round| {
            let run = gateway
                .send(batches[round as usize].clone(), IN_FLIGHT)
                .await;
            // What follows from the bookings is not the bare handler's to pay.
            settle(&site.platform, CATCH_UP).await;
            run
        },
        async |round| bare.send(batches[round as usize].clone(), IN_FLIGHT).await,
    )
    .await;
    bench.report.record("http_book", rounds.rate("requests/s"));
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

async fn superuser(site: &Site) -> tokio_postgres::Client {
    let [main, _] = site.platform.superuser_urls();
    let (client, connection) = tokio_postgres::connect(&main, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

//! `audit_read`: what it costs to record each read of a patient's data before it is answered.
//!
//! GET of appointments, 64 at once, through two gateways of one platform, built alike: one records
//! each read durably, the other is told to leave that out and does everything else. While reads
//! are recorded, the broker, the read models and the workers follow on the same processors;
//! `audit_read_alone` is the same while those are stopped (SIGSTOP).

use medilink_tests::{Instance, Part, settle};
use uuid::Uuid;

use super::Bench;
use crate::client::{Call, Callee};
use crate::report::say;
use crate::rounds::{Rounds, scatter};
use crate::site::{CATCH_UP, Site, beside};

const IN_FLIGHT: usize = 64;
/// What leaves the recording out, where it is compiled in (`src/abort.rs`).
const UNRECORDED: (&str, &str) = ("MEDILINK_TEST_LEAVE_OUT", "read-unrecorded");
const SECOND: Instance = Instance {
    part: Part::Gateway,
    number: 2,
};
/// What follows from a read once it is recorded.
const FOLLOWERS: [Part; 3] = [Part::Relay, Part::Projector, Part::Worker];

/// Runs the group.
pub async fn run(bench: &mut Bench) {
    let (count, requests) = (bench.scale.rounds, bench.scale.requests);
    let mut site = Site::of(beside("medilink-fault-points"), 2, 5_000).await;
    for part in FOLLOWERS {
        assert!(site.platform.stop_part(Instance { part, number: 2 }));
    }
    assert!(site.platform.stop_part(SECOND));
    site.platform.start_with(SECOND, &[UNRECORDED]);
    let callee = |number| Callee {
        address: site.platform.address_of(number),
        token: site.token.clone(),
    };
    let (recording, unrecorded) = (callee(1), callee(2));

    say("booking what is read");
    let bookings = site.bookings(5_000);
    let bookings = bookings
        .iter()
        .map(|booking| Call::post("/v1/appointments", booking.body()));
    recording.send(bookings.collect(), IN_FLIGHT).await;
    settle(&site.platform, CATCH_UP).await;
    let rows = site.superuser().await;
    let rows = rows
        .query("SELECT appointment FROM read.appointment LIMIT 5000", &[])
        .await
        .unwrap();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let calls = |round: u64| -> Vec<Call> {
        let numbers = (0..requests).map(|number| scatter(round << 32 | number) as usize);
        numbers
            .map(|number| Call::get(format!("/v1/appointments/{}", ids[number % ids.len()])))
            .collect()
    };
    let before = site.platform.log().head().await.unwrap();
    unrecorded.send(calls(0), IN_FLIGHT).await;
    assert_eq!(
        site.platform.log().head().await.unwrap(),
        before,
        "the second gateway records nothing"
    );
    recording.send(calls(0), IN_FLIGHT).await;
    for (name, followers) in [
        ("audit_read", &[][..]),
        ("audit_read_alone", &FOLLOWERS[..]),
    ] {
        let platform = &site.platform;
        let rounds = Rounds::alternate(
            name,
            count,
            async |round| {
                followers.iter().for_each(|part| platform.pause_part(*part));
                let run = recording.send(calls(round), IN_FLIGHT).await;
                followers
                    .iter()
                    .for_each(|part| platform.resume_part(*part));
                settle(platform, CATCH_UP).await;
                run
            },
            async |round| unrecorded.send(calls(round), IN_FLIGHT).await,
        )
        .await;
        bench.report.record(name, rounds.rate("requests/s"));
    }
}

//! Attacks on a running gateway: each is one request, or one way to go wrong, and none may get
//! anything. `make attacks` tells how many were tried.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it is wrong"
)]
#![allow(missing_docs, reason = "a test's name says what it is for")]

// The records that are attacked, and a request for each route, are those of the authorization
// table.
#[path = "../it/authorization/consents.rs"]
mod consents;
#[path = "../it/authorization/emergencies.rs"]
mod emergencies;
#[path = "../it/authorization/exports.rs"]
mod exports;
#[path = "../it/authorization/integrators.rs"]
mod integrators;
#[path = "../it/authorization/platform.rs"]
mod platform;
#[path = "../it/authorization/samples.rs"]
mod samples;
#[path = "../it/authorization/second_factors.rs"]
mod second_factors;
#[path = "../it/authorization/staff.rs"]
mod staff;
#[path = "../it/authorization/world.rs"]
mod world;

mod bodies;
mod headers;
mod identifiers;
mod injection;
mod leaks;
mod logs;
mod routes;
mod tally;
mod timing;
mod tokens;

use medilink_tests::{Options, Platform};

/// The binary under test.
const MEDILINK: &str = env!("CARGO_BIN_EXE_medilink");

async fn platform() -> Platform {
    Platform::start(MEDILINK, Options::default()).await
}

//! End to end, against the real binary: one file per promise.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it is wrong"
)]
#![allow(missing_docs, reason = "a test's name says what it is for")]

mod access;
mod account;
mod authorization;
mod bad_input;
mod booking;
mod canary;
mod checkpoint;
mod configuration;
mod consent;
mod contention;
mod dead_letter;
mod disclosure;
mod emergency_access;
mod erasure;
mod export;
mod feedback;
mod guardian;
mod house;
mod integrator;
mod lost_factors;
mod monitoring;
mod onboarding;
mod outage;
mod passkeys;
mod policy;
mod preconditions;
mod proof;
mod read_model;
mod reminders;
mod second_factor;
mod settings;
mod sign_in;
mod sign_in_again;
mod sms;
mod staff;
mod trace;
mod up;
mod visits;

use medilink_tests::{Options, Platform};

/// The binary under test.
const MEDILINK: &str = env!("CARGO_BIN_EXE_medilink");

async fn platform() -> Platform {
    Platform::start(MEDILINK, Options::default()).await
}

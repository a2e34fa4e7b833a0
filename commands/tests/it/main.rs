//! The executor against a real PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod access_token;
mod appointment;
mod assets;
mod attendance;
mod calendar_feed;
mod clinic;
mod consent;
mod emergency_access;
mod executor;
mod export;
mod fees;
mod guardian;
mod integrator;
mod midnight;
mod onboarding;
mod receipts;
mod second_factors;
mod support;
mod visits;
mod waitlist;

//! The vault against a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod journal;
mod keyring;
mod listening;
mod outage;
mod rotation;
mod sealing;
mod shredding;
mod support;
mod tampering;

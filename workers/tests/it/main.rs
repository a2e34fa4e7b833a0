//! Jobs against a real PostgreSQL, real nats-servers and a mail server that speaks SMTP.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod consent;
mod delivery;
mod erasure;
mod events;
mod export;
mod parking;
mod reminder;
mod smtp;
mod support;
mod verification;
mod verification_sms;
mod waitlist;
mod withdrawal;
mod witness;
mod writing;

//! The executor against a real PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod access_token;
mod appointment;
mod executor;
mod support;

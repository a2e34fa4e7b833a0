//! What keeps the house in order: every event type has a schema, a fixture and a subject, no
//! published schema breaks, every state can be rebuilt from any history.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod aggregates;
mod compatibility;
mod files;
mod fixtures;
mod problems;
mod schemas;
mod types;
mod upcasts;

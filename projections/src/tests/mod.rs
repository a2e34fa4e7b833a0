//! The promises of the runtime and of the models, against a real PostgreSQL.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod access;
mod availability;
mod broker;
mod consents;
mod dead_letters;
mod emergencies;
mod erasing;
mod exactly_once;
mod exporting;
mod hosting;
mod intake;
mod integrators;
mod lists;
mod models;
mod people;
mod privacy;
mod rebuilding;
mod reference;
mod story;
mod visits;
mod waiting;
pub(crate) mod world;

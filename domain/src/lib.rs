//! The rules of the hospital, and nothing else: no I/O, no clock, no SQL, no broker.
//!
//! One file per capability holds its commands, events, errors and state, with the pure
//! functions `decide` (may this happen?) and `evolve` (what is true now that it did?).
//! [`registry`] lists every event type the platform has ever shipped.

pub mod access;
pub mod access_token;
pub mod account;
pub mod agenda;
pub mod aggregate;
pub mod application;
pub mod appointment;
pub mod calendar;
pub mod consent;
mod day_id;
pub mod dead_letter;
pub mod doctor;
pub mod emergency_access;
pub mod emergency_watch;
pub mod erasure;
pub mod event;
pub mod export;
pub mod feedback;
mod horizon;
pub mod hospital;
pub mod hospital_code;
pub mod ids;
pub mod integrator;
pub mod invitation;
pub mod legal_hold;
pub mod majority;
pub mod notice;
pub mod occupancy;
pub mod patient;
pub mod problem;
pub mod profile;
pub mod queue;
pub mod read_model;
pub mod registry;
pub mod reminder;
pub mod retention;
pub mod schedule;
pub mod second_factor;
pub mod series;
pub mod session;
pub mod sign_in;
pub mod staff;
#[cfg(test)]
mod testing;
pub mod values;
pub mod verification;
pub mod visit_type;
pub mod waitlist;
pub mod words;

pub use aggregate::{Decider, Now};
pub use event::{Category, DecodeError, Event, EventType, Privacy};
pub use ids::*;
pub use problem::{Problem, ProblemClass, ProblemDetail};
pub use values::*;

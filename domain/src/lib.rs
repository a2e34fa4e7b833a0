//! The rules of the hospital, and nothing else: no I/O, no clock, no SQL, no broker.
//!
//! One file per capability holds its commands, events, errors and state, with the pure
//! functions `decide` (may this happen?) and `evolve` (what is true now that it did?).
//! [`registry`] lists every event type the platform has ever shipped.

pub mod aggregate;
pub mod event;
pub mod ids;
pub mod problem;
pub mod registry;

pub use aggregate::{Decider, Now};
pub use event::{Category, DecodeError, Event, EventType, Privacy};
pub use ids::*;
pub use problem::{Problem, ProblemClass, ProblemDetail};

//! Read models and the runtime that builds them.
//!
//! A read model is one file: its row, a pure fold from events to rows, and its queries. The
//! runtime does the rest, the same way for live and rebuilt rows:
//!
//! - **Exactly once.** Rows, dead letters and checkpoint move in one transaction; what is at
//!   or before the checkpoint is skipped, what is missing is read from the log.
//! - **Rebuild without downtime.** A raised `VERSION`, or [`Projector::rebuild`], builds a new
//!   generation beside the live one and swaps it in; readers see whole models only. No worker
//!   runs again.
//! - **Poison parks alone.** The stream of an event that can't be folded waits, in order, in
//!   `read.dead_letters`; operators retry or skip it by events, so a rebuild follows them too.
//! - **Personal data is ciphertext**, row by row under the person's own keys. A row whose key
//!   is shredded is gone for every reader at once.
//!
//! To add one: write the file beside the others and its line in the registry. Raise `VERSION`
//! whenever fold or columns change.

pub mod access;
pub mod application;
pub mod appointment;
pub mod availability;
pub mod calendar;
pub mod calendar_feed;
mod checkpoints;
pub mod consent;
mod cursor;
pub mod dead_letter;
pub mod delivery;
pub mod doctor;
pub mod emergency_access;
pub mod erasure;
pub mod export;
pub mod extent;
pub mod feedback;
pub mod hospital;
pub mod hospital_code;
pub mod integrator;
pub mod invitation;
pub mod names;
pub mod notice;
pub mod occupancy;
pub mod patient;
pub mod profile;
pub mod queue;
mod reads;
mod registry;
pub mod reminder;
mod runtime;
pub mod schedule;
pub mod staff;
pub mod visit_type;
pub mod waitlist;

#[cfg(test)]
mod tests;

pub use checkpoints::{Behind, Checkpoints, Renewal, Standing, WaitError};
pub use cursor::NotACursor;
pub use reads::{Listed, MAX_PAGE, Page, ReadError, Reads};
pub use runtime::error::ProjectionError;
pub use runtime::field::{Damaged, Json};
pub use runtime::projector::Projector;

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// Brings schema `read` up to date, as its owner. Schema `log` and the roles `medilink_app`
/// and `medilink_projector` must exist; the models' own tables are made by the projector.
///
/// # Errors
/// When a migration fails; nothing of it remains.
pub async fn migrate(
    owner: &medilink_database::Database,
) -> Result<(), medilink_database::DatabaseError> {
    medilink_database::migrate(owner, migrations::migrations::runner(), "read_migrations").await
}

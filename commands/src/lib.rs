//! The executor: authorize → load → decide → append.
//!
//! One file per capability holds its [`Operation`]s; `executor.execute(&context, &operation)`
//! carries one out. Reads of personal data go through [`access::Read`], which authorizes and
//! records them before the data may be sent.

pub mod access;
pub mod access_token;
pub mod account;
mod action;
mod actor;
mod agenda;
pub mod application;
pub mod appointment;
mod attempts;
mod authorizer;
pub mod calendar;
pub mod calendar_feed;
pub mod consent;
pub mod dead_letter;
pub mod doctor;
pub mod emergency_access;
mod emergency_watch;
pub mod erasure;
mod error;
mod executor;
pub mod export;
pub mod feedback;
pub mod guardian;
pub mod hospital;
pub mod hospital_code;
mod inline;
pub mod integrator;
pub mod invitation;
pub mod legal_hold;
pub mod notice;
mod occupancy;
pub mod patient;
mod placement;
pub mod policy;
mod practice;
mod profile;
mod queue;
pub mod read_model;
mod receipt;
pub mod schedule;
pub mod second_factor;
pub mod series;
pub mod session;
pub mod sign_in;
pub mod staff;
mod turns;
pub mod verification;
pub mod visit_type;
pub mod waitlist;
mod work;

use std::sync::Arc;

pub use action::Action;
pub use actor::{Actor, CommandContext, Idempotency, PROVEN_FOR, Permission, Post};
pub use authorizer::{
    Authorizer, Denied, Explanation, Grounds, Permit, Policy, PolicyError, Resource,
};
pub use error::CommandError;
pub use executor::{Committed, Executor, Operation};
use medilink_log::InlineProjection;
pub use work::{Instance, Work};

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// Creates or upgrades schema `inline`, as its owner. The role `medilink_app` must exist.
///
/// # Errors
/// When a migration fails; nothing of it remains.
pub async fn migrate(
    owner: &medilink_database::Database,
) -> Result<(), medilink_database::DatabaseError> {
    medilink_database::migrate(owner, migrations::migrations::runner(), "inline_migrations").await
}

/// Every inline projection, one alphabetical line each; hand them to the log's writer.
pub fn inline_projections() -> Vec<Arc<dyn InlineProjection>> {
    vec![
        inline::projection::<access_token::AccessTokenTable>(),
        inline::projection::<account::AccountTable>(),
        inline::projection::<consent::ConsentTable>(),
        inline::projection::<integrator::IntegratorTable>(),
        inline::projection::<emergency_access::EmergencyAccessTable>(),
        inline::projection::<session::SessionTable>(),
        inline::projection::<staff::StaffTable>(),
        inline::projection::<erasure::ShreddingTable>(),
    ]
}

//! Jobs that react to the log, and the hosts of relay and projector.
//!
//! A job is one file in `jobs/` and one line in the registry. [`EventJob`]s follow the log;
//! [`DueJob`]s are timers and outboxes, derived from the log by a read model. The runtime
//! promises the same for all of them:
//!
//! - **At least once, and once in effect.** A checkpoint or a claim moves only after the
//!   effect; an effect is a command whose idempotency key is its cause, or carries the
//!   provider's own key, so that doing it again changes nothing.
//! - **The log is the truth.** The broker only makes it quick: what it does not bring is read
//!   from PostgreSQL.
//! - **Trouble stays where it is.** What fails is tried again with growing pauses and then
//!   waits for an operator ([`DeadLetters`]); what comes after it in its stream waits behind
//!   it, in order; everything else goes on.
//! - **More processes are harmless.** An event job is led by one process at a time, a due item
//!   is claimed by one; a killed one's work is taken over.
//! - **Stopping is graceful.** Effects in hand are finished, within a bound.

mod config;
mod copy;
mod job;
mod jobs;
mod projector;
mod registry;
mod relay;
mod runtime;
mod worker;

pub use config::{RetryConfig, SmsConfig, SmtpConfig, SmtpTls, WorkerConfig};
pub use job::{Attempt, Due, DueJob, EventJob, JobError, Tools};
pub use jobs::mail::{Mailer, MailerError};
pub use jobs::sms::{SmsError, SmsGateway};
pub use projector::ProjectorHost;
pub use registry::{Jobs, JobsError};
pub use relay::{RelayHost, TreePace};
pub use runtime::dead_letters::{DeadLetter, DeadLetters, JobStanding, ResolveError};
pub use worker::{JobStatus, Worker};

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// Creates or upgrades schema `work`, as its owner. The role `medilink_app` must exist.
///
/// # Errors
/// When a migration fails; nothing of it remains.
pub async fn migrate(
    owner: &medilink_database::Database,
) -> Result<(), medilink_database::DatabaseError> {
    medilink_database::migrate(owner, migrations::migrations::runner(), "work_migrations").await
}

//! Keys of data subjects: envelope encryption, rotation and shredding.
//!
//! Every person has one data key per tenant and [`Category`](medilink_domain::Category).
//! Personal data is sealed under it with AES-256-GCM and bound to its place ([`Binding`]);
//! the data key is kept wrapped by a key-encryption key that is never in a database
//! ([`Keyring`]). Destroying the wrapped key erases the data wherever its ciphertext lies:
//! log, broker, read models, backups.
//!
//! # Promises
//! - **Bound.** Sealed bytes open only for the tenant, stream, version, type, field, subject
//!   and category they were sealed for, and only unchanged. A wrapped key opens only in its
//!   own row.
//! - **One key.** Processes that need a new subject's key at once end with the same key.
//! - **Shredding is for ever and everywhere.** When [`Vault::shred`] returns, no call that
//!   begins afterwards in any process unseals or seals under that key; a tombstone keeps the
//!   subject from ever getting another one. Each process listens for shreddings and trusts
//!   its cached keys only under a lease of seconds that it renews with the keys database;
//!   a shredding waits until every process that holds a lease has dropped the key. A process
//!   that is cut off lets its lease run out and then uses no cached key at all: it asks the
//!   database each time, and answers [`VaultError::Unavailable`] while that is away.
//!   (Leases need clocks that *run* alike, not clocks that agree; a machine that is suspended
//!   whole can trust a key for what was left of its lease.)
//! - **Nonces.** Random 96-bit nonces are safe for 2^32 messages per key (NIST SP 800-38D
//!   §8.3). Uses are counted by sampling, across processes and restarts, and the key refuses
//!   to seal beyond that. One person's category reaches it after 30 hours of nothing else at
//!   40,000 events a second: it is a bound for accidents, so no key is ever replaced.
//!
//! # What a shredding leaves behind in PostgreSQL
//! An UPDATE doesn't overwrite: the old row version stays until vacuum (set to run early
//! here), and longer in WAL, replicas and backups. All of those hold the key *wrapped*, so
//! they are worth nothing without the key-encryption key. Keep the keys database's backups
//! and WAL archive short-lived (days, not years) and apart from the keyring's backup; after
//! shreddings, [`Vault::rotate`], and once the older backups have expired, [`Vault::retire`]:
//! it destroys the old key-encryption key, and with it every copy of the shredded keys, even
//! those on stolen media.
//!
//! Restoring an older backup of the keys database would undo the shreddings since, as long as
//! that epoch's key exists. So they are also kept in a journal beside the keyring, and whoever
//! opens the vault, or finds its database again after it was away, first shreds anew what the
//! journal knows. [`Vault::uphold`] does the same for what the log knows.
//!
//! # Losing the keyring
//! is losing all personal data. Back it up apart from everything else.

mod binding;
mod cache;
mod data_key;
mod error;
mod journal;
mod keyring;
mod keys;
mod listener;
mod options;
mod rotation;
mod rows;
mod secret;
mod store;
mod uphold;
mod vault;

use medilink_database::{Database, DatabaseError};

pub use binding::Binding;
pub use data_key::OVERHEAD;
pub use error::{KeyringError, VaultError};
pub use journal::Erasure;
pub use keyring::{Answer, Epoch, FolderKeys, KeyEncryption, Keyring};
pub use options::VaultOptions;
pub use rotation::{EpochUse, Rotation, RotationProgress};
pub use secret::Secret;
pub use vault::{Shredded, Unsealed, Vault};

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// Brings schema `vault` of the keys database up to date. `owner` connects as the role that
/// owns the schema; the role `medilink_vault` must exist.
///
/// # Errors
/// [`DatabaseError::Migration`] when a migration can't be applied.
pub async fn migrate(owner: &Database) -> Result<(), DatabaseError> {
    medilink_database::migrate(owner, migrations::migrations::runner(), "vault_migrations").await
}

//! Why the vault can't do what it is asked. No variant quotes key bytes, clear text or a
//! person's id.

use std::path::PathBuf;

use medilink_database::DatabaseError;
use thiserror::Error;

use crate::keyring::Epoch;

/// Why sealing, unsealing or a change of keys failed.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The keys database is away, or didn't answer in time: the same call may succeed later.
    #[error("the vault is not available: {0}")]
    Unavailable(String),
    /// The subject's key of this category was shredded: nothing more may be sealed under it.
    #[error(
        "the subject's data of this category has been erased; nothing more can be stored under it"
    )]
    Erased,
    /// The bytes are not sealed bytes, were changed, or were sealed for another place.
    #[error("sealed bytes are damaged or belong to another place")]
    Damaged,
    /// There is neither a key nor a tombstone for sealed bytes: the keys database is not the
    /// one they were sealed with, or an older copy of it.
    #[error(
        "no key is known for these sealed bytes; the keys database does not belong to this log or is older than it"
    )]
    UnknownKey,
    /// The key has sealed as often as AES-GCM with random nonces allows.
    #[error("the subject's data key has been used 2^32 times and may not seal any more")]
    Exhausted,
    /// A key of the keys database can't be unwrapped although its epoch's key is at hand.
    #[error("a wrapped key of epoch {0} can't be unwrapped: its row was changed")]
    DamagedKey(Epoch),
    /// The keyring is not the one that the keys database was filled with.
    #[error(
        "{0} of this keyring is not the one this keys database was made with; use the keyring that belongs to it"
    )]
    ForeignKeyring(&'static str),
    /// Another process is rotating at this moment.
    #[error("another rotation is running; it will do the work")]
    RotationRunning,
    /// The key is destroyed, but a process has not confirmed that it dropped its copy.
    #[error(
        "the key is destroyed, but a process has not yet confirmed that it dropped its copy; ask again"
    )]
    Unconfirmed,
    /// The keyring can't be used.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// A statement failed, which is a fault of this release or of the schema.
    #[error(transparent)]
    Database(DatabaseError),
    /// The cryptographic library refused, which happens only without entropy or memory.
    #[error("the cryptographic library failed while {0}")]
    Crypto(&'static str),
}

impl VaultError {
    /// Whether the same call may succeed later without any change.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_)
                | Self::Unconfirmed
                | Self::RotationRunning
                | Self::Keyring(KeyringError::Service(_))
        )
    }
}

impl From<DatabaseError> for VaultError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Unavailable(why) => Self::Unavailable(why),
            other => Self::Database(other),
        }
    }
}

impl From<tokio_postgres::Error> for VaultError {
    fn from(error: tokio_postgres::Error) -> Self {
        DatabaseError::from(error).into()
    }
}

/// Why a keyring can't be opened or changed; each text says how to mend it.
#[derive(Debug, Error)]
pub enum KeyringError {
    /// The folder, or a file that must be in it, is not there.
    #[error(
        "keyring: {0} does not exist; point the keyring setting at the folder that belongs to this installation, or restore it from its backup"
    )]
    Missing(PathBuf),
    /// Somebody else could read or replace a key.
    #[error("keyring: {path} has mode {mode:04o}, which lets other users in; run: chmod {wanted:o} {path}", path = path.display())]
    Permissions {
        /// The file or folder at fault.
        path: PathBuf,
        /// What it has.
        mode: u32,
        /// What it should have.
        wanted: u32,
    },
    /// A file doesn't hold a key.
    #[error(
        "keyring: {0} does not hold a key (expected the line 'medilink key v1' and 64 hexadecimal digits); restore it from its backup"
    )]
    Malformed(PathBuf),
    /// The key of an epoch is not in this keyring.
    #[error(
        "keyring: the key of epoch {0} is not in this keyring; copy its file from the machine that rotated the keys"
    )]
    NoEpoch(Epoch),
    /// The key already exists.
    #[error("keyring: {0} already exists and is never overwritten")]
    Exists(PathBuf),
    /// The file system refused.
    #[error("keyring: {path}: {source}", path = path.display())]
    Io {
        /// The file or folder at fault.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line of the journal of erasures was changed, or is out of its order.
    #[error(
        "keyring: line {line} of {path} is not as it was written; restore the journal from the keyring's backup, or move it away: it is made again from the keys database and from the log", path = path.display()
    )]
    Journal {
        /// The journal.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The service that holds the keys failed or is away.
    #[error("keyring: {0}")]
    Service(String),
}

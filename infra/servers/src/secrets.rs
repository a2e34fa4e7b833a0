//! Generated passwords, kept in one file that only its owner can read.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::error::ServerError;
use crate::nats::NatsPasswords;
use crate::provision::RolePasswords;

/// The passwords of one folder's servers.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    /// PostgreSQL's superuser.
    pub postgres: String,
    /// MediLink's roles in PostgreSQL.
    pub roles: RolePasswords,
    /// MediLink's users in NATS.
    pub nats: NatsPasswords,
}

impl Secrets {
    /// New passwords.
    pub fn generate() -> Self {
        Self {
            postgres: password(),
            roles: RolePasswords::generate(),
            nats: NatsPasswords::generate(),
        }
    }

    /// The passwords in this file, which is made on first use.
    ///
    /// # Errors
    /// [`ServerError::Damaged`] when the file is something else; the folder's own errors.
    pub fn load_or_create(path: &Path) -> Result<Self, ServerError> {
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| ServerError::Damaged {
                path: path.to_owned(),
                why: format!("line {}, column {}", error.line(), error.column()),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let secrets = Self::generate();
                let text =
                    serde_json::to_vec_pretty(&secrets).map_err(|error| ServerError::Damaged {
                        path: path.to_owned(),
                        why: error.to_string(),
                    })?;
                write_private(path, &text)?;
                Ok(secrets)
            }
            Err(error) => Err(ServerError::io("read", path, error)),
        }
    }
}

/// 192 random bits. Starts with a letter, because NATS would read digits as a number, and
/// needs no escaping in a URL.
pub fn password() -> String {
    let bytes: [u8; 24] = rand::rng().random();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("p{hex}")
}

/// Writes a file that only its owner can read, whole or not at all: a kill or a full disk
/// leaves the old one.
///
/// # Errors
/// [`ServerError::DiskFull`], [`ServerError::ReadOnly`] or [`ServerError::Io`].
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), ServerError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let write = || {
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        std::fs::File::open(path.parent().unwrap_or(path))?.sync_all()
    };
    write().map_err(|error| ServerError::io("write", path, error))
}

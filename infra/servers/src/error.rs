//! Why a server can't be had, each time with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a server could not be made, started or stopped. `Display` is a sentence for the person
/// at the terminal: what is wrong, then how to mend it.
#[derive(Debug, Error)]
pub enum ServerError {
    /// A program is not installed.
    #[error("{program} was not found. {mend}")]
    Missing {
        /// The program.
        program: &'static str,
        /// What to do.
        mend: String,
    },
    /// A program is older than what we rely on.
    #[error("{} is {program} {found}, but MediLink needs {needed} or later. {mend}", path.display())]
    TooOld {
        /// The program.
        program: &'static str,
        /// Where it was found.
        path: PathBuf,
        /// Its version.
        found: String,
        /// The oldest version that will do.
        needed: &'static str,
        /// What to do.
        mend: &'static str,
    },
    /// The data was written by another major version of PostgreSQL.
    #[error(
        "the data in {} belong to PostgreSQL {data}, which is not installed (found: {installed}). \
         Install it (apt-get install postgresql-{data}), or move the data over with pg_upgrade",
        folder.display()
    )]
    OtherVersion {
        /// The data folder.
        folder: PathBuf,
        /// The version that wrote the data.
        data: u32,
        /// The versions at hand.
        installed: String,
    },
    /// Somebody else listens there.
    #[error(
        "port {port} on 127.0.0.1 is used by another program. Stop that program (`ss -ltnp` \
         shows which it is) or choose another port ({setting})"
    )]
    PortInUse {
        /// The port.
        port: u16,
        /// The setting that changes it.
        setting: String,
    },
    /// Not enough room to work safely.
    #[error(
        "the disk of {} is full: {free_mb} MB are free and at least {needed_mb} MB are needed. \
         Make room, or put the folder on another disk",
        folder.display()
    )]
    DiskFull {
        /// A folder on that disk.
        folder: PathBuf,
        /// What is free.
        free_mb: u64,
        /// What is needed.
        needed_mb: u64,
    },
    /// The folder can't be written.
    #[error("{} can't be written: {why}. Make it writable for {who}, or choose another folder", folder.display())]
    ReadOnly {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        why: String,
        /// Who tried.
        who: String,
    },
    /// Another process works in this folder.
    #[error(
        "another `medilink up` (process {pid}) already works in {}. Stop it with Ctrl-C where it runs, \
         or with `kill {pid}`",
        folder.display()
    )]
    Held {
        /// The folder.
        folder: PathBuf,
        /// The process, 0 if it is not known.
        pid: i32,
    },
    /// Root may not run the servers, and no account was found that could.
    #[error(
        "servers must not run as root, and neither an account `medilink` nor `postgres` exists. \
         Make one (adduser --system --group medilink), or start MediLink as an ordinary user"
    )]
    NoAccount,
    /// The server ended while it started.
    #[error("{server} did not start: {why}. Its log is {}", log.display())]
    Start {
        /// Which server.
        server: &'static str,
        /// The last words of its log.
        why: String,
        /// The whole log.
        log: PathBuf,
    },
    /// The server did not do something in time.
    #[error("{server} did not {what} within {seconds} s. Its log is {}", log.display())]
    Timeout {
        /// Which server.
        server: &'static str,
        /// What was awaited.
        what: &'static str,
        /// How long.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
    /// The server doesn't answer.
    #[error("{server} does not answer: {why}")]
    Unhealthy {
        /// Which server.
        server: &'static str,
        /// What was seen.
        why: String,
    },
    /// The server refused to make a role or a database.
    #[error("PostgreSQL refused to {what}: {why}")]
    Provision {
        /// What was asked.
        what: String,
        /// Its answer.
        why: String,
    },
    /// A file of ours can't be read as what it should be.
    #[error("{} can't be read: {why}. Restore it from a backup, or remove it if its servers are new", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system refused something else.
    #[error("could not {what} {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ServerError {
    /// An error of the system, told apart into a full disk, a folder that can't be written,
    /// and the rest.
    pub(crate) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        let folder = path.parent().unwrap_or(path);
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull {
                folder: folder.to_owned(),
                free_mb: 0,
                needed_mb: crate::MIN_FREE_BYTES >> 20,
            },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly {
                folder: folder.to_owned(),
                why: source.to_string(),
                who: crate::account::current_name(),
            },
            _ => Self::Io {
                what,
                path: path.to_owned(),
                source,
            },
        }
    }
}

//! The folder that holds everything of one `medilink up`: who may use it, whether it can be
//! written, whether there is room, and that only one process works in it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::statvfs::statvfs;
use nix::unistd::{Uid, User};

use crate::account::{Account, current_name};
use crate::error::ServerError;
use crate::secrets::password;

/// The room that must be free on the disk before a server is started: enough for
/// PostgreSQL's write-ahead log to come round once and for a person to react.
pub const MIN_FREE_BYTES: u64 = 512 << 20;

/// Where the servers go when root's clone is in a folder that no other account can enter.
const ELSEWHERE: &str = "/var/lib/medilink";

/// A folder such as `.medilink`, checked and ready for use.
#[derive(Clone, Debug)]
pub struct Folder {
    home: PathBuf,
    servers: PathBuf,
    account: Account,
}

impl Folder {
    /// Makes the folder if it is missing and checks all that can be checked before a server
    /// is started.
    ///
    /// # Errors
    /// [`ServerError::ReadOnly`], [`ServerError::DiskFull`], [`ServerError::NoAccount`].
    pub async fn open(home: &Path) -> Result<Self, ServerError> {
        // So that an error names the whole path.
        let home =
            &std::path::absolute(home).map_err(|error| ServerError::io("find", home, error))?;
        make_folder(home, 0o711)?;
        let home = home
            .canonicalize()
            .map_err(|error| ServerError::io("find", home, error))?;
        try_to_write(&home)?;
        check_room(&home, MIN_FREE_BYTES)?;

        let link = home.join("servers");
        let account = account_for(&link)?;
        let servers = match link.canonicalize() {
            Ok(servers) => servers,
            Err(_) if account == Account::Own || account.can("-x", &home).await => {
                make_folder(&link, 0o700)?;
                link
            }
            Err(_) => move_elsewhere(&link)?,
        };
        account.own(&servers)?;
        if !account.can("-w", &servers).await {
            return Err(ServerError::ReadOnly {
                why: owner_sentence(&servers),
                folder: servers,
                who: account.name(),
            });
        }
        check_room(&servers, MIN_FREE_BYTES)?;
        Ok(Self {
            home,
            servers,
            account,
        })
    }

    /// The folder itself: settings, secrets, logs.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Where the servers keep their data. Elsewhere than in [`Folder::home`] when root's home
    /// can't be entered by [`Folder::account`].
    pub fn servers(&self) -> &Path {
        &self.servers
    }

    /// Who runs the servers.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// A folder inside, made if it is missing; only its owner can look into it.
    ///
    /// # Errors
    /// As [`Folder::open`].
    pub fn inside(&self, name: &str) -> Result<PathBuf, ServerError> {
        let path = self.home.join(name);
        make_folder(&path, 0o700)?;
        Ok(path)
    }

    /// Waits, no longer than `patience`, until no other process works here. The system frees
    /// the lock however its holder ends.
    ///
    /// # Errors
    /// [`ServerError::Held`] when another one still works here.
    pub async fn lock(&self, patience: Duration) -> Result<FolderLock, ServerError> {
        let path = self.home.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| ServerError::io("open", &path, error))?;
        let until = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let mut text = String::new();
                    // The number is a courtesy; without it the sentence says process 0.
                    let pid = file
                        .read_to_string(&mut text)
                        .ok()
                        .and_then(|_| text.trim().parse().ok());
                    return Err(ServerError::Held {
                        folder: self.home.clone(),
                        pid: pid.unwrap_or(0),
                    });
                }
                Err(TryLockError::Error(error)) => {
                    return Err(ServerError::io("lock", &path, error));
                }
            }
        }
        let note = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        note(&mut file).map_err(|error| ServerError::io("write", &path, error))?;
        Ok(FolderLock { _file: file })
    }
}

/// While this lives, no other process works in the folder.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Whoever the data belong to goes on running their servers: root takes over a folder that an
/// ordinary user began.
fn account_for(servers: &Path) -> Result<Account, ServerError> {
    let default = Account::for_servers()?;
    if default == Account::Own {
        return Ok(default);
    }
    let owner = std::fs::metadata(servers)
        .ok()
        .map(|folder| Uid::from_raw(folder.uid()));
    Ok(
        match owner.and_then(|uid| User::from_uid(uid).ok().flatten()) {
            Some(user) if !user.uid.is_root() => Account::Other {
                name: user.name,
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
            },
            _ => default,
        },
    )
}

/// Root's home is closed to the account that runs the servers: their data go to a new folder
/// under `/var/lib`, and a link says where. The name is drawn by lot, so that a new clone at
/// an old place never meets the old one's data.
fn move_elsewhere(link: &Path) -> Result<PathBuf, ServerError> {
    // A link whose target is gone was made by us, for data that are gone.
    drop(std::fs::remove_file(link));
    make_folder(Path::new(ELSEWHERE), 0o755)?;
    let target = Path::new(ELSEWHERE).join(&password()[..17]);
    make_folder(&target, 0o700)?;
    symlink(&target, link).map_err(|error| ServerError::io("link", link, error))?;
    tracing::info!(
        folder = %target.display(),
        "this folder can't be entered by the account that runs the servers, so their data are elsewhere"
    );
    Ok(target)
}

fn owner_sentence(folder: &Path) -> String {
    let owner = std::fs::metadata(folder)
        .ok()
        .and_then(|folder| User::from_uid(Uid::from_raw(folder.uid())).ok().flatten());
    match owner {
        Some(user) => format!(
            "it belongs to {}, which started MediLink here before; this is {}",
            user.name,
            current_name()
        ),
        None => "permission denied".to_owned(),
    }
}

/// Makes the folder and those above it, if missing.
pub(crate) fn make_folder(path: &Path, mode: u32) -> Result<(), ServerError> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .create(path)
        .and_then(|()| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)))
        .map_err(|error| ServerError::io("make", path, error))
}

fn try_to_write(folder: &Path) -> Result<(), ServerError> {
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    std::fs::write(&probe, b"medilink")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| ServerError::io("write", &probe, error))
}

/// Refuses to start on a disk that is about to be full.
pub(crate) fn check_room(folder: &Path, needed: u64) -> Result<(), ServerError> {
    let disk = statvfs(folder)
        .map_err(|error| ServerError::io("look at the disk of", folder, error.into()))?;
    let free = disk.blocks_available().saturating_mul(disk.fragment_size());
    if free < needed {
        return Err(ServerError::DiskFull {
            folder: folder.to_owned(),
            free_mb: free >> 20,
            needed_mb: needed >> 20,
        });
    }
    Ok(())
}

/// Opens a server's log to write at its end; one that has grown large starts over, and the old
/// one is kept beside it. Returns where the new lines begin.
///
/// # Errors
/// The folder's own, as [`Folder::open`].
pub fn open_log(path: &Path) -> Result<(File, u64), ServerError> {
    const LARGE: u64 = 16 << 20;
    let length = std::fs::metadata(path).map_or(0, |log| log.len());
    if length > LARGE {
        std::fs::rename(path, path.with_extension("log.1"))
            .map_err(|error| ServerError::io("rename", path, error))?;
    }
    if let Some(folder) = path.parent() {
        make_folder(folder, 0o700)?;
    }
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(|error| ServerError::io("open", path, error))?;
    Ok((file, if length > LARGE { 0 } else { length }))
}

/// What was logged since the log had this length, at most 64 KiB of it.
pub fn read_log(path: &Path, from: u64) -> String {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(std::io::SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(64 << 10).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&bytes).into_owned())
    };
    read().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_disk_without_room_is_refused_with_what_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        check_room(folder.path(), 1).unwrap();
        let error = check_room(folder.path(), u64::MAX).unwrap_err().to_string();
        assert!(
            error.contains("is full") && error.contains("Make room"),
            "{error}"
        );
    }

    #[test]
    fn a_folder_that_cannot_be_made_says_so_and_names_the_mend() {
        let error = make_folder(Path::new("/proc/medilink"), 0o700).unwrap_err();
        // The kernel's own file systems answer ENOENT; a read-only one answers EROFS.
        assert!(error.to_string().contains("/proc"), "{error}");
        let error = ServerError::io(
            "write",
            Path::new("/mnt/x/y"),
            std::io::Error::from_raw_os_error(nix::libc::EROFS),
        );
        assert!(matches!(error, ServerError::ReadOnly { .. }));
        assert!(error.to_string().contains("choose another folder"));
        let error = ServerError::io(
            "write",
            Path::new("/mnt/x/y"),
            std::io::Error::from_raw_os_error(nix::libc::ENOSPC),
        );
        assert!(matches!(error, ServerError::DiskFull { .. }));
    }
}

//! A keyring in a folder: `index.key` and one `kek-NNNNNN.key` per epoch, each readable by
//! its owner alone.
//!
//! Files are made under a temporary name with mode 0600, flushed, moved into place without
//! ever replacing one, and the folder is flushed: after a crash a key is there whole or not
//! at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use futures::FutureExt;
use zeroize::Zeroizing;

use super::{Answer, Epoch, KeyEncryption};
use crate::error::{KeyringError, VaultError};
use crate::secret::{Cipher, Secret};

const HEADING: &str = "medilink key v1";
const INDEX: &str = "index.key";
const RETIRED: &str = ".retired-";
/// More than any key file has, so that a wrong file can't fill the memory.
const MAX_FILE: u64 = 1_024;

/// The keys of one epoch, derived from its file: one to wrap, one to prove.
struct Kek {
    cipher: Cipher,
    proof: [u8; 32],
}

/// Key-encryption keys in files.
pub struct FolderKeys {
    folder: PathBuf,
    loaded: Arc<RwLock<BTreeMap<Epoch, Arc<Kek>>>>,
}

impl FolderKeys {
    /// Reads all keys of the folder, and the secret behind the blind indexes.
    ///
    /// # Errors
    /// [`KeyringError`] when something is missing, damaged or open to other users.
    pub fn open(folder: &Path) -> Result<(Self, Secret), KeyringError> {
        let index = {
            check_mode(folder, 0o022, 0o700)?;
            read_key(&folder.join(INDEX))?
        };
        let keys = Self {
            folder: folder.to_owned(),
            loaded: Arc::default(),
        };
        let epochs = epochs(folder)?;
        if epochs.is_empty() {
            return Err(KeyringError::Missing(kek_path(folder, Epoch(1))));
        }
        for epoch in epochs {
            keys.kek(epoch)?;
        }
        Ok((keys, index))
    }

    /// Makes the folder and its first keys unless it already holds something.
    ///
    /// # Errors
    /// [`KeyringError::Io`] when the folder can't be written.
    pub fn create_if_empty(folder: &Path) -> Result<(), KeyringError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(io(folder))?;
        check_mode(folder, 0o022, 0o700)?;
        // The epoch's key comes first: a folder with an index secret is complete.
        if !folder.join(INDEX).exists() && epochs(folder)?.iter().all(|epoch| *epoch == Epoch(1)) {
            for path in [kek_path(folder, Epoch(1)), folder.join(INDEX)] {
                match write_key(&path, &generate()?) {
                    // Another process is making the same keyring, or one died half-way.
                    Err(KeyringError::Exists(_)) => {}
                    other => other?,
                }
            }
        }
        Ok(())
    }

    /// The key of an epoch, read from its file when another process has made it meanwhile.
    fn kek(&self, epoch: Epoch) -> Result<Arc<Kek>, KeyringError> {
        if let Some(kek) = self
            .loaded
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&epoch)
        {
            return Ok(kek.clone());
        }
        let secret = read_key(&kek_path(&self.folder, epoch)).map_err(|error| match error {
            KeyringError::Missing(_) => KeyringError::NoEpoch(epoch),
            other => other,
        })?;
        let number = epoch.0.to_be_bytes();
        let kek = Arc::new(Kek {
            cipher: secret
                .derive(b"medilink/kek-wrap/v1", &number)
                .cipher()
                .map_err(service)?,
            proof: secret.derive(b"medilink/kek-proof/v1", &number).mac(&[]),
        });
        self.loaded
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(epoch, kek.clone());
        Ok(kek)
    }

    fn advance_now(folder: &Path, beyond: Epoch) -> Result<Epoch, KeyringError> {
        // Ends at the latest when this process has made the file itself.
        loop {
            let newest = epochs(folder)?.pop().unwrap_or(Epoch(0));
            if newest > beyond {
                return Ok(newest);
            }
            match write_key(&kek_path(folder, Epoch(beyond.0 + 1)), &generate()?) {
                Ok(()) | Err(KeyringError::Exists(_)) => {}
                Err(other) => return Err(other),
            }
        }
    }

    fn retire_now(folder: &Path, epoch: Epoch) -> Result<(), KeyringError> {
        let path = kek_path(folder, epoch);
        // Out of sight first: a half overwritten key would read as a damaged keyring.
        let hidden = folder.join(format!("{RETIRED}{:06}", epoch.0));
        match fs::rename(&path, &hidden) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(io(&path)(error)),
            _ => sync_folder(folder)?,
        }
        // Includes what an earlier call that was killed has left.
        for entry in fs::read_dir(folder).map_err(io(folder))? {
            let entry = entry.map_err(io(folder))?;
            if entry.file_name().to_string_lossy().starts_with(RETIRED) {
                overwrite_and_remove(&entry.path())?;
            }
        }
        sync_folder(folder)
    }
}

impl KeyEncryption for FolderKeys {
    fn proof(&self, epoch: Epoch) -> Answer<'_, [u8; 32]> {
        async move { Ok(self.kek(epoch)?.proof) }.boxed()
    }

    fn wrap<'a>(&'a self, epoch: Epoch, key: &'a Secret, context: &'a [u8]) -> Answer<'a, Vec<u8>> {
        async move {
            let kek = self.kek(epoch)?;
            // Random nonces again: 2^32 data keys per epoch, which is a billion people.
            let mut wrapped = Vec::with_capacity(60);
            kek.cipher
                .seal(context, key.expose(), &mut wrapped)
                .map_err(service)?;
            Ok(wrapped)
        }
        .boxed()
    }

    fn unwrap<'a>(
        &'a self,
        epoch: Epoch,
        wrapped: &'a [u8],
        context: &'a [u8],
    ) -> Answer<'a, Option<Secret>> {
        async move {
            let kek = self.kek(epoch)?;
            let clear = kek.cipher.open(context, wrapped).map(Zeroizing::new);
            Ok(clear.and_then(|clear| {
                let mut bytes = Zeroizing::new([0; 32]);
                (clear.len() == bytes.len()).then(|| {
                    bytes.copy_from_slice(&clear);
                    Secret::take(&mut bytes)
                })
            }))
        }
        .boxed()
    }

    fn advance(&self, beyond: Epoch) -> Answer<'_, Epoch> {
        let folder = self.folder.clone();
        blocking(move || Self::advance_now(&folder, beyond))
    }

    fn retire(&self, epoch: Epoch) -> Answer<'_, ()> {
        let (folder, loaded) = (self.folder.clone(), self.loaded.clone());
        blocking(move || {
            Self::retire_now(&folder, epoch)?;
            loaded
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&epoch);
            Ok(())
        })
    }
}

/// Flushing a file may take long on a busy disk: off the runtime's threads.
fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
) -> Answer<'static, T> {
    async move {
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| KeyringError::Service(error.to_string()))?
    }
    .boxed()
}

fn kek_path(folder: &Path, epoch: Epoch) -> PathBuf {
    folder.join(format!("kek-{:06}.key", epoch.0))
}

/// Overwriting helps on a plain disk; flash and copy-on-write file systems may keep the old
/// blocks, for which there is disk encryption.
fn overwrite_and_remove(path: &Path) -> Result<(), KeyringError> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(path)
        .map_err(io(path))?;
    let length = file.metadata().map_err(io(path))?.len().min(MAX_FILE);
    file.write_all(&vec![b'0'; length as usize])
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::remove_file(path))
        .map_err(io(path))
}

/// The epochs that have a file, in order.
fn epochs(folder: &Path) -> Result<Vec<Epoch>, KeyringError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let name = entry.map_err(io(folder))?.file_name();
        let number = name.to_str().and_then(|name| {
            name.strip_prefix("kek-")?
                .strip_suffix(".key")?
                .parse()
                .ok()
        });
        found.extend(number.filter(|number| *number > 0).map(Epoch));
    }
    found.sort_unstable();
    Ok(found)
}

/// Refuses a file or folder that has one of the `forbidden` permissions.
fn check_mode(path: &Path, forbidden: u32, wanted: u32) -> Result<(), KeyringError> {
    let mode = fs::metadata(path).map_err(io(path))?.permissions().mode() & 0o7777;
    if mode & forbidden == 0 {
        return Ok(());
    }
    Err(KeyringError::Permissions {
        path: path.to_owned(),
        mode,
        wanted,
    })
}

fn read_key(path: &Path) -> Result<Secret, KeyringError> {
    check_mode(path, 0o077, 0o600)?;
    // Sized in advance: a growing buffer would leave copies of the key behind.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_FILE as usize + 1));
    File::open(path)
        .and_then(|file| file.take(MAX_FILE).read_to_end(&mut text))
        .map_err(io(path))?;
    let malformed = || KeyringError::Malformed(path.to_owned());
    let digits = text
        .strip_prefix(HEADING.as_bytes())
        .and_then(|rest| rest.strip_prefix(b"\n"))
        .ok_or_else(malformed)?;
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits.trim_ascii_end(), bytes.as_mut()).map_err(|_| malformed())?;
    Ok(Secret::take(&mut bytes))
}

fn write_key(path: &Path, key: &Secret) -> Result<(), KeyringError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut digits = Zeroizing::new([0; 64]);
    hex::encode_to_slice(key.expose(), digits.as_mut())
        .map_err(|error| KeyringError::Service(error.to_string()))?;
    // `tempfile` opens with O_EXCL and mode 0600, and removes the file when this fails.
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .tempfile_in(folder)
        .map_err(io(folder))?;
    file.write_all(HEADING.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.write_all(digits.as_ref()))
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.as_file().sync_all())
        .map_err(io(path))?;
    file.persist_noclobber(path)
        .map_err(|error| match error.error.kind() {
            ErrorKind::AlreadyExists => KeyringError::Exists(path.to_owned()),
            _ => io(path)(error.error),
        })?;
    sync_folder(folder)
}

fn sync_folder(folder: &Path) -> Result<(), KeyringError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io(folder))
}

fn generate() -> Result<Secret, KeyringError> {
    Secret::generate().map_err(service)
}

fn service(error: VaultError) -> KeyringError {
    KeyringError::Service(error.to_string())
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> KeyringError + '_ {
    |source| match source.kind() {
        ErrorKind::NotFound => KeyringError::Missing(path.to_owned()),
        _ => KeyringError::Io {
            path: path.to_owned(),
            source,
        },
    }
}

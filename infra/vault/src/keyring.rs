//! The keys that wrap data keys: behind a small trait, so that a key management service can
//! stand in for the folder of files.

mod folder;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::future::BoxFuture;
use medilink_domain::TenantId;

use crate::binding::Holder;
use crate::error::KeyringError;
use crate::journal::{self, Journal};
use crate::secret::Secret;

pub use folder::FolderKeys;

/// One generation of the key-encryption key, from 1; never used for two keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub i32);

impl std::fmt::Display for Epoch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What a keyring's holder answers, later: a key management service is a network away.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, KeyringError>>;

/// Holds key-encryption keys and works with them. [`FolderKeys`] holds them in files; a key
/// management service never lets them out at all. Every answer must come within bounded
/// time.
pub trait KeyEncryption: Send + Sync + 'static {
    /// A public value that only the holder of this epoch's key can compute: tells a foreign
    /// key of the same number apart.
    fn proof(&self, epoch: Epoch) -> Answer<'_, [u8; 32]>;

    /// Encrypts a data key, bound to `context`.
    fn wrap<'a>(&'a self, epoch: Epoch, key: &'a Secret, context: &'a [u8]) -> Answer<'a, Vec<u8>>;

    /// Decrypts a data key; `None` when the bytes or the context are not as wrapped.
    fn unwrap<'a>(
        &'a self,
        epoch: Epoch,
        wrapped: &'a [u8],
        context: &'a [u8],
    ) -> Answer<'a, Option<Secret>>;

    /// The newest epoch, which is beyond the given one: made if there is none yet, so that a
    /// rotation that died right after making it goes on with the same.
    fn advance(&self, beyond: Epoch) -> Answer<'_, Epoch>;

    /// Destroys an epoch's key. Called only when no row is wrapped by it any more; an epoch
    /// that isn't there is fine.
    fn retire(&self, epoch: Epoch) -> Answer<'_, ()>;
}

/// Everything secret that the vault needs from outside its database. Cheap to clone.
#[derive(Clone)]
pub struct Keyring {
    pub(crate) keys: Arc<dyn KeyEncryption>,
    index: Arc<Secret>,
    journal: Option<Arc<Journal>>,
}

impl Keyring {
    /// Opens the keyring in a folder.
    ///
    /// # Errors
    /// [`KeyringError`] when something is missing, damaged or open to other users.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, KeyringError> {
        let (keys, index) = FolderKeys::open(folder.as_ref())?;
        Self::new(Arc::new(keys), index).with_journal(journal::path_in(folder.as_ref()))
    }

    /// Opens the keyring in a folder, or makes one there if the folder is missing or empty.
    /// An existing keyring that lacks a part is refused here; a whole one that isn't the
    /// database's own is refused by [`Vault::open`](crate::Vault::open).
    ///
    /// # Errors
    /// As [`Keyring::open`], or when the folder can't be written.
    pub fn open_or_create(folder: impl AsRef<Path>) -> Result<Self, KeyringError> {
        FolderKeys::create_if_empty(folder.as_ref())?;
        Self::open(folder)
    }

    /// A keyring over another holder of keys, with the secret behind the blind indexes. That
    /// secret must never change: every stored blind index depends on it.
    pub fn new(keys: Arc<dyn KeyEncryption>, index_secret: Secret) -> Self {
        Self {
            keys,
            index: Arc::new(index_secret),
            journal: None,
        }
    }

    /// With a journal of erasures in this file, without which an older backup of the keys
    /// database could bring keys back. A keyring in a folder has one there.
    ///
    /// # Errors
    /// [`KeyringError`] when it was changed, or can't be read.
    pub fn with_journal(mut self, path: PathBuf) -> Result<Self, KeyringError> {
        let key = self.index.derive(b"medilink/erasure-journal/v1", b"");
        self.journal = Some(Arc::new(Journal::open(path, key)?));
        Ok(self)
    }

    pub(crate) fn journal(&self) -> Option<Arc<Journal>> {
        self.journal.clone()
    }

    /// Whether the journal knows that this key was shredded.
    pub(crate) fn remembers(&self, holder: &Holder) -> bool {
        let journal = self.journal.as_ref();
        journal.is_some_and(|journal| journal.contains(holder))
    }

    /// HMAC-SHA-256 of a value under the tenant's own key.
    pub(crate) fn blind_index(&self, tenant: TenantId, scope: &str, value: &str) -> [u8; 32] {
        self.index
            .derive(b"medilink/blind-index/v1", tenant.uuid().as_bytes())
            .mac(&[scope.as_bytes(), value.as_bytes()])
    }

    /// The public check value of the secret behind the blind indexes.
    pub(crate) fn index_proof(&self) -> [u8; 32] {
        self.index
            .derive(b"medilink/index-secret-proof/v1", b"")
            .mac(&[])
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").finish_non_exhaustive()
    }
}

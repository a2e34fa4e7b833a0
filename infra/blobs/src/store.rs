//! Where files are: made, read and deleted by name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::TryStreamExt;
use medilink_domain::{Category, SubjectId, TenantId};
use medilink_vault::{Binding, Unsealed, Vault, VaultError};
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::BlobError;
use crate::format::{Header, PieceKey};
use crate::reading::BlobReader;
use crate::writing::BlobWriter;

/// The name of a file. It names no person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlobName {
    /// What kind of files it is one of, such as `exports`.
    pub kind: &'static str,
    /// What it belongs to; all files of that are deleted together.
    pub of: Uuid,
    /// Which of them it is.
    pub file: Uuid,
}

impl BlobName {
    fn path(&self) -> object_store::path::Path {
        object_store::path::Path::from(self.text())
    }

    pub(crate) fn text(&self) -> String {
        format!("{}/{}/{}", self.kind, self.of, self.file)
    }
}

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The tenant.
    pub tenant: TenantId,
    /// The person whose data is in it.
    pub subject: SubjectId,
}

/// The files of data subjects. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
    vault: Vault,
}

impl Blobs {
    /// Keeps files in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`BlobError::Away`] when there can be no such folder.
    pub fn in_folder(folder: &Path, vault: Vault) -> Result<Self, BlobError> {
        let failed = |error: &dyn std::fmt::Display| {
            BlobError::Away(format!("{}: {error}", folder.display()))
        };
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| failed(&error))?;
        Ok(Self {
            store: Arc::new(store),
            folder: folder.to_owned(),
            vault,
        })
    }

    /// Begins a file. Its key is sealed under the person's key of each of these categories that
    /// is not erased; what is written must have been read after this, or the key of something
    /// could be shredded that is in it all the same. The file is there when it is finished.
    ///
    /// # Errors
    /// [`BlobError::Erased`] when all of them are erased, otherwise when vault or store are away.
    pub async fn create(
        &self,
        owner: Owner,
        name: BlobName,
        categories: &[Category],
    ) -> Result<BlobWriter, BlobError> {
        let secret = new_secret()?;
        let mut header = Header {
            categories: Vec::with_capacity(categories.len()),
            sealed_key: secret.to_vec(),
        };
        for category in categories {
            let text = name.text();
            let binding = binding(owner, &text, header.categories.len());
            let key = Zeroizing::new(std::mem::take(&mut header.sealed_key));
            match self
                .vault
                .seal(owner.subject, *category, &binding, &key)
                .await
            {
                Ok(sealed) => {
                    header.sealed_key = sealed.to_vec();
                    header.categories.push(*category);
                }
                Err(VaultError::Erased) => header.sealed_key = key.to_vec(),
                Err(error) => return Err(error.into()),
            }
        }
        if header.categories.is_empty() {
            return Err(BlobError::Erased);
        }
        let upload = self.store.put_multipart(&name.path()).await?;
        let key = PieceKey::new(&secret, name.text())?;
        Ok(BlobWriter::new(upload, key, &header))
    }

    /// Begins to read a file.
    ///
    /// # Errors
    /// [`BlobError`], also when it is another person's.
    pub async fn open(&self, owner: Owner, name: BlobName) -> Result<BlobReader, BlobError> {
        let found = self.store.get(&name.path()).await?;
        let size = found.meta.size;
        let mut reader = BlobReader::new(found.into_stream().map_err(BlobError::from), size);
        let header = reader.header().await?;
        let mut key = Zeroizing::new(header.sealed_key);
        let text = name.text();
        for (nesting, category) in header.categories.iter().enumerate().rev() {
            let binding = binding(owner, &text, nesting);
            let unsealed = self.vault.unseal(owner.subject, *category, &binding, &key);
            match unsealed.await? {
                Unsealed::Clear(clear) => key = Zeroizing::new(clear),
                Unsealed::Erased => return Err(BlobError::Erased),
            }
        }
        let secret = <[u8; 32]>::try_from(&key[..]).map_err(|_| BlobError::Damaged)?;
        // A file whose key lies in the open is none of ours.
        if header.categories.is_empty() {
            return Err(BlobError::Damaged);
        }
        reader.unlock(PieceKey::new(&Zeroizing::new(secret), text)?);
        Ok(reader)
    }

    /// Deletes all files that belong to something, also those that were never finished. That
    /// there are none is no fault.
    ///
    /// # Errors
    /// [`BlobError::Away`]: some may be deleted, and it may be repeated.
    pub async fn delete_of(&self, kind: &'static str, of: Uuid) -> Result<(), BlobError> {
        let prefix = object_store::path::Path::from(format!("{kind}/{of}"));
        let mut files = self.store.list(Some(&prefix));
        while let Some(file) = files.try_next().await? {
            match self
                .store
                .delete(&file.location)
                .await
                .map_err(BlobError::from)
            {
                Ok(()) | Err(BlobError::Missing) => {}
                Err(error) => return Err(error),
            }
        }
        // What a killed process had begun is not in the list.
        let folder = self.folder.join(kind).join(of.to_string());
        match tokio::fs::remove_dir_all(&folder).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(BlobError::Away(error.to_string()))
            }
            _ => Ok(()),
        }
    }
}

fn binding(owner: Owner, name: &str, nesting: usize) -> Binding<'_> {
    Binding {
        tenant: owner.tenant,
        stream: name,
        version: nesting as u64,
        kind: "blob",
        field: "key",
    }
}

fn new_secret() -> Result<Zeroizing<[u8; 32]>, BlobError> {
    let mut secret = Zeroizing::new([0; 32]);
    aws_lc_rs::rand::fill(&mut secret[..])
        .map_err(|_| BlobError::Away("the system gives no random numbers".to_owned()))?;
    Ok(secret)
}

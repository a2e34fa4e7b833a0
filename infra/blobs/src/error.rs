//! Why a file can't be kept or read. No variant quotes what is in it.

use medilink_vault::VaultError;
use thiserror::Error;

/// Why a file can't be kept or read.
#[derive(Debug, Error)]
pub enum BlobError {
    /// The store doesn't take or give files just now.
    #[error("the store of files is not available: {0}")]
    Away(String),
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// A key that it was sealed under was shredded.
    #[error("the file's data was erased")]
    Erased,
    /// It was changed, cut off, put together anew or put in another's place.
    #[error("the file is damaged or belongs to another place")]
    Damaged,
    /// The vault can't seal or unseal.
    #[error(transparent)]
    Vault(VaultError),
}

impl BlobError {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Away(_) => true,
            Self::Vault(error) => error.is_transient(),
            Self::Missing | Self::Erased | Self::Damaged => false,
        }
    }
}

impl From<VaultError> for BlobError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Erased => Self::Erased,
            VaultError::Damaged => Self::Damaged,
            error => Self::Vault(error),
        }
    }
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            error => Self::Away(error.to_string()),
        }
    }
}

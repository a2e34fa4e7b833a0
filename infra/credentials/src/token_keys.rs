//! The keys that sign access tokens: one folder of Ed25519 keys, which all processes that
//! issue or check tokens share.

mod folder;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aws_lc_rs::signature::KeyPair;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use thiserror::Error;

use folder::StoredKey;

use crate::token;

/// How long an unknown key id doesn't make the folder be read again.
const PAUSE: TimeDelta = TimeDelta::seconds(10);

/// Why the keys can't be used. No variant quotes a key.
#[derive(Debug, Error)]
pub enum TokenKeysError {
    /// A file or the folder can't be read or written.
    #[error("the key of access tokens {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        source: std::io::Error,
    },
    /// Others may read a key, or change the folder.
    #[error("{path} has mode {mode:o}: it must be open to its owner only ({wanted:o})")]
    Permissions {
        /// The file or folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
        /// What they should be at most.
        wanted: u32,
    },
    /// A `*.pem` file holds something else.
    #[error("{0} is not an Ed25519 private key in a PEM file (PKCS#8, \"PRIVATE KEY\")")]
    Malformed(PathBuf),
    /// The folder has no key any more.
    #[error("there is no key of access tokens in {0}")]
    Missing(PathBuf),
    /// A key's name comes after every date, so no newer key could take over.
    #[error("the name of {0} sorts after that of a new key: rename it")]
    NotDated(PathBuf),
    /// The cryptographic library refused, which happens only without entropy or memory.
    #[error("the cryptographic library failed while {0}")]
    Crypto(&'static str),
}

/// Signs access tokens and checks them ([`TokenKeys::issue`], [`TokenKeys::verify`]). Cheap to
/// clone; clones share the keys.
///
/// Every `*.pem` file of the folder is a key, and all of them verify. The one whose name sorts
/// last signs; names begin with the time at which the key was made (UTC), such as
/// `20260801T063000-5f0c9a1e.pem`. Old keys stay until the last token that they signed has
/// expired; then their file may be deleted.
#[derive(Clone)]
pub struct TokenKeys {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    issuer: String,
    audience: String,
    validation: Validation,
    keys: RwLock<Arc<KeySet>>,
    /// When an unknown key id last made the folder be read.
    looked: Mutex<Option<DateTime<Utc>>>,
}

/// The keys of one reading of the folder.
pub(crate) struct KeySet {
    signing: EncodingKey,
    signing_id: String,
    verifying: Vec<(String, DecodingKey)>,
    public: serde_json::Value,
}

impl TokenKeys {
    /// Reads the keys of a folder, and makes the first one there if it has none. Processes
    /// that start at once end with the same. The folder is made with mode 0700 and keys with
    /// 0600. Tokens are issued by `issuer` (`iss`) for `audience` (`aud`), and only such tokens
    /// are believed.
    ///
    /// # Errors
    /// [`TokenKeysError`] when the folder or a key in it can't be used.
    pub fn load_or_create(
        folder: &Path,
        issuer: &str,
        audience: &str,
    ) -> Result<Self, TokenKeysError> {
        folder::create_if_empty(folder)?;
        Ok(Self {
            shared: Arc::new(Shared {
                folder: folder.to_owned(),
                issuer: issuer.to_owned(),
                audience: audience.to_owned(),
                validation: token::validation(issuer, audience),
                keys: RwLock::new(Arc::new(KeySet::read(folder)?)),
                looked: Mutex::new(None),
            }),
        })
    }

    /// Makes a new key in a folder, and the folder if need be. Returns the key's id (`kid`).
    ///
    /// It signs in processes that start or [reload](Self::reload) from now on; others learn of
    /// it when they meet its first token.
    ///
    /// # Errors
    /// [`TokenKeysError`] when the folder can't be written or its newest key has a name that
    /// no new one comes after.
    pub fn add_key(folder: &Path) -> Result<String, TokenKeysError> {
        folder::add(folder).and_then(|key| Ok(PublicKey::of(&key)?.id))
    }

    /// Reads the folder again: new keys are known from now on, the newest signs, and those
    /// whose file is gone are forgotten. On failure everything stays as it was.
    ///
    /// # Errors
    /// [`TokenKeysError`] when the folder or a key in it can't be used.
    pub fn reload(&self) -> Result<(), TokenKeysError> {
        let read = Arc::new(KeySet::read(&self.shared.folder)?);
        *self
            .shared
            .keys
            .write()
            .unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// The public keys that verify our tokens, as a JWK set (RFC 7517 §5, RFC 8037 §2), the
    /// newest first. To be published; it changes when keys are added.
    pub fn jwks(&self) -> serde_json::Value {
        self.current().public.clone()
    }

    /// Who issues them (`iss`).
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    pub(crate) fn audience(&self) -> &str {
        &self.shared.audience
    }

    pub(crate) fn validation(&self) -> &Validation {
        &self.shared.validation
    }

    pub(crate) fn current(&self) -> Arc<KeySet> {
        let keys = self.shared.keys.read();
        Arc::clone(&keys.unwrap_or_else(PoisonError::into_inner))
    }

    /// The key of this id. If it is unknown, the folder is read again, unless that was done
    /// within the last ten seconds for an unknown id.
    pub(crate) fn verifying(&self, id: &str, now: DateTime<Utc>) -> Option<DecodingKey> {
        if let Some(key) = self.current().verifying(id) {
            return Some(key);
        }
        // Held while reading: who meets the new key meanwhile waits for it.
        let mut looked = self
            .shared
            .looked
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = self.current().verifying(id) {
            return Some(key);
        }
        // `abs`: a clock that was set back must not stop this.
        if looked.is_some_and(|before| now.signed_duration_since(before).abs() < PAUSE) {
            return None;
        }
        *looked = Some(now);
        if let Err(error) = self.reload() {
            tracing::error!(%error, "the keys of access tokens could not be read again");
        }
        self.current().verifying(id)
    }
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKeys")
            .field("folder", &self.shared.folder)
            .field("issuer", &self.shared.issuer)
            .field("audience", &self.shared.audience)
            .field("signing", &self.current().signing_id)
            .finish_non_exhaustive()
    }
}

impl KeySet {
    fn read(folder: &Path) -> Result<Self, TokenKeysError> {
        let stored = folder::read(folder)?;
        let newest = stored
            .first()
            .ok_or_else(|| TokenKeysError::Missing(folder.to_owned()))?;
        let mut keys = Vec::with_capacity(stored.len());
        let mut verifying = Vec::with_capacity(stored.len());
        for key in &stored {
            let public = PublicKey::of(key)?;
            keys.push(public.jwk);
            verifying.push((public.id, public.verifying));
        }
        Ok(Self {
            signing: EncodingKey::from_ed_der(newest.pkcs8()),
            signing_id: PublicKey::of(newest)?.id,
            public: serde_json::to_value(JwkSet { keys })
                .map_err(|_| TokenKeysError::Crypto("writing the public keys"))?,
            verifying,
        })
    }

    pub(crate) fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    pub(crate) fn signing_id(&self) -> &str {
        &self.signing_id
    }

    fn verifying(&self, id: &str) -> Option<DecodingKey> {
        let key = self.verifying.iter().find(|(known, _)| known == id);
        key.map(|(_, key)| key.clone())
    }
}

/// What may be told of a key.
struct PublicKey {
    /// Its thumbprint (RFC 7638, with SHA-256).
    id: String,
    verifying: DecodingKey,
    jwk: Jwk,
}

impl PublicKey {
    fn of(key: &StoredKey) -> Result<Self, TokenKeysError> {
        // Before anything else of the library, which would panic if some dependency had turned
        // its other backend on too. Only the first call counts.
        let _ = aws_lc::DEFAULT_PROVIDER.install_default();
        let refused = |_| TokenKeysError::Crypto("naming a key");
        let verifying = DecodingKey::from_ed_der(key.pair().public_key().as_ref());
        let mut jwk =
            Jwk::from_decoding_key(&verifying, Some(Algorithm::EdDSA)).map_err(refused)?;
        let id = jwk.thumbprint(ThumbprintHash::SHA256).map_err(refused)?;
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_id = Some(id.clone());
        Ok(Self { id, verifying, jwk })
    }
}

#[cfg(test)]
mod tests;

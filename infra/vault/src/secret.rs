//! 32 secret bytes that never show themselves and are overwritten when dropped.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hkdf, hmac, rand};
use zeroize::{Zeroize, Zeroizing};

use crate::error::VaultError;

/// The length of an AES-GCM tag.
pub(crate) const TAG_LEN: usize = 16;

/// A 256-bit secret: zeroized on drop, redacted in `Debug`, without `Clone`.
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// A new secret from the system's generator.
    ///
    /// # Errors
    /// [`VaultError::Crypto`] without entropy.
    pub fn generate() -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::fill(bytes.as_mut()).map_err(|_| VaultError::Crypto("making a key"))?;
        Ok(Self(bytes))
    }

    /// Takes the bytes over and overwrites the caller's copy.
    pub fn take(bytes: &mut [u8; 32]) -> Self {
        let secret = Self(Zeroizing::new(*bytes));
        bytes.zeroize();
        secret
    }

    /// The bytes, for wrapping them or for storing them in a keyring.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one use only (HKDF-SHA-256), so that no two uses share a key.
    #[allow(
        clippy::expect_used,
        reason = "HKDF-SHA-256 fails only for outputs over 8,160 bytes; this one has 32"
    )]
    pub(crate) fn derive(&self, purpose: &[u8], context: &[u8]) -> Self {
        let mut derived = Zeroizing::new([0; 32]);
        hkdf::Salt::new(hkdf::HKDF_SHA256, purpose)
            .extract(self.expose())
            .expand(&[context], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(derived.as_mut()))
            .expect("32 bytes are a valid HKDF output");
        Self(derived)
    }

    /// HMAC-SHA-256 over length-prefixed parts.
    pub(crate) fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context =
            hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.expose()));
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }

    /// The AES-256-GCM key of these bytes.
    pub(crate) fn cipher(&self) -> Result<Cipher, VaultError> {
        RandomizedNonceKey::new(&AES_256_GCM, self.expose())
            .map(Cipher)
            .map_err(|_| VaultError::Crypto("loading a key"))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// An expanded AES-256-GCM key. AWS-LC keeps it on its own heap, which it overwrites when
/// freeing, and draws each nonce itself, so that none can be given twice by mistake.
pub(crate) struct Cipher(RandomizedNonceKey);

impl Cipher {
    /// Appends nonce ‖ ciphertext ‖ tag to `out` and returns the nonce.
    pub(crate) fn seal(
        &self,
        aad: &[u8],
        clear: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<[u8; NONCE_LEN], VaultError> {
        let start = out.len();
        let body = start + NONCE_LEN;
        out.resize(body, 0);
        out.extend_from_slice(clear);
        let (nonce, tag) = self
            .0
            .seal_in_place_separate_tag(Aad::from(aad), &mut out[body..])
            .map_err(|_| {
                out[start..].zeroize();
                VaultError::Crypto("sealing")
            })?;
        out.extend_from_slice(tag.as_ref());
        let nonce = *nonce.as_ref();
        out[start..body].copy_from_slice(&nonce);
        Ok(nonce)
    }

    /// Opens nonce ‖ ciphertext ‖ tag; `None` when a byte of it or of `aad` is not as sealed.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut clear = body.to_vec();
        let length = self
            .0
            .open_in_place(nonce, Aad::from(aad), &mut clear)
            .ok()?
            .len();
        clear.truncate(length);
        Some(clear)
    }
}

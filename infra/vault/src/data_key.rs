//! A data key at work: the sealed format, and the count of its uses.
//!
//! Sealed bytes are `1 ‖ key id (16) ‖ nonce (12) ‖ ciphertext ‖ tag (16)`.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::aead::NONCE_LEN;
use bytes::Bytes;
use uuid::Uuid;

use crate::binding::{Binding, Holder};
use crate::error::VaultError;
use crate::secret::{Cipher, Secret, TAG_LEN};

/// The only format so far.
const FORMAT: u8 = 1;
/// Format byte and key id.
const HEADER_LEN: usize = 17;

/// How many bytes sealing adds.
pub const OVERHEAD: usize = HEADER_LEN + NONCE_LEN + TAG_LEN;

/// NIST SP 800-38D §8.3: at most 2^32 messages under one key with random 96-bit nonces.
pub(crate) const SEAL_LIMIT: i64 = 1 << 32;

/// One use in this many is counted, as this many. Which one is told by the nonce's first two
/// bytes being zero: random, so the count is right on average (a relative deviation of 0.4 %
/// at the limit) over all processes, restarts and cache evictions, and the database is
/// written once in 65,536 seals instead of each time.
pub(crate) const SEALS_PER_COUNT: i64 = 1 << 16;

/// The key id that sealed bytes name.
pub(crate) fn key_of(sealed: &[u8]) -> Result<Uuid, VaultError> {
    if sealed.len() < OVERHEAD || sealed[0] != FORMAT {
        return Err(VaultError::Damaged);
    }
    Uuid::from_slice(&sealed[1..HEADER_LEN]).map_err(|_| VaultError::Damaged)
}

/// A data key ready for use.
pub(crate) struct DataKey {
    pub(crate) id: Uuid,
    /// `None` once destroyed. The lock is what makes shredding exact: whoever destroys the
    /// key waits for the seals under way, and none can begin afterwards, whichever task
    /// still holds this key.
    cipher: RwLock<Option<Cipher>>,
    /// Counts that the database has not been told yet.
    owed: AtomicU32,
    exhausted: AtomicBool,
}

impl DataKey {
    pub(crate) fn new(id: Uuid, secret: &Secret, seals: i64) -> Result<Self, VaultError> {
        Ok(Self {
            id,
            cipher: RwLock::new(Some(secret.cipher()?)),
            owed: AtomicU32::new(0),
            exhausted: AtomicBool::new(seals >= SEAL_LIMIT),
        })
    }

    /// Seals, or tells that the key was destroyed with `None`.
    pub(crate) fn seal(
        &self,
        holder: &Holder,
        binding: &Binding<'_>,
        clear: &[u8],
    ) -> Option<Result<Bytes, VaultError>> {
        let guard = self.cipher.read().unwrap_or_else(PoisonError::into_inner);
        let cipher = guard.as_ref()?;
        if self.exhausted.load(Ordering::Relaxed) {
            return Some(Err(VaultError::Exhausted));
        }
        let mut out = Vec::with_capacity(clear.len() + OVERHEAD);
        out.push(FORMAT);
        out.extend_from_slice(self.id.as_bytes());
        let context = holder.seal_context(&out, binding);
        Some(cipher.seal(&context, clear, &mut out).map(|nonce| {
            if nonce[..2] == [0, 0] {
                self.owed.fetch_add(1, Ordering::Relaxed);
            }
            out.into()
        }))
    }

    /// Unseals, or tells that the key was destroyed with `None`.
    pub(crate) fn unseal(
        &self,
        holder: &Holder,
        binding: &Binding<'_>,
        sealed: &[u8],
    ) -> Option<Result<Vec<u8>, VaultError>> {
        let guard = self.cipher.read().unwrap_or_else(PoisonError::into_inner);
        let cipher = guard.as_ref()?;
        if key_of(sealed).ok() != Some(self.id) {
            return Some(Err(VaultError::Damaged));
        }
        let (header, body) = sealed.split_at(HEADER_LEN);
        let context = holder.seal_context(header, binding);
        Some(cipher.open(&context, body).ok_or(VaultError::Damaged))
    }

    /// Overwrites the key now, whoever still holds it.
    pub(crate) fn destroy(&self) {
        self.cipher
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Whether uses wait to be counted before the next one.
    pub(crate) fn is_owing(&self) -> bool {
        self.owed.load(Ordering::Relaxed) > 0
    }

    /// Takes the counts over, for writing them down.
    pub(crate) fn take_owed(&self) -> u32 {
        self.owed.swap(0, Ordering::Relaxed)
    }

    /// Gives the counts back when they couldn't be written down.
    pub(crate) fn owe(&self, counts: u32) {
        self.owed.fetch_add(counts, Ordering::Relaxed);
    }

    /// Learns the count that all processes have together.
    pub(crate) fn counted(&self, seals: i64) {
        if seals >= SEAL_LIMIT {
            self.exhausted.store(true, Ordering::Relaxed);
        }
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

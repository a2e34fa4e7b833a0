//! Erasures are for ever: whatever a restored database says, a key that was shredded once is
//! shredded again before anybody can use it.

use std::sync::Arc;

use crate::error::VaultError;
use crate::journal::{Erasure, Journal};
use crate::store::Store;
use crate::vault::Vault;

/// How many erasures one query asks for.
const PAGE: usize = 10_000;

impl Vault {
    /// Sees to it that these keys are shredded, as the log says they are; returns how many were
    /// not, which is to be expected only after an older backup of the keys was restored. To be
    /// called before anything is read or written.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when the database is away, [`VaultError::Keyring`] when the
    /// journal can't be written.
    pub async fn uphold(&self, erasures: &[Erasure]) -> Result<u64, VaultError> {
        let journal = self.inner.keyring.journal();
        let revived = bury(&self.inner.store, erasures).await?;
        for erasure in &revived {
            self.inner.cache.erase(erasure.holder());
        }
        if let Some(journal) = journal {
            journal.keep(erasures.to_vec()).await?;
        }
        Ok(revived.len() as u64)
    }
}

/// Holds the journal against the database, both ways: what the journal knows is shredded in the
/// database, and what the database knows is written into the journal, which another machine's
/// process may have done.
///
/// # Errors
/// As [`Vault::uphold`].
pub(crate) async fn reconcile(store: &Store, journal: &Arc<Journal>) -> Result<(), VaultError> {
    journal.refresh()?;
    bury(store, &journal.all()).await?;
    let tombstones = store.tombstones().await?;
    Ok(Arc::clone(journal).keep(tombstones).await?)
}

/// Shreds those of the keys that are not, and returns them.
async fn bury(store: &Store, erasures: &[Erasure]) -> Result<Vec<Erasure>, VaultError> {
    // Beyond all numbers that any process has ever seen.
    let highest = erasures.iter().map(|erasure| erasure.number).max();
    let highest = i64::try_from(highest.unwrap_or_default()).unwrap_or(i64::MAX - 1);
    let mut revived = Vec::new();
    for page in erasures.chunks(PAGE) {
        for at in store.without_tombstone(page).await? {
            let Some(erasure) = page.get(at) else {
                continue;
            };
            let (holder, when) = (erasure.holder(), Some((erasure.at, highest)));
            if store.bury(&holder, erasure.by, when).await?.is_some() {
                revived.push(*erasure);
            }
        }
    }
    if !revived.is_empty() {
        metrics::counter!("medilink_vault_revived_total").increment(revived.len() as u64);
        tracing::error!(
            keys = revived.len(),
            "the database of keys held keys that had been shredded, as an older backup does; they are shredded again"
        );
    }
    Ok(revived)
}

//! How a data key comes to hand: read, unwrapped, made, counted.

use std::sync::Arc;

use uuid::Uuid;

use crate::binding::Holder;
use crate::cache::{Entry, Moment};
use crate::data_key::{DataKey, SEALS_PER_COUNT};
use crate::error::VaultError;
use crate::keyring::{Epoch, Keyring};
use crate::rows::{Creation, Known, Wrapped};
use crate::secret::Secret;
use crate::store::Store;
use crate::vault::{ATTEMPTS, Vault, overtaken};

impl Vault {
    /// The holder's key, made if there is none.
    pub(crate) async fn key_to_seal(&self, holder: &Holder) -> Result<Arc<DataKey>, VaultError> {
        match self.inner.cache.get(holder) {
            Some(Entry::Live(key)) => return Ok(key),
            Some(Entry::Erased) => return Err(VaultError::Erased),
            None => {}
        }
        for _ in 0..ATTEMPTS {
            let (newest, entry, moment) = self.load(holder).await?;
            match entry {
                Some(Entry::Live(key)) => return Ok(key),
                Some(Entry::Erased) => return Err(VaultError::Erased),
                None => {}
            }
            let (id, secret) = (Uuid::now_v7(), Secret::generate()?);
            let keys = &self.inner.keyring.keys;
            let wrapped = keys.wrap(newest, &secret, &holder.wrap_context(id)).await?;
            if self
                .inner
                .store
                .create(holder, id, newest, &wrapped)
                .await?
                == Creation::Created
            {
                metrics::counter!("medilink_vault_keys_made_total").increment(1);
                let key = Arc::new(DataKey::new(id, &secret, 0)?);
                self.inner
                    .cache
                    .admit(moment, *holder, Entry::Live(key.clone()));
                return Ok(key);
            }
        }
        Err(overtaken())
    }

    /// Reads the holder's key, and the epoch that a new one is to be wrapped by.
    pub(crate) async fn load(
        &self,
        holder: &Holder,
    ) -> Result<(Epoch, Option<Entry>, Moment), VaultError> {
        let moment = self.inner.cache.moment();
        let (newest, known) = self.inner.store.load(holder).await?;
        if matches!(known, Known::Nothing) {
            verify(&self.inner.keyring, newest.epoch, &newest.proof).await?;
        }
        let entry = self.keep(moment, holder, known).await?;
        Ok((newest.epoch, entry, moment))
    }

    /// Unwraps what was read, and caches it unless that is too late.
    pub(crate) async fn keep(
        &self,
        moment: Moment,
        holder: &Holder,
        known: Known,
    ) -> Result<Option<Entry>, VaultError> {
        if !matches!(known, Known::Erased) && self.inner.keyring.remembers(holder) {
            // An older backup was restored under this process. What it brought back is buried
            // when the listener has found the database again.
            metrics::counter!("medilink_vault_revived_refused_total").increment(1);
            self.inner.cache.erase(*holder);
            return Ok(Some(Entry::Erased));
        }
        let entry = match known {
            Known::Nothing => return Ok(None),
            Known::Erased => Entry::Erased,
            Known::Live(wrapped) => Entry::Live(Arc::new(self.unwrap(holder, &wrapped).await?)),
        };
        metrics::counter!("medilink_vault_keys_loaded_total").increment(1);
        self.inner.cache.admit(moment, *holder, entry.clone());
        Ok(Some(entry))
    }

    async fn unwrap(&self, holder: &Holder, wrapped: &Wrapped) -> Result<DataKey, VaultError> {
        let context = holder.wrap_context(wrapped.id);
        let keys = &self.inner.keyring.keys;
        let secret = keys.unwrap(wrapped.epoch, &wrapped.bytes, &context).await?;
        let secret = secret.ok_or(VaultError::DamagedKey(wrapped.epoch))?;
        DataKey::new(wrapped.id, &secret, wrapped.seals)
    }

    /// Writes down uses that wait to be counted.
    pub(crate) async fn settle(&self, key: &DataKey) -> Result<(), VaultError> {
        let counts = key.take_owed();
        if counts == 0 {
            return Ok(());
        }
        match self
            .inner
            .store
            .count(key.id, i64::from(counts) * SEALS_PER_COUNT)
            .await
        {
            Ok(Some(seals)) => key.counted(seals),
            // Shredded meanwhile: there is nothing left to count.
            Ok(None) => {}
            Err(error) => {
                key.owe(counts);
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Makes sure that the keyring belongs to the database: a wrong one would wrap new keys that
/// nobody finds again, and blind indexes that match nothing.
pub(crate) async fn bind(store: &Store, keyring: &Keyring) -> Result<(), VaultError> {
    let mut epochs = store.epochs().await?;
    if epochs.is_empty() {
        let first = keyring.keys.advance(Epoch(0)).await?;
        store
            .register(first, &keyring.keys.proof(first).await?)
            .await?;
        epochs = store.epochs().await?;
    }
    for registered in epochs {
        verify(keyring, registered.epoch, &registered.proof).await?;
    }
    let own = keyring.index_proof();
    if store.index_proof(&own).await? != own {
        return Err(VaultError::ForeignKeyring("the index secret"));
    }
    Ok(())
}

async fn verify(keyring: &Keyring, epoch: Epoch, proof: &[u8]) -> Result<(), VaultError> {
    if keyring.keys.proof(epoch).await? != proof {
        return Err(VaultError::ForeignKeyring("a key-encryption key"));
    }
    Ok(())
}

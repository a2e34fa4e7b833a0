//! A new key-encryption key, and the end of old ones.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::binding::Holder;
use crate::error::VaultError;
use crate::keyring::Epoch;
use crate::rows::{RegisteredEpoch, Wrapped};
use crate::vault::Vault;

/// Held by whoever rotates or retires; released with its connection, even by a kill.
const LOCK: i64 = 7_305_820_136;

/// How far a rotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationProgress {
    /// The epoch that keys are being wrapped by.
    pub epoch: Epoch,
    /// Keys rewrapped so far in this run.
    pub rewrapped: u64,
    /// Keys that were waiting when this run began.
    pub total: u64,
}

/// What a rotation has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The epoch that every sound key is wrapped by now.
    pub epoch: Epoch,
    /// Keys rewrapped in this run.
    pub rewrapped: u64,
    /// Keys that can't be unwrapped: their rows were changed. They stay as they are, and
    /// their epoch can't be retired.
    pub damaged: u64,
    /// Whether this run finished an earlier one instead of making a new epoch.
    pub resumed: bool,
}

/// An epoch that rows may be wrapped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochUse {
    /// Its number.
    pub epoch: Epoch,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many keys it wraps.
    pub keys: u64,
}

impl Vault {
    /// Makes a new epoch and rewraps every data key under it, in bounded batches that never
    /// hold a lock while keys are worked on. Sealed data, blind indexes and cached keys stay
    /// as they are, and sealing goes on meanwhile. If an earlier rotation was interrupted,
    /// this one finishes it. `report` hears of each batch.
    ///
    /// Old epochs stay until [`Vault::retire`].
    ///
    /// # Errors
    /// [`VaultError::RotationRunning`] when another process is rotating,
    /// [`VaultError::Unavailable`] when the database is away: call again to resume.
    pub async fn rotate(
        &self,
        report: impl FnMut(RotationProgress) + Send,
    ) -> Result<Rotation, VaultError> {
        self.alone(self.rotate_all(report)).await
    }

    async fn rotate_all(
        &self,
        mut report: impl FnMut(RotationProgress) + Send,
    ) -> Result<Rotation, VaultError> {
        let epochs = self.epochs().await?;
        let newest = epochs.last().map_or(Epoch(0), |last| last.epoch);
        let waiting = |target: Epoch| {
            epochs
                .iter()
                .filter(|used| used.epoch < target)
                .map(|used| used.keys)
                .sum()
        };
        let unfinished: u64 = waiting(newest);
        let resumed = unfinished > 0;
        let epoch = if resumed {
            newest
        } else {
            self.next_epoch(newest).await?
        };
        let mut progress = RotationProgress {
            epoch,
            rewrapped: 0,
            total: waiting(epoch),
        };
        report(progress);
        // A process may still add a key under the old epoch that it read a moment ago, so
        // passes are repeated until one finds nothing to do.
        let damaged = loop {
            let before = progress.rewrapped;
            let damaged = self.pass(&mut progress, &mut report).await?;
            if progress.rewrapped == before {
                break damaged;
            }
        };
        tracing::info!(%epoch, rewrapped = progress.rewrapped, damaged, resumed, "rotated the key-encryption key");
        Ok(Rotation {
            epoch,
            rewrapped: progress.rewrapped,
            damaged,
            resumed,
        })
    }

    /// Destroys the key of every epoch that wraps no row any more, except the newest, and
    /// returns the epochs gone. Copies of shredded keys in dead rows, WAL and backups are
    /// worthless from then on, and so are backups of the keys database from before the last
    /// rotation: call it when those have expired.
    ///
    /// # Errors
    /// As [`Vault::rotate`].
    pub async fn retire(&self) -> Result<Vec<Epoch>, VaultError> {
        self.retire_superseded(DateTime::<Utc>::MAX_UTC).await
    }

    /// As [`Vault::retire`], but only those epochs in whose place a newer one had come before this
    /// instant: backups of the keys database that were made later stay readable.
    ///
    /// # Errors
    /// As [`Vault::rotate`].
    pub async fn retire_superseded(&self, before: DateTime<Utc>) -> Result<Vec<Epoch>, VaultError> {
        self.alone(self.retire_unused(before)).await
    }

    /// Whether a key was shredded that backups still hold wrapped by the newest epoch: it is
    /// time to [rotate](Vault::rotate).
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when the database is away.
    pub async fn owes_rotation(&self) -> Result<bool, VaultError> {
        let epochs = self.inner.store.epochs().await?;
        let newest = epochs.last().map(|newest| newest.since);
        let last = self.inner.store.last_shredding().await?;
        Ok(newest.zip(last).is_some_and(|(since, last)| last >= since))
    }

    async fn retire_unused(&self, before: DateTime<Utc>) -> Result<Vec<Epoch>, VaultError> {
        let epochs = self.epochs().await?;
        let Some((newest, older)) = epochs.split_last() else {
            return Ok(Vec::new());
        };
        let mut gone = Vec::new();
        for (used, successor) in older.iter().zip(&epochs[1..]) {
            if successor.since >= before {
                break;
            }
            if self.inner.store.unregister(used.epoch).await? {
                gone.push(used.epoch);
            }
        }
        // Also those that an interrupted call has unregistered but not destroyed.
        let needed = |epoch| older.iter().any(|used| used.epoch == epoch) && !gone.contains(&epoch);
        for epoch in (1..newest.epoch.0)
            .map(Epoch)
            .filter(|epoch| !needed(*epoch))
        {
            self.inner.keyring.keys.retire(epoch).await?;
        }
        tracing::info!(retired = gone.len(), "retired old key-encryption keys");
        Ok(gone)
    }

    /// The epochs that rows may be wrapped by, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when the database is away.
    pub async fn epochs(&self) -> Result<Vec<EpochUse>, VaultError> {
        let epochs = self.inner.store.epochs().await?;
        let used = |registered: RegisteredEpoch| EpochUse {
            epoch: registered.epoch,
            since: registered.since,
            keys: registered.keys.unsigned_abs(),
        };
        Ok(epochs.into_iter().map(used).collect())
    }

    async fn next_epoch(&self, newest: Epoch) -> Result<Epoch, VaultError> {
        let keys = &self.inner.keyring.keys;
        let epoch = keys.advance(newest).await?;
        let proof = keys.proof(epoch).await?;
        self.inner.store.register(epoch, &proof).await?;
        Ok(epoch)
    }

    /// Goes once through all keys of older epochs; returns how many can't be unwrapped.
    async fn pass(
        &self,
        progress: &mut RotationProgress,
        report: &mut (impl FnMut(RotationProgress) + Send),
    ) -> Result<u64, VaultError> {
        let (store, limit) = (&self.inner.store, self.inner.options.rewrap_batch.max(1));
        let (mut after, mut damaged) = (Uuid::nil(), 0);
        loop {
            let batch = store.to_rewrap(progress.epoch, after, limit).await?;
            let Some((_, last)) = batch.last() else {
                return Ok(damaged);
            };
            after = last.id;
            let mut rewrapped = Vec::with_capacity(batch.len());
            for (holder, wrapped) in batch {
                match self.rewrap(progress.epoch, &holder, &wrapped).await? {
                    Some(new) => rewrapped.push((wrapped.id, wrapped.bytes, new)),
                    None => damaged += 1,
                }
            }
            let done = store.rewrap(progress.epoch, &rewrapped).await?;
            progress.rewrapped += done;
            metrics::counter!("medilink_vault_keys_rewrapped_total").increment(done);
            report(*progress);
        }
    }

    async fn rewrap(
        &self,
        epoch: Epoch,
        holder: &Holder,
        wrapped: &Wrapped,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        let (keys, context) = (&self.inner.keyring.keys, holder.wrap_context(wrapped.id));
        let Some(secret) = keys.unwrap(wrapped.epoch, &wrapped.bytes, &context).await? else {
            tracing::error!(key = %wrapped.id, epoch = %wrapped.epoch, "a wrapped key is damaged and was left as it is");
            return Ok(None);
        };
        Ok(Some(keys.wrap(epoch, &secret, &context).await?))
    }

    /// Does this while nobody else rotates or retires.
    async fn alone<T>(
        &self,
        work: impl Future<Output = Result<T, VaultError>>,
    ) -> Result<T, VaultError> {
        let lock = self.lock().await?;
        let done = work.await;
        // The end of a session that is dropped comes a while later; whoever is next would meet
        // the lock until then.
        let unlock = "SELECT pg_advisory_unlock($1)";
        if let Err(error) = lock.execute(unlock, &[&LOCK]).await {
            tracing::warn!(%error, "the lock of rotations goes with its session");
        }
        done
    }

    /// A connection that holds the lock of rotations: only one runs at a time.
    async fn lock(&self) -> Result<Client, VaultError> {
        let connect = async {
            let client = self.inner.store.database.connect().await?;
            let row = client
                .query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK])
                .await?;
            match row.get(0) {
                true => Ok(client),
                false => Err(VaultError::RotationRunning),
            }
        };
        let patience: Duration = self.inner.options.patience;
        tokio::time::timeout(patience, connect)
            .await
            .unwrap_or_else(|_| Err(VaultError::Unavailable("no answer in time".to_owned())))
    }
}

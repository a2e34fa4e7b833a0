//! The vault: seal, unseal, shred.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use medilink_database::Database;
use medilink_domain::{Category, SubjectId, TenantId};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::binding::{Binding, Holder};
use crate::cache::{Entry, KeyCache};
use crate::data_key::key_of;
use crate::error::VaultError;
use crate::journal::Erasure;
use crate::keyring::Keyring;
use crate::keys::bind;
use crate::listener::Listener;
use crate::options::VaultOptions;
use crate::rows::Tombstone;
use crate::store::Store;
use crate::uphold::reconcile;

/// How many keys one query of [`Vault::warm`] asks for.
const WARM_LIMIT: usize = 10_000;
/// How often a key is read again when other processes keep getting in between.
pub(crate) const ATTEMPTS: usize = 4;

/// What sealed bytes hold.
#[derive(Clone, PartialEq, Eq)]
pub enum Unsealed {
    /// The clear text.
    Clear(Vec<u8>),
    /// Nothing any more: the key was shredded.
    Erased,
}

impl std::fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // Clear text is personal, and Debug output ends up in logs.
            Self::Clear(clear) => write!(f, "Clear({} bytes)", clear.len()),
            Self::Erased => f.write_str("Erased"),
        }
    }
}

/// The trace of a shredding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shredded {
    /// When the key was destroyed.
    pub at: DateTime<Utc>,
    /// Who asked for it, by id.
    pub by: Uuid,
    /// The number of the tombstone.
    pub number: u64,
    /// Whether an earlier call had destroyed it already; `at` and `by` are then that one's.
    pub already: bool,
}

/// Keys of data subjects and what is sealed under them. Cheap to clone; the listener ends
/// when the last clone goes, or with [`Vault::close`], which waits for it.
#[derive(Clone)]
pub struct Vault {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) keyring: Keyring,
    pub(crate) options: VaultOptions,
    pub(crate) cache: Arc<KeyCache>,
    cancel: CancellationToken,
    listener: Mutex<Option<JoinHandle<()>>>,
    _stop: DropGuard,
}

impl Vault {
    /// Opens the vault in a keys database, whose role is `medilink_vault`. The first to open
    /// an empty database binds it to its keyring.
    ///
    /// # Errors
    /// [`VaultError::ForeignKeyring`] or [`VaultError::Keyring`] when the keyring is not the
    /// database's own or lacks an epoch, [`VaultError::Unavailable`] when the database is away.
    pub async fn open(database: Database, keyring: Keyring) -> Result<Self, VaultError> {
        Self::open_with(database, keyring, VaultOptions::default()).await
    }

    /// As [`Vault::open`], with other settings.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub async fn open_with(
        database: Database,
        keyring: Keyring,
        options: VaultOptions,
    ) -> Result<Self, VaultError> {
        let store = Store {
            database,
            patience: options.patience,
        };
        bind(&store, &keyring).await?;
        // Before anything is served: the database may be an older backup.
        if let Some(journal) = keyring.journal() {
            reconcile(&store, &journal).await?;
        }
        let cache = Arc::new(KeyCache::new(options.cached_keys, options.time_to_live));
        let cancel = CancellationToken::new();
        let listener = Listener {
            store: store.clone(),
            journal: keyring.journal(),
            cache: cache.clone(),
            options: options.clone(),
            id: Uuid::now_v7(),
        };
        let inner = Inner {
            store,
            keyring,
            options,
            cache,
            listener: Mutex::new(Some(tokio::spawn(listener.run(cancel.clone())))),
            _stop: cancel.clone().drop_guard(),
            cancel,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Seals personal data for one place. The first use makes the subject's data key.
    ///
    /// # Errors
    /// [`VaultError::Erased`] once the subject's key of this category was shredded,
    /// [`VaultError::Unavailable`] when the key is not at hand and the database is away.
    pub async fn seal(
        &self,
        subject: SubjectId,
        category: Category,
        binding: &Binding<'_>,
        clear: &[u8],
    ) -> Result<Bytes, VaultError> {
        let holder = Holder {
            tenant: binding.tenant,
            subject,
            category,
        };
        for _ in 0..ATTEMPTS {
            let key = self.key_to_seal(&holder).await?;
            self.settle(&key).await?;
            if let Some(sealed) = key.seal(&holder, binding, clear) {
                // A key that isn't cached has nobody else to count this use later.
                self.settle(&key).await?;
                return sealed;
            }
            // Destroyed between being read and being used: the next round tells by what.
        }
        Err(overtaken())
    }

    /// Unseals what was sealed for this place.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when the bytes were changed or belong elsewhere,
    /// [`VaultError::UnknownKey`] when the keys database never had their key,
    /// [`VaultError::Unavailable`] when the key is not at hand and the database is away.
    pub async fn unseal(
        &self,
        subject: SubjectId,
        category: Category,
        binding: &Binding<'_>,
        sealed: &[u8],
    ) -> Result<Unsealed, VaultError> {
        key_of(sealed)?;
        let holder = Holder {
            tenant: binding.tenant,
            subject,
            category,
        };
        for _ in 0..ATTEMPTS {
            let key = match self.inner.cache.get(&holder) {
                Some(Entry::Live(key)) => key,
                Some(Entry::Erased) => return Ok(Unsealed::Erased),
                None => match self.load(&holder).await? {
                    (_, Some(Entry::Live(key)), _) => key,
                    (_, Some(Entry::Erased), _) => return Ok(Unsealed::Erased),
                    (_, None, _) => return Err(VaultError::UnknownKey),
                },
            };
            if let Some(clear) = key.unseal(&holder, binding, sealed) {
                return clear.map(Unsealed::Clear);
            }
        }
        Err(overtaken())
    }

    /// [`Vault::seal`] without waiting: `None` when the key is not at hand, or when the
    /// database must be asked for another reason.
    pub fn try_seal(
        &self,
        subject: SubjectId,
        category: Category,
        binding: &Binding<'_>,
        clear: &[u8],
    ) -> Option<Result<Bytes, VaultError>> {
        let holder = Holder {
            tenant: binding.tenant,
            subject,
            category,
        };
        match self.inner.cache.get(&holder)? {
            Entry::Live(key) if key.is_owing() => None,
            Entry::Live(key) => key.seal(&holder, binding, clear),
            Entry::Erased => Some(Err(VaultError::Erased)),
        }
    }

    /// [`Vault::unseal`] without waiting: `None` when the key is not at hand.
    pub fn try_unseal(
        &self,
        subject: SubjectId,
        category: Category,
        binding: &Binding<'_>,
        sealed: &[u8],
    ) -> Option<Result<Unsealed, VaultError>> {
        let holder = Holder {
            tenant: binding.tenant,
            subject,
            category,
        };
        if let Err(damaged) = key_of(sealed) {
            return Some(Err(damaged));
        }
        match self.inner.cache.get(&holder)? {
            Entry::Live(key) => Some(key.unseal(&holder, binding, sealed)?.map(Unsealed::Clear)),
            Entry::Erased => Some(Ok(Unsealed::Erased)),
        }
    }

    /// Loads the keys that aren't at hand yet, in one query per 10,000. Makes no keys. Does
    /// nothing while the cache may not be trusted.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when the database is away.
    pub async fn warm(&self, keys: &[(TenantId, SubjectId, Category)]) -> Result<(), VaultError> {
        if !self.inner.cache.is_trusted() {
            return Ok(());
        }
        let mut wanted: Vec<Holder> = keys
            .iter()
            .map(|&(tenant, subject, category)| Holder {
                tenant,
                subject,
                category,
            })
            .filter(|holder| self.inner.cache.get(holder).is_none())
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        for some in wanted.chunks(WARM_LIMIT) {
            let moment = self.inner.cache.moment();
            for (holder, known) in self.inner.store.load_many(some).await? {
                match self.keep(moment, &holder, known).await {
                    // It fails where it is used; the other keys are fine.
                    Ok(_) | Err(VaultError::DamagedKey(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Destroys the subject's key of this category for ever, in all processes: when this
    /// returns, no call that begins afterwards anywhere unseals under it. What is left is a
    /// tombstone with `by` and the time, and a line in the journal beside the keyring, from which
    /// a restored database learns of it. May be repeated, also after an error.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when the database is away (it is then not known whether
    /// the key was destroyed: repeat), [`VaultError::Unconfirmed`] when it was destroyed but
    /// a process that still trusts its cache has not confirmed in time.
    pub async fn shred(
        &self,
        tenant: TenantId,
        subject: SubjectId,
        category: Category,
        by: Uuid,
    ) -> Result<Shredded, VaultError> {
        let holder = Holder {
            tenant,
            subject,
            category,
        };
        let store = &self.inner.store;
        let (tombstone, already) = match store.tombstone(&holder).await? {
            Some(earlier) => (earlier, true),
            None => match store.bury(&holder, by, None).await? {
                Some(own) => (own, false),
                // Another process was a moment faster.
                None => (store.tombstone(&holder).await?.ok_or_else(overtaken)?, true),
            },
        };
        self.inner.cache.erase(holder);
        if !already {
            metrics::counter!("medilink_vault_shredded_total", "category" => category.name())
                .increment(1);
        }
        let number = tombstone.number.unsigned_abs();
        let Tombstone { at, by, .. } = tombstone;
        if let Some(journal) = self.inner.keyring.journal() {
            let erasure = Erasure {
                tenant,
                subject,
                category,
                number,
                at,
                by,
            };
            journal.keep(vec![erasure]).await?;
        }
        self.confirmed(tombstone.number).await?;
        Ok(Shredded {
            at,
            by,
            number,
            already,
        })
    }

    /// A fingerprint by which a value can be found without being stored: HMAC-SHA-256 under
    /// the tenant's own key. Equal only for the same tenant, scope (such as `patient.phone`)
    /// and value; bring the value into one spelling first. Survives every rotation.
    pub fn blind_index(&self, tenant: TenantId, scope: &str, value: &str) -> [u8; 32] {
        self.inner.keyring.blind_index(tenant, scope, value)
    }

    /// Whether this process hears of shreddings, so that cached keys are in use. While it is
    /// false everything still works, with one query to the keys database for each call.
    pub fn is_listening(&self) -> bool {
        self.inner.cache.is_trusted()
    }

    /// Ends the listener and waits for it; shreddings elsewhere then don't wait for this
    /// process. The vault keeps working, without its cache.
    pub async fn close(&self) {
        self.inner.cancel.cancel();
        let listener = self
            .inner
            .listener
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(listener) = listener
            && let Err(error) = listener.await
        {
            tracing::error!(%error, "the vault's listener failed");
        }
    }

    /// Waits until every process has dropped what was shredded up to this number, or no
    /// longer trusts its cache.
    async fn confirmed(&self, number: i64) -> Result<(), VaultError> {
        let deadline = Instant::now() + self.inner.options.lease * 2;
        let mut pause = Duration::from_millis(2);
        while self.inner.store.unconfirmed(number).await? > 0 {
            if Instant::now() > deadline {
                return Err(VaultError::Unconfirmed);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("listening", &self.is_listening())
            .finish_non_exhaustive()
    }
}

pub(crate) fn overtaken() -> VaultError {
    VaultError::Unavailable("other processes kept changing the key".to_owned())
}

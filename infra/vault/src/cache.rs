//! Data keys at hand, and when they may be trusted.
//!
//! A cached key may be used only while this process is sure to hear of every shredding: the
//! listener extends the trust by a short lease each time the database has answered it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::sync::Cache;

use crate::binding::Holder;
use crate::data_key::DataKey;

/// What is known of a holder.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Live(Arc<DataKey>),
    /// Final, so it may be trusted for ever.
    Erased,
}

/// A moment of the cache, from before a key was read out of the database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(u64);

pub(crate) struct KeyCache {
    entries: Cache<Holder, Entry>,
    /// Counts what was dropped. A key that was read before something was dropped is not
    /// admitted: it might be the one that was shredded meanwhile. Held while admitting and
    /// dropping, never while sealing.
    moment: Mutex<u64>,
    /// The last shredding that this cache has taken into account.
    seen: AtomicI64,
    started: Instant,
    /// Microseconds after `started` until which live entries may be used.
    trusted_until: AtomicU64,
}

impl KeyCache {
    pub(crate) fn new(capacity: u64, time_to_live: Duration) -> Self {
        Self {
            entries: Cache::builder()
                .max_capacity(capacity)
                .time_to_live(time_to_live)
                .build(),
            moment: Mutex::new(0),
            seen: AtomicI64::new(0),
            started: Instant::now(),
            trusted_until: AtomicU64::new(0),
        }
    }

    /// What may be used right now.
    pub(crate) fn get(&self, holder: &Holder) -> Option<Entry> {
        match self.entries.get(holder)? {
            Entry::Live(_) if !self.is_trusted() => None,
            entry => Some(entry),
        }
    }

    pub(crate) fn is_trusted(&self) -> bool {
        self.micros(Instant::now()) < self.trusted_until.load(Ordering::SeqCst)
    }

    pub(crate) fn trust_until(&self, end: Instant) {
        self.trusted_until.store(self.micros(end), Ordering::SeqCst);
    }

    pub(crate) fn distrust(&self) {
        self.trusted_until.store(0, Ordering::SeqCst);
    }

    /// To be taken before reading keys from the database.
    pub(crate) fn moment(&self) -> Moment {
        Moment(*self.lock())
    }

    /// Keeps what was read, unless something has been dropped since `moment`; the reader may
    /// still use it for the call that was under way.
    pub(crate) fn admit(&self, moment: Moment, holder: Holder, entry: Entry) {
        let now = self.lock();
        let timely = Moment(*now) == moment && self.is_trusted();
        if timely || matches!(entry, Entry::Erased) {
            self.entries.insert(holder, entry);
        }
    }

    /// Takes a shredding into account: the key is overwritten before this returns.
    pub(crate) fn erase(&self, holder: Holder) {
        let mut now = self.lock();
        *now += 1;
        let known = self.entries.get(&holder);
        self.entries.insert(holder, Entry::Erased);
        if let Some(Entry::Live(key)) = known {
            key.destroy();
        }
    }

    /// Forgets all keys, because shreddings up to `number` may have been missed.
    pub(crate) fn clear(&self, number: i64) {
        let mut now = self.lock();
        *now += 1;
        for (_, entry) in &self.entries {
            if let Entry::Live(key) = entry {
                key.destroy();
            }
        }
        self.entries.invalidate_all();
        self.seen.fetch_max(number, Ordering::SeqCst);
    }

    /// The last shredding taken into account.
    pub(crate) fn seen(&self) -> i64 {
        self.seen.load(Ordering::SeqCst)
    }

    /// Whether a shredding with this number is the next one; if so it counts as seen.
    pub(crate) fn saw(&self, number: i64) -> bool {
        let next =
            self.seen
                .compare_exchange(number - 1, number, Ordering::SeqCst, Ordering::SeqCst);
        next.is_ok() || self.seen() >= number
    }

    /// Lets go of keys whose time is over even when nobody asks for any.
    pub(crate) fn tidy(&self) {
        self.entries.run_pending_tasks();
        metrics::gauge!("medilink_vault_cached_keys").set(self.entries.entry_count() as f64);
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.moment.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn micros(&self, at: Instant) -> u64 {
        // 584,000 years fit.
        at.saturating_duration_since(self.started).as_micros() as u64
    }
}

//! Streams that were read before. History doesn't change, so what was read once need not be
//! read again: only what came after it. Payloads and snapshots stay sealed; each use opens them
//! anew, so a shredded key works here as it does in the log.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::loaded::{LoadedEvent, LoadedStream, Snapshot};

/// The most that is kept, in bytes.
const MOST: usize = 128 << 20;
/// Parts with a lock each, so that commands on several cores rarely wait for each other.
const SHELVES: usize = 16;
/// What an event takes besides its payload, about.
const OVERHEAD: usize = 160;
/// A stream with more events than this after its snapshot is not kept: its snapshots fail.
const LONGEST: usize = 1_000;

/// Streams up to their last event that is known of, the least recently used of which make room.
///
/// All of it is of one epoch: what was read in an earlier one may be of a history that an older
/// backup has taken the place of.
pub(crate) struct Kept {
    shelves: [Mutex<Shelf>; SHELVES],
    hasher: RandomState,
    bytes: AtomicUsize,
}

impl Default for Kept {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Kept {
    fn of(most: usize) -> Self {
        Self {
            shelves: std::array::from_fn(|_| Mutex::new(Shelf::of(most / SHELVES))),
            hasher: RandomState::new(),
            bytes: AtomicUsize::new(0),
        }
    }

    /// The stream as far as it is known.
    pub fn get(&self, epoch: u64, stream: &str) -> Option<Arc<LoadedStream>> {
        self.shelf(epoch, stream, |shelf| shelf.streams.get(stream).cloned())
            .flatten()
    }

    /// Keeps a stream, if this is all of it up to its last event.
    pub fn put(&self, epoch: u64, stream: &str, loaded: &Arc<LoadedStream>) {
        self.shelf(epoch, stream, |shelf| shelf.put(stream, loaded));
    }

    /// Goes on with a stream by what was just recorded in it, if that follows what is known.
    pub fn extend(&self, epoch: u64, stream: &str, events: impl Iterator<Item = LoadedEvent>) {
        self.shelf(epoch, stream, |shelf| shelf.extend(stream, events));
    }

    /// Puts a snapshot in the place of the events up to it.
    pub fn shorten(&self, epoch: u64, stream: &str, snapshot: Snapshot, stored: bool) {
        self.shelf(epoch, stream, |shelf| {
            shelf.shorten(stream, snapshot, stored)
        });
    }

    /// Works on the shelf of a stream; `None` when the epoch has passed.
    fn shelf<T>(&self, epoch: u64, stream: &str, work: impl FnOnce(&mut Shelf) -> T) -> Option<T> {
        let number = self.hasher.hash_one(stream) as usize % SHELVES;
        let mut shelf = lock(&self.shelves[number]);
        let before = shelf.bytes;
        if epoch > shelf.epoch {
            shelf.clear();
            shelf.epoch = epoch;
        }
        let done = (epoch == shelf.epoch).then(|| work(&mut shelf));
        self.count(before, shelf.bytes);
        done
    }

    fn count(&self, before: usize, after: usize) {
        if before != after {
            self.bytes.fetch_add(after, Ordering::Relaxed);
            let bytes = self.bytes.fetch_sub(before, Ordering::Relaxed) - before;
            metrics::gauge!("medilink_log_kept_bytes").set(bytes as f64);
        }
    }
}

fn lock(shelf: &Mutex<Shelf>) -> MutexGuard<'_, Shelf> {
    // Whatever a holder that panicked left is a stream or none: both are sound.
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Shelf {
    streams: LruCache<String, Arc<LoadedStream>>,
    epoch: u64,
    bytes: usize,
    most: usize,
}

impl Shelf {
    fn of(most: usize) -> Self {
        Self {
            streams: LruCache::unbounded(),
            epoch: 0,
            bytes: 0,
            most,
        }
    }

    fn put(&mut self, stream: &str, loaded: &Arc<LoadedStream>) {
        let worth = loaded.version() > 0 && loaded.events.len() <= LONGEST;
        if !worth || loaded.more || !loaded.is_whole() {
            self.take(stream);
            return;
        }
        self.bytes += size(stream, loaded);
        if let Some((stream, before)) = self.streams.push(stream.to_owned(), Arc::clone(loaded)) {
            self.bytes -= size(&stream, &before);
        }
        while self.bytes > self.most
            && let Some((stream, loaded)) = self.streams.pop_lru()
        {
            self.bytes -= size(&stream, &loaded);
        }
    }

    fn extend(&mut self, stream: &str, events: impl Iterator<Item = LoadedEvent>) {
        let mut known = self.take(stream).unwrap_or_default();
        // Some of it may have been read meanwhile.
        let read = known.version();
        Arc::make_mut(&mut known)
            .events
            .extend(events.filter(|event| event.version > read));
        self.put(stream, &known);
    }

    fn shorten(&mut self, stream: &str, snapshot: Snapshot, stored: bool) {
        let Some(mut known) = self.take(stream) else {
            return;
        };
        let shortened = Arc::make_mut(&mut known);
        if stored {
            shortened.stored = shortened.stored.max(snapshot.version);
        }
        if (shortened.base()..=shortened.version()).contains(&snapshot.version) {
            shortened
                .events
                .retain(|event| event.version > snapshot.version);
            shortened.snapshot = Some(snapshot);
        }
        self.put(stream, &known);
    }

    fn take(&mut self, stream: &str) -> Option<Arc<LoadedStream>> {
        let known = self.streams.pop(stream)?;
        self.bytes -= size(stream, &known);
        Some(known)
    }

    fn clear(&mut self) {
        self.streams.clear();
        self.bytes = 0;
    }
}

fn size(stream: &str, loaded: &LoadedStream) -> usize {
    let payloads: usize = loaded.events.iter().map(|event| event.payload.len()).sum();
    let snapshot = loaded
        .snapshot
        .as_ref()
        .map_or(0, |snapshot| snapshot.state.len());
    stream.len() + snapshot + payloads + (loaded.events.len() + 1) * OVERHEAD
}

#[cfg(test)]
mod tests {
    use medilink_domain::TenantId;
    use uuid::Uuid;

    use super::*;

    fn events(versions: std::ops::RangeInclusive<u64>) -> Vec<LoadedEvent> {
        versions
            .map(|version| LoadedEvent {
                version,
                tenant: TenantId(Uuid::nil()),
                kind: "a.b".into(),
                schema_version: 1,
                subject: None,
                payload: vec![0; 40].into(),
            })
            .collect()
    }

    fn loaded(versions: std::ops::RangeInclusive<u64>) -> Arc<LoadedStream> {
        Arc::new(LoadedStream {
            events: events(versions),
            ..LoadedStream::default()
        })
    }

    fn snapshot(version: u64) -> Snapshot {
        Snapshot {
            version,
            tenant: TenantId(Uuid::nil()),
            subject: None,
            state: vec![0; 10].into(),
        }
    }

    fn versions(kept: &Kept, stream: &str) -> Vec<u64> {
        let known = kept.get(0, stream).unwrap_or_default();
        known.events.iter().map(|event| event.version).collect()
    }

    #[test]
    fn only_streams_without_a_gap_are_kept() {
        let kept = Kept::default();
        kept.put(0, "a-1", &loaded(2..=3));
        kept.put(0, "a-2", &Arc::default());
        assert!(kept.get(0, "a-1").is_none() && kept.get(0, "a-2").is_none());
        kept.put(0, "a-1", &loaded(1..=2));
        kept.extend(0, "a-1", events(3..=4).into_iter());
        assert_eq!(versions(&kept, "a-1"), [1, 2, 3, 4]);
        kept.extend(0, "a-1", events(4..=5).into_iter());
        assert_eq!(versions(&kept, "a-1"), [1, 2, 3, 4, 5]);
        // Somebody else's event is missing in between: the stream is read anew.
        kept.extend(0, "a-1", events(7..=7).into_iter());
        assert!(kept.get(0, "a-1").is_none());
        kept.extend(0, "a-3", events(1..=1).into_iter());
        assert_eq!(versions(&kept, "a-3"), [1]);
        let cut_short = LoadedStream {
            events: events(1..=2),
            more: true,
            ..LoadedStream::default()
        };
        kept.put(0, "a-3", &Arc::new(cut_short));
        assert!(kept.get(0, "a-3").is_none());
    }

    #[test]
    fn a_snapshot_takes_the_place_of_the_events_before_it() {
        let kept = Kept::default();
        kept.put(0, "a-1", &loaded(1..=5));
        kept.shorten(0, "a-1", snapshot(3), false);
        assert_eq!(versions(&kept, "a-1"), [4, 5]);
        kept.extend(0, "a-1", events(6..=6).into_iter());
        let known = kept.get(0, "a-1").unwrap_or_default();
        assert_eq!((known.base(), known.version(), known.stored()), (3, 6, 0));
        // One of the future or of the past has no place here, though it may be stored.
        kept.shorten(0, "a-1", snapshot(9), false);
        kept.shorten(0, "a-1", snapshot(1), true);
        assert_eq!(versions(&kept, "a-1"), [4, 5, 6]);
        kept.shorten(0, "a-1", snapshot(6), false);
        let known = kept.get(0, "a-1").unwrap_or_default();
        assert_eq!((known.base(), known.version(), known.stored()), (6, 6, 1));
    }

    #[test]
    fn nothing_outlives_its_epoch() {
        let kept = Kept::default();
        kept.put(0, "a-1", &loaded(1..=5));
        assert!(kept.get(1, "a-1").is_none());
        kept.put(1, "a-1", &loaded(1..=2));
        // Whoever was still at work in the former epoch is not heard.
        kept.put(0, "a-1", &loaded(1..=9));
        kept.extend(0, "a-1", events(3..=4).into_iter());
        assert!(kept.get(0, "a-1").is_none());
        assert_eq!(kept.get(1, "a-1").map(|known| known.version()), Some(2));
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room_and_the_size_stays_true() {
        let mut shelf = Shelf::of(1_600);
        for stream in ["a-1", "a-2", "a-3", "a-4"] {
            shelf.put(stream, &loaded(1..=1));
        }
        assert!(shelf.streams.get("a-1").is_some());
        shelf.put("a-5", &loaded(1..=1));
        assert!(shelf.streams.get("a-2").is_none() && shelf.streams.get("a-1").is_some());
        shelf.put("a-1", &loaded(1..=2));
        shelf.extend("a-1", events(3..=3).into_iter());
        shelf.shorten("a-1", snapshot(2), true);
        shelf.take("a-5");
        shelf.take("a-9");
        let counted: usize = shelf
            .streams
            .iter()
            .map(|(stream, loaded)| size(stream, loaded))
            .sum();
        assert_eq!(shelf.bytes, counted);
        assert!(shelf.bytes <= 1_600);
        shelf.clear();
        assert_eq!((shelf.bytes, shelf.streams.len()), (0, 0));
    }
}

//! Events that were read before. History doesn't change, so what was read once need not be
//! read again: only what came after it. Payloads stay sealed; each use opens them anew, so a
//! shredded key works here as it does in the log.

use std::sync::Arc;

use lru::LruCache;

use crate::loader::LoadedEvent;

/// The most that is kept, in bytes.
const MOST: usize = 128 << 20;
/// What an event takes besides its payload, about.
const OVERHEAD: usize = 160;

/// Whole streams from their first event on, the least recently used of which make room.
pub(crate) struct Kept {
    streams: LruCache<String, Arc<Vec<LoadedEvent>>>,
    bytes: usize,
    most: usize,
}

impl Default for Kept {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Kept {
    fn of(most: usize) -> Self {
        Self {
            streams: LruCache::unbounded(),
            bytes: 0,
            most,
        }
    }

    /// The stream as far as it is known.
    pub fn get(&mut self, stream: &str) -> Option<Arc<Vec<LoadedEvent>>> {
        self.streams.get(stream).cloned()
    }

    /// Keeps a stream, if this is all of it up to its last event.
    pub fn put(&mut self, stream: &str, events: &Arc<Vec<LoadedEvent>>) {
        if !is_prefix(events) {
            return;
        }
        self.bytes += size(stream, events);
        if let Some((stream, before)) = self.streams.push(stream.to_owned(), Arc::clone(events)) {
            self.bytes -= size(&stream, &before);
        }
        while self.bytes > self.most
            && let Some((stream, events)) = self.streams.pop_lru()
        {
            self.bytes -= size(&stream, &events);
        }
        metrics::gauge!("medilink_log_kept_bytes").set(self.bytes as f64);
    }

    /// Goes on with a stream by what was just recorded in it, if that follows what is known.
    pub fn extend(&mut self, stream: &str, events: impl Iterator<Item = LoadedEvent>) {
        let mut known = self
            .streams
            .pop(stream)
            .inspect(|known| self.bytes -= size(stream, known))
            .unwrap_or_default();
        // Some of it may have been read meanwhile.
        let read = known.len() as u64;
        Arc::make_mut(&mut known).extend(events.filter(|event| event.version > read));
        self.put(stream, &known);
    }

    /// Forgets a stream.
    pub fn forget(&mut self, stream: &str) {
        if let Some(events) = self.streams.pop(stream) {
            self.bytes -= size(stream, &events);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.streams.clear();
        self.bytes = 0;
    }
}

fn is_prefix(events: &[LoadedEvent]) -> bool {
    !events.is_empty()
        && events
            .iter()
            .zip(1..)
            .all(|(event, version)| event.version == version)
}

fn size(stream: &str, events: &[LoadedEvent]) -> usize {
    let payloads: usize = events.iter().map(|event| event.payload().len()).sum();
    stream.len() + payloads + events.len() * OVERHEAD
}

#[cfg(test)]
mod tests {
    use medilink_domain::TenantId;
    use uuid::Uuid;

    use super::*;

    fn events(versions: std::ops::RangeInclusive<u64>) -> Vec<LoadedEvent> {
        versions
            .map(|version| {
                LoadedEvent::new(
                    TenantId(Uuid::nil()),
                    version,
                    "a.b".into(),
                    1,
                    None,
                    vec![0; 40].into(),
                )
            })
            .collect()
    }

    fn versions(kept: &mut Kept, stream: &str) -> Vec<u64> {
        let known = kept.get(stream).unwrap_or_default();
        known.iter().map(|event| event.version).collect()
    }

    #[test]
    fn only_streams_without_a_gap_are_kept() {
        let mut kept = Kept::default();
        kept.put("a-1", &Arc::new(events(2..=3)));
        kept.put("a-2", &Arc::new(Vec::new()));
        assert!(kept.get("a-1").is_none() && kept.get("a-2").is_none());
        kept.put("a-1", &Arc::new(events(1..=2)));
        kept.extend("a-1", events(3..=4).into_iter());
        assert_eq!(versions(&mut kept, "a-1"), [1, 2, 3, 4]);
        kept.extend("a-1", events(4..=5).into_iter());
        assert_eq!(versions(&mut kept, "a-1"), [1, 2, 3, 4, 5]);
        // Somebody else's event is missing in between: the stream is read anew.
        kept.extend("a-1", events(7..=7).into_iter());
        assert!(kept.get("a-1").is_none());
        kept.extend("a-3", events(1..=1).into_iter());
        assert_eq!(versions(&mut kept, "a-3"), [1]);
    }

    #[test]
    fn what_was_not_used_for_longest_makes_room_and_the_size_stays_true() {
        let mut kept = Kept::of(900);
        for stream in ["a-1", "a-2", "a-3", "a-4"] {
            kept.put(stream, &Arc::new(events(1..=1)));
        }
        assert!(kept.get("a-1").is_some());
        kept.put("a-5", &Arc::new(events(1..=1)));
        assert!(kept.get("a-2").is_none() && kept.get("a-1").is_some());
        kept.put("a-1", &Arc::new(events(1..=2)));
        kept.extend("a-1", events(3..=3).into_iter());
        kept.forget("a-5");
        kept.forget("a-9");
        let counted: usize = kept
            .streams
            .iter()
            .map(|(stream, events)| size(stream, events))
            .sum();
        assert_eq!(kept.bytes, counted);
        assert!(kept.bytes <= 900);
        kept.clear();
        assert_eq!((kept.bytes, kept.streams.len()), (0, 0));
    }
}

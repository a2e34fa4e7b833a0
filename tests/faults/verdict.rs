//! What the callers were told, held against the log.

use std::collections::HashMap;

use medilink_log::RecordedEvent;
use medilink_tests::{Compared, History};
use uuid::Uuid;

use crate::ledger::{Entry, Told, What};

/// What came of all that was asked for.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Commands that were acknowledged.
    pub acknowledged: usize,
    /// Commands that were given up without an answer, and are in the log.
    pub unanswered_done: usize,
    /// Commands that were given up without an answer, and are not.
    pub unanswered_not_done: usize,
    /// Reads that were answered with data.
    pub reads: usize,
    /// What was acknowledged and is not in the log, or not all of it, or elsewhere.
    pub lost: Vec<String>,
    /// What is in the log more than once.
    pub doubled: Vec<String>,
    /// Data that was shown without a record of it.
    pub unrecorded: Vec<String>,
    /// How many reminders were written, each once.
    pub reminders: usize,
    /// How long the log is.
    pub events: usize,
    /// Read models whose rows are what a replay of the log gives.
    pub compared: Compared,
}

/// Looks each entry up in the log by its request.
pub fn judge(history: &History, entries: &[Entry]) -> Verdict {
    let mut caused: HashMap<Uuid, Vec<&RecordedEvent>> = HashMap::new();
    for event in &history.events {
        if let Some(request) = event.metadata().request {
            caused.entry(request).or_default().push(event);
        }
    }
    let mut verdict = Verdict::default();
    for entry in entries {
        let events = caused.get(&entry.request).map_or(&[][..], Vec::as_slice);
        verdict.add(entry, events);
    }
    verdict
}

impl Verdict {
    fn add(&mut self, entry: &Entry, events: &[&RecordedEvent]) {
        let wanted = entry.what.events();
        let mut kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        kinds.sort_unstable();
        let told = || format!("{entry:?}: {kinds:?}");
        if entry.what == What::Read {
            self.reads += 1;
            if kinds != wanted {
                self.unrecorded.push(told());
            }
            return;
        }
        if kinds.len() > wanted.len() {
            self.doubled.push(told());
        }
        match entry.told {
            Told::Done(position) => {
                self.acknowledged += 1;
                let last = events.last().map(|event| event.position.0);
                if kinds.len() < wanted.len() || last != Some(position) || !in_a_row(events) {
                    self.lost.push(format!("{} at {last:?}", told()));
                }
            }
            Told::Nothing if kinds.is_empty() => self.unanswered_not_done += 1,
            Told::Nothing if kinds == wanted => self.unanswered_done += 1,
            Told::Nothing => self.lost.push(format!("{} in part", told())),
        }
    }
}

/// One append: its events stand side by side.
fn in_a_row(events: &[&RecordedEvent]) -> bool {
    events
        .windows(2)
        .all(|pair| pair[1].position == pair[0].position.next())
}

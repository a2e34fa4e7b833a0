//! The reference: a log is a list.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// How many hospitals there are, each a stream of its own.
pub const STREAMS: usize = 3;

/// Events that are to be recorded together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub stream: usize,
    /// The version of the stream that it was decided at.
    pub expected: u64,
    pub events: usize,
    /// A name that only one may hold.
    pub name: Option<u8>,
    /// By which it is known when it comes again.
    pub key: Uuid,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Recorded up to this position.
    Recorded(u64),
    /// The stream is at this version.
    WrongVersion(u64),
    /// This stream holds the name.
    Taken(usize),
    /// It was recorded before.
    Before,
}

/// Departments of a hospital, by the position at which each was added; the first event opens it.
pub type Hospitals = BTreeMap<usize, Vec<u64>>;

/// What the log holds, and what follows from it.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Whose each event is, and how many of its stream it is.
    log: Vec<(usize, u64)>,
    names: BTreeMap<u8, usize>,
    recorded: BTreeSet<Uuid>,
}

impl Model {
    pub fn len(&self) -> u64 {
        self.log.len() as u64
    }

    pub fn log(&self) -> &[(usize, u64)] {
        &self.log
    }

    pub fn version(&self, stream: usize) -> u64 {
        self.log.iter().filter(|event| event.0 == stream).count() as u64
    }

    fn append(&mut self, request: &Request) -> Outcome {
        let version = self.version(request.stream);
        if self.recorded.contains(&request.key) {
            return Outcome::Before;
        }
        if request.expected != version {
            return Outcome::WrongVersion(version);
        }
        if let Some(holder) = request.name.and_then(|name| self.names.get(&name)) {
            return Outcome::Taken(*holder);
        }
        let versions = version + 1..=version + request.events as u64;
        self.log
            .extend(versions.map(|version| (request.stream, version)));
        self.names
            .extend(request.name.map(|name| (name, request.stream)));
        self.recorded.insert(request.key);
        Outcome::Recorded(self.len())
    }

    /// What it becomes when these come one after the other in an order in which each is answered
    /// as told; none when there is no such order.
    pub fn explained(&self, told: &[(Request, Outcome)]) -> Option<Self> {
        if told.is_empty() {
            return Some(self.clone());
        }
        (0..told.len()).find_map(|first| {
            let mut rest = told.to_vec();
            let (request, outcome) = rest.remove(first);
            let mut next = self.clone();
            let wanted = next.append(&request);
            // One that waited for its twin may be told that the stream has moved on, which is
            // just as true.
            let moved_on = Outcome::WrongVersion(next.version(request.stream));
            let fits = outcome == wanted || (wanted == Outcome::Before && outcome == moved_on);
            fits.then(|| next.explained(&rest)).flatten()
        })
    }

    /// The read model when it has so many events.
    pub fn hospitals_at(&self, position: u64) -> Hospitals {
        let mut hospitals = Hospitals::new();
        for ((stream, version), position) in self.log.iter().zip(1..=position) {
            let departments = hospitals.entry(*stream).or_default();
            if *version > 1 {
                departments.push(position);
            }
        }
        hospitals
    }
}

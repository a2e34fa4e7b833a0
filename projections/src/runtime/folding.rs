//! Folding in memory: the same code for a live batch and for a whole rebuild.
//!
//! A stream that can't be folded parks alone and in order: its poison event and every later
//! event of it become letters, all other streams go on.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};

use medilink_log::Position;

use super::cell::Cell;
use super::model::{Fact, KeyOf, ReadModel, name_of};
use super::opening::{Prepared, keys};
use super::row::{Key, Row};

/// An event that waits in the dead letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) position: Position,
    pub(crate) stream: String,
    pub(crate) kind: String,
    /// Why it could not be folded, or [`BEHIND`].
    pub(crate) code: &'static str,
    /// How often it was tried.
    pub(crate) attempts: i32,
}

/// The code of a letter that was never tried because an earlier one of its stream is parked.
pub(crate) const BEHIND: &str = "behind-a-parked-event";

struct Place<R> {
    /// Boxed: a map of a million rows moves its entries whenever it grows.
    row: Option<Box<R>>,
    /// Whether the table has a row of this key.
    stored: bool,
    /// Whether that row can't be read any more, as its person was erased.
    erased: bool,
    changed: bool,
}

/// Rows in memory, the parked streams, and what changed of both.
pub(crate) struct Sheet<M: ReadModel> {
    places: HashMap<KeyOf<M>, Place<M::Row>>,
    parked: HashMap<String, Vec<Letter>>,
    /// Whether each row is looked at after each event.
    checking: bool,
}

/// What a sheet wants written.
pub(crate) struct Changes<R> {
    pub(crate) upserts: Vec<R>,
    pub(crate) deletes: Vec<Vec<Cell>>,
    pub(crate) letters: Vec<Letter>,
}

impl<M: ReadModel> Sheet<M> {
    /// A sheet for an empty table, where nothing is parked.
    pub(crate) fn new() -> Self {
        Self {
            places: HashMap::new(),
            parked: HashMap::new(),
            checking: true,
        }
    }

    /// The same for a caller who folds again with [`Sheet::new`] when a final row turns out to
    /// be one that can't be stored: looking after each event takes a third of the folding.
    pub(crate) fn unchecked() -> Self {
        Self {
            checking: false,
            ..Self::new()
        }
    }

    /// Takes over a row that the table has; `None` when its personal part is erased.
    pub(crate) fn place(&mut self, key: KeyOf<M>, row: Option<M::Row>) {
        let erased = row.is_none();
        self.places.insert(
            key,
            Place {
                row: row.map(Box::new),
                stored: true,
                erased,
                changed: erased,
            },
        );
    }

    /// Whether the sheet knows what the table has of this key.
    pub(crate) fn holds(&self, key: &KeyOf<M>) -> bool {
        self.places.contains_key(key)
    }

    /// Notes that letters of this stream wait in the table.
    pub(crate) fn park(&mut self, stream: String) {
        self.parked.entry(stream).or_default();
    }

    /// Takes the letters of a stream out, to replay them.
    pub(crate) fn unpark(&mut self, stream: &str) -> Vec<Letter> {
        self.parked.remove(stream).unwrap_or_default()
    }

    /// Folds an event or parks it. `tried` is how often it was tried before.
    pub(crate) fn take(&mut self, event: Prepared<M::Source>, tried: i32) {
        let Prepared {
            position,
            stream,
            kind,
            fact,
        } = event;
        let mut letter = Letter {
            position,
            stream,
            kind,
            code: BEHIND,
            attempts: tried,
        };
        if let Some(letters) = self.parked.get_mut(&letter.stream) {
            letters.push(letter);
            return;
        }
        let outcome = fact.and_then(|fact| self.fold(&fact));
        if let Err(code) = outcome {
            tracing::error!(
                projection = name_of::<M>(),
                position = position.0,
                kind = %letter.kind,
                code,
                "an event can't be folded; its stream is parked"
            );
            metrics::counter!("medilink_projection_parked_total", "projection" => name_of::<M>())
                .increment(1);
            letter.code = code;
            letter.attempts += 1;
            self.parked.insert(letter.stream.clone(), vec![letter]);
        }
    }

    /// All keys of the fact change, or none.
    fn fold(&mut self, fact: &Fact<M::Source>) -> Result<(), &'static str> {
        let keys = keys::<M>(fact)?;
        let mut folded = Vec::with_capacity(keys.len());
        for key in keys {
            let place = self.places.get(&key);
            let before = place.and_then(|place| place.row.as_deref());
            let erased = before.is_none() && place.is_some_and(|place| place.erased);
            if before.is_some_and(|row| row.tenant() != fact.tenant) {
                return Err("other-tenant");
            }
            let before = before.cloned();
            // The sheet is only written to afterwards, so a panic leaves nothing half done.
            let after = match catch_unwind(AssertUnwindSafe(|| M::fold(&key, before, fact))) {
                Ok(Ok(after)) => after,
                // The event was opened just before the person was erased, the row just after.
                Ok(Err(_)) if erased => None,
                Ok(Err(error)) => return Err(error.0),
                Err(_) => return Err("panic-in-fold"),
            };
            if let Some(row) = &after {
                check(row, &key, fact)?;
                if self.checking && !row.is_storable() {
                    return Err("not-storable");
                }
            }
            folded.push((key, after));
        }
        for (key, after) in folded {
            match self.places.entry(key) {
                Entry::Occupied(mut place) => {
                    let place = place.get_mut();
                    place.changed |= place.row.as_deref() != after.as_ref();
                    match (&mut place.row, after) {
                        (Some(before), Some(after)) => **before = after,
                        (row, after) => *row = after.map(Box::new),
                    }
                }
                Entry::Vacant(place) => {
                    let changed = after.is_some();
                    place.insert(Place {
                        row: after.map(Box::new),
                        stored: false,
                        erased: false,
                        changed,
                    });
                }
            }
        }
        Ok(())
    }

    /// What changed since the sheet was filled, in the order of the keys, so that two
    /// writers can't wait for each other's rows.
    pub(crate) fn changes(self) -> Changes<M::Row> {
        let mut places: Vec<_> = self
            .places
            .into_iter()
            .filter(|(_, place)| place.changed)
            .collect();
        places.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        let mut changes = Changes {
            upserts: Vec::with_capacity(places.len()),
            deletes: Vec::new(),
            letters: self.parked.into_values().flatten().collect(),
        };
        for (key, place) in places {
            match place.row {
                Some(row) => changes.upserts.push(*row),
                None if place.stored => changes.deletes.push(key.cells()),
                None => {}
            }
        }
        changes
            .letters
            .sort_unstable_by_key(|letter| letter.position);
        changes
    }
}

/// What the runtime asks of every row, so that no model can forget it.
fn check<R: Row, E>(row: &R, key: &R::Key, fact: &Fact<E>) -> Result<(), &'static str> {
    if row.tenant() != fact.tenant {
        return Err("other-tenant");
    }
    if row.key() != *key {
        return Err("other-key");
    }
    Ok(())
}

//! What is asked of a calendar: a visit of some kind, at a time when the doctor can be booked.

use chrono::{DateTime, Utc};

use super::Slot;
use crate::ids::VisitTypeId;
use crate::schedule::Opening;
use crate::values::{BufferMinutes, SlotMinutes, VisitMode};

/// The shape of a visit: what decides where it fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// Its kind, if it is of one that the hospital has defined.
    pub visit_type: Option<VisitTypeId>,
    /// How it takes place.
    pub mode: VisitMode,
    /// How long it takes; as long as one of the doctor's slots, if no kind says.
    pub minutes: Option<SlotMinutes>,
    /// Time kept free before it.
    pub buffer_before: BufferMinutes,
    /// Time kept free after it.
    pub buffer_after: BufferMinutes,
}

impl Opening {
    /// Whether visits of this kind may take place in it.
    pub fn admits(&self, visit: &Visit) -> bool {
        let mode = self.modes.is_empty() || self.modes.contains(&visit.mode);
        let kind = self.visit_types.is_empty()
            || visit
                .visit_type
                .is_some_and(|kind| self.visit_types.contains(&kind));
        mode && kind
    }

    /// The slot of such a visit that starts at this very instant, if it fits.
    pub fn slot(&self, visit: &Visit, starts_at: DateTime<Utc>) -> Option<Slot> {
        if !self.admits(visit) || starts_at < self.opens || starts_at >= self.closes {
            return None;
        }
        let step = self.slot_minutes.length().num_nanoseconds()?;
        let on_grid = (starts_at - self.opens).num_nanoseconds()? % step == 0;
        let length = visit.minutes.unwrap_or(self.slot_minutes).length();
        let ends_at = starts_at.checked_add_signed(length)?;
        (on_grid && ends_at <= self.closes).then_some(Slot {
            starts_at,
            ends_at,
            window: self.window,
        })
    }

    /// The slots of such visits, in order.
    pub fn slots(&self, visit: &Visit) -> impl Iterator<Item = Slot> + use<> {
        self.slots_in(visit, (self.opens, self.closes))
    }

    /// Those of them that start in `from..to`.
    pub fn slots_in(
        &self,
        visit: &Visit,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
    ) -> impl Iterator<Item = Slot> + use<> {
        let (window, closes) = (self.window, self.closes);
        let step = self.slot_minutes.length();
        let length = visit.minutes.unwrap_or(self.slot_minutes).length();
        let first = self.starts().first_at_or_after(micros_from(from));
        let first = first.and_then(DateTime::from_timestamp_micros);
        let first = first.filter(|_| self.admits(visit));
        std::iter::successors(first, move |at| at.checked_add_signed(step))
            .take_while(move |starts_at| *starts_at < to)
            .map_while(move |starts_at| {
                let ends_at = starts_at.checked_add_signed(length)?;
                (ends_at <= closes).then_some(Slot {
                    starts_at,
                    ends_at,
                    window,
                })
            })
    }

    /// When slots may start; there may not be time for all of the last one.
    pub fn starts(&self) -> Starts {
        Starts {
            opens: micros_from(self.opens),
            closes: micros_from(self.closes),
            step: i64::from(self.slot_minutes.get()) * 60_000_000,
        }
    }
}

/// When the slots of an opening may start: at its beginning and one step after the other, in
/// microseconds since 1970. Small and plain, because a search looks at thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starts {
    opens: i64,
    closes: i64,
    step: i64,
}

impl Starts {
    /// The first of them from an instant on.
    pub fn first_at_or_after(&self, from: i64) -> Option<i64> {
        if from >= self.closes {
            return None;
        }
        // Within one opening the numbers are small, and no slot takes no time.
        let late = from.saturating_sub(self.opens).max(0);
        let steps = late / self.step + i64::from(late % self.step > 0);
        let at = self.opens + steps * self.step;
        (at < self.closes).then_some(at)
    }
}

/// The first whole microsecond, counted from 1970, that is not before an instant.
pub fn micros_from(at: DateTime<Utc>) -> i64 {
    let begun = !at.timestamp_subsec_nanos().is_multiple_of(1_000);
    at.timestamp_micros() + i64::from(begun)
}

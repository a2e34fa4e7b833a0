//! What is asked of a calendar: a visit of some kind, at a time when the doctor can be booked.

use chrono::{DateTime, TimeDelta, Utc};

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
        let first = self.first_at_or_after(from).filter(|_| self.admits(visit));
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

    /// The first instant at which a slot may start, from that one on; there may not be time for
    /// all of it.
    pub fn first_at_or_after(&self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if from >= self.closes {
            return None;
        }
        // An opening is of one day, so the difference is small.
        let late = (from.max(self.opens) - self.opens).num_nanoseconds()?;
        let step = self.slot_minutes.length().num_nanoseconds()?;
        let steps = late / step + i64::from(late % step > 0);
        let ahead = TimeDelta::nanoseconds(step.checked_mul(steps)?);
        let at = self.opens.checked_add_signed(ahead)?;
        (at < self.closes).then_some(at)
    }
}

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
    pub fn slots(&self, visit: &Visit) -> impl Iterator<Item = Slot> + '_ {
        let (step, visit) = (self.slot_minutes.length(), *visit);
        std::iter::successors(self.slot(&visit, self.opens), move |slot| {
            self.slot(&visit, slot.starts_at.checked_add_signed(step)?)
        })
    }
}

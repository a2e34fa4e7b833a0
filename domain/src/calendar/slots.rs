//! Windows, the slots they offer, and which of those are free.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SlotReserved, WindowOpened};
use crate::ids::{AppointmentId, HospitalId, WindowId};
use crate::values::{SlotMinutes, TimeZone};

/// An open stretch of a doctor's day, cut into slots of equal length from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// The window.
    pub window: WindowId,
    /// Where the doctor receives.
    pub hospital: HospitalId,
    /// From when.
    pub opens: DateTime<Utc>,
    /// Until when.
    pub closes: DateTime<Utc>,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// The length of each slot.
    pub slot_minutes: SlotMinutes,
}

/// A slot that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reservation {
    /// By which appointment.
    pub appointment: AppointmentId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}

/// What can be booked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Slot {
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The window that offers it.
    pub window: WindowId,
}

impl Window {
    /// The slot that starts at this very instant, if the window offers one.
    pub fn slot(&self, starts_at: DateTime<Utc>) -> Option<Slot> {
        if starts_at < self.opens || starts_at >= self.closes {
            return None;
        }
        let length = self.slot_minutes.length();
        let ends_at = starts_at.checked_add_signed(length)?;
        let since_opening = (starts_at - self.opens).num_nanoseconds()?;
        let on_grid = since_opening % length.num_nanoseconds()? == 0;
        (on_grid && ends_at <= self.closes).then_some(Slot {
            starts_at,
            ends_at,
            window: self.window,
        })
    }

    /// The slots it offers, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let length = self.slot_minutes.length();
        std::iter::successors(self.slot(self.opens), move |slot| {
            self.slot(slot.starts_at.checked_add_signed(length)?)
        })
    }

    /// Whether it shares any time with `from..to`.
    pub fn overlaps(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.opens < to && from < self.closes
    }
}

impl From<&WindowOpened> for Window {
    fn from(opened: &WindowOpened) -> Self {
        Self {
            window: opened.window,
            hospital: opened.hospital,
            opens: opened.opens,
            closes: opened.closes,
            time_zone: opened.time_zone,
            slot_minutes: opened.slot_minutes,
        }
    }
}

impl Reservation {
    /// Whether it shares any time with `from..to`.
    pub fn overlaps(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.starts_at < to && from < self.ends_at
    }
}

impl From<&SlotReserved> for Reservation {
    fn from(reserved: &SlotReserved) -> Self {
        Self {
            appointment: reserved.appointment,
            starts_at: reserved.starts_at,
            ends_at: reserved.ends_at,
        }
    }
}

/// The slots that start in `from..to`, after `now`, and that nobody has taken; in order.
///
/// The windows and reservations may be those of many days of one doctor.
pub fn free_slots(
    windows: &[Window],
    reservations: &[Reservation],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Slot> {
    let mut taken: Vec<_> = reservations
        .iter()
        .map(|taken| (taken.starts_at, taken.ends_at))
        .collect();
    taken.sort_unstable();
    // Of the reservations up to each one, the latest end: with it, the last reservation that
    // starts before a slot ends tells whether any reaches into the slot.
    for index in 1..taken.len() {
        taken[index].1 = taken[index].1.max(taken[index - 1].1);
    }
    let is_free = |slot: &Slot| {
        let before = taken.partition_point(|(starts_at, _)| *starts_at < slot.ends_at);
        before == 0 || taken[before - 1].1 <= slot.starts_at
    };
    let mut slots: Vec<_> = windows
        .iter()
        .filter(|window| window.overlaps(from, to))
        .flat_map(Window::slots)
        .filter(|slot| from <= slot.starts_at && slot.starts_at < to && now < slot.starts_at)
        .filter(is_free)
        .collect();
    slots.sort_unstable();
    slots
}

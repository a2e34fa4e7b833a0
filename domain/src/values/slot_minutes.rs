//! How long one appointment lasts.

use chrono::TimeDelta;

use super::numbers::number;

number! {
    /// The length of a slot, from 5 to 240 minutes.
    pub struct SlotMinutes(u16) in 5..=240 or NotSlotMinutes;
}

impl SlotMinutes {
    /// The length as a difference between instants.
    pub fn length(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.get()))
    }
}

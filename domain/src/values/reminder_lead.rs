//! How long before an appointment a person wants to be reminded.

use super::numbers::number;

number! {
    /// The time from a reminder to the appointment, from five minutes to 30 days.
    pub struct ReminderLead(u16) in 5..=43_200 or NotAReminderLead;
}

impl ReminderLead {
    /// A day.
    pub const DAY: Self = Self(24 * 60);
    /// An hour.
    pub const HOUR: Self = Self(60);

    /// The length as a difference between instants.
    pub fn length(self) -> chrono::TimeDelta {
        chrono::TimeDelta::minutes(i64::from(self.get()))
    }
}

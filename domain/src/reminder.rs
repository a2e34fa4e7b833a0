//! Reminder: when a patient is reminded of an appointment. What is said is a
//! [notice](crate::notice::words)'s.

use chrono::{DateTime, Utc};

use crate::values::ReminderLead;

/// When to remind of a visit that was booked, or moved to its time, at `booked_at`, by someone
/// who chose nothing: a day ahead, or an hour ahead if it was booked later than that, or not
/// at all if it was booked within the last hour.
pub fn usual_reminder(booked_at: DateTime<Utc>, starts_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    [ReminderLead::DAY, ReminderLead::HOUR]
        .into_iter()
        .find_map(|lead| chosen_reminder(booked_at, starts_at, lead))
}

/// When to remind of it someone who chose to be reminded so long ahead; not at all if that
/// time had passed when it was booked.
pub fn chosen_reminder(
    booked_at: DateTime<Utc>,
    starts_at: DateTime<Utc>,
    lead: ReminderLead,
) -> Option<DateTime<Utc>> {
    let due = starts_at.checked_sub_signed(lead.length())?;
    (booked_at <= due).then_some(due)
}

#[cfg(test)]
mod tests;

//! Windows, reservations, and the slots that are free between them.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SlotReserved, Visit, WindowOpened};
use crate::ids::{AppointmentId, HospitalId, WindowId};
use crate::schedule::{DayPlan, Opening};
use crate::values::{BufferMinutes, ReminderLead, SlotMinutes, TimeZone};

/// A stretch of a doctor's day that was opened by hand.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reservation {
    /// By which appointment.
    pub appointment: AppointmentId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Time kept free before it.
    #[serde(default, skip_serializing_if = "BufferMinutes::is_zero")]
    pub buffer_before: BufferMinutes,
    /// Time kept free after it.
    #[serde(default, skip_serializing_if = "BufferMinutes::is_zero")]
    pub buffer_after: BufferMinutes,
    /// Whether it was given although it was taken or the day was full.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overbooked: bool,
    /// How long before it the patient is reminded; as usual, if nothing was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Vec<ReminderLead>>,
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
    /// The window that offers it, if it was opened by hand.
    pub window: Option<WindowId>,
}

impl Window {
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

impl From<&Window> for Opening {
    fn from(window: &Window) -> Self {
        Self {
            opens: window.opens,
            closes: window.closes,
            slot_minutes: window.slot_minutes,
            modes: Vec::new(),
            visit_types: Vec::new(),
            window: Some(window.window),
        }
    }
}

impl Reservation {
    /// From when to when nobody else can be seen: the visit with the time kept free around it.
    pub fn occupies(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        occupied(
            self.starts_at,
            self.ends_at,
            self.buffer_before,
            self.buffer_after,
        )
    }

    /// Whether the visit itself shares any time with `from..to`.
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
            buffer_before: reserved.buffer_before,
            buffer_after: reserved.buffer_after,
            overbooked: reserved.overbooked,
            reminders: reserved.reminders.clone(),
        }
    }
}

impl Slot {
    /// From when to when nobody else can be seen if such a visit takes it.
    pub fn occupies(&self, visit: &Visit) -> (DateTime<Utc>, DateTime<Utc>) {
        occupied(
            self.starts_at,
            self.ends_at,
            visit.buffer_before,
            visit.buffer_after,
        )
    }
}

fn occupied(
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    before: BufferMinutes,
    after: BufferMinutes,
) -> (DateTime<Utc>, DateTime<Utc>) {
    (
        starts_at
            .checked_sub_signed(before.length())
            .unwrap_or(starts_at),
        ends_at
            .checked_add_signed(after.length())
            .unwrap_or(ends_at),
    )
}

/// When a doctor can be booked on a day: by the schedule and, but for leave, in the windows
/// that were opened by hand.
pub fn openings(plan: &DayPlan, windows: &[Window]) -> Vec<Opening> {
    let windows = windows.iter().filter(|_| !plan.on_leave).map(Opening::from);
    plan.openings.iter().cloned().chain(windows).collect()
}

/// Stretches of time that are taken, in a form in which a free one is found fast.
#[derive(Clone, Debug, Default)]
pub struct Busy(Vec<(DateTime<Utc>, DateTime<Utc>)>);

impl Busy {
    /// Of any stretches, in any order.
    pub fn new(taken: impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)>) -> Self {
        let mut taken: Vec<_> = taken.collect();
        taken.sort_unstable();
        // Of the stretches up to each one, the latest end: with it, the last stretch that
        // starts before some time tells whether any reaches into it.
        for index in 1..taken.len() {
            taken[index].1 = taken[index].1.max(taken[index - 1].1);
        }
        Self(taken)
    }

    /// Whether nothing is taken in `from..to`.
    pub fn is_free(&self, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> bool {
        let before = self.0.partition_point(|(starts_at, _)| *starts_at < to);
        before == 0 || self.0[before - 1].1 <= from
    }
}

/// The slots of such a visit that start in `from..to`, after `now`, and that nobody has
/// taken, neither on this day nor, as `neighbours` says, on the doctor's other days; in order,
/// and none when the day is full.
pub fn free_slots(
    plan: &DayPlan,
    windows: &[Window],
    reservations: &[Reservation],
    neighbours: &[(DateTime<Utc>, DateTime<Utc>)],
    visit: &Visit,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Vec<Slot> {
    if is_full(plan, reservations) {
        return Vec::new();
    }
    let own = reservations.iter().map(Reservation::occupies);
    let busy = Busy::new(own.chain(neighbours.iter().copied()));
    let by_hand = windows.iter().filter(|_| !plan.on_leave).map(Opening::from);
    let by_hand: Vec<_> = by_hand.collect();
    let mut slots: Vec<_> = (plan.openings.iter().chain(&by_hand))
        .flat_map(|opening| opening.slots_in(visit, (from, to)))
        .filter(|slot| now < slot.starts_at && busy.is_free(slot.occupies(visit)))
        .collect();
    // Where a window lies over the hours of the schedule, the slot that a claim would get.
    slots.sort_by_key(|slot| slot.starts_at);
    slots.dedup_by_key(|slot| slot.starts_at);
    slots
}

/// Whether a day has as many visits as the schedule allows.
pub(super) fn is_full(plan: &DayPlan, reservations: &[Reservation]) -> bool {
    plan.most_visits
        .is_some_and(|most| reservations.len() >= usize::from(most))
}

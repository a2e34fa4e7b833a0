//! What happens to calendars.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::Privacy;
use crate::ids::{AppointmentId, DoctorId, HospitalId, WindowId};
use crate::values::{BufferMinutes, ReminderLead, SlotMinutes, TimeZone};

crate::events! {
    /// What can happen to a calendar.
    pub enum CalendarEvent {
        WindowOpened: "calendar.window-opened" v 1, Privacy::Operational;
        WindowClosed: "calendar.window-closed" v 1, Privacy::Operational;
        SlotReserved: "calendar.slot-reserved" v 1, Privacy::Operational;
        SlotReleased: "calendar.slot-released" v 1, Privacy::Operational;
        RemindersSet: "calendar.reminders-set" v 1, Privacy::Operational;
    }
}

/// A stretch of the day was opened for booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WindowOpened {
    /// The window.
    pub window: WindowId,
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// The day on the hospital's calendar.
    pub date: NaiveDate,
    /// From when.
    pub opens: DateTime<Utc>,
    /// Until when.
    pub closes: DateTime<Utc>,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// The length of each slot.
    pub slot_minutes: SlotMinutes,
}

/// A window was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WindowClosed {
    /// The window.
    pub window: WindowId,
}

/// A slot was given to an appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SlotReserved {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Whose slot it is.
    pub doctor: DoctorId,
    /// The day of the calendar; the first events leave it to their window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
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

/// A slot was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SlotReleased {
    /// The appointment that had it.
    pub appointment: AppointmentId,
    /// Whose slot it is.
    pub doctor: DoctorId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// How long before it the patient was to be reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Vec<ReminderLead>>,
}

/// The patient is reminded at other times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RemindersSet {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Whose slot it has.
    pub doctor: DoctorId,
    /// When that starts.
    pub starts_at: DateTime<Utc>,
    /// How long before it the patient was to be reminded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Vec<ReminderLead>>,
    /// How long before it the patient is reminded; as usual, if nothing was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Vec<ReminderLead>>,
}

//! Calendar: one doctor's one day. It holds the windows that are open for booking and the
//! slots that are taken, so that a slot is only ever given once.
//!
//! The day is the local date, in the hospital's zone, on which its slots start.

mod events;
mod id;
mod reservation;
mod slots;
mod visit;
mod window;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use events::{
    CalendarEvent, RemindersSet, SlotReleased, SlotReserved, WindowClosed, WindowOpened,
};
pub use id::CalendarId;
pub use slots::{Busy, Reservation, Slot, Window, free_slots, openings};
pub use visit::{Starts, Visit, micros_from};

use crate::aggregate::Decider;
use crate::ids::{AppointmentId, DoctorId, HospitalId, SubjectId, WindowId};
use crate::schedule::DayPlan;
use crate::values::{LocalTime, ReminderLead, SlotMinutes, TimeZone};

/// What may be asked of a calendar.
#[derive(Clone, Debug, PartialEq)]
pub enum CalendarCommand {
    /// Opens a stretch of the day for booking.
    OpenWindow(OpenWindow),
    /// Closes one that nobody has booked.
    CloseWindow(CloseWindow),
    /// Gives a slot to an appointment.
    Reserve(Reserve),
    /// Takes a slot back.
    Release(Release),
    /// Changes when the patient is reminded.
    SetReminders(SetReminders),
}

/// A doctor will receive patients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenWindow {
    /// The new window.
    pub window: WindowId,
    /// Who receives; with `date`, names the calendar.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// The day on the hospital's calendar.
    pub date: NaiveDate,
    /// From when, on the hospital's clock.
    pub opens: LocalTime,
    /// Until when, on the hospital's clock.
    pub closes: LocalTime,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// The length of each slot.
    pub slot_minutes: SlotMinutes,
}

/// A doctor will not receive patients after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseWindow {
    /// The window.
    pub window: WindowId,
}

/// An appointment wants a slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Reserve {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Whose slot; with `date`, names the calendar.
    pub doctor: DoctorId,
    /// The day of the calendar.
    pub date: NaiveDate,
    /// What for, and when.
    pub claim: SlotClaim,
}

/// The slot that an appointment wants, and on which terms.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotClaim {
    /// When the slot starts.
    pub starts_at: DateTime<Utc>,
    /// The shape of the visit.
    pub visit: Visit,
    /// What the doctor's schedule says of the day.
    pub plan: DayPlan,
    /// When nobody else can be seen because of visits of the doctor's other days: those near
    /// midnight reach into this one with the time that is kept free around them.
    pub neighbours: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Whether it may be given although it is taken or the day is full.
    pub overbook: bool,
    /// How long before it the patient is reminded; as usual, if nothing was chosen.
    pub reminders: Option<Vec<ReminderLead>>,
}

/// An appointment gives its slot back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When the slot starts.
    pub starts_at: DateTime<Utc>,
}

/// The patient wants to be reminded at other times.
#[derive(Clone, Debug, PartialEq)]
pub struct SetReminders {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When its slot starts.
    pub starts_at: DateTime<Utc>,
    /// How long before it; as usual, if nothing is chosen.
    pub reminders: Option<Vec<ReminderLead>>,
}

crate::problems! {
    /// Why a calendar refuses.
    pub enum CalendarError {
        /// The command was sent to the wrong stream.
        OtherCalendar: Invalid "other-calendar" at "/date",
            "the window belongs to another calendar", "Send the doctor and date of this calendar.";
        /// Slots of one day are on one clock.
        OtherTimeZone: Conflict "other-time-zone",
            "the day already has windows in another time zone", "Close those windows first.";
        /// The clock jumps over that minute.
        OpensInClockChange: Invalid "nonexistent-local-time" at "/opens",
            "this time does not exist on that day, because the clocks go forward",
            "Choose a time before or after the clock change.";
        /// The clock jumps over that minute.
        ClosesInClockChange: Invalid "nonexistent-local-time" at "/closes",
            "this time does not exist on that day, because the clocks go forward",
            "Choose a time before or after the clock change.";
        /// It ends before it starts, or would cross midnight.
        WindowEndsBeforeItStarts: Invalid "window-ends-before-it-starts" at "/closes",
            "the window would end before it starts",
            "Choose a later end; for a night, open one window on each day.";
        /// It is over.
        WindowInPast: Invalid "window-in-past" at "/date",
            "the window is in the past", "Choose a day and time in the future.";
        /// Nobody knows the law of the clock that far ahead.
        WindowTooFarAhead: Invalid "window-too-far-ahead" at "/date",
            "the window is more than two years ahead", "Choose an earlier day.";
        /// A rest would remain that nobody can book.
        WindowNotWholeSlots: Invalid "window-not-whole-slots" at "/slot_minutes",
            "the window does not hold a whole number of slots",
            "Choose times or a slot length that divide evenly.";
        /// A doctor can't be in two windows at once.
        WindowOverlaps: Conflict "window-overlaps" at "/opens",
            "the window overlaps one that is already open",
            "Choose other times, or close the other window first.";
        /// Its id is in use.
        WindowAlreadyOpen: Conflict "window-already-open",
            "the window is already open", "Open the window under a new id.";
        /// It is not open on that day.
        NoSuchWindow: NotFound "no-such-window",
            "there is no such window on that day", "Check the window's id and the date.";
        /// Someone relies on it.
        WindowHasReservations: Conflict "window-has-reservations",
            "the window has booked slots", "Reschedule or cancel its appointments first.";
        /// Neither schedule nor window offers it.
        NotASlot: Invalid "not-a-slot" at "/starts_at",
            "the doctor offers no such visit at this time", "Choose one of the doctor's free slots.";
        /// As many visits as the schedule allows.
        DayFull: Conflict "day-full" at "/starts_at",
            "the doctor has as many visits on that day as the schedule allows",
            "Choose another day.";
        /// Nobody can come yesterday.
        SlotInPast: Invalid "slot-in-past" at "/starts_at",
            "the slot is in the past", "Choose a slot in the future.";
        /// Someone was faster.
        SlotTaken: Conflict "slot-taken" at "/starts_at",
            "the slot is taken", "Choose another free slot.";
        /// One appointment takes one slot.
        AlreadyReserved: Conflict "slot-already-reserved",
            "the appointment already has a slot on that day", "Release its slot first.";
        /// The appointment has no such slot.
        NotReserved: NotFound "slot-not-reserved" at "/starts_at",
            "the appointment has no slot at this time", "Check when the appointment starts.";
    }
}

/// The state of a calendar.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calendar {
    /// Whose day it is, once a window was opened.
    pub id: Option<CalendarId>,
    /// The open windows, by the time they open.
    pub windows: Vec<Window>,
    /// The taken slots, by the time they start.
    pub reservations: Vec<Reservation>,
}

impl Decider for Calendar {
    const CATEGORY: &'static str = "calendar";

    type Id = CalendarId;
    type Command = CalendarCommand;
    type Event = CalendarEvent;
    type Error = CalendarError;

    fn decide(
        &self,
        command: CalendarCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<CalendarEvent>, CalendarError> {
        Ok(vec![match command {
            CalendarCommand::OpenWindow(open) => self.open_window(&open, now)?.into(),
            CalendarCommand::CloseWindow(close) => self.close_window(close)?.into(),
            CalendarCommand::Reserve(reserve) => self.reserve(reserve, now)?.into(),
            CalendarCommand::Release(release) => self.release(release)?.into(),
            CalendarCommand::SetReminders(set) => {
                return Ok(self
                    .set_reminders(set)?
                    .map(Into::into)
                    .into_iter()
                    .collect());
            }
        }])
    }

    fn evolve(&mut self, event: &CalendarEvent) {
        match event {
            CalendarEvent::WindowOpened(opened) => {
                self.id = Some(CalendarId {
                    doctor: opened.doctor,
                    date: opened.date,
                });
                self.windows.push(Window::from(opened));
                self.windows
                    .sort_by_key(|window| (window.opens, window.window));
            }
            CalendarEvent::WindowClosed(closed) => {
                self.windows.retain(|window| window.window != closed.window);
            }
            CalendarEvent::SlotReserved(reserved) => {
                let doctor = reserved.doctor;
                self.id = self
                    .id
                    .or(reserved.date.map(|date| CalendarId { doctor, date }));
                self.reservations.push(Reservation::from(reserved));
                self.reservations
                    .sort_by_key(|taken| (taken.starts_at, taken.appointment));
            }
            CalendarEvent::SlotReleased(released) => self.reservations.retain(|taken| {
                (taken.appointment, taken.starts_at) != (released.appointment, released.starts_at)
            }),
            CalendarEvent::RemindersSet(set) => {
                for taken in &mut self.reservations {
                    if (taken.appointment, taken.starts_at) == (set.appointment, set.starts_at) {
                        taken.reminders.clone_from(&set.reminders);
                    }
                }
            }
        }
    }

    /// A calendar says when a doctor works, which patients may know.
    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(Calendar);

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

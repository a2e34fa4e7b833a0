//! Calendar: one doctor's one day. It holds the windows that are open for booking and the
//! slots that are taken, so that a slot is only ever given once.
//!
//! The day is the local date, in the hospital's zone, on which its slots start.

mod id;
mod slots;
mod window;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use id::CalendarId;
pub use slots::{Reservation, Slot, Window, free_slots};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{AppointmentId, DoctorId, HospitalId, SubjectId, WindowId};
use crate::values::{LocalTime, SlotMinutes, TimeZone};

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
    /// Swaps an appointment's slot for another one of the same day.
    Move(Move),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When the slot starts.
    pub starts_at: DateTime<Utc>,
}

/// An appointment gives its slot back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When the slot starts.
    pub starts_at: DateTime<Utc>,
}

/// An appointment wants another slot of the same day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When its slot starts.
    pub from: DateTime<Utc>,
    /// When the other slot starts.
    pub to: DateTime<Utc>,
}

crate::events! {
    /// What can happen to a calendar.
    pub enum CalendarEvent {
        WindowOpened: "calendar.window-opened" v 1, Privacy::Operational;
        WindowClosed: "calendar.window-closed" v 1, Privacy::Operational;
        SlotReserved: "calendar.slot-reserved" v 1, Privacy::Operational;
        SlotReleased: "calendar.slot-released" v 1, Privacy::Operational;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SlotReserved {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Whose slot it is.
    pub doctor: DoctorId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}

/// A slot was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SlotReleased {
    /// The appointment that had it.
    pub appointment: AppointmentId,
    /// Whose slot it is.
    pub doctor: DoctorId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
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
        /// No window offers it.
        NotASlot: Invalid "not-a-slot" at "/starts_at",
            "the doctor offers no slot at this time", "Choose one of the doctor's free slots.";
        /// Nobody can come yesterday.
        SlotInPast: Invalid "slot-in-past" at "/starts_at",
            "the slot is in the past", "Choose a slot in the future.";
        /// Someone was faster.
        SlotTaken: Conflict "slot-taken" at "/starts_at",
            "the slot is taken", "Choose another free slot.";
        /// One appointment takes one slot.
        AlreadyReserved: Conflict "slot-already-reserved",
            "the appointment already has a slot on that day", "Move it, or release its slot first.";
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

impl Calendar {
    /// The window that offers a slot at this time, and the slot, whether or not it is free.
    ///
    /// # Errors
    /// [`CalendarError::NotASlot`] when no window does.
    pub fn slot(&self, starts_at: DateTime<Utc>) -> Result<(&Window, Slot), CalendarError> {
        self.windows
            .iter()
            .find_map(|window| Some((window, window.slot(starts_at)?)))
            .ok_or(CalendarError::NotASlot)
    }

    fn reserve(&self, reserve: Reserve, now: DateTime<Utc>) -> Result<SlotReserved, CalendarError> {
        let Reserve {
            appointment,
            starts_at,
        } = reserve;
        if starts_at <= now {
            return Err(CalendarError::SlotInPast);
        }
        let (_, slot) = self.slot(starts_at)?;
        if self
            .reservations
            .iter()
            .any(|taken| taken.overlaps(slot.starts_at, slot.ends_at))
        {
            return Err(CalendarError::SlotTaken);
        }
        if self
            .reservations
            .iter()
            .any(|taken| taken.appointment == appointment)
        {
            return Err(CalendarError::AlreadyReserved);
        }
        let CalendarId { doctor, .. } = self.id.ok_or(CalendarError::NotASlot)?;
        Ok(SlotReserved {
            appointment,
            doctor,
            starts_at: slot.starts_at,
            ends_at: slot.ends_at,
        })
    }

    fn release(&self, release: Release) -> Result<SlotReleased, CalendarError> {
        let Release {
            appointment,
            starts_at,
        } = release;
        let CalendarId { doctor, .. } = self.id.ok_or(CalendarError::NotReserved)?;
        self.reservations
            .iter()
            .find(|taken| taken.appointment == appointment && taken.starts_at == starts_at)
            .ok_or(CalendarError::NotReserved)?;
        Ok(SlotReleased {
            appointment,
            doctor,
            starts_at,
        })
    }

    fn swap(&self, swap: Move, now: DateTime<Utc>) -> Result<[CalendarEvent; 2], CalendarError> {
        let Move {
            appointment,
            from,
            to,
        } = swap;
        let released = CalendarEvent::from(self.release(Release {
            appointment,
            starts_at: from,
        })?);
        let mut without = self.clone();
        without.evolve(&released);
        let reserved = without.reserve(
            Reserve {
                appointment,
                starts_at: to,
            },
            now,
        )?;
        Ok([released, reserved.into()])
    }
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
            CalendarCommand::Move(swap) => return Ok(self.swap(swap, now)?.into()),
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
                self.reservations.push(Reservation::from(reserved));
                self.reservations
                    .sort_by_key(|taken| (taken.starts_at, taken.appointment));
            }
            CalendarEvent::SlotReleased(released) => self.reservations.retain(|taken| {
                (taken.appointment, taken.starts_at) != (released.appointment, released.starts_at)
            }),
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

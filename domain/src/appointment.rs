//! Appointment: a patient's time with a doctor, through all its changes. The slot itself is
//! held by the doctor's [`Calendar`](crate::calendar::Calendar); both change in one commit.

mod attendance;
mod booking;
mod events;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::ids::{
    AppointmentId, AssetId, DepartmentId, DoctorId, HospitalId, PatientId, SubjectId,
};
use crate::values::{FreeText, Money, TimeZone, VisitMode};

pub use attendance::{CheckIn, CheckedIn, Completed, NoShowRecorded, RecordNoShow, Started};
pub use booking::{AppointmentStatus, Booking, Party, Place, Terms};
pub use events::{AppointmentEvent, Booked, Cancelled, Rescheduled};

/// What may be asked of an appointment.
#[derive(Clone, Debug, PartialEq)]
pub enum AppointmentCommand {
    /// Makes it.
    Book(Book),
    /// Moves it to another time, perhaps with another doctor.
    Reschedule(Reschedule),
    /// Calls it off.
    Cancel(Cancel),
    /// The patient is there.
    CheckIn(CheckIn),
    /// The visit begins.
    Start,
    /// The visit ends.
    Complete,
    /// The patient did not come.
    RecordNoShow(RecordNoShow),
}

/// A patient wants to see a doctor.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// The new appointment.
    pub appointment: AppointmentId,
    /// Who comes.
    pub patient: PatientId,
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
    /// The start of a slot of the doctor's calendar.
    pub starts_at: DateTime<Utc>,
    /// The end of that slot.
    pub ends_at: DateTime<Utc>,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// What the patient comes for.
    pub reason: Option<FreeText>,
    /// What else is agreed on.
    pub terms: Terms,
}

/// Another time is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Reschedule {
    /// The start of another slot.
    pub starts_at: DateTime<Utc>,
    /// The end of that slot.
    pub ends_at: DateTime<Utc>,
    /// With whom, if it is another doctor.
    pub to: Option<Place>,
    /// How it takes place from now on.
    pub mode: VisitMode,
    /// The rooms and devices it has from now on.
    pub assets: Vec<AssetId>,
    /// Those of them that somebody chose.
    pub chosen: Vec<AssetId>,
    /// Who wanted it.
    pub by: Party,
    /// What giving up the other time costs.
    pub fee: Option<Money>,
    /// Why that was waived.
    pub waiver: Option<FreeText>,
}

/// The appointment is not wanted any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Cancel {
    /// Why, if someone says.
    pub reason: Option<FreeText>,
    /// Who wanted it.
    pub by: Party,
    /// What it costs.
    pub fee: Option<Money>,
    /// Why that was waived.
    pub waiver: Option<FreeText>,
}

crate::problems! {
    /// Why an appointment refuses.
    pub enum AppointmentError {
        /// Its id is in use.
        AlreadyBooked: Conflict "appointment-already-booked",
            "the appointment is already booked", "Book under a new id.";
        /// It was never booked.
        NoSuchAppointment: NotFound "no-such-appointment",
            "there is no such appointment", "Check the appointment's id.";
        /// It is called off.
        AppointmentCancelled: Conflict "appointment-cancelled",
            "the appointment is cancelled", "Book a new appointment.";
        /// It has begun.
        AppointmentStarted: Conflict "appointment-started",
            "the appointment has already started", "Only an appointment in the future can change.";
        /// It is over.
        AppointmentCompleted: Conflict "appointment-completed",
            "the appointment is over", "Book a new appointment.";
        /// Nobody came.
        AppointmentMissed: Conflict "appointment-missed",
            "the patient did not come to the appointment", "Book a new appointment.";
        /// The patient is there.
        AlreadyCheckedIn: Conflict "already-checked-in",
            "the patient has already checked in", "Start the visit, or cancel it.";
        /// The patient is not there.
        NotCheckedIn: Conflict "not-checked-in",
            "the patient has not checked in", "Check the patient in first.";
        /// It has not begun.
        NotInProgress: Conflict "not-in-progress",
            "the visit has not started", "Start the visit first.";
        /// The desk doesn't expect them yet.
        TooEarlyToCheckIn: Conflict "too-early-to-check-in",
            "it is too early to check in", "Check in closer to the time of the visit.";
        /// That day is over.
        TooLateToCheckIn: Conflict "too-late-to-check-in",
            "the day of the visit is over", "Book a new appointment.";
        /// They may still come.
        TooEarlyForNoShow: Conflict "too-early-for-no-show",
            "the visit has not come to its time yet", "Wait until it has.";
        /// Nobody can come yesterday.
        SlotInPast: Invalid "slot-in-past" at "/starts_at",
            "the slot is in the past", "Choose a slot in the future.";
        /// It ends before it begins.
        EndsBeforeItStarts: Invalid "ends-before-it-starts" at "/ends_at",
            "the appointment would end before it starts", "Choose an end after the start.";
        /// It is at that time already.
        SameSlot: Conflict "same-slot" at "/starts_at",
            "the appointment is already at this time", "Choose another slot.";
    }
}

/// The state of an appointment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Appointment {
    /// What is known of it, once booked.
    pub booking: Option<Booking>,
}

impl Appointment {
    /// The booking, whatever became of it.
    ///
    /// # Errors
    /// [`AppointmentError::NoSuchAppointment`] before it is booked.
    pub fn booking(&self) -> Result<&Booking, AppointmentError> {
        self.booking
            .as_ref()
            .ok_or(AppointmentError::NoSuchAppointment)
    }

    /// The booking, if it may still be changed at the instant `now`.
    ///
    /// # Errors
    /// Not booked, cancelled, or already started.
    pub fn changeable(&self, now: DateTime<Utc>) -> Result<&Booking, AppointmentError> {
        let booking = self.booking()?;
        match booking.status {
            AppointmentStatus::Booked if now < booking.starts_at => Ok(booking),
            other => Err(other.refusal()),
        }
    }

    /// The booking, if it may be called off at the instant `now`: also while the patient waits,
    /// and by the hospital at any time, because a visit that it can't give is not the patient's
    /// failure to come.
    ///
    /// # Errors
    /// As [`Appointment::changeable`].
    pub fn cancellable(&self, by: Party, now: DateTime<Utc>) -> Result<&Booking, AppointmentError> {
        let booking = self.booking()?;
        match booking.status {
            AppointmentStatus::CheckedIn => Ok(booking),
            AppointmentStatus::Booked if by == Party::Hospital => Ok(booking),
            _ => self.changeable(now),
        }
    }

    fn book(&self, book: Book, now: DateTime<Utc>) -> Result<Booked, AppointmentError> {
        if self.booking.is_some() {
            return Err(AppointmentError::AlreadyBooked);
        }
        if !book.terms.walk_in && book.starts_at <= now {
            return Err(AppointmentError::SlotInPast);
        }
        if book.ends_at <= book.starts_at {
            return Err(AppointmentError::EndsBeforeItStarts);
        }
        let Book {
            appointment,
            patient,
            doctor,
            hospital,
            department,
            starts_at,
            ends_at,
            time_zone,
            reason,
            terms,
        } = book;
        Ok(Booked {
            appointment,
            patient,
            doctor,
            hospital,
            department,
            starts_at,
            ends_at,
            time_zone,
            reason,
            terms,
        })
    }

    fn reschedule(
        &self,
        reschedule: Reschedule,
        now: DateTime<Utc>,
    ) -> Result<Rescheduled, AppointmentError> {
        let booking = self.changeable(now)?;
        let Reschedule {
            starts_at,
            ends_at,
            to,
            mode,
            assets,
            chosen,
            by,
            fee,
            waiver,
        } = reschedule;
        if starts_at <= now {
            return Err(AppointmentError::SlotInPast);
        }
        if ends_at <= starts_at {
            return Err(AppointmentError::EndsBeforeItStarts);
        }
        let to = to.filter(|to| to.doctor != booking.doctor);
        if starts_at == booking.starts_at && to.is_none() {
            return Err(AppointmentError::SameSlot);
        }
        Ok(Rescheduled {
            appointment: booking.appointment,
            previous_starts_at: booking.starts_at,
            starts_at,
            ends_at,
            to,
            mode,
            assets,
            chosen,
            by,
            fee,
            waiver,
        })
    }

    fn cancel(&self, cancel: Cancel, now: DateTime<Utc>) -> Result<Cancelled, AppointmentError> {
        let booking = self.cancellable(cancel.by, now)?;
        let Cancel {
            reason,
            by,
            fee,
            waiver,
        } = cancel;
        Ok(Cancelled {
            appointment: booking.appointment,
            reason,
            by,
            fee,
            waiver,
        })
    }
}

impl Decider for Appointment {
    const CATEGORY: &'static str = "appointment";

    type Id = AppointmentId;
    type Command = AppointmentCommand;
    type Event = AppointmentEvent;
    type Error = AppointmentError;

    fn decide(
        &self,
        command: AppointmentCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        Ok(vec![match command {
            AppointmentCommand::Book(book) => self.book(book, now)?.into(),
            AppointmentCommand::Reschedule(to) => self.reschedule(to, now)?.into(),
            AppointmentCommand::Cancel(cancel) => self.cancel(cancel, now)?.into(),
            AppointmentCommand::CheckIn(check_in) => self.check_in(check_in, now)?.into(),
            AppointmentCommand::Start => self.start(now)?.into(),
            AppointmentCommand::Complete => self.complete(now)?.into(),
            AppointmentCommand::RecordNoShow(record) => self.record_no_show(record, now)?.into(),
        }])
    }

    fn evolve(&mut self, event: &AppointmentEvent) {
        if let AppointmentEvent::Booked(booked) = event {
            self.booking = Some(Booking::from(booked));
        }
        // Never missing; total all the same, because history can't be refused.
        let Some(booking) = &mut self.booking else {
            return;
        };
        match event {
            AppointmentEvent::Booked(_) => {}
            AppointmentEvent::Rescheduled(moved) => booking.follow(moved),
            AppointmentEvent::Cancelled(_) => booking.status = AppointmentStatus::Cancelled,
            AppointmentEvent::CheckedIn(_) => booking.status = AppointmentStatus::CheckedIn,
            AppointmentEvent::Started(_) => booking.status = AppointmentStatus::InProgress,
            AppointmentEvent::Completed(_) => booking.status = AppointmentStatus::Completed,
            AppointmentEvent::NoShowRecorded(_) => booking.status = AppointmentStatus::NoShow,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.booking.as_ref().map(|booking| booking.patient.into())
    }
}

crate::aggregate!(Appointment);

#[cfg(test)]
mod tests;

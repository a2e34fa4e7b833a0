//! Appointment: a patient's time with a doctor, through all its changes. The slot itself is
//! held by the doctor's [`Calendar`](crate::calendar::Calendar); both change in one commit.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{AppointmentId, DepartmentId, DoctorId, HospitalId, PatientId, SubjectId};
use crate::values::{FreeText, TimeZone};

/// What may be asked of an appointment.
#[derive(Clone, Debug, PartialEq)]
pub enum AppointmentCommand {
    /// Makes it.
    Book(Book),
    /// Moves it to another time with the same doctor.
    Reschedule(Reschedule),
    /// Calls it off.
    Cancel(Cancel),
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
}

/// Another time is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Reschedule {
    /// The start of another slot of the doctor's.
    pub starts_at: DateTime<Utc>,
    /// The end of that slot.
    pub ends_at: DateTime<Utc>,
}

/// The appointment is not wanted any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Cancel {
    /// Why, if someone says.
    pub reason: Option<FreeText>,
}

crate::events! {
    /// What can happen to an appointment.
    pub enum AppointmentEvent {
        Booked: "appointment.booked" v 1, Privacy::Personal(Category::Clinical);
        Rescheduled: "appointment.rescheduled" v 1, Privacy::Personal(Category::Clinical);
        Cancelled: "appointment.cancelled" v 1, Privacy::Personal(Category::Clinical);
    }
}

/// An appointment was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Booked {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Who comes.
    pub patient: PatientId,
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// What the patient comes for.
    pub reason: Option<FreeText>,
}

/// An appointment was moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rescheduled {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When it would have begun.
    pub previous_starts_at: DateTime<Utc>,
    /// When it begins now.
    pub starts_at: DateTime<Utc>,
    /// When it ends now.
    pub ends_at: DateTime<Utc>,
}

/// An appointment was called off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cancelled {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Why, if someone said.
    pub reason: Option<FreeText>,
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

/// What is known of a booked appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Booking {
    /// The appointment.
    pub appointment: AppointmentId,
    /// Who comes.
    pub patient: PatientId,
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital.
    pub department: DepartmentId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// Whether it still stands.
    pub status: AppointmentStatus,
}

/// Whether an appointment still stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// It stands.
    Booked,
    /// It was called off.
    Cancelled,
}

impl AppointmentStatus {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Cancelled => "cancelled",
        }
    }
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
            AppointmentStatus::Cancelled => Err(AppointmentError::AppointmentCancelled),
            AppointmentStatus::Booked if booking.starts_at <= now => {
                Err(AppointmentError::AppointmentStarted)
            }
            AppointmentStatus::Booked => Ok(booking),
        }
    }

    fn book(&self, book: Book, now: DateTime<Utc>) -> Result<Booked, AppointmentError> {
        if self.booking.is_some() {
            return Err(AppointmentError::AlreadyBooked);
        }
        check_times(book.starts_at, book.ends_at, now)?;
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
        })
    }

    fn reschedule(
        &self,
        to: &Reschedule,
        now: DateTime<Utc>,
    ) -> Result<Rescheduled, AppointmentError> {
        let booking = self.changeable(now)?;
        check_times(to.starts_at, to.ends_at, now)?;
        if to.starts_at == booking.starts_at {
            return Err(AppointmentError::SameSlot);
        }
        Ok(Rescheduled {
            appointment: booking.appointment,
            previous_starts_at: booking.starts_at,
            starts_at: to.starts_at,
            ends_at: to.ends_at,
        })
    }

    fn cancel(&self, cancel: Cancel, now: DateTime<Utc>) -> Result<Cancelled, AppointmentError> {
        let booking = self.changeable(now)?;
        Ok(Cancelled {
            appointment: booking.appointment,
            reason: cancel.reason,
        })
    }
}

fn check_times(
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), AppointmentError> {
    if starts_at <= now {
        return Err(AppointmentError::SlotInPast);
    }
    if ends_at <= starts_at {
        return Err(AppointmentError::EndsBeforeItStarts);
    }
    Ok(())
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
            AppointmentCommand::Reschedule(to) => self.reschedule(&to, now)?.into(),
            AppointmentCommand::Cancel(cancel) => self.cancel(cancel, now)?.into(),
        }])
    }

    fn evolve(&mut self, event: &AppointmentEvent) {
        match (event, &mut self.booking) {
            (AppointmentEvent::Booked(booked), booking) => *booking = Some(Booking::from(booked)),
            (AppointmentEvent::Rescheduled(to), Some(booking)) => {
                booking.starts_at = to.starts_at;
                booking.ends_at = to.ends_at;
            }
            (AppointmentEvent::Cancelled(_), Some(booking)) => {
                booking.status = AppointmentStatus::Cancelled;
            }
            // Never decided; total all the same, because history can't be refused.
            (AppointmentEvent::Rescheduled(_) | AppointmentEvent::Cancelled(_), None) => {}
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.booking.as_ref().map(|booking| booking.patient.into())
    }
}

impl From<&Booked> for Booking {
    fn from(booked: &Booked) -> Self {
        Self {
            appointment: booked.appointment,
            patient: booked.patient,
            doctor: booked.doctor,
            hospital: booked.hospital,
            department: booked.department,
            starts_at: booked.starts_at,
            ends_at: booked.ends_at,
            time_zone: booked.time_zone,
            status: AppointmentStatus::Booked,
        }
    }
}

crate::aggregate!(Appointment);

#[cfg(test)]
mod tests;

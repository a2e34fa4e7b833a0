//! Queue: those who wait for one doctor on one day, in the order in which they checked in.
//! It knows tokens and appointments, no names, so that it can be shown on a wall.

mod id;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use id::QueueId;

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{AppointmentId, DoctorId, SubjectId};

/// What may be asked of a queue.
#[derive(Clone, Debug, PartialEq)]
pub enum QueueCommand {
    /// Someone lines up.
    Join(Join),
    /// Someone is called in.
    Call(Call),
    /// Someone has been seen, or goes away.
    Leave(Leave),
}

/// A patient checked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Join {
    /// For whom; with `date`, names the queue.
    pub doctor: DoctorId,
    /// The day.
    pub date: NaiveDate,
    /// The appointment.
    pub appointment: AppointmentId,
}

/// The doctor sees a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The appointment.
    pub appointment: AppointmentId,
}

/// A patient does not wait any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leave {
    /// The appointment.
    pub appointment: AppointmentId,
}

crate::events! {
    /// What can happen to a queue.
    pub enum QueueEvent {
        Joined: "queue.joined" v 1, Privacy::Operational;
        Called: "queue.called" v 1, Privacy::Operational;
        Left: "queue.left" v 1, Privacy::Operational;
    }
}

/// Someone lined up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Joined {
    /// For whom.
    pub doctor: DoctorId,
    /// The day.
    pub date: NaiveDate,
    /// The appointment.
    pub appointment: AppointmentId,
    /// The number under which they wait; from 1, and never given twice on a day.
    pub token: u32,
    /// When.
    pub at: DateTime<Utc>,
}

/// Someone was called in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Called {
    /// For whom they waited.
    pub doctor: DoctorId,
    /// The day.
    pub date: NaiveDate,
    /// The appointment.
    pub appointment: AppointmentId,
    /// Their number.
    pub token: u32,
    /// When.
    pub at: DateTime<Utc>,
}

/// Someone does not wait any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Left {
    /// For whom they waited.
    pub doctor: DoctorId,
    /// The day.
    pub date: NaiveDate,
    /// The appointment.
    pub appointment: AppointmentId,
    /// Their number.
    pub token: u32,
    /// When.
    pub at: DateTime<Utc>,
}

crate::problems! {
    /// Why a queue refuses.
    pub enum QueueError {
        /// The command was sent to the wrong stream.
        OtherQueue: Invalid "other-queue" at "/date",
            "the visit is on another day", "Send the day of the visit.";
        /// They stand in it.
        AlreadyWaiting: Conflict "already-waiting",
            "the patient already waits", "Call them in when it is their turn.";
        /// They don't stand in it.
        NotWaiting: Conflict "not-waiting",
            "the patient does not wait", "Check the patient in first.";
    }
}

/// The state of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Queue {
    /// The queue, once someone stood in it.
    pub id: Option<QueueId>,
    /// The last token that was given.
    pub last_token: u32,
    /// Who waits or is being seen, in the order of their tokens.
    pub places: Vec<Place>,
}

/// A place in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The number.
    pub token: u32,
    /// Whether they are being seen.
    pub called: bool,
}

impl Queue {
    /// Whether someone waits or is being seen.
    pub fn holds(&self, appointment: AppointmentId) -> bool {
        self.place(appointment).is_ok()
    }

    /// How many wait before this one; `None` if they don't wait.
    pub fn ahead(&self, appointment: AppointmentId) -> Option<usize> {
        self.places
            .iter()
            .filter(|place| !place.called)
            .position(|place| place.appointment == appointment)
    }

    fn place(&self, appointment: AppointmentId) -> Result<(QueueId, &Place), QueueError> {
        let id = self.id.ok_or(QueueError::NotWaiting)?;
        let mut places = self.places.iter();
        let place = places.find(|place| place.appointment == appointment);
        Ok((id, place.ok_or(QueueError::NotWaiting)?))
    }

    fn join(&self, join: Join, now: DateTime<Utc>) -> Result<Joined, QueueError> {
        let Join {
            doctor,
            date,
            appointment,
        } = join;
        if self.id.is_some_and(|id| id != QueueId { doctor, date }) {
            return Err(QueueError::OtherQueue);
        }
        if self.place(appointment).is_ok() {
            return Err(QueueError::AlreadyWaiting);
        }
        Ok(Joined {
            doctor,
            date,
            appointment,
            token: self.last_token + 1,
            at: now,
        })
    }

    fn call(&self, call: Call, now: DateTime<Utc>) -> Result<Called, QueueError> {
        let (QueueId { doctor, date }, place) = self.place(call.appointment)?;
        if place.called {
            return Err(QueueError::NotWaiting);
        }
        Ok(Called {
            doctor,
            date,
            appointment: place.appointment,
            token: place.token,
            at: now,
        })
    }

    fn leave(&self, leave: Leave, now: DateTime<Utc>) -> Result<Left, QueueError> {
        let (QueueId { doctor, date }, place) = self.place(leave.appointment)?;
        Ok(Left {
            doctor,
            date,
            appointment: place.appointment,
            token: place.token,
            at: now,
        })
    }
}

impl Decider for Queue {
    const CATEGORY: &'static str = "queue";

    type Id = QueueId;
    type Command = QueueCommand;
    type Event = QueueEvent;
    type Error = QueueError;

    fn decide(
        &self,
        command: QueueCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<QueueEvent>, QueueError> {
        Ok(vec![match command {
            QueueCommand::Join(join) => self.join(join, now)?.into(),
            QueueCommand::Call(call) => self.call(call, now)?.into(),
            QueueCommand::Leave(leave) => self.leave(leave, now)?.into(),
        }])
    }

    fn evolve(&mut self, event: &QueueEvent) {
        match event {
            QueueEvent::Joined(joined) => {
                self.id = Some(QueueId {
                    doctor: joined.doctor,
                    date: joined.date,
                });
                self.last_token = self.last_token.max(joined.token);
                self.places.push(Place {
                    appointment: joined.appointment,
                    token: joined.token,
                    called: false,
                });
                self.places.sort_by_key(|place| place.token);
            }
            QueueEvent::Called(called) => {
                for place in &mut self.places {
                    place.called |= place.appointment == called.appointment;
                }
            }
            QueueEvent::Left(left) => self
                .places
                .retain(|place| place.appointment != left.appointment),
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(Queue);

#[cfg(test)]
mod tests;

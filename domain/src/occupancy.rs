//! Occupancy: one room's or device's one day, so that it is only ever used by one visit at a
//! time. It changes in one commit with the doctor's calendar: all of them or none.

mod id;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use id::OccupancyId;

use crate::aggregate::Decider;
use crate::calendar::Busy;
use crate::event::Privacy;
use crate::ids::{AppointmentId, AssetId, SubjectId};

/// What may be asked of a room's or device's day.
#[derive(Clone, Debug, PartialEq)]
pub enum OccupancyCommand {
    /// Gives it to a visit for a time.
    Occupy(Occupy),
    /// Takes it back.
    Vacate(Vacate),
}

/// A visit needs the room or device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupy {
    /// The room or device; with `date`, names the day.
    pub asset: AssetId,
    /// The day on the hospital's calendar on which the visit starts.
    pub date: NaiveDate,
    /// The appointment.
    pub appointment: AppointmentId,
    /// From when, with the time that is kept free before the visit.
    pub from: DateTime<Utc>,
    /// Until when, with the time that is kept free after it.
    pub until: DateTime<Utc>,
}

/// A visit does not need it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vacate {
    /// The appointment.
    pub appointment: AppointmentId,
}

crate::events! {
    /// What can happen to a room's or device's day.
    pub enum OccupancyEvent {
        Occupied: "occupancy.occupied" v 1, Privacy::Operational;
        Vacated: "occupancy.vacated" v 1, Privacy::Operational;
    }
}

/// A room or device was given to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Occupied {
    /// The room or device.
    pub asset: AssetId,
    /// The day.
    pub date: NaiveDate,
    /// The appointment.
    pub appointment: AppointmentId,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// A room or device was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vacated {
    /// The room or device.
    pub asset: AssetId,
    /// The day.
    pub date: NaiveDate,
    /// The appointment.
    pub appointment: AppointmentId,
}

crate::problems! {
    /// Why a room or device can't be had.
    pub enum OccupancyError {
        /// The command was sent to the wrong stream.
        OtherOccupancy: Invalid "other-occupancy" at "/assets",
            "the visit is on another day", "Send the day of the visit.";
        /// It is in use.
        AssetTaken: Conflict "asset-taken" at "/assets",
            "a room or device that the visit needs is taken at this time",
            "Choose another slot, or another room or device.";
        /// It is this visit's already.
        AlreadyOccupied: Conflict "asset-already-occupied",
            "the visit already has the room or device on that day", "Vacate it first.";
        /// It is not this visit's.
        NotOccupied: NotFound "asset-not-occupied",
            "the visit does not have the room or device", "Check the appointment's id.";
    }
}

/// The state of a room's or device's day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Occupancy {
    /// Whose day it is, once it was given to a visit.
    pub id: Option<OccupancyId>,
    /// What is taken, in order.
    pub taken: Vec<Occupied>,
}

impl Occupancy {
    /// Whether nobody has it in `from..until`.
    pub fn is_free(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        Busy::new(self.taken.iter().map(|taken| (taken.from, taken.until))).is_free((from, until))
    }

    fn occupy(&self, occupy: Occupy) -> Result<Occupied, OccupancyError> {
        let Occupy {
            asset,
            date,
            appointment,
            from,
            until,
        } = occupy;
        if self.id.is_some_and(|id| id != OccupancyId { asset, date }) {
            return Err(OccupancyError::OtherOccupancy);
        }
        if self
            .taken
            .iter()
            .any(|taken| taken.appointment == appointment)
        {
            return Err(OccupancyError::AlreadyOccupied);
        }
        if !self.is_free(from, until) {
            return Err(OccupancyError::AssetTaken);
        }
        Ok(Occupied {
            asset,
            date,
            appointment,
            from,
            until,
        })
    }

    fn vacate(&self, vacate: Vacate) -> Result<Vacated, OccupancyError> {
        let taken = self
            .taken
            .iter()
            .find(|taken| taken.appointment == vacate.appointment)
            .ok_or(OccupancyError::NotOccupied)?;
        Ok(Vacated {
            asset: taken.asset,
            date: taken.date,
            appointment: taken.appointment,
        })
    }
}

impl Decider for Occupancy {
    const CATEGORY: &'static str = "occupancy";

    type Id = OccupancyId;
    type Command = OccupancyCommand;
    type Event = OccupancyEvent;
    type Error = OccupancyError;

    fn decide(
        &self,
        command: OccupancyCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<OccupancyEvent>, OccupancyError> {
        Ok(vec![match command {
            OccupancyCommand::Occupy(occupy) => self.occupy(occupy)?.into(),
            OccupancyCommand::Vacate(vacate) => self.vacate(vacate)?.into(),
        }])
    }

    fn evolve(&mut self, event: &OccupancyEvent) {
        match event {
            OccupancyEvent::Occupied(occupied) => {
                self.id = Some(OccupancyId {
                    asset: occupied.asset,
                    date: occupied.date,
                });
                self.taken.push(*occupied);
                self.taken
                    .sort_by_key(|taken| (taken.from, taken.appointment));
            }
            OccupancyEvent::Vacated(vacated) => self
                .taken
                .retain(|taken| taken.appointment != vacated.appointment),
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(Occupancy);

#[cfg(test)]
mod tests;

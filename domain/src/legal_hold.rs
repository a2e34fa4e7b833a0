//! Legal hold: while it lasts nothing of a person may be erased, whoever asks. A court, a claim
//! or an investigation needs what is there.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::SubjectId;
use crate::values::Code;

/// What may be asked of a legal hold.
#[derive(Clone, Debug, PartialEq)]
pub enum LegalHoldCommand {
    /// Begins it.
    Place(Place),
    /// Ends it.
    Lift(Lift),
}

/// Nothing of a person is to be erased.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Whose data is held.
    pub person: SubjectId,
    /// Why, such as `litigation`.
    pub basis: Code,
    /// Until when; until it is lifted, if nothing is said.
    pub until: Option<DateTime<Utc>>,
}

/// It is no longer needed.
#[derive(Clone, Debug, PartialEq)]
pub struct Lift {
    /// Why, such as `case-closed`.
    pub reason: Code,
}

crate::events! {
    /// What can happen to a legal hold.
    pub enum LegalHoldEvent {
        Placed: "legal-hold.placed" v 1, Privacy::Operational;
        Lifted: "legal-hold.lifted" v 1, Privacy::Operational;
    }
}

/// A hold was placed on a person's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Placed {
    /// Whose data is held.
    pub person: SubjectId,
    /// Why, such as `litigation`.
    pub basis: Code,
    /// Until when; until it is lifted, if nothing is said.
    pub until: Option<DateTime<Utc>>,
}

/// A hold was lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lifted {
    /// Whose data was held.
    pub person: SubjectId,
    /// Why, such as `case-closed`.
    pub reason: Code,
}

crate::problems! {
    /// Why a legal hold refuses.
    pub enum LegalHoldError {
        /// One is enough.
        AlreadyPlaced: Conflict "legal-hold-in-place",
            "the person's data is held already", "Lift that hold first.";
        /// There is nothing to lift.
        NotPlaced: Conflict "legal-hold-not-in-place",
            "the person's data is not held", "Nothing needs to be done.";
        /// Nobody can hold anything in the past.
        EndsInPast: Invalid "legal-hold-ends-in-past" at "/until",
            "the hold would be over already", "Name a later time, or none.";
    }
}

/// A hold that was placed and not lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Basis {
    /// Why.
    pub basis: Code,
    /// Until when; until it is lifted, if nothing is said.
    pub until: Option<DateTime<Utc>>,
}

impl Basis {
    /// Whether it still holds.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// The state of a legal hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LegalHold {
    /// Whose data it is about.
    pub person: Option<SubjectId>,
    /// The hold that was placed and not lifted.
    pub placed: Option<Basis>,
}

impl LegalHold {
    /// The hold that is in force.
    pub fn in_force(&self, now: DateTime<Utc>) -> Option<&Basis> {
        self.placed.as_ref().filter(|placed| placed.holds(now))
    }

    fn place(&self, place: Place, now: DateTime<Utc>) -> Result<Placed, LegalHoldError> {
        if self.in_force(now).is_some() {
            return Err(LegalHoldError::AlreadyPlaced);
        }
        if place.until.is_some_and(|until| until <= now) {
            return Err(LegalHoldError::EndsInPast);
        }
        let Place {
            person,
            basis,
            until,
        } = place;
        Ok(Placed {
            person,
            basis,
            until,
        })
    }

    fn lift(&self, lift: Lift, now: DateTime<Utc>) -> Result<Lifted, LegalHoldError> {
        let placed = self.person.filter(|_| self.in_force(now).is_some());
        let person = placed.ok_or(LegalHoldError::NotPlaced)?;
        Ok(Lifted {
            person,
            reason: lift.reason,
        })
    }
}

impl Decider for LegalHold {
    const CATEGORY: &'static str = "legal-hold";

    type Id = SubjectId;
    type Command = LegalHoldCommand;
    type Event = LegalHoldEvent;
    type Error = LegalHoldError;

    fn decide(
        &self,
        command: LegalHoldCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<LegalHoldEvent>, LegalHoldError> {
        Ok(vec![match command {
            LegalHoldCommand::Place(place) => self.place(place, now)?.into(),
            LegalHoldCommand::Lift(lift) => self.lift(lift, now)?.into(),
        }])
    }

    fn evolve(&mut self, event: &LegalHoldEvent) {
        match event {
            LegalHoldEvent::Placed(placed) => {
                self.person = Some(placed.person);
                self.placed = Some(Basis {
                    basis: placed.basis.clone(),
                    until: placed.until,
                });
            }
            LegalHoldEvent::Lifted(_) => self.placed = None,
        }
    }

    /// None: it outlives every key of the person, so a snapshot of it must not be sealed under
    /// one. Its events are in clear.
    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(LegalHold);

#[cfg(test)]
mod tests;

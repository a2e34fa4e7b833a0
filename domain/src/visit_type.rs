//! Visit type: a kind of visit that a hospital offers, such as a first consultation or an
//! ultrasound, with how long it takes, how it takes place, what it needs and what it costs.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::calendar::Visit;
use crate::event::Privacy;
use crate::ids::{HospitalId, SubjectId, VisitTypeId};
use crate::values::{BufferMinutes, Code, ShortText, SlotMinutes, VisitMode};

/// What may be asked of a visit type.
#[derive(Clone, Debug, PartialEq)]
pub enum VisitTypeCommand {
    /// Offers it.
    Define(Define),
    /// Changes it for what is booked from now on.
    Change(VisitTypeTerms),
    /// Offers it no more.
    Retire,
}

/// A hospital offers a kind of visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Define {
    /// The new visit type.
    pub visit_type: VisitTypeId,
    /// Where.
    pub hospital: HospitalId,
    /// What it is.
    pub terms: VisitTypeTerms,
}

/// What a kind of visit is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VisitTypeTerms {
    /// What people call it.
    pub name: ShortText,
    /// How long it takes.
    pub minutes: SlotMinutes,
    /// Time kept free before it.
    pub buffer_before: BufferMinutes,
    /// Time kept free after it.
    pub buffer_after: BufferMinutes,
    /// How it may take place.
    pub modes: Vec<VisitMode>,
    /// What it costs, as the hospital's price list names it.
    pub price: Option<Code>,
    /// A room or device of each of these classes.
    pub needs: Vec<Code>,
}

crate::events! {
    /// What can happen to a visit type.
    pub enum VisitTypeEvent {
        Defined: "visit-type.defined" v 1, Privacy::Operational;
        Changed: "visit-type.changed" v 1, Privacy::Operational;
        Retired: "visit-type.retired" v 1, Privacy::Operational;
    }
}

/// A kind of visit was offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Defined {
    /// The visit type.
    pub visit_type: VisitTypeId,
    /// Where.
    pub hospital: HospitalId,
    /// What it is.
    pub terms: VisitTypeTerms,
}

/// A kind of visit was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// The visit type.
    pub visit_type: VisitTypeId,
    /// What it is now.
    pub terms: VisitTypeTerms,
}

/// A kind of visit is offered no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Retired {
    /// The visit type.
    pub visit_type: VisitTypeId,
}

crate::problems! {
    /// Why a visit type refuses.
    pub enum VisitTypeError {
        /// Its id is in use.
        VisitTypeAlreadyDefined: Conflict "visit-type-already-defined",
            "the visit type is already defined", "Define it under a new id.";
        /// It was never defined, or is another hospital's.
        NoSuchVisitType: NotFound "no-such-visit-type" at "/visit_type",
            "there is no such visit type", "Check the visit type's id.";
        /// It is offered no more.
        VisitTypeRetired: Conflict "visit-type-retired" at "/visit_type",
            "the visit type is not offered any more", "Choose another visit type.";
        /// It could not take place.
        NoVisitMode: Invalid "no-visit-mode" at "/modes",
            "a visit takes place in some way", "Name at least one of in_person, video, phone.";
        /// Not in this way.
        ModeNotOffered: Invalid "mode-not-offered" at "/mode",
            "visits of this type do not take place in this way",
            "Choose one of the visit type's modes.";
        /// More than can be booked at once.
        TooManyNeeds: Invalid "too-many-needs" at "/needs",
            "a visit needs too many rooms and devices", "Name at most five.";
        /// Nothing of the kind is left.
        NeedNotMet: Conflict "need-not-met" at "/starts_at",
            "no room or device that the visit needs is free at this time",
            "Choose another slot.";
    }
}

/// The state of a visit type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VisitType {
    /// What is offered, once defined.
    pub offer: Option<Defined>,
    /// Whether it is offered no more.
    pub retired: bool,
}

/// The most rooms and devices that one visit needs.
const MOST_NEEDS: usize = 5;

impl VisitType {
    /// What can be booked of it at a hospital in this way, and its shape.
    ///
    /// # Errors
    /// Not this hospital's, not offered any more, or not in this way.
    pub fn bookable(
        &self,
        hospital: HospitalId,
        mode: VisitMode,
    ) -> Result<(&VisitTypeTerms, Visit), VisitTypeError> {
        let offer = self.current()?;
        if offer.hospital != hospital {
            return Err(VisitTypeError::NoSuchVisitType);
        }
        if !offer.terms.modes.contains(&mode) {
            return Err(VisitTypeError::ModeNotOffered);
        }
        let visit = Visit {
            visit_type: Some(offer.visit_type),
            mode,
            minutes: Some(offer.terms.minutes),
            buffer_before: offer.terms.buffer_before,
            buffer_after: offer.terms.buffer_after,
        };
        Ok((&offer.terms, visit))
    }

    fn current(&self) -> Result<&Defined, VisitTypeError> {
        let offer = self.offer.as_ref();
        let offer = offer.ok_or(VisitTypeError::NoSuchVisitType)?;
        if self.retired {
            return Err(VisitTypeError::VisitTypeRetired);
        }
        Ok(offer)
    }

    fn define(&self, define: Define) -> Result<Defined, VisitTypeError> {
        if self.offer.is_some() {
            return Err(VisitTypeError::VisitTypeAlreadyDefined);
        }
        let Define {
            visit_type,
            hospital,
            terms,
        } = define;
        Ok(Defined {
            visit_type,
            hospital,
            terms: checked(terms)?,
        })
    }

    fn change(&self, terms: VisitTypeTerms) -> Result<Option<Changed>, VisitTypeError> {
        let offer = self.current()?;
        let terms = checked(terms)?;
        let visit_type = offer.visit_type;
        Ok((terms != offer.terms).then_some(Changed { visit_type, terms }))
    }
}

/// Each way once, and in order.
fn checked(mut terms: VisitTypeTerms) -> Result<VisitTypeTerms, VisitTypeError> {
    if terms.modes.is_empty() {
        return Err(VisitTypeError::NoVisitMode);
    }
    if terms.needs.len() > MOST_NEEDS {
        return Err(VisitTypeError::TooManyNeeds);
    }
    terms.modes.sort_unstable();
    terms.modes.dedup();
    Ok(terms)
}

impl Decider for VisitType {
    const CATEGORY: &'static str = "visit-type";

    type Id = VisitTypeId;
    type Command = VisitTypeCommand;
    type Event = VisitTypeEvent;
    type Error = VisitTypeError;

    fn decide(
        &self,
        command: VisitTypeCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<VisitTypeEvent>, VisitTypeError> {
        Ok(match command {
            VisitTypeCommand::Define(define) => vec![self.define(define)?.into()],
            VisitTypeCommand::Change(terms) => {
                self.change(terms)?.map(Into::into).into_iter().collect()
            }
            VisitTypeCommand::Retire => {
                let visit_type = self.current()?.visit_type;
                vec![Retired { visit_type }.into()]
            }
        })
    }

    fn evolve(&mut self, event: &VisitTypeEvent) {
        match event {
            VisitTypeEvent::Defined(defined) => self.offer = Some(defined.clone()),
            VisitTypeEvent::Changed(changed) => {
                if let Some(offer) = &mut self.offer {
                    offer.terms = changed.terms.clone();
                }
            }
            VisitTypeEvent::Retired(_) => self.retired = true,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(VisitType);

#[cfg(test)]
mod tests;

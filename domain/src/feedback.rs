//! Feedback: what a patient thought of a visit, once per visit.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{AppointmentId, DoctorId, HospitalId, PatientId, SubjectId};
use crate::values::{FreeText, Rating};

/// A patient says how a visit was.
#[derive(Clone, Debug, PartialEq)]
pub struct Give {
    /// The visit.
    pub appointment: AppointmentId,
    /// Who says it.
    pub patient: PatientId,
    /// Of whom.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// In stars.
    pub rating: Rating,
    /// In words, if they want to.
    pub comment: Option<FreeText>,
}

crate::events! {
    /// What can happen to feedback.
    pub enum FeedbackEvent {
        Given: "feedback.given" v 1, Privacy::Personal(Category::Conversation);
    }
}

/// A patient said how a visit was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Given {
    /// The visit.
    pub appointment: AppointmentId,
    /// Who said it.
    pub patient: PatientId,
    /// Of whom.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// In stars.
    pub rating: Rating,
    /// In words, if they wanted to.
    pub comment: Option<FreeText>,
}

crate::problems! {
    /// Why feedback is refused.
    pub enum FeedbackError {
        /// Once is enough.
        FeedbackAlreadyGiven: Conflict "feedback-already-given",
            "feedback on this visit was already given", "Nothing more is needed.";
        /// There is nothing to judge.
        VisitNotCompleted: Conflict "visit-not-completed",
            "the visit is not over", "Give feedback after the visit.";
    }
}

/// The state of a visit's feedback.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Feedback {
    /// Who gave it, once given.
    pub given_by: Option<PatientId>,
}

impl Decider for Feedback {
    const CATEGORY: &'static str = "feedback";
    const SNAPSHOT_CATEGORY: Category = Category::Conversation;

    type Id = AppointmentId;
    type Command = Give;
    type Event = FeedbackEvent;
    type Error = FeedbackError;

    fn decide(&self, give: Give, _: DateTime<Utc>) -> Result<Vec<FeedbackEvent>, FeedbackError> {
        if self.given_by.is_some() {
            return Err(FeedbackError::FeedbackAlreadyGiven);
        }
        let Give {
            appointment,
            patient,
            doctor,
            hospital,
            rating,
            comment,
        } = give;
        Ok(vec![
            Given {
                appointment,
                patient,
                doctor,
                hospital,
                rating,
                comment,
            }
            .into(),
        ])
    }

    fn evolve(&mut self, event: &FeedbackEvent) {
        let FeedbackEvent::Given(given) = event;
        self.given_by = Some(given.patient);
    }

    fn subject(&self) -> Option<SubjectId> {
        self.given_by.map(Into::into)
    }
}

crate::aggregate!(Feedback);

#[cfg(test)]
mod tests;

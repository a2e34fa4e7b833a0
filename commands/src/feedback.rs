//! What patients think of their visits.

use medilink_domain::AppointmentId;
use medilink_domain::appointment::{Appointment, AppointmentStatus};
use medilink_domain::feedback::{self, Feedback, FeedbackError};
use medilink_domain::values::{FreeText, Rating};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

/// The feedback that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedbackAnswer {
    /// On which visit.
    pub appointment: AppointmentId,
}

/// Says how a visit was.
#[derive(Clone, Debug)]
pub struct Give {
    /// The visit.
    pub appointment: AppointmentId,
    /// In stars.
    pub rating: Rating,
    /// In words.
    pub comment: Option<FreeText>,
}

impl Operation for Give {
    const NAME: &'static str = "give-feedback";
    type Answer = FeedbackAnswer;

    fn target(&self) -> String {
        self.appointment.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<FeedbackAnswer, CommandError> {
        let visit = work
            .existing::<Appointment>(&self.appointment, "appointment")
            .await?;
        let booking = visit.state().booking()?.clone();
        let resource =
            Resource::of_tenant("appointment", work.tenant()).about(booking.patient.uuid());
        work.authorize(Action::GiveFeedback, &resource).await?;
        work.expect_version(&visit)?;
        if booking.status != AppointmentStatus::Completed {
            return Err(FeedbackError::VisitNotCompleted.into());
        }
        let mut instance = work.load::<Feedback>(&self.appointment, "feedback").await?;
        let give = feedback::Give {
            appointment: self.appointment,
            patient: booking.patient,
            doctor: booking.doctor,
            hospital: booking.hospital,
            rating: self.rating,
            comment: self.comment.clone(),
        };
        work.decide(&mut instance, give).await?;
        Ok(FeedbackAnswer {
            appointment: self.appointment,
        })
    }
}

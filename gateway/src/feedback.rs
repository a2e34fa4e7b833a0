//! Feedback: what patients think of their visits, and how doctors are rated by it.

use medilink_commands::feedback::Give;
use medilink_commands::{Action, Resource};
use medilink_domain::{AppointmentId, DoctorId};
use medilink_projections::feedback::{self, Ratings};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, unreadable};
use crate::call::{Command, Read};
use crate::doctor;
use crate::input::{number, optional};
use crate::json::Json;
use crate::problem::Problem;

/// What a patient thinks of a visit.
#[derive(Object)]
pub struct FeedbackIn {
    /// In stars, from 1 (poor) to 5 (very good).
    #[oai(validator(minimum(value = "1"), maximum(value = "5")))]
    rating: u8,
    /// In words.
    #[oai(validator(min_length = 1, max_length = 2000))]
    comment: Option<String>,
}

/// The feedback that was given.
#[derive(Object)]
pub struct FeedbackGivenOut {
    /// The appointment.
    id: Uuid,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// How patients rate a doctor.
#[derive(Object)]
pub struct RatingsOut {
    /// How many visits were rated.
    count: u64,
    /// The mean of the stars, to one decimal; absent if nobody rated.
    #[oai(skip_serializing_if_is_none)]
    mean: Option<f64>,
}

impl From<Ratings> for RatingsOut {
    fn from(ratings: Ratings) -> Self {
        // In tenths of a star and rounded half up, so that it is exact.
        let tenths = (ratings.stars * 20 + ratings.count).checked_div(ratings.count * 2);
        Self {
            count: ratings.count,
            mean: tenths.map(|tenths| tenths as f64 / 10.0),
        }
    }
}

/// The routes.
pub struct Feedback(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Feedback")]
impl Feedback {
    /// Say how a visit was
    ///
    /// Once, after the visit.
    #[oai(
        path = "/appointments/:id/feedback",
        method = "post",
        operation_id = "giveFeedback"
    )]
    async fn give(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<FeedbackIn>,
    ) -> Result<Created<FeedbackGivenOut>, Problem> {
        let give = Give {
            appointment: AppointmentId(id.0),
            rating: number("/rating", body.value.rating)?,
            comment: optional("/comment", body.value.comment.as_deref())?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &give)
            .await?;
        let body = FeedbackGivenOut {
            id: id.0,
            position: done.position.0,
        };
        Ok(Created::done(body, &done))
    }

    /// See how patients rate a doctor
    #[oai(
        path = "/doctors/:id/ratings",
        method = "get",
        operation_id = "readRatings"
    )]
    async fn ratings(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<RatingsOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("doctor", tenant);
        self.0
            .authorize(&caller, Action::ReadDirectory, &resource)?;
        let view = self.0.view(&["doctor", "feedback"], &read).await?;
        let doctor = doctor::known(&self.0, tenant, DoctorId(id.0)).await?.doctor;
        let ratings = feedback::of_doctor(self.0.reads(), tenant, doctor)
            .await
            .map_err(unreadable)?;
        Ok(view.answer(ratings.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_has_one_decimal_and_is_absent_without_ratings() {
        let mean = |stars, count| RatingsOut::from(Ratings { count, stars }).mean;
        assert_eq!(mean(0, 0), None);
        assert_eq!(mean(9, 2), Some(4.5));
        // 4.25, 3.333… and 4.95.
        assert_eq!(mean(17, 4), Some(4.3));
        assert_eq!(mean(10, 3), Some(3.3));
        assert_eq!(mean(99, 20), Some(5.0));
    }
}

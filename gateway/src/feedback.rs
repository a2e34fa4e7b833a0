//! Feedback: what patients think of their visits, and how doctors are rated by it.

use std::collections::BTreeSet;

use medilink_commands::feedback::Give;
use medilink_commands::{Action, Resource};
use medilink_domain::{AppointmentId, DoctorId, SubjectId};
use medilink_projections::appointment;
use medilink_projections::feedback::{self, FeedbackRow, Ratings};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
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

/// What a patient thought of a visit.
#[derive(Object)]
pub struct FeedbackOut {
    /// The appointment.
    id: Uuid,
    /// Who gave it.
    patient: Uuid,
    /// Of whom.
    doctor: Uuid,
    /// Where.
    hospital: Uuid,
    /// In stars, from 1 (poor) to 5 (very good).
    rating: u64,
    /// In words.
    #[oai(skip_serializing_if_is_none)]
    comment: Option<String>,
}

impl From<FeedbackRow> for FeedbackOut {
    fn from(row: FeedbackRow) -> Self {
        Self {
            id: row.appointment.uuid(),
            patient: row.patient.uuid(),
            doctor: row.doctor.uuid(),
            hospital: row.hospital.uuid(),
            rating: row.rating,
            comment: row.comment.map(|comment| comment.as_str().to_owned()),
        }
    }
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

    /// Read what a patient thought of a visit
    ///
    /// For the patient, whoever they let see their consultations, and the hospital's managers. The
    /// doctor sees how all patients rate them, not what each has said.
    #[oai(
        path = "/appointments/:id/feedback",
        method = "get",
        operation_id = "readFeedback"
    )]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<FeedbackOut>, Problem> {
        let tenant = caller.actor.tenant;
        let missing = || no_such("feedback");
        let view = self.0.view(&["appointment", "feedback"], &read).await?;
        let reads = self.0.reads();
        let visit = appointment::find(reads, tenant, AppointmentId(id.0)).await;
        let visit = visit.map_err(unreadable)?.ok_or_else(missing)?;
        let resource = Resource::of_tenant("feedback", tenant)
            .about(visit.patient.uuid())
            .with_doctor(visit.doctor.uuid())
            .at(visit.hospital);
        let permitted = self
            .0
            .permit_one(&caller, Action::ReadFeedback, resource, visit.starts_at)
            .await?;
        let row = feedback::get(reads, tenant, AppointmentId(id.0)).await;
        let row = row.map_err(unreadable)?.ok_or_else(missing)?;
        let subjects = BTreeSet::from([SubjectId::from(row.patient)]);
        self.0.disclose(permitted, subjects, "feedback").await?;
        Ok(view.answer(row.into()))
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

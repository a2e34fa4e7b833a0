//! The day of the visit: the patient arrives, is seen, goes home, or never came.

use medilink_commands::Committed;
use medilink_commands::appointment::{CheckIn, Complete, QueueAnswer, RecordNoShow, Start, WalkIn};
use medilink_domain::{AppointmentId, DoctorId, PatientId, VisitTypeId};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Answer, Created, Found};
use crate::api::Tag;
use crate::appointment::{AppointmentChangedOut, changed};
use crate::backend::Backend;
use crate::call::Command;
use crate::input::optional;
use crate::json::Json;
use crate::problem::Problem;

/// A patient who comes without a booking.
#[derive(Object)]
pub struct WalkInIn {
    /// Who came.
    patient: Uuid,
    /// Who receives.
    doctor: Uuid,
    /// What kind of visit, if the hospital has defined it.
    visit_type: Option<Uuid>,
    /// What they came for.
    #[oai(validator(min_length = 1, max_length = 2000))]
    reason: Option<String>,
}

/// A patient's place in a doctor's queue.
#[derive(Object)]
pub struct CheckedInOut {
    /// The appointment.
    id: Uuid,
    /// The number under which the patient waits.
    token: u32,
    /// How many wait before them.
    ahead: u32,
    /// For `If-Match`.
    version: u64,
    /// For `Medilink-Min-Position`.
    position: u64,
}

fn checked_in<const STATUS: u16>(done: &Committed<QueueAnswer>) -> Answer<CheckedInOut, STATUS> {
    let body = CheckedInOut {
        id: done.answer.appointment.uuid(),
        token: done.answer.token,
        ahead: done.answer.ahead,
        version: done.answer.version,
        position: done.position.0,
    };
    Answer::done(body, done).tag(done.answer.version)
}

/// The routes.
pub struct Attendance(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Attendance")]
impl Attendance {
    /// Check a patient in
    ///
    /// The patient waits from now on, under a number that is theirs for the day.
    #[oai(
        path = "/appointments/:id/check-in",
        method = "post",
        operation_id = "checkIn"
    )]
    async fn check_in(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<CheckedInOut>, Problem> {
        let appointment = AppointmentId(id.0);
        let check_in = CheckIn { appointment };
        let done = self.0.execute(&call.context(&caller), &check_in).await?;
        Ok(checked_in(&done))
    }

    /// Start a visit
    #[oai(
        path = "/appointments/:id/start",
        method = "post",
        operation_id = "startVisit"
    )]
    async fn start(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<AppointmentChangedOut>, Problem> {
        let appointment = AppointmentId(id.0);
        let start = Start { appointment };
        let done = self.0.execute(&call.context(&caller), &start).await?;
        Ok(changed(&done))
    }

    /// Complete a visit
    #[oai(
        path = "/appointments/:id/complete",
        method = "post",
        operation_id = "completeVisit"
    )]
    async fn complete(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<AppointmentChangedOut>, Problem> {
        let appointment = AppointmentId(id.0);
        let complete = Complete { appointment };
        let done = self.0.execute(&call.context(&caller), &complete).await?;
        Ok(changed(&done))
    }

    /// Record that a patient did not come
    ///
    /// That may cost a fee, as the hospital's rules say.
    #[oai(
        path = "/appointments/:id/no-show",
        method = "post",
        operation_id = "recordNoShow"
    )]
    async fn no_show(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<AppointmentChangedOut>, Problem> {
        let appointment = AppointmentId(id.0);
        let record = RecordNoShow { appointment };
        let done = self.0.execute(&call.context(&caller), &record).await?;
        Ok(changed(&done))
    }

    /// Take a patient who comes without a booking
    ///
    /// They take no slot, and wait from now on.
    #[oai(path = "/walk-ins", method = "post", operation_id = "walkIn")]
    async fn walk_in(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<WalkInIn>,
    ) -> Result<Created<CheckedInOut>, Problem> {
        let given = body.value;
        let walk_in = WalkIn {
            patient: PatientId(given.patient),
            doctor: DoctorId(given.doctor),
            visit_type: given.visit_type.map(VisitTypeId),
            reason: optional("/reason", given.reason.as_deref())?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &walk_in)
            .await?;
        Ok(checked_in(&done).location(&format!("/v1/appointments/{}", done.answer.appointment)))
    }
}

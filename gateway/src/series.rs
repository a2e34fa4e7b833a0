//! Series: visits that come back, booked together and called off together.

use chrono::{DateTime, Utc};
use medilink_commands::Committed;
use medilink_commands::appointment::AppointmentAnswer;
use medilink_commands::series::{Book, Cancel, SeriesAnswer};
use medilink_domain::SeriesId;
use medilink_domain::series::Recurrence;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{Answer, Created, Found};
use crate::api::Tag;
use crate::appointment::{BookingIn, CancellationIn};
use crate::backend::Backend;
use crate::call::Command;
use crate::json::Json;
use crate::problem::Problem;
use crate::wire::{FrequencyCode, MoneyOut};

/// Visits to book together.
#[derive(Object)]
pub struct SeriesIn {
    /// The first of them.
    #[oai(flatten)]
    first: BookingIn,
    /// How they come back: at the same time of the hospital's clock.
    recurrence: RecurrenceIn,
}

/// How visits come back, in the terms of RFC 5545.
#[derive(Object)]
pub struct RecurrenceIn {
    /// How often.
    frequency: FrequencyCode,
    /// Every so many days, weeks or months.
    #[oai(
        default = "every",
        validator(minimum(value = "1"), maximum(value = "12"))
    )]
    interval: u8,
    /// How many visits in all, the first included.
    #[oai(validator(minimum(value = "2"), maximum(value = "52")))]
    count: u8,
}

const fn every() -> u8 {
    1
}

/// A series after a command.
#[derive(Object)]
pub struct SeriesChangedOut {
    /// The series.
    id: Uuid,
    /// Its visits that were booked or cancelled, in order.
    appointments: Vec<SeriesVisitOut>,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// A visit of a series after a command.
#[derive(Object)]
pub struct SeriesVisitOut {
    /// The appointment.
    id: Uuid,
    /// When it starts.
    starts_at: DateTime<Utc>,
    /// When it ends.
    ends_at: DateTime<Utc>,
    /// What the command costs the patient.
    #[oai(skip_serializing_if_is_none)]
    fee: Option<MoneyOut>,
    /// For `If-Match`.
    version: u64,
}

impl From<RecurrenceIn> for Recurrence {
    fn from(given: RecurrenceIn) -> Self {
        Self {
            frequency: given.frequency.into(),
            interval: given.interval,
            count: given.count,
        }
    }
}

impl From<&AppointmentAnswer> for SeriesVisitOut {
    fn from(answer: &AppointmentAnswer) -> Self {
        Self {
            id: answer.appointment.uuid(),
            starts_at: answer.starts_at,
            ends_at: answer.ends_at,
            fee: answer.fee.map(Into::into),
            version: answer.version,
        }
    }
}

fn changed<const STATUS: u16>(done: &Committed<SeriesAnswer>) -> Answer<SeriesChangedOut, STATUS> {
    let body = SeriesChangedOut {
        id: done.answer.series.uuid(),
        appointments: done.answer.appointments.iter().map(Into::into).collect(),
        position: done.position.0,
    };
    Answer::done(body, done)
}

/// The routes.
pub struct SeriesOfVisits(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Appointments")]
impl SeriesOfVisits {
    /// Book a series of visits
    ///
    /// All of them or none; a refusal says which of the visits it is about.
    #[oai(path = "/series", method = "post", operation_id = "bookSeries")]
    async fn book(
        &self,
        caller: SignedIn,
        call: Command,
        body: Json<SeriesIn>,
    ) -> Result<Created<SeriesChangedOut>, Problem> {
        let book = Book {
            first: body.value.first.try_into()?,
            recurrence: body.value.recurrence.into(),
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &book)
            .await?;
        Ok(changed(&done))
    }

    /// Cancel what is left of a series
    #[oai(
        path = "/series/:id/cancel",
        method = "post",
        operation_id = "cancelSeries"
    )]
    async fn cancel(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<CancellationIn>,
    ) -> Result<Found<SeriesChangedOut>, Problem> {
        let (reason, by, waive) = body.value.read()?;
        let cancel = Cancel {
            series: SeriesId(id.0),
            reason,
            by,
            waive,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &cancel)
            .await?;
        Ok(changed(&done))
    }
}

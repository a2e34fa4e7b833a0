//! Queues: who waits for a doctor, by number and without names.

use chrono::NaiveDate;
use medilink_commands::{Action, Resource};
use medilink_domain::DoctorId;
use medilink_domain::queue::{Place, Queue};
use medilink_projections::appointment::AppointmentRow;
use medilink_projections::queue::{self, QueueRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::appointment::shown;
use crate::backend::{Backend, unreadable};
use crate::call::Read;
use crate::doctor;
use crate::input::date;
use crate::problem::Problem;

/// A doctor's queue of a day, fit to be shown on a wall.
#[derive(Object)]
pub struct QueueOut {
    /// The day, on the hospital's clock.
    date: NaiveDate,
    /// The numbers that are being seen.
    in_progress: Vec<u32>,
    /// The numbers that wait, the next one first.
    waiting: Vec<u32>,
    /// The last number that was given; 0 if none was.
    last_token: u64,
}

/// A patient's own place in a queue.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PlaceOut {
    /// Where the appointment stands.
    status: String,
    /// The patient's number, once checked in.
    token: Option<u64>,
    /// How many wait before them, while they wait.
    ahead: Option<u64>,
}

impl QueueOut {
    fn new(date: NaiveDate, row: Option<QueueRow>) -> Self {
        let last_token = row.as_ref().map_or(0, |row| row.last_token);
        let places = row.map(|row| row.places.0).unwrap_or_default();
        let tokens = |called: bool| {
            let places = places.iter().filter(|place| place.called == called);
            places.map(|place| place.token).collect()
        };
        Self {
            date,
            in_progress: tokens(true),
            waiting: tokens(false),
            last_token,
        }
    }
}

impl PlaceOut {
    fn new(appointment: &AppointmentRow, places: Vec<Place>) -> Self {
        let queue = Queue {
            places,
            ..Queue::default()
        };
        let ahead = queue.ahead(appointment.appointment);
        Self {
            status: appointment.status.name().to_owned(),
            token: appointment.token,
            ahead: ahead.map(|ahead| ahead as u64),
        }
    }
}

/// The routes.
pub struct Queues(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Attendance")]
impl Queues {
    /// See a doctor's queue
    #[oai(
        path = "/doctors/:id/queue",
        method = "get",
        operation_id = "readQueue"
    )]
    async fn of_doctor(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The day, on the hospital's clock.
        #[oai(name = "date")]
        on: Query<NaiveDate>,
    ) -> Result<Found<QueueOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("queue", tenant);
        self.0
            .authorize(&caller, Action::ReadDirectory, &resource)?;
        let date = date("date", on.0)?;
        let view = self.0.view(&["doctor", "queue"], &read).await?;
        let doctor = doctor::known(&self.0, tenant, DoctorId(id.0)).await?.doctor;
        let row = queue::get(self.0.reads(), tenant, doctor, date)
            .await
            .map_err(unreadable)?;
        Ok(view.answer(QueueOut::new(date, row)))
    }

    /// See one's own place in a queue
    #[oai(
        path = "/appointments/:id/queue",
        method = "get",
        operation_id = "readPlace"
    )]
    async fn of_appointment(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<PlaceOut>, Problem> {
        let tenant = caller.actor.tenant;
        let models = ["appointment", "queue"];
        let (view, visit) = shown(&self.0, &caller, &read, id.0, &models, "queue").await?;
        let date = visit.starts_at.with_timezone(&visit.time_zone.tz());
        let row = queue::get(self.0.reads(), tenant, visit.doctor, date.date_naive())
            .await
            .map_err(unreadable)?;
        let places = row.map(|row| row.places.0).unwrap_or_default();
        Ok(view.answer(PlaceOut::new(&visit, places)))
    }
}

//! Visits that come back: booked together, all or none, and called off together.

use chrono::{DateTime, Utc};
use medilink_domain::appointment::{Appointment, Party};
use medilink_domain::patient::Patient;
use medilink_domain::series::{self, Recurrence, Series, SeriesError};
use medilink_domain::values::FreeText;
use medilink_domain::{AppointmentId, SeriesId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::appointment::{self, AppointmentAnswer, wanted_with};
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::placement::Placement;
use crate::practice::Practice;
use crate::work::Work;

const KIND: &str = "series";

/// The series after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesAnswer {
    /// The series.
    pub series: SeriesId,
    /// Its visits that were booked or cancelled, in order.
    pub appointments: Vec<AppointmentAnswer>,
}

/// Books visits that come back at the same time of the hospital's clock, all or none.
#[derive(Clone, Debug)]
pub struct Book {
    /// The first of them.
    pub first: appointment::Book,
    /// How they come back.
    pub recurrence: Recurrence,
}

impl Operation for Book {
    const NAME: &'static str = "book-series";
    type Answer = SeriesAnswer;

    fn target(&self) -> String {
        self.first.patient.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SeriesAnswer, CommandError> {
        let first = &self.first;
        let resource = wanted_with(work, first.patient, first.doctor).await?;
        work.authorize(Action::BookSeries, &resource).await?;
        first.authorize_extras(work, &resource).await?;
        let patient = work.existing::<Patient>(&first.patient, "patient").await?;
        let reminders = patient.state().reminders.clone();
        let practice = Practice::of(work, first.doctor).await?;
        let series = SeriesId(Uuid::now_v7());
        let mut booked = Vec::new();
        for starts_at in self
            .recurrence
            .starts(first.starts_at, practice.place().time_zone)?
        {
            let placement = Placement {
                appointment: AppointmentId(Uuid::now_v7()),
                starts_at,
                visit_type: first.visit_type,
                mode: first.mode,
                assets: first.assets.clone(),
                overbook: first.overbook.is_some(),
                reminders: reminders.clone(),
            };
            let answer = appointment::book(work, &practice, first, placement, Some(series)).await;
            booked.push(answer.map_err(|error| at(starts_at, error))?);
        }
        let mut instance = work.create::<Series>(&series);
        let book = series::Book {
            series,
            patient: first.patient,
            recurrence: self.recurrence,
            appointments: booked.iter().map(|answer| answer.appointment).collect(),
        };
        work.decide(&mut instance, book).await?;
        Ok(SeriesAnswer {
            series,
            appointments: booked,
        })
    }
}

/// Says which of the visits it is about.
fn at(starts_at: DateTime<Utc>, error: CommandError) -> CommandError {
    match error {
        CommandError::Refused(rule) => CommandError::RefusedAt { starts_at, rule },
        other => other,
    }
}

/// Cancels all visits of a series that are still to come.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// The series.
    pub series: SeriesId,
    /// Why, if someone says.
    pub reason: Option<FreeText>,
    /// Who wants it.
    pub by: Party,
    /// Why fees are waived.
    pub waive: Option<FreeText>,
}

impl Operation for Cancel {
    const NAME: &'static str = "cancel-series";
    type Answer = SeriesAnswer;

    fn target(&self) -> String {
        self.series.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SeriesAnswer, CommandError> {
        let instance = work.existing::<Series>(&self.series, KIND).await?;
        let booked = instance.state().booked()?.clone();
        let mut resource = Resource::of_tenant(KIND, work.tenant()).about(booked.patient.uuid());
        if let Some(first) = booked.appointments.first() {
            let first = work.existing::<Appointment>(first, "appointment").await?;
            resource = resource.at(first.state().booking()?.hospital);
        }
        work.authorize(Action::CancelSeries, &resource).await?;
        let mut cancelled = Vec::new();
        for appointment in booked.appointments {
            let mut visit = work
                .existing::<Appointment>(&appointment, "appointment")
                .await?;
            // Those that are to come, whoever calls them off.
            if visit
                .state()
                .cancellable(Party::Patient, work.now())
                .is_err()
            {
                continue;
            }
            let booking = visit.state().booking()?.clone();
            let cancel = appointment::Cancel {
                appointment,
                reason: self.reason.clone(),
                by: self.by,
                waive: self.waive.clone(),
            };
            cancelled.push(appointment::cancel(work, &mut visit, &booking, &cancel).await?);
        }
        if cancelled.is_empty() {
            return Err(SeriesError::NothingToCancel.into());
        }
        Ok(SeriesAnswer {
            series: self.series,
            appointments: cancelled,
        })
    }
}

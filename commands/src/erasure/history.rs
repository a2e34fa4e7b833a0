//! What of a person's history the retention rules ask for, read from the log as it is now.

use std::collections::HashMap;

use medilink_domain::appointment::{Appointment, AppointmentEvent, AppointmentStatus};
use medilink_domain::erasure::Erasure;
use medilink_domain::patient::{Patient, PatientEvent};
use medilink_domain::registry::{event_type, event_types};
use medilink_domain::retention::History;
use medilink_domain::values::Role;
use medilink_domain::{Decider, ErasureId, Event, Privacy, SubjectId};
use medilink_log::{Position, RecordedEvent};

use crate::error::CommandError;
use crate::work::Work;

const PAGE: usize = 500;

/// Reads a person's history. What workers did after this erasure was asked for, such as calling
/// visits off because of it, is no use of the data and prolongs nothing.
///
/// # Errors
/// When log or keys are away, or an event can't be read.
pub(super) async fn of(
    work: &Work<'_>,
    person: SubjectId,
    since: Option<ErasureId>,
) -> Result<History, CommandError> {
    let kinds: Vec<&str> = event_types()
        .into_iter()
        .filter(|kind| kind.privacy != Privacy::Operational)
        .map(|kind| kind.name)
        .collect();
    let asked_for = match since {
        Some(erasure) => work.began(&Erasure::stream(&erasure)).await?,
        None => None,
    };
    let mut reading = Reading {
        asked_for,
        ..Reading::default()
    };
    let mut after = Position::START;
    loop {
        let page = work.about(person, &kinds, after, PAGE).await?;
        for event in &page {
            after = event.position;
            reading.take(work, event).await?;
        }
        if page.len() < PAGE {
            return Ok(reading.end(work));
        }
    }
}

#[derive(Default)]
struct Reading {
    history: History,
    /// Where the erasure was asked for.
    asked_for: Option<Position>,
    visits: HashMap<String, Appointment>,
}

impl Reading {
    async fn take(&mut self, work: &Work<'_>, event: &RecordedEvent) -> Result<(), CommandError> {
        let Some(Privacy::Personal(category)) = event_type(&event.kind).map(|kind| kind.privacy)
        else {
            return Ok(());
        };
        let since = self.asked_for.is_some_and(|asked| event.position > asked);
        if !(since && event.metadata().role == Role::Worker.name()) {
            let last = self.history.last_processing.entry(category);
            let last = last.or_insert(event.recorded_at);
            *last = event.recorded_at.max(*last);
        }
        if of_aggregate::<AppointmentEvent>(event) {
            match work.open::<AppointmentEvent>(event).await? {
                Some(opened) => {
                    let visit = self.visits.entry(event.stream.clone()).or_default();
                    visit.evolve(&opened);
                }
                // The rest is erased: it is all that can be told of it.
                None => self.treated(event.recorded_at),
            }
        }
        if of_aggregate::<PatientEvent>(event)
            && event.stream.starts_with(Patient::CATEGORY)
            && let Some(PatientEvent::Registered(registered)) = work.open(event).await?
        {
            self.history.born = registered.date_of_birth;
        }
        Ok(())
    }

    fn treated(&mut self, at: chrono::DateTime<chrono::Utc>) {
        let last = self.history.last_treatment.get_or_insert(at);
        *last = at.max(*last);
    }

    fn end(mut self, work: &Work<'_>) -> History {
        let bookings: Vec<_> = self
            .visits
            .values()
            .filter_map(|visit| visit.booking().ok())
            .filter(|booking| {
                let none = [AppointmentStatus::Cancelled, AppointmentStatus::NoShow];
                // One that is to come is called off before anything is erased.
                !none.contains(&booking.status) && booking.starts_at <= work.now()
            })
            .map(|booking| booking.ends_at)
            .collect();
        bookings.into_iter().for_each(|end| self.treated(end));
        self.history
    }
}

fn of_aggregate<E: Event>(event: &RecordedEvent) -> bool {
    E::TYPES.iter().any(|kind| kind.name == event.kind)
}

//! What a patient has to keep to: nobody is to be in two places at once.

use medilink_domain::AppointmentId;
use medilink_domain::PatientId;
use medilink_domain::agenda::{Add, Agenda, AgendaCommand, Move, OpenVisit, Remove};
use medilink_domain::hospital::BookingPolicy;

use crate::error::CommandError;
use crate::work::Work;

/// Puts a visit on a patient's agenda, within the limits of a hospital if it has any.
///
/// # Errors
/// When the patient has another visit then, or too many.
pub(crate) async fn add(
    work: &mut Work<'_>,
    patient: PatientId,
    visit: OpenVisit,
    policy: Option<BookingPolicy>,
) -> Result<(), CommandError> {
    let mut agenda = work.load::<Agenda>(&patient, "agenda").await?;
    let add = AgendaCommand::Add(Add {
        patient,
        visit,
        policy,
    });
    work.decide(&mut agenda, add).await
}

/// Puts it to another time.
///
/// # Errors
/// As [`add`].
pub(crate) async fn shift(
    work: &mut Work<'_>,
    patient: PatientId,
    visit: OpenVisit,
    policy: Option<BookingPolicy>,
) -> Result<(), CommandError> {
    let mut agenda = work.load::<Agenda>(&patient, "agenda").await?;
    let shift = if agenda.state().holds(visit.appointment) {
        AgendaCommand::Move(Move { visit, policy })
    } else {
        // Booked before there were agendas.
        AgendaCommand::Add(Add {
            patient,
            visit,
            policy,
        })
    };
    work.decide(&mut agenda, shift).await
}

/// Takes a visit off it, if it is there.
///
/// # Errors
/// When the agenda can't be read.
pub(crate) async fn remove(
    work: &mut Work<'_>,
    patient: PatientId,
    appointment: AppointmentId,
) -> Result<(), CommandError> {
    let mut agenda = work.load::<Agenda>(&patient, "agenda").await?;
    if !agenda.state().holds(appointment) {
        return Ok(());
    }
    let remove = AgendaCommand::Remove(Remove { appointment });
    work.decide(&mut agenda, remove).await
}

//! What a patient has to keep to: nobody is to be in two places at once, or to wait for
//! everything.

use medilink_domain::agenda::{
    Add, AddWait, Agenda, AgendaCommand, Move, OpenVisit, OpenWait, Remove, RemoveWait,
};
use medilink_domain::hospital::BookingPolicy;
use medilink_domain::{AppointmentId, PatientId, WaitlistEntryId};

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

/// Takes up that a patient waits for a visit.
///
/// # Errors
/// When the patient waits for too many at that hospital.
pub(crate) async fn add_wait(
    work: &mut Work<'_>,
    patient: PatientId,
    wait: OpenWait,
) -> Result<(), CommandError> {
    let mut agenda = work.load::<Agenda>(&patient, "agenda").await?;
    let add = AgendaCommand::AddWait(AddWait { patient, wait });
    work.decide(&mut agenda, add).await
}

/// Takes it off, if it is there.
///
/// # Errors
/// When the agenda can't be read.
pub(crate) async fn remove_wait(
    work: &mut Work<'_>,
    patient: PatientId,
    entry: WaitlistEntryId,
) -> Result<(), CommandError> {
    let mut agenda = work.load::<Agenda>(&patient, "agenda").await?;
    if !agenda.state().waits_at(entry) {
        return Ok(());
    }
    let remove = AgendaCommand::RemoveWait(RemoveWait { entry });
    work.decide(&mut agenda, remove).await
}

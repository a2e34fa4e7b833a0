//! Who waits for a doctor on a day, in the order in which they came.

use medilink_domain::AppointmentId;
use medilink_domain::appointment::Booking;
use medilink_domain::queue::{Call, Join, Leave, Queue, QueueCommand, QueueId};

use crate::error::CommandError;
use crate::practice::date_in;
use crate::work::{Instance, Work};

/// The queue in which a visit waits.
///
/// # Errors
/// When it can't be read.
pub(crate) async fn of(
    work: &mut Work<'_>,
    booking: &Booking,
) -> Result<Instance<Queue>, CommandError> {
    let id = QueueId {
        doctor: booking.doctor,
        date: date_in(booking.time_zone, booking.starts_at),
    };
    work.load::<Queue>(&id, "queue").await
}

/// Lets a patient wait; how many wait before them.
///
/// # Errors
/// When they wait already.
pub(crate) async fn join(
    work: &mut Work<'_>,
    mut queue: Instance<Queue>,
    booking: &Booking,
) -> Result<usize, CommandError> {
    let join = Join {
        doctor: booking.doctor,
        date: date_in(booking.time_zone, booking.starts_at),
        appointment: booking.appointment,
    };
    work.decide(&mut queue, QueueCommand::Join(join)).await?;
    Ok(queue.state().ahead(booking.appointment).unwrap_or_default())
}

/// Calls a patient in, if they wait.
///
/// # Errors
/// When the queue can't be read.
pub(crate) async fn call(work: &mut Work<'_>, booking: &Booking) -> Result<(), CommandError> {
    let call = |appointment: AppointmentId| QueueCommand::Call(Call { appointment });
    if_there(work, booking, call).await
}

/// Lets a patient go, if they are in it.
///
/// # Errors
/// When the queue can't be read.
pub(crate) async fn leave(work: &mut Work<'_>, booking: &Booking) -> Result<(), CommandError> {
    let leave = |appointment: AppointmentId| QueueCommand::Leave(Leave { appointment });
    if_there(work, booking, leave).await
}

async fn if_there(
    work: &mut Work<'_>,
    booking: &Booking,
    command: impl FnOnce(AppointmentId) -> QueueCommand,
) -> Result<(), CommandError> {
    let mut queue = of(work, booking).await?;
    if !queue.state().holds(booking.appointment) {
        return Ok(());
    }
    work.decide(&mut queue, command(booking.appointment)).await
}

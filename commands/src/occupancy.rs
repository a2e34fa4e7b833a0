//! Rooms and devices of a day: each is had by one visit at a time.

use chrono::{DateTime, NaiveDate, Utc};
use medilink_domain::occupancy::{
    Occupancy, OccupancyCommand, OccupancyError, OccupancyId, Occupy, Vacate,
};
use medilink_domain::visit_type::VisitTypeError;
use medilink_domain::{AppointmentId, AssetId};

use crate::error::CommandError;
use crate::placement::Stay;
use crate::work::Work;

/// Takes a room or device for a visit.
///
/// # Errors
/// When another visit has it then.
pub(crate) async fn occupy(
    work: &mut Work<'_>,
    asset: AssetId,
    stay: &Stay,
    appointment: AppointmentId,
) -> Result<(), CommandError> {
    if !is_free(work, asset, &stay.neighbours, stay.span).await? {
        return Err(OccupancyError::AssetTaken.into());
    }
    let date = stay.date;
    let id = OccupancyId { asset, date };
    let mut day = work.load::<Occupancy>(&id, "occupancy").await?;
    let (from, until) = stay.span;
    let occupy = Occupy {
        asset,
        date,
        appointment,
        from,
        until,
    };
    work.decide(&mut day, OccupancyCommand::Occupy(occupy))
        .await
}

/// The first of the rooms or devices that nobody has then.
///
/// # Errors
/// When all are taken.
pub(crate) async fn free(
    work: &mut Work<'_>,
    candidates: impl Iterator<Item = AssetId>,
    stay: &Stay,
) -> Result<AssetId, CommandError> {
    for asset in candidates {
        if is_free(work, asset, &[stay.date], stay.span).await?
            && is_free(work, asset, &stay.neighbours, stay.span).await?
        {
            return Ok(asset);
        }
    }
    Err(VisitTypeError::NeedNotMet.into())
}

/// Whether nobody of these days has a room or device then.
async fn is_free(
    work: &mut Work<'_>,
    asset: AssetId,
    days: &[NaiveDate],
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, CommandError> {
    for date in days.iter().copied() {
        let id = OccupancyId { asset, date };
        let day = work.load::<Occupancy>(&id, "occupancy").await?;
        if !day.state().is_free(from, until) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives rooms and devices back.
///
/// # Errors
/// When a visit doesn't have one of them.
pub(crate) async fn vacate(
    work: &mut Work<'_>,
    assets: &[AssetId],
    appointment: AppointmentId,
    date: NaiveDate,
) -> Result<(), CommandError> {
    for asset in assets {
        let id = OccupancyId {
            asset: *asset,
            date,
        };
        let mut day = work.existing::<Occupancy>(&id, "occupancy").await?;
        let vacate = OccupancyCommand::Vacate(Vacate { appointment });
        work.decide(&mut day, vacate).await?;
    }
    Ok(())
}

//! Rooms' and devices' days: when they are taken.

use chrono::NaiveDate;
use medilink_domain::occupancy::{Occupancy, OccupancyEvent, OccupancyId, Occupied};
use medilink_domain::{AssetId, Decider, TenantId};
use medilink_log::Position;

use crate::runtime::field::Json;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::row;

row! {
    /// One room's or device's one day, in the hospital's zone.
    pub struct OccupancyRow in "occupancy" {
        key {
            /// Which room or device.
            asset: AssetId,
            /// Which day.
            date: NaiveDate,
        }
        clear {
            /// Its tenant.
            tenant: TenantId,
            /// What is taken, in order.
            taken: Json<Vec<Occupied>>,
            /// The version of its stream.
            version: u64,
            /// The event that last changed it.
            position: Position,
        }
    }
}

/// The fold, which is the aggregate's own.
pub(crate) struct Occupancies;

impl ReadModel for Occupancies {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(position)"];

    type Source = OccupancyEvent;
    type Row = OccupancyRow;

    fn keys(fact: &Fact<OccupancyEvent>) -> Result<Vec<(AssetId, NaiveDate)>, FoldError> {
        let OccupancyId { asset, date } = fact.id("occupancy")?;
        Ok(vec![(asset, date)])
    }

    fn fold(
        key: &(AssetId, NaiveDate),
        row: Option<OccupancyRow>,
        fact: &Fact<OccupancyEvent>,
    ) -> Result<Option<OccupancyRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(row);
        };
        let mut state = Occupancy {
            taken: row.map(|row| row.taken.0).unwrap_or_default(),
            ..Occupancy::default()
        };
        state.evolve(event);
        Ok(Some(OccupancyRow {
            asset: key.0,
            date: key.1,
            tenant: fact.tenant,
            taken: Json(state.taken),
            version: fact.version,
            position: fact.position,
        }))
    }
}

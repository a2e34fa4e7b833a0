//! The name of a room's or device's day.

use crate::day_id::day_id;
use crate::ids::AssetId;

day_id! {
    /// One room's or device's one day, as `<asset>:<date>`.
    pub struct OccupancyId {
        /// Which room or device.
        asset: AssetId
    }
}

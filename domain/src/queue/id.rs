//! The name of a queue.

use crate::day_id::day_id;
use crate::ids::DoctorId;

day_id! {
    /// Those who wait for one doctor on one day, as `<doctor>:<date>`.
    pub struct QueueId {
        /// For whom.
        doctor: DoctorId
    }
}

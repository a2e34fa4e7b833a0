//! The name of a calendar.

use crate::day_id::day_id;
use crate::ids::DoctorId;

day_id! {
    /// One doctor's one day, as `<doctor>:<date>`.
    pub struct CalendarId {
        /// Whose day.
        doctor: DoctorId
    }
}

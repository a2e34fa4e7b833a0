//! Every projection of this release: one alphabetical line each.

use crate::runtime::lane::{Registration, lane};
use crate::{appointment, calendar, delivery, doctor, hospital, notice, patient, reminder};

/// All projections.
pub(crate) fn all() -> Vec<Registration> {
    vec![
        lane::<appointment::Appointments>(),
        lane::<calendar::Calendars>(),
        lane::<delivery::Deliveries>(),
        lane::<doctor::Doctors>(),
        lane::<hospital::Hospitals>(),
        lane::<notice::Notices>(),
        lane::<patient::Patients>(),
        lane::<reminder::Reminders>(),
    ]
}

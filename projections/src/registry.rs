//! Every projection of this release: one alphabetical line each.

use crate::runtime::lane::{Registration, lane};
use crate::{
    access, appointment, calendar, calendar_feed, consent, delivery, doctor, erasure, export,
    feedback, hospital, notice, occupancy, patient, queue, reminder, schedule, staff, visit_type,
    waitlist,
};

/// All projections.
pub(crate) fn all() -> Vec<Registration> {
    vec![
        lane::<access::Accesses>(),
        lane::<appointment::Appointments>(),
        lane::<calendar::Calendars>(),
        lane::<calendar_feed::CalendarFeeds>(),
        lane::<consent::Consents>(),
        lane::<delivery::Deliveries>(),
        lane::<doctor::Doctors>(),
        lane::<erasure::Erasures>(),
        lane::<export::Exports>(),
        lane::<feedback::Feedbacks>(),
        lane::<hospital::Hospitals>(),
        lane::<notice::Notices>(),
        lane::<occupancy::Occupancies>(),
        lane::<patient::Patients>(),
        lane::<queue::Queues>(),
        lane::<reminder::Reminders>(),
        lane::<schedule::Schedules>(),
        lane::<staff::StaffMembers>(),
        lane::<visit_type::VisitTypes>(),
        lane::<waitlist::Waitlists>(),
    ]
}

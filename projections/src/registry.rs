//! Every projection of this release: one alphabetical line each.

use crate::runtime::lane::{Registration, lane};
use crate::{
    access, application, appointment, calendar, calendar_feed, consent, delivery, doctor,
    emergency_access, erasure, export, feedback, hospital, hospital_code, integrator, invitation,
    notice, occupancy, patient, profile, queue, reminder, schedule, staff, visit_type, waitlist,
};

/// All projections.
pub(crate) fn all() -> Vec<Registration> {
    vec![
        lane::<access::Accesses>(),
        lane::<application::Applications>(),
        lane::<appointment::Appointments>(),
        lane::<calendar::Calendars>(),
        lane::<calendar_feed::CalendarFeeds>(),
        lane::<consent::Consents>(),
        lane::<delivery::Deliveries>(),
        lane::<doctor::Doctors>(),
        lane::<emergency_access::EmergencyAccesses>(),
        lane::<erasure::Erasures>(),
        lane::<export::Exports>(),
        lane::<feedback::Feedbacks>(),
        lane::<hospital::Hospitals>(),
        lane::<hospital_code::HospitalCodes>(),
        lane::<integrator::Integrators>(),
        lane::<invitation::Invitations>(),
        lane::<notice::Notices>(),
        lane::<occupancy::Occupancies>(),
        lane::<patient::Patients>(),
        lane::<profile::Profiles>(),
        lane::<queue::Queues>(),
        lane::<reminder::Reminders>(),
        lane::<schedule::Schedules>(),
        lane::<staff::StaffMembers>(),
        lane::<visit_type::VisitTypes>(),
        lane::<waitlist::Waitlists>(),
    ]
}

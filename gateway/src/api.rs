//! Every capability's routes.

use medilink_commands::sign_in::SignInDesk;
use poem_openapi::Tags;
use serde_json::Value;

use crate::account::{Accounts, Emails};
use crate::application::{Applications, Decisions};
use crate::appointment::Appointments;
use crate::attendance::Attendance;
use crate::backend::Backend;
use crate::board::Boards;
use crate::calendar::Calendars;
use crate::calendar_feed::CalendarFeeds;
use crate::changes::Changes;
use crate::doctor::{DoctorProfiles, Doctors};
use crate::document::{self, DocumentError};
use crate::feedback::Feedback;
use crate::hospital::Hospitals;
use crate::hospital::booking_policy::BookingPolicies;
use crate::hospital::setup::HospitalSetup;
use crate::hospital_code::HospitalCodes;
use crate::invitation::Invitations;
use crate::me::Me;
use crate::notice::Notices;
use crate::patient::{PatientProfiles, Patients};
use crate::platform::Platform;
use crate::queue::Queues;
use crate::schedule::Schedules;
use crate::series::SeriesOfVisits;
use crate::session::Sessions;
use crate::slot::Slots;
use crate::visit_type::VisitTypes;
use crate::waitlist::Waitlists;

/// The chapters of the document.
#[derive(Tags)]
pub enum Tag {
    /// Means to sign in.
    Accounts,
    /// Booking, moving and cancelling.
    Appointments,
    /// The day of the visit: checked in, seen, over.
    Attendance,
    /// Appointments for calendar programs.
    #[oai(rename = "Calendar feeds")]
    CalendarFeeds,
    /// When doctors can be booked.
    Calendars,
    /// Who gives care.
    Doctors,
    /// What patients think of their visits.
    Feedback,
    /// Where care is given.
    Hospitals,
    /// The signed-in person.
    Me,
    /// What people were told.
    Notices,
    /// Who receives care.
    Patients,
    /// The platform itself.
    Platform,
    /// Being signed in.
    Sessions,
    /// How people come to work at a hospital.
    Staff,
    /// The kinds of visits that hospitals offer.
    #[oai(rename = "Visit types")]
    VisitTypes,
    /// Waiting for a slot.
    Waitlist,
}

/// All routes: one alphabetical line each, here and in [`all`]. In three parts, because
/// `poem-openapi` takes at most sixteen at once.
pub type Api = (Visits, Places, People);

/// Visits, from the search of a slot to the feedback.
pub type Visits = (
    Appointments,
    Attendance,
    Boards,
    CalendarFeeds,
    Feedback,
    Queues,
    SeriesOfVisits,
    Slots,
    Waitlists,
);

/// Hospitals, and when and for what they can be visited.
pub type Places = (
    BookingPolicies,
    Calendars,
    HospitalCodes,
    Hospitals,
    HospitalSetup,
    Schedules,
    VisitTypes,
);

/// People, and the platform that serves them.
pub type People = (
    Accounts,
    Applications,
    Decisions,
    DoctorProfiles,
    Doctors,
    Emails,
    Invitations,
    Me,
    Notices,
    PatientProfiles,
    Patients,
    Platform,
    Sessions,
);

/// All routes, over this backend.
pub fn all(backend: Backend, changes: Changes, desk: SignInDesk) -> Api {
    let visits = (
        Appointments(backend.clone()),
        Attendance(backend.clone()),
        Boards(backend.clone()),
        CalendarFeeds(backend.clone()),
        Feedback(backend.clone()),
        Queues(backend.clone()),
        SeriesOfVisits(backend.clone()),
        Slots(backend.clone()),
        Waitlists(backend.clone()),
    );
    let places = (
        BookingPolicies(backend.clone()),
        Calendars(backend.clone()),
        HospitalCodes(backend.clone()),
        Hospitals(backend.clone()),
        HospitalSetup(backend.clone()),
        Schedules(backend.clone()),
        VisitTypes(backend.clone()),
    );
    let people = (
        Accounts {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Applications {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Decisions(backend.clone()),
        DoctorProfiles(backend.clone()),
        Doctors(backend.clone()),
        Emails(desk.clone()),
        Invitations {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Me {
            backend: backend.clone(),
            changes,
        },
        Notices(backend.clone()),
        PatientProfiles(backend.clone()),
        Patients(backend.clone()),
        Platform(desk.clone()),
        Sessions { backend, desk },
    );
    (visits, places, people)
}

/// The OpenAPI document of this release, as `schemas/openapi.json` holds it.
///
/// # Errors
/// [`DocumentError`] when a route is open that should not be.
pub fn document() -> Result<Value, DocumentError> {
    document::of::<Api>()
}

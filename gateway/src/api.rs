//! Every capability's routes.

use std::sync::Arc;

use medilink_blobs::Blobs;
use medilink_commands::sign_in::SignInDesk;
use poem_openapi::Tags;
use serde_json::Value;

use crate::access::Accesses;
use crate::account::{Accounts, Emails};
use crate::application::{Applications, Decisions};
use crate::appointment::Appointments;
use crate::attendance::Attendance;
use crate::backend::Backend;
use crate::board::Boards;
use crate::calendar::Calendars;
use crate::calendar_feed::CalendarFeeds;
use crate::challenge::Challenges;
use crate::changes::Changes;
use crate::checkpoint::Checkpoints;
use crate::consent::Consents;
use crate::dead_letter::DeadLetters;
use crate::doctor::{DoctorProfiles, Doctors};
use crate::document::{self, DocumentError};
use crate::emergency_access::EmergencyAccesses;
use crate::erasure::Erasures;
use crate::export::Exports;
use crate::feedback::Feedback;
use crate::guardian::Guardians;
use crate::health::Health;
use crate::hospital::Hospitals;
use crate::hospital::booking_policy::BookingPolicies;
use crate::hospital::setup::HospitalSetup;
use crate::hospital_code::HospitalCodes;
use crate::integrator::{Integrators, Programs};
use crate::invitation::Invitations;
use crate::jobs::JobReport;
use crate::legal_hold::LegalHolds;
use crate::me::Me;
use crate::notice::Notices;
use crate::patient::{PatientProfiles, Patients};
use crate::phone::Phones;
use crate::platform::Platform;
use crate::policy::Policies;
use crate::proof::Proofs;
use crate::queue::Queues;
use crate::read_model::ReadModels;
use crate::schedule::Schedules;
use crate::second_factor::SecondFactors;
use crate::series::SeriesOfVisits;
use crate::session::Sessions;
use crate::settings::Settings;
use crate::slot::Slots;
use crate::staff::StaffMembers;
use crate::visit_type::VisitTypes;
use crate::waitlist::Waitlists;

/// The chapters of the document.
#[derive(Tags)]
pub enum Tag {
    /// Who read whose data, and who was denied it.
    Accesses,
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
    /// Who may see which part of whose record.
    Consents,
    /// Who gives care.
    Doctors,
    /// Records that are opened in emergencies, and who looks into it.
    #[oai(rename = "Emergency accesses")]
    EmergencyAccesses,
    /// Being forgotten.
    Erasure,
    /// Taking one's data away.
    Exports,
    /// What patients think of their visits.
    Feedback,
    /// Where care is given.
    Hospitals,
    /// Programs of others, and how they sign in.
    Integrators,
    /// The signed-in person.
    Me,
    /// What people were told.
    Notices,
    /// Who receives care.
    Patients,
    /// The platform itself.
    Platform,
    /// What is shown beside the password.
    #[oai(rename = "Second factors")]
    SecondFactors,
    /// Who may do what.
    Policies,
    /// Being signed in.
    Sessions,
    /// Who works where, as what, and how they come to.
    Staff,
    /// The kinds of visits that hospitals offer.
    #[oai(rename = "Visit types")]
    VisitTypes,
    /// Waiting for a slot.
    Waitlist,
}

/// All routes, by what they are about: one alphabetical line each, here and in [`all`].
/// (`poem-openapi` takes at most sixteen at once.)
pub type Api = (
    Visits,
    Places,
    People,
    Staffing,
    SignIn,
    Privacy,
    Operations,
    Others,
);

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
    Hospitals,
    HospitalSetup,
    Schedules,
    VisitTypes,
);

/// People, and what is done for them.
pub type People = (
    DoctorProfiles,
    Doctors,
    EmergencyAccesses,
    Guardians,
    Me,
    Notices,
    PatientProfiles,
    Patients,
);

/// Who works for a hospital, and how they come to.
pub type Staffing = (
    Applications,
    Decisions,
    HospitalCodes,
    Invitations,
    StaffMembers,
);

/// Who is let in, and what they may do.
pub type SignIn = (
    Accounts,
    Challenges,
    Emails,
    Phones,
    Platform,
    Policies,
    Proofs,
    SecondFactors,
    Sessions,
);

/// What becomes of a person's data, and who says so.
pub type Privacy = (
    Accesses,
    Checkpoints,
    Consents,
    Erasures,
    Exports,
    LegalHolds,
);

/// Keeping the platform well.
pub type Operations = (DeadLetters, ReadModels, Settings);

/// Programs of others.
pub type Others = (Integrators, Programs);

/// All routes, over this backend.
pub fn all(
    backend: Backend,
    changes: Changes,
    desk: SignInDesk,
    blobs: Blobs,
    health: Health,
    jobs: Arc<dyn JobReport>,
) -> Api {
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
        Hospitals(backend.clone()),
        HospitalSetup(backend.clone()),
        Schedules(backend.clone()),
        VisitTypes(backend.clone()),
    );
    let people = (
        DoctorProfiles(backend.clone()),
        Doctors(backend.clone()),
        EmergencyAccesses(backend.clone()),
        Guardians(backend.clone()),
        Me {
            backend: backend.clone(),
            changes,
        },
        Notices(backend.clone()),
        PatientProfiles(backend.clone()),
        Patients(backend.clone()),
    );
    let staffing = (
        Applications {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Decisions(backend.clone()),
        HospitalCodes(backend.clone()),
        Invitations {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        StaffMembers(backend.clone()),
    );
    let sign_in = (
        Accounts {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Challenges(desk.clone()),
        Emails(desk.clone()),
        Phones {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Platform(desk.clone()),
        Policies(backend.clone()),
        Proofs(desk.clone()),
        SecondFactors {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Sessions {
            backend: backend.clone(),
            desk: desk.clone(),
        },
    );
    let privacy = (
        Accesses(backend.clone()),
        Checkpoints(backend.clone()),
        Consents {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Erasures {
            backend: backend.clone(),
            desk: desk.clone(),
        },
        Exports {
            backend: backend.clone(),
            blobs,
        },
        LegalHolds(backend.clone()),
    );
    let operations = (
        DeadLetters {
            backend: backend.clone(),
            jobs: Arc::clone(&jobs),
        },
        ReadModels {
            backend: backend.clone(),
            jobs,
            health,
        },
        Settings {
            backend: backend.clone(),
            desk: desk.clone(),
        },
    );
    let others = (Integrators(backend), Programs(desk));
    (
        visits, places, people, staffing, sign_in, privacy, operations, others,
    )
}

/// The OpenAPI document of this release, as `schemas/openapi.json` holds it.
///
/// # Errors
/// [`DocumentError`] when a route is open that should not be.
pub fn document() -> Result<Value, DocumentError> {
    document::of::<Api>()
}

//! Every event type and every refusal of the platform, one alphabetical line per capability.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::event::{Event, EventType};
use crate::problem::{Problem, ProblemDetail};
use crate::{
    access, access_token, account, agenda, application, appointment, calendar, consent,
    dead_letter, doctor, emergency_access, emergency_watch, erasure, export, feedback, hospital,
    hospital_code, integrator, invitation, legal_hold, notice, occupancy, patient, profile, queue,
    read_model, schedule, second_factor, series, session, sign_in, staff, verification, visit_type,
    waitlist,
};

/// All event types that this release writes or reads.
pub fn event_types() -> Vec<&'static EventType> {
    let all: &[&'static [EventType]] = &[
        access::AccessEvent::TYPES,
        access_token::AccessTokenEvent::TYPES,
        account::AccountEvent::TYPES,
        agenda::AgendaEvent::TYPES,
        application::ApplicationEvent::TYPES,
        appointment::AppointmentEvent::TYPES,
        calendar::CalendarEvent::TYPES,
        consent::ConsentEvent::TYPES,
        dead_letter::DeadLetterEvent::TYPES,
        doctor::DoctorEvent::TYPES,
        emergency_access::EmergencyAccessEvent::TYPES,
        emergency_watch::EmergencyWatchEvent::TYPES,
        erasure::ErasureEvent::TYPES,
        export::ExportEvent::TYPES,
        feedback::FeedbackEvent::TYPES,
        hospital::HospitalEvent::TYPES,
        hospital_code::HospitalCodeEvent::TYPES,
        integrator::IntegratorEvent::TYPES,
        invitation::InvitationEvent::TYPES,
        legal_hold::LegalHoldEvent::TYPES,
        notice::NoticeEvent::TYPES,
        occupancy::OccupancyEvent::TYPES,
        patient::PatientEvent::TYPES,
        profile::ProfileEvent::TYPES,
        queue::QueueEvent::TYPES,
        read_model::ReadModelEvent::TYPES,
        schedule::ScheduleEvent::TYPES,
        second_factor::SecondFactorEvent::TYPES,
        series::SeriesEvent::TYPES,
        session::SessionEvent::TYPES,
        sign_in::SignInEvent::TYPES,
        staff::StaffEvent::TYPES,
        verification::VerificationEvent::TYPES,
        visit_type::VisitTypeEvent::TYPES,
        waitlist::WaitlistEvent::TYPES,
    ];
    all.iter().copied().flatten().collect()
}

/// The type of this name, if the platform knows it.
pub fn event_type(name: &str) -> Option<&'static EventType> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static EventType>> = LazyLock::new(|| {
        let types = event_types().into_iter();
        types.map(|kind| (kind.name, kind)).collect()
    });
    BY_NAME.get(name).copied()
}

/// All refusals of the aggregates: title and detail. What the gateway may answer, and document.
pub fn problems() -> Vec<(String, ProblemDetail)> {
    fn of<P: Problem>(all: &[P]) -> Vec<(String, ProblemDetail)> {
        all.iter()
            .map(|problem| (problem.to_string(), problem.detail()))
            .collect()
    }
    [
        of(access::AccessError::ALL),
        of(access_token::AccessTokenError::ALL),
        of(account::AccountError::ALL),
        of(agenda::AgendaError::ALL),
        of(application::ApplicationError::ALL),
        of(appointment::AppointmentError::ALL),
        of(calendar::CalendarError::ALL),
        of(consent::ConsentError::ALL),
        of(dead_letter::DeadLetterError::ALL),
        of(doctor::DoctorError::ALL),
        of(emergency_access::EmergencyAccessError::ALL),
        of(emergency_watch::EmergencyWatchError::ALL),
        of(erasure::ErasureError::ALL),
        of(export::ExportError::ALL),
        of(feedback::FeedbackError::ALL),
        of(hospital::HospitalError::ALL),
        of(hospital_code::HospitalCodeError::ALL),
        of(integrator::IntegratorError::ALL),
        of(invitation::InvitationError::ALL),
        of(legal_hold::LegalHoldError::ALL),
        of(notice::NoticeError::ALL),
        of(occupancy::OccupancyError::ALL),
        of(patient::PatientError::ALL),
        of(profile::ProfileError::ALL),
        of(queue::QueueError::ALL),
        of(read_model::ReadModelError::ALL),
        of(schedule::ScheduleError::ALL),
        of(second_factor::SecondFactorError::ALL),
        of(series::SeriesError::ALL),
        of(session::SessionError::ALL),
        of(sign_in::SignInError::ALL),
        of(staff::StaffError::ALL),
        of(verification::VerificationError::ALL),
        of(visit_type::VisitTypeError::ALL),
        of(waitlist::WaitlistError::ALL),
    ]
    .concat()
}

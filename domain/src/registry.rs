//! Every event type of the platform, one alphabetical line per capability.

use crate::event::{Event, EventType};
use crate::{
    access, access_token, appointment, calendar, dead_letter, doctor, hospital, notice, patient,
};

/// All event types that this release writes or reads.
pub fn event_types() -> Vec<&'static EventType> {
    let all: &[&'static [EventType]] = &[
        access::AccessEvent::TYPES,
        access_token::AccessTokenEvent::TYPES,
        appointment::AppointmentEvent::TYPES,
        calendar::CalendarEvent::TYPES,
        dead_letter::DeadLetterEvent::TYPES,
        doctor::DoctorEvent::TYPES,
        hospital::HospitalEvent::TYPES,
        notice::NoticeEvent::TYPES,
        patient::PatientEvent::TYPES,
    ];
    all.iter().copied().flatten().collect()
}

/// The type of this name, if the platform knows it.
pub fn event_type(name: &str) -> Option<&'static EventType> {
    event_types().into_iter().find(|kind| kind.name == name)
}

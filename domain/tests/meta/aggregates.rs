//! What holds for every aggregate.

use std::collections::BTreeSet;

use medilink_domain::event::canonical;
use medilink_domain::registry::event_types;
use medilink_domain::{Decider, DecodeError, Event, EventType, Privacy};
use medilink_domain::{
    access, access_token, account, agenda, application, appointment, calendar, consent,
    dead_letter, doctor, emergency_access, emergency_watch, erasure, export, feedback, hospital,
    hospital_code, integrator, invitation, legal_hold, notice, occupancy, patient, profile, queue,
    read_model, schedule, second_factor, series, session, sign_in, staff, verification, visit_type,
    waitlist,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::files::fixture;

/// Calls a generic check for each aggregate of the platform.
macro_rules! for_each_aggregate {
    ($check:ident) => {
        for_each_aggregate!($check()())
    };
    ($check:ident ($($argument:expr),*) ($($_:tt)*)) => {
        [
            $check::<access::Access>($($argument),*),
            $check::<access_token::AccessToken>($($argument),*),
            $check::<account::Account>($($argument),*),
            $check::<agenda::Agenda>($($argument),*),
            $check::<application::Application>($($argument),*),
            $check::<appointment::Appointment>($($argument),*),
            $check::<calendar::Calendar>($($argument),*),
            $check::<consent::Consent>($($argument),*),
            $check::<dead_letter::DeadLetter>($($argument),*),
            $check::<doctor::Doctor>($($argument),*),
            $check::<emergency_access::EmergencyAccess>($($argument),*),
            $check::<emergency_watch::EmergencyWatch>($($argument),*),
            $check::<erasure::Erasure>($($argument),*),
            $check::<export::Export>($($argument),*),
            $check::<feedback::Feedback>($($argument),*),
            $check::<hospital::Hospital>($($argument),*),
            $check::<hospital_code::HospitalCode>($($argument),*),
            $check::<integrator::Integrator>($($argument),*),
            $check::<invitation::Invitation>($($argument),*),
            $check::<legal_hold::LegalHold>($($argument),*),
            $check::<notice::Notice>($($argument),*),
            $check::<occupancy::Occupancy>($($argument),*),
            $check::<patient::Patient>($($argument),*),
            $check::<profile::Profile>($($argument),*),
            $check::<queue::Queue>($($argument),*),
            $check::<read_model::ReadModel>($($argument),*),
            $check::<schedule::Schedule>($($argument),*),
            $check::<second_factor::SecondFactor>($($argument),*),
            $check::<series::Series>($($argument),*),
            $check::<session::Session>($($argument),*),
            $check::<sign_in::SignIn>($($argument),*),
            $check::<staff::Staff>($($argument),*),
            $check::<verification::Verification>($($argument),*),
            $check::<visit_type::VisitType>($($argument),*),
            $check::<waitlist::Waitlist>($($argument),*),
        ]
    };
}

/// Decodes data of the current version and writes it again, through the event's own type.
pub fn reencode(name: &str, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
    fn of<A: Decider>(name: &str, payload: &[u8]) -> Option<Result<Vec<u8>, DecodeError>> {
        kind_of::<A>(name)
            .map(|_| A::Event::from_payload(name, payload).map(|event| event.to_payload()))
    }
    for_each_aggregate!(of(name, payload)())
        .into_iter()
        .flatten()
        .next()
        .unwrap_or_else(|| panic!("no aggregate has {name}: add it to for_each_aggregate"))
}

fn kind_of<A: Decider>(name: &str) -> Option<&'static EventType> {
    A::Event::TYPES.iter().find(|kind| kind.name == name)
}

fn events<A: Decider>() -> Vec<A::Event> {
    A::Event::TYPES
        .iter()
        .map(|kind| {
            A::Event::from_payload(kind.name, &canonical(&fixture(kind, kind.version))).unwrap()
        })
        .collect()
}

#[test]
fn the_types_of_all_aggregates_are_those_of_the_registry() {
    fn names<A: Decider>() -> Vec<&'static str> {
        A::Event::TYPES.iter().map(|kind| kind.name).collect()
    }
    let of_aggregates: BTreeSet<_> = for_each_aggregate!(names).into_iter().flatten().collect();
    let registered: BTreeSet<_> = event_types().into_iter().map(|kind| kind.name).collect();
    assert_eq!(of_aggregates, registered);
}

#[test]
fn the_types_of_an_aggregate_carry_its_name() {
    fn check<A: Decider>() {
        for kind in A::Event::TYPES {
            assert_eq!(kind.name.split('.').next(), Some(A::CATEGORY));
        }
    }
    for_each_aggregate!(check);
}

#[test]
fn an_event_knows_its_own_type() {
    fn check<A: Decider>() {
        for (event, kind) in events::<A>().iter().zip(A::Event::TYPES) {
            assert_eq!(event.kind().name, kind.name);
        }
    }
    for_each_aggregate!(check);
}

/// Without a subject there is no key to encrypt a personal event under.
#[test]
fn an_aggregate_with_personal_events_has_a_subject_from_its_first_event_on() {
    fn check<A: Decider>() {
        let personal = A::Event::TYPES
            .iter()
            .any(|kind| kind.privacy != Privacy::Operational);
        let mut state = A::default();
        for event in events::<A>() {
            state.evolve(&event);
            assert!(!personal || state.subject().is_some(), "{}", A::CATEGORY);
        }
    }
    for_each_aggregate!(check);
}

/// History can't be refused, and a snapshot of what it led to must be the same state.
#[test]
fn any_order_of_events_leads_to_a_state_that_survives_a_snapshot() {
    fn check<A: Decider>() {
        let order = prop::collection::vec(prop::sample::select(events::<A>()), 0..30);
        TestRunner::deterministic()
            .run(&order, |events| {
                let mut state = A::default();
                for event in &events {
                    state.evolve(event);
                }
                let snapshot = serde_json::to_vec(&state).unwrap();
                let restored: A = serde_json::from_slice(&snapshot).unwrap();
                prop_assert_eq!(restored, state);
                Ok(())
            })
            .unwrap();
    }
    for_each_aggregate!(check);
}

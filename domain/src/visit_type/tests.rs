//! An ultrasound: half an hour, in person, in a room with a device.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::testing::{after, decides, id, number, refuses, text};
use VisitMode::{InPerson, Phone, Video};
use VisitTypeCommand as Command;
use VisitTypeError as Error;

const NOW: &str = "2026-08-01T00:00:00Z";

fn terms(modes: &[VisitMode]) -> VisitTypeTerms {
    VisitTypeTerms {
        name: text("Ultrasound"),
        minutes: number(30),
        buffer_before: number(5),
        buffer_after: number(10),
        modes: modes.to_vec(),
        price: Some(text("ultrasound")),
        needs: vec![text("ultrasound"), text("procedure-room")],
    }
}

fn needing(classes: usize) -> VisitTypeTerms {
    VisitTypeTerms {
        needs: vec![text("bed"); classes],
        ..terms(&[InPerson])
    }
}

fn define(terms: VisitTypeTerms) -> Command {
    Command::Define(Define {
        visit_type: id(1),
        hospital: id(4),
        terms,
    })
}

fn defined(terms: VisitTypeTerms) -> VisitTypeEvent {
    Defined {
        visit_type: id(1),
        hospital: id(4),
        terms,
    }
    .into()
}

fn changed(terms: VisitTypeTerms) -> VisitTypeEvent {
    Changed {
        visit_type: id(1),
        terms,
    }
    .into()
}

fn retired() -> VisitTypeEvent {
    Retired { visit_type: id(1) }.into()
}

#[tokio::test]
async fn a_kind_of_visit_is_offered_with_each_way_once_and_in_order() {
    for (modes, kept) in [
        (vec![InPerson], vec![InPerson]),
        (vec![Phone, InPerson, Video], vec![InPerson, Video, Phone]),
        (vec![Video, InPerson, Video], vec![InPerson, Video]),
    ] {
        let events = vec![defined(terms(&kept))];
        decides::<VisitType>(NOW, vec![], define(terms(&modes)), events).await;
        let known = vec![defined(needing(0))];
        let kept = terms(&kept);
        let command = Command::Change(terms(&modes));
        decides::<VisitType>(NOW, known, command, vec![changed(kept)]).await;
    }
}

#[tokio::test]
async fn a_visit_takes_place_in_some_way_and_needs_five_things_at_most() {
    let known = || vec![defined(terms(&[InPerson]))];
    for (terms, error) in [
        (terms(&[]), Error::NoVisitMode),
        (needing(6), Error::TooManyNeeds),
    ] {
        refuses::<VisitType>(NOW, vec![], define(terms.clone()), error).await;
        refuses::<VisitType>(NOW, known(), Command::Change(terms), error).await;
    }
    let events = vec![defined(needing(5))];
    decides::<VisitType>(NOW, vec![], define(needing(5)), events).await;
    let events = vec![changed(needing(5))];
    decides::<VisitType>(NOW, known(), Command::Change(needing(5)), events).await;
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_none() {
    for same in [vec![InPerson, Video], vec![Video, InPerson, InPerson]] {
        let known = vec![defined(terms(&[InPerson, Video]))];
        decides::<VisitType>(NOW, known, Command::Change(terms(&same)), vec![]).await;
    }
    let known = vec![defined(needing(0)), changed(terms(&[Video]))];
    let command = Command::Change(terms(&[Video]));
    decides::<VisitType>(NOW, known, command, vec![]).await;
}

#[tokio::test]
async fn a_kind_of_visit_is_defined_once_even_after_it_was_retired() {
    let known = vec![defined(terms(&[InPerson]))];
    for known in [known.clone(), [known, vec![retired()]].concat()] {
        let command = define(needing(0));
        refuses::<VisitType>(NOW, known, command, Error::VisitTypeAlreadyDefined).await;
    }
}

#[tokio::test]
async fn only_what_is_offered_changes_and_retires() {
    let known = vec![defined(terms(&[InPerson]))];
    decides::<VisitType>(NOW, known.clone(), Command::Retire, vec![retired()]).await;
    let gone = [known, vec![retired()]].concat();
    for command in [Command::Change(needing(0)), Command::Retire] {
        refuses::<VisitType>(NOW, vec![], command.clone(), Error::NoSuchVisitType).await;
        refuses::<VisitType>(NOW, gone.clone(), command, Error::VisitTypeRetired).await;
    }
}

#[test]
fn what_is_booked_has_the_shape_of_its_kind() {
    let kind: VisitType = after(&[defined(needing(0)), changed(terms(&[InPerson, Video]))]);
    let (offered, visit) = kind.bookable(id(4), Video).unwrap();
    assert_eq!(*offered, terms(&[InPerson, Video]));
    let shape = Visit {
        visit_type: Some(id(1)),
        mode: Video,
        minutes: Some(number(30)),
        buffer_before: number(5),
        buffer_after: number(10),
    };
    assert_eq!(visit, shape);
}

#[test]
fn a_kind_of_visit_is_booked_at_its_hospital_in_its_ways_while_it_is_offered() {
    let offered = vec![defined(terms(&[InPerson, Video]))];
    let retired = [offered.clone(), vec![retired()]].concat();
    for (known, hospital, mode, refused) in [
        (&offered, 4, InPerson, None),
        (&offered, 4, Video, None),
        (&offered, 4, Phone, Some(Error::ModeNotOffered)),
        (&offered, 5, InPerson, Some(Error::NoSuchVisitType)),
        (&retired, 4, InPerson, Some(Error::VisitTypeRetired)),
        (&vec![], 4, InPerson, Some(Error::NoSuchVisitType)),
    ] {
        let kind: VisitType = after(known);
        let booked = kind.bookable(id(hospital), mode);
        assert_eq!(
            booked.err(),
            refused,
            "{mode} at {hospital} after {known:?}"
        );
    }
}

#[test]
fn a_kind_of_visit_is_about_no_person() {
    let kind: VisitType = after(&[defined(terms(&[InPerson]))]);
    assert_eq!(Decider::subject(&kind), None);
}

//! A hospital in Kolkata with its departments.

mod assets;
mod holidays;
mod policy;

use super::*;
use crate::testing::{after, clock_at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn open() -> HospitalCommand {
    HospitalCommand::Open(Open {
        hospital: id(1),
        name: text("City Hospital"),
        time_zone: text("Asia/Kolkata"),
    })
}

fn opened() -> HospitalEvent {
    Opened {
        hospital: id(1),
        name: text("City Hospital"),
        time_zone: text("Asia/Kolkata"),
    }
    .into()
}

fn add(department: u128, name: &str) -> HospitalCommand {
    HospitalCommand::AddDepartment(AddDepartment {
        department: id(department),
        name: text(name),
        specialty: text("cardiology"),
    })
}

fn added(department: u128, name: &str) -> HospitalEvent {
    DepartmentAdded {
        hospital: id(1),
        department: id(department),
        name: text(name),
        specialty: text("cardiology"),
    }
    .into()
}

#[tokio::test]
async fn a_hospital_opens_once() {
    clock_at::<Hospital>(NOW)
        .given_no_previous_events()
        .when_async(open())
        .await
        .then_expect_events(vec![opened()]);
    clock_at::<Hospital>(NOW)
        .given(vec![opened()])
        .when_async(open())
        .await
        .then_expect_error(HospitalError::AlreadyOpen);
}

#[tokio::test]
async fn an_open_hospital_can_have_departments_of_different_names() {
    clock_at::<Hospital>(NOW)
        .given(vec![opened(), added(2, "Heart")])
        .when_async(add(3, "Lung"))
        .await
        .then_expect_events(vec![added(3, "Lung")]);
}

#[tokio::test]
async fn two_departments_cannot_share_a_name_whatever_its_capitals() {
    for (taken, name) in [("Heart", "Heart"), ("Heart", "hEART"), ("ÉTÉ", "été")] {
        clock_at::<Hospital>(NOW)
            .given(vec![opened(), added(2, taken)])
            .when_async(add(3, name))
            .await
            .then_expect_error(HospitalError::DepartmentNameTaken);
    }
}

#[tokio::test]
async fn two_departments_cannot_share_an_id() {
    clock_at::<Hospital>(NOW)
        .given(vec![opened(), added(2, "Heart")])
        .when_async(add(2, "Lung"))
        .await
        .then_expect_error(HospitalError::DepartmentAlreadyAdded);
}

#[tokio::test]
async fn a_hospital_that_never_opened_has_no_departments() {
    clock_at::<Hospital>(NOW)
        .given_no_previous_events()
        .when_async(add(2, "Heart"))
        .await
        .then_expect_error(HospitalError::NoSuchHospital);
}

#[test]
fn only_its_own_departments_are_found() {
    let mut hospital = Hospital::default();
    assert_eq!(
        hospital.department(id(2)),
        Err(HospitalError::NoSuchHospital)
    );
    hospital.evolve(&opened());
    assert_eq!(
        hospital.department(id(2)),
        Err(HospitalError::NoSuchDepartment)
    );
    hospital.evolve(&added(2, "Heart"));
    assert_eq!(hospital.department(id(2)), Ok(&text("Heart")));
}

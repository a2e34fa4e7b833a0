use super::*;
use crate::testing::{at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn submit(role: Role) -> Submit {
    Submit {
        application: id(1),
        applicant: id(2),
        hospital: id(3),
        code: id(4),
        role,
        name: text("Gurpreet Singh"),
        registration_number: Some(text("PMC-1699")),
        specialties: vec![text("Cardiology")],
        languages: vec![Language::Punjabi, Language::English, Language::Punjabi],
        department: None,
    }
}

fn submitted(role: Role) -> ApplicationEvent {
    let Submit {
        application,
        applicant,
        hospital,
        code,
        role,
        name,
        registration_number,
        specialties,
        department,
        ..
    } = submit(role);
    Submitted {
        application,
        applicant,
        hospital,
        code,
        role,
        name,
        registration_number,
        specialties,
        languages: vec![Language::English, Language::Punjabi],
        department,
    }
    .into()
}

fn certificate() -> Certificate {
    Certificate {
        kind: text("medical-registration"),
        number: text("PMC-1699"),
    }
}

fn approve(by: u128, department: Option<u128>) -> ApplicationCommand {
    ApplicationCommand::Approve(Approve {
        by: id(by),
        department: department.map(id),
        certificates: vec![certificate()],
    })
}

fn approved(department: Option<u128>) -> ApplicationEvent {
    Approved {
        application: id(1),
        department: department.map(id),
        approved_by: id(9),
    }
    .into()
}

fn reject(by: u128) -> ApplicationCommand {
    ApplicationCommand::Reject(Reject {
        by: id(by),
        reason: text("no-vacancy"),
    })
}

fn rejected() -> ApplicationEvent {
    Rejected {
        application: id(1),
        rejected_by: id(9),
        reason: text("no-vacancy"),
    }
    .into()
}

fn withdraw() -> ApplicationCommand {
    ApplicationCommand::Withdraw(Withdraw)
}

fn withdrawn() -> ApplicationEvent {
    Withdrawn { application: id(1) }.into()
}

#[tokio::test]
async fn an_application_says_what_its_role_needs() {
    let asked = |submit: Submit| ApplicationCommand::Submit(submit);
    for role in [Role::Doctor, Role::Nurse] {
        decides::<Application>(NOW, vec![], asked(submit(role)), vec![submitted(role)]).await;
    }
    let again = ApplicationError::AlreadySubmitted;
    let known = vec![submitted(Role::Nurse)];
    refuses::<Application>(NOW, known, asked(submit(Role::Nurse)), again).await;
    let unregistered = |role| Submit {
        registration_number: None,
        ..submit(role)
    };
    let needed = ApplicationError::NeedsRegistrationNumber;
    refuses::<Application>(NOW, vec![], asked(unregistered(Role::Doctor)), needed).await;
    let nurse = Application::default().decide(asked(unregistered(Role::Nurse)), at(NOW));
    assert!(nurse.is_ok(), "{nurse:?}");
    let mute = Submit {
        languages: vec![],
        ..submit(Role::Nurse)
    };
    refuses::<Application>(NOW, vec![], asked(mute), ApplicationError::NeedsLanguage).await;
    let polymath = Submit {
        specialties: vec![text("x"); MOST_SPECIALTIES + 1],
        ..submit(Role::Nurse)
    };
    let too_many = ApplicationError::TooManySpecialties;
    refuses::<Application>(NOW, vec![], asked(polymath), too_many).await;
}

#[tokio::test]
async fn what_a_manager_looked_at_is_kept_with_the_approval() {
    let known = vec![submitted(Role::Doctor)];
    let verified = CertificateVerified {
        application: id(1),
        certificate: certificate(),
        verified_by: id(9),
        verified_at: at(NOW),
    };
    let expected = vec![verified.into(), approved(Some(5))];
    decides::<Application>(NOW, known.clone(), approve(9, Some(5)), expected).await;
    let needed = ApplicationError::NeedsDepartment;
    refuses::<Application>(NOW, known, approve(9, None), needed).await;
    let nurse = crate::testing::after::<Application>(&[submitted(Role::Nurse)]);
    assert!(nurse.decide(approve(9, None), at(NOW)).is_ok());
}

#[tokio::test]
async fn nobody_decides_on_their_own_application() {
    let known = vec![submitted(Role::Doctor)];
    for command in [approve(2, Some(5)), reject(2)] {
        let own = ApplicationError::OwnApplication;
        refuses::<Application>(NOW, known.clone(), command, own).await;
    }
}

#[tokio::test]
async fn what_is_decided_or_withdrawn_stays_so() {
    let open = || vec![submitted(Role::Doctor)];
    decides::<Application>(NOW, open(), reject(9), vec![rejected()]).await;
    decides::<Application>(NOW, open(), withdraw(), vec![withdrawn()]).await;
    for last in [approved(Some(5)), rejected(), withdrawn()] {
        for command in [approve(9, Some(5)), reject(9), withdraw()] {
            let known = [open(), vec![last.clone()]].concat();
            refuses::<Application>(NOW, known, command, ApplicationError::NotOpen).await;
        }
    }
    for command in [approve(9, Some(5)), reject(9), withdraw()] {
        let missing = ApplicationError::NoSuchApplication;
        refuses::<Application>(NOW, vec![], command, missing).await;
    }
}

use super::*;
use crate::testing::{at, decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";
const LAST: &str = "2026-08-07T23:59:59Z";
const OVER: &str = "2026-08-08T00:00:00Z";

fn place() -> Place {
    Place {
        hospital: id(3),
        name: text("City Hospital"),
        department: None,
    }
}

fn issue(at: Option<Place>, role: Role) -> InvitationCommand {
    InvitationCommand::Issue(Issue {
        invitation: id(1),
        person: id(2),
        at,
        role,
        email: text("asha@example.org"),
        language: Language::Hindi,
        code: text("K7QM2-X9R4T"),
    })
}

fn issued(place: Option<Place>, role: Role) -> InvitationEvent {
    Issued {
        invitation: id(1),
        person: id(2),
        at: place,
        role,
        email: text("asha@example.org"),
        language: Language::Hindi,
        code: text("K7QM2-X9R4T"),
        expires_at: at(OVER),
    }
    .into()
}

fn known() -> Vec<InvitationEvent> {
    vec![issued(Some(place()), Role::Administrator)]
}

fn accept(code: &str) -> InvitationCommand {
    InvitationCommand::Accept(Accept {
        code: text(code),
        account: id(5),
    })
}

fn accepted() -> InvitationEvent {
    Accepted {
        invitation: id(1),
        account: id(5),
    }
    .into()
}

fn revoke() -> InvitationCommand {
    InvitationCommand::Revoke(Revoke)
}

fn revoked() -> InvitationEvent {
    Revoked { invitation: id(1) }.into()
}

#[tokio::test]
async fn people_are_invited_to_what_they_could_be_given_there() {
    use Role::{Administrator, ComplianceOfficer, Nurse, PlatformAdministrator};
    for (at, role) in [
        (Some(place()), Administrator),
        (Some(place()), Nurse),
        (Some(place()), ComplianceOfficer),
        (None, ComplianceOfficer),
        (None, PlatformAdministrator),
    ] {
        let asked = issue(at.clone(), role);
        decides::<Invitation>(NOW, vec![], asked, vec![issued(at, role)]).await;
    }
    for (at, role) in [
        (Some(place()), PlatformAdministrator),
        (Some(place()), Role::Doctor),
        (Some(place()), Role::DepartmentHead),
        (Some(place()), Role::Patient),
        (Some(place()), Role::Worker),
        (None, Administrator),
        (None, Role::CalendarFeed),
    ] {
        let refused = InvitationError::RoleNotInvited;
        refuses::<Invitation>(NOW, vec![], issue(at, role), refused).await;
    }
    let ward = Place {
        department: Some(id(4)),
        ..place()
    };
    let head = issued(Some(ward.clone()), Role::DepartmentHead);
    let asked = issue(Some(ward), Role::DepartmentHead);
    decides::<Invitation>(NOW, vec![], asked, vec![head]).await;
    let again = issue(Some(place()), Administrator);
    refuses::<Invitation>(NOW, known(), again, InvitationError::AlreadyIssued).await;
}

#[tokio::test]
async fn an_invitation_is_taken_up_once_by_whoever_has_its_code() {
    decides::<Invitation>(LAST, known(), accept("k7qm2x9r4t"), vec![accepted()]).await;
    let after = |event: InvitationEvent| [known(), vec![event]].concat();
    for (now, known, code) in [
        (NOW, vec![], "K7QM2-X9R4T"),
        (NOW, known(), "K7QM2-X9R4V"),
        (OVER, known(), "K7QM2-X9R4T"),
        (NOW, after(accepted()), "K7QM2-X9R4T"),
        (NOW, after(revoked()), "K7QM2-X9R4T"),
    ] {
        refuses::<Invitation>(now, known, accept(code), InvitationError::Refused).await;
    }
}

#[tokio::test]
async fn an_invitation_is_taken_back_while_nobody_took_it_up() {
    decides::<Invitation>(OVER, known(), revoke(), vec![revoked()]).await;
    for last in [accepted(), revoked()] {
        let known = [known(), vec![last]].concat();
        refuses::<Invitation>(NOW, known, revoke(), InvitationError::NotOpen).await;
    }
    refuses::<Invitation>(NOW, vec![], revoke(), InvitationError::NoSuchInvitation).await;
}

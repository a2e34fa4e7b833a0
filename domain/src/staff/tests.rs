use super::*;
use crate::testing::{after, at, id, text};

const NOW: &str = "2026-08-01T00:00:00Z";
const LATER: &str = "2026-08-02T00:00:00Z";

fn give(role: Role) -> GiveRole {
    GiveRole {
        staff: id(1),
        role,
        hospital: Some(id(2)),
        department: None,
        until: None,
    }
}

fn given(role: Role) -> RoleGiven {
    RoleGiven {
        staff: id(1),
        role,
        hospital: Some(id(2)),
        department: None,
        until: None,
    }
}

fn take(role: Role) -> StaffCommand {
    StaffCommand::TakeRole(TakeRole {
        role,
        hospital: Some(id(2)),
        reason: text("left-the-hospital"),
    })
}

fn taken(role: Role) -> StaffEvent {
    RoleTaken {
        staff: id(1),
        role,
        hospital: Some(id(2)),
        reason: text("left-the-hospital"),
    }
    .into()
}

fn permission(until: Option<&str>) -> StaffCommand {
    StaffCommand::GivePermission(GivePermission {
        staff: id(1),
        action: text("waive-fee"),
        hospital: id(2),
        until: until.map(at),
    })
}

fn permitted(until: Option<&str>) -> StaffEvent {
    PermissionGiven {
        staff: id(1),
        action: text("waive-fee"),
        hospital: id(2),
        until: until.map(at),
    }
    .into()
}

fn forbid() -> StaffCommand {
    StaffCommand::TakePermission(TakePermission {
        action: text("waive-fee"),
        hospital: id(2),
        reason: text("no-longer-needed"),
    })
}

fn decides(known: &[StaffEvent], now: &str, command: StaffCommand, events: Vec<StaffEvent>) {
    assert_eq!(after::<Staff>(known).decide(command, at(now)), Ok(events));
}

fn refuses(known: &[StaffEvent], now: &str, command: StaffCommand, error: StaffError) {
    assert_eq!(after::<Staff>(known).decide(command, at(now)), Err(error));
}

#[test]
fn roles_are_given_and_taken() {
    let nurse = StaffEvent::from(given(Role::Nurse));
    decides(
        &[],
        NOW,
        StaffCommand::GiveRole(give(Role::Nurse)),
        vec![nurse.clone()],
    );
    decides(
        std::slice::from_ref(&nurse),
        NOW,
        take(Role::Nurse),
        vec![taken(Role::Nurse)],
    );
    let again = [nurse.clone(), taken(Role::Nurse)];
    refuses(&again, NOW, take(Role::Nurse), StaffError::NotGiven);
    refuses(&[], NOW, take(Role::Nurse), StaffError::NotGiven);
    refuses(
        &[nurse],
        NOW,
        StaffCommand::GiveRole(give(Role::Nurse)),
        StaffError::AlreadyGiven,
    );
}

#[test]
fn given_again_a_role_holds_as_was_said_last() {
    let short = RoleGiven {
        until: Some(at(LATER)),
        ..given(Role::Doctor)
    };
    let mut state = Staff::default();
    state.evolve(&short.clone().into());
    state.evolve(&given(Role::Doctor).into());
    assert_eq!(state.roles, [given(Role::Doctor)]);
    assert!(short.holds(at(NOW)));
    assert!(!short.holds(at(LATER)), "its end is not part of it");
    // What has run out can't be taken, and can be given again.
    refuses(
        &[short.into()],
        LATER,
        take(Role::Doctor),
        StaffError::NotGiven,
    );
}

#[test]
fn a_role_is_given_where_it_belongs() {
    let network = |role| GiveRole {
        hospital: None,
        ..give(role)
    };
    for role in Role::ALL.iter().copied() {
        let at_hospital = matches!(
            role.name(),
            "administrator"
                | "billing"
                | "compliance-officer"
                | "doctor"
                | "nurse"
                | "pharmacist"
                | "receptionist"
        );
        let of_network = matches!(
            role.name(),
            "analyst" | "compliance-officer" | "operator" | "platform-administrator"
        );
        let state = Staff::default();
        if role != Role::DepartmentHead {
            assert_eq!(
                state.give_role(give(role), at(NOW)).is_ok(),
                at_hospital,
                "{role}"
            );
        }
        assert_eq!(
            state.give_role(network(role), at(NOW)).is_ok(),
            of_network,
            "{role}"
        );
    }
}

#[test]
fn who_heads_a_department_heads_one() {
    let head = |department: Option<u128>| {
        StaffCommand::GiveRole(GiveRole {
            department: department.map(id),
            ..give(Role::DepartmentHead)
        })
    };
    refuses(&[], NOW, head(None), StaffError::NeedsDepartment);
    let cardiology = RoleGiven {
        department: Some(id(3)),
        ..given(Role::DepartmentHead)
    };
    decides(&[], NOW, head(Some(3)), vec![cardiology.into()]);
    let billing = GiveRole {
        department: Some(id(3)),
        ..give(Role::Billing)
    };
    refuses(
        &[],
        NOW,
        StaffCommand::GiveRole(billing),
        StaffError::NotOfADepartment,
    );
}

#[test]
fn nothing_is_given_that_is_over() {
    let over = GiveRole {
        until: Some(at(NOW)),
        ..give(Role::Nurse)
    };
    refuses(
        &[],
        NOW,
        StaffCommand::GiveRole(over),
        StaffError::AlreadyOver,
    );
    refuses(&[], NOW, permission(Some(NOW)), StaffError::AlreadyOver);
}

#[test]
fn single_permissions_are_given_and_taken() {
    decides(
        &[],
        NOW,
        permission(Some(LATER)),
        vec![permitted(Some(LATER))],
    );
    refuses(
        &[permitted(None)],
        NOW,
        permission(None),
        StaffError::AlreadyGiven,
    );
    refuses(
        &[permitted(Some(LATER))],
        LATER,
        forbid(),
        StaffError::NotGiven,
    );
    let taken = PermissionTaken {
        staff: id(1),
        action: text("waive-fee"),
        hospital: id(2),
        reason: text("no-longer-needed"),
    };
    decides(&[permitted(None)], NOW, forbid(), vec![taken.into()]);
    refuses(&[], NOW, forbid(), StaffError::NotGiven);
}

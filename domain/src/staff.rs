//! Staff: what a person may act as at a hospital or in the whole network, and what else they
//! were allowed by name.

mod rules;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{DepartmentId, HospitalId, StaffId, SubjectId};
use crate::values::{Code, Role};

/// What may be asked about a member of staff.
#[derive(Clone, Debug, PartialEq)]
pub enum StaffCommand {
    /// Lets them act in a role.
    GiveRole(GiveRole),
    /// Lets them act in it no more.
    TakeRole(TakeRole),
    /// Allows them one thing that their roles don't.
    GivePermission(GivePermission),
    /// Allows it no more.
    TakePermission(TakePermission),
}

/// Somebody is to act in a role. Given again, it holds as was said last.
#[derive(Clone, Debug, PartialEq)]
pub struct GiveRole {
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub role: Role,
    /// Where; in the whole network if nowhere in particular.
    pub hospital: Option<HospitalId>,
    /// Where in the hospital, if the role is one of a department.
    pub department: Option<DepartmentId>,
    /// Until when, if not for good.
    pub until: Option<DateTime<Utc>>,
}

/// Somebody is to act in a role no more.
#[derive(Clone, Debug, PartialEq)]
pub struct TakeRole {
    /// As what.
    pub role: Role,
    /// Where.
    pub hospital: Option<HospitalId>,
    /// Why, such as `left-the-hospital`.
    pub reason: Code,
}

/// Somebody is allowed one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct GivePermission {
    /// Who.
    pub staff: StaffId,
    /// What, as the policies name it.
    pub action: Code,
    /// Where.
    pub hospital: HospitalId,
    /// Until when, if not for good.
    pub until: Option<DateTime<Utc>>,
}

/// Somebody is allowed it no more.
#[derive(Clone, Debug, PartialEq)]
pub struct TakePermission {
    /// What.
    pub action: Code,
    /// Where.
    pub hospital: HospitalId,
    /// Why.
    pub reason: Code,
}

crate::events! {
    /// What can happen to a member of staff.
    pub enum StaffEvent {
        RoleGiven: "staff.role-given" v 1, Privacy::Operational;
        RoleTaken: "staff.role-taken" v 1, Privacy::Operational;
        PermissionGiven: "staff.permission-given" v 1, Privacy::Operational;
        PermissionTaken: "staff.permission-taken" v 1, Privacy::Operational;
    }
}

/// Somebody may act in a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoleGiven {
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub role: Role,
    /// Where; in the whole network if nowhere in particular.
    pub hospital: Option<HospitalId>,
    /// Where in the hospital.
    pub department: Option<DepartmentId>,
    /// Until when, if not for good.
    pub until: Option<DateTime<Utc>>,
}

/// Somebody may act in a role no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoleTaken {
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub role: Role,
    /// Where.
    pub hospital: Option<HospitalId>,
    /// Why.
    pub reason: Code,
}

/// Somebody was allowed one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PermissionGiven {
    /// Who.
    pub staff: StaffId,
    /// What, as the policies name it.
    pub action: Code,
    /// Where.
    pub hospital: HospitalId,
    /// Until when, if not for good.
    pub until: Option<DateTime<Utc>>,
}

/// Somebody is allowed it no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PermissionTaken {
    /// Who.
    pub staff: StaffId,
    /// What.
    pub action: Code,
    /// Where.
    pub hospital: HospitalId,
    /// Why.
    pub reason: Code,
}

crate::problems! {
    /// Why a role or permission is not given or taken.
    pub enum StaffError {
        /// It is no role of staff, or not one of the whole network.
        NotARoleThere: Invalid "not-a-role-there" at "/role",
            "nobody is given this role there", "Choose a role of staff; a hospital's roles need its hospital.";
        /// It has no department.
        NotOfADepartment: Invalid "not-of-a-department" at "/department",
            "this role is not one of a department", "Leave the department out.";
        /// It needs one.
        NeedsDepartment: Invalid "role-needs-department" at "/department",
            "this role is one of a department", "Say of which.";
        /// It would be over before it began.
        AlreadyOver: Invalid "already-over" at "/until",
            "that would be over already", "Choose a time to come, or leave it out.";
        /// It is not of a hospital's daily work.
        NotGrantable: Invalid "not-grantable" at "/action",
            "this is not permitted singly", "Give a role that has it.";
        /// They have it as it is.
        AlreadyGiven: Conflict "already-given",
            "they have it already", "Nothing needs to be done.";
        /// They don't have it.
        NotGiven: Conflict "not-given",
            "they don't have it", "Nothing needs to be done.";
    }
}

/// The state of a member of staff. What has run out is still here: who reads it looks at the
/// clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Staff {
    /// Who, once they were given something.
    pub staff: Option<StaffId>,
    /// What they act as, and where.
    pub roles: Vec<RoleGiven>,
    /// What else they may do.
    pub permissions: Vec<PermissionGiven>,
}

impl Decider for Staff {
    const CATEGORY: &'static str = "staff";

    type Id = StaffId;
    type Command = StaffCommand;
    type Event = StaffEvent;
    type Error = StaffError;

    fn decide(
        &self,
        command: StaffCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<StaffEvent>, StaffError> {
        Ok(vec![match command {
            StaffCommand::GiveRole(give) => self.give_role(give, now)?.into(),
            StaffCommand::TakeRole(take) => self.take_role(take, now)?.into(),
            StaffCommand::GivePermission(give) => self.give_permission(give, now)?.into(),
            StaffCommand::TakePermission(take) => self.take_permission(take, now)?.into(),
        }])
    }

    fn evolve(&mut self, event: &StaffEvent) {
        match event {
            StaffEvent::RoleGiven(given) => {
                self.staff = Some(given.staff);
                self.drop_role(given.role, given.hospital);
                self.roles.push(given.clone());
            }
            StaffEvent::RoleTaken(taken) => self.drop_role(taken.role, taken.hospital),
            StaffEvent::PermissionGiven(given) => {
                self.staff = Some(given.staff);
                self.drop_permission(&given.action, given.hospital);
                self.permissions.push(given.clone());
            }
            StaffEvent::PermissionTaken(taken) => {
                self.drop_permission(&taken.action, taken.hospital);
            }
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.staff.map(Into::into)
    }
}

crate::aggregate!(Staff);

#[cfg(test)]
mod tests;

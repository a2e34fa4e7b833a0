//! Which roles are given where, and what giving and taking them decides.

use chrono::{DateTime, Utc};

use super::{
    GivePermission, GiveRole, PermissionGiven, PermissionTaken, RoleGiven, RoleTaken, Staff,
    StaffError, TakePermission, TakeRole,
};
use crate::ids::{HospitalId, StaffId};
use crate::values::{Code, Role};

/// Whether it is a role at a hospital.
const fn at_a_hospital(role: Role) -> bool {
    matches!(
        role,
        Role::Administrator
            | Role::Billing
            | Role::ComplianceOfficer
            | Role::DepartmentHead
            | Role::Doctor
            | Role::Nurse
            | Role::Pharmacist
            | Role::Receptionist
    )
}

/// Whether it is a role in the whole network. Those who see patients are at a hospital.
const fn in_the_network(role: Role) -> bool {
    matches!(
        role,
        Role::Analyst | Role::ComplianceOfficer | Role::Operator | Role::PlatformAdministrator
    )
}

/// Whether it may be one of a department.
const fn of_a_department(role: Role) -> bool {
    matches!(role, Role::DepartmentHead | Role::Doctor | Role::Nurse)
}

fn to_come(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), StaffError> {
    match until {
        Some(until) if until <= now => Err(StaffError::AlreadyOver),
        _ => Ok(()),
    }
}

impl RoleGiven {
    /// Whether it holds at this moment.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl PermissionGiven {
    /// Whether it holds at this moment.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Staff {
    pub(super) fn give_role(
        &self,
        give: GiveRole,
        now: DateTime<Utc>,
    ) -> Result<RoleGiven, StaffError> {
        let GiveRole {
            staff,
            role,
            hospital,
            department,
            until,
        } = give;
        let fits = match hospital {
            Some(_) => at_a_hospital(role),
            None => in_the_network(role),
        };
        if !fits {
            return Err(StaffError::NotARoleThere);
        }
        if department.is_some() && (hospital.is_none() || !of_a_department(role)) {
            return Err(StaffError::NotOfADepartment);
        }
        if role == Role::DepartmentHead && department.is_none() {
            return Err(StaffError::NeedsDepartment);
        }
        to_come(until, now)?;
        let given = RoleGiven {
            staff,
            role,
            hospital,
            department,
            until,
        };
        if self.roles.contains(&given) {
            return Err(StaffError::AlreadyGiven);
        }
        Ok(given)
    }

    pub(super) fn take_role(
        &self,
        take: TakeRole,
        now: DateTime<Utc>,
    ) -> Result<RoleTaken, StaffError> {
        let has = |given: &RoleGiven| {
            given.role == take.role && given.hospital == take.hospital && given.holds(now)
        };
        if !self.roles.iter().any(has) {
            return Err(StaffError::NotGiven);
        }
        Ok(RoleTaken {
            staff: self.member()?,
            role: take.role,
            hospital: take.hospital,
            reason: take.reason,
        })
    }

    pub(super) fn give_permission(
        &self,
        give: GivePermission,
        now: DateTime<Utc>,
    ) -> Result<PermissionGiven, StaffError> {
        to_come(give.until, now)?;
        let GivePermission {
            staff,
            action,
            hospital,
            until,
        } = give;
        let given = PermissionGiven {
            staff,
            action,
            hospital,
            until,
        };
        if self.permissions.contains(&given) {
            return Err(StaffError::AlreadyGiven);
        }
        Ok(given)
    }

    pub(super) fn take_permission(
        &self,
        take: TakePermission,
        now: DateTime<Utc>,
    ) -> Result<PermissionTaken, StaffError> {
        let has = |given: &PermissionGiven| {
            given.action == take.action && given.hospital == take.hospital && given.holds(now)
        };
        if !self.permissions.iter().any(has) {
            return Err(StaffError::NotGiven);
        }
        Ok(PermissionTaken {
            staff: self.member()?,
            action: take.action,
            hospital: take.hospital,
            reason: take.reason,
        })
    }

    pub(super) fn drop_role(&mut self, role: Role, hospital: Option<HospitalId>) {
        self.roles
            .retain(|given| given.role != role || given.hospital != hospital);
    }

    pub(super) fn drop_permission(&mut self, action: &Code, hospital: HospitalId) {
        self.permissions
            .retain(|given| given.action != *action || given.hospital != hospital);
    }

    /// Nobody has anything before they were given it.
    fn member(&self) -> Result<StaffId, StaffError> {
        self.staff.ok_or(StaffError::NotGiven)
    }
}

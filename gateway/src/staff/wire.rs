//! Members of staff as they travel.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use medilink_domain::{DepartmentId, HospitalId};
use medilink_projections::names::Names;
use medilink_projections::staff::{StaffPermission, StaffRole, StaffRow};
use poem_openapi::Object;
use uuid::Uuid;

use crate::wire::RoleCode;

/// Somebody who works for a hospital, or for the network.
#[derive(Object)]
pub struct StaffMemberOut {
    /// The person.
    id: Uuid,
    /// What they are called, if that is known.
    #[oai(skip_serializing_if_is_none)]
    name: Option<String>,
    /// What they act as, the first given first: at the hospital whose staff is listed, or
    /// anywhere.
    roles: Vec<StaffRoleOut>,
    /// What else they may do there, the first given first.
    permissions: Vec<StaffPermissionOut>,
    /// Whether their account lets nobody in.
    disabled: bool,
    /// For `If-Match`.
    version: u64,
}

/// What somebody acts as.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StaffRoleOut {
    /// As what.
    role: RoleCode,
    /// Where, in the list of the whole network; absent if in all of it.
    hospital: Option<Uuid>,
    /// Where in the hospital.
    department: Option<Uuid>,
    /// Until when, if not for good.
    until: Option<DateTime<Utc>>,
}

/// What else somebody may do.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StaffPermissionOut {
    /// What, as the policies name it.
    action: String,
    /// Where, in the list of the whole network.
    hospital: Option<Uuid>,
    /// Until when, if not for good.
    until: Option<DateTime<Utc>>,
}

/// Some of those who work somewhere.
#[derive(Object)]
pub struct StaffOut {
    /// In the order of their ids.
    pub items: Vec<StaffMemberOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    pub next: Option<String>,
}

impl StaffRoleOut {
    fn at(given: &StaffRole, hospital: Option<HospitalId>) -> Self {
        Self {
            role: given.role.into(),
            hospital: hospital.map(HospitalId::uuid),
            department: given.department.map(DepartmentId::uuid),
            until: given.until,
        }
    }
}

impl StaffPermissionOut {
    fn at(given: &StaffPermission, hospital: Option<HospitalId>) -> Self {
        Self {
            action: given.action.as_str().to_owned(),
            hospital: hospital.map(HospitalId::uuid),
            until: given.until,
        }
    }
}

/// What is known of those who are listed.
pub struct Known {
    /// What they are called.
    pub names: Names,
    /// Whose accounts let nobody in.
    pub disabled: HashSet<Uuid>,
    /// The moment at which what they have must hold.
    pub now: DateTime<Utc>,
}

impl StaffMemberOut {
    /// What somebody has at a hospital; `None` if nothing.
    pub fn of_hospital(row: &StaffRow, hospital: HospitalId, known: &Known) -> Option<Self> {
        let roles = row.roles_at(Some(hospital), known.now);
        let permissions = row.permissions_at(hospital, known.now);
        Self::of(
            row,
            roles.map(|given| StaffRoleOut::at(given, None)).collect(),
            permissions
                .map(|given| StaffPermissionOut::at(given, None))
                .collect(),
            known,
        )
    }

    /// What somebody has anywhere; `None` if nothing.
    pub fn of_network(row: &StaffRow, known: &Known) -> Option<Self> {
        let places = row.hospitals.0.iter();
        let at = places.map(|hospital| Some(*hospital));
        let roles = std::iter::once(None).chain(at).flat_map(|place| {
            let there = row.roles_at(place, known.now);
            there.map(move |given| StaffRoleOut::at(given, place))
        });
        let permissions = row.hospitals.0.iter().flat_map(|place| {
            let there = row.permissions_at(*place, known.now);
            there.map(|given| StaffPermissionOut::at(given, Some(*place)))
        });
        Self::of(row, roles.collect(), permissions.collect(), known)
    }

    fn of(
        row: &StaffRow,
        roles: Vec<StaffRoleOut>,
        permissions: Vec<StaffPermissionOut>,
        known: &Known,
    ) -> Option<Self> {
        let person = row.staff.uuid();
        let name = known.names.person(person);
        (!roles.is_empty() || !permissions.is_empty()).then(|| Self {
            id: person,
            name: name.map(|name| name.as_str().to_owned()),
            roles,
            permissions,
            disabled: known.disabled.contains(&person),
            version: row.version,
        })
    }
}

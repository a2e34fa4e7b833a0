//! Staff: who works at which hospital, and as what.

use chrono::{DateTime, Utc};
use medilink_domain::staff::StaffEvent;
use medilink_domain::values::{Code, Role};
use medilink_domain::{DepartmentId, HospitalId, StaffId, TenantId};
use medilink_log::Position;
use sea_query::{Expr, ExprTrait, Order, SelectStatement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::reads::{Listed, Page, ReadError, Reads, of_tenant};
use crate::runtime::field::Json;
use crate::runtime::model::{Fact, FoldError, Folded, ReadModel};
use crate::runtime::row::{cell, row};

/// What somebody acts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRole {
    /// As what.
    pub role: Role,
    /// Where; in the whole network if nowhere in particular.
    pub hospital: Option<HospitalId>,
    /// Where in the hospital.
    pub department: Option<DepartmentId>,
    /// Until when, if not for good.
    pub until: Option<DateTime<Utc>>,
}

/// What else somebody may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffPermission {
    /// What, as the policies name it.
    pub action: Code,
    /// Where.
    pub hospital: HospitalId,
    /// Until when, if not for good.
    pub until: Option<DateTime<Utc>>,
}

row! {
    /// One member of staff. What has run out is still here: who reads it looks at the clock.
    pub struct StaffRow in "staff" {
        key {
            /// Who.
            staff: StaffId,
        }
        clear {
            /// Their tenant.
            tenant: TenantId,
            /// What they act as, the first given first.
            roles: Json<Vec<StaffRole>>,
            /// What else they may do, the first given first.
            permissions: Json<Vec<StaffPermission>>,
            /// Where they have any of it, so that a hospital's staff is found.
            hospitals: Json<Vec<HospitalId>>,
            /// The version of their stream, for `If-Match`.
            version: u64,
            /// The event that last changed the row.
            position: Position,
        }
    }
}

impl StaffRow {
    /// What they act as at this moment, at a hospital, or in the whole network.
    pub fn roles_at(
        &self,
        hospital: Option<HospitalId>,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &StaffRole> {
        let there = self.roles.0.iter();
        there.filter(move |given| given.hospital == hospital && holds(given.until, now))
    }

    /// What else they may do at a hospital at this moment.
    pub fn permissions_at(
        &self,
        hospital: HospitalId,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &StaffPermission> {
        let there = self.permissions.0.iter();
        there.filter(move |given| given.hospital == hospital && holds(given.until, now))
    }
}

fn holds(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    until.is_none_or(|until| now < until)
}

/// The fold. A row stays when everything was taken, because its version goes on.
pub(crate) struct StaffMembers;

impl ReadModel for StaffMembers {
    const VERSION: u16 = 1;
    const INDEXES: &'static [&'static str] = &["(tenant, staff)", "USING gin (hospitals)"];

    type Source = StaffEvent;
    type Row = StaffRow;

    fn keys(fact: &Fact<StaffEvent>) -> Result<Vec<(StaffId,)>, FoldError> {
        Ok(vec![(fact.id("staff")?,)])
    }

    fn fold(
        (staff,): &(StaffId,),
        row: Option<StaffRow>,
        fact: &Fact<StaffEvent>,
    ) -> Result<Option<StaffRow>, FoldError> {
        let Folded::Clear(event) = &fact.body else {
            return Ok(None);
        };
        let (mut roles, mut permissions) =
            row.map_or_else(Default::default, |row| (row.roles.0, row.permissions.0));
        match event {
            StaffEvent::RoleGiven(given) => {
                roles.retain(|known| (known.role, known.hospital) != (given.role, given.hospital));
                roles.push(StaffRole {
                    role: given.role,
                    hospital: given.hospital,
                    department: given.department,
                    until: given.until,
                });
            }
            StaffEvent::RoleTaken(taken) => {
                roles.retain(|known| (known.role, known.hospital) != (taken.role, taken.hospital));
            }
            StaffEvent::PermissionGiven(given) => {
                permissions.retain(|known| !is_of(known, &given.action, given.hospital));
                permissions.push(StaffPermission {
                    action: given.action.clone(),
                    hospital: given.hospital,
                    until: given.until,
                });
            }
            StaffEvent::PermissionTaken(taken) => {
                permissions.retain(|known| !is_of(known, &taken.action, taken.hospital));
            }
        }
        let places = roles.iter().filter_map(|given| given.hospital);
        let mut hospitals: Vec<HospitalId> = places
            .chain(permissions.iter().map(|given| given.hospital))
            .collect();
        hospitals.sort_unstable();
        hospitals.dedup();
        Ok(Some(StaffRow {
            staff: *staff,
            tenant: fact.tenant,
            roles: Json(roles),
            permissions: Json(permissions),
            hospitals: Json(hospitals),
            version: fact.version,
            position: fact.position,
        }))
    }
}

fn is_of(given: &StaffPermission, action: &Code, hospital: HospitalId) -> bool {
    given.action == *action && given.hospital == hospital
}

/// Those who have, or had until some time, a role or a permission at a hospital.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_hospital(
    reads: &Reads,
    tenant: TenantId,
    hospital: HospitalId,
    page: Page<StaffId>,
) -> Result<Listed<StaffRow, StaffId>, ReadError> {
    let mut select = of_tenant::<StaffRow>(tenant);
    let there = "hospitals @> jsonb_build_array($1::text)";
    select.and_where(Expr::cust_with_values(there, [hospital.to_string()]));
    listed(reads, select, page).await
}

/// Those who were ever given something anywhere.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn of_network(
    reads: &Reads,
    tenant: TenantId,
    page: Page<StaffId>,
) -> Result<Listed<StaffRow, StaffId>, ReadError> {
    listed(reads, of_tenant::<StaffRow>(tenant), page).await
}

async fn listed(
    reads: &Reads,
    mut select: SelectStatement,
    page: Page<StaffId>,
) -> Result<Listed<StaffRow, StaffId>, ReadError> {
    if let Some(after) = page.after {
        select.and_where(Expr::col("staff").gt(after.uuid()));
    }
    select.order_by("staff", Order::Asc);
    reads
        .page(select, page.bounded(), |cells| {
            cell::<StaffRow, _>(cells, "staff")
        })
        .await
}

/// Those of these people who were ever given something.
///
/// # Errors
/// [`ReadError`] when they can't be read.
pub async fn among(
    reads: &Reads,
    tenant: TenantId,
    people: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<StaffRow>, ReadError> {
    reads.among(tenant, "staff", people).await
}

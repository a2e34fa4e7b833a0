//! Who acts as what at a hospital: given and taken through the log, looked up in a read model
//! that is written in the same transaction, so that what was taken is gone at once.

use chrono::{DateTime, Utc};
use medilink_database::DatabaseError;
use medilink_domain::account::Account;
use medilink_domain::hospital::Hospital;
use medilink_domain::staff::{self, Staff, StaffCommand, StaffError, StaffEvent};
use medilink_domain::values::{Code, Role};
use medilink_domain::{AccountId, DepartmentId, HospitalId, StaffId};
use medilink_log::InlineEvent;
use serde::{Deserialize, Serialize};
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use crate::action::Action;
use crate::actor::{Actor, Permission, Post};
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::inline::Inline;
use crate::work::Work;

const KIND: &str = "member of staff";

/// The member of staff who was given or lost something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffAnswer {
    /// Who.
    pub staff: StaffId,
    /// Their version.
    pub version: u64,
}

/// Lets somebody act in a role.
#[derive(Clone, Debug)]
pub struct GiveRole {
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

impl Operation for GiveRole {
    const NAME: &'static str = "give-role";
    type Answer = StaffAnswer;

    fn target(&self) -> String {
        self.staff.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<StaffAnswer, CommandError> {
        let resource = resource(work, self.staff, self.hospital).of_role(self.role);
        work.authorize(Action::GiveRole, &resource).await?;
        let account = AccountId(self.staff.uuid());
        work.existing::<Account>(&account, KIND).await?;
        expect_version(work, self.staff).await?;
        give_role(work, self).await
    }
}

/// Gives a role that the actor may give.
///
/// # Errors
/// When there is no such hospital or department, or they have the role.
pub(crate) async fn give_role(
    work: &mut Work<'_>,
    wish: &GiveRole,
) -> Result<StaffAnswer, CommandError> {
    if let Some(hospital) = wish.hospital {
        let hospital = work.existing::<Hospital>(&hospital, "hospital").await?;
        if let Some(department) = wish.department {
            hospital.state().department(department)?;
        }
    }
    let command = StaffCommand::GiveRole(staff::GiveRole {
        staff: wish.staff,
        role: wish.role,
        hospital: wish.hospital,
        department: wish.department,
        until: wish.until,
    });
    decide(work, wish.staff, command).await
}

/// Lets somebody act in a role no more, from now on.
#[derive(Clone, Debug)]
pub struct TakeRole {
    /// Who.
    pub staff: StaffId,
    /// As what.
    pub role: Role,
    /// Where.
    pub hospital: Option<HospitalId>,
    /// Why, such as `left-the-hospital`.
    pub reason: Code,
}

impl Operation for TakeRole {
    const NAME: &'static str = "take-role";
    type Answer = StaffAnswer;

    fn target(&self) -> String {
        self.staff.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<StaffAnswer, CommandError> {
        let resource = resource(work, self.staff, self.hospital).of_role(self.role);
        work.authorize(Action::TakeRole, &resource).await?;
        work.existing::<Account>(&AccountId(self.staff.uuid()), KIND)
            .await?;
        let command = StaffCommand::TakeRole(staff::TakeRole {
            role: self.role,
            hospital: self.hospital,
            reason: self.reason.clone(),
        });
        expect_version(work, self.staff).await?;
        decide(work, self.staff, command).await
    }
}

/// Allows somebody one thing of a hospital's daily work.
#[derive(Clone, Debug)]
pub struct GivePermission {
    /// Who.
    pub staff: StaffId,
    /// What.
    pub action: Action,
    /// Where.
    pub hospital: HospitalId,
    /// Until when, if not for good.
    pub until: Option<DateTime<Utc>>,
}

impl Operation for GivePermission {
    const NAME: &'static str = "give-permission";
    type Answer = StaffAnswer;

    fn target(&self) -> String {
        self.staff.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<StaffAnswer, CommandError> {
        let resource = resource(work, self.staff, Some(self.hospital));
        work.authorize(Action::GivePermission, &resource).await?;
        if !work.is_grantable(self.action, self.hospital) {
            return Err(StaffError::NotGrantable.into());
        }
        work.existing::<Hospital>(&self.hospital, "hospital")
            .await?;
        let account = AccountId(self.staff.uuid());
        work.existing::<Account>(&account, KIND).await?;
        let command = StaffCommand::GivePermission(staff::GivePermission {
            staff: self.staff,
            action: code_of(self.action)?,
            hospital: self.hospital,
            until: self.until,
        });
        expect_version(work, self.staff).await?;
        decide(work, self.staff, command).await
    }
}

/// Allows it no more, from now on.
#[derive(Clone, Debug)]
pub struct TakePermission {
    /// Who.
    pub staff: StaffId,
    /// What.
    pub action: Action,
    /// Where.
    pub hospital: HospitalId,
    /// Why.
    pub reason: Code,
}

impl Operation for TakePermission {
    const NAME: &'static str = "take-permission";
    type Answer = StaffAnswer;

    fn target(&self) -> String {
        self.staff.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<StaffAnswer, CommandError> {
        let resource = resource(work, self.staff, Some(self.hospital));
        work.authorize(Action::TakePermission, &resource).await?;
        work.existing::<Account>(&AccountId(self.staff.uuid()), KIND)
            .await?;
        let command = StaffCommand::TakePermission(staff::TakePermission {
            action: code_of(self.action)?,
            hospital: self.hospital,
            reason: self.reason.clone(),
        });
        expect_version(work, self.staff).await?;
        decide(work, self.staff, command).await
    }
}

fn resource(work: &Work<'_>, staff: StaffId, hospital: Option<HospitalId>) -> Resource {
    let resource = Resource::of_tenant(KIND, work.tenant()).about(staff.uuid());
    match hospital {
        Some(hospital) => resource.at(hospital),
        None => resource,
    }
}

fn code_of(action: Action) -> Result<Code, CommandError> {
    let code = action.name().parse();
    code.map_err(|_| CommandError::Internal(format!("{} is no code", action.name())))
}

async fn expect_version(work: &mut Work<'_>, staff: StaffId) -> Result<(), CommandError> {
    let instance = work.load::<Staff>(&staff, KIND).await?;
    work.expect_version(&instance)
}

async fn decide(
    work: &mut Work<'_>,
    staff: StaffId,
    command: StaffCommand,
) -> Result<StaffAnswer, CommandError> {
    let mut instance = work.load::<Staff>(&staff, KIND).await?;
    work.decide(&mut instance, command).await?;
    Ok(StaffAnswer {
        staff,
        version: instance.version(),
    })
}

/// Columns for [`GIVEN_TO`]; what has run out by `$2` is not among them.
pub(crate) const GIVEN: &str = "given.roles AS given_roles, given.hospitals AS given_hospitals,
    given.departments AS given_departments, allowed.actions AS allowed_actions,
    allowed.hospitals AS allowed_hospitals";

/// Joins what was given to the person of session `s`.
pub(crate) const GIVEN_TO: &str = "
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(r.role), '{}') AS roles,
               coalesce(array_agg(r.hospital), '{}') AS hospitals,
               coalesce(array_agg(r.department), '{}') AS departments
        FROM inline.staff_roles r
        WHERE r.person = s.person AND (r.until IS NULL OR r.until > $2)
    ) given
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(p.action), '{}') AS actions,
               coalesce(array_agg(p.hospital), '{}') AS hospitals
        FROM inline.staff_permissions p
        WHERE p.person = s.person AND (p.until IS NULL OR p.until > $2)
    ) allowed";

/// A role that was given, in the network or at a hospital.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StaffRole {
    pub role: Role,
    pub hospital: Option<HospitalId>,
    pub department: Option<DepartmentId>,
}

impl StaffRole {
    /// The post it is, if it is at a hospital.
    pub(crate) fn post(self) -> Option<Post> {
        self.hospital.map(|hospital| Post {
            role: self.role,
            hospital,
            department: self.department,
        })
    }
}

/// What [`GIVEN`] selected. A role that this release doesn't know grants nothing.
pub(crate) fn roles_of_row(row: &Row) -> Vec<StaffRole> {
    let roles: Vec<String> = row.get("given_roles");
    let hospitals: Vec<Option<Uuid>> = row.get("given_hospitals");
    let departments: Vec<Option<Uuid>> = row.get("given_departments");
    let given = roles.iter().zip(hospitals).zip(departments);
    given
        .filter_map(|((role, hospital), department)| {
            Some(StaffRole {
                role: role.parse().ok()?,
                hospital: hospital.map(HospitalId),
                department: department.map(DepartmentId),
            })
        })
        .collect()
}

/// Somebody with what they were given besides the roles of their account.
pub(crate) fn with(mut actor: Actor, (given, permissions): Given) -> Actor {
    for role in given {
        match role.post() {
            Some(post) => actor.posts.push(post),
            None => actor.roles.push(role.role),
        }
    }
    actor.permissions.extend(permissions);
    actor
}

/// What a row of [`GIVEN`] says.
pub(crate) type Given = (Vec<StaffRole>, Vec<Permission>);

/// What [`GIVEN`] selected.
pub(crate) fn permissions_of_row(row: &Row) -> Vec<Permission> {
    let actions: Vec<String> = row.get("allowed_actions");
    let hospitals: Vec<Uuid> = row.get("allowed_hospitals");
    let allowed = actions.iter().zip(hospitals);
    allowed
        .filter_map(|(action, hospital)| {
            Some(Permission {
                action: Action::of_name(action)?,
                hospital: HospitalId(hospital),
            })
        })
        .collect()
}

/// Writes `inline.staff_roles` and `inline.staff_permissions`.
pub(crate) struct StaffTable;

impl Inline for StaffTable {
    const NAME: &'static str = "staff";
    type Event = StaffEvent;

    async fn take(
        client: &Client,
        event: StaffEvent,
        at: &InlineEvent<'_>,
    ) -> Result<(), DatabaseError> {
        let (tenant, position) = (at.tenant.uuid(), at.position.sql());
        let uuid = |hospital: Option<HospitalId>| hospital.map(HospitalId::uuid);
        match event {
            StaffEvent::RoleGiven(given) => {
                let sql = "INSERT INTO inline.staff_roles
                        (person, tenant, role, hospital, department, until, position)
                    VALUES ($1, $2, $3, $4, $5, $6, $7)
                    ON CONFLICT (person, hospital, role) DO UPDATE SET
                        department = excluded.department, until = excluded.until,
                        position = excluded.position";
                let department = given.department.map(DepartmentId::uuid);
                let (person, hospital) = (given.staff.uuid(), uuid(given.hospital));
                let role = given.role.name();
                client
                    .execute(
                        sql,
                        &[
                            &person,
                            &tenant,
                            &role,
                            &hospital,
                            &department,
                            &given.until,
                            &position,
                        ],
                    )
                    .await?;
            }
            StaffEvent::RoleTaken(taken) => {
                let sql = "DELETE FROM inline.staff_roles
                    WHERE person = $1 AND role = $2 AND hospital IS NOT DISTINCT FROM $3";
                let (person, hospital) = (taken.staff.uuid(), uuid(taken.hospital));
                client
                    .execute(sql, &[&person, &taken.role.name(), &hospital])
                    .await?;
            }
            StaffEvent::PermissionGiven(given) => {
                let sql = "INSERT INTO inline.staff_permissions
                        (person, tenant, action, hospital, until, position)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (person, hospital, action) DO UPDATE SET
                        until = excluded.until, position = excluded.position";
                let (person, hospital) = (given.staff.uuid(), given.hospital.uuid());
                let action = given.action.as_str();
                client
                    .execute(
                        sql,
                        &[
                            &person,
                            &tenant,
                            &action,
                            &hospital,
                            &given.until,
                            &position,
                        ],
                    )
                    .await?;
            }
            StaffEvent::PermissionTaken(taken) => {
                let sql = "DELETE FROM inline.staff_permissions
                    WHERE person = $1 AND action = $2 AND hospital = $3";
                let (person, hospital) = (taken.staff.uuid(), taken.hospital.uuid());
                client
                    .execute(sql, &[&person, &taken.action.as_str(), &hospital])
                    .await?;
            }
        }
        Ok(())
    }
}

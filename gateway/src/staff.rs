//! Staff: who works at a hospital, as what, and what else they may do there.

use chrono::{DateTime, Utc};
use medilink_commands::staff::{GivePermission, GiveRole, TakePermission, TakeRole};
use medilink_commands::{Action, Resource};
use medilink_domain::values::Code;
use medilink_domain::{DepartmentId, HospitalId, StaffId};
use medilink_projections::names::{self, Names};
use medilink_projections::staff::{self, StaffPermission, StaffRole, StaffRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::hospital;
use crate::input::{field, invalid_parameter, page};
use crate::json::Json;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::wire::RoleCode;

/// How somebody is to act in a role.
#[derive(Object)]
pub struct StaffRoleIn {
    /// Where in the hospital, if the role is one of a department.
    department: Option<Uuid>,
    /// Until when; for good, if it is left out.
    until: Option<DateTime<Utc>>,
}

/// How somebody is permitted one thing.
#[derive(Object)]
pub struct StaffPermissionIn {
    /// Until when; for good, if it is left out.
    until: Option<DateTime<Utc>>,
}

/// A member of a hospital's staff.
#[derive(Object)]
pub struct StaffMemberOut {
    /// The person.
    id: Uuid,
    /// What they are called, if that is known.
    #[oai(skip_serializing_if_is_none)]
    name: Option<String>,
    /// What they act as here, the first given first.
    roles: Vec<StaffRoleOut>,
    /// What else they may do here, the first given first.
    permissions: Vec<StaffPermissionOut>,
    /// For `If-Match`.
    version: u64,
}

/// What somebody acts as.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StaffRoleOut {
    /// As what.
    role: RoleCode,
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
    /// Until when, if not for good.
    until: Option<DateTime<Utc>>,
}

/// Some members of a hospital's staff.
#[derive(Object)]
pub struct StaffOut {
    /// In the order of their ids.
    items: Vec<StaffMemberOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

impl From<&StaffRole> for StaffRoleOut {
    fn from(given: &StaffRole) -> Self {
        Self {
            role: given.role.into(),
            department: given.department.map(DepartmentId::uuid),
            until: given.until,
        }
    }
}

impl From<&StaffPermission> for StaffPermissionOut {
    fn from(given: &StaffPermission) -> Self {
        Self {
            action: given.action.as_str().to_owned(),
            until: given.until,
        }
    }
}

impl StaffMemberOut {
    /// What somebody has at a hospital at this moment; `None` if nothing.
    fn of(row: &StaffRow, hospital: HospitalId, now: DateTime<Utc>, names: &Names) -> Option<Self> {
        let (person, at) = (row.staff.uuid(), Some(hospital));
        let member = Self {
            id: person,
            name: names.person(person).map(|name| name.as_str().to_owned()),
            roles: row.roles_at(at, now).map(Into::into).collect(),
            permissions: row.permissions_at(hospital, now).map(Into::into).collect(),
            version: row.version,
        };
        (!member.roles.is_empty() || !member.permissions.is_empty()).then_some(member)
    }
}

/// The routes.
pub struct StaffMembers(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Staff")]
impl StaffMembers {
    /// List who works at a hospital
    ///
    /// And as what. A page may be shorter than its limit without being the last.
    #[oai(
        path = "/hospitals/:id/staff",
        method = "get",
        operation_id = "listStaff"
    )]
    async fn list(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<StaffOut>, Problem> {
        let (tenant, hospital) = (caller.actor.tenant, HospitalId(id.0));
        let resource = Resource::of_tenant("hospital", tenant).at(hospital);
        let permit = self.0.authorize(&caller, Action::ReadStaff, &resource);
        // Who is nobody there learns nothing of who is.
        permit.map_err(|_| no_such("hospital"))?;
        let page = page::<StaffId>(after.0, limit.0)?;
        let view = self.0.view(&names::MODELS, &read).await?;
        hospital::known(&self.0, tenant, hospital).await?;
        let listed = staff::of_hospital(self.0.reads(), tenant, hospital, page).await;
        let listed = listed.map_err(unreadable)?;
        let people = listed.rows.iter().map(|row| row.staff.uuid()).collect();
        let (names, now) = (
            Names::of(self.0.reads(), tenant, people)
                .await
                .map_err(unreadable)?,
            Utc::now(),
        );
        let members = listed.rows.iter();
        Ok(view.answer(StaffOut {
            items: members
                .filter_map(|row| StaffMemberOut::of(row, hospital, now, &names))
                .collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// Give somebody a role at a hospital
    ///
    /// From now on. Given again, it holds as was said last. Whoever has signed in needs a fresh
    /// proof for it.
    #[oai(
        path = "/hospitals/:id/staff/:person/roles/:role",
        method = "put",
        operation_id = "giveRole"
    )]
    async fn give_role(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        person: Path<Uuid>,
        /// As what, such as `nurse`.
        role: Path<String>,
        body: Json<StaffRoleIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let hospital = Some(HospitalId(id.0));
        self.give(caller, call, hospital, person.0, &role.0, body)
            .await
    }

    /// Take a role at a hospital from somebody
    ///
    /// It is gone from the next call on, in sessions that are open too.
    #[oai(
        path = "/hospitals/:id/staff/:person/roles/:role",
        method = "delete",
        operation_id = "takeRole"
    )]
    async fn take_role(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        person: Path<Uuid>,
        /// As what, such as `nurse`.
        role: Path<String>,
        /// Why: a code, such as `left-the-hospital`.
        reason: Query<String>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let hospital = Some(HospitalId(id.0));
        self.take(caller, call, hospital, person.0, &role.0, &reason.0)
            .await
    }

    /// Give somebody a role in the whole network
    #[oai(
        path = "/staff/:person/roles/:role",
        method = "put",
        operation_id = "giveNetworkRole"
    )]
    async fn give_network_role(
        &self,
        caller: SignedIn,
        call: Command,
        person: Path<Uuid>,
        /// As what, such as `compliance-officer`.
        role: Path<String>,
        body: Json<StaffRoleIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        self.give(caller, call, None, person.0, &role.0, body).await
    }

    /// Take a role in the whole network from somebody
    #[oai(
        path = "/staff/:person/roles/:role",
        method = "delete",
        operation_id = "takeNetworkRole"
    )]
    async fn take_network_role(
        &self,
        caller: SignedIn,
        call: Command,
        person: Path<Uuid>,
        /// As what, such as `compliance-officer`.
        role: Path<String>,
        /// Why: a code, such as `left-the-network`.
        reason: Query<String>,
    ) -> Result<Found<ChangedOut>, Problem> {
        self.take(caller, call, None, person.0, &role.0, &reason.0)
            .await
    }

    /// Permit somebody one thing at a hospital
    ///
    /// Something of the front desk's work, whatever their roles. From now on. Whoever has signed in
    /// needs a fresh proof for it.
    #[oai(
        path = "/hospitals/:id/staff/:person/permissions/:action",
        method = "put",
        operation_id = "givePermission"
    )]
    async fn give_permission(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        person: Path<Uuid>,
        /// What, as `GET /v1/policies` names it.
        action: Path<String>,
        body: Json<StaffPermissionIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let give = GivePermission {
            staff: StaffId(person.0),
            action: action_of("/action", &action.0)?,
            hospital: HospitalId(id.0),
            until: body.value.until,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &give).await?;
        Ok(ChangedOut::of(person.0, &done))
    }

    /// Permit somebody one thing at a hospital no more
    #[oai(
        path = "/hospitals/:id/staff/:person/permissions/:action",
        method = "delete",
        operation_id = "takePermission"
    )]
    async fn take_permission(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        person: Path<Uuid>,
        /// What, as `GET /v1/policies` names it.
        action: Path<String>,
        /// Why: a code, such as `no-longer-needed`.
        reason: Query<String>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let take = TakePermission {
            staff: StaffId(person.0),
            action: action_of("/action", &action.0)?,
            hospital: HospitalId(id.0),
            reason: why(&reason.0)?,
        };
        let done = self.0.execute(&call.context(&caller), &take).await?;
        Ok(ChangedOut::of(person.0, &done))
    }
}

impl StaffMembers {
    async fn give(
        &self,
        caller: SignedIn,
        call: Command,
        hospital: Option<HospitalId>,
        person: Uuid,
        role: &str,
        body: Json<StaffRoleIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let give = GiveRole {
            staff: StaffId(person),
            role: field("/role", role)?,
            hospital,
            department: body.value.department.map(DepartmentId),
            until: body.value.until,
        };
        let context = call.with_body(&caller, &body.hash);
        let done = self.0.execute(&context, &give).await?;
        Ok(ChangedOut::of(person, &done))
    }

    async fn take(
        &self,
        caller: SignedIn,
        call: Command,
        hospital: Option<HospitalId>,
        person: Uuid,
        role: &str,
        reason: &str,
    ) -> Result<Found<ChangedOut>, Problem> {
        let take = TakeRole {
            staff: StaffId(person),
            role: field("/role", role)?,
            hospital,
            reason: why(reason)?,
        };
        let done = self.0.execute(&call.context(&caller), &take).await?;
        Ok(ChangedOut::of(person, &done))
    }
}

/// An action by its name.
///
/// # Errors
/// 422, naming the field.
pub fn action_of(pointer: &'static str, name: &str) -> Result<Action, Problem> {
    Action::of_name(name).ok_or_else(|| {
        Problem::new(&kinds::INVALID_FIELD)
            .field(pointer)
            .detail("The policies name no such action; GET /v1/policies lists them.")
    })
}

fn why(reason: &str) -> Result<Code, Problem> {
    let detail = "It must be a code, such as left-the-hospital.";
    reason
        .parse()
        .map_err(|_| invalid_parameter("reason", detail))
}

//! Staff: who works at a hospital, as what, and what else they may do there.

mod wire;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::account;
use medilink_commands::staff::{GivePermission, GiveRole, TakePermission, TakeRole};
use medilink_commands::{Action, Resource};
use medilink_domain::values::Code;
use medilink_domain::{DepartmentId, HospitalId, StaffId, TenantId};
use medilink_projections::names::{self, Names};
use medilink_projections::staff::{self, StaffRow};
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{self, Command, Read};
use crate::hospital;
use crate::input::{field, invalid_parameter, page};
use crate::json::Json;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use wire::{Known, StaffMemberOut, StaffOut};

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
        let known = self.known(tenant, &listed.rows).await?;
        let members = listed.rows.iter();
        Ok(view.answer(StaffOut {
            items: members
                .filter_map(|row| StaffMemberOut::of_hospital(row, hospital, &known))
                .collect(),
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// List who works for the network and its hospitals
    ///
    /// And as what. For those who answer for the whole network. A page may be shorter than its
    /// limit without being the last.
    #[oai(path = "/staff", method = "get", operation_id = "listNetworkStaff")]
    async fn list_all(
        &self,
        caller: SignedIn,
        read: Read,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<StaffOut>, Problem> {
        let tenant = caller.actor.tenant;
        let network = Resource::of_tenant("network", tenant);
        self.0.authorize(&caller, Action::ReadStaff, &network)?;
        let page = page::<StaffId>(after.0, limit.0)?;
        let view = self.0.view(&names::MODELS, &read).await?;
        let listed = staff::of_network(self.0.reads(), tenant, page).await;
        let listed = listed.map_err(unreadable)?;
        let known = self.known(tenant, &listed.rows).await?;
        let members = listed.rows.iter();
        Ok(view.answer(StaffOut {
            items: members
                .filter_map(|row| StaffMemberOut::of_network(row, &known))
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
    /// What else is known of those who are listed.
    async fn known(&self, tenant: TenantId, rows: &[StaffRow]) -> Result<Known, Problem> {
        let people: BTreeSet<Uuid> = rows.iter().map(|row| row.staff.uuid()).collect();
        let disabled = account::disabled_among(self.0.database(), tenant, &people).await;
        let names = Names::of(self.0.reads(), tenant, people).await;
        Ok(Known {
            names: names.map_err(unreadable)?,
            disabled: disabled.map_err(|error| call::away(&error))?,
            now: Utc::now(),
        })
    }

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

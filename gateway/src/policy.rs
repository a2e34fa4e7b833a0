//! Policies: what they say, and what they would say of somebody.

use std::collections::BTreeSet;

use chrono::Utc;
use medilink_commands::{Action, Denied, Policy, Resource, policy};
use medilink_domain::HospitalId;
use medilink_domain::values::Role;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::backend::{Backend, no_such};
use crate::call;
use crate::json::Json;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::staff::action_of;
use crate::wire::RoleCode;

/// What decides who may do what. Whatever no policy permits is denied.
#[derive(Object)]
pub struct PoliciesOut {
    /// SHA-256 of the policies and their schema, as it is kept with each decision.
    policy_set: String,
    /// The policies, in the order of their ids.
    items: Vec<PolicyOut>,
    /// The actions that they speak of.
    actions: Vec<String>,
}

/// A policy.
#[derive(Clone, Object)]
pub struct PolicyOut {
    /// Its id, as it is kept with each decision.
    id: String,
    /// What it says, in Cedar.
    text: String,
}

/// May this person do this, and why?
#[derive(Object)]
pub struct PolicyTestIn {
    /// Who would do it.
    person: Uuid,
    /// What, as the policies name it, such as `read-patient`.
    #[oai(validator(min_length = 1, max_length = 64))]
    action: String,
    /// With what.
    resource: PolicyTestResourceIn,
}

/// What an action would be about.
#[derive(Object)]
pub struct PolicyTestResourceIn {
    /// What kind of thing, such as `patient`, `appointment` or `hospital`.
    #[oai(validator(min_length = 1, max_length = 64))]
    kind: String,
    /// The person whose data it is.
    subject: Option<Uuid>,
    /// The doctor who is in charge of it.
    doctor: Option<Uuid>,
    /// The hospital it is at.
    hospital: Option<Uuid>,
    /// The role that is to be given or taken.
    role: Option<RoleCode>,
}

/// What the policies say.
#[derive(Object)]
pub struct PolicyTestOut {
    /// Whether they may.
    allowed: bool,
    /// Whether, if they may not, they are told that there is no such thing.
    hidden: bool,
    /// The policies that allow it, if it is allowed.
    decided_by: Vec<PolicyOut>,
    /// The policies that forbid it, whatever else might allow it.
    forbidden_by: Vec<PolicyOut>,
    /// SHA-256 of the policies and their schema.
    policy_set: String,
    /// What the person is where the resource is, by which it was decided.
    roles: Vec<RoleCode>,
    /// Whether it was permitted to them singly, at the hospital.
    permitted: bool,
    /// Whether their account lets nobody in, so that they may do nothing after all.
    disabled: bool,
    /// What might allow it besides, and was not looked at.
    not_looked_at: Vec<String>,
}

/// Grounds that hold only for a moment and for one person's data.
const NOT_LOOKED_AT: [&str; 2] = ["consent", "emergency"];

impl From<Policy> for PolicyOut {
    fn from(policy: Policy) -> Self {
        Self {
            id: policy.id,
            text: policy.text,
        }
    }
}

/// The routes.
pub struct Policies(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Policies")]
impl Policies {
    /// Read the policies
    #[oai(path = "/policies", method = "get", operation_id = "readPolicies")]
    async fn get(&self, caller: SignedIn) -> Result<Found<PoliciesOut>, Problem> {
        let resource = Resource::of_tenant("policy", caller.actor.tenant);
        self.0.authorize(&caller, Action::ReadPolicies, &resource)?;
        let authorizer = self.0.authorizer();
        let actions = Action::ALL.iter().map(|action| action.name().to_owned());
        Ok(Found::new(PoliciesOut {
            policy_set: authorizer.policy_set().to_owned(),
            items: authorizer.policies().into_iter().map(Into::into).collect(),
            actions: actions.collect(),
        }))
    }

    /// Ask what the policies say
    ///
    /// May this person do this now, and why? By the roles and permissions that they have at this
    /// moment, as if they had just shown a second factor. Nothing is done, and nobody's data is
    /// read. Who answers for one hospital asks about things that are there.
    #[oai(
        path = "/policies/test",
        method = "post",
        operation_id = "testPolicies"
    )]
    async fn test(
        &self,
        caller: SignedIn,
        body: Json<PolicyTestIn>,
    ) -> Result<Found<PolicyTestOut>, Problem> {
        let tenant = caller.actor.tenant;
        let asked = body.value.resource;
        let hospital = asked.hospital.map(HospitalId);
        let at = |resource: Resource| match hospital {
            Some(hospital) => resource.at(hospital),
            None => resource,
        };
        let own = at(Resource::of_tenant("policy", tenant));
        self.0.authorize(&caller, Action::TestPolicies, &own)?;
        let action = action_of("/action", &body.value.action)?;
        let kind = policy::kind(&asked.kind).ok_or_else(|| {
            Problem::new(&kinds::INVALID_FIELD)
                .field("/resource/kind")
                .detail("There is no such kind of thing.")
        })?;
        let resource = Resource {
            subject: asked.subject,
            doctor: asked.doctor,
            role: asked.role.map(Into::into),
            ..at(Resource::of_tenant(kind, tenant))
        };
        let database = self.0.database();
        let holder = policy::holder(database, tenant, body.value.person, Utc::now()).await;
        let holder = holder.map_err(|error| call::away(&error))?;
        let holder = holder.ok_or_else(|| no_such("person"))?;
        let authorizer = self.0.authorizer();
        let explained = authorizer.explain(&holder.actor, action, &resource);
        let texts = authorizer.policies();
        let with_texts = |ids: Vec<String>| {
            let named = texts.iter().filter(|policy| ids.contains(&policy.id));
            named.cloned().map(Into::into).collect()
        };
        let roles: BTreeSet<Role> = holder.actor.roles_at(&resource.hospitals).collect();
        let singly = holder.actor.permissions.iter();
        Ok(Found::new(PolicyTestOut {
            allowed: explained.verdict.is_ok(),
            hidden: matches!(explained.verdict, Err(Denied::Hidden(_))),
            decided_by: with_texts(explained.decided_by),
            forbidden_by: with_texts(explained.forbidden_by),
            policy_set: authorizer.policy_set().to_owned(),
            roles: roles.into_iter().map(Into::into).collect(),
            permitted: singly
                .filter(|given| resource.hospitals.contains(&given.hospital))
                .any(|given| given.action == action),
            disabled: holder.disabled,
            not_looked_at: NOT_LOOKED_AT.map(str::to_owned).to_vec(),
        }))
    }
}

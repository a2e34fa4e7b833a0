//! The one place that decides who may do what: Cedar, default deny, policies in
//! `schemas/policies`.

mod explanation;
mod question;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use cedar_policy::{
    ActionConstraint, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet,
    Request, Schema, ValidationMode, Validator,
};
use medilink_domain::values::Role;
use medilink_domain::{HospitalId, TenantId};
use sha2::{Digest, Sha256};
use thiserror::Error;
use uuid::Uuid;

use crate::action::Action;
use crate::actor::Actor;
pub use explanation::{Explanation, Policy};
pub use question::Grounds;
use question::{Question, Who, context, person_attributes, record_attributes};

const POLICIES: &str = include_str!("../../schemas/policies/medilink.cedar");
const SCHEMA: &str = include_str!("../../schemas/policies/medilink.cedarschema");

/// What an action is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What kind of thing, as in "there is no such …".
    pub kind: &'static str,
    /// The tenant that owns it.
    pub tenant: TenantId,
    /// The person whose data it is.
    pub subject: Option<Uuid>,
    /// The doctor who is in charge of it.
    pub doctor: Option<Uuid>,
    /// The hospitals it is at: roles and permissions given elsewhere don't count for it.
    pub hospitals: Vec<HospitalId>,
    /// The role that it is about, if it is about one.
    pub role: Option<Role>,
    /// The guardian who has the say for that person now, while they are minor.
    pub guardian: Option<Uuid>,
    /// Who it is granted to: the actor, if they are, or work where those do.
    pub grantee: Option<Uuid>,
}

impl Resource {
    /// A thing of the tenant that is nobody's personal data.
    pub const fn of_tenant(kind: &'static str, tenant: TenantId) -> Self {
        Self {
            kind,
            tenant,
            subject: None,
            doctor: None,
            hospitals: Vec::new(),
            role: None,
            guardian: None,
            grantee: None,
        }
    }

    /// A person's data.
    #[must_use]
    pub const fn about(mut self, subject: Uuid) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Something that a doctor is in charge of.
    #[must_use]
    pub const fn with_doctor(mut self, doctor: Uuid) -> Self {
        self.doctor = Some(doctor);
        self
    }

    /// Something at a hospital, if that is not known already.
    #[must_use]
    pub fn at(mut self, hospital: HospitalId) -> Self {
        if !self.hospitals.contains(&hospital) {
            self.hospitals.push(hospital);
        }
        self
    }

    /// Something about a role.
    #[must_use]
    pub const fn of_role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }

    /// The data of a minor for whom somebody has the say, if it is one.
    #[must_use]
    pub const fn with_guardian(mut self, guardian: Option<Uuid>) -> Self {
        self.guardian = guardian;
        self
    }

    /// Something that is granted to the actor, if it is.
    #[must_use]
    pub const fn with_grantee(mut self, grantee: Option<Uuid>) -> Self {
        self.grantee = grantee;
        self
    }
}

/// The proof that an action was allowed, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// SHA-256 of policies and schema, hexadecimal.
    pub policy_set: Arc<str>,
    /// The ids of the policies that allowed it, in alphabetical order.
    pub decided_by: Arc<[String]>,
}

impl Permit {
    /// Both, as one.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let mut decided_by = [&*self.decided_by, &*other.decided_by].concat();
        decided_by.sort_unstable();
        decided_by.dedup();
        Self {
            decided_by: decided_by.into(),
            ..self
        }
    }
}

/// Not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Denied {
    /// The actor may know of the resource but not do this.
    #[error("this needs another role")]
    Role,
    /// The actor could, had they shown a second factor when they signed in.
    #[error("this needs a second factor")]
    SecondFactor,
    /// The actor could, had they shown of late who they are.
    #[error("this needs a fresh proof of who asks")]
    Proof,
    /// The actor may not even know whether there is such a resource.
    #[error("there is no such {0}")]
    Hidden(&'static str),
}

impl Denied {
    /// How it is denied to somebody whom showing more would not help.
    fn to(actor: &Actor, resource: &Resource) -> Self {
        // Everyone knows that they themselves are there.
        let others = resource.subject.is_some_and(|subject| subject != actor.id);
        if resource.tenant != actor.tenant || others {
            Self::Hidden(resource.kind)
        } else {
            Self::Role
        }
    }
}

/// The policies don't fit their schema: found when a process starts and by the tests.
#[derive(Debug, Error)]
#[error("the authorization policies are broken: {0}")]
pub struct PolicyError(String);

struct Names {
    person: EntityTypeName,
    resource: EntityUid,
    actions: HashMap<Action, Named>,
}

/// An action as the policies name it.
struct Named {
    id: EntityUid,
    /// Those policies that speak of it. Cedar asks every policy that it is given, and one that
    /// is about other actions has nothing to say: asking these alone takes a tenth of the time.
    policies: PolicySet,
}

struct Inner {
    policies: PolicySet,
    names: Names,
    digest: Arc<str>,
    decided: RwLock<HashMap<Question, Ruling>>,
}

/// What was decided.
#[derive(Clone)]
enum Ruling {
    /// It is allowed, by these policies.
    Allowed(Arc<[String]>),
    /// It would be with a second factor.
    SecondFactor,
    /// It would be with a fresh proof.
    Proof,
    /// It is not.
    Denied,
}

/// Decides. Cheap to clone.
#[derive(Clone)]
pub struct Authorizer(Arc<Inner>);

impl std::fmt::Debug for Authorizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Authorizer({})", self.0.digest)
    }
}

impl Authorizer {
    /// The policy set that this release ships, validated against its schema.
    ///
    /// # Errors
    /// [`PolicyError`] when they don't parse or don't fit.
    pub fn shipped() -> Result<Self, PolicyError> {
        Self::of(POLICIES, SCHEMA)
    }

    fn of(policies: &str, schema: &str) -> Result<Self, PolicyError> {
        let broken = |error: String| PolicyError(error);
        let digest = Sha256::new()
            .chain_update(schema)
            .chain_update([0])
            .chain_update(policies)
            .finalize();
        if names_a_person(policies) {
            return Err(broken(
                "a policy names a person; policies speak of roles and relations".into(),
            ));
        }
        let policies = PolicySet::from_str(policies).map_err(|error| broken(error.to_string()))?;
        let (schema, _) =
            Schema::from_cedarschema_str(schema).map_err(|error| broken(error.to_string()))?;
        let outcome = Validator::new(schema).validate(&policies, ValidationMode::Strict);
        if !outcome.validation_passed() {
            return Err(broken(outcome.to_string()));
        }
        // Policies carry an @id; report those instead of policy0, policy1, …
        let policies = named(&policies).map_err(broken)?;
        let parse =
            |text: &str| EntityUid::from_str(text).map_err(|error| broken(error.to_string()));
        let actions = Action::ALL
            .iter()
            .map(|action| {
                let id = parse(&format!("Action::\"{}\"", action.name()))?;
                let policies = about(&id, &policies).map_err(broken)?;
                Ok((*action, Named { id, policies }))
            })
            .collect::<Result<_, PolicyError>>()?;
        let names = Names {
            person: EntityTypeName::from_str("Person")
                .map_err(|error| broken(error.to_string()))?,
            resource: parse("Record::\"the\"")?,
            actions,
        };
        Ok(Self(Arc::new(Inner {
            policies,
            names,
            digest: hex::encode(digest).into(),
            decided: RwLock::default(),
        })))
    }

    /// SHA-256 of the policies and their schema, hexadecimal; kept with each decision.
    pub fn policy_set(&self) -> &str {
        &self.0.digest
    }

    /// Whether this actor may do this to this resource.
    ///
    /// # Errors
    /// [`Denied`], also for anything that no policy speaks of.
    pub fn authorize(
        &self,
        actor: &Actor,
        action: Action,
        resource: &Resource,
    ) -> Result<Permit, Denied> {
        self.authorize_on(actor, action, resource, Grounds::default())
    }

    /// The same, where there are grounds besides roles and relations.
    ///
    /// # Errors
    /// As [`Authorizer::authorize`].
    pub fn authorize_on(
        &self,
        actor: &Actor,
        action: Action,
        resource: &Resource,
        grounds: Grounds,
    ) -> Result<Permit, Denied> {
        self.weigh(actor, action, resource, grounds)
            .map_err(|denied| self.refuse(action, denied))
    }

    /// What is denied, counted.
    pub fn refuse(&self, action: Action, denied: Denied) -> Denied {
        metrics::counter!("medilink_denied_total", "action" => action.name()).increment(1);
        denied
    }

    /// The same as [`Authorizer::authorize_on`], for who may have other grounds if it is denied.
    ///
    /// # Errors
    /// [`Denied`], not counted yet.
    pub fn weigh(
        &self,
        actor: &Actor,
        action: Action,
        resource: &Resource,
        grounds: Grounds,
    ) -> Result<Permit, Denied> {
        // Tenants never meet, whatever a policy may say.
        if resource.tenant != actor.tenant {
            return Err(Denied::to(actor, resource));
        }
        match self.ruling(Question::new(actor, action, resource, grounds)) {
            Ruling::Allowed(decided_by) => Ok(Permit {
                policy_set: self.0.digest.clone(),
                decided_by,
            }),
            Ruling::SecondFactor => Err(Denied::SecondFactor),
            Ruling::Proof => Err(Denied::Proof),
            Ruling::Denied => Err(Denied::to(actor, resource)),
        }
    }

    fn ruling(&self, question: Question) -> Ruling {
        // The map is whole even if a holder panicked: every change to it is one call.
        let known = self
            .0
            .decided
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&question)
            .cloned();
        if let Some(ruling) = known {
            return ruling;
        }
        let ruling = self.rule(&question).unwrap_or_else(|error| {
            tracing::error!(
                error,
                action = question.action.name(),
                "an authorization request could not be built"
            );
            Ruling::Denied
        });
        let mut decided = self
            .0
            .decided
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        decided.insert(question, ruling.clone());
        ruling
    }

    /// Whether it is allowed, and if not, whether showing more would do.
    fn rule(&self, question: &Question) -> Result<Ruling, String> {
        let allows = |question: &Question| {
            let (decision, _) = self.decide(question)?;
            Ok::<bool, String>(decision == Decision::Allow)
        };
        if let (Decision::Allow, decided_by) = self.decide(question)? {
            return Ok(Ruling::Allowed(decided_by.into()));
        }
        let proven = question.clone().recently_proven();
        let with_both = proven.clone().with_second_factor();
        Ok(if allows(&proven)? {
            Ruling::Proof
        } else if allows(&with_both)? {
            Ruling::SecondFactor
        } else {
            Ruling::Denied
        })
    }

    /// The decision, and the policies that it rests on.
    fn decide(&self, question: &Question) -> Result<(Decision, Vec<String>), String> {
        let names = &self.0.names;
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let principal =
            EntityUid::from_type_name_and_id(names.person.clone(), EntityId::new(Who::Actor.id()));
        let person = Entity::new(
            principal.clone(),
            person_attributes(question),
            HashSet::new(),
        )
        .map_err(|error| text(&error))?;
        let record = Entity::new(
            names.resource.clone(),
            record_attributes(question),
            HashSet::new(),
        )
        .map_err(|error| text(&error))?;
        let entities =
            Entities::from_entities([person, record], None).map_err(|error| text(&error))?;
        let action = names
            .actions
            .get(&question.action)
            .ok_or("an action without a name")?;
        let request = Request::new(
            principal,
            action.id.clone(),
            names.resource.clone(),
            context(question)?,
            None,
        )
        .map_err(|error| text(&error))?;
        let response =
            cedar_policy::Authorizer::new().is_authorized(&request, &action.policies, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string());
        }
        let mut decided_by: Vec<String> = response
            .diagnostics()
            .reason()
            .map(ToString::to_string)
            .collect();
        decided_by.sort_unstable();
        Ok((response.decision(), decided_by))
    }
}

fn named(policies: &PolicySet) -> Result<PolicySet, String> {
    let renamed = policies
        .policies()
        .map(|policy| match policy.annotation("id") {
            Some(id) => Ok(policy.new_id(cedar_policy::PolicyId::new(id))),
            None => Err(format!("{} has no @id", policy.id())),
        });
    PolicySet::from_policies(renamed.collect::<Result<Vec<_>, _>>()?)
        .map_err(|error| error.to_string())
}

/// The policies whose head takes this action. There are no groups of actions: a request knows
/// of none.
fn about(action: &EntityUid, policies: &PolicySet) -> Result<PolicySet, String> {
    let policies = policies
        .policies()
        .filter(|policy| match policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(one) => one == *action,
            ActionConstraint::In(some) => some.contains(action),
        });
    PolicySet::from_policies(policies.cloned()).map_err(|error| error.to_string())
}

/// Whether a policy speaks of one particular person, which [`Question`] could not express.
fn names_a_person(policies: &str) -> bool {
    policies
        .split('"')
        .any(|text| Uuid::try_parse(text).is_ok() || text == "actor")
}

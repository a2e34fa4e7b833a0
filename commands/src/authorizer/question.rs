//! What the policies are asked: everything that a decision depends on, and nothing else.

use std::collections::HashMap;

use cedar_policy::{Context, RestrictedExpression};
use chrono::Utc;
use medilink_domain::integrator::scopes;
use medilink_domain::values::Role;

use super::Resource;
use crate::action::Action;
use crate::actor::{Actor, Permission};

/// Everything that a decision depends on. Which person, subject or doctor it is doesn't
/// matter, only who is the same as whom: no policy names an id (checked when the set is
/// loaded), so renaming the ids changes no decision. That leaves few questions, and each is
/// put to Cedar once (measured: two fifths of a command's processor time otherwise).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    /// What the actor is where the resource is.
    roles: Vec<Role>,
    /// What the actor is somewhere.
    roles_anywhere: Vec<Role>,
    pub(super) action: Action,
    kind: &'static str,
    subject: Option<Who>,
    doctor: Option<Who>,
    guardian: Option<Who>,
    grantee: Option<Who>,
    role: Option<Role>,
    /// Whether it was permitted to the actor singly.
    permitted: bool,
    grounds: Grounds,
    /// Whether a second factor was shown when they were let in.
    second_factor: bool,
    /// Whether they have signed in themselves.
    signed_in: bool,
    /// Whether they have shown of late who they are.
    recently_proven: bool,
    /// Whether a scope that they were granted names it.
    in_scope: bool,
}

/// What may allow a read besides roles and relations. Whoever says that there is such a ground
/// has found the consent or the emergency to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Grounds {
    /// The patient, or who decides for them, consents.
    pub consent: bool,
    /// The actor has opened the record because of an emergency.
    pub emergency: bool,
}

/// A person by their part in the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Actor,
    Subject,
    Doctor,
    Guardian,
    Grantee,
}

impl Question {
    pub(super) fn new(
        actor: &Actor,
        action: Action,
        resource: &Resource,
        grounds: Grounds,
    ) -> Self {
        let hospitals = &resource.hospitals;
        let permitted =
            |given: &Permission| given.action == action && hospitals.contains(&given.hospital);
        let subject = resource.subject.map(|id| {
            if id == actor.id {
                Who::Actor
            } else {
                Who::Subject
            }
        });
        let doctor = resource.doctor.map(|id| match id {
            id if id == actor.id => Who::Actor,
            id if Some(id) == resource.subject => Who::Subject,
            _ => Who::Doctor,
        });
        let guardian = resource.guardian.map(|id| match id {
            id if id == actor.id => Who::Actor,
            id if Some(id) == resource.subject => Who::Subject,
            id if Some(id) == resource.doctor => Who::Doctor,
            _ => Who::Guardian,
        });
        let grantee = resource.grantee.map(|id| match id {
            id if id == actor.id => Who::Actor,
            id if Some(id) == resource.subject => Who::Subject,
            id if Some(id) == resource.doctor => Who::Doctor,
            id if Some(id) == resource.guardian => Who::Guardian,
            _ => Who::Grantee,
        });
        Self {
            roles: in_order(actor.roles_at(hospitals)),
            roles_anywhere: in_order(actor.roles_anywhere()),
            action,
            kind: resource.kind,
            subject,
            doctor,
            guardian,
            grantee,
            role: resource.role,
            permitted: actor.permissions.iter().any(permitted),
            grounds,
            second_factor: actor.second_factor,
            signed_in: actor.signed_in,
            recently_proven: actor.is_recently_proven(Utc::now()),
            in_scope: scopes::name(&actor.scopes, action.name(), resource.kind),
        }
    }
}

impl Question {
    /// The same of somebody who has shown of late who they are.
    pub(super) fn recently_proven(self) -> Self {
        Self {
            recently_proven: true,
            ..self
        }
    }

    /// The same of somebody who has shown a second factor.
    pub(super) fn with_second_factor(self) -> Self {
        Self {
            second_factor: true,
            ..self
        }
    }
}

fn in_order(roles: impl Iterator<Item = Role>) -> Vec<Role> {
    let mut roles: Vec<Role> = roles.collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

impl Who {
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Subject => "subject",
            Self::Doctor => "doctor",
            Self::Guardian => "guardian",
            Self::Grantee => "grantee",
        }
    }
}

pub(super) fn person_attributes(question: &Question) -> HashMap<String, RestrictedExpression> {
    HashMap::from([
        ("id".to_owned(), text(Who::Actor.id())),
        ("roles".to_owned(), names(&question.roles)),
        ("roles_anywhere".to_owned(), names(&question.roles_anywhere)),
    ])
}

fn names(roles: &[Role]) -> RestrictedExpression {
    RestrictedExpression::new_set(roles.iter().map(|role| text(role.name())))
}

pub(super) fn context(question: &Question) -> Result<Context, String> {
    let known = [
        ("permitted", question.permitted),
        ("consent", question.grounds.consent),
        ("emergency", question.grounds.emergency),
        ("second_factor", question.second_factor),
        ("recently_proven", question.recently_proven),
        ("signed_in", question.signed_in),
        ("in_scope", question.in_scope),
    ];
    let known = known.map(|(name, holds)| (name.to_owned(), RestrictedExpression::new_bool(holds)));
    Context::from_pairs(known).map_err(|error| error.to_string())
}

pub(super) fn record_attributes(question: &Question) -> HashMap<String, RestrictedExpression> {
    let mut attributes = HashMap::from([("kind".to_owned(), text(question.kind))]);
    for (name, who) in [
        ("subject", question.subject),
        ("doctor", question.doctor),
        ("guardian", question.guardian),
        ("grantee", question.grantee),
    ] {
        attributes.extend(who.map(|who| (name.to_owned(), text(who.id()))));
    }
    attributes.extend(
        question
            .role
            .map(|role| ("role".to_owned(), text(role.name()))),
    );
    attributes
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

//! What is broken allows nothing.
#![allow(clippy::unwrap_used)]

use medilink_domain::TenantId;
use medilink_domain::values::Role;
use uuid::Uuid;

use super::{Authorizer, POLICIES, Resource, SCHEMA};
use crate::action::Action;
use crate::actor::Actor;
use crate::authorizer::Denied;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const PATIENT: Uuid = Uuid::from_u128(2);

/// What the patient is told who reads their own record, by these policies beside the shipped.
fn read_own(more: &str) -> Result<Vec<String>, Denied> {
    let policies = format!("{POLICIES}\n{more}");
    let authorizer = Authorizer::of(&policies, SCHEMA).unwrap();
    let actor = Actor::new(PATIENT, TENANT, vec![Role::Patient]);
    let record = Resource::of_tenant("patient", TENANT).about(PATIENT);
    let permit = authorizer.authorize(&actor, Action::ReadPatient, &record)?;
    Ok(permit.decided_by.to_vec())
}

#[test]
fn a_policy_that_fails_denies_what_another_permits() {
    assert_eq!(read_own("").map(|by| by.len()), Ok(1));
    // Cedar itself leaves a failing policy out, a forbidding one, too.
    for effect in ["forbid", "permit"] {
        let fails = format!(
            "@id(\"fails\") {effect} (principal, action == Action::\"read-patient\", resource)
             when {{ 9223372036854775807 + 1 > 0 }};"
        );
        assert!(read_own(&fails).is_err(), "{effect}");
    }
}

#[test]
fn a_forbidding_policy_outweighs_every_other() {
    let forbids = "@id(\"forbids\") forbid (principal, action, resource);";
    assert!(read_own(forbids).is_err());
}

#[test]
fn policies_that_are_not_whole_are_not_taken() {
    for broken in [
        "permit (principal, action, resource)",
        "permit (principal, action, resource);",
        "@id(\"unknown-action\") permit (principal, action == Action::\"fly\", resource);",
        "@id(\"unknown-attribute\") permit (principal, action, resource) when { principal.tall };",
        "@id(\"wrong-type\") permit (principal, action, resource) when { principal.id > 3 };",
        "@id(\"a-person\") permit (principal == Person::\"actor\", action, resource);",
    ] {
        let policies = format!("{POLICIES}\n{broken}");
        assert!(Authorizer::of(&policies, SCHEMA).is_err(), "{broken}");
    }
    assert!(Authorizer::of("", "entity").is_err());
}

#[test]
fn without_policies_nothing_is_allowed() {
    let authorizer = Authorizer::of("", SCHEMA).unwrap();
    let actor = Actor::new(PATIENT, TENANT, Role::ALL.to_vec());
    for action in Action::ALL {
        let record = Resource::of_tenant("patient", TENANT).about(PATIENT);
        assert!(authorizer.authorize(&actor, *action, &record).is_err());
    }
}

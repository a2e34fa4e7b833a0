//! Integrators against a real log: who may let one in, and what their scopes let them do.

use chrono::{TimeDelta, Utc};
use medilink_commands::integrator::{Disable, Enable, Register, ReplaceKeys, SetScopes};
use medilink_commands::{
    Action, Actor, Authorizer, CommandContext, CommandError, Grounds, Post, Resource,
};
use medilink_domain::integrator::ClientKey;
use medilink_domain::values::Role;
use medilink_domain::{HospitalId, IntegratorId, TenantId};
use uuid::Uuid;

use crate::support::{World, slug};

/// The public key of RFC 8037, appendix A.
fn key(kid: &str) -> ClientKey {
    ClientKey::Ed25519 {
        kid: kid.parse().unwrap(),
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
            .parse()
            .unwrap(),
    }
}

fn register(hospitals: Vec<HospitalId>) -> Register {
    Register {
        name: "Lab".parse().unwrap(),
        scopes: vec!["system/Slot.s".parse().unwrap()],
        keys: vec![key("first")],
        hospitals,
        expires_at: None,
    }
}

fn proven(actor: Actor) -> CommandContext {
    CommandContext::new(Actor {
        second_factor: true,
        proven_at: Some(Utc::now()),
        ..actor
    })
}

fn manager(world: &World) -> CommandContext {
    let roles = vec![Role::PlatformAdministrator];
    proven(Actor::new(Uuid::now_v7(), world.tenant, roles))
}

async fn registered(world: &World) -> IntegratorId {
    let done = world.run(&manager(world), &register(vec![])).await.unwrap();
    done.answer.integrator
}

#[tokio::test]
async fn only_who_runs_the_network_or_the_hospital_lets_programs_in() {
    let world = World::new().await;
    let (_, here) = world.practice("PMC-1").await;
    let (_, there) = world.practice("PMC-2").await;
    for role in Role::ALL {
        let may = matches!(role, Role::Administrator | Role::PlatformAdministrator);
        let actor = Actor::new(Uuid::now_v7(), world.tenant, vec![*role]);
        let done = world.run(&proven(actor.clone()), &register(vec![])).await;
        assert_eq!(done.is_ok(), may, "{role}");
        // Nobody without a fresh proof.
        let late = CommandContext::new(Actor {
            second_factor: true,
            ..actor
        });
        let late = world.run(&late, &register(vec![])).await;
        assert_eq!(
            matches!(late, Err(CommandError::ProofRequired)),
            may,
            "{role}"
        );
    }
    let post = Post {
        role: Role::Administrator,
        hospital: here,
        department: None,
    };
    let local = proven(Actor {
        posts: vec![post],
        ..Actor::new(Uuid::now_v7(), world.tenant, vec![])
    });
    assert!(world.run(&local, &register(vec![here])).await.is_ok());
    for hospitals in [vec![], vec![there], vec![here, there]] {
        let refused = world.run(&local, &register(hospitals)).await;
        assert!(matches!(refused, Err(CommandError::Forbidden)));
    }
    let nowhere = register(vec![HospitalId(Uuid::now_v7())]);
    let refused = world.run(&manager(&world), &nowhere).await;
    assert!(matches!(refused, Err(CommandError::NotFound("hospital"))));
}

#[tokio::test]
async fn changes_are_of_ones_own_tenant_and_need_a_proof_but_for_disabling() {
    let world = World::new().await;
    let integrator = registered(&world).await;
    let reason = "contract-ended".parse().unwrap();
    let disable = Disable { integrator, reason };
    let replace = ReplaceKeys {
        integrator,
        keys: vec![key("next")],
    };
    let set = SetScopes {
        integrator,
        scopes: vec!["system/Organization.r".parse().unwrap()],
    };
    let enable = Enable { integrator };
    let elsewhere = proven(Actor::new(
        Uuid::now_v7(),
        TenantId(Uuid::now_v7()),
        vec![Role::PlatformAdministrator],
    ));
    let late = CommandContext::new(Actor {
        proven_at: Some(Utc::now() - TimeDelta::minutes(11)),
        ..manager(&world).actor
    });
    macro_rules! held {
        ($operation:expr) => {
            let foreign = world.run(&elsewhere, $operation).await;
            assert!(matches!(foreign, Err(CommandError::NotFound("integrator"))));
            let late = world.run(&late, $operation).await;
            assert!(matches!(late, Err(CommandError::ProofRequired)));
        };
    }
    held!(&replace);
    held!(&set);
    held!(&enable);
    // Whoever sees something wrong stops it first.
    world.run(&late, &disable).await.unwrap();
    let manager = manager(&world);
    world.run(&manager, &enable).await.unwrap();
    world.run(&manager, &set).await.unwrap();
    world.run(&manager, &replace).await.unwrap();
    assert_eq!(
        slug(world.run(&manager, &replace).await),
        "integrator-unchanged"
    );
    let curve = ReplaceKeys {
        integrator,
        keys: vec![ClientKey::Es384 {
            kid: "off".parse().unwrap(),
            x: "A".repeat(64).parse().unwrap(),
            y: "B".repeat(64).parse().unwrap(),
        }],
    };
    assert_eq!(slug(world.run(&manager, &curve).await), "not-a-usable-key");
    assert_eq!(world.count("integrator.keys-replaced").await, 1);
}

#[test]
fn an_integrator_does_what_a_scope_names_and_a_policy_permits() {
    let authorizer = Authorizer::shipped().unwrap();
    let (tenant, hospital) = (TenantId(Uuid::now_v7()), HospitalId(Uuid::now_v7()));
    let program = |scopes: &[&str]| Actor {
        scopes: scopes.iter().map(|scope| scope.parse().unwrap()).collect(),
        ..Actor::new(Uuid::now_v7(), tenant, vec![Role::Integrator])
    };
    let may = |actor: &Actor, action, resource: &Resource, grounds| {
        authorizer
            .authorize_on(actor, action, resource, grounds)
            .is_ok()
    };
    let (nothing, consent) = (
        Grounds::default(),
        Grounds {
            consent: true,
            ..Grounds::default()
        },
    );
    let [hospitals, slots] = ["hospital", "slot"].map(|kind| Resource::of_tenant(kind, tenant));
    let list = Action::ListDirectory;
    let some = program(&["system/Slot.s", "system/Organization.r"]);
    assert!(may(&some, list, &slots, nothing));
    assert!(!may(&some, list, &hospitals, nothing));
    assert!(may(&some, Action::ReadDirectory, &hospitals, nothing));

    let visit = Resource::of_tenant("appointment", tenant)
        .about(Uuid::now_v7())
        .at(hospital);
    let reader = program(&["system/Appointment.r"]);
    let read = Action::ReadAppointment;
    assert!(may(&reader, read, &visit, consent));
    assert!(!may(&reader, read, &visit, nothing), "without consent");
    assert!(!may(&some, read, &visit, consent), "without the scope");
    assert!(!may(&reader, Action::CancelAppointment, &visit, consent));
    // For one hospital: there, and nowhere else.
    let at = |hospital| Actor {
        roles: vec![],
        posts: vec![Post {
            role: Role::Integrator,
            hospital,
            department: None,
        }],
        ..reader.clone()
    };
    assert!(may(&at(hospital), read, &visit, consent));
    assert!(!may(&at(HospitalId(Uuid::now_v7())), read, &visit, consent));

    // Whatever is permitted to everybody, or to themselves, is not to a program.
    let everything = program(&[
        "system/Appointment.rs",
        "system/Consent.rs",
        "system/HealthcareService.rs",
        "system/Organization.rs",
        "system/Practitioner.rs",
        "system/Schedule.r",
        "system/Slot.s",
    ]);
    let own = ["session", "person", "patient", "second factor", "account"];
    let allowed = Action::ALL.iter().filter(|action| {
        let mut kinds = own.iter().map(|kind| Resource::of_tenant(kind, tenant));
        kinds.any(|resource| {
            let resource = resource.about(everything.id);
            may(&everything, **action, &resource, nothing)
        })
    });
    let allowed: Vec<_> = allowed.map(|action| action.name()).collect();
    assert_eq!(allowed, ["be-denied"]);
}

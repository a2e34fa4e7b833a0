//! Guardians of minors against a real log.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::consent::{Deny, Grant, Request, Revoke};
use medilink_commands::guardian::{DismissGuardian, NameGuardian, RegisterDependant};
use medilink_commands::{CommandError, Committed, patient};
use medilink_domain::PatientId;
use medilink_domain::values::{Language, Role};
use uuid::Uuid;

use crate::consent::{context, person, terms};
use crate::support::{World, slug};

/// The eighteenth birthday of whoever was born on 2 August 2010 begins in India then.
const BORN: &str = "2010-08-02";
const OF_AGE: &str = "2028-08-01T18:30:00Z";

async fn child_of(world: &World, parent: PatientId) -> Committed<patient::PatientAnswer> {
    let register = RegisterDependant {
        parent,
        name: "Arjun Canary".parse().unwrap(),
        date_of_birth: BORN.parse().unwrap(),
    };
    world.run(&world.patient(parent), &register).await.unwrap()
}

#[tokio::test]
async fn a_guardian_decides_until_the_birthday_and_then_the_patient_alone() {
    let world = World::new().await;
    let parent = world.register_patient().await;
    let (doctor, _) = world.practice("PMC-1").await;
    let child = child_of(&world, parent).await.answer.patient;
    let of_age: DateTime<Utc> = OF_AGE.parse().unwrap();
    let last = of_age - TimeDelta::microseconds(1);
    let as_of = |id: PatientId, now| context(&world, id.uuid(), Role::Patient, now);
    let give = |now| Grant {
        patient: child,
        grantee: person(doctor.uuid()),
        terms: terms(now),
    };
    // Until the last instant the guardian decides, and the minor doesn't.
    let minor = world.run(&as_of(child, last), &give(last)).await;
    assert!(matches!(minor, Err(CommandError::Forbidden)));
    let given = world.run(&as_of(parent, last), &give(last)).await.unwrap();
    let consent = given.answer.consent;
    let minor = world.run(&as_of(child, last), &Revoke { consent }).await;
    assert!(matches!(minor, Err(CommandError::Forbidden)));
    let asking = context(&world, doctor.uuid(), Role::Doctor, last);
    let request = Request {
        patient: child,
        grantee: person(doctor.uuid()),
        terms: terms(last),
    };
    let asked = world.run(&asking, &request).await.unwrap().answer.consent;
    // From the birthday on it is the other way round.
    for guardian in [
        world
            .run(&as_of(parent, of_age), &give(of_age))
            .await
            .map(drop),
        world
            .run(&as_of(parent, of_age), &Revoke { consent })
            .await
            .map(drop),
        world
            .run(&as_of(parent, of_age), &Deny { consent: asked })
            .await
            .map(drop),
    ] {
        assert!(matches!(guardian, Err(CommandError::NotFound(_))));
    }
    let mine = as_of(child, of_age);
    world.run(&mine, &Revoke { consent }).await.unwrap();
    world.run(&mine, &Deny { consent: asked }).await.unwrap();
    world.run(&mine, &give(of_age)).await.unwrap();
}

#[tokio::test]
async fn a_guardian_denies_and_revokes_for_their_own_minor_only() {
    let world = World::new().await;
    let (parent, stranger) = (
        world.register_patient().await,
        world.register_patient().await,
    );
    let (doctor, _) = world.practice("PMC-1").await;
    let now = Utc::now();
    let child = child_of(&world, parent).await.answer.patient;
    let asking = context(&world, doctor.uuid(), Role::Doctor, now);
    let request = Request {
        patient: child,
        grantee: person(doctor.uuid()),
        terms: terms(now),
    };
    let consent = world.run(&asking, &request).await.unwrap().answer.consent;
    child_of(&world, stranger).await;
    let denied = world.run(&world.patient(stranger), &Deny { consent }).await;
    assert!(matches!(denied, Err(CommandError::NotFound("consent"))));
    world
        .run(&world.patient(parent), &Deny { consent })
        .await
        .unwrap();
    // What a guardian gives they don't give to themselves.
    let oneself = Grant {
        patient: child,
        grantee: person(parent.uuid()),
        terms: terms(now),
    };
    let given = world.run(&world.patient(parent), &oneself).await;
    assert!(matches!(given, Err(CommandError::NotFound("person"))));
}

#[tokio::test]
async fn the_front_desk_names_and_dismisses_guardians_but_not_itself() {
    let world = World::new().await;
    let (guardian, other) = (
        world.register_patient().await,
        world.register_patient().await,
    );
    let desk = world.console();
    let register = patient::Register {
        name: "Arjun Canary".parse().unwrap(),
        phone: "+919800000001".parse().unwrap(),
        email: None,
        language: Language::Hindi,
        date_of_birth: Some(BORN.parse().unwrap()),
    };
    let child = world.run(&desk, &register).await.unwrap().answer.patient;
    let name = |guardian: PatientId| NameGuardian {
        patient: child,
        guardian: guardian.into(),
    };
    for role in Role::ALL {
        let may = matches!(role, Role::Administrator | Role::Receptionist);
        let actor = context(&world, Uuid::now_v7(), *role, Utc::now());
        let named = world.run(&actor, &name(guardian)).await;
        assert_eq!(named.is_ok(), may, "{role}");
        let oneself = context(&world, other.uuid(), *role, Utc::now());
        let named = world.run(&oneself, &name(other)).await;
        assert!(matches!(named, Err(CommandError::NotFound("patient"))));
    }
    let second = world.run(&desk, &name(other)).await;
    assert_eq!(slug(second), "guardian-already-named");
    let dismiss = DismissGuardian { patient: child };
    let patients = world.run(&world.patient(guardian), &dismiss).await;
    assert!(matches!(patients, Err(CommandError::NotFound("patient"))));
    world.run(&desk, &dismiss).await.unwrap();
    assert_eq!(slug(world.run(&desk, &dismiss).await), "no-guardian");
    let unknown = world.run(&desk, &name(PatientId(Uuid::now_v7()))).await;
    assert!(matches!(unknown, Err(CommandError::NotFound("guardian"))));
    // A minor has no say for others.
    let sibling = world.run(&desk, &register).await.unwrap().answer.patient;
    assert_eq!(
        slug(world.run(&desk, &name(sibling)).await),
        "guardian-is-a-minor"
    );
    let born_unknown = NameGuardian {
        patient: other,
        guardian: guardian.into(),
    };
    assert_eq!(
        slug(world.run(&desk, &born_unknown).await),
        "date-of-birth-unknown"
    );
}

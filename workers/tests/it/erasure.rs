//! Erasing, with a worker that is killed anywhere in between.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use medilink_commands::erasure::{Request, Withdraw};
use medilink_commands::legal_hold::{Lift, Place, Why};
use medilink_commands::{Actor, CommandContext, Committed, Operation};
use medilink_domain::retention::RetentionRules;
use medilink_domain::values::{Language, Role};
use medilink_domain::{Category, PatientId, SubjectId};
use medilink_log::{CheckpointKey, TreeBuilder};
use medilink_projections::Page;
use medilink_projections::erasure::{self, ErasureState};
use medilink_vault::{Binding, VaultError};
use uuid::Uuid;

use crate::support::{Running, World, a_while, config, eventually, slot};

/// A hospital where the law asks for nothing.
async fn lawless() -> World {
    let world = World::new().await;
    let mut rules = RetentionRules::shipped().clone();
    rules.grace_days = 0;
    for rule in &mut rules.rules {
        rule.years = 0;
    }
    world.tools.executor.retain_by(rules);
    world
}

async fn ask<O: Operation>(world: &World, operation: &O) -> Committed<O::Answer> {
    let officer = Actor {
        second_factor: true,
        ..Actor::new(Uuid::now_v7(), world.tenant, vec![Role::ComplianceOfficer])
    };
    let context = CommandContext::new(officer);
    let done = world.tools.executor.execute(&context, operation).await;
    done.unwrap()
}

fn request(patient: PatientId) -> Request {
    Request {
        patient,
        reason: "leaves-the-hospital".parse().unwrap(),
    }
}

/// Builds and signs the tree, as the relay does.
fn signer(world: &World) -> Running {
    let key = CheckpointKey::load_or_create(&world.folder().join("log.key"), "medilink.test/log");
    let tree = TreeBuilder::new(world.app.clone(), key.unwrap());
    Running::start(move |cancel| tree.run(Duration::from_millis(50), cancel))
}

async fn is_erased(world: &World, person: PatientId, category: Category) -> bool {
    let place = Binding {
        tenant: world.tenant,
        stream: "test",
        version: 1,
        kind: "test",
        field: "test",
    };
    let vault = world.tools.codec.vault();
    let sealed = vault
        .seal(SubjectId::from(person), category, &place, b"x")
        .await;
    matches!(sealed, Err(VaultError::Erased))
}

/// All of it is erased, once, and certified; after a crash in more than one certificate.
async fn certified(world: &World) {
    eventually("certified", async || {
        let page = Page::first(1);
        let listed = erasure::list(&world.tools.reads, world.tenant, None, page).await;
        let rows = listed.unwrap().rows;
        rows.iter().any(|row| row.state == ErasureState::Complete)
    })
    .await;
    a_while().await;
    for kind in ["begun", "shredded"] {
        let count = world.count(&format!("erasure.{kind}")).await;
        assert_eq!(count, 4, "erasure.{kind}");
    }
}

async fn killed_at(point: &str) {
    let world = lawless().await;
    let (projector, signer) = (world.projector(), signer(&world));
    let (doctor, first) = world.doctor().await;
    let patient = world
        .patient(Language::English, Some("asha@example.com"))
        .await;
    let other = world.patient(Language::English, None).await;
    let visit = world.book(patient, doctor, first).await;
    world.book(other, doctor, slot(first, 1)).await;
    ask(&world, &request(patient)).await;
    fail::cfg(point, "1*off->1*return").unwrap();
    let worker = world.platform_worker(config());
    eventually("begun", async || world.count("erasure.begun").await == 4).await;
    a_while().await;
    assert!(
        world.count("erasure.certified").await == 0,
        "{point}: not killed"
    );
    worker.kill();
    fail::remove(point);
    let worker = world.platform_worker(config());
    certified(&world).await;
    for category in Category::ALL {
        assert!(is_erased(&world, patient, category).await, "{category:?}");
        assert!(!is_erased(&world, other, category).await, "{category:?}");
    }
    // The slot is somebody else's now.
    assert_eq!(world.count("appointment.cancelled").await, 1, "{visit}");
    world.book(other, doctor, first).await;
    worker.stop().await;
    signer.stop().await;
    projector.stop().await;
}

#[tokio::test]
async fn a_worker_that_is_killed_before_it_shreds_begins_again() {
    killed_at("erasure-before-shred").await;
}

#[tokio::test]
async fn a_worker_that_is_killed_between_shredding_and_recording_records_it_later() {
    killed_at("erasure-before-record").await;
}

#[tokio::test]
async fn a_hold_that_was_there_before_the_request_makes_it_wait() {
    let world = lawless().await;
    let (projector, signer) = (world.projector(), signer(&world));
    let patient = world.patient(Language::English, None).await;
    let why = Why {
        basis: "litigation".parse().unwrap(),
        until: None,
    };
    ask(&world, &Place { patient, why }).await;
    ask(&world, &request(patient)).await;
    let worker = world.platform_worker(config());
    a_while().await;
    assert_eq!(world.count("erasure.begun").await, 0);
    assert!(!is_erased(&world, patient, Category::Identity).await);
    let reason = "case-closed".parse().unwrap();
    ask(&world, &Lift { patient, reason }).await;
    certified(&world).await;
    assert!(is_erased(&world, patient, Category::Identity).await);
    for running in [worker, signer, projector] {
        running.stop().await;
    }
}

#[tokio::test]
async fn a_hold_ends_by_itself_when_its_time_is_over() {
    let world = lawless().await;
    let (projector, signer) = (world.projector(), signer(&world));
    let patient = world.patient(Language::English, None).await;
    let until = Utc::now() + TimeDelta::seconds(3);
    let why = Why {
        basis: "investigation".parse().unwrap(),
        until: Some(until),
    };
    ask(&world, &Place { patient, why }).await;
    ask(&world, &request(patient)).await;
    let worker = world.platform_worker(config());
    a_while().await;
    assert_eq!(world.count("erasure.begun").await, 0);
    certified(&world).await;
    assert!(Utc::now() > until);
    for running in [worker, signer, projector] {
        running.stop().await;
    }
}

#[tokio::test]
async fn what_was_withdrawn_or_is_kept_by_law_stays() {
    let world = World::new().await;
    let projector = world.projector();
    let patient = world.patient(Language::English, None).await;
    let asked = ask(&world, &request(patient)).await.answer;
    let withdraw = Withdraw {
        erasure: asked.erasure,
    };
    ask(&world, &withdraw).await;
    // The name of the open erasure is free again.
    ask(&world, &request(patient)).await;
    let worker = world.platform_worker(config());
    a_while().await;
    worker.stop().await;
    projector.stop().await;
    assert_eq!(world.count("erasure.begun").await, 0);
    assert_eq!(
        world.count("erasure.held").await,
        2,
        "for a year, each time"
    );
    assert!(!is_erased(&world, patient, Category::Identity).await);
}

//! Consents and requests whose time is over.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::consent::{Grant, Request};
use medilink_commands::{Actor, CommandContext};
use medilink_domain::consent::{ConsentStatus, ConsentTerms, Grantee};
use medilink_domain::values::{
    ConsentAccessMode, ConsentPurpose, HealthInformationType, Language, Role,
};
use medilink_domain::{ConsentId, DoctorId, PatientId};
use medilink_projections::consent::get;
use uuid::Uuid;

use crate::support::{World, config, eventually};

fn terms(now: DateTime<Utc>, expires_at: DateTime<Utc>) -> ConsentTerms {
    ConsentTerms {
        purpose: ConsentPurpose::CareManagement,
        types: vec![HealthInformationType::OPConsultation],
        mode: ConsentAccessMode::View,
        from: now - TimeDelta::days(365),
        to: now,
        expires_at,
        frequency: None,
    }
}

fn context(world: &World, id: Uuid, role: Role, now: DateTime<Utc>) -> CommandContext {
    let actor = Actor {
        second_factor: true,
        ..Actor::new(id, world.tenant, vec![role])
    };
    CommandContext {
        now,
        ..CommandContext::new(actor)
    }
}

async fn grant(
    world: &World,
    (patient, doctor): (PatientId, DoctorId),
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> ConsentId {
    let grant = Grant {
        patient,
        grantee: Grantee::Person { id: doctor.into() },
        terms: terms(now, expires_at),
    };
    let given = context(world, patient.uuid(), Role::Patient, now);
    let done = world.tools.executor.execute(&given, &grant).await.unwrap();
    done.answer.consent
}

async fn state(world: &World, consent: ConsentId) -> ConsentStatus {
    let row = get(&world.tools.reads, world.tenant, consent).await;
    row.unwrap().unwrap().state
}

#[tokio::test]
async fn what_runs_out_is_ended_once_and_what_stands_stays() {
    let world = World::new().await;
    let projector = world.projector();
    let (doctor, _) = world.doctor().await;
    let patient = world.patient(Language::Hindi, None).await;
    let now = Utc::now();
    let long_ago = now - TimeDelta::days(40);
    let both = (patient, doctor);
    let over = grant(&world, both, long_ago, now - TimeDelta::days(1)).await;
    let stands = grant(&world, both, now, now + TimeDelta::days(1)).await;
    let request = Request {
        patient,
        grantee: Grantee::Person { id: doctor.into() },
        terms: terms(long_ago, now + TimeDelta::days(100)),
    };
    let executor = &world.tools.executor;
    let asking = |now| context(&world, doctor.uuid(), Role::Doctor, now);
    let unanswered = executor.execute(&asking(long_ago), &request).await;
    let unanswered = unanswered.unwrap().answer.consent;
    let waiting = executor.execute(&asking(now), &request).await;
    let waiting = waiting.unwrap().answer.consent;
    let worker = world.platform_worker(config());
    eventually("over", async || world.count("consent.expired").await == 2).await;
    world.projected().await;
    for (consent, expected) in [
        (over, ConsentStatus::Expired),
        (stands, ConsentStatus::Granted),
        (unanswered, ConsentStatus::Expired),
        (waiting, ConsentStatus::Requested),
    ] {
        assert_eq!(state(&world, consent).await, expected);
    }
    worker.stop().await;
    world.nothing_happens_twice().await;
    projector.stop().await;
}

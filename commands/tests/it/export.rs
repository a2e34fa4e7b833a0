//! Exports against a real log: by what right, and that it is asked for each time.

use chrono::{TimeDelta, Utc};
use medilink_commands::consent::{Grant, Revoke};
use medilink_commands::export::{
    Abandon, Cancel, Complete, Delete, Expire, Fail, GiveLink, Progress, Request, Start, Uphold,
    export_of, fetch, new_link,
};
use medilink_commands::{Actor, CommandContext, CommandError};
use medilink_domain::consent::ConsentTerms;
use medilink_domain::export::{ExportFormat, File};
use medilink_domain::values::{ConsentAccessMode, Role};
use medilink_domain::{ConsentId, Decider, DoctorId, ExportId, PatientId, export};
use uuid::Uuid;

use crate::consent::{context, person, terms};
use crate::support::{World, slug};

fn wish(patient: PatientId, consent: Option<ConsentId>) -> Request {
    Request {
        patient,
        consent,
        formats: ExportFormat::ALL.to_vec(),
        language: None,
    }
}

fn worker(world: &World) -> CommandContext {
    CommandContext::new(Actor::worker(world.tenant))
}

fn proven(context: CommandContext) -> CommandContext {
    CommandContext {
        actor: Actor {
            proven_at: Some(Utc::now()),
            ..context.actor
        },
        ..context
    }
}

fn file() -> File {
    File {
        file: Uuid::now_v7(),
        size: 7,
        digest: [3; 32].into(),
    }
}

async fn asked(world: &World, patient: PatientId) -> ExportId {
    let done = world
        .run(&world.patient(patient), &wish(patient, None))
        .await;
    done.unwrap().answer.export
}

async fn made(world: &World, export: ExportId) -> bool {
    let worker = worker(world);
    let started = world.run(&worker, &Start { export }).await.unwrap();
    if started.answer.asked.is_none() {
        return false;
    }
    let complete = Complete {
        export,
        file: file(),
    };
    world.run(&worker, &complete).await.unwrap().answer.ready
}

/// Lets a doctor look at, or keep, what took place.
async fn lets(
    world: &World,
    patient: PatientId,
    doctor: DoctorId,
    mode: ConsentAccessMode,
) -> ConsentId {
    let terms = ConsentTerms {
        mode,
        ..terms(Utc::now())
    };
    let grant = Grant {
        patient,
        grantee: person(doctor.uuid()),
        terms,
    };
    let done = world.run(&world.patient(patient), &grant).await.unwrap();
    done.answer.consent
}

fn doctor(world: &World, doctor: DoctorId) -> CommandContext {
    proven(context(world, doctor.uuid(), Role::Doctor, Utc::now()))
}

#[tokio::test]
async fn nobody_takes_the_data_of_others_away() {
    let world = World::new().await;
    let patient = world.register_patient().await;
    let other = world.register_patient().await;
    let export = asked(&world, patient).await;
    for role in Role::ALL.iter().copied() {
        let stranger = proven(context(&world, Uuid::now_v7(), role, Utc::now()));
        let asks = world.run(&stranger, &wish(patient, None)).await;
        assert!(asks.is_err(), "{role:?}");
        let cancels = world.run(&stranger, &Cancel { export }).await;
        assert!(cancels.is_err(), "{role:?}");
        if role != Role::Worker {
            let starts = world.run(&stranger, &Start { export }).await;
            assert!(starts.is_err(), "{role:?}");
        }
    }
    let asks = world.run(&world.patient(other), &wish(patient, None)).await;
    assert!(matches!(asks, Err(CommandError::NotFound(_))), "{asks:?}");
    // Nor do workers ask for any.
    assert!(
        world
            .run(&worker(&world), &wish(patient, None))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn there_is_one_at_a_time_and_another_when_it_is_over() {
    let world = World::new().await;
    let patient = world.register_patient().await;
    let own = world.patient(patient);
    let first = asked(&world, patient).await;
    let again = world.run(&own, &wish(patient, None)).await;
    assert_eq!(slug(again), "export-already-requested");
    assert!(made(&world, first).await);
    let again = world.run(&own, &wish(patient, None)).await;
    assert_eq!(slug(again), "export-already-requested");
    world.run(&own, &Cancel { export: first }).await.unwrap();
    world.run(&own, &Cancel { export: first }).await.unwrap();
    let second = asked(&world, patient).await;
    let fail = Fail {
        export: second,
        cause: "data-unreadable".parse().unwrap(),
    };
    world.run(&worker(&world), &fail).await.unwrap();
    let third = asked(&world, patient).await;
    assert!(made(&world, third).await);
    let late = CommandContext {
        now: Utc::now() + export::KEPT,
        ..worker(&world)
    };
    assert_eq!(
        slug(world.run(&worker(&world), &Expire { export: third }).await),
        "export-not-over"
    );
    world.run(&late, &Expire { export: third }).await.unwrap();
    world.run(&late, &Delete { export: third }).await.unwrap();
    world.run(&late, &Delete { export: third }).await.unwrap();
    assert_eq!(world.count("export.deleted").await, 1);
    asked(&world, patient).await;
}

#[tokio::test]
async fn two_workers_make_one_export() {
    let world = World::new().await;
    let patient = world.register_patient().await;
    let export = asked(&world, patient).await;
    let worker = worker(&world);
    for _ in 0..2 {
        world.run(&worker, &Start { export }).await.unwrap();
        let progress = Progress {
            export,
            percent: 40,
        };
        world.run(&worker, &progress).await.unwrap();
    }
    let first = Complete {
        export,
        file: file(),
    };
    world.run(&worker, &first).await.unwrap();
    world.run(&worker, &first).await.unwrap();
    let second = Complete {
        export,
        file: file(),
    };
    assert_eq!(slug(world.run(&worker, &second).await), "export-complete");
    for (kind, count) in [("started", 1), ("progressed", 1), ("completed", 1)] {
        assert_eq!(
            world.count(&format!("export.{kind}")).await,
            count,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_link_is_for_who_asked_and_has_shown_again_who_they_are() {
    let world = World::new().await;
    let (patient, other) = (
        world.register_patient().await,
        world.register_patient().await,
    );
    let export = asked(&world, patient).await;
    assert!(made(&world, export).await);
    let (secret, secret_hash) = new_link(export);
    assert_eq!(export_of(&secret), Some(export));
    for wrong in ["", "medilink_export_", &secret[..40], &format!("{secret}0")] {
        assert_eq!(export_of(wrong), None, "{wrong}");
    }
    let give = GiveLink {
        export,
        secret_hash,
    };
    let own = world.patient(patient);
    let stale = world.run(&own, &give).await;
    assert!(
        matches!(stale, Err(CommandError::ProofRequired)),
        "{stale:?}"
    );
    let theirs = world.run(&proven(world.patient(other)), &give).await;
    assert!(
        matches!(theirs, Err(CommandError::NotFound(_))),
        "{theirs:?}"
    );
    world.run(&proven(own.clone()), &give).await.unwrap();

    let found = async |actor: &Actor, hash| {
        fetch(&world.executor, actor, export, hash)
            .await
            .unwrap()
            .is_some()
    };
    assert!(found(&own.actor, &secret_hash).await);
    assert!(!found(&world.patient(other).actor, &secret_hash).await);
    let (_, wrong) = new_link(export);
    assert!(!found(&own.actor, &wrong).await);
    world.run(&own, &Cancel { export }).await.unwrap();
    assert!(!found(&own.actor, &secret_hash).await);
}

#[tokio::test]
async fn only_who_may_keep_a_copy_gets_one_and_only_as_long() {
    let world = World::new().await;
    let patient = world.register_patient().await;
    let (keeper, _) = world.doctor("R1").await;
    let (looker, _) = world.doctor("R2").await;
    let store = lets(&world, patient, keeper, ConsentAccessMode::Store).await;
    let view = lets(&world, patient, looker, ConsentAccessMode::View).await;
    let (keeps, looks) = (doctor(&world, keeper), doctor(&world, looker));
    for (who, consent) in [
        (&looks, Some(view)),
        (&looks, Some(store)),
        (&looks, None),
        (&keeps, None),
        (&keeps, Some(view)),
    ] {
        let asks = world.run(who, &wish(patient, consent)).await;
        assert!(matches!(asks, Err(CommandError::NotFound(_))), "{asks:?}");
    }
    let other = world.register_patient().await;
    let elsewhere = world.run(&keeps, &wish(other, Some(store))).await;
    assert!(
        matches!(elsewhere, Err(CommandError::NotFound(_))),
        "{elsewhere:?}"
    );

    let kept = world
        .run(&keeps, &wish(patient, Some(store)))
        .await
        .unwrap();
    let export = kept.answer.export;
    assert!(made(&world, export).await);
    let (_, secret_hash) = new_link(export);
    let give = GiveLink {
        export,
        secret_hash,
    };
    // The patient may follow it and cancel it, and has no link to it.
    let own = proven(world.patient(patient));
    assert!(matches!(
        world.run(&own, &give).await,
        Err(CommandError::NotFound(_))
    ));
    world.run(&keeps, &give).await.unwrap();
    let open = fetch(&world.executor, &keeps.actor, export, &secret_hash);
    assert!(open.await.unwrap().is_some());
    world.run(&own, &Revoke { consent: store }).await.unwrap();
    let closed = fetch(&world.executor, &keeps.actor, export, &secret_hash);
    assert!(closed.await.unwrap().is_none());
    for refused in [
        world.run(&keeps, &give).await.err(),
        world.run(&keeps, &Cancel { export }).await.err(),
    ] {
        assert!(
            matches!(refused, Some(CommandError::NotFound(_))),
            "{refused:?}"
        );
    }
    world
        .run(&worker(&world), &Uphold { export })
        .await
        .unwrap();
    assert_eq!(world.count("export.cancelled").await, 1);
}

#[tokio::test]
async fn what_is_revoked_while_it_waits_or_is_made_is_never_ready() {
    let world = World::new().await;
    let patient = world.register_patient().await;
    let (keeper, _) = world.doctor("R1").await;
    let (keeps, worker) = (doctor(&world, keeper), worker(&world));
    for begun in [false, true] {
        let consent = lets(&world, patient, keeper, ConsentAccessMode::Store).await;
        let asked = world
            .run(&keeps, &wish(patient, Some(consent)))
            .await
            .unwrap();
        let export = asked.answer.export;
        if begun {
            world.run(&worker, &Start { export }).await.unwrap();
        }
        world
            .run(&world.patient(patient), &Revoke { consent })
            .await
            .unwrap();
        if begun {
            let complete = Complete {
                export,
                file: file(),
            };
            assert!(!world.run(&worker, &complete).await.unwrap().answer.ready);
        } else {
            assert!(!made(&world, export).await);
        }
        let stream = export::Export::stream(&export);
        let last = world.events(&stream).await.pop().unwrap();
        assert_eq!(last.kind, "export.cancelled");
    }
    assert_eq!(world.count("export.completed").await, 0);
}

#[tokio::test]
async fn what_runs_out_meanwhile_is_never_ready() {
    let world = World::new().await;
    let patient = world.register_patient().await;
    let (keeper, _) = world.doctor("R1").await;
    let consent = lets(&world, patient, keeper, ConsentAccessMode::Store).await;
    let keeps = doctor(&world, keeper);
    let export = world
        .run(&keeps, &wish(patient, Some(consent)))
        .await
        .unwrap()
        .answer
        .export;
    let later = CommandContext {
        now: Utc::now() + TimeDelta::days(31),
        ..worker(&world)
    };
    let started = world.run(&later, &Start { export }).await.unwrap();
    assert_eq!(started.answer.asked, None);
    let abandon = Abandon {
        export,
        cause: "erased".parse().unwrap(),
    };
    world.run(&later, &abandon).await.unwrap();
    assert_eq!(world.count("export.cancelled").await, 1);
}

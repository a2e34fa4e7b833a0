use chrono::{TimeDelta, Utc};
use medilink_commands::{
    Action, Actor, Authorizer, CommandError, Denied, Resource, access, hospital,
};
use medilink_domain::hospital::Hospital;
use medilink_domain::values::Role;
use medilink_domain::{Category, SubjectId, TenantId};
use medilink_log::{Epochs, Snapshots, StreamLoader, snapshot_shape};
use uuid::Uuid;

use crate::support::{World, slug};

#[tokio::test]
async fn an_event_says_who_did_it_and_which_policy_allowed_it() {
    let world = World::new().await;
    let context = world.console();
    let open = hospital::Open {
        name: "City".parse().unwrap(),
        time_zone: "Asia/Kolkata".parse().unwrap(),
        manager: None,
    };
    world.run(&context, &open).await.unwrap();
    let events = world
        .executor
        .reader()
        .after(medilink_log::Position::START, 10)
        .await
        .unwrap();
    let metadata = events[0].metadata();
    assert_eq!(metadata.request, Some(context.request));
    assert_eq!(
        metadata.decided_by,
        ["platform-administrators-register-hospitals"]
    );
    assert_eq!(
        metadata.policy_set.as_deref(),
        Some(world.executor.authorizer().policy_set())
    );
}

#[tokio::test]
async fn a_registration_number_belongs_to_one_doctor() {
    let world = World::new().await;
    world.doctor("DMC-77").await;
    let open = hospital::Open {
        name: "Other".parse().unwrap(),
        time_zone: "Asia/Kolkata".parse().unwrap(),
        manager: None,
    };
    let hospital = world
        .run(&world.console(), &open)
        .await
        .unwrap()
        .answer
        .hospital;
    let add = hospital::AddDepartment {
        hospital,
        name: "Heart".parse().unwrap(),
        specialty: "Cardiology".parse().unwrap(),
    };
    let department = world
        .run(&world.console(), &add)
        .await
        .unwrap()
        .answer
        .department;
    let again = world.registration(hospital, department, "dmc - 77");
    assert_eq!(
        slug(world.run(&world.console(), &again).await),
        "registration-number-taken"
    );
    assert_eq!(world.count("doctor.registered").await, 1);
}

#[tokio::test]
async fn a_long_stream_loads_the_same_with_without_and_with_a_foreign_snapshot() {
    let world = World::new().await;
    let context = world.console();
    let open = hospital::Open {
        name: "City".parse().unwrap(),
        time_zone: "Asia/Kolkata".parse().unwrap(),
        manager: None,
    };
    let hospital = world.run(&context, &open).await.unwrap().answer.hospital;
    let add = |n: u32| hospital::AddDepartment {
        hospital,
        name: format!("Department {n}").parse().unwrap(),
        specialty: "Cardiology".parse().unwrap(),
    };
    for n in 0..230 {
        world.run(&context, &add(n)).await.unwrap();
    }
    let stream = format!("hospital-{hospital}");
    let kept = async || {
        let loader = StreamLoader::new(world.app.clone(), Epochs::default());
        let shape = snapshot_shape::<Hospital>();
        let loaded = loader.load(world.tenant, &stream, &shape).await.unwrap();
        let snapshot = loaded.snapshot()?;
        let snapshots = Snapshots::new(world.app.clone(), world.vault.clone());
        let state = snapshots.open::<Hospital>(&stream, snapshot).await?;
        Some((state, snapshot.version))
    };
    let (state, version) = kept().await.expect("a snapshot was kept");
    assert_eq!(
        state.departments.len() as u64,
        version - 1,
        "the snapshot is the state at its version"
    );
    assert!(version >= 100);
    // The snapshot is used and right, also by a process that knows nothing yet: a duplicate
    // from before it and one from after it are refused.
    for n in [0, 229] {
        for executor in [&world.executor, &world.executor()] {
            assert_eq!(
                slug(executor.execute(&context, &add(n)).await),
                "department-name-taken"
            );
        }
    }
    // One that doesn't fit today's code is ignored.
    let superuser = world.databases.superuser().await;
    superuser
        .execute(
            "UPDATE log.snapshots SET shape = sha256('older'), state = 'nonsense'",
            &[],
        )
        .await
        .unwrap();
    assert!(kept().await.is_none());
    let started_anew = world.executor();
    assert_eq!(
        slug(started_anew.execute(&context, &add(0)).await),
        "department-name-taken"
    );
    assert_eq!(
        started_anew
            .execute(&context, &add(1000))
            .await
            .unwrap()
            .answer
            .version,
        232
    );
}

#[tokio::test]
async fn a_read_is_recorded_before_it_is_allowed_and_refused_when_it_is_not_yours() {
    let world = World::new().await;
    let (patient, other) = (
        world.register_patient().await,
        world.register_patient().await,
    );
    let read = access::Read {
        action: Action::ReadPatient,
        resource: Resource::of_tenant("patient", world.tenant).about(patient.uuid()),
        subjects: vec![patient.into()],
        what: "patient".parse().unwrap(),
        purpose: "treatment".parse().unwrap(),
        consents: Vec::new(),
        emergency: None,
    };
    world.run(&world.patient(patient), &read).await.unwrap();
    assert_eq!(world.count("access.recorded").await, 1);
    let outcome = world.run(&world.patient(other), &read).await;
    assert!(
        matches!(outcome, Err(CommandError::NotFound("patient"))),
        "{outcome:?}"
    );
    assert_eq!(world.count("access.recorded").await, 1);
}

#[tokio::test]
async fn an_erased_patient_is_not_there_and_can_not_be_written_about() {
    let world = World::new().await;
    let (doctor, starts_at) = world.doctor("DMC-1").await;
    let patient = world.register_patient().await;
    for category in Category::ALL {
        world
            .vault
            .shred(
                world.tenant,
                SubjectId::from(patient),
                category,
                Uuid::nil(),
            )
            .await
            .unwrap();
    }
    let book = medilink_commands::appointment::Book::new(patient, doctor, starts_at);
    let outcome = world.run(&world.console(), &book).await;
    assert!(
        matches!(outcome, Err(CommandError::NotFound("patient"))),
        "{outcome:?}"
    );
}

#[test]
fn whatever_no_policy_speaks_of_is_denied() {
    let authorizer = Authorizer::shipped().unwrap();
    let tenant = TenantId(Uuid::now_v7());
    for role in Role::ALL.iter().copied() {
        let actor = Actor::new(Uuid::now_v7(), tenant, vec![role]);
        for action in Action::ALL {
            let elsewhere = Resource::of_tenant("thing", TenantId(Uuid::now_v7()))
                .about(actor.id)
                .with_doctor(actor.id);
            assert!(
                authorizer.authorize(&actor, *action, &elsewhere).is_err(),
                "{role} may {} in another tenant",
                action.name()
            );
        }
    }
    let nobody = Actor::new(Uuid::now_v7(), tenant, Vec::new());
    let may = |action: &&Action| {
        let own = Resource::of_tenant("thing", tenant)
            .about(nobody.id)
            .with_doctor(nobody.id);
        authorizer.authorize(&nobody, **action, &own).is_ok()
    };
    let without_a_role: Vec<_> = Action::ALL.iter().filter(may).collect();
    assert_eq!(
        without_a_role,
        [
            &Action::AcceptInvitation,
            &Action::Apply,
            &Action::BeDenied,
            &Action::CancelExport,
            &Action::ChangePassword,
            &Action::CompleteRecovery,
            &Action::CompleteRegistration,
            &Action::DownloadExport,
            &Action::EndSession,
            &Action::ListSecondFactors,
            &Action::ListSessions,
            &Action::ProveSession,
            &Action::ReadApplication,
            &Action::ReadExport,
            &Action::ReadOwnChanges,
            &Action::RefreshSession,
            &Action::RegisterProvider,
            &Action::RequestExport,
            &Action::RequestVerification,
            &Action::StartSession,
            &Action::WithdrawApplication,
        ]
    );
}

/// What leads to a second factor, or is of oneself alone.
const OF_ONESELF: [Action; 15] = [
    Action::AddSecondFactor,
    Action::ChangePassword,
    Action::CompleteRecovery,
    Action::CompleteRegistration,
    Action::EndSession,
    Action::IssueBackupCodes,
    Action::ListSecondFactors,
    Action::ListSessions,
    Action::ProveSession,
    Action::ReadApplication,
    Action::ReadOwnChanges,
    Action::RefreshSession,
    Action::RemoveSecondFactor,
    Action::RequestVerification,
    Action::StartSession,
];

#[test]
fn a_password_alone_opens_nobody_elses_record() {
    let authorizer = Authorizer::shipped().unwrap();
    let tenant = TenantId(Uuid::now_v7());
    let alone = [
        Role::CalendarFeed,
        Role::Integrator,
        Role::Patient,
        Role::Worker,
    ];
    for role in Role::ALL.iter().copied() {
        let with = |second_factor| Actor {
            second_factor,
            ..Actor::new(Uuid::from_u128(7), tenant, vec![role])
        };
        for action in Action::ALL {
            let mine = Resource::of_tenant("thing", tenant)
                .about(Uuid::from_u128(7))
                .with_doctor(Uuid::from_u128(7));
            let strong = authorizer.authorize(&with(true), *action, &mine);
            let weak = authorizer.authorize(&with(false), *action, &mine);
            let told = match strong {
                Ok(_) | Err(Denied::Proof)
                    if !alone.contains(&role) && !OF_ONESELF.contains(action) =>
                {
                    Err(Denied::SecondFactor)
                }
                same => same,
            };
            assert_eq!(weak, told, "{role} {}", action.name());
        }
        // Whoever may not anyway is not told that a second factor would help.
        let theirs = Resource::of_tenant("thing", TenantId(Uuid::now_v7())).about(Uuid::now_v7());
        let denied = authorizer.authorize(&with(false), Action::ReadPatient, &theirs);
        assert_eq!(denied, Err(Denied::Hidden("thing")));
    }
}

#[test]
fn what_does_harm_needs_a_proof_of_the_last_ten_minutes() {
    let authorizer = Authorizer::shipped().unwrap();
    let tenant = TenantId(Uuid::now_v7());
    let ago = |seconds| Some(Utc::now() - TimeDelta::seconds(seconds));
    let harmful = [
        Action::AddSecondFactor,
        Action::IssueBackupCodes,
        Action::RemoveSecondFactor,
    ];
    for (proven_at, enough) in [
        (None, false),
        (ago(601), false),
        (ago(595), true),
        (ago(0), true),
    ] {
        let actor = Actor {
            proven_at,
            ..Actor::new(Uuid::from_u128(7), tenant, vec![Role::Patient])
        };
        let own = Resource::of_tenant("second factor", tenant).about(actor.id);
        for action in harmful {
            let outcome = authorizer.authorize(&actor, action, &own);
            let told = outcome.map(|_| ()).err();
            assert_eq!(told, (!enough).then_some(Denied::Proof), "{proven_at:?}");
            let theirs = Resource::of_tenant("second factor", tenant).about(Uuid::now_v7());
            let theirs = authorizer.authorize(&actor, action, &theirs);
            assert_eq!(theirs, Err(Denied::Hidden("second factor")));
        }
    }
}

#[test]
fn a_decision_is_about_who_is_the_same_as_whom_and_not_about_who_was_asked_first() {
    let authorizer = Authorizer::shipped().unwrap();
    let tenant = TenantId(Uuid::now_v7());
    let patient = |id| Actor::new(id, tenant, vec![Role::Patient]);
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    let data_of = |id| Resource::of_tenant("patient", tenant).about(id);
    for _ in 0..2 {
        assert!(
            authorizer
                .authorize(&patient(one), Action::ReadPatient, &data_of(one))
                .is_ok()
        );
        assert!(
            authorizer
                .authorize(&patient(two), Action::ReadPatient, &data_of(one))
                .is_err()
        );
        assert!(
            authorizer
                .authorize(&patient(two), Action::ReadPatient, &data_of(two))
                .is_ok()
        );
        assert!(
            authorizer
                .authorize(&patient(one), Action::ReadPatient, &data_of(two))
                .is_err()
        );
        // In charge of oneself is not the same as being the subject.
        let doctor = Actor {
            second_factor: true,
            ..Actor::new(one, tenant, vec![Role::Doctor])
        };
        assert!(
            authorizer
                .authorize(
                    &doctor,
                    Action::ReadAppointment,
                    &data_of(two).with_doctor(one)
                )
                .is_ok()
        );
        assert!(
            authorizer
                .authorize(
                    &doctor,
                    Action::ReadAppointment,
                    &data_of(one).with_doctor(two)
                )
                .is_err()
        );
    }
}

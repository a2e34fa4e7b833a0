//! Consents against a real log.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::access::AccessAnswer;
use medilink_commands::consent::{
    Answer, Deny, Expire, Grant, Request, Revoke, consents_for, cover, grantees_of,
};
use medilink_commands::{Action, Actor, CommandContext, CommandError, Operation, Resource, Work};
use medilink_domain::consent::{ConsentFrequency, ConsentTerms, Grantee, Narrowed, Need};
use medilink_domain::values::{
    ConsentAccessMode, ConsentPurpose, FrequencyUnit, HealthInformationType, Role,
};
use medilink_domain::{
    ConsentId, Decider, DepartmentId, DoctorId, HospitalId, IntegratorId, PatientId, SubjectId,
    TenantId, doctor,
};
use uuid::Uuid;

use crate::support::{World, slug};

pub fn terms(now: DateTime<Utc>) -> ConsentTerms {
    ConsentTerms {
        purpose: ConsentPurpose::CareManagement,
        types: vec![HealthInformationType::OPConsultation],
        mode: ConsentAccessMode::View,
        from: now - TimeDelta::days(365),
        to: now,
        expires_at: now + TimeDelta::days(30),
        frequency: None,
    }
}

pub const fn person(id: Uuid) -> Grantee {
    Grantee::Person { id: SubjectId(id) }
}

pub fn context(world: &World, id: Uuid, role: Role, now: DateTime<Utc>) -> CommandContext {
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
    patient: PatientId,
    grantee: Grantee,
    terms: ConsentTerms,
) -> ConsentId {
    let grant = Grant {
        patient,
        grantee,
        terms,
    };
    let done = world.run(&world.patient(patient), &grant).await.unwrap();
    done.answer.consent
}

/// A read of what a consent may cover, as the one of the platform is.
#[derive(Debug)]
struct ReadUnder {
    consent: ConsentId,
    patient: PatientId,
    doctor: DoctorId,
}

impl Operation for ReadUnder {
    const NAME: &'static str = "read-under";
    type Answer = Vec<AccessAnswer>;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<Vec<AccessAnswer>, CommandError> {
        let own = Resource::of_tenant("person", work.tenant()).about(self.doctor.uuid());
        work.authorize(Action::ReadOwnChanges, &own).await?;
        let reader = [person(self.doctor.uuid())];
        let need = Need {
            grantees: &reader,
            information_type: HealthInformationType::OPConsultation,
            recorded_at: work.now() - TimeDelta::days(3),
            mode: ConsentAccessMode::View,
            purpose: ConsentPurpose::CareManagement,
        };
        if cover(work, self.consent, self.patient.into(), &[need]).await? {
            Ok(Vec::new())
        } else {
            Err(CommandError::NotFound("patient"))
        }
    }
}

#[tokio::test]
async fn a_doctor_asks_and_the_patient_gives_less_and_takes_it_back() {
    let world = World::new().await;
    let now = Utc::now();
    let (patient, (doctor, _)) = (
        world.register_patient().await,
        world.practice("PMC-1").await,
    );
    let asking = context(&world, doctor.uuid(), Role::Doctor, now);
    let request = Request {
        patient,
        grantee: person(doctor.uuid()),
        terms: terms(now),
    };
    let asked = world.run(&asking, &request).await.unwrap().answer;
    assert_eq!(asked.version, 1);
    let consent = asked.consent;
    let answer = Answer {
        consent,
        narrowed: Narrowed {
            expires_at: Some(now + TimeDelta::days(1)),
            ..Narrowed::default()
        },
    };
    let found = async |now| {
        let mine = grantees_of(&world.executor, &asking.actor).await.unwrap();
        assert_eq!(mine.len(), 3, "a doctor, their department, their hospital");
        consents_for(&world.app, world.tenant, patient, &mine, now)
            .await
            .unwrap()
    };
    assert_eq!(found(now).await, []);
    // Nobody answers for the patient, nor of another tenant.
    let others = [
        context(&world, doctor.uuid(), Role::Doctor, now),
        context(&world, Uuid::now_v7(), Role::Patient, now),
        world.console(),
    ];
    for other in &others {
        let denied = world.run(other, &answer).await;
        assert!(matches!(denied, Err(CommandError::NotFound("consent"))));
        let denied = world.run(other, &Deny { consent }).await;
        assert!(matches!(denied, Err(CommandError::NotFound("consent"))));
    }
    let mine = world.patient(patient);
    let elsewhere = CommandContext::new(Actor {
        tenant: TenantId(Uuid::now_v7()),
        ..mine.actor.clone()
    });
    let foreign = world.run(&elsewhere, &answer).await;
    assert!(matches!(foreign, Err(CommandError::NotFound("consent"))));

    world.run(&mine, &answer).await.unwrap();
    assert_eq!(found(now).await, [consent]);
    let (last, over) = (
        now + TimeDelta::days(1) - TimeDelta::milliseconds(1),
        now + TimeDelta::days(1),
    );
    assert_eq!(found(last).await, [consent]);
    assert_eq!(found(over).await, []);
    for other in &others {
        let denied = world.run(other, &Revoke { consent }).await;
        assert!(matches!(denied, Err(CommandError::NotFound("consent"))));
    }
    let read = ReadUnder {
        consent,
        patient,
        doctor,
    };
    world.run(&asking, &read).await.unwrap();
    world.run(&mine, &Revoke { consent }).await.unwrap();
    assert_eq!(found(now).await, []);
    let read = world.run(&asking, &read).await;
    assert!(matches!(read, Err(CommandError::NotFound("patient"))));
    // Twice is as good as once.
    world.run(&mine, &Revoke { consent }).await.unwrap();
    assert_eq!(world.count("consent.revoked").await, 1);
}

#[tokio::test]
async fn a_consent_covers_only_its_own_patient_and_as_often_as_it_says() {
    let world = World::new().await;
    let now = Utc::now();
    let (patient, other) = (
        world.register_patient().await,
        world.register_patient().await,
    );
    let (doctor, _) = world.practice("PMC-1").await;
    let twice = ConsentTerms {
        frequency: Some(ConsentFrequency {
            unit: FrequencyUnit::Day,
            value: 1_u64.try_into().unwrap(),
            repeats: 2_u64.try_into().unwrap(),
        }),
        ..terms(now)
    };
    let consent = grant(&world, patient, person(doctor.uuid()), twice).await;
    let read = |patient| ReadUnder {
        consent,
        patient,
        doctor,
    };
    let at = |hours| {
        let now = now + TimeDelta::hours(hours);
        context(&world, doctor.uuid(), Role::Doctor, now)
    };
    let run = async |hours, patient| world.run(&at(hours), &read(patient)).await.is_ok();
    assert!(!run(0, other).await);
    assert!(run(0, patient).await);
    assert!(run(1, patient).await);
    assert!(!run(23, patient).await);
    assert!(run(24, patient).await);
    assert!(!run(24, patient).await);
    assert_eq!(world.count("consent.used").await, 3);
}

#[tokio::test]
async fn parallel_reads_spend_no_more_than_there_is() {
    let world = World::new().await;
    let now = Utc::now();
    let (patient, (doctor, _)) = (
        world.register_patient().await,
        world.practice("PMC-1").await,
    );
    let thrice = ConsentTerms {
        frequency: Some(ConsentFrequency {
            unit: FrequencyUnit::Hour,
            value: 1_u64.try_into().unwrap(),
            repeats: 3_u64.try_into().unwrap(),
        }),
        ..terms(now)
    };
    let consent = grant(&world, patient, person(doctor.uuid()), thrice).await;
    let reading = context(&world, doctor.uuid(), Role::Doctor, now);
    let read = ReadUnder {
        consent,
        patient,
        doctor,
    };
    let reads = futures::future::join_all((0..10).map(|_| world.run(&reading, &read))).await;
    let done = reads.iter().filter(|read| read.is_ok()).count();
    assert_eq!(done, 3, "{reads:?}");
    assert_eq!(world.count("consent.used").await, 3);
}

#[tokio::test]
async fn a_request_is_for_oneself_or_for_where_one_works() {
    let world = World::new().await;
    let now = Utc::now();
    let patient = world.register_patient().await;
    let (doctor, hospital) = world.practice("PMC-1").await;
    let (stranger, elsewhere) = world.practice("PMC-2").await;
    let post = world.events(&doctor::Doctor::stream(&doctor)).await;
    assert_eq!(post.len(), 1);
    let actor = context(&world, doctor.uuid(), Role::Doctor, now);
    let mine = grantees_of(&world.executor, &actor.actor).await.unwrap();
    let ask = |grantee| Request {
        patient,
        grantee,
        terms: terms(now),
    };
    for grantee in mine {
        world.run(&actor, &ask(grantee)).await.unwrap();
    }
    for grantee in [
        person(stranger.uuid()),
        person(Uuid::now_v7()),
        Grantee::Hospital { id: elsewhere },
        Grantee::Department {
            id: DepartmentId(Uuid::now_v7()),
            hospital,
        },
        Grantee::Integrator {
            id: IntegratorId(Uuid::now_v7()),
        },
    ] {
        let asked = world.run(&actor, &ask(grantee)).await;
        assert!(matches!(asked, Err(CommandError::NotFound("patient"))));
    }
    // The front desk asks for the hospital, though not for one that is not there.
    let desk = context(&world, Uuid::now_v7(), Role::Receptionist, now);
    let hospitals = |id| ask(Grantee::Hospital { id });
    world.run(&desk, &hospitals(hospital)).await.unwrap();
    let nowhere = hospitals(HospitalId(Uuid::now_v7()));
    let asked = world.run(&desk, &nowhere).await;
    assert!(matches!(asked, Err(CommandError::NotFound("hospital"))));
    let nobody = Request {
        patient: PatientId(Uuid::now_v7()),
        ..hospitals(hospital)
    };
    let asked = world.run(&desk, &nobody).await;
    assert!(matches!(asked, Err(CommandError::NotFound("patient"))));
    for role in Role::ALL {
        let may = matches!(
            role,
            Role::Administrator
                | Role::DepartmentHead
                | Role::Doctor
                | Role::Nurse
                | Role::Receptionist
        );
        let actor = context(&world, doctor.uuid(), *role, now);
        let asked = world.run(&actor, &ask(person(doctor.uuid()))).await;
        assert_eq!(asked.is_ok(), may, "{role}");
    }
}

#[tokio::test]
async fn nobody_gives_consent_for_a_patient_or_to_nobody() {
    let world = World::new().await;
    let now = Utc::now();
    let (patient, (doctor, _)) = (
        world.register_patient().await,
        world.practice("PMC-1").await,
    );
    let give = |grantee| Grant {
        patient,
        grantee,
        terms: terms(now),
    };
    for role in Role::ALL {
        for id in [doctor.uuid(), Uuid::now_v7()] {
            let actor = context(&world, id, *role, now);
            let given = world.run(&actor, &give(person(doctor.uuid()))).await;
            assert!(
                matches!(given, Err(CommandError::NotFound("patient"))),
                "{role}"
            );
        }
    }
    let mine = world.patient(patient);
    for (nobody, kind) in [
        (person(Uuid::now_v7()), "person"),
        (
            Grantee::Integrator {
                id: IntegratorId(Uuid::now_v7()),
            },
            "integrator",
        ),
    ] {
        let given = world.run(&mine, &give(nobody)).await;
        assert!(matches!(given, Err(CommandError::NotFound(found)) if found == kind));
    }
}

#[tokio::test]
async fn only_workers_end_consents_and_only_when_their_time_is_over() {
    let world = World::new().await;
    let now = Utc::now();
    let (patient, (doctor, _)) = (
        world.register_patient().await,
        world.practice("PMC-1").await,
    );
    let consent = grant(&world, patient, person(doctor.uuid()), terms(now)).await;
    let over = now + TimeDelta::days(31);
    for role in Role::ALL.iter().filter(|role| **role != Role::Worker) {
        let actor = context(&world, patient.uuid(), *role, over);
        let ended = world.run(&actor, &Expire { consent }).await;
        assert!(matches!(ended, Err(CommandError::Forbidden)), "{role}");
    }
    let worker = |now| CommandContext {
        now,
        ..CommandContext::new(Actor::worker(world.tenant))
    };
    let early = world.run(&worker(now), &Expire { consent }).await;
    assert_eq!(slug(early), "consent-not-over");
    world.run(&worker(over), &Expire { consent }).await.unwrap();
    world.run(&worker(over), &Expire { consent }).await.unwrap();
    assert_eq!(world.count("consent.expired").await, 1);
}

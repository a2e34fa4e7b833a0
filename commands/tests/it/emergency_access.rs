//! Emergency accesses against a real log.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_commands::access::{Read, opening};
use medilink_commands::emergency_access::{Close, EmergencyAccessAnswer, Open, Review, open_for};
use medilink_commands::{
    Action, Actor, CommandContext, CommandError, Committed, Idempotency, Post, Resource,
};
use medilink_domain::values::{EmergencyReason, Role};
use medilink_domain::{EmergencyAccessId, HospitalId, PatientId, SubjectId, TenantId};
use uuid::Uuid;

use crate::support::{World, slug};

/// The hour of an emergency access.
const HOUR: TimeDelta = TimeDelta::minutes(60);

/// Somebody who acts at a hospital, and has just shown who they are.
fn at_hospital(tenant: TenantId, id: Uuid, role: Role, hospital: HospitalId) -> Actor {
    let post = Post {
        role,
        hospital,
        department: None,
    };
    Actor {
        posts: vec![post],
        second_factor: true,
        proven_at: Some(Utc::now()),
        ..Actor::new(id, tenant, Vec::new())
    }
}

fn acting(actor: &Actor, now: DateTime<Utc>) -> CommandContext {
    CommandContext {
        now,
        ..CommandContext::new(actor.clone())
    }
}

fn open_of(patient: PatientId, hospital: HospitalId) -> Open {
    Open {
        patient,
        hospital,
        reason: EmergencyReason::UnableToConsent,
        explanation: "unconscious on arrival".parse().unwrap(),
    }
}

fn review_of(access: EmergencyAccessId) -> Review {
    Review {
        access,
        justified: true,
        remark: "as the ambulance's report says".parse().unwrap(),
    }
}

/// A hospital with a clinician, and a patient who has never been there.
struct Ward {
    world: World,
    hospital: HospitalId,
    elsewhere: HospitalId,
    patient: PatientId,
    nurse: Actor,
    now: DateTime<Utc>,
}

impl Ward {
    async fn new() -> Self {
        let world = World::new().await;
        let (_, hospital) = world.practice("PMC-1").await;
        let (_, elsewhere) = world.practice("PMC-2").await;
        Self {
            nurse: at_hospital(world.tenant, Uuid::now_v7(), Role::Nurse, hospital),
            patient: world.register_patient().await,
            hospital,
            elsewhere,
            now: Utc::now(),
            world,
        }
    }

    async fn open(&self) -> EmergencyAccessAnswer {
        let open = open_of(self.patient, self.hospital);
        let opened = self.by(&self.nurse, self.now, &open).await;
        opened.unwrap().answer
    }

    async fn by<O: medilink_commands::Operation>(
        &self,
        actor: &Actor,
        now: DateTime<Utc>,
        operation: &O,
    ) -> Result<Committed<O::Answer>, CommandError> {
        self.world.run(&acting(actor, now), operation).await
    }

    fn read(&self, patient: PatientId, access: EmergencyAccessId) -> Read {
        Read {
            action: Action::ListAppointments,
            resource: Resource::of_tenant("patient", self.world.tenant).about(patient.uuid()),
            subjects: vec![patient.into()],
            what: "appointments".parse().unwrap(),
            purpose: "treatment".parse().unwrap(),
            consents: Vec::new(),
            emergency: Some(access),
        }
    }

    async fn reads(&self, actor: &Actor, now: DateTime<Utc>, read: &Read) -> bool {
        match self.by(actor, now, read).await {
            Ok(_) => true,
            Err(CommandError::NotFound("patient")) => false,
            other => panic!("{other:?}"),
        }
    }

    fn officer(&self, hospital: HospitalId) -> Actor {
        let id = Uuid::now_v7();
        at_hospital(self.world.tenant, id, Role::ComplianceOfficer, hospital)
    }
}

#[tokio::test]
async fn a_record_is_open_to_one_reader_for_an_hour_and_not_a_moment_longer() {
    let ward = Ward::new().await;
    let Ward {
        world,
        hospital,
        elsewhere,
        patient,
        nurse,
        now,
    } = &ward;
    let (patient, now) = (*patient, *now);
    let opened = ward.open().await;
    assert_eq!(opened.until, now + HOUR);
    let read = ward.read(patient, opened.access);
    let last = opened.until - TimeDelta::microseconds(1);
    assert!(ward.reads(nurse, now, &read).await);
    assert!(ward.reads(nurse, last, &read).await);
    assert!(!ward.reads(nurse, opened.until, &read).await);

    // Neither does it open the record to a colleague, nor another record, nor a list of several.
    let colleague = at_hospital(world.tenant, Uuid::now_v7(), Role::Doctor, *hospital);
    assert!(!ward.reads(&colleague, now, &read).await);
    let other = world.register_patient().await;
    assert!(
        !ward
            .reads(nurse, now, &ward.read(other, opened.access))
            .await
    );
    let mut several = read.clone();
    several.subjects.push(other.into());
    assert!(!ward.reads(nurse, now, &several).await);
    let unknown = ward.read(patient, EmergencyAccessId(Uuid::now_v7()));
    assert!(!ward.reads(nurse, now, &unknown).await);
    // Who works there no more has no emergency there.
    let gone = at_hospital(world.tenant, nurse.id, Role::Nurse, *elsewhere);
    assert!(!ward.reads(&gone, now, &read).await);
    let mut without = nurse.clone();
    without.posts[0].role = Role::Receptionist;
    assert!(!ward.reads(&without, now, &read).await);

    // It is to read what is needed for treatment, and to change nothing.
    for action in Action::ALL {
        let allowed = matches!(
            action,
            Action::ListAppointments | Action::ReadAppointment | Action::ReadPatient
        );
        let in_emergency = Read {
            action: *action,
            ..read.clone()
        };
        let without = Read {
            emergency: None,
            ..in_emergency.clone()
        };
        let anyway = ward.by(nurse, now, &without).await.is_ok();
        let done = ward.by(nurse, now, &in_emergency).await;
        assert_eq!(done.is_ok(), allowed || anyway, "{}", action.name());
        assert!(!(allowed && anyway), "{}", action.name());
    }
    let recorded = world.count("access.recorded").await;

    // Closed, it opens nothing from then on.
    let close = Close {
        access: opened.access,
    };
    ward.by(nurse, now, &close).await.unwrap();
    assert!(!ward.reads(nurse, now, &read).await);
    assert_eq!(world.count("access.recorded").await, recorded);
}

#[tokio::test]
async fn what_is_open_is_found_until_it_is_closed_or_over() {
    let ward = Ward::new().await;
    let Ward {
        world,
        patient,
        nurse,
        now,
        ..
    } = &ward;
    let opened = ward.open().await;
    let found = async |tenant, clinician, patient, now| {
        let clinician = SubjectId(clinician);
        open_for(&world.app, tenant, clinician, patient, now)
            .await
            .unwrap()
    };
    let (tenant, access) = (world.tenant, Some(opened.access));
    assert_eq!(found(tenant, nurse.id, *patient, *now).await, access);
    assert_eq!(found(tenant, nurse.id, *patient, opened.until).await, None);
    assert_eq!(found(tenant, Uuid::now_v7(), *patient, *now).await, None);
    let nobody = PatientId(Uuid::now_v7());
    assert_eq!(found(tenant, nurse.id, nobody, *now).await, None);
    let other = TenantId(Uuid::now_v7());
    assert_eq!(found(other, nurse.id, *patient, *now).await, None);
    let subject = SubjectId::from(*patient);
    let opens = async |actor: &Actor, action| {
        let opening = opening(&world.executor, actor, action, subject).await;
        opening.unwrap().emergency
    };
    assert_eq!(opens(nurse, Action::ReadPatient).await, access);
    assert_eq!(opens(nurse, Action::ListAppointments).await, access);
    assert_eq!(opens(nurse, Action::ListNotices).await, None);
    let gone = at_hospital(tenant, nurse.id, Role::Nurse, ward.elsewhere);
    assert_eq!(opens(&gone, Action::ReadPatient).await, None);
    let close = Close {
        access: opened.access,
    };
    ward.by(nurse, *now, &close).await.unwrap();
    assert_eq!(found(tenant, nurse.id, *patient, *now).await, None);
    assert_eq!(opens(nurse, Action::ReadPatient).await, None);
}

#[tokio::test]
async fn only_who_gives_care_there_and_has_just_shown_who_they_are_opens_a_record() {
    let ward = Ward::new().await;
    let Ward {
        world,
        hospital,
        elsewhere,
        patient,
        now,
        ..
    } = &ward;
    let open = open_of(*patient, *hospital);
    let hidden = |outcome: &Result<Committed<EmergencyAccessAnswer>, CommandError>| {
        matches!(outcome, Err(CommandError::NotFound("patient")))
    };
    for role in Role::ALL {
        let may = matches!(role, Role::DepartmentHead | Role::Doctor | Role::Nurse);
        let there = at_hospital(world.tenant, Uuid::now_v7(), *role, *hospital);
        let opened = ward.by(&there, *now, &open).await;
        assert_eq!(opened.is_ok(), may, "{role}");
        assert!(may || hidden(&opened), "{role}: {opened:?}");
        let stale = Actor {
            id: Uuid::now_v7(),
            proven_at: Some(Utc::now() - TimeDelta::minutes(11)),
            ..there.clone()
        };
        let refused = ward.by(&stale, *now, &open).await;
        if may {
            assert!(
                matches!(refused, Err(CommandError::ProofRequired)),
                "{role}"
            );
        } else {
            assert!(hidden(&refused), "{role}: {refused:?}");
        }
        // What they are elsewhere, and in the whole network without a post, counts for nothing.
        let elsewhere = at_hospital(world.tenant, Uuid::now_v7(), *role, *elsewhere);
        assert!(hidden(&ward.by(&elsewhere, *now, &open).await), "{role}");
        let nowhere = Actor {
            roles: vec![*role],
            posts: Vec::new(),
            ..there
        };
        assert!(hidden(&ward.by(&nowhere, *now, &open).await), "{role}");
    }
    let nurse = &ward.nurse;
    let weak = Actor {
        second_factor: false,
        ..nurse.clone()
    };
    let refused = ward.by(&weak, *now, &open).await;
    assert!(matches!(refused, Err(CommandError::SecondFactorRequired)));
    // A doctor of the network is where they are registered.
    let (doctor, practice) = world.practice("PMC-3").await;
    let registered = Actor {
        roles: vec![Role::Doctor],
        posts: Vec::new(),
        ..at_hospital(world.tenant, doctor.uuid(), Role::Doctor, practice)
    };
    assert!(hidden(&ward.by(&registered, *now, &open).await));
    let own = open_of(*patient, practice);
    ward.by(&registered, *now, &own).await.unwrap();

    // Never across tenants, and nobody learns who is a patient there.
    let other = Ward::new().await;
    let theirs = other.patient;
    for unknown in [theirs, PatientId(Uuid::now_v7())] {
        let open = open_of(unknown, *hospital);
        assert!(hidden(&ward.by(nurse, *now, &open).await));
    }
    let opened = other.open().await;
    let close = Close {
        access: opened.access,
    };
    let officer = ward.officer(*hospital);
    let closed = ward.by(nurse, *now, &close).await;
    assert!(matches!(
        closed,
        Err(CommandError::NotFound("emergency access"))
    ));
    let later = *now + HOUR;
    let reviewed = ward.by(&officer, later, &review_of(opened.access)).await;
    assert!(matches!(
        reviewed,
        Err(CommandError::NotFound("emergency access"))
    ));
    // Nobody opens their own.
    let own = at_hospital(world.tenant, patient.uuid(), Role::Doctor, *hospital);
    let refused = ward.by(&own, *now, &open).await;
    assert_eq!(slug(refused), "emergency-access-to-own-record");
}

#[tokio::test]
async fn nobody_opens_very_many_records_however_many_they_ask_for_at_once() {
    let ward = Ward::new().await;
    let Ward {
        world,
        hospital,
        nurse,
        now,
        ..
    } = &ward;
    let mut patients = Vec::new();
    for _ in 0..8 {
        patients.push(world.register_patient().await);
    }
    let opens: Vec<_> = patients
        .iter()
        .map(|patient| open_of(*patient, *hospital))
        .collect();
    let outcomes =
        futures::future::join_all(opens.iter().map(|open| ward.by(nurse, *now, open))).await;
    let (opened, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!((opened.len(), refused.len()), (5, 3));
    for refusal in refused {
        assert_eq!(slug(refusal), "too-many-emergency-accesses");
    }
    // Closing one makes room, and so does the clock.
    let first = opened.into_iter().next().unwrap().unwrap().answer;
    let close = Close {
        access: first.access,
    };
    ward.by(nurse, *now, &close).await.unwrap();
    ward.by(nurse, *now, &open_of(ward.patient, *hospital))
        .await
        .unwrap();
    let more = open_of(world.register_patient().await, *hospital);
    let refused = ward.by(nurse, *now, &more).await;
    assert_eq!(slug(refused), "too-many-emergency-accesses");
    ward.by(nurse, *now + HOUR, &more).await.unwrap();
}

#[tokio::test]
async fn one_record_is_opened_once_and_never_for_longer() {
    let ward = Ward::new().await;
    let Ward {
        world,
        hospital,
        patient,
        nurse,
        now,
        ..
    } = &ward;
    let open = open_of(*patient, *hospital);
    let keyed = CommandContext {
        idempotency: Some(Idempotency {
            key: "k-1".to_owned(),
            body_hash: [7; 32],
        }),
        ..acting(nurse, *now)
    };
    let same = futures::future::join_all((0..6).map(|_| world.run(&keyed, &open))).await;
    let answers: Vec<_> = same.into_iter().map(|done| done.unwrap().answer).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(world.count("emergency-access.opened").await, 1);
    let again = ward.by(nurse, *now + TimeDelta::minutes(59), &open).await;
    assert_eq!(slug(again), "emergency-access-already-open");
    let again = ward.by(nurse, *now + HOUR, &open).await.unwrap();
    assert_eq!(again.answer.until, *now + HOUR + HOUR);
}

#[tokio::test]
async fn who_opened_it_closes_it_and_an_officer_without_a_part_in_it_reviews_it_once() {
    let ward = Ward::new().await;
    let Ward {
        world,
        hospital,
        elsewhere,
        patient,
        nurse,
        now,
    } = &ward;
    let opened = ward.open().await;
    let (access, later) = (opened.access, *now + HOUR);
    let (close, review) = (Close { access }, review_of(access));
    for role in Role::ALL {
        let other = at_hospital(world.tenant, Uuid::now_v7(), *role, *hospital);
        let closed = ward.by(&other, *now, &close).await;
        assert!(
            matches!(closed, Err(CommandError::NotFound("emergency access"))),
            "{role}"
        );
        if *role != Role::ComplianceOfficer {
            let reviewed = ward.by(&other, later, &review).await;
            assert!(
                matches!(reviewed, Err(CommandError::NotFound("emergency access"))),
                "{role}"
            );
        }
    }
    let stale = CommandContext {
        expected_version: Some(1),
        ..acting(nurse, *now)
    };
    let refused = world.run(&stale, &close).await;
    assert!(matches!(refused, Err(CommandError::VersionMismatch { .. })));
    let officer = ward.officer(*hospital);
    let early = ward.by(&officer, *now, &review).await;
    assert_eq!(slug(early), "emergency-access-still-open");
    let strange = ward.by(&ward.officer(*elsewhere), later, &review).await;
    assert!(matches!(
        strange,
        Err(CommandError::NotFound("emergency access"))
    ));
    // Whoever opened it, or whose record it is, signs nothing off, whatever else they are.
    for person in [nurse.id, patient.uuid()] {
        let both = Actor {
            id: person,
            ..ward.officer(*hospital)
        };
        let refused = ward.by(&both, later, &review).await;
        assert_eq!(slug(refused), "emergency-access-own-part");
    }
    ward.by(nurse, *now, &close).await.unwrap();
    ward.by(nurse, *now, &close).await.unwrap();
    assert_eq!(world.count("emergency-access.closed").await, 1);
    assert_eq!(world.count("emergency-watch.ended").await, 1);
    let network = Actor {
        roles: vec![Role::ComplianceOfficer],
        posts: Vec::new(),
        ..officer
    };
    let reviewed = ward.by(&network, *now, &review).await.unwrap();
    assert_eq!(reviewed.answer.version, 5);
    let again = ward.by(&ward.officer(*hospital), later, &review).await;
    assert_eq!(slug(again), "emergency-access-already-reviewed");
}

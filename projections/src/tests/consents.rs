//! What happens to consents and to guardians in the small hospital of the tests.

use chrono::TimeDelta;
use medilink_domain::consent::{
    ConsentEvent, ConsentStatus, ConsentTerms, Denied, Expired, Granted, Grantee, Requested,
    Revoked, Used,
};
use medilink_domain::patient::{GuardianDismissed, GuardianNamed, PatientEvent};
use medilink_domain::values::{ConsentAccessMode, ConsentPurpose, HealthInformationType};
use medilink_domain::{ConsentId, PatientId};
use medilink_log::Position;

use super::world::{TENANT, World, day, id, stream};
use crate::Page;
use crate::consent::{ConsentRow, for_patient, get, granted_to, run_out};

const DOCTOR: Grantee = Grantee::Person {
    id: medilink_domain::SubjectId(uuid::Uuid::from_u128(30)),
};

fn terms(days: i64) -> ConsentTerms {
    ConsentTerms {
        purpose: ConsentPurpose::CareManagement,
        types: vec![HealthInformationType::OPConsultation],
        mode: ConsentAccessMode::View,
        from: day(-100),
        to: day(0),
        expires_at: day(days),
        frequency: None,
    }
}

impl World {
    async fn of_consent(
        &self,
        consent: u128,
        patient: u128,
        event: impl Into<ConsentEvent>,
    ) -> Position {
        let stream = stream("consent", consent);
        self.tell_as(TENANT, &stream, Some(id(patient)), event.into())
            .await
    }

    pub async fn asked(&self, consent: u128, patient: u128, days: i64) -> Position {
        let event = Requested {
            consent: id(consent),
            subject: id(patient),
            requester: id(30),
            grantee: DOCTOR,
            terms: terms(days + 10),
            lapses_at: day(days),
        };
        self.of_consent(consent, patient, event).await
    }

    pub async fn gave(&self, consent: u128, patient: u128, days: i64) -> Position {
        let event = Granted {
            consent: id(consent),
            subject: id(patient),
            by: id(patient),
            grantee: DOCTOR,
            terms: terms(days),
        };
        self.of_consent(consent, patient, event).await
    }

    /// Whatever can happen to consents and guardians, by the numbers.
    pub async fn consents(&self, who: u8, with: u8) {
        // A consent is always about the same person.
        let (number, days) = (900 + u128::from(who % 8), i64::from(with % 5));
        let patient = 40 + number % 4;
        let (consent, by) = (id(number), id(patient));
        let at = day(days);
        match with % 9 {
            0 | 1 => self.asked(number, patient, days).await,
            2 => self.gave(number, patient, days).await,
            3 => {
                self.of_consent(number, patient, Denied { consent, by })
                    .await
            }
            4 => {
                self.of_consent(number, patient, Revoked { consent, by })
                    .await
            }
            5 => self.of_consent(number, patient, Expired { consent }).await,
            6 => self.of_consent(number, patient, Used { consent, at }).await,
            7 => self.guarded(patient, true).await,
            _ => self.guarded(patient, false).await,
        };
    }

    async fn guarded(&self, patient: u128, named: bool) -> Position {
        let minor: PatientId = id(patient);
        let event: PatientEvent = if named {
            let until = day(1000).date_naive();
            GuardianNamed {
                patient: minor,
                guardian: id(49),
                until,
            }
            .into()
        } else {
            GuardianDismissed {
                patient: minor,
                guardian: id(49),
            }
            .into()
        };
        let stream = stream("patient", patient);
        self.tell_as(TENANT, &stream, Some(id(patient)), event)
            .await
    }
}

fn first() -> Page<ConsentId> {
    Page {
        after: None,
        limit: 50,
    }
}

fn ids(rows: &[ConsentRow]) -> Vec<u128> {
    rows.iter()
        .map(|row| row.consent.uuid().as_u128())
        .collect()
}

#[tokio::test]
async fn what_is_over_by_the_clock_is_listed_as_over() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.asked(1, 40, 2).await;
    world.gave(2, 40, 2).await;
    world.asked(3, 40, 1).await;
    world.gave(3, 40, 3).await;
    world.gave(4, 41, 3).await;
    world.settle(&projector).await;
    running.stop().await;
    let reads = &world.reads;
    let listed = async |state, now| {
        let listed = for_patient(reads, TENANT, id(40), state, now, first());
        ids(&listed.await.unwrap().rows)
    };
    let before = day(2) - TimeDelta::microseconds(1);
    assert_eq!(listed(None, before).await, [3, 2, 1]);
    let (requested, granted, expired) = (
        Some(ConsentStatus::Requested),
        Some(ConsentStatus::Granted),
        Some(ConsentStatus::Expired),
    );
    assert_eq!(listed(requested, before).await, [1]);
    assert_eq!(listed(granted, before).await, [3, 2]);
    assert_eq!(listed(expired, before).await, [0; 0]);
    assert_eq!(listed(requested, day(2)).await, [0; 0]);
    assert_eq!(listed(granted, day(2)).await, [3]);
    assert_eq!(listed(expired, day(2)).await, [2, 1]);
    assert_eq!(listed(Some(ConsentStatus::Denied), day(2)).await, [0; 0]);

    let row = get(reads, TENANT, id(3)).await.unwrap().unwrap();
    assert_eq!(row.requester, Some(id(30)));
    assert_eq!(
        row.state_at(day(3) - TimeDelta::microseconds(1)),
        ConsentStatus::Granted
    );
    assert_eq!(row.state_at(day(3)), ConsentStatus::Expired);

    let held = async |grantees: &[Grantee], now| {
        let held = granted_to(reads, TENANT, grantees, now, first());
        ids(&held.await.unwrap().rows)
    };
    assert_eq!(held(&[DOCTOR], before).await, [4, 3, 2]);
    assert_eq!(held(&[DOCTOR], day(2)).await, [4, 3]);
    let hospital = Grantee::Hospital { id: id(30) };
    assert_eq!(held(&[hospital], before).await, [0; 0]);
    assert_eq!(held(&[], before).await, [0; 0]);

    let due = async |now| ids(&run_out(reads, now, 10).await.unwrap());
    assert_eq!(due(before).await, [0; 0]);
    let mut over = due(day(2)).await;
    over.sort_unstable();
    assert_eq!(over, [1, 2]);
}

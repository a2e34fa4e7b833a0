//! What happens to records that are opened in emergencies in the small hospital of the tests.

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::emergency_access::{
    Closed, EmergencyAccessEvent, EmergencyStatus, Explained, Opened, Remarked, Reviewed,
};
use medilink_domain::values::EmergencyReason;
use medilink_domain::{Category, EmergencyAccessId, SubjectId};
use medilink_log::Position;

use super::world::{TENANT, World, day, id, stream, text};
use crate::Page;
use crate::emergency_access::{Wanted, among, find, list};

impl World {
    async fn of_emergency(
        &self,
        access: u128,
        patient: u128,
        event: impl Into<EmergencyAccessEvent>,
    ) -> Position {
        let stream = stream("emergency-access", access);
        self.tell_as(TENANT, &stream, Some(id(patient)), event.into())
            .await
    }

    pub async fn broke_the_glass(
        &self,
        access: u128,
        patient: u128,
        clinician: u128,
        until: DateTime<Utc>,
    ) -> Position {
        let opened = Opened {
            access: id(access),
            subject: id(patient),
            clinician: id(clinician),
            hospital: id(10 + clinician % 2),
            reason: EmergencyReason::DangerToLife,
            until,
        };
        self.of_emergency(access, patient, opened).await;
        let explained = Explained {
            access: id(access),
            explanation: text("no pulse"),
        };
        self.of_emergency(access, patient, explained).await
    }

    async fn closed(&self, access: u128, patient: u128) -> Position {
        let closed = Closed { access: id(access) };
        self.of_emergency(access, patient, closed).await
    }

    async fn reviewed(&self, access: u128, patient: u128, justified: bool) -> Position {
        let reviewed = Reviewed {
            access: id(access),
            by: id(9),
            justified,
        };
        self.of_emergency(access, patient, reviewed).await;
        let remarked = Remarked {
            access: id(access),
            remark: text("as the ambulance's report says"),
        };
        self.of_emergency(access, patient, remarked).await
    }

    /// Whatever can happen to emergency accesses, by the numbers.
    pub async fn emergencies(&self, who: u8, with: u8) {
        // One is always about the same person.
        let access = 950 + u128::from(who % 8);
        let patient = 40 + access % 4;
        match with % 4 {
            0 | 1 => {
                let until = day(i64::from(with % 5));
                self.broke_the_glass(access, patient, 30, until).await
            }
            2 => self.closed(access, patient).await,
            _ => self.reviewed(access, patient, with % 8 == 3).await,
        };
    }
}

fn first() -> Page<EmergencyAccessId> {
    Page {
        after: None,
        limit: 50,
    }
}

#[tokio::test]
async fn what_is_over_by_the_clock_awaits_its_review() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.broke_the_glass(1, 40, 30, day(1)).await;
    world.broke_the_glass(2, 41, 30, day(2)).await;
    world.closed(2, 41).await;
    world.broke_the_glass(3, 40, 31, day(2)).await;
    world.broke_the_glass(4, 41, 31, day(1)).await;
    world.reviewed(4, 41, false).await;
    world.settle(&projector).await;
    running.stop().await;
    let reads = &world.reads;
    let listed = async |wanted: Wanted, now| {
        let listed = list(reads, TENANT, &wanted, now, first()).await.unwrap();
        let rows = listed.rows.iter();
        rows.map(|row| row.access.uuid().as_u128())
            .collect::<Vec<_>>()
    };
    let in_status = |status| Wanted {
        status: Some(status),
        ..Wanted::default()
    };
    let (open, awaiting, reviewed) = (
        in_status(EmergencyStatus::Open),
        in_status(EmergencyStatus::AwaitingReview),
        in_status(EmergencyStatus::Reviewed),
    );
    let before = day(1) - TimeDelta::microseconds(1);
    assert_eq!(listed(Wanted::default(), before).await, [4, 3, 2, 1]);
    assert_eq!(listed(open, before).await, [3, 1]);
    assert_eq!(listed(awaiting, before).await, [2]);
    assert_eq!(listed(open, day(1)).await, [3]);
    assert_eq!(listed(awaiting, day(1)).await, [2, 1]);
    assert_eq!(listed(reviewed, day(1)).await, [4]);
    let of = |clinician, hospital| Wanted {
        clinician,
        hospital,
        status: None,
    };
    assert_eq!(listed(of(Some(id(30)), None), before).await, [2, 1]);
    assert_eq!(listed(of(None, Some(id(11))), before).await, [4, 3]);
    assert_eq!(listed(of(Some(id(30)), Some(id(11))), before).await, [0; 0]);
    for (access, now) in [(1, before), (1, day(1)), (2, before), (4, day(3))] {
        let row = among(reads, TENANT, [id(access)]).await.unwrap().remove(0);
        let shown = listed(in_status(row.status_at(now)), now).await;
        assert!(shown.contains(&access), "{access} at {now}");
    }

    let mut seen = Vec::new();
    let mut page = Page::first(3);
    loop {
        let listed = list(reads, TENANT, &Wanted::default(), before, page).await;
        let listed = listed.unwrap();
        seen.extend(listed.rows.iter().map(|row| row.access.uuid().as_u128()));
        let Some(next) = listed.next else { break };
        // As it travels in a URL.
        page.after = Some(next.to_string().parse().unwrap());
    }
    assert_eq!(seen, [4, 3, 2, 1]);
}

#[tokio::test]
async fn what_was_written_is_shown_until_the_patient_is_erased() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.broke_the_glass(1, 41, 30, day(1)).await;
    world.reviewed(1, 41, true).await;
    world.settle(&projector).await;
    let found = find(&world.reads, TENANT, id(1)).await.unwrap().unwrap();
    assert_eq!(
        (found.patient, found.clinician, found.hospital),
        (id(41), id(30), id(10))
    );
    let row = found.open(&world.reads).await.unwrap().unwrap();
    assert_eq!(row.explanation.unwrap().as_str(), "no pulse");
    assert_eq!(
        row.remark.unwrap().as_str(),
        "as the ambulance's report says"
    );
    assert_eq!((row.justified, row.version), (Some(true), 4));
    let vault = world.codec.vault();
    let by = uuid::Uuid::nil();
    vault
        .shred(TENANT, id::<SubjectId>(41), Category::Clinical, by)
        .await
        .unwrap();
    // What happens afterwards parks nothing.
    world.closed(1, 41).await;
    world.settle(&projector).await;
    running.stop().await;
    assert!(
        among(&world.reads, TENANT, [id(1)])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(world.letters("emergency_access").await.is_empty());
}

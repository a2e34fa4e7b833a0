//! Exports: what is next to be done with one, and who finds which.

use chrono::{TimeDelta, Utc};
use medilink_domain::export::{
    Cancelled, Completed, Deleted, Expired, ExportEvent, ExportFormat, ExportGround, ExportState,
    Failed, LinkGiven, Progressed, Requested, Started,
};
use medilink_domain::values::{Language, SecretHash, TreeRoot};
use medilink_log::Position;
use uuid::Uuid;

use super::world::{TENANT, World, day, id, stream, text};
use crate::Page;
use crate::export::{LONGEST, due, get, of_person, open_ones};

impl World {
    /// Something happens to one of six exports of four people.
    pub async fn happens_to_an_export(&self, who: u8, with: u8) -> Position {
        let export = 960 + u128::from(who % 6);
        let person = 40 + export % 4;
        let export_id = id(export);
        let event: ExportEvent = match with % 9 {
            0 => self.copy_of(export, person, person),
            1 => Started { export: export_id }.into(),
            2 => Progressed {
                export: export_id,
                percent: who % 100,
            }
            .into(),
            3 => Completed {
                export: export_id,
                file: Uuid::from_u128(u128::from(who)),
                size: 7,
                digest: TreeRoot::from([3; 32]),
                expires_at: day(8),
            }
            .into(),
            4 => Failed {
                export: export_id,
                cause: text("data-unreadable"),
            }
            .into(),
            5 => Cancelled {
                export: export_id,
                cause: text("not-wanted"),
            }
            .into(),
            6 => LinkGiven {
                export: export_id,
                secret_hash: SecretHash::from([5; 32]),
                expires_at: day(1),
            }
            .into(),
            7 => Expired { export: export_id }.into(),
            _ => Deleted { export: export_id }.into(),
        };
        self.to_export(export, person, event).await
    }

    /// A person asks for a copy of their data.
    pub async fn asks_for_a_copy(&self, export: u128, person: u128) -> Position {
        let asked = self.copy_of(export, person, person);
        self.to_export(export, person, asked).await
    }

    fn copy_of(&self, export: u128, person: u128, by: u128) -> ExportEvent {
        Requested {
            export: id(export),
            person: id(person),
            by: id(by),
            ground: ExportGround::OwnRecord,
            formats: vec![ExportFormat::Json],
            language: Language::English,
        }
        .into()
    }

    pub async fn to_export(&self, export: u128, person: u128, event: ExportEvent) -> Position {
        self.tell::<ExportEvent>(&stream("export", export), Some(id(person)), event)
            .await
    }
}

#[tokio::test]
async fn an_export_is_due_until_nothing_is_left_of_it() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    {
        let started = |export| Started { export: id(export) }.into();
        let cancelled = |export| {
            let cause = text("not-wanted");
            Cancelled {
                export: id(export),
                cause,
            }
            .into()
        };
        // Queued, running, ready, cancelled while queued, cancelled while it ran.
        for export in 1..=5 {
            let asked = world.copy_of(export, 40, if export == 2 { 41 } else { 40 });
            world.to_export(export, 40, asked).await;
        }
        for export in [2, 3, 5] {
            world.to_export(export, 40, started(export)).await;
        }
        let until = Utc::now() + TimeDelta::days(7);
        let completed = Completed {
            export: id(3),
            file: Uuid::from_u128(9),
            size: 7,
            digest: TreeRoot::from([3; 32]),
            expires_at: until,
        };
        world.to_export(3, 40, completed.into()).await;
        world.to_export(4, 40, cancelled(4)).await;
        world.to_export(5, 40, cancelled(5)).await;
        world.settle(&projector).await;
        let reads = world.reads.clone();
        let due_at = |at| {
            let reads = reads.clone();
            async move {
                let rows = due(&reads, at, 9).await.unwrap();
                let mut all: Vec<u128> =
                    rows.iter().map(|row| row.export.uuid().as_u128()).collect();
                all.sort_unstable();
                all
            }
        };
        let now = Utc::now();
        let ids = |numbers: &[u128]| {
            let ids = numbers.iter().map(|number| id::<Uuid>(*number).as_u128());
            ids.collect::<Vec<_>>()
        };
        assert_eq!(due_at(now).await, ids(&[1, 2]));
        let later = now + LONGEST + TimeDelta::minutes(1);
        assert_eq!(
            due_at(later).await,
            ids(&[1, 2, 5]),
            "a worker may have been at it"
        );
        assert_eq!(due_at(until).await, ids(&[1, 2, 3, 5]));
        world
            .to_export(5, 40, Deleted { export: id(5) }.into())
            .await;
        world.settle(&projector).await;
        assert_eq!(due_at(until).await, ids(&[1, 2, 3]));

        let ready = get(&reads, TENANT, id(3)).await.unwrap().unwrap();
        assert_eq!(
            (ready.state, ready.percent, ready.size),
            (ExportState::Ready, 100, Some(7))
        );
        assert_eq!(ready.state_at(until), ExportState::Expired);
        let other = medilink_domain::TenantId(Uuid::now_v7());
        assert!(get(&reads, other, id(3)).await.unwrap().is_none());
        let listed = of_person(&reads, TENANT, id(40), Page::first(2))
            .await
            .unwrap();
        let listed: Vec<u128> = listed
            .rows
            .iter()
            .map(|row| row.export.uuid().as_u128())
            .collect();
        assert_eq!(listed, ids(&[5, 4]));
        for (person, open) in [(40, 3), (41, 1), (42, 0)] {
            let found = open_ones(&reads, TENANT, id(person)).await.unwrap();
            assert_eq!(found.len(), open, "{person}");
        }
    }
    running.stop().await;
}

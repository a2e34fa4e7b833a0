//! A rebuild is beside the live rows, ends in the same rows, and nobody sees it half done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use medilink_domain::hospital::HospitalEvent;
use medilink_domain::{HospitalId, TenantId};
use medilink_log::Position;

use super::world::{TENANT, World, eventually};
use crate::runtime::error::ProjectionError;
use crate::runtime::lane::{Registration, lane};
use crate::runtime::model::{Fact, FoldError, ReadModel};
use crate::runtime::row::row;
use crate::{Page, hospital};

async fn tables(world: &World) -> Vec<String> {
    let client = world.databases.superuser().await;
    let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'read' AND tablename LIKE '%\\_v%' ORDER BY 1";
    client
        .query(sql, &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

#[tokio::test]
async fn while_a_model_is_rebuilt_under_load_readers_see_all_rows_and_never_older_ones() {
    let world = Arc::new(World::new().await);
    let projector = world.projector();
    let running = world.run(&projector);
    for number in 1..=60 {
        world.opened(number).await;
    }
    world.settle(&projector).await;

    let done = Arc::new(AtomicBool::new(false));
    let reads = AtomicU64::new(0);
    let appending = async {
        let mut department = 1_000;
        while !done.load(Ordering::SeqCst) {
            world.department(1, department).await;
            department += 1;
        }
        department - 1_000
    };
    let reading = async {
        let mut newest = Position::START;
        while !done.load(Ordering::SeqCst) {
            let listed = hospital::list(&world.reads, TENANT, Page::first(100))
                .await
                .unwrap();
            assert_eq!(
                listed.rows.len(),
                60,
                "a reader saw a model that was not whole"
            );
            let now = listed.rows.iter().map(|row| row.position).max().unwrap();
            assert!(now >= newest, "a reader saw time run back");
            newest = now;
            reads.fetch_add(1, Ordering::SeqCst);
        }
    };
    let rebuilding = async {
        for _ in 0..6 {
            projector.rebuild("hospital").await.unwrap();
        }
        done.store(true, Ordering::SeqCst);
    };
    let (appended, (), ()) = tokio::join!(appending, reading, rebuilding);
    assert!(
        appended > 20 && reads.load(Ordering::SeqCst) > 20,
        "{appended} events, {reads:?} reads"
    );

    world.settle(&projector).await;
    let row = hospital::get(&world.reads, TENANT, super::world::id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        row.departments.0.len() as u128,
        appended,
        "an event was lost or counted twice"
    );
    world.assert_rebuilds_alike(&projector).await;
    running.stop().await;
    assert_eq!(
        tables(&world).await.len(),
        projector.names().count(),
        "former generations are removed"
    );
}

#[tokio::test]
async fn a_killed_rebuild_is_never_seen_and_the_next_start_finishes_it() {
    let scenario = fail::FailScenario::setup();
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.opened(10).await;
    world.settle(&projector).await;
    running.stop().await;
    let before = tables(&world).await;

    for (point, left) in [("rebuild-before-copy", 1), ("rebuild-before-swap", 1)] {
        fail::cfg(point, "return").unwrap();
        assert!(matches!(
            projector.rebuild("hospital").await,
            Err(ProjectionError::FailPoint(_))
        ));
        fail::remove(point);
        assert_eq!(tables(&world).await.len(), before.len() + left, "{point}");
        assert_eq!(
            world.rows(&projector, "hospital").await.len(),
            1,
            "the live rows stay"
        );
    }

    let running = world.run(&projector);
    eventually("the killed rebuild is done again", || async {
        let now = tables(&world).await;
        now.len() == before.len() && now != before
    })
    .await;
    world.opened(11).await;
    world.settle(&projector).await;
    assert_eq!(world.rows(&projector, "hospital").await.len(), 2);
    running.stop().await;
    scenario.teardown();
}

#[tokio::test]
async fn two_rebuilds_of_one_projection_do_not_run_at_once() {
    let world = World::new().await;
    let projector = world.projector();
    let holder = world.projector_role.connect().await.unwrap();
    let name = crate::runtime::rebuild::lock_name("hospital");
    assert!(
        crate::runtime::rebuild::try_lock(&holder, &name)
            .await
            .unwrap()
    );
    assert!(matches!(
        projector.rebuild("hospital").await,
        Err(ProjectionError::RebuildRunning)
    ));
    drop(holder);
    eventually("the lock goes with its session", || async {
        projector.rebuild("hospital").await.is_ok()
    })
    .await;
    assert!(matches!(
        projector.rebuild("nothing").await,
        Err(ProjectionError::Unknown)
    ));
}

mod first {
    use super::*;

    row! {
        /// The first shape.
        pub struct ShapeRow in "shape" {
            key {
                /// The hospital.
                hospital: HospitalId,
            }
            clear {
                /// Its tenant.
                tenant: TenantId,
                /// How many events it had.
                events: u64,
            }
        }
    }

    pub struct Model;

    impl ReadModel for Model {
        const VERSION: u16 = 1;
        const INDEXES: &'static [&'static str] = &[];
        type Source = HospitalEvent;
        type Row = ShapeRow;

        fn keys(fact: &Fact<HospitalEvent>) -> Result<Vec<(HospitalId,)>, FoldError> {
            Ok(vec![(fact.id("hospital")?,)])
        }

        fn fold(
            key: &(HospitalId,),
            row: Option<ShapeRow>,
            fact: &Fact<HospitalEvent>,
        ) -> Result<Option<ShapeRow>, FoldError> {
            let events = row.map_or(0, |row| row.events) + 1;
            Ok(Some(ShapeRow {
                hospital: key.0,
                tenant: fact.tenant,
                events,
            }))
        }
    }
}

mod second {
    use super::*;

    row! {
        /// The second shape, with another column before the rest.
        pub struct ShapeRow in "shape" {
            key {
                /// The hospital.
                hospital: HospitalId,
            }
            clear {
                /// The last event.
                position: Position,
                /// Its tenant.
                tenant: TenantId,
            }
        }
    }

    pub struct Model;

    impl ReadModel for Model {
        const VERSION: u16 = 2;
        const INDEXES: &'static [&'static str] = &["(position)"];
        type Source = HospitalEvent;
        type Row = ShapeRow;

        fn keys(fact: &Fact<HospitalEvent>) -> Result<Vec<(HospitalId,)>, FoldError> {
            Ok(vec![(fact.id("hospital")?,)])
        }

        fn fold(
            key: &(HospitalId,),
            _: Option<ShapeRow>,
            fact: &Fact<HospitalEvent>,
        ) -> Result<Option<ShapeRow>, FoldError> {
            Ok(Some(ShapeRow {
                hospital: key.0,
                position: fact.position,
                tenant: fact.tenant,
            }))
        }
    }
}

fn of<M: ReadModel>() -> Vec<Registration> {
    vec![lane::<M>()]
}

#[tokio::test]
async fn a_raised_version_is_built_beside_the_old_one_which_an_older_process_keeps_fresh_until_the_swap()
 {
    let scenario = fail::FailScenario::setup();
    let world = World::new().await;
    let old = world.projector_of(of::<first::Model>());
    let new = world.projector_of(of::<second::Model>());
    let running_old = world.run(&old);
    world.opened(10).await;
    world.settle(&old).await;

    // The new release starts while the old one runs, and is held up in its rebuild.
    fail::cfg("rebuild-before-swap", "return").unwrap();
    let running_new = world.run(&new);
    world.department(10, 1).await;
    world.settle(&old).await;
    let rows = world.rows(&old, "shape").await;
    assert_eq!(rows[0]["events"], 2, "the old rows stay fresh: {rows:?}");

    fail::remove("rebuild-before-swap");
    eventually("the new version is live", || async {
        new.rows_clear("shape").await.is_ok()
    })
    .await;
    let last = world.department(10, 2).await;
    world.settle(&new).await;
    assert_eq!(world.rows(&new, "shape").await[0]["position"], last.0);

    // The older process stands by as long as the newer one is there, and doesn't fight it.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(matches!(
        old.rows_clear("shape").await,
        Err(ProjectionError::OtherVersion)
    ));
    running_old.stop().await;
    running_new.stop().await;

    // Rolled back: the older release builds its own shape again.
    let running = world.run(&old);
    eventually("the old version is live again", || async {
        old.rows_clear("shape").await.is_ok()
    })
    .await;
    assert_eq!(world.rows(&old, "shape").await[0]["events"], 3);
    running.stop().await;
    scenario.teardown();
}

//! Each event counts once, whatever is delivered how often and wherever a process dies.

use medilink_database::Session;
use medilink_log::{LogReader, Position, RecordedEvent};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::world::World;
use crate::hospital::Hospitals;
use crate::runtime::apply::Applier;
use crate::runtime::error::ProjectionError;
use crate::runtime::generation::Target;

/// The hospital model appends a department per event: whatever is folded twice, or in
/// another order, shows.
async fn hospitals(world: &World) -> (Applier<Hospitals>, Session) {
    let applier = Applier::new(
        world.codec.clone(),
        LogReader::new(world.projector_role.clone()),
    );
    applier.rebuild(&world.projector_role).await.unwrap();
    (applier, world.projector_role.session().await.unwrap())
}

/// Delivers as the lane does: what is missing is read from the log.
async fn deliver(applier: &Applier<Hospitals>, client: &mut Session, events: &[RecordedEvent]) {
    match applier.apply(client, Target::Live, events).await {
        Ok(_) => {}
        Err(ProjectionError::Gap(after)) => {
            let wanted = events.last().unwrap().position.0 - after.0;
            let missing = applier.reader.after(after, wanted as usize).await.unwrap();
            applier.apply(client, Target::Live, &missing).await.unwrap();
        }
        Err(error) => panic!("{error}"),
    }
}

async fn departments(world: &World) -> Vec<u128> {
    let rows = world.rows(&world.projector(), "hospital").await;
    let parse = |department: &serde_json::Value| {
        uuid::Uuid::parse_str(department["department"].as_str().unwrap())
            .unwrap()
            .as_u128()
    };
    rows[0]["departments"]
        .as_array()
        .unwrap()
        .iter()
        .map(parse)
        .collect()
}

#[test]
fn each_event_counts_once_and_in_order_under_redelivery_and_shuffling() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let deliveries = prop::collection::vec((0..60usize, 1..20usize), 1..40);
    let config = Config {
        cases: 8,
        max_shrink_iters: 30,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&deliveries, |deliveries| {
            runtime.block_on(async {
                let world = World::new().await;
                let (applier, mut client) = hospitals(&world).await;
                world.opened(10).await;
                for department in 0..59 {
                    world.department(10, 100 + department).await;
                }
                let log = world.log().await;
                for (from, length) in &deliveries {
                    deliver(
                        &applier,
                        &mut client,
                        &log[*from..(from + length).min(log.len())],
                    )
                    .await;
                }
                deliver(&applier, &mut client, &log[59..]).await;
                assert_eq!(departments(&world).await, (100..159).collect::<Vec<u128>>());
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_batch_that_dies_before_its_commit_leaves_nothing_and_is_then_applied_once() {
    let scenario = fail::FailScenario::setup();
    let world = World::new().await;
    let (applier, mut client) = hospitals(&world).await;
    world.opened(10).await;
    world.department(10, 100).await;
    let log = world.log().await;

    fail::cfg("projection-before-commit", "return").unwrap();
    let died = applier.apply(&mut client, Target::Live, &log).await;
    assert!(matches!(died, Err(ProjectionError::FailPoint(_))));
    assert!(world.rows(&world.projector(), "hospital").await.is_empty());

    fail::remove("projection-before-commit");
    for _ in 0..2 {
        assert_eq!(
            applier
                .apply(&mut client, Target::Live, &log)
                .await
                .unwrap(),
            Position(2)
        );
    }
    assert_eq!(departments(&world).await, [100]);
    scenario.teardown();
}

#[tokio::test]
async fn a_session_that_is_cut_in_the_middle_of_a_batch_leaves_nothing() {
    let world = World::new().await;
    let (applier, mut client) = hospitals(&world).await;
    world.opened(10).await;
    let log = world.log().await;
    // Another session holds the checkpoint, so the batch is caught inside its transaction.
    let mut other = world.projector_role.session().await.unwrap();
    let holding = other.transaction().await.unwrap();
    holding
        .execute("SELECT 1 FROM read.checkpoints FOR UPDATE", &[])
        .await
        .unwrap();
    let pid: i32 = client
        .query_one("SELECT pg_backend_pid()", &[])
        .await
        .unwrap()
        .get(0);
    let superuser = world.databases.superuser().await;
    let (applied, ()) = tokio::join!(applier.apply(&mut client, Target::Live, &log), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        superuser
            .execute("SELECT pg_terminate_backend($1)", &[&pid])
            .await
            .unwrap();
    });
    assert!(matches!(applied, Err(ProjectionError::Database(error)) if error.is_transient()));
    holding.rollback().await.unwrap();
    let mut client = world.projector_role.session().await.unwrap();
    applier
        .apply(&mut client, Target::Live, &log)
        .await
        .unwrap();
    assert_eq!(world.rows(&world.projector(), "hospital").await.len(), 1);
}

//! Readers that must see a position.

use std::time::{Duration, Instant};

use medilink_log::Position;

use super::world::World;
use crate::WaitError;

#[tokio::test]
async fn a_reader_waits_until_its_own_write_is_in_the_rows() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    let checkpoints = world.checkpoints();
    for hospital in 10..20 {
        let written = world.opened(hospital).await;
        let reached = checkpoints
            .wait("hospital", written, Duration::from_secs(10))
            .await
            .unwrap();
        assert!(reached >= written);
        let found = crate::hospital::get(
            &world.reads,
            super::world::TENANT,
            super::world::id(hospital),
        )
        .await
        .unwrap();
        assert!(found.is_some(), "the row is there once the position is");
    }
    running.stop().await;
}

#[tokio::test]
async fn waiting_for_what_never_comes_ends_in_time_and_says_where_the_model_is() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    let head = world.opened(10).await;
    world.settle(&projector).await;
    running.stop().await;
    let started = Instant::now();
    let waited = world
        .checkpoints()
        .wait("hospital", Position(head.0 + 1), Duration::from_millis(200))
        .await;
    assert!(
        matches!(waited, Err(WaitError::TimedOut(at)) if at == head),
        "{waited:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(2));
}

/// What the projector wrote last is not yet on the disk when the database crashes.
#[tokio::test]
async fn a_reader_does_not_rely_on_what_a_crash_undid() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    let head = world.opened(10).await;
    world.settle(&projector).await;
    running.stop().await;
    let checkpoints = world.checkpoints();
    let wait = || checkpoints.wait("hospital", head, Duration::from_millis(300));
    assert_eq!(wait().await.unwrap(), head);
    world
        .databases
        .superuser()
        .await
        .batch_execute("UPDATE read.checkpoints SET position = position - 1")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let waited = wait().await;
    assert!(
        matches!(waited, Err(WaitError::TimedOut(at)) if at.next() == head),
        "{waited:?}"
    );
}

#[tokio::test]
async fn many_readers_wait_on_one_poller_and_nobody_polls_when_nobody_waits() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.opened(10).await;
    world.settle(&projector).await;
    // With one connection, its prepared statement counts every reading.
    let config = medilink_database::DatabaseConfig {
        pool_size: 1,
        ..world.databases.main("medilink_app")
    };
    let pool = medilink_database::Database::new(config).unwrap();
    let checkpoints = crate::Checkpoints::new(pool.clone());
    let next = Position(2);
    let waiters: Vec<_> = (0..200)
        .map(|_| {
            let checkpoints = checkpoints.clone();
            tokio::spawn(async move {
                checkpoints
                    .wait("hospital", next, Duration::from_secs(10))
                    .await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let while_waiting = readings(&pool).await;
    assert!(while_waiting > 5, "nobody polls");
    world.opened(11).await;
    for waiter in waiters {
        waiter.await.unwrap().unwrap();
    }
    // One reading per 5 ms, not one per waiter.
    assert!(
        while_waiting <= 80,
        "{while_waiting} readings in about 300 ms"
    );
    let before = readings(&pool).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(
        before,
        readings(&pool).await,
        "somebody polls though nobody waits"
    );
    running.stop().await;
}

/// How often the checkpoints were read over this pool's only connection.
async fn readings(pool: &medilink_database::Database) -> i64 {
    let client = pool.client().await.unwrap();
    let sql = "SELECT (generic_plans + custom_plans) FROM pg_prepared_statements
               WHERE statement LIKE 'SELECT projection, position FROM read.checkpoints%'";
    client
        .query_opt(sql, &[])
        .await
        .unwrap()
        .map_or(0, |row| row.get(0))
}

#[tokio::test]
async fn behind_tells_events_and_parked_ones() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.opened(10).await;
    let poison = world
        .garble(
            &super::world::stream("hospital", 10),
            "hospital.department-added",
            "{}",
        )
        .await;
    world.settle(&projector).await;
    running.stop().await;
    world.opened(11).await;
    world.opened(12).await;
    let checkpoints = world.checkpoints();
    let standing = checkpoints
        .standing(&["hospital", "nothing"])
        .await
        .unwrap();
    let [standing] = <[_; 1]>::try_from(standing).unwrap();
    assert_eq!(standing.position, poison);
    assert_eq!(standing.head.0, poison.0 + 2);
    let behind = checkpoints.behind().await.unwrap();
    let mut behind = behind
        .into_iter()
        .filter(|one| one.projection == "hospital");
    let behind = behind.next().unwrap();
    assert_eq!(
        (behind.position, behind.events, behind.parked),
        (poison, 2, 1)
    );
    assert!(behind.age < Duration::from_secs(60));
    assert_eq!(
        world.checkpoints().behind().await.unwrap().len(),
        projector.names().count()
    );
}

//! Projectors as processes: one at a time, taken over, drained, without a broker.

use std::time::Duration;

use super::world::World;

#[tokio::test]
async fn of_two_projectors_one_works_and_the_other_takes_over_when_it_is_killed() {
    let world = World::new().await;
    let (first, second) = (world.projector(), world.projector());
    let running_first = world.run(&first);
    let running_second = world.run(&second);
    world.opened(10).await;
    for department in 0..100 {
        world.department(10, 100 + department).await;
        if department == 50 {
            world.settle(&first).await;
        }
    }
    running_first.kill().await;
    for department in 100..150 {
        world.department(10, 100 + department).await;
    }
    world.settle(&second).await;
    let rows = world.rows(&second, "hospital").await;
    assert_eq!(rows[0]["departments"].as_array().unwrap().len(), 150);
    world.assert_rebuilds_alike(&second).await;
    running_second.stop().await;
}

#[tokio::test]
async fn a_projector_survives_that_the_database_cuts_all_its_sessions() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.opened(10).await;
    world.settle(&projector).await;
    let superuser = world.databases.superuser().await;
    superuser
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND usename = 'medilink_projector'",
            &[],
        )
        .await
        .unwrap();
    world.opened(11).await;
    world.settle(&projector).await;
    assert_eq!(world.rows(&projector, "hospital").await.len(), 2);
    running.stop().await;
}

#[tokio::test]
async fn without_a_broker_rows_stay_fresh_by_reading_the_log() {
    let world = World::new().await;
    let projector = world.projector().polling_every(Duration::from_secs(1));
    let running = world.run(&projector);
    world.opened(10).await;
    world.settle(&projector).await;
    let written = world.opened(11).await;
    let waited = world
        .checkpoints()
        .wait("hospital", written, Duration::from_millis(2_500))
        .await;
    assert!(waited.is_ok(), "{waited:?}");
    running.stop().await;
}

#[tokio::test]
async fn the_application_may_read_the_views_and_nothing_may_be_written_by_it() {
    let world = World::new().await;
    let projector = world.projector();
    let running = world.run(&projector);
    world.opened(10).await;
    world.settle(&projector).await;
    running.stop().await;
    let client = world.app.client().await.unwrap();
    for name in projector.names() {
        client
            .query(&format!("SELECT * FROM read.{name}"), &[])
            .await
            .unwrap();
    }
    for forbidden in [
        "DELETE FROM read.hospital",
        "UPDATE read.checkpoints SET position = 0",
        "DELETE FROM read.dead_letters",
        "CREATE TABLE read.other (id integer)",
    ] {
        let refused = client.batch_execute(forbidden).await.unwrap_err();
        assert_eq!(
            refused.code(),
            Some(&tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE),
            "{forbidden}"
        );
    }
}

#[test]
fn projections_are_registered_in_alphabetical_order_and_once() {
    let names: Vec<_> = crate::registry::all()
        .iter()
        .map(|found| found.name)
        .collect();
    assert!(names.is_sorted_by(|left, right| left < right), "{names:?}");
}

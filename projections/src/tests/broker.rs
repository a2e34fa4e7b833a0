//! Events through a real JetStream: at once, once, and without it all the same.

use std::time::Duration;

use medilink_bus::{Relay, RelayConfig};
use medilink_log::LogReader;
use medilink_test_support::TestBroker;
use tokio_util::sync::CancellationToken;

use super::world::World;
use crate::Projector;

async fn departments(world: &World, projector: &Projector) -> usize {
    world.rows(projector, "hospital").await[0]["departments"]
        .as_array()
        .unwrap()
        .len()
}

#[tokio::test]
async fn events_come_through_the_broker_once_though_one_is_applied_but_not_acknowledged_and_then_without_it()
 {
    let scenario = fail::FailScenario::setup();
    let world = World::new().await;
    let mut broker = TestBroker::start();
    let relay = Relay::new(
        broker.bus("relay").await,
        LogReader::new(world.app.clone()),
        RelayConfig::default(),
    )
    .unwrap();
    let drain = CancellationToken::new();
    let relaying = tokio::spawn(relay.run(drain.clone()));

    let bus = Some(broker.bus("projector").await);
    let (database, codec) = (world.projector_role.clone(), world.codec.clone());
    let hosted = Projector::of(database, codec, bus, crate::registry::all());
    // So seldom that only the broker can have brought what comes in time.
    let projector = hosted.clone().polling_every(Duration::from_secs(600));
    let running = world.run(&projector);
    world.opened(10).await;
    world.settle(&projector).await;
    for department in 0..20 {
        world.department(10, 100 + department).await;
    }
    world.settle(&projector).await;
    assert_eq!(departments(&world, &projector).await, 20);

    // Every lane dies once between its commit and its acknowledgement.
    fail::cfg("projection-after-apply-before-ack", "8*return->off").unwrap();
    for department in 20..40 {
        world.department(10, 100 + department).await;
    }
    world.settle(&projector).await;
    assert_eq!(departments(&world, &projector).await, 40);
    running.stop().await;

    let projector = hosted.polling_every(Duration::from_millis(200));
    let running = world.run(&projector);
    world.settle(&projector).await;
    broker.kill();
    world.department(10, 200).await;
    world.settle(&projector).await;
    assert_eq!(departments(&world, &projector).await, 41);
    world.assert_rebuilds_alike(&projector).await;
    running.stop().await;
    drain.cancel();
    relaying.await.unwrap();
    scenario.teardown();
}

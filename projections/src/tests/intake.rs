//! The one feed of a process, and projections that are slower than it.

use std::time::Duration;

use medilink_bus::{Relay, RelayConfig};
use medilink_log::{LogReader, Position};
use medilink_test_support::TestBroker;
use tokio_util::sync::CancellationToken;

use super::world::World;
use crate::runtime::intake::{Intake, Subscription, Taken, joined};

/// More than there is room for.
const MANY: u128 = 60;

/// Takes until the event at `last`; tells which positions came and how often to look.
async fn take(subscription: &mut Subscription, last: Position) -> (Vec<u64>, usize) {
    let (mut positions, mut looks) = (Vec::new(), 0);
    let taking = async {
        while positions.last() != Some(&last.0) {
            match subscription.take().await {
                Taken::Events(batches) => {
                    positions.extend(joined(&batches).iter().map(|event| event.position.0));
                }
                Taken::Look => looks += 1,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), taking)
        .await
        .unwrap();
    (positions, looks)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_in_time_gets_everything_and_who_does_not_is_told_to_look() {
    let world = World::new().await;
    let broker = TestBroker::start();
    let relay = Relay::new(
        broker.bus("relay").await,
        LogReader::new(world.app.clone()),
        RelayConfig::default(),
    )
    .unwrap();
    let stop = CancellationToken::new();
    let relaying = tokio::spawn(relay.run(stop.clone()));
    let before = world.opened(1_000).await;

    let intake = Intake::new(Some(broker.bus("projector").await), world.reader.clone());
    let (mut quick, mut slow) = (intake.subscribe(), intake.subscribe());
    let receiving = tokio::spawn({
        let intake = intake.clone();
        async move { intake.run().await }
    });
    // It has reached the broker: what was recorded meanwhile is to be looked for.
    assert!(matches!(quick.take().await, Taken::Look));
    let mut last = before;
    let mut got = Vec::new();
    for number in 1..=MANY {
        last = world.opened(number).await;
        let (positions, looks) = take(&mut quick, last).await;
        assert_eq!(looks, 0, "nothing passed unseen");
        got.extend(positions);
    }
    let all: Vec<u64> = (before.0 + 1..=last.0).collect();
    assert_eq!(got, all);

    let (positions, looks) = take(&mut slow, last).await;
    assert_eq!(looks, 1, "it missed the first of them");
    let tail = &all[all.len() - positions.len()..];
    assert_eq!(positions, tail, "and the rest comes without gaps");
    assert!(positions.len() < all.len());

    receiving.abort();
    stop.cancel();
    relaying.await.unwrap();
}

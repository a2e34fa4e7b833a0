//! Event jobs: each event once, in order, whatever brings it.

use std::time::Duration;

use medilink_log::Position;
use medilink_workers::{JobError, Jobs, Worker, WorkerConfig};

use crate::support::{Running, World, a_while, config, eventually};
use crate::witness::Witness;
use medilink_test_support::TestBroker;

/// Three streams of four events; returns their names.
async fn some_history(world: &World) -> Vec<String> {
    let mut streams = Vec::new();
    for _ in 0..3 {
        let hospital = world.open_hospital().await;
        for department in ["Heart", "Lung", "Eye"] {
            world.add_department(hospital, department).await;
        }
        streams.push(format!("hospital-{hospital}"));
    }
    streams
}

fn saw_all(witness: &Witness, streams: &[String]) -> bool {
    streams
        .iter()
        .all(|stream| witness.versions_of(stream) == [1, 2, 3, 4])
}

#[tokio::test]
async fn each_event_comes_once_and_in_its_streams_order_from_the_broker() {
    let (world, broker, witness) = (World::new().await, TestBroker::start(), Witness::default());
    let relay = world.relay(broker.bus("relay").await);
    // So rare a look at PostgreSQL that only the broker can have brought what is seen.
    let config = WorkerConfig {
        poll_ms: 60_000,
        ..config()
    };
    let jobs = Jobs::default().event(witness.clone());
    let worker = world.worker_of(jobs, Some(broker.bus("worker").await), config);
    a_while().await;
    let streams = some_history(&world).await;
    eventually("all seen", async || saw_all(&witness, &streams)).await;
    worker.stop().await;
    relay.stop().await;
    assert_eq!(witness.seen().len(), 12);
}

#[tokio::test]
async fn without_the_broker_events_come_from_postgresql() {
    let (world, mut broker, witness) =
        (World::new().await, TestBroker::start(), Witness::default());
    let relay = world.relay(broker.bus("relay").await);
    let jobs = Jobs::default().event(witness.clone());
    let worker = world.worker_of(jobs, Some(broker.bus("worker").await), config());
    let before = some_history(&world).await;
    eventually("seen with the broker", async || saw_all(&witness, &before)).await;
    broker.kill();
    let after = some_history(&world).await;
    eventually("seen without the broker", async || {
        saw_all(&witness, &after)
    })
    .await;
    worker.stop().await;
    relay.stop().await;
    assert_eq!(witness.seen().len(), 24);
}

#[tokio::test]
async fn a_restarted_job_goes_on_where_it_stopped() {
    let (world, witness) = (World::new().await, Witness::default());
    let before = some_history(&world).await;
    let worker = world.worker(Jobs::default().event(witness.clone()));
    eventually("seen", async || saw_all(&witness, &before)).await;
    worker.stop().await;
    let after = some_history(&world).await;
    let worker = world.worker(Jobs::default().event(witness.clone()));
    eventually("seen after a restart", async || saw_all(&witness, &after)).await;
    worker.stop().await;
    assert_eq!(witness.seen().len(), 24, "nothing came twice");
}

#[tokio::test]
async fn of_two_workers_one_leads_and_the_other_takes_over() {
    let (world, first, second) = (World::new().await, Witness::default(), Witness::default());
    let leader = world.worker(Jobs::default().event(first.clone()));
    let before = some_history(&world).await;
    eventually("the first leads", async || saw_all(&first, &before)).await;
    let stand_by = world.worker(Jobs::default().event(second.clone()));
    a_while().await;
    assert_eq!(second.seen(), []);
    leader.kill();
    let after = some_history(&world).await;
    eventually("the second leads", async || saw_all(&second, &after)).await;
    stand_by.stop().await;
}

#[tokio::test]
async fn stopping_waits_for_the_effect_in_hand() {
    let world = World::new().await;
    let witness = Witness {
        slow: Duration::from_millis(800),
        ..Witness::default()
    };
    let hospital = world.open_hospital().await;
    world.add_department(hospital, "Heart").await;
    let worker = world.worker(Jobs::default().event(witness.clone()));
    tokio::time::sleep(Duration::from_millis(400)).await;
    worker.stop().await;
    let stream = format!("hospital-{hospital}");
    assert_eq!(
        witness.versions_of(&stream),
        [1],
        "the one in hand is finished, the next not begun"
    );
    assert_eq!(checkpoint(&world).await, 1, "and recorded");
    let worker = world.worker(Jobs::default().event(witness.clone()));
    eventually("the rest", async || witness.versions_of(&stream) == [1, 2]).await;
    worker.stop().await;
}

#[tokio::test]
async fn an_effect_that_outlasts_the_drain_is_cut_off() {
    let world = World::new().await;
    let witness = Witness {
        slow: Duration::from_secs(30),
        ..Witness::default()
    };
    world.open_hospital().await;
    let config = WorkerConfig {
        drain_ms: 200,
        effect_ms: 60_000,
        ..config()
    };
    let worker = world.worker_of(Jobs::default().event(witness.clone()), None, config);
    a_while().await;
    tokio::time::timeout(Duration::from_secs(5), worker.stop())
        .await
        .expect("stops in time");
    assert_eq!(checkpoint(&world).await, 0);
}

#[tokio::test]
async fn a_job_killed_between_effect_and_record_is_given_the_event_again() {
    let (world, witness) = (World::new().await, Witness::default());
    world.open_hospital().await;
    fail::cfg("worker-after-effect-before-record", "1*return").unwrap();
    let killed = world.worker(Jobs::default().event(witness.clone()));
    eventually("the effect", async || witness.seen().len() == 1).await;
    a_while().await;
    assert_eq!(checkpoint(&world).await, 0, "nothing was recorded");
    killed.kill();
    let worker = world.worker(Jobs::default().event(witness.clone()));
    eventually("the effect again", async || witness.seen().len() == 2).await;
    worker.stop().await;
    assert_eq!(checkpoint(&world).await, 1);
}

#[tokio::test]
async fn while_a_part_of_the_platform_is_away_the_job_waits_and_nothing_is_parked() {
    let (world, witness) = (World::new().await, Witness::default());
    let streams = some_history(&world).await;
    witness.fails_at(Position(1), JobError::Away("the keys' database".into()));
    let worker = world.worker(Jobs::default().event(witness.clone()));
    a_while().await;
    assert_eq!(checkpoint(&world).await, 0);
    assert!(witness.versions_of(&streams[0]).is_empty());
    witness.is_well();
    eventually("all seen", async || saw_all(&witness, &streams)).await;
    worker.stop().await;
    assert_eq!(
        world
            .number(
                "SELECT count(*) FROM work.dead_letters WHERE consumer = $1",
                &"job-witness"
            )
            .await,
        0
    );
}

#[tokio::test]
async fn a_worker_says_how_far_behind_its_jobs_are() {
    let world = World::new().await;
    let witness = Witness {
        slow: Duration::from_secs(1),
        ..Witness::default()
    };
    let streams = some_history(&world).await;
    let worker = std::sync::Arc::new(Worker::new(
        world.tools.clone(),
        None,
        config(),
        Jobs::default().event(witness.clone()),
    ));
    let running = {
        let worker = std::sync::Arc::clone(&worker);
        Running::start(move |cancel| async move { worker.run(cancel).await })
    };
    let status = || {
        worker
            .status()
            .into_iter()
            .find(|status| status.job == "witness")
    };
    eventually("a backlog", async || {
        status().is_some_and(|status| status.behind == 12 && !status.behind_for.is_zero())
    })
    .await;
    eventually("all seen", async || saw_all(&witness, &streams)).await;
    eventually("nothing left", async || {
        status().is_some_and(|status| (status.behind, status.parked) == (0, 0))
    })
    .await;
    running.stop().await;
}

async fn checkpoint(world: &World) -> i64 {
    world
        .number(
            "SELECT coalesce(max(position), 0) FROM work.checkpoints WHERE job = $1",
            &"witness",
        )
        .await
}

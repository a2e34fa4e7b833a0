//! Events through a real JetStream: at once, once, and without it all the same.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use medilink_bus::{Bus, BusConfig, Relay, RelayConfig};
use medilink_log::LogReader;
use tokio_util::sync::CancellationToken;

use super::world::World;
use crate::Projector;

const USERS: [&str; 5] = ["relay", "projector", "worker", "gateway", "operator"];

/// A nats-server of its own, from /nats.conf.
struct Broker {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Broker {
    fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = tempfile::tempdir().unwrap();
        let binary =
            std::env::var("MEDILINK_NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned());
        let mut command = Command::new(binary);
        command
            .arg("-c")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../nats.conf"));
        command.env("MEDILINK_NATS_PORT", port.to_string());
        command.env("MEDILINK_NATS_STORE", folder.path().join("store"));
        command.env("MEDILINK_NATS_MAX_STORE", "1GB");
        for user in USERS {
            command.env(
                format!("MEDILINK_NATS_{}_PASSWORD", user.to_uppercase()),
                password(user),
            );
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "nats-server does not start"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        Self {
            child,
            url: format!("nats://127.0.0.1:{port}"),
            _folder: folder,
        }
    }

    async fn bus(&self, user: &str) -> Bus {
        Bus::connect(
            &BusConfig::at(self.url.clone(), user, password(user)),
            "test",
        )
        .await
        .unwrap()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn password(user: &str) -> String {
    format!("{user}-of-the-test")
}

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
    let mut broker = Broker::start();
    let relay = Relay::new(
        broker.bus("relay").await,
        LogReader::new(world.app.clone()),
        RelayConfig::default(),
    );
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

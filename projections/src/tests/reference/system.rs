//! The real ones, each of which can be killed and started again.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::join_all;
use medilink_bus::{
    Bus, BusConfig, Feed, FeedConfig, FeedItem, Relay, RelayConfig, stream_position,
};
use medilink_domain::hospital::{DepartmentAdded, HospitalEvent, Opened};
use medilink_log::{
    Append, AppendError, Claim, LogReader, LogWriter, Metadata, NewEvent, NewReceipt, Position,
    RecordedEvent, StreamWrite,
};
use medilink_test_support::{Disorder, Proxy, TestBroker};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::model::{Hospitals, Outcome, Request};
use crate::Projector;
use crate::hospital::Hospitals as HospitalModel;
use crate::runtime::lane::lane;
use crate::tests::world::{Running, TENANT, World, eventually, id, stream, text};

/// What can be killed.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    Relay,
    Projector,
    Broker,
}

impl Part {
    pub const ALL: [Self; 3] = [Self::Relay, Self::Projector, Self::Broker];
}

/// The read model that is compared: it keeps one thing for each event, so that one too many, too
/// few or in another order shows.
const NAME: &str = "hospital";
/// How long everything may take to catch up.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct System {
    world: World,
    writers: [LogWriter; 2],
    broker: TestBroker,
    broker_is_up: bool,
    /// Between the broker and the projection.
    line: Proxy,
    disorder: Disorder,
    relay: Option<JoinHandle<()>>,
    projector: Option<(Projector, Running)>,
}

impl System {
    pub async fn start() -> Self {
        let world = World::new().await;
        let broker = TestBroker::start();
        let disorder = Disorder::default();
        let meddling = disorder.clone();
        let server = ("127.0.0.1".to_owned(), broker.port());
        let writer = || LogWriter::start(world.app.clone(), Vec::new()).0;
        let mut system = Self {
            writers: [writer(), writer()],
            line: Proxy::meddling(server, move || meddling.meddler(1)),
            broker_is_up: true,
            relay: None,
            projector: None,
            world,
            broker,
            disorder,
        };
        system.rebuild().await;
        for part in [Part::Relay, Part::Projector] {
            system.toggle(part).await;
        }
        system
    }

    pub async fn toggle(&mut self, part: Part) {
        match part {
            Part::Relay => match self.relay.take() {
                Some(task) => task.abort(),
                None => self.relay = Some(self.relaying().await),
            },
            Part::Projector => match self.projector.take() {
                Some((_, running)) => running.kill().await,
                None => {
                    let projector = self.hosted().await;
                    let running = self.world.run(&projector);
                    self.projector = Some((projector, running));
                }
            },
            Part::Broker if self.broker_is_up => {
                self.broker.kill();
                self.broker_is_up = false;
            }
            Part::Broker => {
                self.broker.restart();
                self.broker_is_up = true;
            }
        }
    }

    /// Starts what was killed.
    pub async fn heal(&mut self) {
        self.set_disorder(false);
        if !self.broker_is_up {
            self.toggle(Part::Broker).await;
        }
        if self.relay.is_none() {
            self.toggle(Part::Relay).await;
        }
        if self.projector.is_none() {
            self.toggle(Part::Projector).await;
        }
    }

    pub fn forget_store(&mut self) {
        self.broker.kill();
        self.broker.delete_store();
        self.broker.restart();
        self.broker_is_up = true;
    }

    pub fn set_disorder(&self, on: bool) {
        self.disorder.set(on);
    }

    async fn relaying(&self) -> JoinHandle<()> {
        let config = RelayConfig {
            poll_ms: 20,
            check_ms: 100,
            ..RelayConfig::default()
        };
        let log = LogReader::new(self.world.app.clone());
        let relay = Relay::new(self.broker.bus("relay").await, log, config).unwrap();
        tokio::spawn(relay.run(CancellationToken::new()))
    }

    async fn hosted(&self) -> Projector {
        let config = BusConfig {
            request_ms: 2_000,
            ..BusConfig::at(
                format!("nats://127.0.0.1:{}", self.line.port()),
                "projector",
                TestBroker::password("projector"),
            )
        };
        let bus = Bus::connect(&config, "test").await.unwrap();
        Projector::of(
            self.world.projector_role.clone(),
            self.world.codec.clone(),
            Some(bus),
            vec![lane::<HospitalModel>()],
        )
        .polling_every(Duration::from_millis(300))
    }

    /// One that hosts nothing, to ask.
    fn idle(&self) -> Projector {
        self.world.projector_of(vec![lane::<HospitalModel>()])
    }

    pub async fn rebuild(&self) {
        self.idle().rebuild(NAME).await.unwrap();
    }

    /// All of them at once, each at its writer.
    pub async fn ask(&self, requests: &[(usize, Request)]) -> Vec<Outcome> {
        join_all(requests.iter().map(|(writer, request)| async {
            let append = self.append(request).await;
            outcome(self.writers[*writer].append(append).await)
        }))
        .await
    }

    async fn append(&self, request: &Request) -> Append {
        let stream = stream(NAME, request.stream as u128);
        let mut events = Vec::new();
        for version in request.expected + 1..=request.expected + request.events as u64 {
            events.push(self.event(request.stream, &stream, version).await);
        }
        Append {
            tenant: TENANT,
            writes: vec![StreamWrite {
                stream: stream.clone(),
                expected: request.expected,
                events,
            }],
            guards: Vec::new(),
            claims: Vec::from_iter(request.name.map(|name| Claim {
                key: [name; 32],
                stream,
            })),
            releases: Vec::new(),
            receipt: Some(NewReceipt {
                scope: hash(request.key),
                body_hash: hash(request.key),
                answer: Bytes::from_static(b"{}"),
            }),
            metadata: Metadata::default(),
        }
    }

    /// The first of a stream opens the hospital, every other one adds a department that is named
    /// like its version.
    async fn event(&self, hospital: usize, stream: &str, version: u64) -> NewEvent {
        let event: HospitalEvent = if version == 1 {
            let opened = Opened {
                hospital: id(hospital as u128),
                name: text("Guru Nanak Hospital"),
                time_zone: text("Asia/Kolkata"),
            };
            opened.into()
        } else {
            let added = DepartmentAdded {
                hospital: id(hospital as u128),
                department: id(u128::from(version)),
                name: text(&format!("Ward {version}")),
                specialty: text("cardiology"),
            };
            added.into()
        };
        let encoded = self
            .world
            .codec
            .encode(TENANT, stream, version, None, &event);
        encoded.await.unwrap()
    }

    /// The read model's position, and its departments by the position of their events.
    pub async fn hospitals(&self) -> (u64, Hospitals) {
        let (position, rows) = self.idle().rows_clear(NAME).await.unwrap();
        let log = self.world.log().await;
        let mut hospitals = Hospitals::new();
        for row in rows {
            let stream = format!("{NAME}-{}", row["hospital"].as_str().unwrap());
            let departments = row["departments"].as_array().unwrap();
            let places = departments.iter().map(|department| {
                let version: Uuid = department["department"].as_str().unwrap().parse().unwrap();
                let event = log.iter().find(|event| {
                    event.stream == stream && u128::from(event.version) == version.as_u128()
                });
                event.expect("a row is of an event").position.0
            });
            hospitals.insert(number(&stream), places.collect());
        }
        (position.0, hospitals)
    }

    /// Whose each event is, and how many of its stream it is.
    pub async fn log(&self) -> Vec<(usize, u64)> {
        let log = self.world.log().await;
        for (event, place) in log.iter().zip(1..) {
            assert_eq!(event.position.0, place, "positions are gapless");
            assert!(event.leaf_is_sound(), "at {place}");
        }
        log.iter()
            .map(|event| (number(&event.stream), event.version))
            .collect()
    }

    /// Waits for all that runs to have everything.
    pub async fn settle(&self) {
        if let Some((projector, _)) = &self.projector {
            self.world.settle(projector).await;
        }
        if self.relay.is_none() || !self.broker_is_up {
            return;
        }
        let head = self.world.reader.head().await.unwrap();
        let operator = self.broker.bus("operator").await;
        eventually("the broker has the log", || async {
            let held = stream_position(&operator).await;
            held.is_ok_and(|held| held.last == head && held.messages == head.0)
        })
        .await;
    }

    /// What the broker delivers is the log, event by event.
    pub async fn assert_broker_has_the_log(&self) {
        let log = self.world.log().await;
        let bus = self.broker.bus("worker").await;
        let mut feed = Feed::new(bus, FeedConfig::new("compared"), Position::START).unwrap();
        let mut delivered: Vec<RecordedEvent> = Vec::new();
        let started = Instant::now();
        while delivered.len() < log.len() {
            assert!(started.elapsed() < PATIENCE, "only {}", delivered.len());
            match feed.next().await {
                FeedItem::Batch(batch) => {
                    delivered.extend_from_slice(&batch);
                    feed.ack(batch.last()).await;
                }
                FeedItem::Missing(missing) => panic!("the broker lacks {missing:?}"),
                FeedItem::Status(_) => {}
            }
        }
        assert!(delivered == log, "what the broker delivers is not the log");
    }
}

impl Drop for System {
    fn drop(&mut self) {
        if let Some(relay) = &self.relay {
            relay.abort();
        }
    }
}

fn outcome(answer: Result<medilink_log::Appended, AppendError>) -> Outcome {
    match answer {
        Ok(appended) => Outcome::Recorded(appended.last.0),
        Err(AppendError::WrongVersion { actual, .. }) => Outcome::WrongVersion(actual),
        Err(AppendError::ClaimTaken { holder }) => Outcome::Taken(number(&holder)),
        Err(AppendError::AlreadyDone) => Outcome::Before,
        Err(error) => panic!("{error}"),
    }
}

/// The hospital of a stream.
fn number(stream: &str) -> usize {
    let (_, hospital) = stream.split_once('-').unwrap();
    hospital.parse::<Uuid>().unwrap().as_u128() as usize
}

fn hash(key: Uuid) -> [u8; 32] {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(key.as_bytes());
    hash
}

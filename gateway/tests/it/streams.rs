//! The stream of a person's own changes, over a log in memory.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::Utc;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use medilink_commands::Actor;
use medilink_database::DatabaseError;
use medilink_domain::{SubjectId, TenantId};
use medilink_gateway::actor::SignIn;
use medilink_gateway::app::assemble;
use medilink_gateway::changes::{ChangeLog, ChangeStream, Changes};
use medilink_gateway::problem::Problem;
use medilink_gateway::{GatewayConfig, Limits, SignedIn};
use medilink_log::{Position, RecordedEvent};
use poem::test::{TestClient, TestResponse};
use poem_openapi::OpenApi;
use poem_openapi::param::Header;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::world::{Client, actor, frame, gist, problem};

/// A log in memory that can be away.
#[derive(Clone, Default)]
struct Memory {
    events: Arc<Mutex<Vec<RecordedEvent>>>,
    away: Arc<Mutex<bool>>,
}

impl Memory {
    /// Something happened to a person.
    fn record(&self, person: u128, kind: &str) {
        let mut events = self.events.lock().unwrap();
        let position = Position(events.len() as u64 + 1);
        events.push(RecordedEvent {
            position,
            stream: format!("appointment-{person}"),
            version: position.0,
            kind: kind.to_owned(),
            schema_version: 1,
            tenant: TenantId(Uuid::from_u128(99)),
            subject: Some(SubjectId(Uuid::from_u128(person))),
            payload: Bytes::from_static(b"private"),
            metadata: Bytes::new(),
            recorded_at: Utc::now(),
            leaf_hash: [0; 32],
        });
    }

    fn select(
        &self,
        fits: impl Fn(&RecordedEvent) -> bool,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, DatabaseError> {
        if *self.away.lock().unwrap() {
            return Err(DatabaseError::Unavailable("away".to_owned()));
        }
        Ok(self
            .events
            .lock()
            .unwrap()
            .iter()
            .filter(|event| fits(event))
            .take(limit)
            .cloned()
            .collect())
    }
}

impl ChangeLog for Memory {
    fn head(&self) -> BoxFuture<'_, Result<Position, DatabaseError>> {
        Box::pin(async {
            Ok(self
                .select(|_| true, usize::MAX)?
                .last()
                .map_or(Position::START, |event| event.position))
        })
    }

    fn after(
        &self,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, DatabaseError>> {
        Box::pin(async move { self.select(|event| event.position > after, limit) })
    }

    fn about(
        &self,
        (tenant, subject): (TenantId, SubjectId),
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, DatabaseError>> {
        Box::pin(async move {
            self.select(
                |event| {
                    event.position > after
                        && event.tenant == tenant
                        && event.subject == Some(subject)
                },
                limit,
            )
        })
    }
}

struct Follow(Changes);

#[OpenApi]
impl Follow {
    /// Follow.
    #[oai(path = "/v1/changes", method = "get")]
    async fn follow(
        &self,
        caller: SignedIn,
        #[oai(name = "Last-Event-ID")] last: Header<Option<u64>>,
    ) -> Result<ChangeStream, Problem> {
        self.0.events(caller, last.0.map(Position)).await
    }
}

/// Lets everyone in as person 1, until it no longer does.
#[derive(Clone, Default)]
struct Door {
    shut: Arc<AtomicBool>,
}

impl SignIn for Door {
    fn actor<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Actor>, DatabaseError>> {
        let open = !self.shut.load(Ordering::SeqCst);
        Box::pin(async move { Ok(open.then(|| actor(Uuid::from_u128(1)))) })
    }
}

struct World {
    client: Client,
    log: Memory,
    stop: CancellationToken,
    follower: tokio::task::JoinHandle<()>,
}

fn world(limits: Limits) -> World {
    world_behind(limits, None)
}

/// The same; this door, if there is one, says who comes in.
fn world_behind(limits: Limits, door: Option<Door>) -> World {
    let log = Memory::default();
    let config = GatewayConfig {
        limits,
        ..GatewayConfig::default()
    };
    let mut frame = frame(config.clone(), Vec::new());
    if let Some(door) = door {
        frame.sign_in = Arc::new(door);
    }
    let stop = frame.stop.clone();
    let changes = Changes::new(Arc::new(log.clone()), &config.limits, stop.clone());
    let follower = tokio::spawn(changes.clone().follow());
    World {
        client: TestClient::new(assemble(Follow(changes), frame).unwrap()),
        log,
        stop,
        follower,
    }
}

impl World {
    async fn follow(&self, person: u128, last: Option<u64>) -> TestResponse {
        let mut request = self
            .client
            .get("/v1/changes")
            .header("authorization", format!("Bearer person-{person}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        request.send().await
    }
}

/// The blocks of an event stream, which chunks may cut anywhere.
struct Text {
    chunks: BoxStream<'static, String>,
    pending: String,
}

fn text(response: TestResponse) -> Text {
    assert_eq!(response.0.status(), 200);
    let chunks = response.0.into_body().into_bytes_stream();
    let chunks = chunks
        .map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap())
        .boxed();
    Text {
        chunks,
        pending: String::new(),
    }
}

impl Text {
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.pending.split_once("\n\n") {
                let block = block.to_owned();
                self.pending = rest.to_owned();
                return Some(block);
            }
            self.pending += &self.chunks.next().await?;
        }
    }
}

/// The next event; heartbeats are passed over.
async fn next(text: &mut Text) -> Option<String> {
    let wait = async {
        loop {
            match text.block().await {
                Some(block) if block.trim().trim_start_matches(':').is_empty() => {}
                other => return other,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(5), wait)
        .await
        .expect("nothing came in time")
}

#[tokio::test]
async fn a_person_sees_their_own_changes_as_they_happen_and_nobody_elses() {
    let world = world(Limits::default());
    let mut stream = text(world.follow(1, None).await);
    let reader = async {
        (
            next(&mut stream).await.unwrap(),
            next(&mut stream).await.unwrap(),
        )
    };
    let writer = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.log.record(2, "appointment.booked");
        world.log.record(1, "appointment.booked");
        world.log.record(1, "appointment.cancelled");
    };
    let ((first, second), ()) = tokio::join!(reader, writer);
    insta::assert_snapshot!(first);
    assert!(second.contains("appointment.cancelled"), "{second}");
    assert!(!first.contains("private") && !second.contains("private"));
}

#[tokio::test]
async fn a_reconnecting_reader_gets_what_it_missed() {
    let world = world(Limits::default());
    for _ in 0..1_200 {
        world.log.record(1, "appointment.booked");
        world.log.record(2, "appointment.booked");
    }
    let mut stream = text(world.follow(1, Some(3)).await);
    for position in (5..2_400).step_by(2) {
        let event = next(&mut stream).await.unwrap();
        assert!(
            event.lines().any(|line| line == format!("id: {position}")),
            "{event}"
        );
    }
}

#[tokio::test]
async fn a_position_that_the_log_has_not_come_to_is_refused() {
    let response = world(Limits::default()).follow(1, Some(7)).await;
    assert_eq!(gist(&problem(response).await), "422 unknown-position -");
}

#[tokio::test]
async fn a_silent_stream_has_heartbeats() {
    let world = world(Limits {
        heartbeat_ms: 20,
        ..Limits::default()
    });
    let mut stream = text(world.follow(1, None).await);
    let beat = tokio::time::timeout(Duration::from_secs(5), stream.block())
        .await
        .unwrap()
        .unwrap();
    assert!(beat.starts_with(':'), "{beat}");
}

#[tokio::test]
async fn streams_end_when_the_process_stops() {
    let world = world(Limits::default());
    let mut stream = text(world.follow(1, None).await);
    let reader = async { next(&mut stream).await };
    let stopper = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        world.stop.cancel();
    };
    let (end, ()) = tokio::join!(reader, stopper);
    assert_eq!(end, None);
    world.follower.await.unwrap();
}

#[tokio::test]
async fn a_revoked_token_ends_a_stream_that_is_never_silent() {
    let heartbeat = Duration::from_millis(600);
    let limits = Limits {
        heartbeat_ms: 600,
        ..Limits::default()
    };
    let door = Door::default();
    let world = world_behind(limits, Some(door.clone()));
    let mut stream = text(world.follow(1, None).await);
    let writer = async {
        loop {
            world.log.record(1, "appointment.booked");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let reader = async {
        next(&mut stream).await.expect("the token is good");
        door.shut.store(true, Ordering::SeqCst);
        let revoked = Instant::now();
        while next(&mut stream).await.is_some() {
            assert!(
                revoked.elapsed() < heartbeat * 5,
                "changes still come after {:?}",
                revoked.elapsed()
            );
        }
    };
    tokio::select! {
        () = reader => {}
        () = writer => {}
    }
}

#[tokio::test]
async fn a_person_has_only_so_many_streams_and_closing_one_makes_room() {
    let world = world(Limits {
        streams_per_person: 1,
        ..Limits::default()
    });
    let first = world.follow(1, None).await;
    let refused = world.follow(1, None).await;
    assert!(refused.0.header("retry-after").is_some());
    insta::assert_json_snapshot!(problem(refused).await);
    assert_eq!(world.follow(2, None).await.0.status(), 200);
    drop(first);
    assert_eq!(world.follow(1, None).await.0.status(), 200);
}

#[tokio::test]
async fn a_stream_waits_while_the_log_is_away_and_goes_on_after() {
    let world = world(Limits::default());
    let mut stream = text(world.follow(1, None).await);
    let reader = async { next(&mut stream).await.unwrap() };
    let outage = async {
        *world.log.away.lock().unwrap() = true;
        world.log.record(1, "appointment.booked");
        tokio::time::sleep(Duration::from_millis(500)).await;
        *world.log.away.lock().unwrap() = false;
    };
    let (event, ()) = tokio::join!(reader, outage);
    assert!(event.contains("appointment.booked"), "{event}");
}

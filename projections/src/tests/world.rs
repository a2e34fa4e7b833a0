//! A log, a vault and read models of a test's own, and a small hospital to fill them with.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use medilink_database::Database;
use medilink_domain::{Event, SubjectId, TenantId, dead_letter};
use medilink_log::{
    Append, LogReader, LogWriter, Metadata, NewEvent, Position, RecordedEvent, StreamWrite,
};
use medilink_test_support::TestStore;
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::runtime::lane::Registration;
use crate::{Checkpoints, Projector, Reads};

/// Parses a value type from its text.
pub fn text<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("the text is a value")
}

/// An id that is the same in every run.
pub fn id<I: From<Uuid>>(number: u128) -> I {
    I::from(Uuid::from_u128(number))
}

pub const TENANT: TenantId = TenantId(Uuid::from_u128(1));

pub struct World {
    pub projector_role: Database,
    pub reader: LogReader,
    pub reads: Reads,
    writer: LogWriter,
    versions: Mutex<HashMap<String, u64>>,
    store: TestStore,
}

impl std::ops::Deref for World {
    type Target = TestStore;

    fn deref(&self) -> &TestStore {
        &self.store
    }
}

impl World {
    pub async fn new() -> Self {
        let store = TestStore::create().await;
        crate::migrate(&store.owner()).await.unwrap();
        Self {
            projector_role: store.databases.pool("medilink_projector"),
            reader: LogReader::new(store.app.clone()),
            reads: Reads::new(store.app.clone(), store.vault.clone()),
            writer: LogWriter::start(store.app.clone(), Vec::new()).0,
            versions: Mutex::default(),
            store,
        }
    }

    pub fn projector(&self) -> Projector {
        self.projector_of(crate::registry::all())
    }

    pub fn projector_of(&self, registrations: Vec<Registration>) -> Projector {
        Projector::of(
            self.projector_role.clone(),
            self.codec.clone(),
            None,
            registrations,
        )
        .polling_every(Duration::from_millis(10))
    }

    pub fn checkpoints(&self) -> Checkpoints {
        Checkpoints::new(self.app.clone())
    }

    /// Appends one event to its stream.
    pub async fn tell<E: Event>(
        &self,
        stream: &str,
        subject: Option<SubjectId>,
        event: impl Into<E>,
    ) -> Position {
        self.tell_as(TENANT, stream, subject, event.into()).await
    }

    pub async fn tell_as<E: Event>(
        &self,
        tenant: TenantId,
        stream: &str,
        subject: Option<SubjectId>,
        event: E,
    ) -> Position {
        let version = self.version(stream) + 1;
        let event = self
            .codec
            .encode(tenant, stream, version, subject, &event)
            .await
            .unwrap();
        self.append(tenant, stream, event, Metadata::default())
            .await
    }

    /// Appends one event that says by whom.
    pub async fn tell_by<E: Event>(
        &self,
        by: Metadata,
        stream: &str,
        subject: Option<SubjectId>,
        event: impl Into<E>,
    ) -> Position {
        let (version, event) = (self.version(stream) + 1, event.into());
        let encoded = self
            .codec
            .encode(TENANT, stream, version, subject, &event)
            .await
            .unwrap();
        self.append(TENANT, stream, encoded, by).await
    }

    /// Appends bytes that are not what their type promises.
    pub async fn garble(&self, stream: &str, kind: &'static str, payload: &str) -> Position {
        let event = NewEvent {
            kind,
            schema_version: 1,
            subject: None,
            payload: payload.to_owned().into(),
        };
        self.append(TENANT, stream, event, Metadata::default())
            .await
    }

    async fn append(
        &self,
        tenant: TenantId,
        stream: &str,
        event: NewEvent,
        metadata: Metadata,
    ) -> Position {
        let expected = self.version(stream);
        let append = Append {
            tenant,
            writes: vec![StreamWrite {
                stream: stream.into(),
                expected,
                events: vec![event],
            }],
            guards: Vec::new(),
            claims: Vec::new(),
            releases: Vec::new(),
            receipt: None,
            metadata,
        };
        self.writer.append(append).await.unwrap();
        *self
            .versions
            .lock()
            .unwrap()
            .entry(stream.to_owned())
            .or_default() += 1;
        self.reader.head().await.unwrap()
    }

    fn version(&self, stream: &str) -> u64 {
        self.versions
            .lock()
            .unwrap()
            .get(stream)
            .copied()
            .unwrap_or(0)
    }

    pub async fn log(&self) -> Vec<RecordedEvent> {
        self.reader.after(Position::START, 100_000).await.unwrap()
    }

    /// Runs a projector until the guard is stopped.
    pub fn run(&self, projector: &Projector) -> Running {
        let cancel = CancellationToken::new();
        let (projector, stop) = (projector.clone(), cancel.clone());
        Running {
            cancel,
            task: tokio::spawn(async move { projector.run(stop).await }),
        }
    }

    /// Waits until every one of the projections has everything.
    pub async fn settle(&self, projector: &Projector) {
        let head = self.reader.head().await.unwrap();
        let checkpoints = self.checkpoints();
        for name in projector.names() {
            checkpoints
                .wait(name, head, Duration::from_secs(30))
                .await
                .unwrap();
        }
    }

    /// Rows of each projection, live, then rebuilt.
    pub async fn assert_rebuilds_alike(&self, projector: &Projector) {
        for name in projector.names() {
            let (_, live) = projector.rows_clear(name).await.unwrap();
            let letters = self.letters(name).await;
            projector.rebuild(name).await.unwrap();
            let (_, rebuilt) = projector.rows_clear(name).await.unwrap();
            assert_eq!(live, rebuilt, "{name}: live and rebuilt rows differ");
            assert_eq!(
                letters,
                self.letters(name).await,
                "{name}: live and rebuilt letters differ"
            );
        }
    }

    pub async fn rows(&self, projector: &Projector, name: &str) -> Vec<Value> {
        projector.rows_clear(name).await.unwrap().1
    }

    /// Stream, position, code and attempts of what is parked.
    pub async fn letters(&self, projection: &str) -> Vec<(String, u64, String, u32)> {
        let letters = crate::dead_letter::list(&self.app, Some(projection), 1_000)
            .await
            .unwrap();
        letters
            .into_iter()
            .map(|letter| {
                (
                    letter.stream,
                    letter.position.0,
                    letter.code,
                    letter.attempts,
                )
            })
            .collect()
    }

    pub async fn retry(&self, projection: &str, stream: &str, position: Position) -> Position {
        let (consumer, parked) = (text(projection), text(stream));
        let event = dead_letter::Retried {
            consumer,
            stream: parked,
            position: position.0,
            reason: text("mended"),
        };
        self.tell::<dead_letter::DeadLetterEvent>(
            &format!("dead-letter-{projection}:{stream}"),
            None,
            event,
        )
        .await
    }

    pub async fn skip(&self, projection: &str, stream: &str, position: Position) -> Position {
        let (consumer, parked) = (text(projection), text(stream));
        let event = dead_letter::Skipped {
            consumer,
            stream: parked,
            position: position.0,
            reason: text("no use"),
        };
        self.tell::<dead_letter::DeadLetterEvent>(
            &format!("dead-letter-{projection}:{stream}"),
            None,
            event,
        )
        .await
    }
}

/// The stream of an instance.
pub fn stream(category: &str, number: u128) -> String {
    format!("{category}-{}", Uuid::from_u128(number))
}

/// The stream of a doctor's day.
pub fn calendar(doctor: u128, at: DateTime<Utc>) -> String {
    format!("calendar-{}:{}", Uuid::from_u128(doctor), at.date_naive())
}

/// Midnight after so many days.
pub fn day(days: i64) -> DateTime<Utc> {
    let date = (Utc::now() + TimeDelta::days(days)).date_naive();
    date.and_hms_opt(0, 0, 0).unwrap().and_utc()
}

/// A running projector.
pub struct Running {
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    /// Stops it as SIGTERM would.
    pub async fn stop(self) {
        self.cancel.cancel();
        tokio::time::timeout(Duration::from_secs(10), self.task)
            .await
            .expect("drains in time")
            .unwrap();
    }

    /// Stops it as `kill -9` would: in the middle of whatever it does.
    pub async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// Waits until something is so.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let started = Instant::now();
    while !is_so().await {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "not in time: {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

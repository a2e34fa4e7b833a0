//! A real broker, a log in memory, and a reader that writes down what it sees.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, message::StreamMessage};
use bytes::Bytes;
use chrono::DateTime;
use medilink_bus::{
    Bus, EventSource, Feed, FeedItem, FeedStatus, Relay, RelayConfig, RelayStatus, SourceError,
    decode,
};
use medilink_domain::{SubjectId, TenantId};
use medilink_log::{Position, RecordedEvent};
use medilink_test_support::TestBroker;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A broker, and what it holds.
pub struct Broker(TestBroker);

impl Broker {
    pub fn start() -> Self {
        Self(TestBroker::start())
    }

    /// A broker that is not there yet.
    pub fn absent() -> Self {
        Self(TestBroker::absent())
    }

    /// As `bus`, connected.
    pub async fn bus_up(&self, user: &str) -> Bus {
        let bus = self.bus(user).await;
        eventually("connected", || bus.is_up()).await;
        bus
    }

    /// A plain client, to look at the broker with other eyes than the bus.
    pub async fn plain(&self, user: &str) -> jetstream::Context {
        let client = async_nats::ConnectOptions::with_user_and_password(
            user.to_owned(),
            TestBroker::password(user),
        )
        .custom_inbox_prefix(format!("_INBOX.{user}"))
        .connect(self.0.url())
        .await
        .unwrap();
        // A refused permission is a time-out to such a client: keep it short for those users.
        let timeout = Duration::from_millis(if user == "operator" { 5_000 } else { 500 });
        jetstream::context::ContextBuilder::new()
            .timeout(timeout)
            .build(client)
    }

    /// All messages of the stream.
    pub async fn stored(&self) -> Vec<StreamMessage> {
        let stream = self
            .plain("operator")
            .await
            .get_stream("EVENTS")
            .await
            .unwrap();
        let state = stream.get_info().await.unwrap().state;
        let mut all = Vec::new();
        for sequence in state.first_sequence..=state.last_sequence {
            all.push(stream.get_raw_message(sequence).await.unwrap());
        }
        all
    }
}

impl Deref for Broker {
    type Target = TestBroker;

    fn deref(&self) -> &TestBroker {
        &self.0
    }
}

impl DerefMut for Broker {
    fn deref_mut(&mut self) -> &mut TestBroker {
        &mut self.0
    }
}

/// A log in memory.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    events: Vec<RecordedEvent>,
    away: bool,
}

impl Memory {
    pub fn of(count: u64) -> Self {
        let memory = Self::default();
        memory.grow(count);
        memory
    }

    pub fn grow(&self, count: u64) {
        let events = &mut self.0.lock().unwrap().events;
        for _ in 0..count {
            events.push(event(events.len() as u64 + 1));
        }
    }

    pub fn all(&self) -> Vec<RecordedEvent> {
        self.0.lock().unwrap().events.clone()
    }

    /// Restored from a backup.
    pub fn cut(&self, to: usize) {
        self.0.lock().unwrap().events.truncate(to);
    }

    pub fn change(&self, position: u64, change: impl FnOnce(&mut RecordedEvent)) {
        change(&mut self.0.lock().unwrap().events[position as usize - 1]);
    }

    pub fn away(&self, away: bool) {
        self.0.lock().unwrap().away = away;
    }

    fn read<T>(&self, read: impl FnOnce(&[RecordedEvent]) -> T) -> Result<T, SourceError> {
        let state = self.0.lock().unwrap();
        if state.away {
            Err(SourceError("away".to_owned()))
        } else {
            Ok(read(&state.events))
        }
    }
}

impl EventSource for Memory {
    async fn after(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, SourceError> {
        self.read(|events| {
            events
                .iter()
                .skip(after.0 as usize)
                .take(limit)
                .cloned()
                .collect()
        })
    }

    async fn head(&self) -> Result<Position, SourceError> {
        self.read(|events| Position(events.len() as u64))
    }
}

/// An event like the real ones: some 680 bytes of payload.
pub fn event(position: u64) -> RecordedEvent {
    let mut event = RecordedEvent {
        position: Position(position),
        stream: format!("appointment-{}", position % 97),
        version: position / 97 + 1,
        kind: if position.is_multiple_of(3) {
            "calendar.slot-reserved"
        } else {
            "appointment.booked"
        }
        .to_owned(),
        schema_version: 1,
        tenant: TenantId(Uuid::from_u128(7)),
        subject: position
            .is_multiple_of(2)
            .then(|| SubjectId(Uuid::from_u128(u128::from(position)))),
        payload: Bytes::from(
            (0..680u64)
                .map(|i| (i * position % 251) as u8)
                .collect::<Vec<_>>(),
        ),
        metadata: Bytes::from(format!(
            r#"{{"actor":"a-{position}","traceparent":"00-{position:032x}-{position:016x}-01"}}"#
        )),
        recorded_at: DateTime::from_timestamp_micros(1_763_000_000_000_000 + position as i64)
            .unwrap(),
        leaf_hash: [0; 32],
    };
    event.leaf_hash = event.envelope().leaf_hash();
    event
}

/// A relay at work.
pub struct Running {
    pub status: watch::Receiver<RelayStatus>,
    drain: CancellationToken,
    task: JoinHandle<()>,
}

pub fn relay(bus: Bus, log: &Memory, config: RelayConfig) -> Running {
    let relay = Relay::new(bus, log.clone(), config).unwrap();
    let status = relay.status();
    let drain = CancellationToken::new();
    let task = tokio::spawn(relay.run(drain.clone()));
    Running {
        status,
        drain,
        task,
    }
}

/// A broker, and a relay to it of a log of so many events.
pub async fn relayed(events: u64) -> (Broker, Memory, Running) {
    let (broker, log) = (Broker::start(), Memory::of(events));
    let running = relay(broker.bus("relay").await, &log, eager());
    (broker, log, running)
}

impl Running {
    pub async fn reaches(&self, wanted: u64) {
        let reached = || matches!(*self.status.borrow(), RelayStatus::Running { position, .. } if position.0 >= wanted);
        eventually(&format!("the relay at {wanted}"), reached).await;
    }

    /// What the relay refuses to go on for.
    pub async fn refuses(&self) -> String {
        eventually("a refusal", || {
            matches!(*self.status.borrow(), RelayStatus::Refusing(_))
        })
        .await;
        match &*self.status.borrow() {
            RelayStatus::Refusing(text) => text.clone(),
            other => panic!("{other:?}"),
        }
    }

    pub async fn stop(self) {
        self.drain.cancel();
        tokio::time::timeout(Duration::from_secs(5), self.task)
            .await
            .expect("the relay stops in time")
            .unwrap();
        assert_eq!(*self.status.borrow(), RelayStatus::Stopped);
    }
}

/// A relay that looks often, for tests that wait for it.
pub fn eager() -> RelayConfig {
    RelayConfig {
        poll_ms: 10,
        check_ms: 100,
        ..RelayConfig::default()
    }
}

pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "not in time: {what}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .unwrap_or_else(|_| panic!("not in time: {what}"))
}

/// What a projection would do with a feed: applies batches, reads what is missing, and, while
/// the broker is away, everything, from the log. `poll` says whether it does the latter.
pub struct Reader {
    pub feed: Feed,
    pub seen: Vec<RecordedEvent>,
    pub statuses: Vec<FeedStatus>,
    pub missing: Vec<(u64, u64)>,
    pub from_broker: usize,
    pub poll: bool,
}

impl Reader {
    pub fn new(feed: Feed) -> Self {
        Self {
            feed,
            seen: Vec::new(),
            statuses: Vec::new(),
            missing: Vec::new(),
            from_broker: 0,
            poll: false,
        }
    }

    pub async fn until(&mut self, log: &Memory, position: u64) {
        self.until_within(Duration::from_secs(20), log, position)
            .await;
    }

    pub async fn until_within(&mut self, limit: Duration, log: &Memory, position: u64) {
        let reading = async {
            while self.feed.position().0 < position {
                self.step(log).await;
            }
        };
        let in_time = tokio::time::timeout(limit, reading).await.is_ok();
        assert!(
            in_time,
            "at {}, not {position}; was told {:?}",
            self.feed.position(),
            self.statuses
        );
    }

    pub async fn step(&mut self, log: &Memory) {
        match self.feed.next().await {
            FeedItem::Batch(batch) => {
                self.from_broker += batch.len();
                self.seen.extend_from_slice(&batch);
                self.feed.ack(batch.last()).await;
            }
            FeedItem::Missing(missing) => {
                self.missing.push((missing.first.0, missing.last.0));
                self.seen.extend_from_slice(
                    &log.all()[missing.first.0 as usize - 1..missing.last.0 as usize],
                );
                self.feed.ack(missing.last).await;
            }
            FeedItem::Status(status) => {
                if self.poll && status != FeedStatus::Live {
                    let all = log.all();
                    self.seen
                        .extend_from_slice(&all[self.feed.position().0 as usize..]);
                    self.feed.ack(Position(all.len() as u64)).await;
                }
                self.statuses.push(status);
            }
        }
    }

    /// Each event of the log once and in order.
    pub fn saw_exactly(&self, log: &Memory) {
        let positions: Vec<u64> = self.seen.iter().map(|event| event.position.0).collect();
        let wanted: Vec<u64> = (1..=log.all().len() as u64).collect();
        assert_eq!(positions, wanted, "missing {:?}", self.missing);
        assert!(self.seen == log.all(), "events differ from the log");
    }
}

/// What a process has used, in seconds; Linux counts in hundredths.
pub fn processor_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

pub fn decoded(messages: &[StreamMessage]) -> Vec<RecordedEvent> {
    messages
        .iter()
        .map(|message| decode(&message.payload).unwrap())
        .collect()
}

//! A person's own changes as they are recorded: what changed and where in the log, never what
//! it says.
//!
//! One task per process follows the head of the log and wakes the streams whose person was
//! touched; a stream then reads its own page by subject. So a thousand idle streams cost one
//! small query per tick, a slow reader holds nobody up, and nothing is buffered for it: it
//! reads from where it stands.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use medilink_database::DatabaseError;
use medilink_domain::agenda::Agenda;
use medilink_domain::{Decider, SubjectId, TenantId};
use medilink_log::{LogReader, Position, RecordedEvent};
use poem::web::sse::Event;
use poem_openapi::Object;
use poem_openapi::payload::{EventStream, Response};
use poem_openapi::types::ToJSON;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::actor::SignedIn;
use crate::answer::POSITION;
use crate::config::{Limits, millis};
use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// How often the head of the log is looked at while someone listens.
const TICK: Duration = Duration::from_millis(200);
/// How many events one look reads, and how many changes one stream holds.
const PAGE: usize = 500;
/// Further behind than this, everybody is woken instead of reading what happened in between.
const SKIP: u64 = 5_000;
/// How long a stream waits before it asks a log again that is away.
const AWAY: Duration = Duration::from_secs(1);

/// One change of a person's data.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct ChangeOut {
    /// Its place in the log; also the event's id, for `Last-Event-ID`.
    pub position: u64,
    /// What happened, such as `appointment.booked`.
    pub r#type: String,
    /// To what: the stream's name, which holds ids only.
    pub stream: String,
    /// The stream's version after it.
    pub version: u64,
}

/// Changes as server-sent events.
pub type ChangeStream = Response<EventStream<BoxStream<'static, ChangeOut>>>;

/// Whose changes.
type Person = (TenantId, SubjectId);

/// What this needs of the log.
pub trait ChangeLog: Send + Sync + 'static {
    /// The last position.
    fn head(&self) -> BoxFuture<'_, Result<Position, DatabaseError>>;
    /// Up to `limit` events after a position.
    fn after(
        &self,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, DatabaseError>>;
    /// Up to `limit` events about a person after a position.
    fn about(
        &self,
        person: Person,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, DatabaseError>>;
}

impl ChangeLog for LogReader {
    fn head(&self) -> BoxFuture<'_, Result<Position, DatabaseError>> {
        Box::pin(Self::head(self))
    }

    fn after(
        &self,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, DatabaseError>> {
        Box::pin(Self::after(self, after, limit))
    }

    fn about(
        &self,
        (tenant, subject): Person,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<RecordedEvent>, DatabaseError>> {
        Box::pin(self.subject(tenant, subject, after, limit))
    }
}

/// The streams of this process. Cheap to clone.
#[derive(Clone)]
pub struct Changes {
    log: Arc<dyn ChangeLog>,
    listeners: Arc<Mutex<HashMap<Person, Listeners>>>,
    stop: CancellationToken,
    most: usize,
    most_per_person: usize,
    heartbeat: Duration,
}

struct Listeners {
    wake: watch::Sender<()>,
    count: usize,
}

impl Changes {
    /// Nothing flows before [`Changes::follow`] runs.
    pub fn new(log: Arc<dyn ChangeLog>, limits: &Limits, stop: CancellationToken) -> Self {
        Self {
            log,
            listeners: Arc::default(),
            stop,
            most: limits.streams,
            most_per_person: limits.streams_per_person,
            heartbeat: millis(limits.heartbeat_ms),
        }
    }

    /// Follows the log until the process stops.
    pub async fn follow(self) {
        let mut seen = None;
        let mut away = false;
        while self
            .stop
            .run_until_cancelled(tokio::time::sleep(TICK))
            .await
            .is_some()
        {
            if self.lock().is_empty() {
                seen = None;
                continue;
            }
            match self.look(seen).await {
                Ok(next) => {
                    seen = Some(next);
                    away = false;
                }
                Err(error) if !away => {
                    tracing::warn!(%error, "the log can't be followed; streams wait");
                    away = true;
                }
                Err(_) => {}
            }
        }
    }

    async fn look(&self, seen: Option<Position>) -> Result<Position, DatabaseError> {
        let head = self.log.head().await?;
        let Some(mut seen) = seen.filter(|seen| head.0.saturating_sub(seen.0) <= SKIP) else {
            self.wake_all();
            return Ok(head);
        };
        while seen < head {
            let events = self.log.after(seen, PAGE).await?;
            let Some(last) = events.last() else { break };
            seen = last.position;
            self.wake(&events);
        }
        Ok(seen)
    }

    fn wake(&self, events: &[RecordedEvent]) {
        let listeners = self.lock();
        for event in events {
            if let Some(person) = event.subject.map(|subject| (event.tenant, subject))
                && let Some(listening) = listeners.get(&person)
            {
                listening.wake.send_replace(());
            }
        }
    }

    fn wake_all(&self) {
        self.lock().values().for_each(|listening| {
            listening.wake.send_replace(());
        });
    }

    /// The caller's own changes after a position as server-sent events; without a position,
    /// from now on. `Medilink-Position` says where it starts.
    ///
    /// # Errors
    /// As [`Changes::open`].
    pub async fn events(
        &self,
        caller: SignedIn,
        after: Option<Position>,
    ) -> Result<ChangeStream, Problem> {
        let (start, changes) = self.open(caller, after).await?;
        let stream = EventStream::new(changes.boxed())
            .keep_alive(self.heartbeat)
            .to_event(|change| {
                let id = change.position.to_string();
                Event::message(change.to_json_string())
                    .event_type("change")
                    .id(id)
            });
        // Proxies must hand each event on at once.
        Ok(Response::new(stream)
            .header(POSITION, start.0)
            .header("x-accel-buffering", "no"))
    }

    /// Opens a stream of the caller's own changes after a position; without one, from now on.
    /// Also says where it starts.
    ///
    /// # Errors
    /// 429 when too many are open, 422 when the log has not come to that position, 503 when
    /// it is away.
    pub async fn open(
        &self,
        caller: SignedIn,
        after: Option<Position>,
    ) -> Result<(Position, impl Stream<Item = ChangeOut> + Send + use<>), Problem> {
        let person = (caller.actor.tenant, SubjectId(caller.actor.id));
        let seat = self.seat(person)?;
        let head = self
            .log
            .head()
            .await
            .map_err(|error| crate::call::away(&error))?;
        let after = after.unwrap_or(head);
        if after > head {
            return Err(Problem::new(&kinds::UNKNOWN_POSITION));
        }
        let flow = Flow {
            changes: self.clone(),
            seat,
            caller,
            after,
            ready: VecDeque::new(),
            due: true,
            checkup: Instant::now() + self.heartbeat,
        };
        Ok((after, futures::stream::unfold(flow, Flow::next)))
    }

    fn seat(&self, person: Person) -> Result<Seat, Problem> {
        let mut listeners = self.lock();
        let open: usize = listeners.values().map(|listening| listening.count).sum();
        let own = listeners
            .get(&person)
            .map_or(0, |listening| listening.count);
        if open >= self.most || own >= self.most_per_person {
            return Err(Problem::new(&kinds::TOO_MANY_STREAMS).retry_after(self.heartbeat));
        }
        let listening = listeners.entry(person).or_insert_with(|| Listeners {
            wake: watch::Sender::new(()),
            count: 0,
        });
        listening.count += 1;
        metrics::gauge!("medilink_change_streams").set((open + 1) as f64);
        Ok(Seat {
            changes: self.clone(),
            person,
            woken: listening.wake.subscribe(),
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Person, Listeners>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// One open stream's place among the listeners.
struct Seat {
    changes: Changes,
    person: Person,
    woken: watch::Receiver<()>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut listeners = self.changes.lock();
        if let Some(listening) = listeners.get_mut(&self.person) {
            listening.count -= 1;
            if listening.count == 0 {
                listeners.remove(&self.person);
            }
        }
        let open: usize = listeners.values().map(|listening| listening.count).sum();
        metrics::gauge!("medilink_change_streams").set(open as f64);
    }
}

struct Flow {
    changes: Changes,
    seat: Seat,
    caller: SignedIn,
    after: Position,
    ready: VecDeque<ChangeOut>,
    due: bool,
    /// When the token is looked at again, however much there is to send.
    checkup: Instant,
}

impl Flow {
    /// The next change; `None` when the process stops or the token is no longer good.
    async fn next(mut self) -> Option<(ChangeOut, Self)> {
        let stop = self.changes.stop.clone();
        let change = stop.run_until_cancelled(self.await_change()).await??;
        Some((change, self))
    }

    async fn await_change(&mut self) -> Option<ChangeOut> {
        loop {
            if Instant::now() >= self.checkup {
                if !self.caller.still_valid().await {
                    return None;
                }
                self.checkup = Instant::now() + self.changes.heartbeat;
            }
            if let Some(change) = self.ready.pop_front() {
                return Some(change);
            }
            if self.due {
                self.read().await;
                continue;
            }
            tokio::select! {
                woken = self.seat.woken.changed() => {
                    // The sender lives as long as this seat.
                    woken.ok()?;
                    self.due = true;
                }
                () = tokio::time::sleep_until(self.checkup) => {}
            }
        }
    }

    async fn read(&mut self) {
        match self
            .changes
            .log
            .about(self.seat.person, self.after, PAGE)
            .await
        {
            Ok(events) => {
                self.due = events.len() == PAGE;
                if let Some(last) = events.last() {
                    self.after = last.position;
                }
                let shown = events.into_iter().filter(|event| !is_bookkeeping(event));
                self.ready.extend(shown.map(change));
            }
            Err(_) => tokio::time::sleep(AWAY).await,
        }
    }
}

/// Whether it only repeats, on the patient's agenda, what the appointment says.
fn is_bookkeeping(event: &RecordedEvent) -> bool {
    event.kind.split('.').next() == Some(Agenda::CATEGORY)
}

fn change(event: RecordedEvent) -> ChangeOut {
    ChangeOut {
        position: event.position.0,
        r#type: event.kind,
        stream: event.stream,
        version: event.version,
    }
}

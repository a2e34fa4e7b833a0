//! The way from the log to the broker. The relay keeps nothing: it asks JetStream for its
//! last sequence and publishes the log from there, so it can be killed at any moment, run
//! twice, or be given an empty broker.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use medilink_log::Position;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::batch::{Flying, Outgoing, cut, launch};
use crate::config::RelayConfig;
use crate::connection::Bus;
use crate::error::{BusError, RelayError};
use crate::link::Link;
use crate::source::EventSource;
use crate::stream::{settle, stream_position};

/// How many batches are on their way at once: the broker takes in one while it writes another.
const IN_FLIGHT: usize = 2;
/// The shortest sleep between two looks at the log's head.
const POLL_FLOOR: Duration = Duration::from_millis(2);
/// The longest pause between two attempts.
const RETRY_CEILING: Duration = Duration::from_secs(2);
/// The pause when only an operator can help.
const OPERATOR_PAUSE: Duration = Duration::from_secs(5);

/// What a relay is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayStatus {
    /// It has not reached the broker yet.
    Starting,
    /// The stream follows the log.
    Running {
        /// The last position in the stream.
        position: Position,
        /// The log's head when it last looked.
        head: Position,
    },
    /// Broker or log are away; it tries again soon.
    Waiting(String),
    /// An operator must decide; the text says what. It tries again from time to time.
    Refusing(String),
    /// It was asked to stop, and has.
    Stopped,
}

/// Publishes a log to the broker.
#[derive(Debug)]
pub struct Relay<S> {
    bus: Bus,
    source: S,
    config: RelayConfig,
    wake: Arc<Notify>,
    status: watch::Sender<RelayStatus>,
}

impl<S: EventSource> Relay<S> {
    /// A relay from this log to this broker; `bus` must be connected as user `relay`.
    ///
    /// # Errors
    /// [`BusError::Settings`] when no broker could do what the configuration asks for.
    pub fn new(bus: Bus, source: S, config: RelayConfig) -> Result<Self, BusError> {
        config.check()?;
        Ok(Self {
            bus,
            source,
            config,
            wake: Arc::new(Notify::new()),
            status: watch::Sender::new(RelayStatus::Starting),
        })
    }

    /// `notify_one` on it makes the relay look at the log at once. Without it the relay looks
    /// by itself, at most [`RelayConfig::poll_ms`] later.
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// What the relay is doing, and every change of that.
    pub fn status(&self) -> watch::Receiver<RelayStatus> {
        self.status.subscribe()
    }

    /// Runs until `drain` is cancelled, whatever happens to broker and log, and lets a batch
    /// that is on its way arrive.
    pub async fn run(self, drain: CancellationToken) {
        let mut pause = Duration::from_millis(50);
        // From the beginning: the first refusal is then a rise, which an alert can see.
        metrics::counter!("medilink_relay_refusals_total").increment(0);
        let mut moved = None;
        while !drain.is_cancelled() {
            let started = Instant::now();
            let Err(error) = self.follow(&drain).await else {
                break;
            };
            if let RelayError::Moved(at) = error {
                // Nobody moved it: the server has batches that the others never took.
                if moved == Some(at) {
                    self.bus.in_vain().await;
                }
                moved = Some(at);
            }
            if started.elapsed() > RETRY_CEILING {
                pause = Duration::from_millis(50);
            }
            let wait = self.report(&error, pause);
            tokio::select! {
                () = drain.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
                () = self.link_is_back(&error) => {}
            }
            pause = (pause * 2).min(RETRY_CEILING);
        }
        self.status.send_replace(RelayStatus::Stopped);
    }

    /// Follows the log on one connection; `Ok` when it was asked to stop.
    async fn follow(&self, drain: &CancellationToken) -> Result<(), RelayError> {
        let connection = self.bus.number()?;
        let mut at = settle(&self.bus, &self.source, &self.config).await?;
        let (mut read, mut sent) = (at, at);
        let mut ready = VecDeque::new();
        let mut flying: VecDeque<Flying<'_>> = VecDeque::new();
        let pace = Duration::from_millis(self.config.pace_ms);
        let mut launched: Option<Instant> = None;
        // A full page: more is there, and nothing need be waited for.
        let mut more = false;
        self.running(at, at.max(self.source.head().await?));
        tracing::info!(position = at.0, "the relay follows the log");
        loop {
            let stopping = drain.is_cancelled();
            if !stopping && ready.len() < self.config.batch_events && flying.is_empty() {
                if let Some(launched) = launched
                    && !more
                {
                    tokio::time::sleep(pace.saturating_sub(launched.elapsed())).await;
                }
                let page = self.read(&mut read).await?;
                more = self.fills(&page);
                ready.extend(page);
            }
            while !stopping && !ready.is_empty() && flying.len() < IN_FLIGHT {
                let batch = cut(
                    &mut ready,
                    self.config.batch_events,
                    self.config.batch_bytes,
                );
                let end = Position(sent.0 + batch.len() as u64);
                flying.push_back(launch(&self.bus, sent, batch).await?);
                sent = end;
                launched = Some(Instant::now());
            }
            let Some(oldest) = flying.pop_front() else {
                if stopping {
                    return Ok(());
                }
                self.idle(at, connection, drain).await?;
                continue;
            };
            // The next page is read and encoded while the broker writes.
            let (arrived, page) = tokio::join!(oldest, async {
                if more && !stopping && ready.len() < self.config.batch_events {
                    self.read(&mut read).await.map(Some)
                } else {
                    Ok(None)
                }
            });
            let now = arrived?;
            metrics::counter!("medilink_relay_published_events_total").increment(now.0 - at.0);
            at = now;
            if let Some(page) = page? {
                more = self.fills(&page);
                ready.extend(page);
            }
            self.running(at, read);
        }
    }

    /// Whether a page is as long as pages are.
    fn fills(&self, page: &VecDeque<Outgoing>) -> bool {
        page.len() >= self.config.batch_events
    }

    /// The next page, encoded; moves `read` to its end.
    async fn read(&self, read: &mut Position) -> Result<VecDeque<Outgoing>, RelayError> {
        let page = self.source.after(*read, self.config.batch_events).await?;
        let mut end = *read;
        for event in &page {
            if event.position != end.next() {
                return Err(RelayError::Gap {
                    after: end,
                    found: event.position,
                });
            }
            end = event.position;
        }
        *read = end;
        Ok(page.iter().map(Outgoing::from).collect())
    }

    /// Waits until the log has grown. Looks often right after work and less often later, and
    /// makes sure from time to time that the stream is still there.
    async fn idle(
        &self,
        at: Position,
        connection: u64,
        drain: &CancellationToken,
    ) -> Result<(), RelayError> {
        let ceiling = Duration::from_millis(self.config.poll_ms.max(1));
        let check = Duration::from_millis(self.config.check_ms.max(1));
        let mut poll = POLL_FLOOR.min(ceiling);
        let mut checked = Instant::now();
        loop {
            tokio::select! {
                () = drain.cancelled() => return Ok(()),
                () = self.bus.lost(connection) => return Err(BusError::Away("the connection was lost".to_owned()).into()),
                () = self.wake.notified() => {}
                () = tokio::time::sleep(poll) => {}
            }
            let head = self.source.head().await?;
            if head < at {
                return Err(RelayError::Ahead {
                    stream: at,
                    log: head,
                });
            }
            self.running(at, head);
            if head > at {
                return Ok(());
            }
            // A time rather than an age: it goes on ageing when nobody publishes any more.
            metrics::gauge!("medilink_relay_level_timestamp_seconds")
                .set(chrono::Utc::now().timestamp() as f64);
            if checked.elapsed() >= check {
                let found = stream_position(&self.bus).await?;
                if found.last != at {
                    return Err(RelayError::Moved(at));
                }
                checked = Instant::now();
            }
            poll = (poll * 2).min(ceiling);
        }
    }

    fn running(&self, position: Position, head: Position) {
        // Positions are far below 2^52, where f64 would begin to round.
        metrics::gauge!("medilink_relay_position").set(position.0 as f64);
        metrics::gauge!("medilink_relay_behind_events")
            .set((head.0 - position.0.min(head.0)) as f64);
        self.status.send_if_modified(|status| {
            let now = RelayStatus::Running { position, head };
            let changed = *status != now;
            *status = now;
            changed
        });
    }

    /// Says what happened and returns how long to wait.
    fn report(&self, error: &RelayError, pause: Duration) -> Duration {
        let text = error.to_string();
        if error.needs_operator() {
            metrics::counter!("medilink_relay_refusals_total").increment(1);
            tracing::error!(error = text, "the relay refuses to go on");
            self.status.send_replace(RelayStatus::Refusing(text));
            return OPERATOR_PAUSE;
        }
        if let RelayError::Moved(_) = error {
            // Two relays at once: whoever lost lets the other one work for a moment.
            tracing::debug!(error = text, "the stream moved");
            return pause;
        }
        tracing::warn!(error = text, "the relay waits");
        self.status.send_replace(RelayStatus::Waiting(text));
        pause
    }

    /// Ends the pause as soon as a broker that was away is back.
    async fn link_is_back(&self, error: &RelayError) {
        match error {
            RelayError::Bus(BusError::Away(_)) if !self.bus.is_up() => {
                let mut link = self.bus.link();
                let _ = link.wait_for(|now| matches!(now, Link::Up(_))).await;
            }
            _ => std::future::pending().await,
        }
    }
}

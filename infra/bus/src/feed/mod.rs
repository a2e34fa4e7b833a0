//! A durable consumer of the stream that can't stall, skip or end in silence.
//!
//! The caller's own checkpoint is the truth: it says where to start, and [`Feed::ack`] moves
//! on. What was not acknowledged comes again. Whatever the broker can't deliver (trimmed,
//! damaged, or lost) is named as [`FeedItem::Missing`], to be read from PostgreSQL.

mod config;
mod consumer;
mod item;
mod queue;

use std::time::{Duration, Instant};

use async_nats::Subject;
use async_nats::jetstream::consumer::pull::MessagesErrorKind;
use futures::{FutureExt, StreamExt};
use medilink_log::Position;

use crate::connection::Bus;
use crate::error::BusError;
use crate::link::Link;
use crate::stream::stream_position;
pub use config::FeedConfig;
use consumer::{AttachError, Attached, Durable};
pub use item::{FeedBatch, FeedItem, FeedStatus, Missing, MissingCause};
use queue::{Patience, Queue};

/// How often a feed with filters makes sure that it didn't fall behind the stream's
/// retention, which it can't see from the messages.
const AUDIT: Duration = Duration::from_secs(30);

/// A durable pull consumer. Unless it reads [apart](FeedConfig::apart), one process at a time
/// reads under one name: a second one is told [`FeedStatus::HeldElsewhere`]. To share work,
/// give each process partitions of its own.
#[derive(Debug)]
pub struct Feed {
    bus: Bus,
    config: FeedConfig,
    durable: Durable,
    queue: Queue,
    attached: Option<Attached>,
    status: FeedStatus,
    retry_at: Option<Instant>,
    /// The consumer itself is under suspicion, not only our subscription.
    distrust: bool,
    strikes: u32,
}

/// What came of waiting for messages.
enum Gathered {
    Ready,
    Lost(String),
    /// Nobody sees to the subscription, though the consumer is said to be there.
    Unserved(String),
    Check,
}

impl Feed {
    /// A feed of everything after `start`, which is the caller's checkpoint.
    ///
    /// # Errors
    /// [`BusError::Settings`] when the name can't be a durable's.
    pub fn new(bus: Bus, config: FeedConfig, start: Position) -> Result<Self, BusError> {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if config.name.is_empty() || !config.name.chars().all(good) {
            return Err(BusError::Settings(
                "a feed's name must be letters, digits, `-` and `_`".to_owned(),
            ));
        }
        let queue = Queue::new(start, config.batch.max(1), config.subjects.is_empty());
        let durable = Durable::of(&config);
        Ok(Self {
            bus,
            config,
            durable,
            queue,
            attached: None,
            status: FeedStatus::Starting,
            retry_at: None,
            distrust: false,
            strikes: 0,
        })
    }

    /// What comes next; never ends. Events come in order, each once as long as they are
    /// acknowledged; what was handed out and not acknowledged comes again at once. While the
    /// broker is away it answers [`FeedStatus::Away`] every [`FeedConfig::retry`], so that a
    /// caller can read PostgreSQL meanwhile and [`ack`](Self::ack) what it read.
    ///
    /// Nothing is lost when this future is dropped.
    pub async fn next(&mut self) -> FeedItem {
        loop {
            if let Some(item) = self.queue.held() {
                return item;
            }
            if self.attached.is_none() {
                self.pause().await;
                match self.attach().await {
                    Ok(()) if self.status != FeedStatus::Live => {
                        self.status = FeedStatus::Live;
                        return FeedItem::Status(FeedStatus::Live);
                    }
                    Ok(()) => {}
                    Err(error) => return self.unavailable(error),
                }
            }
            match self.gather().await {
                Gathered::Ready => self.hand_over(),
                Gathered::Lost(cause) => self.detach(&cause, false),
                Gathered::Unserved(cause) => {
                    self.detach(&cause, false);
                    self.bus.in_vain().await;
                    return self.unavailable(BusError::Away(cause).into());
                }
                Gathered::Check => {
                    if let Err(error) = self.check().await {
                        self.detach(&error.to_string(), false);
                    }
                }
            }
        }
    }

    /// Everything up to and including `through` is handled, wherever it was read; the next
    /// item starts after it. Acknowledging part of a batch makes the rest come again.
    pub async fn ack(&mut self, through: Position) {
        let reply = self.queue.ack(through);
        if let Some(attached) = &mut self.attached {
            attached.last = attached.last.max(through.0);
        }
        if let Some(reply) = reply {
            self.tell(reply).await;
        }
    }

    /// Goes back, or forward, to right after `position`: the broker delivers from there.
    pub fn seek(&mut self, position: Position) {
        self.queue.seek(position);
        self.detach("the reader moved", false);
    }

    /// Everything up to here was acknowledged.
    pub const fn position(&self) -> Position {
        self.queue.position()
    }

    /// Stops, after the broker has taken the last acknowledgement.
    pub async fn close(mut self) {
        self.attached = None;
        if let Err(error) = self.bus.flush().await {
            // The caller's checkpoint knows more than the broker; it starts from there.
            tracing::debug!(feed = self.config.name, %error, "the last acknowledgement may not have arrived");
        }
    }

    /// Stops for good: removes the durable from the broker.
    ///
    /// # Errors
    /// [`BusError`] when the broker doesn't do it; an unused durable goes by itself in a day.
    pub async fn forget(mut self) -> Result<(), BusError> {
        self.attached = None;
        consumer::delete(&self.bus, &self.durable.name).await
    }

    async fn pause(&mut self) {
        let Some(until) = self.retry_at.take() else {
            return;
        };
        // Restored when this future is dropped half-way, so that a caller that polls often
        // doesn't hammer the broker.
        self.retry_at = Some(until);
        let mut link = self.bus.link();
        let was_up = self.bus.is_up();
        tokio::select! {
            () = tokio::time::sleep_until(until.into()) => {}
            _ = link.wait_for(|now| !was_up && matches!(now, Link::Up(_))) => {}
        }
        self.retry_at = None;
    }

    async fn attach(&mut self) -> Result<(), AttachError> {
        let resume = self.queue.resume();
        let (config, durable) = (&self.config, &self.durable);
        let attached = consumer::attach(&self.bus, config, durable, resume, self.distrust).await?;
        self.distrust = false;
        self.queue.restart();
        if attached.first.0 > resume.0 + 1 {
            self.queue.missing(
                resume.next(),
                Position(attached.first.0 - 1),
                MissingCause::Trimmed,
            );
        }
        tracing::info!(
            feed = self.config.name,
            after = resume.0,
            "the feed is attached"
        );
        self.attached = Some(attached);
        Ok(())
    }

    fn unavailable(&mut self, error: AttachError) -> FeedItem {
        self.retry_at = Some(Instant::now() + self.config.retry);
        let status = match error {
            AttachError::HeldElsewhere => FeedStatus::HeldElsewhere,
            AttachError::Bus(error) => FeedStatus::Away(error),
        };
        if status != self.status {
            tracing::warn!(
                feed = self.config.name,
                ?status,
                "the feed gets nothing from the broker"
            );
            self.status = status.clone();
        }
        FeedItem::Status(status)
    }

    fn detach(&mut self, cause: &str, distrust: bool) {
        if self.attached.take().is_some() {
            tracing::info!(
                feed = self.config.name,
                cause,
                distrust,
                "the feed attaches anew"
            );
            metrics::counter!("medilink_feed_recoveries_total", "feed" => self.config.name.clone())
                .increment(1);
        }
        self.distrust |= distrust;
        self.queue.restart();
    }

    /// Collects messages until a batch is due, the connection is lost or silence is suspicious.
    async fn gather(&mut self) -> Gathered {
        loop {
            let Some(attached) = &mut self.attached else {
                return Gathered::Lost("not attached".to_owned());
            };
            let patience = if attached.caught_up {
                Patience::Pace(self.config.pace)
            } else {
                Patience::Linger(self.config.linger)
            };
            let wait = match self.queue.due(patience) {
                Some(Duration::ZERO) => return Gathered::Ready,
                Some(wait) => wait,
                None => self.config.stall.saturating_sub(attached.heard.elapsed()),
            };
            if wait.is_zero()
                || (!self.config.subjects.is_empty() && attached.checked.elapsed() >= AUDIT)
            {
                return Gathered::Check;
            }
            // Most messages are there already: no timer for each of them.
            let message = match attached.messages.next().now_or_never() {
                Some(message) => message,
                None => tokio::select! {
                    () = self.bus.lost(attached.connection) => return Gathered::Lost("the connection was lost".to_owned()),
                    message = attached.messages.next() => message,
                    () = tokio::time::sleep(wait) => continue,
                },
            };
            match message {
                Some(Ok(message)) => {
                    self.strikes = 0;
                    match attached.accept(&mut self.queue, message) {
                        Ok(None) => {}
                        Ok(Some(stale)) => self.tell(stale).await,
                        Err(cause) => return Gathered::Lost(cause.to_owned()),
                    }
                }
                Some(Err(error)) => {
                    return match error.kind() {
                        MessagesErrorKind::NoResponders | MessagesErrorKind::MissingHeartbeat => {
                            Gathered::Unserved(error.to_string())
                        }
                        _ => Gathered::Lost(error.to_string()),
                    };
                }
                None => return Gathered::Lost("the subscription ended".to_owned()),
            }
        }
    }

    fn hand_over(&mut self) {
        let name = &self.config.name;
        if let Some(attached) = &self.attached {
            metrics::gauge!("medilink_feed_behind_events", "feed" => name.clone())
                .set(attached.behind as f64);
        }
        let count = self.queue.hand_over();
        metrics::counter!("medilink_feed_events_total", "feed" => name.clone()).increment(count);
    }

    /// The watchdog: nothing came for a while. Should something have? First it subscribes
    /// anew, then it makes the consumer anew.
    async fn check(&mut self) -> Result<(), BusError> {
        // The stream is asked first, so that whatever it had then is known to the consumer.
        let stream = stream_position(&self.bus).await?;
        let consumer = consumer::info(&self.bus, &self.durable.name).await;
        let Some(attached) = &mut self.attached else {
            return Ok(());
        };
        attached.checked = Instant::now();
        let filtered = !self.config.subjects.is_empty();
        if filtered && stream.first.0 > attached.last + 1 {
            // Retention overtook us. What of it was for us can't be told here.
            self.queue.missing(
                Position(attached.last + 1),
                Position(stream.first.0 - 1),
                MissingCause::Trimmed,
            );
            attached.last = stream.first.0 - 1;
        }
        if attached.heard.elapsed() < self.config.stall {
            return Ok(());
        }
        attached.heard = Instant::now();
        let idle = match &consumer {
            Ok(info) => info.num_pending == 0 && info.num_ack_pending == 0,
            Err(BusError::NoConsumer) => {
                self.detach("the consumer is gone", true);
                return Ok(());
            }
            Err(error) => return Err(error.clone()),
        };
        if idle && filtered {
            attached.last = attached.last.max(stream.last.0);
            self.queue.scanned(stream.last);
        } else if stream.last.0 > attached.last {
            self.strikes += 1;
            let distrust = self.strikes > 1;
            tracing::warn!(
                feed = self.config.name,
                last = attached.last,
                stream = stream.last.0,
                "the feed has stalled"
            );
            self.detach("nothing arrives though there is more", distrust);
        }
        Ok(())
    }

    /// Sends an acknowledgement. Losing one is harmless: the cursor is ours.
    async fn tell(&self, reply: Subject) {
        if !self.bus.is_up() {
            return;
        }
        let sent = self
            .bus
            .client()
            .publish(reply, bytes::Bytes::from_static(b"+ACK"));
        if !matches!(
            tokio::time::timeout(self.bus.timeout(), sent).await,
            Ok(Ok(()))
        ) {
            tracing::debug!(feed = self.config.name, "an acknowledgement was not sent");
        }
    }
}

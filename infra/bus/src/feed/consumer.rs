//! The broker's side of a feed: the durable, and our subscription to it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_nats::Subject;
use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::{self, Stream as Messages};
use async_nats::jetstream::consumer::{
    AckPolicy, Consumer, DeliverPolicy, Info, IntoConsumerConfig, ReplayPolicy,
};
use medilink_log::Position;
use serde_json::json;
use uuid::Uuid;

use super::FeedConfig;
use super::queue::Queue;
use crate::connection::Bus;
use crate::envelope::decode_at;
use crate::error::BusError;
use crate::stream::{STREAM, stream_position};

/// Which feed instance made the durable.
const OWNER: &str = "medilink-owner";
/// A durable that no one asks for this long is gone; its owner makes it anew anyway.
const UNUSED: Duration = Duration::from_secs(24 * 3_600);
/// The same for one that no other feed will ever ask for.
const UNUSED_APART: Duration = Duration::from_secs(5 * 60);

/// What a feed's durable is called on the broker, and whose it is.
#[derive(Debug)]
pub(super) struct Durable {
    pub(super) name: String,
    owner: String,
    unused: Duration,
}

impl Durable {
    pub(super) fn of(config: &FeedConfig) -> Self {
        let owner = Uuid::now_v7().to_string();
        let (name, unused) = match config.apart {
            true => (format!("{}-{owner}", config.name), UNUSED_APART),
            false => (config.name.clone(), UNUSED),
        };
        Self {
            name,
            owner,
            unused,
        }
    }
}

/// Why a feed could not attach.
#[derive(Debug)]
pub(super) enum AttachError {
    Bus(BusError),
    HeldElsewhere,
}

impl From<BusError> for AttachError {
    fn from(error: BusError) -> Self {
        Self::Bus(error)
    }
}

/// A subscription to the durable and what was seen of it.
pub(super) struct Attached {
    pub(super) messages: Messages,
    pub(super) connection: u64,
    /// The first position that the stream had when we attached.
    pub(super) first: Position,
    /// The last sequence that is accounted for.
    pub(super) last: u64,
    /// The delivery that must come next: a jump means that one was lost on the way.
    next_delivery: u64,
    /// The last message said that no other waits.
    pub(super) caught_up: bool,
    /// How many messages waited in the stream after the last one.
    pub(super) behind: u64,
    pub(super) heard: Instant,
    pub(super) checked: Instant,
}

impl std::fmt::Debug for Attached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attached")
            .field("connection", &self.connection)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

impl Attached {
    /// Takes a message into the queue. Answers where to acknowledge one that is no news, or
    /// why the subscription can't be trusted.
    pub(super) fn accept(
        &mut self,
        queue: &mut Queue,
        message: Message,
    ) -> Result<Option<Subject>, &'static str> {
        let info = message
            .info()
            .map_err(|_| "a message without a place in the stream")?;
        let (sequence, delivery, behind) =
            (info.stream_sequence, info.consumer_sequence, info.pending);
        let async_nats::Message {
            reply: Some(reply),
            payload,
            ..
        } = message.message
        else {
            return Err("a message that can't be acknowledged");
        };
        if delivery != self.next_delivery {
            return Err("a delivery was lost on the way");
        }
        self.next_delivery += 1;
        self.heard = Instant::now();
        self.behind = behind;
        self.caught_up = behind == 0;
        if sequence <= self.last {
            // Known already. Acknowledging one covers all before it, so not each needs it.
            let settled = sequence <= queue.position().0
                && (self.caught_up
                    || sequence == queue.position().0
                    || sequence.is_multiple_of(256));
            return Ok(settled.then_some(reply));
        }
        let content = decode_at(sequence, &payload);
        queue.take(self.last, sequence, content, reply);
        self.last = sequence;
        Ok(None)
    }
}

pub(super) async fn info(bus: &Bus, name: &str) -> Result<Info, BusError> {
    let subject = format!("CONSUMER.INFO.{STREAM}.{name}");
    bus.info(&subject, |info: &Info| info.cluster.as_ref())
        .await
}

pub(super) async fn delete(bus: &Bus, name: &str) -> Result<(), BusError> {
    match bus
        .api::<_, serde_json::Value>(&format!("CONSUMER.DELETE.{STREAM}.{name}"), &())
        .await
    {
        Ok(_) | Err(BusError::NoConsumer | BusError::NoStream) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Subscribes to a durable that delivers everything after `resume`. The durable is kept when
/// it stands exactly there and nothing is on its way; otherwise it is made anew, because what
/// was delivered into a lost subscription would come late and out of order.
pub(super) async fn attach(
    bus: &Bus,
    config: &FeedConfig,
    durable: &Durable,
    resume: Position,
    distrust: bool,
) -> Result<Attached, AttachError> {
    let connection = bus.number()?;
    let info = match info(bus, &durable.name).await {
        Ok(found) => {
            let ours = found
                .config
                .metadata
                .get(OWNER)
                .is_some_and(|name| *name == durable.owner);
            if !ours && found.num_waiting > 0 {
                return Err(AttachError::HeldElsewhere);
            }
            let in_place =
                found.num_ack_pending == 0 && found.delivered.stream_sequence == resume.0;
            if ours && in_place && !distrust {
                found
            } else {
                delete(bus, &durable.name).await?;
                create(bus, config, durable, resume).await?
            }
        }
        Err(BusError::NoConsumer) => create(bus, config, durable, resume).await?,
        Err(error) => return Err(error.into()),
    };
    // After the consumer, so that what is trimmed between the two is not overlooked.
    let first = stream_position(bus).await?.first;
    let next_delivery = info.delivered.consumer_sequence + 1;
    let consumer = Consumer::new(
        settings(config, durable, resume),
        info,
        bus.context().clone(),
    );
    let messages = consumer
        .stream()
        .max_messages_per_batch(config.batch * 2)
        .expires(Duration::from_secs(30))
        .heartbeat(Duration::from_secs(5))
        .messages()
        .await
        .map_err(|error| BusError::Away(error.to_string()))?;
    let now = Instant::now();
    Ok(Attached {
        messages,
        connection,
        first,
        last: resume.0.max(first.0 - 1),
        next_delivery,
        caught_up: false,
        behind: 0,
        heard: now,
        checked: now,
    })
}

async fn create(
    bus: &Bus,
    config: &FeedConfig,
    durable: &Durable,
    resume: Position,
) -> Result<Info, BusError> {
    let settings = settings(config, durable, resume).into_consumer_config();
    bus.api(
        &format!("CONSUMER.CREATE.{STREAM}.{}", durable.name),
        &json!({ "stream_name": STREAM, "config": settings, "action": "create" }),
    )
    .await
}

fn settings(config: &FeedConfig, durable: &Durable, resume: Position) -> pull::Config {
    pull::Config {
        durable_name: Some(durable.name.clone()),
        name: Some(durable.name.clone()),
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: resume.0 + 1,
        },
        // In order by one reader: one acknowledgement for a whole batch.
        ack_policy: AckPolicy::All,
        ack_wait: Duration::from_secs(60),
        max_deliver: -1,
        replay_policy: ReplayPolicy::Instant,
        filter_subjects: config.subjects.clone(),
        // The batch in the caller's hands, the pending one and two pulls never reach it.
        max_ack_pending: i64::try_from(config.batch.saturating_mul(8)).unwrap_or(i64::MAX),
        inactive_threshold: durable.unused,
        metadata: HashMap::from([(OWNER.to_owned(), durable.owner.clone())]),
        ..pull::Config::default()
    }
}

//! The stream `EVENTS`: how it is made, and whether one that exists is the log's.

use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use medilink_log::Position;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

use crate::config::RelayConfig;
use crate::connection::Bus;
use crate::envelope::decode_at;
use crate::error::{BusError, RelayError};
use crate::source::EventSource;

/// The one stream of the platform.
pub const STREAM: &str = "EVENTS";

const SUBJECTS: &str = "ev.>";
/// JetStream's code for "stream name already in use with a different configuration".
const NAME_IN_USE: u64 = 10058;
/// JetStream's code for "no message found".
const NO_MESSAGE: u64 = 10037;

/// What the stream holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamPosition {
    /// The first position it still has; one more than `last` when it is empty. Older ones
    /// are read from PostgreSQL.
    pub first: Position,
    /// The last position it was given.
    pub last: Position,
    /// How many messages it holds.
    pub messages: u64,
}

/// What the stream holds now.
///
/// # Errors
/// [`BusError::NoStream`] when the relay has not made it, other [`BusError`]s when the broker
/// doesn't answer.
pub async fn stream_position(bus: &Bus) -> Result<StreamPosition, BusError> {
    Ok(position(&info(bus).await?))
}

/// Deletes the stream, which only the operator may; the relay makes and fills it anew.
///
/// # Errors
/// [`BusError::Denied`] for anyone but the operator.
pub async fn delete_stream(bus: &Bus) -> Result<(), BusError> {
    let _: serde_json::Value = bus.api(&format!("STREAM.DELETE.{STREAM}"), &()).await?;
    Ok(())
}

/// Gives an existing stream the limits of this configuration, which only the operator may:
/// a lower limit removes messages.
///
/// # Errors
/// [`BusError::Denied`] for anyone but the operator.
pub async fn apply_limits(bus: &Bus, config: &RelayConfig) -> Result<(), BusError> {
    let present = info(bus).await?.config;
    let wanted = Config {
        first_sequence: present.first_sequence,
        ..settings(config, 1)
    };
    let _: Info = bus.api(&format!("STREAM.UPDATE.{STREAM}"), &wanted).await?;
    Ok(())
}

/// Makes sure that the stream is there and holds this log and no other.
///
/// # Errors
/// [`RelayError::Ahead`], [`RelayError::Differs`] or [`RelayError::Settings`] when an
/// operator must decide; nothing was changed then.
pub(crate) async fn settle<S: EventSource>(
    bus: &Bus,
    source: &S,
    config: &RelayConfig,
) -> Result<Position, RelayError> {
    let info = match info(bus).await {
        Err(BusError::NoStream) => create(bus, source, config).await?,
        other => other?,
    };
    check_settings(&info.config, config)?;
    let found = position(&info);
    // Read after the stream, so that a relay at work beside us can't make it look ahead.
    let head = source.head().await?;
    if found.last > head {
        return Err(RelayError::Ahead {
            stream: found.last,
            log: head,
        });
    }
    if found.messages > 0 {
        compare_last(bus, source, found.last).await?;
    }
    Ok(found.last)
}

async fn create<S: EventSource>(
    bus: &Bus,
    source: &S,
    config: &RelayConfig,
) -> Result<Info, RelayError> {
    let head = source.head().await?;
    let first = head.0.saturating_sub(config.refill_events) + 1;
    match bus
        .api(&format!("STREAM.CREATE.{STREAM}"), &settings(config, first))
        .await
    {
        Ok(info) => {
            tracing::warn!(
                first,
                head = head.0,
                "made stream EVENTS and fill it from the log"
            );
            metrics::counter!("medilink_relay_streams_made_total").increment(1);
            Ok(info)
        }
        // Another relay made it meanwhile, for a head of its own.
        Err(BusError::Refused {
            code: NAME_IN_USE, ..
        }) => Ok(info(bus).await?),
        Err(error) => Err(error.into()),
    }
}

/// The newest message must be the log's event at that position. As each event's leaf hash
/// covers its content and the log is gapless, a foreign or forked log is seen here.
async fn compare_last<S: EventSource>(
    bus: &Bus,
    source: &S,
    last: Position,
) -> Result<(), RelayError> {
    let body = match message(bus, last).await {
        // Expired between two requests: nothing is left to compare.
        Err(BusError::Refused {
            code: NO_MESSAGE, ..
        }) => return Ok(()),
        other => other?,
    };
    let ours = source.after(Position(last.0 - 1), 1).await?;
    match (decode_at(last.0, &body), ours.first()) {
        (Ok(theirs), Some(ours)) if theirs == *ours => Ok(()),
        _ => Err(RelayError::Differs(last)),
    }
}

async fn message(bus: &Bus, sequence: Position) -> Result<Vec<u8>, BusError> {
    #[derive(Deserialize)]
    struct Answer {
        message: Stored,
    }
    #[derive(Deserialize)]
    struct Stored {
        #[serde(default)]
        data: String,
    }
    let answer: Answer = bus
        .api(
            &format!("STREAM.MSG.GET.{STREAM}"),
            &json!({ "seq": sequence.0 }),
        )
        .await?;
    // What is not base64 is not an event either; the caller then sees that it differs.
    Ok(STANDARD.decode(answer.message.data).unwrap_or_default())
}

pub(crate) async fn info(bus: &Bus) -> Result<Info, BusError> {
    let subject = format!("STREAM.INFO.{STREAM}");
    bus.info(&subject, |info: &Info| info.cluster.as_ref())
        .await
}

pub(crate) const fn position(info: &Info) -> StreamPosition {
    StreamPosition {
        // 0 on a stream that never had a message.
        first: Position(if info.state.first_sequence == 0 {
            info.state.last_sequence + 1
        } else {
            info.state.first_sequence
        }),
        last: Position(info.state.last_sequence),
        messages: info.state.messages,
    }
}

fn settings(config: &RelayConfig, first: u64) -> Config {
    Config {
        name: STREAM.to_owned(),
        description: Some(
            "The log of record, as the relay publishes it. Sequence = position.".to_owned(),
        ),
        subjects: vec![SUBJECTS.to_owned()],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        max_bytes: config.max_bytes,
        max_age: Duration::from_secs(config.max_age_seconds),
        max_message_size: -1,
        num_replicas: config.replicas,
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
        allow_atomic_publish: true,
        first_sequence: Some(first),
        // No message carries Nats-Msg-Id, so nothing is ever tracked; the shortest window.
        duplicate_window: Duration::from_millis(100),
        ..Config::default()
    }
}

/// Settings that the relay relies on must hold; limits may differ, they are the operator's.
fn check_settings(found: &Config, config: &RelayConfig) -> Result<(), RelayError> {
    let wrong = [
        (found.subjects != [SUBJECTS], "other subjects than `ev.>`"),
        (!found.allow_atomic_publish, "no atomic publishing"),
        (found.storage != StorageType::File, "its messages in memory"),
        (
            !found.deny_delete || !found.deny_purge,
            "no protection from deleting messages",
        ),
        (found.max_messages_per_subject > 0, "a limit per subject"),
        (
            found.retention != RetentionPolicy::Limits,
            "a retention that lets consumers remove messages",
        ),
        (
            found.discard != DiscardPolicy::Old,
            "a limit that refuses new messages",
        ),
        (
            found.allow_message_schedules || found.allow_rollup,
            "messages that can remove others",
        ),
        (found.sealed, "been sealed"),
    ];
    if let Some((_, problem)) = wrong.into_iter().find(|(is_wrong, _)| *is_wrong) {
        return Err(RelayError::Settings(problem));
    }
    let wanted = settings(config, 1);
    if found.max_age != wanted.max_age
        || found.max_bytes != wanted.max_bytes
        || found.num_replicas != wanted.num_replicas
    {
        tracing::warn!(
            max_age_seconds = found.max_age.as_secs(),
            max_bytes = found.max_bytes,
            replicas = found.num_replicas,
            "stream EVENTS has other limits than the configuration; only the operator may change them"
        );
    }
    Ok(())
}

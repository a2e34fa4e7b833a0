//! One atomic batch (NATS ADR-50): all of its messages are stored or none, and only right
//! after the sequence that its first message names. async-nats has no builder for it. A few
//! messages go one by one, each with the sequence that it belongs right after: however many of
//! them are stored, they are the first, in order and without a gap.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::Poll;

use async_nats::HeaderMap;
use async_nats::client::{Request, RequestErrorKind};
use async_nats::header;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use bytes::Bytes;
use medilink_log::{Position, RecordedEvent};
use uuid::Uuid;

use crate::connection::{Bus, Worth, refusal};
use crate::envelope::{encode, traceparent};
use crate::error::{BusError, RelayError};
use crate::subject::subject;

/// What the headers of a message take at most: the batch's own and one trace.
const HEADER_ROOM: usize = 512;

/// So many go one by one. The broker stages a batch in a folder of its own, which costs it as
/// much as syncing about sixteen messages one after the other.
const FEW: usize = 8;

/// An event, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    position: Position,
    subject: String,
    body: Bytes,
    traceparent: Option<String>,
}

impl From<&RecordedEvent> for Outgoing {
    fn from(event: &RecordedEvent) -> Self {
        Self {
            position: event.position,
            subject: subject(event),
            body: encode(event),
            traceparent: traceparent(event),
        }
    }
}

/// Takes the next batch from the front: at least one message, then as many as both limits
/// allow.
pub(crate) fn cut(ready: &mut VecDeque<Outgoing>, events: usize, bytes: usize) -> Vec<Outgoing> {
    let mut size = 0;
    let fits = ready
        .iter()
        .take(events.max(1))
        .enumerate()
        .take_while(|(index, message)| {
            size += message.body.len();
            *index == 0 || size <= bytes
        })
        .count();
    ready.drain(..fits).collect()
}

/// A batch that was handed to the client, in full and in order; ends with where the stream
/// is when the broker has stored it.
pub(crate) type Flying<'a> =
    Pin<Box<dyn Future<Output = Result<Position, RelayError>> + Send + 'a>>;

/// Hands over a batch that belongs right after `at`. The next one may follow at once: the
/// broker looks at the expected sequence when it commits, and commits in order.
pub(crate) async fn launch(
    bus: &Bus,
    at: Position,
    batch: Vec<Outgoing>,
) -> Result<Flying<'_>, RelayError> {
    fail::fail_point!("relay-before-publish");
    // A hung connection stops taking messages before it is known to be lost.
    match tokio::time::timeout(bus.timeout(), send(bus, at, batch)).await {
        Ok(flying) => flying,
        Err(_) => Err(BusError::Away("it did not take a batch in time".to_owned()).into()),
    }
}

async fn send(bus: &Bus, at: Position, batch: Vec<Outgoing>) -> Result<Flying<'_>, RelayError> {
    let id = (batch.len() > FEW).then(|| Uuid::now_v7().simple().to_string());
    let spans = spans(&batch);
    let expected = Position(at.0 + batch.len() as u64);
    for (index, message) in batch.into_iter().enumerate() {
        let Outgoing {
            position,
            subject,
            body,
            traceparent,
        } = message;
        if body.len() + HEADER_ROOM > bus.client().max_payload() {
            return Err(RelayError::TooLarge {
                position,
                size: body.len() + HEADER_ROOM,
            });
        }
        let commit = position == expected;
        let mut headers = HeaderMap::new();
        if let Some(id) = &id {
            headers.insert("Nats-Batch-Id", id.as_str());
            headers.insert("Nats-Batch-Sequence", (index + 1).to_string());
            if commit {
                headers.insert("Nats-Batch-Commit", "1");
            }
        }
        if id.is_none() || index == 0 {
            let before = at.0 + index as u64;
            headers.insert(header::NATS_EXPECTED_LAST_SEQUENCE, before.to_string());
        }
        if let Some(trace) = traceparent {
            headers.insert("traceparent", trace);
        }
        if commit {
            let request = Request::new()
                .headers(headers)
                .payload(body)
                .timeout(Some(bus.timeout()));
            // Without the scheduler's budget the first poll always takes its place in the
            // client's queue, so nothing that is sent later can overtake it.
            let arrival = arrival(bus, at, expected, subject, request);
            let mut flying: Flying<'_> = Box::pin(tokio::task::unconstrained(async {
                let arrived = arrival.await;
                drop(spans);
                arrived
            }));
            return Ok(match futures::poll!(&mut flying) {
                Poll::Ready(result) => Box::pin(std::future::ready(result)),
                Poll::Pending => flying,
            });
        }
        let sent = bus
            .client()
            .publish_with_headers(subject, headers, body)
            .await;
        sent.map_err(|error| BusError::Away(error.to_string()))?;
    }
    // `cut` takes at least one message, and the positions of a batch follow `at`.
    Err(RelayError::Moved(at))
}

/// The spans that make these events' traces reach into the broker; they end when the batch is
/// stored.
fn spans(batch: &[Outgoing]) -> Vec<tracing::Span> {
    let traced = batch
        .iter()
        .filter_map(|message| Some((message.position, message.traceparent.as_ref()?)));
    traced
        .map(|(position, traceparent)| {
            let span = tracing::info_span!("publish", position = position.0);
            medilink_telemetry::span_from_traceparent(&span, traceparent);
            span
        })
        .collect()
}

async fn arrival(
    bus: &Bus,
    at: Position,
    expected: Position,
    subject: String,
    request: Request,
) -> Result<Position, RelayError> {
    let call = async {
        let answer =
            bus.client()
                .send_request(subject, request)
                .await
                .map_err(|error| match error.kind() {
                    // No stream listens on the subject.
                    RequestErrorKind::NoResponders => BusError::NoStream,
                    _ => BusError::Away(error.to_string()),
                })?;
        match serde_json::from_slice(&answer.payload) {
            // Said within the call, where it counts against the server.
            Ok(Response::Err { error }) if error.code() == 503 => Err(refusal(&error)),
            Ok(answer) => Ok(answer),
            Err(error) => Err(BusError::Away(format!("its answer can't be read: {error}"))),
        }
    };
    // The connection publishes events and asks the API: only the former concerns us.
    let answer = bus
        .guarded(|denied| denied.starts_with("ev."), Worth::Hearsay, call)
        .await;
    if let Err(BusError::NoStream) = answer {
        // The same server has just told where the stream stands.
        bus.in_vain().await;
    }
    let answer: Response<PublishAck> = answer?;
    let ack = match answer {
        Response::Ok(ack) => {
            bus.is_of_use();
            ack
        }
        Response::Err { error } => {
            return Err(match error.error_code() {
                // Another relay, a deleted stream, or messages that a lost connection took:
                // at least the last was not stored.
                ErrorCode::STREAM_WRONG_LAST_SEQUENCE
                | ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT
                | ErrorCode::ATOMIC_PUBLISH_INCOMPLETE_BATCH => RelayError::Moved(at),
                _ => refusal(&error).into(),
            });
        }
    };
    fail::fail_point!("relay-after-publish");
    let count = expected.0 - at.0;
    if ack.sequence != expected.0 || ack.batch_size.is_some_and(|stored| stored != count) {
        return Err(RelayError::OutOfStep {
            expected,
            actual: ack.sequence,
        });
    }
    Ok(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_sizes(sizes: &[usize]) -> VecDeque<Outgoing> {
        let message = |size: &usize| Outgoing {
            position: Position(1),
            subject: String::new(),
            body: vec![0; *size].into(),
            traceparent: None,
        };
        sizes.iter().map(message).collect()
    }

    #[test]
    fn a_batch_keeps_both_limits_and_always_moves_on() {
        for (sizes, events, bytes, taken) in [
            (&[10, 10, 10][..], 2, 1_000, 2),
            (&[10, 10, 10], 500, 20, 2),
            (&[999, 10], 500, 20, 1),
            (&[10], 0, 0, 1),
            (&[], 500, 20, 0),
        ] {
            let mut ready = of_sizes(sizes);
            assert_eq!(cut(&mut ready, events, bytes).len(), taken, "{sizes:?}");
            assert_eq!(ready.len(), sizes.len() - taken);
        }
    }
}

//! From stored events to facts that a fold can take. What can't be opened becomes a poison
//! code; what can't be opened *now* is an error of the whole batch.

use std::panic::{AssertUnwindSafe, catch_unwind};

use medilink_log::{CodecError, EventCodec, Opened, Position, RecordedEvent};

use super::error::ProjectionError;
use super::model::{Fact, Folded, ReadModel, Source};

/// An event that a model handles, ready to be folded or parked.
pub(crate) struct Prepared<E> {
    pub(crate) position: Position,
    pub(crate) stream: String,
    pub(crate) kind: String,
    /// The fact, or why there is none.
    pub(crate) fact: Result<Fact<E>, &'static str>,
}

/// Opens those of the events that `M` handles.
pub(crate) async fn prepare<M: ReadModel>(
    codec: &EventCodec,
    events: &[RecordedEvent],
) -> Result<Vec<Prepared<M::Source>>, ProjectionError> {
    let handled: Vec<&RecordedEvent> = events
        .iter()
        .filter(|event| M::Source::handles(&event.kind))
        .collect();
    codec.warm(handled.iter().copied()).await?;
    let mut prepared = Vec::with_capacity(handled.len());
    for event in handled {
        prepared.push(Prepared {
            position: event.position,
            fact: fact::<M>(codec, event).await?,
            stream: event.stream.clone(),
            kind: event.kind.clone(),
        });
    }
    Ok(prepared)
}

async fn fact<M: ReadModel>(
    codec: &EventCodec,
    event: &RecordedEvent,
) -> Result<Result<Fact<M::Source>, &'static str>, ProjectionError> {
    let body = match codec.open(event).await {
        Ok(Opened::Erased) => Ok(Folded::Erased),
        // A payload that makes the decoder panic is poison like any other.
        Ok(Opened::Clear(clear)) => catch_unwind(|| M::Source::decode(&event.kind, &clear))
            .map_err(|_| "panic-in-decode")
            .and_then(|decoded| decoded.map(Folded::Clear).map_err(|_| "decode")),
        Err(CodecError::Decode(_)) => Err("decode"),
        Err(CodecError::NoSubject(_)) => Err("no-subject"),
        Err(CodecError::Vault(medilink_vault::VaultError::Damaged)) => Err("damaged-ciphertext"),
        Err(error) => return Err(error.into()),
    };
    Ok(body.map(|body| Fact {
        position: event.position,
        stream: event.stream.clone(),
        version: event.version,
        tenant: event.tenant,
        recorded_at: event.recorded_at,
        metadata: event.metadata.clone(),
        body,
    }))
}

/// The keys that a fact touches; a panic is poison like any other error.
pub(crate) fn keys<M: ReadModel>(
    fact: &Fact<M::Source>,
) -> Result<Vec<super::model::KeyOf<M>>, &'static str> {
    match catch_unwind(AssertUnwindSafe(|| M::keys(fact))) {
        Ok(keys) => keys.map_err(|error| error.0),
        Err(_) => Err("panic-in-keys"),
    }
}

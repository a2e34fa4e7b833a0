//! `cqrs_es::EventStore` on this log, for tools and tests that speak cqrs-es. Our own executor
//! (crate `medilink-commands`) does not go through it: it needs idempotency, several streams
//! in one append, and positions.

use std::collections::HashMap;

use cqrs_es::persist::PersistenceError;
use cqrs_es::{Aggregate, AggregateContext, AggregateError, EventEnvelope, EventStore};
use medilink_domain::{Decider, TenantId};

use crate::append::{Append, AppendError, StreamWrite};
use crate::codec::{CodecError, EventCodec};
use crate::event::Metadata;
use crate::reader::LogReader;
use crate::writer::LogWriter;

const PAGE: usize = 1_000;

/// One tenant's aggregates, as cqrs-es sees them.
#[derive(Clone, Debug)]
pub struct LogEventStore {
    tenant: TenantId,
    reader: LogReader,
    writer: LogWriter,
    codec: EventCodec,
}

/// An aggregate at the version it was loaded at.
#[derive(Debug)]
pub struct Loaded<A> {
    id: String,
    aggregate: A,
    version: u64,
}

impl<A: Aggregate> AggregateContext<A> for Loaded<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.aggregate
    }
}

impl LogEventStore {
    /// Reads and appends as this tenant.
    pub const fn new(
        tenant: TenantId,
        reader: LogReader,
        writer: LogWriter,
        codec: EventCodec,
    ) -> Self {
        Self {
            tenant,
            reader,
            writer,
            codec,
        }
    }
}

impl<A> EventStore<A> for LogEventStore
where
    A: Aggregate + Decider<Event = <A as Aggregate>::Event>,
    <A as Aggregate>::Event: medilink_domain::Event,
{
    type AC = Loaded<A>;

    async fn load_events(
        &self,
        id: &str,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<<A as Aggregate>::Error>> {
        let stream = format!("{}-{id}", A::TYPE);
        let mut envelopes = Vec::new();
        loop {
            let page = self
                .reader
                .stream(&stream, envelopes.len() as u64, PAGE)
                .await
                .map_err(|error| AggregateError::DatabaseConnectionError(Box::new(error)))?;
            self.codec.warm(&page).await.map_err(unexpected)?;
            for event in &page {
                if event.tenant != self.tenant {
                    // Another tenant's stream looks like no stream.
                    return Ok(Vec::new());
                }
                let payload = self
                    .codec
                    .decode(event)
                    .await
                    .map_err(unexpected)?
                    .ok_or_else(|| {
                        AggregateError::UnexpectedError("the stream's subject was erased".into())
                    })?;
                envelopes.push(EventEnvelope {
                    aggregate_id: id.to_owned(),
                    // A stream longer than memory could not be folded in the first place.
                    sequence: event.version as usize,
                    payload,
                    metadata: event.metadata().extra.into_iter().collect(),
                });
            }
            if page.len() < PAGE {
                return Ok(envelopes);
            }
        }
    }

    async fn load_aggregate(
        &self,
        id: &str,
    ) -> Result<Loaded<A>, AggregateError<<A as Aggregate>::Error>> {
        let mut aggregate = A::default();
        let events: Vec<EventEnvelope<A>> = self.load_events(id).await?;
        let version = events.len() as u64;
        for event in events {
            aggregate.apply(event.payload);
        }
        Ok(Loaded {
            id: id.to_owned(),
            aggregate,
            version,
        })
    }

    async fn commit(
        &self,
        events: Vec<<A as Aggregate>::Event>,
        context: Loaded<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<<A as Aggregate>::Error>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let stream = format!("{}-{}", A::TYPE, context.id);
        // cqrs-es hands over the aggregate with the new events already applied, so the subject
        // is known even for the first event of a stream.
        let subject = context.aggregate.subject();
        let mut encoded = Vec::with_capacity(events.len());
        for (offset, event) in events.iter().enumerate() {
            let version = context.version + 1 + offset as u64;
            encoded.push(
                self.codec
                    .encode(self.tenant, &stream, version, subject, event)
                    .await
                    .map_err(unexpected)?,
            );
        }
        let append = Append {
            tenant: self.tenant,
            writes: vec![StreamWrite {
                stream,
                expected: context.version,
                events: encoded,
            }],
            guards: Vec::new(),
            claims: Vec::new(),
            releases: Vec::new(),
            receipt: None,
            metadata: Metadata {
                extra: metadata.clone().into_iter().collect(),
                ..Metadata::default()
            },
        };
        self.writer
            .append(append)
            .await
            .map_err(|error| match error {
                AppendError::WrongVersion { .. } => AggregateError::AggregateConflict,
                other => AggregateError::DatabaseConnectionError(Box::new(other)),
            })?;
        Ok(events
            .into_iter()
            .enumerate()
            .map(|(offset, payload)| EventEnvelope {
                aggregate_id: context.id.clone(),
                sequence: context.version as usize + 1 + offset,
                payload,
                metadata: metadata.clone(),
            })
            .collect())
    }
}

fn unexpected<E: std::error::Error>(error: CodecError) -> AggregateError<E> {
    PersistenceError::UnknownError(Box::new(error)).into()
}

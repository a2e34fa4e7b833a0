//! Read models that are written with the log itself, because a stale answer would be a fault of
//! security. Each folds the events of one aggregate.

use std::marker::PhantomData;
use std::sync::Arc;

use futures::future::BoxFuture;
use medilink_database::DatabaseError;
use medilink_domain::event::EventType;
use medilink_domain::{Event, Privacy};
use medilink_log::{InlineEvent, InlineProjection};
use tokio_postgres::Client;

/// How one of them takes events into its table. Any error refuses the append.
pub(crate) trait Inline: Send + Sync + 'static {
    /// Its name in errors and logs.
    const NAME: &'static str;
    /// The events of its aggregate. It is given those in clear; none of the sealed ones unless
    /// they are named below.
    type Event: Event;
    /// Sealed types of which it needs to know that they happened, though not what they say.
    const SEALED: &'static [&'static str] = &[];

    /// Takes an event in clear.
    fn take(
        client: &Client,
        event: Self::Event,
        at: &InlineEvent<'_>,
    ) -> impl Future<Output = Result<(), DatabaseError>> + Send;

    /// Takes note of a sealed one.
    fn take_sealed(
        _client: &Client,
        _at: &InlineEvent<'_>,
    ) -> impl Future<Output = Result<(), DatabaseError>> + Send {
        std::future::ready(Ok(()))
    }
}

/// What the log's writer is given for it.
pub(crate) fn projection<I: Inline>() -> Arc<dyn InlineProjection> {
    Arc::new(Folded::<I>(PhantomData))
}

struct Folded<I>(PhantomData<fn() -> I>);

fn type_of<I: Inline>(kind: &str) -> Option<&'static EventType> {
    I::Event::TYPES.iter().find(|known| known.name == kind)
}

impl<I: Inline> InlineProjection for Folded<I> {
    fn name(&self) -> &'static str {
        I::NAME
    }

    fn handles(&self, kind: &str) -> bool {
        type_of::<I>(kind).is_some_and(|known| {
            known.privacy == Privacy::Operational || I::SEALED.contains(&known.name)
        })
    }

    fn apply<'a>(
        &'a self,
        client: &'a Client,
        event: InlineEvent<'a>,
    ) -> BoxFuture<'a, Result<(), DatabaseError>> {
        Box::pin(async move {
            if I::SEALED.contains(&event.kind) {
                return I::take_sealed(client, &event).await;
            }
            let decoded = I::Event::from_payload(event.kind, event.payload)
                .map_err(|error| DatabaseError::Statement(error.to_string()))?;
            I::take(client, decoded, &event).await
        })
    }
}

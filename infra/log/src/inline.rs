//! Read models that must never be stale: written in the append's own transaction.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use medilink_database::DatabaseError;
use medilink_domain::TenantId;
use tokio_postgres::Client;

use crate::event::Position;

/// An event of the transaction that is under way.
#[derive(Clone, Debug)]
pub struct InlineEvent<'a> {
    /// The position it will have once the transaction commits.
    pub position: Position,
    /// The tenant that owns it.
    pub tenant: TenantId,
    /// The stream.
    pub stream: &'a str,
    /// The event type.
    pub kind: &'a str,
    /// The payload as it is stored: canonical JSON at today's version when operational.
    pub payload: &'a Bytes,
    /// When it is recorded.
    pub recorded_at: DateTime<Utc>,
}

/// A read model in the append's transaction. Only for facts where a stale answer is a fault
/// of security or money (credentials, consents): each costs every append of its kind a second
/// round trip.
pub trait InlineProjection: Send + Sync + 'static {
    /// Its name in errors and logs.
    fn name(&self) -> &'static str;

    /// Whether it folds events of this type.
    fn handles(&self, kind: &str) -> bool;

    /// Takes one event, on the connection whose transaction is open.
    ///
    /// # Errors
    /// Any error refuses the append.
    fn apply<'a>(
        &'a self,
        client: &'a Client,
        event: InlineEvent<'a>,
    ) -> BoxFuture<'a, Result<(), DatabaseError>>;
}

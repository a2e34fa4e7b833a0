//! Where the relay reads: the log, or memory in a test.

use medilink_log::{LogReader, Position, RecordedEvent};
use thiserror::Error;

/// The log did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the log can't be read: {0}")]
pub struct SourceError(pub String);

/// A gapless log that only grows.
pub trait EventSource: Send + Sync + 'static {
    /// Up to `limit` events after a position, in order and without gaps.
    fn after(
        &self,
        after: Position,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<RecordedEvent>, SourceError>> + Send;

    /// The last position.
    fn head(&self) -> impl Future<Output = Result<Position, SourceError>> + Send;
}

impl EventSource for LogReader {
    async fn after(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, SourceError> {
        Self::after(self, after, limit)
            .await
            .map_err(|error| SourceError(error.to_string()))
    }

    async fn head(&self) -> Result<Position, SourceError> {
        Self::head(self)
            .await
            .map_err(|error| SourceError(error.to_string()))
    }
}

impl<S: EventSource> EventSource for std::sync::Arc<S> {
    async fn after(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, SourceError> {
        S::after(self, after, limit).await
    }

    async fn head(&self) -> Result<Position, SourceError> {
        S::head(self).await
    }
}

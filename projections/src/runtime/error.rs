//! Why a projection can't go on at this moment. What is wrong with a single event is not
//! here: that parks the event's stream and the projection goes on.

use medilink_database::DatabaseError;
use medilink_log::{CodecError, Position};
use medilink_vault::VaultError;
use thiserror::Error;

use super::field::Damaged;
use super::sealing::SealingError;

/// Why a projection stopped; the projector tries again.
#[derive(Debug, Error)]
pub enum ProjectionError {
    /// The database is away or refused a statement.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The keys can't be had.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A payload can't be opened because of something that is not the payload's fault.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// A stored row has not the shape that its version promises.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// A row has a value that no column can hold; folding with checks parks its event.
    #[error("a row can't be stored")]
    NotStorable,
    /// The events begin after the position that comes next.
    #[error("events are missing after position {0}")]
    Gap(Position),
    /// The live generation is of another version than this release's.
    #[error("the live generation is not of this release's version")]
    OtherVersion,
    /// Another process rebuilds this projection.
    #[error("another process is rebuilding this projection")]
    RebuildRunning,
    /// There is no projection of this name.
    #[error("there is no projection of this name")]
    Unknown,
    /// The feed's settings can't work.
    #[error("the feed can't be used: {0}")]
    Feed(String),
    /// A fail point of the test suite.
    #[error("interrupted by the fail point {0}")]
    FailPoint(&'static str),
}

impl From<tokio_postgres::Error> for ProjectionError {
    fn from(error: tokio_postgres::Error) -> Self {
        DatabaseError::from(error).into()
    }
}

impl From<SealingError> for ProjectionError {
    fn from(error: SealingError) -> Self {
        match error {
            SealingError::Vault(error) => error.into(),
            SealingError::Damaged(error) => error.into(),
        }
    }
}

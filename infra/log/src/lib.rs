//! The log of record: gapless, append-only, provable. Everything else can be thrown away and
//! rebuilt from it.
//!
//! - [`LogWriter`] records [`Append`]s: all of one or nothing, at consecutive positions, in
//!   commit order, with every expectation judged by the database.
//! - [`LogReader`] reads by position, stream and subject.
//! - [`EventCodec`] turns typed events into stored bytes and back: canonical, sealed, upcast.
//! - [`TreeBuilder`] keeps an RFC 6962 tree over the leaf hashes and signs checkpoints;
//!   [`verify`] checks everything again.
//! - [`LogEventStore`] is `cqrs_es::EventStore` on top.

mod append;
mod checkpoint;
mod codec;
mod connection;
mod epoch;
mod event;
mod inline;
mod kept;
mod loaded;
mod loader;
mod pending;
mod queue;
mod reader;
mod snapshot;
mod statement;
mod store;
mod tree;
mod verify;
mod writer;

pub use append::{
    Append, AppendError, Appended, Claim, Guard, MAX_EVENTS, MAX_PAYLOAD, NewReceipt, Receipt,
    Release, StreamWrite,
};
pub use checkpoint::{CheckpointError, CheckpointKey, TreeBuilder, open_checkpoint};
pub use codec::{CodecError, EventCodec, Opened};
pub use epoch::Epochs;
pub use event::{Envelope, Metadata, NewEvent, Position, RecordedEvent, StoredPayload};
pub use inline::{InlineEvent, InlineProjection};
pub use loaded::{LoadedEvent, LoadedStream, Snapshot};
pub use loader::StreamLoader;
pub use reader::{LogReader, StoredCheckpoint};
pub use snapshot::{SNAPSHOT_EVERY, Snapshots, snapshot_shape};
pub use store::{Loaded, LogEventStore};
pub use tree::{BrokenTree, StoredTile, Tree};
pub use verify::{Fault, Verification, verify};
pub use writer::{LogWriter, WriterTask};

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// Creates or upgrades schema `log`, as its owner. The roles `medilink_app` and
/// `medilink_projector` must exist.
///
/// # Errors
/// When a migration fails; nothing of it remains.
pub async fn migrate(
    owner: &medilink_database::Database,
) -> Result<(), medilink_database::DatabaseError> {
    medilink_database::migrate(owner, migrations::migrations::runner(), "log_migrations").await
}

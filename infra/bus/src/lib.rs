//! The broker between the log and everything derived from it. JetStream is treated as
//! losable: stream sequence = log position, so a [`Relay`] without any state of its own can
//! refill it, and a [`Feed`] always knows what to read from PostgreSQL instead.
//!
//! Message bodies are CloudEvents ([`encode`], [`decode`]) that hold what the log holds,
//! ciphertext included. Subjects name no person ([`subject`]).

mod asyncapi;
mod batch;
mod config;
mod connection;
mod envelope;
mod error;
mod feed;
mod link;
mod relay;
mod source;
mod stream;
mod subject;

pub use asyncapi::asyncapi;
pub use config::{BusConfig, RelayConfig};
pub use connection::Bus;
pub use envelope::{EnvelopeError, decode, encode};
pub use error::{BusError, RelayError};
pub use feed::{Feed, FeedBatch, FeedConfig, FeedItem, FeedStatus, Missing, MissingCause};
pub use link::Link;
pub use relay::{Relay, RelayStatus};
pub use source::{EventSource, SourceError};
pub use stream::{STREAM, StreamPosition, apply_limits, delete_stream, stream_position};
pub use subject::{PARTITIONS, partition, subject, subjects_of_context, subjects_of_kind};

//! The log of record: gapless, append-only, provable. Everything else can be thrown away and
//! rebuilt from it.

mod event;
mod reader;

pub use event::{Envelope, Metadata, NewEvent, Position, RecordedEvent};
pub use reader::LogReader;

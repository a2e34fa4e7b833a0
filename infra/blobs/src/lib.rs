//! Files of data subjects: encrypted in pieces under keys of the person, in a folder.
//!
//! A file is readable only as long as every key is there that its own key was sealed under:
//! shredding any of them destroys it, wherever copies of it lie.

mod error;
mod format;
mod reading;
mod store;
mod writing;

pub use error::BlobError;
pub use format::PIECE;
pub use reading::BlobReader;
pub use store::{BlobName, Blobs, Owner};
pub use writing::{BlobWriter, Written};

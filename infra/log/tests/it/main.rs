//! The log against a real PostgreSQL.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod append_only;
mod conformance;
mod loader;
mod releases;
mod support;
mod tree;
mod writer;

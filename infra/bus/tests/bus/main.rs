//! The bus against real nats-servers, started from the repository's own nats.conf.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod cluster;
mod feed;
mod feed_faults;
mod permissions;
mod relay;
mod support;

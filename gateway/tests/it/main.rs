//! The gateway's frame, driven through its real stack by handlers made for the test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bodies;
mod document;
mod frame;
mod pages;
mod streams;
mod world;

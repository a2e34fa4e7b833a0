//! The gateway's frame, driven through its real stack by handlers made for the test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bodies;
mod booking;
mod document;
mod frame;
mod pages;
mod site;
mod streams;
mod world;

//! The gateway's frame, driven through its real stack by handlers made for the test.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod attendance;
mod bodies;
mod booking;
mod calendar_feed;
mod clinic;
mod document;
mod fees;
mod fields;
mod frame;
mod moves;
mod pages;
mod permission;
mod series;
mod setup;
mod site;
mod slots;
mod streams;
mod versions;
mod waitlist;
mod web;
mod world;

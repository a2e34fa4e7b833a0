//! The OpenAPI gateway: HTTP in, commands and queries out. It decides no business rule.
//!
//! One file per capability holds its routes and wire types (`XIn` comes in, `XOut` goes out).
//! The rest is the frame around them: [`problem`] for every refusal, [`json`] for bodies,
//! `input` and `wire` for values, [`actor`] for who calls, [`call`] and [`answer`] for the
//! headers around a call, and [`app`], which puts it all together.

mod access;
mod account;
pub mod actor;
pub mod answer;
pub mod api;
pub mod app;
mod application;
mod appointment;
mod attendance;
pub mod backend;
mod board;
mod calendar;
mod calendar_feed;
pub mod call;
mod challenge;
pub mod changes;
mod checkpoint;
mod compress;
pub mod config;
mod consent;
mod dead_letter;
mod disclosure;
mod doctor;
pub mod document;
mod emergency_access;
mod erasure;
mod errors;
mod export;
mod feedback;
mod guardian;
mod headers;
pub mod health;
mod hospital;
mod hospital_code;
mod input;
mod integrator;
mod invitation;
pub mod jobs;
pub mod json;
mod keeping;
mod language;
mod legal_hold;
pub mod limits;
mod listener;
mod me;
mod metrics;
mod notice;
mod observe;
mod patient;
mod phone;
mod platform;
mod policy;
pub mod problem;
pub mod problem_kinds;
mod proof;
mod queue;
mod read_model;
pub mod request_id;
mod routes;
mod schedule;
mod second_factor;
mod series;
mod server;
mod session;
mod settings;
mod slot;
mod staff;
pub mod strict_json;
mod visit_type;
mod visitor;
mod waitlist;
pub mod web;
mod wire;

pub use actor::{Doors, SignIn, SignedIn};
pub use config::{GatewayConfig, Limits};
pub use health::{Probe, Report};
pub use jobs::{JobReport, JobStanding, Of, Parked, Told};
pub use metrics::MetricsServer;
pub use server::{Bound, Gateway, GatewayError, Parts};

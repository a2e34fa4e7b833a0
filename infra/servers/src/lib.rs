//! Private PostgreSQL and NATS servers, kept under one folder.
//!
//! `medilink up` and the test harness start their servers through the same two types:
//! [`PrivatePostgres`] and [`PrivateNats`]. Each keeps everything under one folder of its own,
//! listens on loopback only, on a port that it remembers, and asks for passwords.
//!
//! What they promise:
//! - **A killed parent leaves nothing in the way.** The kernel tells a server when the process
//!   that started it is gone; what is still there when the next one starts is stopped first.
//! - **Nothing runs as root.** Started by root, the servers run as an account of the system.
//! - **Each refusal is a sentence** that says what is wrong and how to mend it: [`ServerError`].

mod account;
mod error;
mod folder;
mod leftover;
mod nats;
mod ports;
mod postgres;
mod postgres_binaries;
mod provision;
mod secrets;
mod spawn;

pub use account::Account;
pub use error::ServerError;
pub use folder::{Folder, FolderLock, MIN_FREE_BYTES, open_log, read_log};
pub use nats::{NatsOptions, NatsPasswords, PrivateNats, find_nats_server};
pub use ports::{bindable, free_port};
pub use postgres::{PostgresOptions, PrivatePostgres};
pub use postgres_binaries::PostgresBinaries;
pub use provision::{DatabaseUrls, RolePasswords, provision};
pub use secrets::{Secrets, password, write_private};
pub use spawn::{Stop, spawn_bound};

//! What the parts of a platform under test are told, and which ports it uses.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

use toml::{Table, Value};

/// What a test needs differently.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Further settings, laid over those of the harness: `[("worker", "poll_ms = 100")]`.
    pub settings: Vec<(&'static str, String)>,
    /// Whether PostgreSQL syncs to disk. Tests kill processes, not machines, and do without.
    pub durable: bool,
}

impl Options {
    /// With one more section, or part of one.
    #[must_use]
    pub fn with(mut self, section: &'static str, settings: impl Into<String>) -> Self {
        self.settings.push((section, settings.into()));
        self
    }

    /// With a PostgreSQL that syncs to disk like a real one, to measure on.
    #[must_use]
    pub const fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// PostgreSQL's own settings.
    pub(crate) fn postgres(&self) -> Vec<(String, String)> {
        let of_kind: &[(&str, &str)] = if self.durable {
            &[("shared_buffers", "1GB"), ("max_wal_size", "4GB")]
        } else {
            &[("fsync", "off"), ("full_page_writes", "off")]
        };
        [("max_connections", "200")]
            .iter()
            .chain(of_kind)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// These settings laid over `base`.
    ///
    /// # Panics
    /// When one is no TOML.
    pub(crate) fn over(&self, base: &str) -> String {
        let mut table: Table = base.parse().unwrap();
        for (section, more) in &self.settings {
            let more: Table = more.parse().unwrap();
            overlay(
                table
                    .entry(*section)
                    .or_insert_with(|| Value::Table(Table::new())),
                more,
            );
        }
        table.to_string()
    }
}

fn overlay(value: &mut Value, more: Table) {
    let Value::Table(table) = value else {
        panic!("a section is a table")
    };
    for (name, value) in more {
        match (table.get_mut(&name), value) {
            (Some(there @ Value::Table(_)), Value::Table(more)) => overlay(there, more),
            (_, value) => {
                table.insert(name, value);
            }
        }
    }
}

/// A port that nobody listens on, below those that the system gives to outgoing connections:
/// a server that is killed must find its port free when it comes back, and whoever calls it
/// meanwhile must not happen to call himself.
pub(crate) fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        // Tests are processes of their own; each begins somewhere else.
        let seat = (std::process::id() % 1_200) as u16 * 10;
        let port = 20_000 + (seat + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

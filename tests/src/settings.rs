//! What the parts of a platform under test are told.

use std::path::PathBuf;

use toml::{Table, Value};

/// What a test needs differently.
#[derive(Clone, Debug)]
pub struct Options {
    /// Further settings, laid over those of the harness: `[("worker", "poll_ms = 100")]`.
    pub settings: Vec<(&'static str, String)>,
    /// How many processes of each part run.
    pub copies: u8,
    /// Every connection goes through a proxy, clocks can be set and the servers' disks filled:
    /// those who need none of it are spared its costs.
    pub breakable: bool,
    /// PostgreSQL has a standby.
    pub standby: bool,
    /// The gateway serves the web application from this folder, at its own origin, and mails go
    /// to the folder `mail`.
    pub web: Option<PathBuf>,
    /// PostgreSQL syncs to disk. Tests kill processes, not machines, and do without.
    pub durable: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            settings: Vec::new(),
            copies: 1,
            breakable: false,
            standby: false,
            web: None,
            durable: false,
        }
    }
}

impl Options {
    /// With one more section, or part of one.
    #[must_use]
    pub fn with(mut self, section: &'static str, settings: impl Into<String>) -> Self {
        self.settings.push((section, settings.into()));
        self
    }

    /// With so many processes of each part.
    #[must_use]
    pub const fn copies(mut self, copies: u8) -> Self {
        self.copies = copies;
        self
    }

    /// With the web application that was built into this folder.
    #[must_use]
    pub fn web(mut self, folder: impl Into<PathBuf>) -> Self {
        self.web = Some(folder.into());
        self
    }

    /// With lines, clocks and disks that a test can break.
    #[must_use]
    pub const fn breakable(mut self) -> Self {
        self.breakable = true;
        self
    }

    /// With a standby of PostgreSQL.
    #[must_use]
    pub const fn standby(mut self) -> Self {
        self.standby = true;
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
            &[
                ("fsync", "off"),
                ("full_page_writes", "off"),
                ("max_wal_size", "256MB"),
                // Otherwise it is left behind in /dev/shm when the server is killed.
                ("dynamic_shared_memory_type", "mmap"),
            ]
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

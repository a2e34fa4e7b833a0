//! Clocks of single processes that a test can set, by libfaketime (Debian's `libfaketime`).

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian has it, on any architecture.
const LIBRARIES: &str = "/usr/lib";
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The clock of one process.
#[derive(Debug)]
pub(crate) struct Clock {
    library: PathBuf,
    file: PathBuf,
}

impl Clock {
    /// A clock that is right for now.
    pub fn in_file(file: PathBuf) -> Self {
        let library = library().expect("libfaketime is there: scripts/install test installs it");
        let clock = Self { library, file };
        clock.set(0);
        clock
    }

    /// Sets it so many seconds ahead, or back.
    pub fn set(&self, seconds: i64) {
        // Whole or not at all: the process reads it whenever it likes.
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, format!("{seconds:+}\n")).unwrap();
        std::fs::rename(beside, &self.file).unwrap();
    }

    /// Makes a command's process live by it. Only what tells the time of day is changed;
    /// timers and time-outs run as they do.
    pub fn wind(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_CACHE_DURATION", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("FAKETIME_DONT_RESET", "1");
    }
}

fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir(LIBRARIES).ok()?;
    folders
        .filter_map(|entry| Some(entry.ok()?.path().join(LIBRARY)))
        .find(|path| Path::exists(path))
}

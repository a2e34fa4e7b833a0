//! One part of the platform as a process.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::family;

/// A role of the binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Serves HTTP.
    Gateway,
    /// Folds read models.
    Projector,
    /// Carries the log to NATS.
    Relay,
    /// Does what follows from events.
    Worker,
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 4] = [Self::Gateway, Self::Projector, Self::Relay, Self::Worker];

    /// Its name on the command line, and its user in NATS.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Projector => "projector",
            Self::Relay => "relay",
            Self::Worker => "worker",
        }
    }
}

/// One process of a part; most tests have only the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instance {
    /// What it does.
    pub part: Part,
    /// Which of its kind it is, from 1.
    pub number: u8,
}

impl Instance {
    /// The second process of a part.
    pub const fn second(part: Part) -> Self {
        Self { part, number: 2 }
    }
}

impl From<Part> for Instance {
    fn from(part: Part) -> Self {
        Self { part, number: 1 }
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            1 => f.write_str(self.part.name()),
            number => write!(f, "{}-{number}", self.part.name()),
        }
    }
}

/// The binary under a name of our own: a build while a long run goes on would put another one,
/// without its fault points, in its place.
#[derive(Debug)]
pub(crate) struct Binary {
    folder: TempDir,
}

impl Binary {
    pub fn keep(built: &Path) -> Self {
        let kept = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::hard_link(built, kept.path())
            // A folder of temporary files may be on another disk.
            .or_else(|_| std::fs::copy(built, kept.path()).map(drop))
            .unwrap();
        kept
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("medilink")
    }
}

/// The binary with these settings, and none from the environment of whoever runs the tests.
pub(crate) fn medilink(binary: &Binary, config: &Path) -> Command {
    let mut command = Command::new(binary.path());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MEDILINK_") {
            command.env_remove(name);
        }
    }
    command.arg("--config").arg(config).stdin(Stdio::null());
    command
}

/// A running part; killed when dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    pub fn start(mut command: Command, part: Part, log: &Path) -> Self {
        let log: File = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        command
            .arg(part.name())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        Self(command.spawn().expect("the binary starts"))
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// SIGSTOP: it does nothing, and its connections stay open.
    pub fn pause(&self) {
        family::pause(self.0.id());
    }

    /// SIGCONT.
    pub fn resume(&self) {
        family::resume(self.0.id());
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// SIGKILL: no last word.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// SIGTERM, and waits for its end.
    pub fn stop(mut self) -> ExitStatus {
        kill(Pid::from_raw(self.0.id().cast_signed()), Signal::SIGTERM).unwrap();
        self.0.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

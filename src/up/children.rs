//! The parts as child processes of `up`: started, started again when they end, stopped.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use medilink_servers::{Stop, open_log, read_log, spawn_bound};
use nix::sys::signal::Signal;
use tokio::process::Command;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::endpoints::Part;
use crate::outcome::Outcome;

/// Longer than a part's own drain, so that it is never cut off while it drains.
const STOP: Stop = Stop {
    signal: Signal::SIGTERM,
    patience: Duration::from_secs(20),
};
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A part that has run this long had no trouble starting.
const SETTLED: Duration = Duration::from_secs(30);

/// How the children are started.
pub struct Launch {
    /// The program, which is this one.
    pub program: PathBuf,
    /// The settings file, if one was named.
    pub config: Option<PathBuf>,
    /// What they get in their environment on top of ours.
    pub environment: Vec<(String, String)>,
    /// Where their logs go.
    pub logs: PathBuf,
}

/// One part that is kept running.
pub struct Child {
    part: Part,
    log: PathBuf,
    ends: Arc<AtomicU32>,
    stop: CancellationToken,
    keeper: JoinHandle<()>,
}

impl Child {
    /// Starts the part and keeps it running.
    pub fn start(part: Part, launch: Arc<Launch>) -> Self {
        let log = launch.logs.join(format!("{}.log", part.name()));
        let ends = Arc::new(AtomicU32::new(0));
        let stop = CancellationToken::new();
        let keeper = tokio::spawn(keep(
            part,
            launch,
            log.clone(),
            Arc::clone(&ends),
            stop.clone(),
        ));
        Self {
            part,
            log,
            ends,
            stop,
            keeper,
        }
    }

    /// The last line that the part logged, if it ended more often than trouble of the moment
    /// explains.
    pub fn trouble(&self) -> Option<String> {
        if self.ends.load(Ordering::Relaxed) < 4 {
            return None;
        }
        let length = std::fs::metadata(&self.log).map_or(0, |log| log.len());
        let said = read_log(&self.log, length.saturating_sub(4_096));
        let last = said
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("nothing")
            .to_owned();
        Some(format!(
            "the {} keeps ending. Its log, {}, ends with: {last}",
            self.part.name(),
            self.log.display()
        ))
    }

    /// Stops the part, which drains first, and waits until it is gone.
    pub async fn stop(self) {
        self.stop.cancel();
        if self.keeper.await.is_err() {
            tracing::error!(
                part = self.part.name(),
                "the task that keeps a part running has panicked"
            );
        }
    }
}

async fn keep(
    part: Part,
    launch: Arc<Launch>,
    log: PathBuf,
    ends: Arc<AtomicU32>,
    stop: CancellationToken,
) {
    let mut pause = FIRST_PAUSE;
    while !stop.is_cancelled() {
        let began = Instant::now();
        match spawn(part, &launch, &log).await {
            Ok(mut child) => {
                tokio::select! {
                    () = stop.cancelled() => {
                        if !STOP.stop(&mut child).await {
                            eprintln!("the {} took too long to stop and was killed", part.name());
                        }
                        return;
                    }
                    status = child.wait() => {
                        let why = status.map_or_else(|error| error.to_string(), |status| status.to_string());
                        eprintln!("the {} ended ({why}) and is started again; see {}", part.name(), log.display());
                    }
                }
            }
            Err(error) => eprintln!("the {} can't be started: {error}", part.name()),
        }
        ends.fetch_add(1, Ordering::Relaxed);
        if began.elapsed() > SETTLED {
            pause = FIRST_PAUSE;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
        }
    }
}

async fn spawn(part: Part, launch: &Launch, log: &Path) -> Outcome<tokio::process::Child> {
    let (file, _) = open_log(log)?;
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig=TERM", "--"])
        .arg(&launch.program);
    if let Some(config) = &launch.config {
        command.arg("--config").arg(config);
    }
    command
        .arg(part.name())
        .envs(launch.environment.iter().map(|(name, value)| (name, value)))
        .stdin(std::process::Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        // A group of its own: Ctrl-C is for `up`, which stops the parts in order.
        .process_group(0);
    Ok(spawn_bound(command).await?)
}

//! A private nats-server with JetStream, configured by `nats.conf` at the repository's root.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::account::{Account, clean};
use crate::error::ServerError;
use crate::folder::{MIN_FREE_BYTES, check_room, make_folder, open_log, read_log};
use crate::leftover::Leftover;
use crate::ports::{PortChoice, free_port, remember};
use crate::postgres::{last_words, missing_setpriv};
use crate::secrets::password;
use crate::spawn::{Stop, signal, spawn_bound};

const SERVER: &str = "nats-server";
const CONFIGURATION: &str = include_str!("../../../nats.conf");
/// Atomic batches and `first_sequence` came with this one.
const OLDEST: (u32, u32) = (2, 12);
const MEND: &str = "Run scripts/install, which fetches the pinned version, or name a newer one in MEDILINK_NATS_SERVER";
/// Opening a large store takes as long as reading its index.
const START_PATIENCE: Duration = Duration::from_secs(120);
const STOP: Stop = Stop {
    signal: Signal::SIGTERM,
    patience: Duration::from_secs(20),
};

/// The passwords of the users in `nats.conf`.
#[derive(Clone, Serialize, Deserialize)]
pub struct NatsPasswords {
    /// Publishes events.
    pub relay: String,
    /// Reads for the read models.
    pub projector: String,
    /// Reads for the jobs.
    pub worker: String,
    /// Looks at the broker's state.
    pub gateway: String,
    /// May do everything.
    pub operator: String,
}

impl NatsPasswords {
    /// New passwords.
    pub fn generate() -> Self {
        Self {
            relay: password(),
            projector: password(),
            worker: password(),
            gateway: password(),
            operator: password(),
        }
    }

    /// The users of `nats.conf` and their passwords.
    pub fn named(&self) -> [(&'static str, &str); 5] {
        [
            ("relay", &self.relay),
            ("projector", &self.projector),
            ("worker", &self.worker),
            ("gateway", &self.gateway),
            ("operator", &self.operator),
        ]
    }
}

/// What a private nats-server is made of.
#[derive(Clone)]
pub struct NatsOptions {
    /// Its own folder, made if it is missing.
    pub folder: PathBuf,
    /// The file that gets what the server says.
    pub log: PathBuf,
    /// The port, or none for one that it chooses and remembers.
    pub port: Option<u16>,
    /// The users' passwords; each must start with a letter.
    pub passwords: NatsPasswords,
    /// Who runs it.
    pub account: Account,
    /// The program, as [`find_nats_server`] finds it.
    pub program: PathBuf,
    /// The most bytes that its store may take.
    pub max_store_bytes: u64,
}

/// A running nats-server of ours. Dropped without [`PrivateNats::stop`], it is told to end.
pub struct PrivateNats {
    options: NatsOptions,
    port: u16,
    child: Child,
}

impl PrivateNats {
    /// Starts the server. Returns when it takes clients and JetStream is up.
    ///
    /// # Errors
    /// A [`ServerError`] whose sentence says what to mend.
    pub async fn start(mut options: NatsOptions) -> Result<Self, ServerError> {
        make_folder(&options.folder, 0o700)?;
        options.account.own(&options.folder)?;
        check_room(&options.folder, MIN_FREE_BYTES)?;
        stop_leftover(&options).await?;
        check_version(&options.program)?;
        options.program = reachable(&options).await?;
        let configuration = options.folder.join("nats.conf");
        std::fs::write(&configuration, CONFIGURATION)
            .map_err(|error| ServerError::io("write", &configuration, error))?;
        options.account.own(&configuration)?;

        let memory = options.folder.join("port");
        let mut choice = PortChoice::make(options.port, &memory, "MEDILINK_SERVERS__NATS_PORT")?;
        for attempt in 1.. {
            let (mut child, log_start) = launch(&options, choice.port()).await?;
            match wait_until_ready(&options, choice.port(), &mut child, log_start).await {
                Ok(()) => {
                    remember(&memory, choice.port())?;
                    return Ok(Self {
                        port: choice.port(),
                        options,
                        child,
                    });
                }
                Err(ServerError::PortInUse { .. })
                    if attempt < 10 && matches!(choice, PortChoice::Own(_)) =>
                {
                    choice = PortChoice::Own(free_port()?);
                }
                Err(error) => return Err(error),
            }
        }
        unreachable!("the last arm ends the loop")
    }

    /// Its port on 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its process; none when that has ended.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// The options it was started with; start again with them after [`PrivateNats::kill`].
    pub const fn options(&self) -> &NatsOptions {
        &self.options
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The folder of JetStream's files; to delete it is to lose the broker's memory.
    pub fn store(&self) -> PathBuf {
        self.options.folder.join("store")
    }

    /// Whether it takes clients now, with JetStream.
    ///
    /// # Errors
    /// [`ServerError::Unhealthy`] when it doesn't within two seconds.
    pub async fn health(&self) -> Result<(), ServerError> {
        greeting(self.port).await
    }

    /// Waits until the server ends by itself, which it should not.
    pub async fn ended(&mut self) -> ExitStatus {
        self.child
            .wait()
            .await
            .unwrap_or_else(|_| ExitStatus::from_raw(0))
    }

    /// Stops it.
    pub async fn stop(mut self) {
        if !STOP.stop(&mut self.child).await {
            tracing::warn!(
                "nats-server had to be killed; what it lost is published again from the log"
            );
        }
    }

    /// Kills it as a crash would, and returns what starts it again on the same port.
    pub async fn kill(mut self) -> NatsOptions {
        drop(self.child.kill().await);
        NatsOptions {
            port: Some(self.port),
            ..self.options.clone()
        }
    }
}

impl Drop for PrivateNats {
    fn drop(&mut self) {
        if let Some(pid) = self.child.id() {
            signal(pid, Signal::SIGTERM);
        }
    }
}

/// The nats-server to run: the one named in `MEDILINK_NATS_SERVER`, else the first on the
/// `PATH` that is new enough, else the one that scripts/install fetched.
///
/// # Errors
/// [`ServerError::Missing`] when there is none, [`ServerError::TooOld`] when all are.
pub fn find_nats_server() -> Result<PathBuf, ServerError> {
    if let Some(named) = std::env::var_os("MEDILINK_NATS_SERVER") {
        let named = PathBuf::from(named);
        check_version(&named)?;
        return Ok(named);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")));
    let mut best = ServerError::Missing {
        program: SERVER,
        mend: MEND.to_owned(),
    };
    for folder in std::env::split_paths(&path).chain(cache.map(|cache| cache.join("medilink/bin")))
    {
        let program = folder.join(SERVER);
        if !program.is_file() {
            continue;
        }
        match check_version(&program) {
            Ok(()) => return Ok(program),
            Err(error) => best = error,
        }
    }
    Err(best)
}

fn check_version(program: &Path) -> Result<(), ServerError> {
    let output = std::process::Command::new(program)
        .arg("--version")
        .output();
    let Ok(output) = output else {
        return Err(ServerError::Missing {
            program: SERVER,
            mend: format!("{} can't be run. {MEND}", program.display()),
        });
    };
    let text = String::from_utf8_lossy(&output.stdout);
    if version(&text).is_some_and(|found| found >= OLDEST) {
        return Ok(());
    }
    Err(ServerError::TooOld {
        program: SERVER,
        path: program.to_owned(),
        found: text
            .trim()
            .rsplit(' ')
            .next()
            .unwrap_or_default()
            .to_owned(),
        needed: "2.12",
        mend: MEND,
    })
}

/// `nats-server: v2.15.1` is 2.15.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text
        .trim()
        .rsplit(' ')
        .next()?
        .trim_start_matches('v')
        .split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The program at a place where the server's account can run it: root's cache folder is closed
/// to everyone else, so the program is then copied.
async fn reachable(options: &NatsOptions) -> Result<PathBuf, ServerError> {
    if options.account.can("-x", &options.program).await {
        return Ok(options.program.clone());
    }
    let copy = options.folder.join(SERVER);
    let beside = options.folder.join("nats-server.new");
    std::fs::copy(&options.program, &beside)
        .map_err(|error| ServerError::io("copy to", &beside, error))?;
    options.account.own(&beside)?;
    std::fs::rename(&beside, &copy).map_err(|error| ServerError::io("rename", &beside, error))?;
    Ok(copy)
}

async fn stop_leftover(options: &NatsOptions) -> Result<(), ServerError> {
    let pid_file = options.folder.join("pid");
    let Some(leftover) = Leftover::find(&pid_file, SERVER, &options.folder) else {
        return Ok(());
    };
    tracing::info!(
        pid = leftover.pid,
        "stopping the nats-server that an earlier run left"
    );
    let signals = [
        (Signal::SIGTERM, Duration::from_secs(10)),
        (Signal::SIGKILL, Duration::from_secs(5)),
    ];
    leftover.stop(SERVER, &signals, &options.log).await
}

async fn launch(options: &NatsOptions, port: u16) -> Result<(Child, u64), ServerError> {
    let (log, log_start) = open_log(&options.log)?;
    let words = options.account.wrapper("TERM");
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .arg(&options.program)
        .arg("-c")
        .arg(options.folder.join("nats.conf"))
        .arg("-P")
        .arg(options.folder.join("pid"));
    clean(&mut command, &options.folder);
    command
        .env("MEDILINK_NATS_PORT", port.to_string())
        // Quoted, for the value is read as configuration text.
        .env(
            "MEDILINK_NATS_STORE",
            format!("{:?}", options.folder.join("store")),
        )
        .env(
            "MEDILINK_NATS_MAX_STORE",
            options.max_store_bytes.to_string(),
        );
    for (user, password) in options.passwords.named() {
        command.env(
            format!("MEDILINK_NATS_{}_PASSWORD", user.to_uppercase()),
            password,
        );
    }
    let second = log
        .try_clone()
        .map_err(|error| ServerError::io("open", &options.log, error))?;
    command.stdout(log).stderr(second).process_group(0);
    let child = spawn_bound(command).await.map_err(missing_setpriv)?;
    Ok((child, log_start))
}

async fn wait_until_ready(
    options: &NatsOptions,
    port: u16,
    child: &mut Child,
    log_start: u64,
) -> Result<(), ServerError> {
    let until = Instant::now() + START_PATIENCE;
    while Instant::now() < until {
        if let Ok(Some(_)) = child.try_wait() {
            let said = read_log(&options.log, log_start);
            if said.contains("address already in use") {
                return Err(ServerError::PortInUse {
                    port,
                    setting: "MEDILINK_SERVERS__NATS_PORT".to_owned(),
                });
            }
            if said.contains("no space left on device") {
                let full = std::io::Error::from_raw_os_error(nix::libc::ENOSPC);
                return Err(ServerError::io(
                    "write",
                    &options.folder.join("store"),
                    full,
                ));
            }
            return Err(ServerError::Start {
                server: SERVER,
                why: last_words(&said),
                log: options.log.clone(),
            });
        }
        // The log, too: whoever took the port a moment before us also greets.
        if greeting(port).await.is_ok()
            && read_log(&options.log, log_start).contains("Server is ready")
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    Err(ServerError::Timeout {
        server: SERVER,
        what: "start",
        seconds: START_PATIENCE.as_secs(),
        log: options.log.clone(),
    })
}

/// Reads the line with which a NATS server greets every client.
async fn greeting(port: u16) -> Result<(), ServerError> {
    #[derive(Deserialize)]
    struct Info {
        #[serde(default)]
        jetstream: bool,
    }
    let unhealthy = |why: &str| ServerError::Unhealthy {
        server: SERVER,
        why: why.to_owned(),
    };
    let read = async {
        let mut lines = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await?).lines();
        lines.next_line().await
    };
    let line = tokio::time::timeout(Duration::from_secs(2), read)
        .await
        .map_err(|_| unhealthy("no greeting within 2 s"))?
        .map_err(|error| unhealthy(&error.to_string()))?
        .unwrap_or_default();
    let info: Option<Info> = line
        .strip_prefix("INFO ")
        .and_then(|json| serde_json::from_str(json).ok());
    match info {
        Some(Info { jetstream: true }) => Ok(()),
        Some(_) => Err(unhealthy("JetStream is off")),
        None => Err(unhealthy("it is not a NATS server")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn versions_compare_by_number_and_not_by_text() {
        assert_eq!(version("nats-server: v2.15.1"), Some((2, 15)));
        assert!(version("nats-server: v2.9.10").unwrap() < OLDEST);
        assert_eq!(version("something else"), None);
    }
}

//! A private PostgreSQL.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tokio::process::{Child, Command};
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use crate::account::{Account, clean};
use crate::error::ServerError;
use crate::folder::{MIN_FREE_BYTES, check_room, make_folder, open_log, read_log};
use crate::leftover::Leftover;
use crate::ports::{PortChoice, free_port, remember};
use crate::postgres_binaries::PostgresBinaries;
use crate::secrets::write_private;
use crate::spawn::{Stop, signal, spawn_bound};

const SERVER: &str = "PostgreSQL";
/// Recovery after a crash replays the write-ahead log, at most a few gigabytes of it.
const START_PATIENCE: Duration = Duration::from_secs(300);
/// SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint.
const STOP: Stop = Stop {
    signal: Signal::SIGINT,
    patience: Duration::from_secs(60),
};

/// What a private PostgreSQL is made of.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Its own folder, made if it is missing.
    pub folder: PathBuf,
    /// The file that gets what the server says.
    pub log: PathBuf,
    /// The port, or none for one that it chooses and remembers.
    pub port: Option<u16>,
    /// The password of its superuser, `postgres`.
    pub password: String,
    /// Who runs it.
    pub account: Account,
    /// Settings (`name`, `value`) that go before our own, such as `fsync` `off` for a server
    /// that is thrown away.
    pub settings: Vec<(String, String)>,
}

/// A running PostgreSQL of ours. Dropped without [`PrivatePostgres::stop`], it is told to end
/// at once; its data survive that as they survive a crash.
#[derive(Debug)]
pub struct PrivatePostgres {
    options: PostgresOptions,
    port: u16,
    child: Child,
}

impl PrivatePostgres {
    /// Starts the server, which is made first if its folder is empty. Returns when it answers.
    ///
    /// # Errors
    /// A [`ServerError`] whose sentence says what to mend.
    pub async fn start(options: PostgresOptions) -> Result<Self, ServerError> {
        let data = options.folder.join("data");
        make_folder(&options.folder, 0o700)?;
        options.account.own(&options.folder)?;
        check_room(&options.folder, MIN_FREE_BYTES)?;
        stop_leftover(&data, &options.log).await?;
        let binaries = PostgresBinaries::find(&data)?;
        if !data.join("PG_VERSION").is_file() {
            initialise(&options, &binaries, &data).await?;
        }

        let memory = options.folder.join("port");
        let mut choice =
            PortChoice::make(options.port, &memory, "MEDILINK_SERVERS__POSTGRES_PORT")?;
        for attempt in 1.. {
            let (mut child, log_start) = launch(&options, &binaries, &data, choice.port()).await?;
            match wait_until_ready(&options, choice.port(), &mut child, log_start).await {
                Ok(()) => {
                    remember(&memory, choice.port())?;
                    return Ok(Self {
                        port: choice.port(),
                        options,
                        child,
                    });
                }
                Err(refusal)
                    if attempt < 10
                        && refusal.port_taken
                        && matches!(choice, PortChoice::Own(_)) =>
                {
                    choice = PortChoice::Own(free_port()?);
                }
                // The children of a killed server need a moment to notice that it is gone.
                Err(refusal) if attempt < 10 && refusal.memory_in_use => {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                Err(refusal) => return Err(refusal.error),
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

    /// The options it was started with; start again with them after [`PrivatePostgres::kill`].
    pub const fn options(&self) -> &PostgresOptions {
        &self.options
    }

    /// The URL of its superuser.
    pub fn superuser_url(&self) -> String {
        format!(
            "postgres://postgres:{}@127.0.0.1:{}/postgres",
            self.options.password, self.port
        )
    }

    /// Whether it answers a query now.
    ///
    /// # Errors
    /// [`ServerError::Unhealthy`] when it doesn't within two seconds.
    pub async fn health(&self) -> Result<(), ServerError> {
        let unhealthy = |why| ServerError::Unhealthy {
            server: SERVER,
            why,
        };
        match tokio::time::timeout(Duration::from_secs(2), ask(&self.superuser_url())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(unhealthy(error.to_string())),
            Err(_) => Err(unhealthy("no answer within 2 s".to_owned())),
        }
    }

    /// Waits until the server ends by itself, which it should not.
    pub async fn ended(&mut self) -> ExitStatus {
        self.child
            .wait()
            .await
            .unwrap_or_else(|_| ExitStatus::from_raw(0))
    }

    /// Stops it: sessions end, a checkpoint is written.
    pub async fn stop(mut self) {
        if !STOP.stop(&mut self.child).await {
            tracing::warn!("PostgreSQL had to be killed; it will recover when it starts again");
        }
    }

    /// Kills it as a crash would, and returns what starts it again on the same port.
    pub async fn kill(mut self) -> PostgresOptions {
        drop(self.child.kill().await);
        PostgresOptions {
            port: Some(self.port),
            ..self.options.clone()
        }
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        // SIGQUIT reaches the server's own children too; the SIGKILL that the child handle
        // sends would leave them to find out by themselves.
        if let Some(pid) = self.child.id() {
            signal(pid, Signal::SIGQUIT);
        }
    }
}

async fn stop_leftover(data: &Path, log: &Path) -> Result<(), ServerError> {
    let pid_file = data.join("postmaster.pid");
    if let Some(leftover) = Leftover::find(&pid_file, "postgres", data) {
        tracing::info!(
            pid = leftover.pid,
            "stopping the PostgreSQL that an earlier run left"
        );
        let signals = [
            (Signal::SIGINT, Duration::from_secs(30)),
            (Signal::SIGQUIT, Duration::from_secs(10)),
            (Signal::SIGKILL, Duration::from_secs(5)),
        ];
        return leftover.stop(SERVER, &signals, log).await;
    }
    // Not a server of this folder. If its number now belongs to some other process,
    // PostgreSQL would take that one for its older self and refuse to start.
    match std::fs::remove_file(&pid_file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ServerError::io("remove", &pid_file, error))
        }
        _ => Ok(()),
    }
}

/// Makes the data folder beside its place and moves it there when it is whole, so that a kill
/// half-way leaves nothing that looks like one.
async fn initialise(
    options: &PostgresOptions,
    binaries: &PostgresBinaries,
    data: &Path,
) -> Result<(), ServerError> {
    let beside = options.folder.join("data.new");
    if beside.exists() {
        std::fs::remove_dir_all(&beside)
            .map_err(|error| ServerError::io("remove", &beside, error))?;
    }
    let password_file = options.folder.join("superuser");
    write_private(&password_file, options.password.as_bytes())?;
    options.account.own(&password_file)?;

    let mut command = options
        .account
        .command(&binaries.program("initdb"), &options.folder);
    command
        .arg("--pgdata")
        .arg(&beside)
        .arg("--pwfile")
        .arg(&password_file)
        // C orders text by code point, and so does not change under our indexes when the
        // system's locale data do.
        .args([
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
        ])
        .args([
            "--lc-collate=C",
            "--lc-ctype=C.UTF-8",
            "--lc-messages=C",
            "--data-checksums",
            "--no-instructions",
        ]);
    if options
        .settings
        .iter()
        .any(|(name, value)| name == "fsync" && value == "off")
    {
        command.arg("--no-sync");
    }
    let output = command.output().await.map_err(missing_setpriv)?;
    drop(std::fs::remove_file(&password_file));
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("No space left on device") {
            return Err(ServerError::io(
                "write",
                data,
                std::io::Error::from_raw_os_error(nix::libc::ENOSPC),
            ));
        }
        return Err(ServerError::Start {
            server: SERVER,
            why: format!("initdb said: {}", last_words(&said)),
            log: options.log.clone(),
        });
    }
    std::fs::rename(&beside, data).map_err(|error| ServerError::io("rename", &beside, error))
}

async fn launch(
    options: &PostgresOptions,
    binaries: &PostgresBinaries,
    data: &Path,
    port: u16,
) -> Result<(Child, u64), ServerError> {
    let (log, log_start) = open_log(&options.log)?;
    let words = options.account.wrapper("INT");
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .arg(binaries.program("postgres"))
        .arg("-D")
        .arg(data);
    clean(&mut command, &options.folder);
    let own = [
        ("port", port.to_string()),
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("unix_socket_directories", String::new()),
        ("cluster_name", "medilink".to_owned()),
    ];
    let defaults = DEFAULTS
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    let given = options
        .settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()));
    // The last one of a name counts.
    for (name, value) in defaults.chain(given).chain(own) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    let second = log
        .try_clone()
        .map_err(|error| ServerError::io("open", &options.log, error))?;
    // A group of its own: Ctrl-C at the terminal is for us, and we stop things in order.
    command.stdout(log).stderr(second).process_group(0);
    let child = spawn_bound(command).await.map_err(missing_setpriv)?;
    Ok((child, log_start))
}

/// Settings of every private server. The log names no value of any row or statement: those
/// would be personal data.
const DEFAULTS: [(&str, &str); 13] = [
    ("max_connections", "200"),
    ("shared_buffers", "256MB"),
    ("max_wal_size", "2GB"),
    ("wal_compression", "lz4"),
    ("jit", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_line_prefix", "%m [%p] %q%u@%d "),
    ("log_statement", "none"),
    ("log_error_verbosity", "terse"),
    ("log_min_error_statement", "panic"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
];

struct Refusal {
    error: ServerError,
    port_taken: bool,
    memory_in_use: bool,
}

impl From<ServerError> for Refusal {
    fn from(error: ServerError) -> Self {
        Self {
            error,
            port_taken: false,
            memory_in_use: false,
        }
    }
}

async fn wait_until_ready(
    options: &PostgresOptions,
    port: u16,
    child: &mut Child,
    log_start: u64,
) -> Result<(), Refusal> {
    let url = format!(
        "postgres://postgres:{}@127.0.0.1:{port}/postgres",
        options.password
    );
    let start = |why: String| ServerError::Start {
        server: SERVER,
        why,
        log: options.log.clone(),
    };
    let until = Instant::now() + START_PATIENCE;
    while Instant::now() < until {
        if let Ok(Some(_)) = child.try_wait() {
            let said = read_log(&options.log, log_start);
            return Err(explain(options, port, &said, start));
        }
        match tokio::time::timeout(Duration::from_secs(2), ask(&url)).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) if error.code() == Some(&SqlState::INVALID_PASSWORD) => {
                // A stranger that took the port a moment ago also says this; ours then ends.
                if tokio::time::timeout(Duration::from_secs(1), child.wait())
                    .await
                    .is_ok()
                {
                    continue;
                }
                return Err(start(
                    "it does not accept the password of its superuser; secrets.json belongs to other data. \
                     Restore the file that was made with these data"
                        .to_owned(),
                )
                .into());
            }
            _ => tokio::time::sleep(Duration::from_millis(40)).await,
        }
    }
    Err(ServerError::Timeout {
        server: SERVER,
        what: "start",
        seconds: START_PATIENCE.as_secs(),
        log: options.log.clone(),
    }
    .into())
}

fn explain(
    options: &PostgresOptions,
    port: u16,
    said: &str,
    start: impl Fn(String) -> ServerError,
) -> Refusal {
    if said.contains("Address already in use") {
        return Refusal {
            error: ServerError::PortInUse {
                port,
                setting: "MEDILINK_SERVERS__POSTGRES_PORT".to_owned(),
            },
            port_taken: true,
            memory_in_use: false,
        };
    }
    if said.contains("No space left on device") {
        let full = std::io::Error::from_raw_os_error(nix::libc::ENOSPC);
        return ServerError::io("write", &options.folder.join("data"), full).into();
    }
    Refusal {
        error: start(last_words(said)),
        port_taken: false,
        memory_in_use: said.contains("is still in use"),
    }
}

async fn ask(url: &str) -> Result<(), tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // Ends with the client, at the end of this function.
    let driver = tokio::spawn(connection);
    let answer = client.simple_query("SELECT 1").await.map(drop);
    drop(client);
    drop(driver.await);
    answer
}

/// The line that matters: the last error, or else the last line.
pub(crate) fn last_words(said: &str) -> String {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    lines()
        .filter(|line| {
            ["FATAL", "PANIC", "error:", "[FTL]"]
                .iter()
                .any(|word| line.contains(word))
        })
        .chain(lines().next_back())
        .next()
        .unwrap_or("it said nothing")
        .to_owned()
}

pub(crate) fn missing_setpriv(error: std::io::Error) -> ServerError {
    if error.kind() == std::io::ErrorKind::NotFound {
        return ServerError::Missing {
            program: "setpriv",
            mend: "Install Debian's package util-linux".to_owned(),
        };
    }
    ServerError::io("start", Path::new("setpriv"), error)
}

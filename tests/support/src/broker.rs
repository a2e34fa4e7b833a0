//! A throw-away nats-server.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use medilink_bus::{Bus, BusConfig};
use tempfile::TempDir;

use crate::ports::port;

/// The configuration that every server has.
const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../nats.conf");

/// A nats-server of one test's own, from `nats.conf`, on a free port with its own store. It is
/// `MEDILINK_NATS_SERVER`, or else the one on the path.
#[derive(Debug)]
pub struct TestBroker {
    child: Option<Child>,
    port: u16,
    folder: TempDir,
    member: Option<Member>,
}

/// What a server that is one of a cluster has besides.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its configuration, which includes that of every server.
    pub configuration: PathBuf,
    /// What that asks for.
    pub environment: Vec<(&'static str, String)>,
}

impl TestBroker {
    /// The users of `nats.conf`.
    pub const USERS: [&str; 5] = ["relay", "projector", "worker", "gateway", "operator"];

    /// One that answers.
    ///
    /// # Panics
    /// When it doesn't start.
    pub fn start() -> Self {
        let mut broker = Self::absent();
        broker.restart();
        broker
    }

    /// One that is not there yet.
    ///
    /// # Panics
    /// When no folder can be made.
    pub fn absent() -> Self {
        Self::new(None)
    }

    /// One of a cluster, not there yet.
    pub(crate) fn member(member: Member) -> Self {
        Self::new(Some(member))
    }

    fn new(member: Option<Member>) -> Self {
        Self {
            child: None,
            port: port(),
            folder: tempfile::tempdir().expect("a folder can be made"),
            member,
        }
    }

    /// Kills it and starts it on the same port and store.
    ///
    /// # Panics
    /// When it doesn't start; its log is shown.
    pub fn restart(&mut self) {
        self.kill();
        let program = std::env::var_os("MEDILINK_NATS_SERVER").unwrap_or("nats-server".into());
        let log = std::fs::File::create(self.log()).expect("a log can be made");
        let mut command = Command::new(program);
        let configuration = self
            .member
            .as_ref()
            .map_or_else(|| Path::new(CONFIGURATION), |member| &member.configuration);
        command
            .arg("-c")
            .arg(configuration)
            .env("MEDILINK_NATS_PORT", self.port.to_string())
            .env("MEDILINK_NATS_STORE", self.store())
            .env("MEDILINK_NATS_MAX_STORE", "4GB")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        for user in Self::USERS {
            let name = format!("MEDILINK_NATS_{}_PASSWORD", user.to_uppercase());
            command.env(name, Self::password(user));
        }
        if let Some(member) = &self.member {
            command.envs(member.environment.iter().map(|(name, value)| (name, value)));
        }
        self.child = Some(command.spawn().expect("nats-server starts"));
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Who has ended by itself needs no killing.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What a lost disk leaves. Only when it was killed.
    ///
    /// # Panics
    /// When there is no store.
    pub fn delete_store(&self) {
        std::fs::remove_dir_all(self.store()).expect("the store can be deleted");
    }

    /// The process, for other signals than a kill.
    ///
    /// # Panics
    /// When it was killed.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The same as a URL.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The password of a user of `nats.conf`.
    pub fn password(user: &str) -> String {
        format!("secret-of-{user}")
    }

    /// A bus as this user, perhaps not connected yet.
    ///
    /// # Panics
    /// Never: the URL is made here.
    pub async fn bus(&self, user: &str) -> Bus {
        let config = BusConfig {
            request_ms: 2_000,
            ..BusConfig::at(self.url(), user, Self::password(user))
        };
        Bus::connect(&config, "test")
            .await
            .expect("the URL is well-formed")
    }

    /// What it has logged since it was started.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}

impl Drop for TestBroker {
    fn drop(&mut self) {
        self.kill();
    }
}

//! The machine and the servers that the figures are of.

use std::process::Command;

use medilink_test_support::TestDatabases;
use serde::Serialize;

/// What figures depend on besides the code.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Machine {
    /// Processor cores that this process may use.
    pub cores: usize,
    /// The processor's name.
    pub processor: String,
    /// Memory in whole gigabytes.
    pub memory_gb: u64,
    /// The kernel.
    pub kernel: String,
    /// PostgreSQL's version.
    pub postgresql: String,
    /// Whether PostgreSQL syncs to disk at each commit.
    pub fsync: String,
    /// PostgreSQL's buffers.
    pub shared_buffers: String,
    /// The version of nats-server.
    pub nats: String,
    /// How busy the machine was before the run: processes that wanted to run, on average over
    /// the last minute.
    pub load_before: f64,
}

impl Machine {
    /// This machine, with the server of the tests.
    ///
    /// # Panics
    /// When that server doesn't sync to disk: the figures would mean nothing.
    pub async fn examine() -> Self {
        let databases = TestDatabases::create().await;
        let client = databases.superuser().await;
        let show = async |name: &str| -> String {
            let row = client.query_one(&format!("SHOW {name}"), &[]).await;
            row.unwrap().get(0)
        };
        let (fsync, commit) = (show("fsync").await, show("synchronous_commit").await);
        assert!(
            fsync == "on" && commit == "on",
            "figures are only worth something with fsync and synchronous_commit on: run `make bench`"
        );
        let nats = std::env::var_os("MEDILINK_NATS_SERVER").unwrap_or("nats-server".into());
        Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            processor: field("/proc/cpuinfo", "model name"),
            memory_gb: field("/proc/meminfo", "MemTotal")
                .split_whitespace()
                .next()
                .and_then(|kilobytes| kilobytes.parse::<u64>().ok())
                .map_or(0, |kilobytes| kilobytes.div_ceil(1 << 20)),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            postgresql: show("server_version").await,
            fsync,
            shared_buffers: show("shared_buffers").await,
            nats: Command::new(nats)
                .arg("--version")
                .output()
                .map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned())
                .unwrap_or_default(),
            load_before: read("/proc/loadavg")
                .split_whitespace()
                .next()
                .and_then(|load| load.parse().ok())
                .unwrap_or_default(),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} cores ({}), {} GB, Linux {}, PostgreSQL {} (fsync {}, {} buffers), {}; load {}",
            self.cores,
            self.processor,
            self.memory_gb,
            self.kernel,
            self.postgresql,
            self.fsync,
            self.shared_buffers,
            self.nats,
            self.load_before
        )
    }
}

/// The resident memory of a process, in megabytes.
pub fn resident_mb(process: u32) -> f64 {
    field(&format!("/proc/{process}/status"), "VmRSS")
        .split_whitespace()
        .next()
        .and_then(|kilobytes| kilobytes.parse::<f64>().ok())
        .map_or(0.0, |kilobytes| kilobytes / 1_024.0)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The value of a `name : value` line.
fn field(path: &str, name: &str) -> String {
    read(path)
        .lines()
        .find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
        .unwrap_or_default()
}

//! A broker that can be killed.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use medilink_bus::{Bus, BusConfig};

/// A nats-server of its own, from /nats.conf.
pub struct Broker {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

const USERS: [&str; 5] = ["relay", "projector", "worker", "gateway", "operator"];

impl Broker {
    pub fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let folder = tempfile::tempdir().unwrap();
        let binary =
            std::env::var("MEDILINK_NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned());
        let mut command = Command::new(binary);
        command
            .arg("-c")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../nats.conf"));
        command.env("MEDILINK_NATS_PORT", port.to_string());
        command.env("MEDILINK_NATS_STORE", folder.path());
        command.env("MEDILINK_NATS_MAX_STORE", "1GB");
        for user in USERS {
            command.env(
                format!("MEDILINK_NATS_{}_PASSWORD", user.to_uppercase()),
                format!("p{user}"),
            );
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "nats-server does not start"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        Self {
            child,
            port,
            _folder: folder,
        }
    }

    pub async fn bus(&self, user: &str) -> Bus {
        let config = BusConfig::at(
            format!("nats://127.0.0.1:{}", self.port),
            user,
            format!("p{user}"),
        );
        Bus::connect(
            &BusConfig {
                request_ms: 2_000,
                ..config
            },
            "test",
        )
        .await
        .unwrap()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

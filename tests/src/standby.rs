//! A second PostgreSQL that follows the first, configured, made and promoted by what
//! `infra/deploy/postgres` has for that.

use std::path::{Path, PathBuf};
use std::time::Duration;

use medilink_servers::{
    Account, DatabaseUrls, PostgresBinaries, PostgresOptions, PrivatePostgres, password,
};
use medilink_test_support::port;
use tokio_postgres::NoTls;

use crate::platform::Platform;
use crate::servers::Server;

/// What is shipped.
const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/deploy/postgres");

/// The server that may take the first one's place.
pub(crate) struct Standby {
    server: PrivatePostgres,
}

/// Where a server's data are.
fn data(options: &PostgresOptions) -> PathBuf {
    options.folder.join("data")
}

/// Puts the shipped settings into a server's data, which is stopped for it.
pub(crate) async fn configure(server: PrivatePostgres) -> PrivatePostgres {
    let options = PostgresOptions {
        port: Some(server.port()),
        ..server.options().clone()
    };
    server.stop().await;
    let data = data(&options);
    std::fs::copy(
        format!("{SHIPPED}/medilink.conf"),
        data.join("medilink.conf"),
    )
    .unwrap();
    let file = data.join("postgresql.conf");
    let settings = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, settings + "\ninclude 'medilink.conf'\n").unwrap();
    PrivatePostgres::start(options).await.unwrap()
}

impl Standby {
    /// Makes one, which the primary then waits for with every commit.
    pub async fn follow(primary: &PrivatePostgres, folder: &Path) -> Self {
        let secret = password();
        // Before anybody has to wait for the standby.
        execute(
            &primary.superuser_url(),
            &format!(
                "SET synchronous_commit = local;
                 CREATE ROLE medilink_replication LOGIN REPLICATION PASSWORD '{secret}'"
            ),
        )
        .await;
        let options = PostgresOptions {
            folder: folder.to_owned(),
            log: folder.with_extension("log"),
            port: Some(port()),
            ..primary.options().clone()
        };
        std::fs::create_dir_all(folder).unwrap();
        own(&options.account, folder);
        let port = primary.port().to_string();
        let place = data(&options).display().to_string();
        script(&options, "follow", &secret, &["127.0.0.1", &port, &place]).await;
        let server = PrivatePostgres::start(options).await.unwrap();
        let synchronous = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'";
        while execute(&primary.superuser_url(), synchronous).await == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { server }
    }

    pub const fn port(&self) -> u16 {
        self.server.port()
    }

    /// Makes it the primary. The former one must be off.
    async fn promote(self) -> PrivatePostgres {
        let options = self.server.options();
        let port = self.server.port().to_string();
        let place = data(options).display().to_string();
        script(options, "promote", &options.password, &[&port, &place]).await;
        self.server
    }
}

/// The same databases wherever they are.
pub(crate) fn either(urls: DatabaseUrls, primary: u16, standby: u16) -> DatabaseUrls {
    let both = |url: String| {
        let hosts = format!("127.0.0.1:{primary},127.0.0.1:{standby}/");
        url.replace(&format!("127.0.0.1:{primary}/"), &hosts) + "?target_session_attrs=read-write"
    };
    DatabaseUrls {
        owner: both(urls.owner),
        app: both(urls.app),
        projector: both(urls.projector),
        keys_owner: both(urls.keys_owner),
        vault: both(urls.vault),
    }
}

impl Platform {
    /// `kill -9` of PostgreSQL for good; the standby takes its place.
    pub async fn switch_over(&mut self) {
        self.kill_postgres().await;
        let standby = self.servers.standby.take().expect("there is a standby");
        self.servers.postgres = Some(Server::Running(standby.promote().await));
    }
}

/// Runs one of the shipped scripts as the account of the servers, as an operator would.
async fn script(options: &PostgresOptions, name: &str, secret: &str, arguments: &[&str]) {
    // The account may not be able to enter the checkout.
    let copy = options.folder.join(name);
    std::fs::copy(format!("{SHIPPED}/{name}"), &copy).unwrap();
    own(&options.account, &copy);
    let programs = PostgresBinaries::find(&data(options)).unwrap().folder;
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let mut command = options.account.command(&copy, &options.folder);
    command
        .args(arguments)
        .env("PATH", path)
        .env("PGPASSWORD", secret);
    let output = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
}

fn own(account: &Account, path: &Path) {
    if let Account::Other { uid, gid, .. } = account {
        std::os::unix::fs::chown(path, Some(*uid), Some(*gid)).unwrap();
    }
}

/// Runs statements; how many rows the last one gave.
async fn execute(url: &str, sql: &str) -> usize {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let answer = client.simple_query(sql).await.unwrap();
    let rows = answer
        .iter()
        .filter(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_)));
    rows.count()
}

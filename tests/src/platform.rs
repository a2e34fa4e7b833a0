//! The whole platform of one test: servers, databases, parts.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use medilink_bus::{Bus, BusConfig, StreamPosition, stream_position};
use medilink_commands::{
    Actor, Authorizer, CommandContext, Executor, access_token, inline_projections,
};
use medilink_database::{Database, DatabaseConfig};
use medilink_domain::TenantId;
use medilink_domain::values::Role;
use medilink_log::{EventCodec, LogReader, LogWriter, Snapshots};
use medilink_servers::{
    Account, DatabaseUrls, NatsOptions, NatsPasswords, PostgresOptions, PrivateNats,
    PrivatePostgres, RolePasswords, find_nats_server, password, provision,
};
use medilink_vault::{Keyring, Vault};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::http::Caller;
use crate::parts::{Part, Process, medilink};
use crate::settings::{Options, port};

/// The names of the two databases.
const DATABASES: [&str; 2] = ["medilink", "medilink_keys"];

enum Server<Running, Stopped> {
    Running(Running),
    Killed(Stopped),
}

/// A platform whose every process a test can kill and start again.
pub struct Platform {
    // In the order in which they are dropped: those who use the servers go before them.
    parts: BTreeMap<Part, Process>,
    nats: Option<Server<PrivateNats, NatsOptions>>,
    postgres: Option<Server<PrivatePostgres, PostgresOptions>>,
    folder: TempDir,
    binary: PathBuf,
    options: Options,
    urls: DatabaseUrls,
    gateway: u16,
    executor: OnceCell<Executor>,
    vault: OnceCell<Vault>,
    /// The tenant that the harness works in.
    pub tenant: TenantId,
}

impl Platform {
    /// Starts everything and waits until the gateway serves.
    pub async fn start(binary: impl Into<PathBuf>, options: Options) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("medilink-")
            .tempdir()
            .unwrap();
        passable(folder.path());
        let account = Account::for_servers().unwrap();
        let postgres = PrivatePostgres::start(PostgresOptions {
            folder: folder.path().join("postgres"),
            log: folder.path().join("postgres.log"),
            port: Some(port()),
            password: password(),
            account: account.clone(),
            settings: options.postgres(),
        })
        .await
        .unwrap();
        let [main, keys] = DATABASES;
        let urls = provision(
            &postgres.superuser_url(),
            &RolePasswords::generate(),
            main,
            keys,
        )
        .await
        .unwrap();
        let nats = PrivateNats::start(NatsOptions {
            folder: folder.path().join("nats"),
            log: folder.path().join("nats.log"),
            port: Some(port()),
            passwords: NatsPasswords::generate(),
            account,
            program: find_nats_server().unwrap(),
            max_store_bytes: 1 << 30,
        })
        .await
        .unwrap();
        Keyring::open_or_create(folder.path().join("keyring")).unwrap();
        let mut platform = Self {
            parts: BTreeMap::new(),
            nats: Some(Server::Running(nats)),
            postgres: Some(Server::Running(postgres)),
            folder,
            binary: binary.into(),
            options,
            urls,
            gateway: port(),
            executor: OnceCell::new(),
            vault: OnceCell::new(),
            tenant: TenantId(Uuid::now_v7()),
        };
        let (success, said) = platform.run(&["admin", "migrate"]);
        assert!(success, "{said}");
        for part in Part::ALL {
            platform.start_part(part);
        }
        platform.ready().await;
        platform
    }

    /// Waits until the gateway serves and every read model is there.
    pub async fn ready(&mut self) {
        let caller = self.caller("");
        let started = Instant::now();
        loop {
            let answer = caller.get("/readyz").await;
            if answer.is_some_and(|answer| {
                answer.status == 200 && answer.body["parts"]["projections"]["up"] == true
            }) {
                return;
            }
            if let Some(part) = Part::ALL
                .into_iter()
                .find(|part| self.parts.contains_key(part) && !self.is_running(*part))
            {
                panic!("{} ended by itself:\n{}", part.name(), self.log_of(part));
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "not ready:\n{}",
                self.log_of(Part::Gateway)
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Runs another command of the binary; whether it succeeded, and what it said.
    pub fn run(&self, arguments: &[&str]) -> (bool, String) {
        let config = self.write_settings(Part::Worker);
        let output = medilink(&self.binary, &config)
            .args(arguments)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// Starts a part that isn't running.
    pub fn start_part(&mut self, part: Part) {
        let config = self.write_settings(part);
        let process = Process::start(&self.binary, &config, part, &self.log_path(part));
        self.parts.insert(part, process);
    }

    /// `kill -9`.
    pub fn kill_part(&mut self, part: Part) {
        self.parts
            .remove(&part)
            .expect("the part is running")
            .kill();
    }

    /// SIGTERM; `true` when it ended with 0.
    pub fn stop_part(&mut self, part: Part) -> bool {
        self.parts
            .remove(&part)
            .expect("the part is running")
            .stop()
            .success()
    }

    /// Whether a part that was started still runs.
    pub fn is_running(&mut self, part: Part) -> bool {
        self.parts
            .get_mut(&part)
            .is_some_and(|process| !process.has_ended())
    }

    /// The process of a part.
    pub fn pid(&self, part: Part) -> u32 {
        self.parts.get(&part).expect("the part is running").pid()
    }

    /// `kill -9` of NATS; with `forget`, its store is deleted too.
    pub async fn kill_nats(&mut self, forget: bool) {
        let Some(Server::Running(nats)) = self.nats.take() else {
            panic!("NATS is running")
        };
        let store = nats.store();
        self.nats = Some(Server::Killed(nats.kill().await));
        if forget {
            std::fs::remove_dir_all(&store).unwrap();
        }
    }

    /// Starts NATS again where it was.
    pub async fn start_nats(&mut self) {
        let Some(Server::Killed(options)) = self.nats.take() else {
            panic!("NATS was killed")
        };
        self.nats = Some(Server::Running(PrivateNats::start(options).await.unwrap()));
    }

    /// `kill -9` of PostgreSQL.
    pub async fn kill_postgres(&mut self) {
        let Some(Server::Running(postgres)) = self.postgres.take() else {
            panic!("PostgreSQL is running")
        };
        self.postgres = Some(Server::Killed(postgres.kill().await));
    }

    /// Starts PostgreSQL again where it was.
    pub async fn start_postgres(&mut self) {
        let Some(Server::Killed(options)) = self.postgres.take() else {
            panic!("PostgreSQL was killed")
        };
        self.postgres = Some(Server::Running(
            PrivatePostgres::start(options).await.unwrap(),
        ));
    }

    /// Where the gateway listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.gateway))
    }

    /// A caller with this bearer secret; none when it is empty.
    pub fn caller(&self, secret: &str) -> Caller {
        Caller::new(format!("http://{}", self.address()), secret)
    }

    /// A caller who is this person in these roles.
    pub async fn person(&self, person: Uuid, roles: &[Role]) -> Caller {
        self.caller(&self.token_in(self.tenant, person, roles).await)
    }

    /// A token of a person in any tenant, issued as `medilink` on the server would.
    pub async fn token_in(&self, tenant: TenantId, person: Uuid, roles: &[Role]) -> String {
        let (secret, secret_hash) = access_token::new_secret();
        let issue = access_token::Issue {
            person,
            roles: roles.to_vec(),
            secret_hash,
            expires_at: chrono::Utc::now() + chrono::TimeDelta::hours(2),
        };
        let context = CommandContext::new(Actor::console(tenant));
        self.executor()
            .await
            .execute(&context, &issue)
            .await
            .unwrap();
        secret
    }

    /// An executor of the harness's own, beside the gateway's.
    pub async fn executor(&self) -> &Executor {
        let make = || async {
            let (app, vault) = (self.app(), self.vault().await);
            let (writer, _) = LogWriter::start(app.clone(), inline_projections());
            Executor::new(
                LogReader::new(app.clone()),
                writer,
                EventCodec::new(vault.clone()),
                Snapshots::new(app, vault),
                Authorizer::shipped().unwrap(),
            )
        };
        self.executor.get_or_init(make).await
    }

    /// The vault that the parts use.
    pub async fn vault(&self) -> Vault {
        let open = || async {
            let keyring = Keyring::open(self.folder.path().join("keyring")).unwrap();
            Vault::open(
                Database::new(DatabaseConfig::at(&self.urls.vault)).unwrap(),
                keyring,
            )
            .await
            .unwrap()
        };
        self.vault.get_or_init(open).await.clone()
    }

    /// The main database as the application.
    pub fn app(&self) -> Database {
        Database::new(DatabaseConfig::at(&self.urls.app)).unwrap()
    }

    /// The main database as the projector.
    pub fn projector(&self) -> Database {
        Database::new(DatabaseConfig::at(&self.urls.projector)).unwrap()
    }

    /// The log.
    pub fn log(&self) -> LogReader {
        LogReader::new(self.app())
    }

    /// The superuser's URL of each database.
    pub fn superuser_urls(&self) -> [String; 2] {
        let Some(Server::Running(postgres)) = &self.postgres else {
            panic!("PostgreSQL is running")
        };
        let url = postgres.superuser_url();
        DATABASES.map(|database| format!("{}/{database}", url.rsplit_once('/').unwrap().0))
    }

    /// What the broker's stream holds; `None` when there is none.
    pub async fn broker(&self) -> Option<StreamPosition> {
        let Some(Server::Running(nats)) = &self.nats else {
            return None;
        };
        let named = nats.options().passwords.named();
        let (user, secret) = named.iter().find(|(name, _)| *name == "operator").unwrap();
        let bus = Bus::connect(&BusConfig::at(nats.url(), *user, *secret), "test")
            .await
            .unwrap();
        for _ in 0..100 {
            if bus.is_up() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        stream_position(&bus).await.ok()
    }

    /// Everything that the platform keeps: servers' data, logs, keys.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What a part has logged.
    pub fn log_of(&self, part: Part) -> String {
        std::fs::read_to_string(self.log_path(part)).unwrap_or_default()
    }

    fn log_path(&self, part: Part) -> PathBuf {
        self.folder.path().join(format!("{}.log", part.name()))
    }

    fn write_settings(&self, part: Part) -> PathBuf {
        let path = self.folder.path().join(format!("{}.toml", part.name()));
        std::fs::write(&path, self.options.over(&self.settings(part))).unwrap();
        path
    }

    fn settings(&self, part: Part) -> String {
        let nats = match &self.nats {
            Some(Server::Running(nats)) => nats.options(),
            Some(Server::Killed(options)) => options,
            None => panic!("NATS was started once"),
        };
        let named = nats.passwords.named();
        let (_, secret) = named.iter().find(|(name, _)| *name == part.name()).unwrap();
        format!(
            r#"
            folder = {folder:?}
            tenant = "{tenant}"
            [postgres]
            app_url = {app:?}
            projector_url = {projector:?}
            vault_url = {vault:?}
            owner_url = {owner:?}
            keys_owner_url = {keys_owner:?}
            [nats]
            url = "nats://127.0.0.1:{nats_port}"
            password = "{secret}"
            [gateway]
            listen = "127.0.0.1:{gateway}"
            [gateway.limits]
            person_per_second = 100000
            person_burst = 100000
            address_per_second = 100000
            address_burst = 100000
            [worker]
            poll_ms = 200
            "#,
            folder = self.folder.path(),
            tenant = self.tenant,
            app = self.urls.app,
            projector = self.urls.projector,
            vault = self.urls.vault,
            owner = self.urls.owner,
            keys_owner = self.urls.keys_owner,
            nats_port = nats.port.unwrap(),
            gateway = self.gateway,
        )
    }
}

impl Drop for Platform {
    /// A test that failed shows what the parts said last.
    fn drop(&mut self) {
        if std::thread::panicking() {
            for part in Part::ALL {
                let log = self.log_of(part);
                let lines: Vec<&str> = log.lines().collect();
                eprintln!(
                    "--- {}\n{}",
                    part.name(),
                    lines[lines.len().saturating_sub(12)..].join("\n")
                );
            }
        }
    }
}

/// Lets the servers' account pass through.
fn passable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).unwrap();
}

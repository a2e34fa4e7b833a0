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
use medilink_servers::{DatabaseUrls, RolePasswords, provision};
use medilink_test_support::port;
use medilink_vault::{Keyring, Vault};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::breaking::{Breaking, Wire};
use crate::http::Caller;
use crate::parts::{Binary, Instance, Part, Process, medilink};
use crate::servers::Servers;
use crate::settings::Options;
use crate::standby::either;

/// The names of the two databases.
const DATABASES: [&str; 2] = ["medilink", "medilink_keys"];

/// A platform whose every process a test can kill and start again.
pub struct Platform {
    // In the order in which they are dropped: those who use the servers go before them, and
    // the servers before their disks.
    parts: BTreeMap<Instance, Process>,
    pub(crate) servers: Servers,
    pub(crate) breaking: Breaking,
    folder: TempDir,
    pub(crate) binary: Binary,
    options: Options,
    urls: DatabaseUrls,
    gateways: Vec<u16>,
    /// Where the other parts' metrics are.
    metrics: BTreeMap<Instance, u16>,
    executor: OnceCell<Executor>,
    vault: OnceCell<Vault>,
    /// The tenant that the harness works in.
    pub tenant: TenantId,
}

impl Platform {
    /// Starts everything and waits until the gateway serves.
    pub async fn start(binary: impl AsRef<Path>, options: Options) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("medilink-")
            .tempdir()
            .unwrap();
        passable(folder.path());
        let mut breaking = Breaking::new(&options, folder.path());
        let servers = Servers::start(&options, folder.path()).await;
        let [main, keys] = DATABASES;
        let mut urls = provision(
            &servers.superuser_url(),
            &RolePasswords::generate(),
            main,
            keys,
        )
        .await
        .unwrap();
        if let Some(standby) = &servers.standby {
            urls = either(urls, servers.ports().0, standby.port());
        }
        let gateways: Vec<u16> = (0..options.copies).map(|_| port()).collect();
        breaking.lay(&options, servers.ports(), &gateways);
        Keyring::open_or_create(folder.path().join("keyring")).unwrap();
        let mut platform = Self {
            parts: BTreeMap::new(),
            servers,
            breaking,
            folder,
            binary: Binary::keep(binary.as_ref()),
            options,
            urls,
            gateways,
            metrics: BTreeMap::new(),
            executor: OnceCell::new(),
            vault: OnceCell::new(),
            tenant: TenantId(Uuid::now_v7()),
        };
        let instances = platform.instances().into_iter();
        platform.metrics = instances.map(|instance| (instance, port())).collect();
        let (success, said) = platform.run(&["admin", "migrate"]);
        assert!(success, "{said}");
        for instance in platform.instances() {
            platform.start_part(instance);
        }
        platform.ready().await;
        platform
    }

    /// Every process that the platform is made of, running or not.
    pub fn instances(&self) -> Vec<Instance> {
        let numbers = 1..=self.options.copies;
        numbers
            .flat_map(|number| Part::ALL.map(|part| Instance { part, number }))
            .collect()
    }

    /// Those of one part.
    pub fn instances_of(&self, part: Part) -> Vec<Instance> {
        let numbers = 1..=self.options.copies;
        numbers.map(|number| Instance { part, number }).collect()
    }

    /// What Prometheus would read from one of them.
    ///
    /// # Panics
    /// When it serves nothing.
    pub async fn metrics(&self, instance: impl Into<Instance>) -> String {
        let instance = instance.into();
        let port = match instance.part {
            Part::Gateway => self.gateways[usize::from(instance.number) - 1],
            _ => self.metrics[&instance],
        };
        let caller = Caller::new([format!("http://127.0.0.1:{port}")], "");
        let answer = caller.get("/metrics").await;
        answer.expect("the part serves its metrics").text
    }

    /// Waits until every gateway that was started serves, and every read model is there.
    pub async fn ready(&mut self) {
        let started = Instant::now();
        for gateway in self.instances_of(Part::Gateway) {
            if !self.parts.contains_key(&gateway) {
                continue;
            }
            let caller = Caller::new([self.url_of(gateway.number)], "");
            while !is_ready(&caller).await {
                if let Some(ended) = self.ended() {
                    panic!("{ended} ended by itself:\n{}", self.log_of(ended));
                }
                assert!(
                    started.elapsed() < Duration::from_secs(60),
                    "not ready:\n{}",
                    self.log_of(gateway)
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
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
    pub fn start_part(&mut self, instance: impl Into<Instance>) {
        self.start_with(instance, &[]);
    }

    /// Starts a part with more in its environment.
    pub fn start_with(&mut self, instance: impl Into<Instance>, environment: &[(&str, &str)]) {
        let instance = instance.into();
        let config = self.write_settings(instance);
        let mut command = medilink(&self.binary, &config);
        command.envs(environment.iter().copied());
        if let Some(clock) = self.breaking.clock(instance) {
            clock.wind(&mut command);
        }
        let process = Process::start(command, instance.part, &self.log_path(instance));
        self.parts.insert(instance, process);
    }

    /// `kill -9`.
    pub fn kill_part(&mut self, instance: impl Into<Instance>) {
        self.parts
            .remove(&instance.into())
            .expect("the part is running")
            .kill();
    }

    /// SIGTERM; `true` when it ended with 0.
    pub fn stop_part(&mut self, instance: impl Into<Instance>) -> bool {
        self.parts
            .remove(&instance.into())
            .expect("the part is running")
            .stop()
            .success()
    }

    /// SIGSTOP: it does nothing, and its connections stay open.
    pub fn pause_part(&self, instance: impl Into<Instance>) {
        self.parts[&instance.into()].pause();
    }

    /// SIGCONT.
    pub fn resume_part(&self, instance: impl Into<Instance>) {
        self.parts[&instance.into()].resume();
    }

    /// Whether a part that was started still runs.
    pub fn is_running(&mut self, instance: impl Into<Instance>) -> bool {
        self.parts
            .get_mut(&instance.into())
            .is_some_and(|process| !process.has_ended())
    }

    /// One that was started and has ended by itself.
    pub fn ended(&mut self) -> Option<Instance> {
        self.parts
            .iter_mut()
            .find_map(|(instance, process)| process.has_ended().then_some(*instance))
    }

    /// The process of a part.
    pub fn pid(&self, part: Part) -> u32 {
        self.parts[&part.into()].pid()
    }

    /// Where the gateway listens.
    pub fn address(&self) -> SocketAddr {
        self.address_of(1)
    }

    /// Where the gateway of this number listens.
    ///
    /// # Panics
    /// When there are fewer.
    pub fn address_of(&self, number: u8) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.gateways[usize::from(number) - 1]))
    }

    /// A caller with this bearer secret; none when it is empty.
    pub fn caller(&self, secret: &str) -> Caller {
        let numbers = 1..=self.options.copies;
        Caller::new(numbers.map(|number| self.url_of(number)), secret)
    }

    /// Where callers find the gateway of this number, on a line that may be breakable.
    fn url_of(&self, number: u8) -> String {
        let line = self.breaking.port(Wire::ToGateway(number));
        let port = line.unwrap_or_else(|| self.address_of(number).port());
        format!("http://127.0.0.1:{port}")
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
            expires_at: chrono::Utc::now() + chrono::TimeDelta::days(2),
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
        patient(&self.urls.app)
    }

    /// The main database as the projector.
    pub fn projector(&self) -> Database {
        patient(&self.urls.projector)
    }

    /// The log.
    pub fn log(&self) -> LogReader {
        LogReader::new(self.app())
    }

    /// The superuser's URL of each database.
    pub fn superuser_urls(&self) -> [String; 2] {
        let url = self.servers.superuser_url();
        DATABASES.map(|database| format!("{}/{database}", url.rsplit_once('/').unwrap().0))
    }

    /// The broker as its operator; `None` when it can't be reached within some seconds.
    pub async fn operator(&self) -> Option<Bus> {
        let nats = self.servers.nats_options();
        let named = nats.passwords.named();
        let (user, secret) = named.iter().find(|(name, _)| *name == "operator").unwrap();
        let (_, port) = self.servers.ports();
        let config = BusConfig::at(format!("nats://127.0.0.1:{port}"), *user, *secret);
        let bus = Bus::connect(&config, "test").await.unwrap();
        for _ in 0..100 {
            if bus.is_up() {
                return Some(bus);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }

    /// What the broker's stream holds; `None` when there is none.
    pub async fn broker(&self) -> Option<StreamPosition> {
        stream_position(&self.operator().await?).await.ok()
    }

    /// Everything that the platform keeps: servers' data, logs, keys.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What a part has logged.
    pub fn log_of(&self, instance: impl Into<Instance>) -> String {
        std::fs::read_to_string(self.log_path(instance.into())).unwrap_or_default()
    }

    fn log_path(&self, instance: Instance) -> PathBuf {
        self.folder.path().join(format!("{instance}.log"))
    }

    pub(crate) fn write_settings(&self, instance: impl Into<Instance>) -> PathBuf {
        let instance = instance.into();
        let path = self.folder.path().join(format!("{instance}.toml"));
        std::fs::write(&path, self.all_settings(instance)).unwrap();
        path
    }

    fn settings(&self, instance: Instance) -> String {
        let name = instance.part.name();
        let named = self.servers.nats_options().passwords.named();
        let (_, secret) = named.iter().find(|(user, _)| *user == name).unwrap();
        let (postgres, nats) = self.servers.ports();
        let through = |wire, direct| self.breaking.port(wire).unwrap_or(direct);
        let database = through(Wire::ToDatabase(instance), postgres);
        let url = |url: &str| url.replace(&format!(":{postgres}/"), &format!(":{database}/"));
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
            app = url(&self.urls.app),
            projector = url(&self.urls.projector),
            vault = url(&self.urls.vault),
            owner = self.urls.owner,
            keys_owner = self.urls.keys_owner,
            nats_port = through(Wire::ToBroker(instance), nats),
            gateway = self.gateways[usize::from(instance.number) - 1],
        ) + &self.metrics_setting(instance)
    }

    /// These settings, and those of the options.
    fn all_settings(&self, instance: Instance) -> String {
        let mut options = self.options.clone();
        if let Some(web) = &self.options.web {
            let gateway = self.gateways[usize::from(instance.number) - 1];
            let mail = self.folder.path().join("mail");
            std::fs::create_dir_all(&mail).unwrap();
            options = options
                .with("gateway", format!("web = {web:?}"))
                .with(
                    "gateway",
                    format!("sign_in.origin = \"http://localhost:{gateway}\""),
                )
                .with("worker", format!("mail_folder = {mail:?}"));
        }
        options.over(&self.settings(instance))
    }

    fn metrics_setting(&self, instance: Instance) -> String {
        match (instance.part, self.metrics.get(&instance)) {
            (Part::Gateway, _) | (_, None) => String::new(),
            (part, Some(port)) => {
                format!("[metrics]\n{} = \"127.0.0.1:{port}\"\n", part.name())
            }
        }
    }
}

async fn is_ready(gateway: &Caller) -> bool {
    let answer = gateway.get("/readyz").await;
    answer.is_some_and(|answer| {
        answer.status == 200 && answer.body["parts"]["projections"]["up"] == true
    })
}

/// The harness asks what a machine has done that was kept busy with other things too.
fn patient(url: &str) -> Database {
    let config = DatabaseConfig {
        wait_ms: 30_000,
        statement_ms: 60_000,
        ..DatabaseConfig::at(url)
    };
    Database::new(config).unwrap()
}

/// Lets the servers' account pass through.
fn passable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).unwrap();
}

//! Settings: defaults, then medilink.toml, then `MEDILINK_*` from the environment. A wrong
//! key is refused by name, with where it came from.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat};
use medilink_bus::RelayConfig;
use medilink_domain::TenantId;
use medilink_gateway::GatewayConfig;
use medilink_telemetry::{MetricsConfig, TelemetryConfig};
use medilink_workers::WorkerConfig;
use serde::Deserialize;
use thiserror::Error;
use uuid::Uuid;

/// The file that is read when `--config` names no other, if it is there.
pub const DEFAULT_FILE: &str = "medilink.toml";
const PREFIX: &str = "MEDILINK";
/// Variables that begin like settings and belong to something else: to nats.conf, to the tests,
/// to the search for programs.
const NOT_SETTINGS: [&str; 4] = [
    "MEDILINK_NATS_",
    "MEDILINK_TEST_",
    "MEDILINK_POSTGRES_BIN",
    "MEDILINK_CONFIG",
];

/// Everything that can be set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where private servers, keys, logs and the demo's tokens are kept.
    pub folder: PathBuf,
    /// The tenant that `admin` and the demo work in.
    pub tenant: Uuid,
    /// A PostgreSQL of your own. Without it `medilink up` runs a private one.
    pub postgres: PostgresConfig,
    /// A NATS of your own. Without it `medilink up` runs a private one.
    pub nats: NatsConfig,
    /// The private servers.
    pub servers: ServersConfig,
    /// The keys of data subjects.
    pub vault: VaultConfig,
    /// The files of data subjects.
    pub blobs: BlobsConfig,
    /// How long personal data is kept.
    pub retention: RetentionConfig,
    /// The signed tree over the log.
    pub log: LogConfig,
    /// The relay from the log to NATS.
    pub relay: RelayConfig,
    /// The gateway.
    pub gateway: GatewayConfig,
    /// The workers.
    pub worker: WorkerConfig,
    /// Logs and traces.
    pub telemetry: TelemetryConfig,
    /// Where Prometheus finds the figures of the parts that serve nothing else.
    pub metrics: MetricsConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            folder: ".medilink".into(),
            // One fixed tenant for those who need only one.
            tenant: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
            postgres: PostgresConfig::default(),
            nats: NatsConfig::default(),
            servers: ServersConfig::default(),
            vault: VaultConfig::default(),
            blobs: BlobsConfig::default(),
            retention: RetentionConfig::default(),
            log: LogConfig::default(),
            relay: RelayConfig::default(),
            gateway: GatewayConfig::default(),
            worker: WorkerConfig::default(),
            telemetry: TelemetryConfig::default(),
            metrics: MetricsConfig::default(),
        }
    }
}

impl Config {
    /// The tenant as its type.
    pub const fn tenant(&self) -> TenantId {
        TenantId(self.tenant)
    }

    /// The folder with the key-encryption keys.
    pub fn keyring(&self) -> PathBuf {
        self.vault
            .keyring
            .clone()
            .unwrap_or_else(|| self.folder.join("keyring"))
    }

    /// The folder with the files of data subjects.
    pub fn blobs(&self) -> PathBuf {
        let folder = self.blobs.folder.clone();
        folder.unwrap_or_else(|| self.folder.join("blobs"))
    }

    /// The folder with the keys that sign access tokens.
    pub fn sign_in_keys(&self) -> PathBuf {
        let keys = self.gateway.sign_in.keys.clone();
        keys.unwrap_or_else(|| self.folder.join("sign-in-keys"))
    }

    /// The file with the key that signs checkpoints of the log.
    pub fn checkpoint_key(&self) -> PathBuf {
        self.log
            .checkpoint_key
            .clone()
            .unwrap_or_else(|| self.folder.join("checkpoint.key"))
    }
}

/// Where PostgreSQL is, for each role. A process needs only its own role's URLs.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostgresConfig {
    /// `medilink_app` in the main database: gateway, worker, relay, admin.
    pub app_url: Option<String>,
    /// `medilink_projector` in the main database: projector.
    pub projector_url: Option<String>,
    /// `medilink_vault` in the database of keys: all but the relay.
    pub vault_url: Option<String>,
    /// `medilink_owner` in the main database: `admin migrate`.
    pub owner_url: Option<String>,
    /// `medilink_owner` in the database of keys: `admin migrate`.
    pub keys_owner_url: Option<String>,
    /// The most connections of one pool.
    pub pool_size: Option<usize>,
    /// How long a caller waits for a connection, in milliseconds.
    pub wait_ms: Option<u64>,
    /// How long one statement may run, in milliseconds.
    pub statement_ms: Option<u64>,
}

impl std::fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URLs hold passwords.
        f.debug_struct("PostgresConfig")
            .field("own", &self.app_url.is_some())
            .finish_non_exhaustive()
    }
}

/// Where NATS is and who this process is there.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NatsConfig {
    /// `nats://host:port`, or several of one cluster separated by commas.
    pub url: Option<String>,
    /// The user in nats.conf; the role's own name unless you set another.
    pub user: Option<String>,
    /// The password of that user.
    pub password: Option<String>,
    /// A PEM file with the authority that signed the servers' certificates.
    pub ca: Option<PathBuf>,
    /// How long one request may take, in milliseconds.
    pub request_ms: Option<u64>,
}

impl std::fmt::Debug for NatsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NatsConfig")
            .field("own", &self.url.is_some())
            .finish_non_exhaustive()
    }
}

/// The servers that `medilink up` runs by itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServersConfig {
    /// PostgreSQL's port; without it a free one is taken and remembered.
    pub postgres_port: Option<u16>,
    /// NATS's port; without it a free one is taken and remembered.
    pub nats_port: Option<u16>,
    /// The most bytes that NATS may keep.
    pub nats_store_bytes: u64,
}

impl Default for ServersConfig {
    fn default() -> Self {
        Self {
            postgres_port: None,
            nats_port: None,
            nats_store_bytes: 10 << 30,
        }
    }
}

/// The files of data subjects.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BlobsConfig {
    /// Where they are kept, for gateway and worker alike; `blobs` in `folder` unless you set
    /// another. On several machines it must be a folder that they share.
    pub folder: Option<PathBuf>,
}

/// The keys of data subjects.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VaultConfig {
    /// The folder with the key-encryption keys; `keyring` in `folder` unless you set another.
    /// Losing it is losing all personal data.
    pub keyring: Option<PathBuf>,
    /// For how many days backups of the keys database are to stay readable after
    /// `admin keys rotate`: `admin keys retire` then destroys what opens them.
    pub backup_days: u16,
}

impl Default for VaultConfig {
    fn default() -> Self {
        Self {
            keyring: None,
            backup_days: 35,
        }
    }
}

/// How long personal data is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionConfig {
    /// A file with the rules of the law that you are under, of the form of
    /// `domain/data/retention-rules.json`, which holds unless you set another: that of India.
    pub rules: Option<PathBuf>,
}

/// The signed tree over the log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// The file with the signing key; `checkpoint.key` in `folder` unless you set another.
    pub checkpoint_key: Option<PathBuf>,
    /// The log's name in its checkpoints, a URL without scheme.
    pub origin: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            checkpoint_key: None,
            origin: "medilink.local/log".to_owned(),
        }
    }
}

/// Why settings can't be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A file can't be read or is no TOML.
    #[error("the settings in {} can't be read: {why}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// One setting is wrong.
    #[error("the setting `{key}` ({origin}) is wrong: {why}")]
    Setting {
        /// Its full name.
        key: String,
        /// Where it was set.
        origin: String,
        /// What is wrong.
        why: String,
    },
}

/// Reads the settings. `file` must be there when it was named; the default one may be absent.
///
/// # Errors
/// [`ConfigError`], which names the key and where it was set.
pub fn load(
    file: Option<&Path>,
    environment: HashMap<String, String>,
) -> Result<Config, ConfigError> {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    let settings: HashMap<String, String> = environment
        .into_iter()
        .filter(|(name, _)| {
            name.starts_with(PREFIX) && !NOT_SETTINGS.iter().any(|other| name.starts_with(other))
                || is_nested_nats(name)
        })
        .collect();
    let names = settings.keys().cloned().collect::<Vec<_>>();
    let source = Environment::with_prefix(PREFIX)
        .prefix_separator("_")
        .separator("__")
        .try_parsing(true)
        .list_separator(",")
        .with_list_parse_key("gateway.trusted_proxies")
        .with_list_parse_key("gateway.sign_in.sms.countries")
        .source(Some(settings));
    let file_error = |why: String| ConfigError::File {
        file: path.to_owned(),
        why,
    };
    check_file(path)?;
    let merged = config::Config::builder()
        .add_source(
            File::from(path)
                .format(FileFormat::Toml)
                .required(file.is_some()),
        )
        .add_source(source)
        .build()
        .map_err(|error| file_error(error.to_string()))?;
    serde_path_to_error::deserialize(merged).map_err(|error| {
        let why = plain(error.inner());
        let key = full_key(&error.path().to_string(), &why);
        let variable = format!("{PREFIX}_{}", key.replace('.', "__").to_uppercase());
        let origin = match names
            .iter()
            .find(|name| name.eq_ignore_ascii_case(&variable))
        {
            Some(name) => format!("from the environment variable {name}"),
            None => format!("from {}", path.display()),
        };
        ConfigError::Setting { key, origin, why }
    })
}

/// Holds the file to its types: the merged settings would take `true` for 1 and `"8"` for 8,
/// which only the environment, where everything is text, may ask for. A file that isn't there
/// is for the caller to judge.
fn check_file(path: &Path) -> Result<(), ConfigError> {
    let Ok(text) = std::fs::read_to_string(path) else {
        return Ok(());
    };
    let file_error = |error: toml::de::Error| ConfigError::File {
        file: path.to_owned(),
        why: error.message().to_owned(),
    };
    let table = toml::Deserializer::parse(&text).map_err(file_error)?;
    serde_path_to_error::deserialize::<_, Config>(table)
        .map(|_| ())
        .map_err(|error| {
            let said = error.inner().message().to_owned();
            // "invalid type: string "…", expected u16": only the last part doesn't quote the value.
            let why = match said.rsplit_once(", expected ") {
                Some((what, expected)) if what.starts_with("invalid") => {
                    format!("it must be {expected}")
                }
                _ => said,
            };
            let key = full_key(&error.path().to_string(), &why);
            ConfigError::Setting {
                key,
                origin: format!("from {}", path.display()),
                why,
            }
        })
}

/// `MEDILINK_NATS__URL` is a setting; `MEDILINK_NATS_RELAY_PASSWORD` is a variable of nats.conf.
fn is_nested_nats(name: &str) -> bool {
    name.starts_with("MEDILINK_NATS__")
}

/// The words of the innermost error, without the library's own guess of key and file. Values
/// are not quoted: they may be passwords.
fn plain(error: &config::ConfigError) -> String {
    match error {
        config::ConfigError::Type { expected, .. } => format!("it must be {expected}"),
        config::ConfigError::At { error, .. } => plain(error),
        other => other.to_string(),
    }
}

/// The path of an unknown field ends at its table; the field is named in the message.
fn full_key(path: &str, why: &str) -> String {
    let unknown = why
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split('`').next());
    match unknown {
        Some(field) if path == "." || path.is_empty() => field.to_owned(),
        Some(field) if !path.ends_with(field) => format!("{path}.{field}"),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn load_text(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("medilink.toml");
        std::fs::write(&file, text).unwrap();
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load(Some(&file), environment.collect())
    }

    #[test]
    fn the_environment_goes_before_the_file_and_the_file_before_the_defaults() {
        let config = load_text(
            "folder = '/srv/a'\n[gateway]\nlisten = '127.0.0.1:1'\n",
            &[
                ("MEDILINK_GATEWAY__LISTEN", "127.0.0.1:2"),
                ("MEDILINK_GATEWAY__LIMITS__BODY_BYTES", "77"),
            ],
        )
        .unwrap();
        assert_eq!(config.folder, Path::new("/srv/a"));
        assert_eq!(config.gateway.listen.port(), 2);
        assert_eq!(config.gateway.limits.body_bytes, 77);
        assert_eq!(
            config.worker.concurrency,
            WorkerConfig::default().concurrency
        );
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_file() {
        let error = load_text("[gateway]\nlisen = '127.0.0.1:1'\n", &[])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`gateway.lisen`")
                && error.contains("medilink.toml")
                && error.contains("listen"),
            "{error}"
        );
    }

    #[test]
    fn a_misspelt_variable_is_named() {
        let error = load_text("", &[("MEDILINK_GATEWAY__LIMITS__BODY_BYTE", "1")])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("MEDILINK_GATEWAY__LIMITS__BODY_BYTE"),
            "{error}"
        );
        let error = load_text("", &[("MEDILINK_FOLDR", "x")])
            .unwrap_err()
            .to_string();
        assert!(error.contains("MEDILINK_FOLDR"), "{error}");
    }

    #[test]
    fn a_wrong_type_is_named_and_its_value_is_not_quoted() {
        let error = load_text("[nats]\nrequest_ms = 'hunter2'\n", &[])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`nats.request_ms`") && !error.contains("hunter2"),
            "{error}"
        );
        let error = load_text("[gateway.limits]\nbody_bytes = true\n", &[])
            .unwrap_err()
            .to_string();
        assert!(error.contains("`gateway.limits.body_bytes`"), "{error}");
    }

    #[test]
    fn variables_of_nats_conf_and_of_the_tools_are_no_settings() {
        let environment = [
            ("MEDILINK_NATS_RELAY_PASSWORD", "p1"),
            ("MEDILINK_NATS_SERVER", "/x"),
            ("MEDILINK_POSTGRES_BIN", "/y"),
            ("MEDILINK_NATS__URL", "nats://h:1"),
        ];
        assert_eq!(
            load_text("", &environment).unwrap().nats.url.as_deref(),
            Some("nats://h:1")
        );
    }

    #[test]
    fn debug_output_has_no_password() {
        let config = load_text(
            "[postgres]\napp_url = 'postgres://a:hunter2@h/d'\n[nats]\npassword = 'hunter2'\n",
            &[],
        )
        .unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}

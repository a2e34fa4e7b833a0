//! Where this process finds its servers: those of the configuration, else the private ones of
//! the folder that `medilink up` works in.

use std::path::Path;

use medilink_bus::BusConfig;
use medilink_database::DatabaseConfig;
use medilink_servers::Secrets;

use crate::config::Config;
use crate::outcome::{Outcome, fail};

/// The part that this process plays; also its user in NATS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// HTTP.
    Gateway,
    /// Read models.
    Projector,
    /// The log to NATS.
    Relay,
    /// Jobs.
    Worker,
}

impl Part {
    /// All parts, in the order in which they start.
    pub const ALL: [Self; 4] = [Self::Relay, Self::Projector, Self::Worker, Self::Gateway];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Projector => "projector",
            Self::Relay => "relay",
            Self::Worker => "worker",
        }
    }
}

/// A role of ours in PostgreSQL, in the database it works in.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    /// Appends to the log, reads read models.
    App,
    /// Writes read models.
    Projector,
    /// Reads and writes the keys of data subjects.
    Vault,
    /// Migrates the main database.
    Owner,
    /// Migrates the database of keys.
    KeysOwner,
}

/// How to reach PostgreSQL as this role.
///
/// # Errors
/// When neither the settings nor the folder say where it is.
pub fn postgres(config: &Config, role: Role) -> Outcome<DatabaseConfig> {
    let settings = &config.postgres;
    let (told, name) = match role {
        Role::App => (&settings.app_url, "app_url"),
        Role::Projector => (&settings.projector_url, "projector_url"),
        Role::Vault => (&settings.vault_url, "vault_url"),
        Role::Owner => (&settings.owner_url, "owner_url"),
        Role::KeysOwner => (&settings.keys_owner_url, "keys_owner_url"),
    };
    let url = match told {
        Some(url) => url.clone(),
        None if settings.app_url.is_none() => private_postgres(&config.folder, role)?,
        None => {
            let variable = format!("MEDILINK_POSTGRES__{}", name.to_uppercase());
            return fail(format!(
                "`postgres.{name}` is missing: set it in medilink.toml or as {variable}"
            ));
        }
    };
    let mut database = DatabaseConfig::at(url);
    database.pool_size = settings.pool_size.unwrap_or(database.pool_size);
    database.wait_ms = settings.wait_ms.unwrap_or(database.wait_ms);
    database.statement_ms = settings.statement_ms.unwrap_or(database.statement_ms);
    Ok(database)
}

/// How to reach NATS as this part.
///
/// # Errors
/// When neither the settings nor the folder say where it is.
pub fn nats(config: &Config, part: Part) -> Outcome<BusConfig> {
    let settings = &config.nats;
    let user = settings
        .user
        .clone()
        .unwrap_or_else(|| part.name().to_owned());
    let mut bus = if let Some(url) = &settings.url {
        BusConfig::at(
            url.clone(),
            user,
            settings.password.clone().unwrap_or_default(),
        )
    } else {
        let secrets = private_secrets(&config.folder)?;
        let named = secrets.nats.named();
        let Some((_, password)) = named.iter().find(|(name, _)| *name == user) else {
            return fail(format!(
                "`nats.user` is {user}, which nats.conf does not know"
            ));
        };
        let port = port_of(&config.folder, "nats")?;
        BusConfig::at(format!("nats://127.0.0.1:{port}"), user, *password)
    };
    bus.ca.clone_from(&settings.ca);
    bus.request_ms = settings.request_ms.unwrap_or(bus.request_ms);
    Ok(bus)
}

fn private_postgres(folder: &Path, role: Role) -> Outcome<String> {
    let secrets = private_secrets(folder)?;
    let (name, password, database) = match role {
        Role::App => ("medilink_app", &secrets.roles.app, "medilink"),
        Role::Projector => ("medilink_projector", &secrets.roles.projector, "medilink"),
        Role::Vault => ("medilink_vault", &secrets.roles.vault, "medilink_keys"),
        Role::Owner => ("medilink_owner", &secrets.roles.owner, "medilink"),
        Role::KeysOwner => ("medilink_owner", &secrets.roles.owner, "medilink_keys"),
    };
    let port = port_of(folder, "postgres")?;
    Ok(format!(
        "postgres://{name}:{password}@127.0.0.1:{port}/{database}"
    ))
}

fn private_secrets(folder: &Path) -> Outcome<Secrets> {
    let path = folder.join("secrets.json");
    if !path.exists() {
        return fail(format!(
            "no server is configured, and no `medilink up` has run in {} yet. Run `medilink up`, or set \
             `postgres.app_url` and `nats.url` in medilink.toml",
            folder.display()
        ));
    }
    Ok(Secrets::load_or_create(&path)?)
}

fn port_of(folder: &Path, server: &str) -> Outcome<u16> {
    let path = folder.join(format!("{server}.port"));
    let port = std::fs::read_to_string(&path)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    port.map_or_else(
        || {
            fail(format!(
                "{} is missing: run `medilink up` first",
                path.display()
            ))
        },
        Ok,
    )
}

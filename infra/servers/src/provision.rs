//! MediLink's roles and databases in a PostgreSQL, made or brought up to date.

use serde::{Deserialize, Serialize};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config, NoTls};

use crate::error::ServerError;
use crate::secrets::password;

/// The passwords of MediLink's roles.
#[derive(Clone, Serialize, Deserialize)]
pub struct RolePasswords {
    /// `medilink_owner`: owns the schemas and runs the migrations.
    pub owner: String,
    /// `medilink_app`: appends to the log and reads.
    pub app: String,
    /// `medilink_projector`: reads the log, writes the read models.
    pub projector: String,
    /// `medilink_vault`: reads and writes the keys of data subjects, and nothing else.
    pub vault: String,
}

impl RolePasswords {
    /// New passwords.
    pub fn generate() -> Self {
        Self {
            owner: password(),
            app: password(),
            projector: password(),
            vault: password(),
        }
    }
}

/// The URL of each role in the database it works in.
#[derive(Clone)]
pub struct DatabaseUrls {
    /// `medilink_owner` in the main database.
    pub owner: String,
    /// `medilink_app` in the main database.
    pub app: String,
    /// `medilink_projector` in the main database.
    pub projector: String,
    /// `medilink_owner` in the database of keys, to migrate it.
    pub keys_owner: String,
    /// `medilink_vault` in the database of keys.
    pub vault: String,
}

/// Makes the four roles, and the databases `main` and `keys`, where they are missing; sets the
/// passwords to these. The same call again changes nothing, also when an earlier one was
/// killed half-way. Roles belong to the whole server: those who share one share the passwords.
///
/// # Errors
/// [`ServerError::Provision`] with what the server refused.
pub async fn provision(
    superuser_url: &str,
    passwords: &RolePasswords,
    main: &str,
    keys: &str,
) -> Result<DatabaseUrls, ServerError> {
    let config: Config = superuser_url
        .parse()
        .map_err(|error: tokio_postgres::Error| refused("read the URL", &error))?;
    let address = address(&config);
    let (client, connection) = config
        .connect(NoTls)
        .await
        .map_err(|error| refused("connect", &error))?;
    let driver = tokio::spawn(connection);
    // Two at once would race for the same catalogue rows; the lock ends with the session.
    run(&client, "take turns", "SELECT pg_advisory_lock(7305214471)").await?;
    for (role, secret) in [
        ("medilink_owner", &passwords.owner),
        ("medilink_app", &passwords.app),
        ("medilink_projector", &passwords.projector),
        ("medilink_vault", &passwords.vault),
    ] {
        ensure_role(&client, role, secret).await?;
    }
    ensure_database(&client, main, &["medilink_app", "medilink_projector"]).await?;
    ensure_database(&client, keys, &["medilink_vault"]).await?;
    drop(client);
    drop(driver.await);

    let url = |role: &str, secret: &str, database: &str| {
        format!("postgres://{role}:{secret}@{address}/{database}")
    };
    Ok(DatabaseUrls {
        owner: url("medilink_owner", &passwords.owner, main),
        app: url("medilink_app", &passwords.app, main),
        projector: url("medilink_projector", &passwords.projector, main),
        keys_owner: url("medilink_owner", &passwords.owner, keys),
        vault: url("medilink_vault", &passwords.vault, keys),
    })
}

fn address(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        _ => "127.0.0.1".to_owned(),
    };
    format!(
        "{host}:{}",
        config.get_ports().first().copied().unwrap_or(5432)
    )
}

async fn ensure_role(client: &Client, role: &str, secret: &str) -> Result<(), ServerError> {
    let what = format!("make the role {role}");
    if !exists(
        client,
        &what,
        "SELECT 1 FROM pg_roles WHERE rolname = $1",
        role,
    )
    .await?
    {
        run(client, &what, &format!("CREATE ROLE {}", quote_name(role))).await?;
    }
    let sql = format!(
        "ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}",
        quote_name(role),
        quote_text(secret)
    );
    run(client, &what, &sql).await
}

async fn ensure_database(
    client: &Client,
    database: &str,
    users: &[&str],
) -> Result<(), ServerError> {
    let what = format!("make the database {database}");
    let name = quote_name(database);
    if !exists(
        client,
        &what,
        "SELECT 1 FROM pg_database WHERE datname = $1",
        database,
    )
    .await?
    {
        run(
            client,
            &what,
            &format!("CREATE DATABASE {name} OWNER medilink_owner TEMPLATE template0"),
        )
        .await?;
    }
    run(
        client,
        &what,
        &format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
    )
    .await?;
    run(
        client,
        &what,
        &format!("GRANT CONNECT ON DATABASE {name} TO {}", users.join(", ")),
    )
    .await
}

async fn exists(client: &Client, what: &str, sql: &str, name: &str) -> Result<bool, ServerError> {
    let row = client.query_opt(sql, &[&name]).await;
    Ok(row.map_err(|error| refused(what, &error))?.is_some())
}

async fn run(client: &Client, what: &str, sql: &str) -> Result<(), ServerError> {
    client
        .batch_execute(sql)
        .await
        .map_err(|error| refused(what, &error))
}

fn refused(what: &str, error: &tokio_postgres::Error) -> ServerError {
    ServerError::Provision {
        what: what.to_owned(),
        // Not the whole error: its detail may quote a password.
        why: error
            .as_db_error()
            .map_or_else(|| error.to_string(), |refusal| refusal.message().to_owned()),
    }
}

fn quote_name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

//! Real servers, started and killed as a person or a crash would.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use futures::StreamExt;
use medilink_servers::{
    Account, Folder, NatsOptions, NatsPasswords, PostgresOptions, PrivateNats, PrivatePostgres,
    RolePasswords, Secrets, ServerError, find_nats_server, password, provision,
};
use tokio_postgres::NoTls;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

fn postgres_in(folder: &Path) -> PostgresOptions {
    PostgresOptions {
        folder: folder.join("postgres"),
        log: folder.join("postgres.log"),
        port: None,
        password: password(),
        account: Account::for_servers().unwrap(),
        settings: vec![("shared_buffers".into(), "16MB".into())],
    }
}

fn nats_in(folder: &Path) -> NatsOptions {
    NatsOptions {
        folder: folder.join("nats"),
        log: folder.join("nats.log"),
        port: None,
        passwords: NatsPasswords::generate(),
        account: Account::for_servers().unwrap(),
        program: find_nats_server().unwrap(),
        max_store_bytes: 64 << 20,
    }
}

async fn query(url: &str, sql: &str) -> Result<String, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let rows = client.simple_query(sql).await?;
    Ok(rows
        .iter()
        .find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .unwrap_or_default())
}

fn runs(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}/cwd")).read_link().is_ok()
}

async fn until_gone(pid: u32) {
    for _ in 0..400 {
        if !runs(pid) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("process {pid} still runs");
}

fn postmaster(options: &PostgresOptions) -> u32 {
    let text = std::fs::read_to_string(options.folder.join("data/postmaster.pid")).unwrap();
    text.lines().next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_second_start_finds_the_data_and_the_port_of_the_first() {
    let folder = folder();
    let options = postgres_in(folder.path());
    let first = PrivatePostgres::start(options.clone()).await.unwrap();
    let port = first.port();
    query(
        &first.superuser_url(),
        "CREATE TABLE kept AS SELECT 42 AS n",
    )
    .await
    .unwrap();
    first.stop().await;

    let second = PrivatePostgres::start(options).await.unwrap();
    assert_eq!(second.port(), port);
    second.health().await.unwrap();
    assert_eq!(
        query(&second.superuser_url(), "SELECT n FROM kept")
            .await
            .unwrap(),
        "42"
    );
    second.stop().await;
}

#[tokio::test]
async fn postgres_asks_for_a_password_and_never_runs_as_root() {
    let folder = folder();
    let options = postgres_in(folder.path());
    let server = PrivatePostgres::start(options.clone()).await.unwrap();
    let wrong = format!(
        "postgres://postgres:guess@127.0.0.1:{}/postgres",
        server.port()
    );
    assert!(query(&wrong, "SELECT 1").await.is_err());
    let status = std::fs::read_to_string(format!("/proc/{}/status", postmaster(&options))).unwrap();
    let uid = status
        .lines()
        .find(|line| line.starts_with("Uid:"))
        .unwrap();
    assert!(!uid.split_whitespace().any(|id| id == "0"), "{uid}");
    server.stop().await;
}

#[tokio::test]
async fn an_acknowledged_write_survives_a_kill() {
    let folder = folder();
    let server = PrivatePostgres::start(postgres_in(folder.path()))
        .await
        .unwrap();
    query(
        &server.superuser_url(),
        "CREATE TABLE kept AS SELECT 42 AS n",
    )
    .await
    .unwrap();
    let port = server.port();
    let server = PrivatePostgres::start(server.kill().await).await.unwrap();
    assert_eq!(server.port(), port);
    assert_eq!(
        query(&server.superuser_url(), "SELECT n FROM kept")
            .await
            .unwrap(),
        "42"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_pid_file_that_now_names_a_stranger_does_not_stop_the_start() {
    let folder = folder();
    let options = postgres_in(folder.path());
    let server = PrivatePostgres::start(options.clone()).await.unwrap();
    drop(server.kill().await);
    let pid_file = options.folder.join("data/postmaster.pid");
    let text = std::fs::read_to_string(&pid_file).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    std::fs::write(&pid_file, format!("{}\n{rest}", std::process::id())).unwrap();
    let server = PrivatePostgres::start(options).await.unwrap();
    server.health().await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn an_initialisation_that_was_killed_half_way_is_done_again() {
    let folder = folder();
    let options = postgres_in(folder.path());
    let half = options.folder.join("data.new/base");
    std::fs::create_dir_all(&half).unwrap();
    std::fs::write(half.join("half"), "written").unwrap();
    let server = PrivatePostgres::start(options).await.unwrap();
    server.health().await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_told_port_in_use_is_refused_and_an_own_one_is_changed() {
    let folder = folder();
    let mut options = postgres_in(folder.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    options.port = Some(port);
    let error = PrivatePostgres::start(options.clone()).await.unwrap_err();
    assert!(matches!(error, ServerError::PortInUse { .. }));
    assert!(
        error
            .to_string()
            .contains("MEDILINK_SERVERS__POSTGRES_PORT"),
        "{error}"
    );

    options.port = None;
    std::fs::write(options.folder.join("port"), port.to_string()).unwrap();
    let server = PrivatePostgres::start(options).await.unwrap();
    assert_ne!(server.port(), port);
    server.stop().await;
}

#[tokio::test]
async fn provisioning_twice_is_provisioning_once_and_roles_get_no_more_than_theirs() {
    let folder = folder();
    let server = PrivatePostgres::start(postgres_in(folder.path()))
        .await
        .unwrap();
    let passwords = RolePasswords::generate();
    let admin = server.superuser_url();
    provision(&admin, &passwords, "medilink", "medilink_keys")
        .await
        .unwrap();
    let (one, two) = tokio::join!(
        provision(&admin, &passwords, "medilink", "medilink_keys"),
        provision(&admin, &passwords, "medilink", "medilink_keys"),
    );
    two.unwrap();
    let urls = one.unwrap();
    for url in [
        &urls.owner,
        &urls.app,
        &urls.projector,
        &urls.keys_owner,
        &urls.vault,
    ] {
        query(url, "SELECT 1").await.unwrap();
    }
    query(&urls.owner, "CREATE SCHEMA log").await.unwrap();
    assert!(query(&urls.app, "CREATE SCHEMA mine").await.is_err());
    let app_at_the_keys = urls.app.replace("/medilink", "/medilink_keys");
    assert!(query(&app_at_the_keys, "SELECT 1").await.is_err());
    let vault_at_the_log = urls.vault.replace("/medilink_keys", "/medilink");
    assert!(query(&vault_at_the_log, "SELECT 1").await.is_err());
    server.stop().await;
}

#[tokio::test]
async fn the_log_of_postgres_names_no_value() {
    let folder = folder();
    let options = postgres_in(folder.path());
    let server = PrivatePostgres::start(options.clone()).await.unwrap();
    let sql = "CREATE TABLE people (name text UNIQUE); INSERT INTO people VALUES ('Canary Kaur')";
    query(&server.superuser_url(), sql).await.unwrap();
    let again = "INSERT INTO people VALUES ('Canary Kaur')";
    query(&server.superuser_url(), again).await.unwrap_err();
    server.stop().await;
    let log = std::fs::read_to_string(options.log).unwrap();
    assert!(
        log.contains("duplicate key") && !log.contains("Canary"),
        "{log}"
    );
}

#[tokio::test]
async fn nats_keeps_its_store_and_only_an_operator_may_delete_the_stream() {
    let folder = folder();
    let server = PrivateNats::start(nats_in(folder.path())).await.unwrap();
    let connect = async |server: &PrivateNats, user: &str| {
        let named = server.options().passwords.named();
        let (_, password) = named.iter().find(|(name, _)| *name == user).unwrap();
        let client = async_nats::ConnectOptions::with_user_and_password(
            user.to_owned(),
            (*password).to_owned(),
        )
        .custom_inbox_prefix(format!("_INBOX.{user}"))
        .connect(server.url())
        .await
        .unwrap();
        let mut context = async_nats::jetstream::new(client);
        context.set_timeout(Duration::from_millis(700));
        context
    };
    let relay = connect(&server, "relay").await;
    let config = async_nats::jetstream::stream::Config {
        name: "EVENTS".into(),
        subjects: vec!["ev.>".into()],
        ..Default::default()
    };
    relay.create_stream(config).await.unwrap();
    relay
        .publish("ev.t.0.a.b", "x".into())
        .await
        .unwrap()
        .await
        .unwrap();
    assert!(relay.delete_stream("EVENTS").await.is_err());
    let worker = connect(&server, "worker").await;
    assert!(
        worker
            .publish("ev.t.0.a.b", "y".into())
            .await
            .unwrap()
            .await
            .is_err()
    );
    assert!(worker.delete_stream("EVENTS").await.is_err());
    assert!(async_nats::connect(server.url()).await.is_err());

    let server = PrivateNats::start(server.kill().await).await.unwrap();
    let worker = connect(&server, "worker").await;
    let stream = worker.get_stream("EVENTS").await.unwrap();
    let consumer = stream
        .create_consumer(async_nats::jetstream::consumer::pull::Config {
            durable_name: Some("worker".into()),
            ..Default::default()
        })
        .await
        .unwrap();
    let message = consumer
        .messages()
        .await
        .unwrap()
        .next()
        .await
        .unwrap()
        .unwrap();
    assert_eq!(message.payload, "x");
    message.ack().await.unwrap();
    connect(&server, "operator")
        .await
        .delete_stream("EVENTS")
        .await
        .unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_too_old_nats_server_is_refused_with_what_to_do() {
    let folder = folder();
    let program = folder.path().join("nats-server");
    std::fs::write(&program, "#!/bin/sh\necho nats-server: v2.9.10\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut options = nats_in(folder.path());
    options.program = program;
    let error = PrivateNats::start(options).await.err().unwrap();
    assert!(matches!(error, ServerError::TooOld { .. }));
    let said = error.to_string();
    assert!(
        said.contains("v2.9.10") && said.contains("2.12") && said.contains("scripts/install"),
        "{said}"
    );
}

#[tokio::test]
async fn a_folder_is_worked_in_by_one_and_says_by_whom() {
    let place = folder();
    let home = place.path().join(".medilink");
    let folder = Folder::open(&home).await.unwrap();
    let lock = folder.lock(Duration::ZERO).await.unwrap();
    let error = folder
        .lock(Duration::from_millis(50))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(&format!("process {}", std::process::id())),
        "{error}"
    );
    drop(lock);
    folder.lock(Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn a_home_closed_to_the_servers_account_gets_its_data_elsewhere_and_keeps_the_way() {
    if Account::for_servers().unwrap() == Account::Own {
        return; // An ordinary user's servers run as that user: nothing is closed to them.
    }
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o700)).unwrap(); // As /root.
    let home = place.path().join(".medilink");
    let first = Folder::open(&home).await.unwrap();
    assert!(
        first.servers().starts_with("/var/lib/medilink"),
        "{}",
        first.servers().display()
    );
    let mut options = postgres_in(first.servers());
    options.log = first.inside("logs").unwrap().join("postgres.log");
    PrivatePostgres::start(options).await.unwrap().stop().await;
    let second = Folder::open(&home).await.unwrap();
    assert_eq!(first.servers(), second.servers());
    std::fs::remove_dir_all(first.servers()).unwrap();
}

#[test]
fn secrets_are_made_once_and_are_nobody_elses_to_read() {
    let folder = folder();
    let path = folder.path().join("secrets.json");
    let first = Secrets::load_or_create(&path).unwrap();
    let second = Secrets::load_or_create(&path).unwrap();
    assert_eq!(first.postgres, second.postgres);
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    std::fs::write(&path, "{ half").unwrap();
    let error = Secrets::load_or_create(&path).err().unwrap();
    assert!(error.to_string().contains("secrets.json"), "{error}");
}

/// Starts this test's other half as a process of its own, kills it with -9, and looks.
#[tokio::test]
async fn servers_end_with_a_killed_parent_and_what_is_left_is_taken_over() {
    let place = folder();
    let mut parent = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "the_parent_that_gets_killed",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env("MEDILINK_TEST_FOLDER", place.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let ready = place.path().join("ready");
    for _ in 0..1200 {
        if ready.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let pids = std::fs::read_to_string(&ready).unwrap();
    let pids: Vec<u32> = pids
        .split_whitespace()
        .map(|pid| pid.parse().unwrap())
        .collect();
    assert!(pids.iter().all(|pid| runs(*pid)));
    parent.kill().unwrap(); // SIGKILL
    parent.wait().unwrap();
    for pid in &pids {
        until_gone(*pid).await;
    }
}

#[tokio::test]
#[ignore = "the other half of servers_end_with_a_killed_parent_and_what_is_left_is_taken_over"]
async fn the_parent_that_gets_killed() {
    let Some(place) = std::env::var_os("MEDILINK_TEST_FOLDER") else {
        return;
    };
    let place = Path::new(&place);
    let postgres = PrivatePostgres::start(postgres_in(place)).await.unwrap();
    let nats = PrivateNats::start(nats_in(place)).await.unwrap();
    let nats_pid = std::fs::read_to_string(nats.options().folder.join("pid")).unwrap();
    std::fs::write(
        place.join("ready.new"),
        format!("{} {nats_pid}", postmaster(postgres.options())),
    )
    .unwrap();
    std::fs::rename(place.join("ready.new"), place.join("ready")).unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test]
async fn a_server_that_still_runs_from_an_earlier_start_is_stopped_and_replaced() {
    let place = folder();
    let options = postgres_in(place.path());
    let nats_options = nats_in(place.path());
    let old = PrivatePostgres::start(options.clone()).await.unwrap();
    let old_nats = PrivateNats::start(nats_options.clone()).await.unwrap();
    let old_pid = postmaster(&options);
    let new = PrivatePostgres::start(options.clone()).await.unwrap();
    let new_nats = PrivateNats::start(nats_options).await.unwrap();
    assert_ne!(postmaster(&options), old_pid);
    new.health().await.unwrap();
    new_nats.health().await.unwrap();
    drop((old, old_nats));
    new.health().await.unwrap();
    new.stop().await;
    new_nats.stop().await;
}

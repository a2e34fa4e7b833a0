//! Backups from before an erasure, restored: nobody comes back.

use std::path::Path;
use std::time::Duration;

use futures::TryStreamExt;
use medilink_log::Position;
use medilink_tests::{CANARY, Part, Platform, settle};
use tokio_postgres::NoTls;

use super::scene::{Scene, assert_not_let_in, tool};

/// Puts a backup in the place of a database, whoever is connected to it.
async fn restore(url: &str, dump: &Path) {
    let (server, name) = url.rsplit_once('/').unwrap();
    let postgres = format!("{server}/postgres");
    let (client, connection) = tokio_postgres::connect(&postgres, NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    let drop_it = format!("DROP DATABASE {name} WITH (FORCE)");
    client.batch_execute(&drop_it).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
    let dump = dump.to_str().unwrap();
    tool(
        "pg_restore",
        &["--create", "--exit-on-error", "--dbname", &postgres, dump],
    );
}

async fn stop(platform: &mut Platform) {
    for part in Part::ALL {
        assert!(platform.stop_part(part), "{}", part.name());
    }
}

async fn start(platform: &mut Platform) {
    for part in Part::ALL {
        platform.start_part(part);
    }
    platform.ready().await;
}

#[tokio::test]
async fn older_keys_bring_nobody_back_though_the_journal_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path()).await;
    scene.erase().await;
    let [_, keys_url] = scene.platform.superuser_urls();
    let journal = scene.platform.folder().join("keyring/erasures.journal");
    let lines = || {
        std::fs::read_to_string(&journal)
            .unwrap_or_default()
            .lines()
            .count()
    };
    assert_eq!(lines(), 4);
    stop(&mut scene.platform).await;
    restore(&keys_url, &scene.backups[1]).await;
    std::fs::rename(&journal, journal.with_extension("lost")).unwrap();
    let revived = scene.readable(scene.asha.person.person).await;
    assert!(revived.contains(CANARY), "the backup has the keys");

    start(&mut scene.platform).await;
    scene.assert_gone().await;
    assert_not_let_in(&scene.platform, &scene.asha).await;
    let mut told = String::new();
    for part in [Part::Gateway, Part::Projector, Part::Worker] {
        told += &scene.platform.metrics(part).await;
    }
    assert!(told.contains("medilink_vault_revived_total"), "{told}");
    assert_eq!(lines(), 4, "the journal is made again from the log");
    scene.bina.sign_in(&scene.platform).await;
}

#[tokio::test]
async fn an_older_log_with_its_keys_brings_nobody_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::open(folder.path()).await;
    scene.erase().await;
    stop(&mut scene.platform).await;
    scene.platform.kill_nats(true).await;
    let urls = scene.platform.superuser_urls();
    for (url, dump) in urls.iter().zip(&scene.backups) {
        restore(url, dump).await;
    }
    scene.platform.start_nats().await;
    start(&mut scene.platform).await;
    settle(&scene.platform, Duration::from_secs(60)).await;
    let log = scene.platform.log().all_after(Position::START);
    let log: Vec<_> = log.try_collect().await.unwrap();
    let told = log.iter().any(|event| event.kind.starts_with("erasure."));
    assert!(!told, "an older log: only the journal knows");
    scene.assert_gone().await;
    assert_not_let_in(&scene.platform, &scene.asha).await;
    let spared = scene.readable(scene.bina.person).await;
    assert!(spared.contains(&scene.bina.email), "{spared}");
    scene.bina.sign_in(&scene.platform).await;
}

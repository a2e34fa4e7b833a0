use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use medilink_log::{CheckpointKey, Fault, Position, TreeBuilder, open_checkpoint, verify};
use tokio_util::sync::CancellationToken;

use crate::support::World;

impl World {
    fn key(&self) -> CheckpointKey {
        CheckpointKey::load_or_create(&self.folder().join("log.key"), "medilink.test/log").unwrap()
    }
}

#[tokio::test]
async fn the_tree_keeps_up_and_every_checkpoint_verifies() {
    let world = World::new().await;
    let writer = world.writer();
    let cancel = CancellationToken::new();
    let builder = TreeBuilder::new(world.app.clone(), world.key());
    let task = tokio::spawn(builder.run(Duration::from_millis(5), cancel.clone()));
    for n in 0..700 {
        writer
            .append(world.append(&format!("a-{n}"), 0, 1))
            .await
            .unwrap();
    }
    let client = world.app.client().await.unwrap();
    for _ in 0..500 {
        let size: Option<i64> = client
            .query_one("SELECT max(size) FROM log.checkpoints", &[])
            .await
            .unwrap()
            .get(0);
        if size == Some(700) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    cancel.cancel();
    task.await.unwrap();
    let found = verify(&world.app, world.key().verifier(), |_| {})
        .await
        .unwrap();
    assert_eq!((found.events, found.faults.len()), (700, 0));
    assert!(found.checkpoints > 2, "{} checkpoints", found.checkpoints);
    let note: Vec<u8> = client
        .query_one(
            "SELECT note FROM log.checkpoints ORDER BY size DESC LIMIT 1",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(
        open_checkpoint(&note, world.key().verifier()).unwrap().0,
        700
    );
    assert!(
        String::from_utf8(note)
            .unwrap()
            .starts_with("medilink.test/log\n700\n")
    );
}

#[tokio::test]
async fn a_builder_that_starts_anew_goes_on_where_the_last_one_stopped() {
    let world = World::new().await;
    let writer = world.writer();
    let mut client = world.app.connect().await.unwrap();
    for round in 0..5 {
        for n in 0..130 {
            writer
                .append(world.append(&format!("a-{round}-{n}"), 0, 1))
                .await
                .unwrap();
        }
        let mut builder = TreeBuilder::new(world.app.clone(), world.key());
        assert!(!builder.advance(&mut client).await.unwrap());
    }
    let found = verify(&world.app, world.key().verifier(), |_| {})
        .await
        .unwrap();
    assert_eq!(
        (found.events, found.checkpoints, found.faults.len()),
        (650, 5, 0)
    );
}

#[tokio::test]
async fn whoever_changes_a_stored_event_behind_the_triggers_is_found_out() {
    let world = World::new().await;
    let writer = world.writer();
    for n in 0..20 {
        writer
            .append(world.append(&format!("a-{n}"), 0, 1))
            .await
            .unwrap();
    }
    let mut builder = TreeBuilder::new(world.app.clone(), world.key());
    let mut client = world.app.connect().await.unwrap();
    builder.advance(&mut client).await.unwrap();
    let superuser = world.databases.superuser().await;
    superuser
        .batch_execute(
            "ALTER TABLE log.events DISABLE TRIGGER ALL;
             UPDATE log.events SET payload = '{\"n\":2}' WHERE position = 7",
        )
        .await
        .unwrap();
    let found = verify(&world.app, world.key().verifier(), |_| {})
        .await
        .unwrap();
    assert_eq!(found.faults, [Fault::Altered(Position(7))]);

    // A forger who also mends the leaf hash is caught by the signed root.
    let mut event = world.reader.after(Position(6), 1).await.unwrap().remove(0);
    event.leaf_hash = event.envelope().leaf_hash();
    superuser
        .execute(
            "UPDATE log.events SET leaf_hash = $1 WHERE position = 7",
            &[&event.leaf_hash.as_slice()],
        )
        .await
        .unwrap();
    let found = verify(&world.app, world.key().verifier(), |_| {})
        .await
        .unwrap();
    assert_eq!(found.faults, [Fault::RootDiffers(20)]);

    superuser
        .batch_execute("DELETE FROM log.events WHERE position > 15")
        .await
        .unwrap();
    let found = verify(&world.app, world.key().verifier(), |_| {})
        .await
        .unwrap();
    assert_eq!(found.faults, [Fault::Truncated(20)]);
}

#[tokio::test]
async fn a_checkpoint_of_another_key_is_a_fault() {
    let world = World::new().await;
    world
        .writer()
        .append(world.append("a-1", 0, 1))
        .await
        .unwrap();
    let mut client = world.app.connect().await.unwrap();
    TreeBuilder::new(world.app.clone(), world.key())
        .advance(&mut client)
        .await
        .unwrap();
    let other =
        CheckpointKey::load_or_create(&world.folder().join("other.key"), "medilink.test/log")
            .unwrap();
    let found = verify(&world.app, other.verifier(), |_| {}).await.unwrap();
    assert_eq!(found.faults, [Fault::BadSignature(1)]);
}

#[tokio::test]
async fn the_signing_key_is_readable_by_its_owner_only_and_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.key");
    let keys: Vec<String> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    CheckpointKey::load_or_create(&path, "medilink.test/log")
                        .unwrap()
                        .verifier()
                        .to_owned()
                })
            })
            .collect();
        tasks.into_iter().map(|task| task.join().unwrap()).collect()
    });
    let again = CheckpointKey::load_or_create(&path, "medilink.test/log").unwrap();
    assert!(
        keys.iter().all(|key| key == again.verifier()),
        "one key, however many made it at once"
    );
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test]
async fn a_builder_that_panics_goes_on() {
    let world = World::new().await;
    let writer = world.writer();
    writer.append(world.append("a-1", 0, 3)).await.unwrap();
    let scenario = fail::FailScenario::setup();
    fail::cfg("tree-before-commit", "1*panic").unwrap();
    let cancel = CancellationToken::new();
    let builder = TreeBuilder::new(world.app.clone(), world.key());
    let pace = Duration::from_millis(20);
    let running = tokio::spawn(builder.run(pace, cancel.clone()));
    let signed = async {
        let found = || async { verify(&world.app, world.key().verifier(), |_| {}).await };
        while found().await.unwrap().checkpoints == 0 {
            tokio::time::sleep(pace).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), signed)
        .await
        .expect("it is signed in the end");
    cancel.cancel();
    running.await.unwrap();
    scenario.teardown();
}

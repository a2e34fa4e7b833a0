//! Erasures that outlive every backup.

use std::fs;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::SubjectId;
use medilink_vault::{
    Epoch, Erasure, Keyring, KeyringError, Unsealed, Vault, VaultError, VaultOptions,
};
use uuid::Uuid;

use crate::support::{CLINICAL, World, clear, eventually, place, someone, tenant, with_world};

/// What was sealed for each of these people, one of whom is then shredded.
async fn furnish(vault: &Vault) -> (SubjectId, SubjectId, [bytes::Bytes; 2]) {
    let (gone, alive) = (someone(), someone());
    let mut sealed = Vec::new();
    for person in [gone, alive] {
        sealed.push(
            vault
                .seal(person, CLINICAL, &place(), b"cancer")
                .await
                .unwrap(),
        );
    }
    (gone, alive, sealed.try_into().unwrap())
}

/// The rows of the keys as they are, for [`put_back`].
async fn back_up(world: &World) {
    let admin = world.admin().await;
    let copy = "CREATE TABLE public.backup AS SELECT * FROM vault.data_keys;
                CREATE TABLE public.backup_erasures AS SELECT * FROM vault.erasures;";
    admin.batch_execute(copy).await.unwrap();
}

/// What a restore of an older backup leaves: the rows of then, and connections that are cut.
async fn put_back(world: &World) {
    let admin = world.admin().await;
    let restore = "
        ALTER TABLE vault.data_keys DISABLE TRIGGER ALL;
        TRUNCATE vault.data_keys; INSERT INTO vault.data_keys SELECT * FROM public.backup;
        ALTER TABLE vault.data_keys ENABLE TRIGGER ALL;
        UPDATE vault.erasures SET number = (SELECT number FROM public.backup_erasures);
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();";
    admin.batch_execute(restore).await.unwrap();
}

async fn tombstones(world: &World) -> i64 {
    let sql = "SELECT count(*) FROM vault.data_keys WHERE shredded_at IS NOT NULL";
    world
        .admin()
        .await
        .query_one(sql, &[])
        .await
        .unwrap()
        .get(0)
}

fn journal(world: &World) -> std::path::PathBuf {
    world.folder.path().join("keys/erasures.journal")
}

fn lines(world: &World) -> usize {
    fs::read_to_string(journal(world))
        .unwrap_or_default()
        .lines()
        .count()
}

async fn shred(vault: &Vault, person: SubjectId) -> Erasure {
    let by = Uuid::now_v7();
    let done = vault.shred(tenant(), person, CLINICAL, by).await.unwrap();
    Erasure {
        tenant: tenant(),
        subject: person,
        category: CLINICAL,
        number: done.number,
        at: done.at,
        by,
    }
}

#[tokio::test]
async fn a_restored_backup_brings_no_key_back_for_whoever_opens_it() {
    with_world(|world| async move {
        let vault = world.vault().await;
        let (gone, alive, [lost, kept]) = furnish(&vault).await;
        back_up(&world).await;
        let first = shred(&vault, gone).await;
        vault.close().await;
        put_back(&world).await;
        assert_eq!(tombstones(&world).await, 0, "the backup has the key");

        let vault = world.vault().await;
        assert_eq!(tombstones(&world).await, 1);
        let opened = vault.unseal(gone, CLINICAL, &place(), &lost).await.unwrap();
        assert_eq!(opened, Unsealed::Erased);
        let sealed = vault.seal(gone, CLINICAL, &place(), b"new").await;
        assert!(matches!(sealed, Err(VaultError::Erased)), "{sealed:?}");
        let others = vault
            .unseal(alive, CLINICAL, &place(), &kept)
            .await
            .unwrap();
        assert_eq!(others, clear("cancer"));
        let again = vault
            .shred(tenant(), gone, CLINICAL, Uuid::now_v7())
            .await
            .unwrap();
        assert_eq!(
            (again.already, again.at, again.by),
            (true, first.at, first.by)
        );
        assert!(again.number > first.number, "no number is given twice");
        assert_eq!(lines(&world), 1);
    })
    .await;
}

#[tokio::test]
async fn a_backup_restored_under_a_running_process_brings_no_key_back() {
    with_world(|world| async move {
        let vault = world.vault().await;
        let (gone, alive, [lost, kept]) = furnish(&vault).await;
        back_up(&world).await;
        shred(&vault, gone).await;
        put_back(&world).await;
        for _ in 0..20 {
            match vault.unseal(gone, CLINICAL, &place(), &lost).await {
                Ok(opened) => assert_eq!(opened, Unsealed::Erased),
                // The connections were just cut.
                Err(error) => assert!(error.is_transient(), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        eventually("the vault listens again", || vault.is_listening()).await;
        assert_eq!(tombstones(&world).await, 1);
        let others = vault
            .unseal(alive, CLINICAL, &place(), &kept)
            .await
            .unwrap();
        assert_eq!(others, clear("cancer"));
    })
    .await;
}

#[tokio::test]
async fn what_the_log_knows_is_upheld_where_the_journal_was_lost() {
    with_world(|world| async move {
        let vault = world.vault().await;
        let (gone, _, [lost, _]) = furnish(&vault).await;
        let never = someone();
        back_up(&world).await;
        let known = [shred(&vault, gone).await, shred(&vault, never).await];
        vault.close().await;
        put_back(&world).await;
        fs::remove_file(journal(&world)).unwrap();
        let vault = world.vault().await;
        assert_eq!(vault.uphold(&known).await.unwrap(), 2);
        assert_eq!(vault.uphold(&known).await.unwrap(), 0, "once is enough");
        let opened = vault.unseal(gone, CLINICAL, &place(), &lost).await.unwrap();
        assert_eq!(opened, Unsealed::Erased);
        let refused = vault.seal(never, CLINICAL, &place(), b"x").await;
        assert!(matches!(refused, Err(VaultError::Erased)));
        assert_eq!(lines(&world), 2, "and the journal has it again");
    })
    .await;
}

#[tokio::test]
async fn tombstones_that_the_journal_lacks_are_written_into_it_when_the_vault_is_opened() {
    with_world(|world| async move {
        let vault = world.vault().await;
        for _ in 0..3 {
            shred(&vault, someone()).await;
        }
        assert_eq!(lines(&world), 3);
        // As a process leaves it that is killed between the two.
        let text = fs::read_to_string(journal(&world)).unwrap();
        let cut = text.lines().next().unwrap().len() + 9;
        fs::write(journal(&world), &text[..cut]).unwrap();
        world.vault().await;
        assert_eq!(lines(&world), 3);
        Keyring::open(world.folder.path().join("keys")).unwrap();
    })
    .await;
}

#[tokio::test]
async fn two_processes_write_one_journal() {
    with_world(|world| async move {
        let vaults = [world.vault().await, world.vault().await];
        let shreds = (0..40).map(|number| {
            let vault = &vaults[number % 2];
            async move {
                vault
                    .shred(tenant(), someone(), CLINICAL, Uuid::now_v7())
                    .await
                    .unwrap()
            }
        });
        futures::future::join_all(shreds).await;
        assert_eq!(lines(&world), 40);
        Keyring::open(world.folder.path().join("keys")).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_changed_journal_is_refused_and_its_line_is_named() {
    with_world(|world| async move {
        let vault = world.vault().await;
        for _ in 0..4 {
            shred(&vault, someone()).await;
        }
        let text = fs::read_to_string(journal(&world)).unwrap();
        let whole: Vec<&str> = text.lines().collect();
        let changed = whole[2].replace(" clinical ", " billing ");
        let swapped = [whole[0], whole[2], whole[1], whole[3]];
        for (forged, line) in [
            ([whole[0], whole[1], &changed, whole[3]].join("\n"), 3),
            (swapped.join("\n"), 2),
            ([whole[1], whole[2], whole[3]].join("\n"), 1),
            ([whole[0], "v1 nonsense", whole[3]].join("\n"), 2),
        ] {
            fs::write(journal(&world), forged + "\n").unwrap();
            let refused = Keyring::open(world.folder.path().join("keys")).map(drop);
            assert!(
                matches!(refused, Err(KeyringError::Journal { line: found, .. }) if found == line),
                "{refused:?}, not line {line}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn an_epoch_goes_only_when_backups_that_need_it_are_old_enough() {
    with_world(|world| async move {
        let vault = world.vault_with(VaultOptions::default()).await;
        let (gone, _, _) = furnish(&vault).await;
        assert!(!vault.owes_rotation().await.unwrap());
        shred(&vault, gone).await;
        assert!(vault.owes_rotation().await.unwrap());
        vault.rotate(|_| {}).await.unwrap();
        assert!(!vault.owes_rotation().await.unwrap());
        let ago = Utc::now() - TimeDelta::days(35);
        assert_eq!(vault.retire_superseded(ago).await.unwrap(), []);
        let admin = world.admin().await;
        let age = "UPDATE vault.epochs SET created_at = created_at - interval '36 days'";
        admin.batch_execute(age).await.unwrap();
        vault.rotate(|_| {}).await.unwrap();
        // The second is in use until just now; the first went out of use 36 days ago.
        let recent = Utc::now() - TimeDelta::days(35);
        assert_eq!(vault.retire_superseded(recent).await.unwrap(), [Epoch(1)]);
        let all = DateTime::<Utc>::MAX_UTC;
        assert_eq!(vault.retire_superseded(all).await.unwrap(), [Epoch(2)]);
    })
    .await;
}

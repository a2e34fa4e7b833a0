//! New key-encryption keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use medilink_domain::SubjectId;
use medilink_vault::{
    Epoch, Keyring, KeyringError, Rotation, Unsealed, Vault, VaultError, VaultOptions,
};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::support::{CLINICAL, World, clear, place, someone, tenant, with_world};

async fn patients(vault: &Vault, count: usize) -> Vec<(SubjectId, Bytes)> {
    let mut sealed = Vec::new();
    for _ in 0..count {
        let patient = someone();
        sealed.push((
            patient,
            vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap(),
        ));
    }
    sealed
}

async fn all_open(vault: &Vault, sealed: &[(SubjectId, Bytes)]) {
    for (patient, bytes) in sealed {
        assert_eq!(
            vault
                .unseal(*patient, CLINICAL, &place(), bytes)
                .await
                .unwrap(),
            clear("x")
        );
    }
}

fn in_tens() -> VaultOptions {
    VaultOptions {
        rewrap_batch: 10,
        ..VaultOptions::default()
    }
}

const fn used(epoch: i32, keys: u64) -> (Epoch, u64) {
    (Epoch(epoch), keys)
}

/// The epochs, and how many keys each wraps.
async fn epochs(vault: &Vault) -> Vec<(Epoch, u64)> {
    let epochs = vault.epochs().await.unwrap();
    epochs.iter().map(|used| (used.epoch, used.keys)).collect()
}

fn kek(world: &World, epoch: i32) -> std::path::PathBuf {
    world.folder.path().join(format!("keys/kek-{epoch:06}.key"))
}

#[tokio::test]
async fn a_rotation_rewraps_every_key_and_changes_nothing_for_readers() {
    with_world(|world| async move {
        let (vault, other) = (world.vault_with(in_tens()).await, world.vault().await);
        let sealed = patients(&vault, 35).await;
        let index = vault.blind_index(tenant(), "a", "b");
        let mut reports = Vec::new();
        let rotation = vault
            .rotate(|progress| reports.push((progress.rewrapped, progress.total)))
            .await
            .unwrap();
        assert_eq!(
            rotation,
            Rotation {
                epoch: Epoch(2),
                rewrapped: 35,
                damaged: 0,
                resumed: false
            }
        );
        assert_eq!(reports, [(0, 35), (10, 35), (20, 35), (30, 35), (35, 35)]);
        assert_eq!(epochs(&vault).await, [used(1, 0), used(2, 35)]);

        // The other process learned its keyring before there was a second epoch.
        all_open(&other, &sealed).await;
        let later = patients(&other, 3).await;
        assert_eq!(epochs(&vault).await, [used(1, 0), used(2, 38)]);

        assert_eq!(vault.retire().await.unwrap(), [Epoch(1)]);
        assert!(!kek(&world, 1).exists() && kek(&world, 2).exists());
        let fresh = world.vault().await;
        all_open(&fresh, &sealed).await;
        all_open(&fresh, &later).await;
        assert_eq!(fresh.blind_index(tenant(), "a", "b"), index);
        assert_eq!(
            fresh.rotate(|_| {}).await.unwrap().epoch,
            Epoch(3),
            "numbers are never used twice"
        );
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_rotation_goes_on_where_it_stopped() {
    with_world(|world| async move {
        let vault = world.vault_with(in_tens()).await;
        let sealed = patients(&vault, 45).await;
        let (tell, mut told) = mpsc::channel(100);
        let rotating = tokio::spawn({
            let vault = vault.clone();
            async move {
                vault
                    .rotate(move |progress| tell.try_send(progress.rewrapped).unwrap())
                    .await
            }
        });
        while told.recv().await.unwrap() < 10 {}
        rotating.abort();
        assert!(rotating.await.unwrap_err().is_cancelled());
        let half = vault.epochs().await.unwrap();
        assert!(
            half[0].keys > 0 && half[1].keys >= 10 && half[0].keys + half[1].keys == 45,
            "{half:?}"
        );

        // Nothing is lost half-way, and the old epoch can't be retired.
        let fresh = world.vault_with(in_tens()).await;
        all_open(&fresh, &sealed).await;
        assert_eq!(retire_when_free(&fresh).await, []);
        assert!(kek(&world, 1).exists());

        let rotation = fresh.rotate(|_| {}).await.unwrap();
        assert_eq!(
            (rotation.epoch, rotation.resumed),
            (Epoch(2), true),
            "no third epoch"
        );
        assert_eq!(rotation.rewrapped, half[0].keys);
        assert_eq!(epochs(&fresh).await, [used(1, 0), used(2, 45)]);
        assert_eq!(fresh.retire().await.unwrap(), [Epoch(1)]);
        all_open(&world.vault().await, &sealed).await;
    })
    .await;
}

/// The lock of an aborted rotation goes when the server notices that its connection has.
async fn retire_when_free(vault: &Vault) -> Vec<Epoch> {
    for _ in 0..500 {
        match vault.retire().await {
            Err(VaultError::RotationRunning) => {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await
            }
            other => return other.unwrap(),
        }
    }
    panic!("the lock of the aborted rotation was never released");
}

#[tokio::test]
async fn a_rotation_that_died_right_after_making_its_key_uses_that_key() {
    with_world(|world| async move {
        let vault = world.vault().await;
        patients(&vault, 3).await;
        // What a kill between making the file and registering it leaves.
        let (keys, _) =
            medilink_vault::FolderKeys::open(&world.folder.path().join("keys")).unwrap();
        medilink_vault::KeyEncryption::advance(&keys, Epoch(1))
            .await
            .unwrap();
        // Until it is registered nobody wraps by it.
        let fresh = world.vault().await;
        patients(&fresh, 1).await;
        assert_eq!(epochs(&fresh).await, [used(1, 4)]);
        assert_eq!(fresh.rotate(|_| {}).await.unwrap().epoch, Epoch(2));
        assert!(!kek(&world, 3).exists());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealing_and_shredding_go_on_during_rotations() {
    with_world(|world| async move {
        let (vault, writer) = (world.vault_with(in_tens()).await, world.vault().await);
        let done = Arc::new(AtomicBool::new(false));
        let writing = tokio::spawn({
            let done = done.clone();
            async move {
                let (mut alive, mut gone) = (Vec::new(), Vec::new());
                while !done.load(Ordering::SeqCst) {
                    let patient = someone();
                    let sealed = writer
                        .seal(patient, CLINICAL, &place(), b"x")
                        .await
                        .unwrap();
                    if alive.len() == gone.len() * 5 + 4 {
                        writer
                            .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
                            .await
                            .unwrap();
                        gone.push((patient, sealed));
                    } else {
                        alive.push((patient, sealed));
                    }
                }
                (alive, gone)
            }
        });
        for round in 2..8 {
            let rotation = vault.rotate(|_| {}).await.unwrap();
            assert!(
                rotation.epoch <= Epoch(round) && rotation.damaged == 0,
                "{rotation:?}"
            );
            vault.retire().await.unwrap();
        }
        done.store(true, Ordering::SeqCst);
        let (alive, gone) = writing.await.unwrap();
        assert!(alive.len() > 10 && !gone.is_empty());
        let fresh = world.vault().await;
        all_open(&fresh, &alive).await;
        for (patient, sealed) in gone {
            assert_eq!(
                fresh
                    .unseal(patient, CLINICAL, &place(), &sealed)
                    .await
                    .unwrap(),
                Unsealed::Erased
            );
        }
    })
    .await;
}

#[tokio::test]
async fn only_one_rotation_runs_at_a_time() {
    with_world(|world| async move {
        let vault = world.vault().await;
        let admin = world.admin().await;
        admin
            .execute("SELECT pg_advisory_lock(7305820136)", &[])
            .await
            .unwrap();
        assert!(matches!(
            vault.rotate(|_| {}).await,
            Err(VaultError::RotationRunning)
        ));
        assert!(matches!(
            vault.retire().await,
            Err(VaultError::RotationRunning)
        ));
    })
    .await;
}

#[tokio::test]
async fn a_damaged_key_neither_stops_a_rotation_nor_is_lost_by_it() {
    with_world(|world| async move {
        let vault = world.vault_with(in_tens()).await;
        let sealed = patients(&vault, 25).await;
        let flip = "UPDATE vault.data_keys SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) WHERE subject = $1";
        let admin = world.admin().await;
        admin.execute(flip, &[&sealed[3].0.uuid()]).await.unwrap();
        let rotation = vault.rotate(|_| {}).await.unwrap();
        assert_eq!((rotation.rewrapped, rotation.damaged), (24, 1));
        assert_eq!(vault.retire().await.unwrap(), [], "a row still needs the first epoch");
        admin.execute(flip, &[&sealed[3].0.uuid()]).await.unwrap();
        let rotation = vault.rotate(|_| {}).await.unwrap();
        assert_eq!((rotation.rewrapped, rotation.damaged, rotation.resumed), (1, 0, true));
        all_open(&world.vault().await, &sealed).await;
    })
    .await;
}

#[tokio::test]
async fn a_machine_without_the_new_key_file_says_so_and_recovers_when_it_comes() {
    with_world(|world| async move {
        let copy = tempfile::tempdir().unwrap();
        let vault = world.vault().await;
        for name in ["index.key", "kek-000001.key"] {
            std::fs::copy(
                world.folder.path().join("keys").join(name),
                copy.path().join(name),
            )
            .unwrap();
        }
        let remote = Vault::open(
            world.database_as("medilink_vault"),
            Keyring::open(copy.path()).unwrap(),
        )
        .await
        .unwrap();
        let sealed = patients(&vault, 1).await;
        vault.rotate(|_| {}).await.unwrap();
        let (patient, bytes) = &sealed[0];
        let opened = remote.unseal(*patient, CLINICAL, &place(), bytes).await;
        assert!(
            matches!(
                opened,
                Err(VaultError::Keyring(KeyringError::NoEpoch(Epoch(2))))
            ),
            "{opened:?}"
        );
        assert!(
            remote
                .seal(someone(), CLINICAL, &place(), b"x")
                .await
                .is_err(),
            "nothing is wrapped by the old key"
        );
        std::fs::copy(kek(&world, 2), copy.path().join("kek-000002.key")).unwrap();
        all_open(&remote, &sealed).await;
    })
    .await;
}

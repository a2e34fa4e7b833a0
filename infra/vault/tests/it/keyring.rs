//! The folder of key files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use medilink_vault::{Epoch, FolderKeys, KeyEncryption, Keyring, KeyringError, Vault, VaultError};

use crate::support::{CLINICAL, clear, place, someone, tenant, with_world};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn made() -> (tempfile::TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("deep/keys");
    Keyring::open_or_create(&folder).unwrap();
    (parent, folder)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_new_keyring_is_readable_by_its_owner_alone() {
    let (_parent, folder) = made();
    assert_eq!(
        names(&folder),
        ["index.key", "kek-000001.key"],
        "nothing temporary is left"
    );
    assert_eq!(mode(&folder), 0o700);
    for name in names(&folder) {
        assert_eq!(mode(&folder.join(name)), 0o600);
    }
}

#[test]
fn opening_again_changes_nothing() {
    let (_parent, folder) = made();
    let before: Vec<_> = names(&folder)
        .iter()
        .map(|name| fs::read(folder.join(name)).unwrap())
        .collect();
    Keyring::open_or_create(&folder).unwrap();
    let after: Vec<_> = names(&folder)
        .iter()
        .map(|name| fs::read(folder.join(name)).unwrap())
        .collect();
    assert_eq!(before, after);
    assert_ne!(before[0], before[1], "two different secrets");
}

#[test]
fn processes_that_make_a_keyring_at_once_end_with_the_same() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("keys");
    let index = |_| {
        let keyring = Keyring::open_or_create(&folder).unwrap();
        drop(keyring);
        (
            fs::read(folder.join("index.key")).unwrap(),
            fs::read(folder.join("kek-000001.key")).unwrap(),
        )
    };
    let seen: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|number| scope.spawn(move || index(number)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(seen.iter().all(|files| *files == seen[0]));
    assert_eq!(names(&folder).len(), 2);
}

#[test]
fn keys_that_others_can_read_or_replace_are_refused() {
    for (name, wrong) in [
        ("kek-000001.key", 0o604),
        ("kek-000001.key", 0o640),
        ("index.key", 0o644),
        ("index.key", 0o602),
        ("", 0o777),
        ("", 0o720),
    ] {
        let (_parent, folder) = made();
        let path = folder.join(name);
        set_mode(&path, wrong);
        let error = Keyring::open(&folder).unwrap_err();
        assert!(
            matches!(&error, KeyringError::Permissions { mode, .. } if *mode == wrong),
            "{name} {wrong:o}: {error}"
        );
        let text = error.to_string();
        assert!(
            text.contains("chmod") && text.contains(&format!("{wrong:04o}")),
            "{text}"
        );
    }
}

#[test]
fn what_is_missing_or_damaged_is_named() {
    let (_parent, folder) = made();
    let missing = Keyring::open(folder.join("nowhere")).unwrap_err();
    assert!(
        missing.to_string().contains("nowhere does not exist"),
        "{missing}"
    );
    let kek = folder.join("kek-000001.key");
    let good = fs::read_to_string(&kek).unwrap();
    for bad in [
        "",
        "hello",
        &good[..good.len() - 3],
        &good.replace("v1", "v9"),
        &format!("{good}00"),
        &good.replace('\n', " "),
    ] {
        fs::write(&kek, bad).unwrap();
        let error = Keyring::open(&folder).unwrap_err();
        assert!(
            matches!(&error, KeyringError::Malformed(path) if *path == kek),
            "{bad:?}: {error}"
        );
        assert!(
            !error.to_string().contains(&good[20..40]),
            "the error shows no key"
        );
    }
    fs::remove_file(&kek).unwrap();
    assert!(
        matches!(Keyring::open_or_create(&folder), Err(KeyringError::Missing(path)) if path == kek)
    );
}

#[tokio::test]
async fn a_new_epoch_never_replaces_a_file_and_a_retired_one_is_gone() {
    let (_parent, folder) = made();
    let (keys, _index) = FolderKeys::open(&folder).unwrap();
    let first = fs::read(folder.join("kek-000001.key")).unwrap();
    assert_eq!(keys.advance(Epoch(1)).await.unwrap(), Epoch(2));
    assert_eq!(
        keys.advance(Epoch(1)).await.unwrap(),
        Epoch(2),
        "a rotation that died goes on with the same"
    );
    assert_eq!(mode(&folder.join("kek-000002.key")), 0o600);
    assert_eq!(fs::read(folder.join("kek-000001.key")).unwrap(), first);
    assert_ne!(
        keys.proof(Epoch(1)).await.unwrap(),
        keys.proof(Epoch(2)).await.unwrap()
    );
    keys.retire(Epoch(1)).await.unwrap();
    keys.retire(Epoch(1)).await.unwrap();
    assert_eq!(names(&folder), ["index.key", "kek-000002.key"]);
    assert!(matches!(
        keys.proof(Epoch(1)).await,
        Err(KeyringError::NoEpoch(Epoch(1)))
    ));
    Keyring::open_or_create(&folder).unwrap();
}

#[tokio::test]
async fn a_retirement_that_was_killed_is_finished_by_the_next() {
    let (_parent, folder) = made();
    let (keys, _index) = FolderKeys::open(&folder).unwrap();
    keys.advance(Epoch(1)).await.unwrap();
    fs::rename(
        folder.join("kek-000001.key"),
        folder.join(".retired-000001"),
    )
    .unwrap();
    Keyring::open(&folder).expect("half a retirement does not lock anybody out");
    keys.retire(Epoch(1)).await.unwrap();
    assert_eq!(names(&folder), ["index.key", "kek-000002.key"]);
}

#[tokio::test]
async fn a_keyring_of_another_database_is_refused_before_anything_is_sealed() {
    with_world(|world| async move {
        let (vault, patient) = (world.vault().await, someone());
        let sealed = vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap();
        let database = || world.database_as("medilink_vault");
        let (_parent, foreign) = made();
        let refused = Vault::open(database(), Keyring::open(&foreign).unwrap()).await;
        assert!(
            matches!(refused, Err(VaultError::ForeignKeyring(_))),
            "{refused:?}"
        );
        // Only the index secret is another one.
        let own = world.folder.path().join("keys");
        fs::copy(own.join("kek-000001.key"), foreign.join("kek-000001.key")).unwrap();
        let refused = Vault::open(database(), Keyring::open(&foreign).unwrap()).await;
        assert!(
            matches!(refused, Err(VaultError::ForeignKeyring("the index secret"))),
            "{refused:?}"
        );
        // And with that copied too it is the same keyring.
        fs::copy(own.join("index.key"), foreign.join("index.key")).unwrap();
        let moved = Vault::open(database(), Keyring::open(&foreign).unwrap())
            .await
            .unwrap();
        assert_eq!(
            moved
                .unseal(patient, CLINICAL, &place(), &sealed)
                .await
                .unwrap(),
            clear("x")
        );
        assert_eq!(
            moved.blind_index(tenant(), "a", "b"),
            vault.blind_index(tenant(), "a", "b")
        );
    })
    .await;
}

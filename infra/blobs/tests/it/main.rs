//! Files of people, on a real disk and under keys of a real vault.
#![allow(clippy::unwrap_used, reason = "a test stops where it is wrong")]

use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use medilink_blobs::{BlobError, BlobName, Blobs, Owner, PIECE};
use medilink_domain::{Category, SubjectId, TenantId};
use medilink_test_support::TestDatabases;
use medilink_vault::{Keyring, Vault, VaultOptions};
use rand::RngCore;
use tempfile::TempDir;
use uuid::Uuid;

const BOTH: [Category; 2] = [Category::Identity, Category::Clinical];

struct World {
    databases: TestDatabases,
    folder: TempDir,
    vault: Vault,
    blobs: Blobs,
}

impl World {
    fn path(&self, name: BlobName) -> PathBuf {
        let folder = self.folder.path().join("blobs").join(name.kind);
        folder.join(name.of.to_string()).join(name.file.to_string())
    }

    async fn written(&self, owner: Owner, name: BlobName, clear: &[u8]) {
        let mut writer = self.blobs.create(owner, name, &BOTH).await.unwrap();
        for some in clear.chunks(10_007) {
            writer.write(some).await.unwrap();
        }
        assert_eq!(writer.finish().await.unwrap().size, clear.len() as u64);
    }

    async fn read(&self, owner: Owner, name: BlobName) -> Result<Vec<u8>, BlobError> {
        self.blobs.open(owner, name).await?.read_all().await
    }
}

async fn with_world<F, Fut>(test: F)
where
    F: FnOnce(Arc<World>) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let databases = TestDatabases::create().await;
    medilink_vault::migrate(&databases.keys_pool("medilink_owner"))
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let keyring = Keyring::open_or_create(folder.path().join("keys")).unwrap();
    let options = VaultOptions {
        lease: Duration::from_secs(10),
        ..VaultOptions::default()
    };
    let database = databases.keys_pool("medilink_vault");
    let vault = Vault::open_with(database, keyring, options).await.unwrap();
    let blobs = Blobs::in_folder(&folder.path().join("blobs"), vault.clone()).unwrap();
    let world = Arc::new(World {
        databases,
        folder,
        vault,
        blobs,
    });
    // On a task of its own, as a panic in it must not keep the database from being dropped.
    if let Err(error) = tokio::spawn(test(Arc::clone(&world))).await {
        resume_unwind(error.into_panic());
    }
    assert!(world.databases.address().1 > 0);
}

fn owner() -> Owner {
    Owner {
        tenant: TenantId(Uuid::from_u128(7)),
        subject: SubjectId(Uuid::now_v7()),
    }
}

fn name() -> BlobName {
    BlobName {
        kind: "exports",
        of: Uuid::now_v7(),
        file: Uuid::now_v7(),
    }
}

fn bytes(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

#[tokio::test]
async fn what_was_written_is_read_whatever_its_length() {
    with_world(|world| async move {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 6 << 20] {
            let (owner, name, clear) = (owner(), name(), bytes(length));
            world.written(owner, name, &clear).await;
            let reader = world.blobs.open(owner, name).await.unwrap();
            assert_eq!(reader.size(), length as u64);
            assert!(reader.read_all().await.unwrap() == clear, "{length}");
            let kept = std::fs::read(world.path(name)).unwrap();
            let part = &clear[..length.min(32)];
            let leaks = part.len() >= 8 && kept.windows(part.len()).any(|window| window == part);
            assert!(!leaks, "in the clear");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_changed_cut_or_put_together_anew_is_not_given_out() {
    with_world(|world| async move {
        let (owner, name, clear) = (owner(), name(), bytes(3 * PIECE + 100));
        world.written(owner, name, &clear).await;
        let path = world.path(name);
        let whole = std::fs::read(&path).unwrap();
        let sealed = PIECE + 16;
        let header = whole.len() - (3 * sealed + 116);
        let piece = |number: usize| {
            let start = header + number * sealed;
            whole[start..(start + sealed).min(whole.len())].to_vec()
        };
        let head = whole[..header].to_vec();
        let mut forged = vec![
            ("empty", Vec::new()),
            ("half a header", whole[..20].to_vec()),
            ("no piece", head.clone()),
            ("the last piece gone", whole[..header + 3 * sealed].to_vec()),
            ("two pieces gone", whole[..header + 2 * sealed].to_vec()),
            ("a byte gone", whole[..whole.len() - 1].to_vec()),
            ("a byte more", [whole.clone(), vec![0]].concat()),
            (
                "another order",
                [head.clone(), piece(1), piece(0), piece(2), piece(3)].concat(),
            ),
            (
                "a piece twice",
                [head.clone(), piece(0), piece(0), piece(2), piece(3)].concat(),
            ),
            (
                "a piece left out",
                [head, piece(0), piece(2), piece(3)].concat(),
            ),
        ];
        for at in [0, 4, 5, 8, 30, header + 1, header + sealed, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            forged.push(("a bit turned", changed));
        }
        for (what, bytes) in forged {
            std::fs::write(&path, bytes).unwrap();
            let read = world.read(owner, name).await;
            assert!(read.is_err(), "{what}");
        }
        std::fs::write(&path, &whole).unwrap();
        assert!(world.read(owner, name).await.unwrap() == clear);
    })
    .await;
}

#[tokio::test]
async fn it_opens_for_its_owner_and_under_its_name_alone() {
    with_world(|world| async move {
        let (mine, theirs) = (owner(), owner());
        let (first, second) = (name(), name());
        world.written(mine, first, b"asthma").await;
        world.written(theirs, second, b"nothing").await;
        let elsewhere = Owner {
            tenant: TenantId(Uuid::from_u128(8)),
            ..mine
        };
        for wrong in [theirs, elsewhere] {
            assert!(world.read(wrong, first).await.is_err());
        }
        let copy = name();
        std::fs::create_dir_all(world.path(copy).parent().unwrap()).unwrap();
        std::fs::copy(world.path(first), world.path(copy)).unwrap();
        assert!(matches!(
            world.read(mine, copy).await,
            Err(BlobError::Damaged)
        ));
        assert!(matches!(
            world.read(mine, name()).await,
            Err(BlobError::Missing)
        ));
        assert_eq!(world.read(mine, first).await.unwrap(), b"asthma");
    })
    .await;
}

#[tokio::test]
async fn any_key_that_is_shredded_takes_the_file_with_it() {
    with_world(|world| async move {
        for category in BOTH {
            let (owner, name) = (owner(), name());
            world.written(owner, name, b"asthma").await;
            let shred = world
                .vault
                .shred(owner.tenant, owner.subject, category, Uuid::nil());
            shred.await.unwrap();
            assert!(matches!(
                world.read(owner, name).await,
                Err(BlobError::Erased)
            ));
            // What is left of the person may still be written.
            let later = self::name();
            world.written(owner, later, b"the rest").await;
            assert_eq!(world.read(owner, later).await.unwrap(), b"the rest");
        }
        let gone = owner();
        for category in BOTH {
            let shred = world
                .vault
                .shred(gone.tenant, gone.subject, category, Uuid::nil());
            shred.await.unwrap();
        }
        let nothing = world.blobs.create(gone, name(), &BOTH).await;
        assert!(matches!(nothing, Err(BlobError::Erased)));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_finished_was_never_there_and_all_of_it_can_be_deleted() {
    with_world(|world| async move {
        let (owner, first) = (owner(), name());
        let begun = BlobName {
            file: Uuid::now_v7(),
            ..first
        };
        world.written(owner, first, b"asthma").await;
        let mut writer = world.blobs.create(owner, begun, &BOTH).await.unwrap();
        writer.write(&bytes(6 << 20)).await.unwrap();
        assert!(matches!(
            world.read(owner, begun).await,
            Err(BlobError::Missing)
        ));
        // As after a kill: nobody tidies up.
        std::mem::forget(writer);
        let folder = world.path(first).parent().unwrap().to_owned();
        world.blobs.delete_of("exports", first.of).await.unwrap();
        assert!(!folder.exists());
        assert!(matches!(
            world.read(owner, first).await,
            Err(BlobError::Missing)
        ));
        world.blobs.delete_of("exports", first.of).await.unwrap();

        let aborted = name();
        let mut writer = world.blobs.create(owner, aborted, &BOTH).await.unwrap();
        writer.write(&bytes(6 << 20)).await.unwrap();
        writer.abort().await;
        assert!(matches!(
            world.read(owner, aborted).await,
            Err(BlobError::Missing)
        ));
    })
    .await;
}

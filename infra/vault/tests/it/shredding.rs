//! Destroying keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use medilink_domain::Category;
use medilink_vault::{Unsealed, VaultError, VaultOptions};
use uuid::Uuid;

use crate::support::{CLINICAL, clear, place, someone, tenant, with_world};

#[tokio::test]
async fn a_shredded_subject_is_erased_for_good_and_other_categories_stay() {
    with_world(|world| async move {
        let (vault, patient, officer) = (world.vault().await, someone(), Uuid::now_v7());
        let sealed = vault
            .seal(patient, CLINICAL, &place(), b"cancer")
            .await
            .unwrap();
        let name = vault
            .seal(patient, Category::Identity, &place(), b"Asha")
            .await
            .unwrap();
        let shredded = vault
            .shred(tenant(), patient, CLINICAL, officer)
            .await
            .unwrap();
        assert!(!shredded.already && shredded.by == officer);
        for vault in [vault.clone(), world.vault().await] {
            assert_eq!(
                vault
                    .unseal(patient, CLINICAL, &place(), &sealed)
                    .await
                    .unwrap(),
                Unsealed::Erased
            );
            for _ in 0..2 {
                let refused = vault.seal(patient, CLINICAL, &place(), b"new").await;
                assert!(matches!(refused, Err(VaultError::Erased)), "{refused:?}");
            }
            assert!(matches!(
                vault.try_seal(patient, CLINICAL, &place(), b"new"),
                Some(Err(VaultError::Erased))
            ));
            assert_eq!(
                vault
                    .unseal(patient, Category::Identity, &place(), &name)
                    .await
                    .unwrap(),
                clear("Asha")
            );
        }
        let again = vault
            .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
            .await
            .unwrap();
        assert!(again.already);
        assert_eq!(
            (again.at, again.by),
            (shredded.at, officer),
            "the first tombstone stays"
        );
    })
    .await;
}

#[tokio::test]
async fn a_subject_shredded_before_its_first_key_never_gets_one() {
    with_world(|world| async move {
        let (vault, patient) = (world.vault().await, someone());
        vault
            .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
            .await
            .unwrap();
        let refused = world
            .vault()
            .await
            .seal(patient, CLINICAL, &place(), b"x")
            .await;
        assert!(matches!(refused, Err(VaultError::Erased)), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn when_a_shredding_returns_no_other_process_reads_any_more() {
    with_world(|world| async move {
        let (shredder, reader) = (world.vault().await, world.vault().await);
        for _ in 0..50 {
            let patient = someone();
            let sealed = shredder
                .seal(patient, CLINICAL, &place(), b"hiv")
                .await
                .unwrap();
            assert_eq!(
                reader
                    .unseal(patient, CLINICAL, &place(), &sealed)
                    .await
                    .unwrap(),
                clear("hiv")
            );
            assert!(
                reader
                    .try_unseal(patient, CLINICAL, &place(), &sealed)
                    .is_some(),
                "cached"
            );
            let started = Instant::now();
            shredder
                .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
                .await
                .unwrap();
            assert!(
                started.elapsed() < Duration::from_secs(5),
                "confirmed, not timed out"
            );
            // No waiting here: at once means at once.
            assert_eq!(
                reader
                    .try_unseal(patient, CLINICAL, &place(), &sealed)
                    .unwrap()
                    .unwrap(),
                Unsealed::Erased
            );
            assert!(matches!(
                reader.try_seal(patient, CLINICAL, &place(), b"x"),
                Some(Err(VaultError::Erased))
            ));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_reader_that_begins_after_a_shredding_gets_clear_text_however_they_race() {
    with_world(|world| async move {
        // A cache of one entry and a short life: keys are loaded all the time, so that loads
        // race with shreddings.
        let restless = VaultOptions {
            cached_keys: 1,
            time_to_live: Duration::from_millis(1),
            ..VaultOptions::default()
        };
        let shredder = world.vault().await;
        let readers = [world.vault().await, world.vault_with(restless).await];
        for _ in 0..25 {
            let (patient, gone) = (someone(), Arc::new(AtomicBool::new(false)));
            let sealed = shredder
                .seal(patient, CLINICAL, &place(), b"x")
                .await
                .unwrap();
            let tasks = readers.iter().cycle().take(6).cloned().map(|reader| {
                let (sealed, gone) = (sealed.clone(), gone.clone());
                tokio::spawn(async move {
                    loop {
                        let after = gone.load(Ordering::SeqCst);
                        let opened = reader.unseal(patient, CLINICAL, &place(), &sealed).await;
                        match opened {
                            // On a slow machine; that shows nobody anything.
                            Err(VaultError::Unavailable(_)) => {}
                            opened if after => {
                                assert_eq!(opened.unwrap(), Unsealed::Erased);
                                return;
                            }
                            opened => drop(opened.unwrap()),
                        }
                    }
                })
            });
            let tasks: Vec<_> = tasks.collect();
            tokio::time::sleep(Duration::from_millis(5)).await;
            shredder
                .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
                .await
                .unwrap();
            gone.store(true, Ordering::SeqCst);
            for task in join_all(tasks).await {
                task.unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn many_shreddings_at_once_are_all_confirmed() {
    with_world(|world| async move {
        let (one, two) = (world.vault().await, world.vault().await);
        let patients: Vec<_> = (0..200).map(|_| someone()).collect();
        let bystander = someone();
        one.seal(bystander, CLINICAL, &place(), b"x").await.unwrap();
        for patient in &patients {
            one.seal(*patient, CLINICAL, &place(), b"x").await.unwrap();
        }
        let shreds = patients.iter().enumerate().map(|(number, patient)| {
            let vault = if number % 2 == 0 { &one } else { &two };
            // Each twice, from both sides.
            let other = if number % 3 == 0 { &two } else { &one };
            async move {
                let (first, second) = tokio::join!(
                    vault.shred(tenant(), *patient, CLINICAL, Uuid::now_v7()),
                    other.shred(tenant(), *patient, CLINICAL, Uuid::now_v7()),
                );
                let (first, second) = (first.unwrap(), second.unwrap());
                assert!(
                    first.already != second.already,
                    "exactly one of them destroyed it"
                );
                assert_eq!((first.at, first.by), (second.at, second.by));
            }
        });
        join_all(shreds).await;
        for vault in [&one, &two] {
            for patient in &patients {
                assert!(matches!(
                    vault.seal(*patient, CLINICAL, &place(), b"x").await,
                    Err(VaultError::Erased)
                ));
            }
            assert!(
                vault
                    .seal(bystander, CLINICAL, &place(), b"x")
                    .await
                    .is_ok()
            );
        }
    })
    .await;
}

#[tokio::test]
async fn the_vaults_role_can_neither_undo_a_tombstone_nor_delete_a_key() {
    with_world(|world| async move {
        let (vault, gone, alive) = (world.vault().await, someone(), someone());
        vault.shred(tenant(), gone, CLINICAL, Uuid::now_v7()).await.unwrap();
        vault.seal(alive, CLINICAL, &place(), b"x").await.unwrap();
        let revive = "UPDATE vault.data_keys SET shredded_at = NULL, shredded_by = NULL, erasure = NULL, epoch = 1, wrapped = '\\x00'
                      WHERE shredded_at IS NOT NULL";
        for role in ["medilink_vault", "medilink_owner"] {
            let client = world.database_as(role).connect().await.unwrap();
            for statement in [revive, "DELETE FROM vault.data_keys", "TRUNCATE vault.data_keys"] {
                assert!(client.execute(statement, &[]).await.is_err(), "{role}: {statement}");
            }
        }
        let client = world.database_as("medilink_vault").connect().await.unwrap();
        for statement in [
            "UPDATE vault.data_keys SET subject = gen_random_uuid()",
            "UPDATE vault.index_secret SET proof = proof",
            "UPDATE vault.epochs SET proof = proof",
            "CREATE TABLE vault.mine (id int)",
            "ALTER TABLE vault.data_keys DISABLE TRIGGER ALL",
        ] {
            let refused = client.execute(statement, &[]).await.unwrap_err();
            assert_eq!(refused.code().unwrap().code(), "42501", "{statement}: {refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_database_holds_no_usable_key_of_a_shredded_subject() {
    with_world(|world| async move {
        let (vault, patient) = (world.vault().await, someone());
        vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap();
        vault
            .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
            .await
            .unwrap();
        let row = world
            .admin()
            .await
            .query_one("SELECT to_jsonb(k) - 'id' FROM vault.data_keys k", &[])
            .await
            .unwrap();
        let kept: serde_json::Value = row.get(0);
        let mut filled: Vec<_> = kept
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, _)| name.as_str())
            .collect();
        // What order an object has depends on what else is built with serde_json.
        filled.sort_unstable();
        assert_eq!(
            filled,
            [
                "category",
                "created_at",
                "erasure",
                "seals",
                "shredded_at",
                "shredded_by",
                "subject",
                "tenant"
            ]
        );
    })
    .await;
}

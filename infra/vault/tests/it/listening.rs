//! How long cached keys are trusted.

use std::time::{Duration, Instant};

use medilink_vault::{Unsealed, Vault, VaultError, VaultOptions};
use uuid::Uuid;

use crate::support::{CLINICAL, clear, eventually, listening, place, someone, tenant, with_world};
use medilink_test_support::Proxy;

#[tokio::test]
async fn a_process_that_stopped_listening_uses_no_cached_key() {
    with_world(|world| async move {
        let proxy = Proxy::to(world.server());
        let shredder = world.vault().await;
        let reader = listening(
            Vault::open(world.database_through(proxy.port()), world.keyring())
                .await
                .unwrap(),
        )
        .await;
        let patient = someone();
        let sealed = reader
            .seal(patient, CLINICAL, &place(), b"x")
            .await
            .unwrap();
        assert!(
            reader
                .try_unseal(patient, CLINICAL, &place(), &sealed)
                .is_some()
        );

        proxy.cut();
        eventually("the loss is noticed", || !reader.is_listening()).await;
        assert!(
            reader
                .try_unseal(patient, CLINICAL, &place(), &sealed)
                .is_none()
        );
        assert!(reader.try_seal(patient, CLINICAL, &place(), b"x").is_none());
        let refused = reader.unseal(patient, CLINICAL, &place(), &sealed).await;
        assert!(
            matches!(&refused, Err(error @ VaultError::Unavailable(_)) if error.is_transient()),
            "{refused:?}"
        );
        shredder
            .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
            .await
            .unwrap();

        proxy.mend();
        listening(reader.clone()).await;
        assert_eq!(
            reader
                .unseal(patient, CLINICAL, &place(), &sealed)
                .await
                .unwrap(),
            Unsealed::Erased
        );
        assert!(matches!(
            reader.seal(patient, CLINICAL, &place(), b"x").await,
            Err(VaultError::Erased)
        ));
    })
    .await;
}

#[tokio::test]
async fn while_only_the_listener_is_down_every_call_asks_the_database() {
    with_world(|world| async move {
        let (vault, other, patient) = (world.vault().await, world.vault().await, someone());
        let sealed = vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap();
        vault.close().await;
        assert!(!vault.is_listening());
        for _ in 0..3 {
            assert!(
                vault
                    .try_unseal(patient, CLINICAL, &place(), &sealed)
                    .is_none()
            );
            assert_eq!(
                vault
                    .unseal(patient, CLINICAL, &place(), &sealed)
                    .await
                    .unwrap(),
                clear("x")
            );
        }
        vault.warm(&[(tenant(), patient, CLINICAL)]).await.unwrap();
        assert!(
            vault
                .try_unseal(patient, CLINICAL, &place(), &sealed)
                .is_none(),
            "not even warmed keys"
        );
        let started = Instant::now();
        other
            .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
            .await
            .unwrap();
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "nobody waits for a closed vault"
        );
        assert_eq!(
            vault
                .unseal(patient, CLINICAL, &place(), &sealed)
                .await
                .unwrap(),
            Unsealed::Erased
        );
    })
    .await;
}

#[tokio::test]
async fn a_shredding_waits_for_a_silent_process_until_that_one_stops_trusting_itself() {
    with_world(|world| async move {
        let proxy = Proxy::to(world.server());
        let shredder = world.vault().await;
        let reader = listening(
            Vault::open(world.database_through(proxy.port()), world.keyring())
                .await
                .unwrap(),
        )
        .await;
        let patient = someone();
        let sealed = reader
            .seal(patient, CLINICAL, &place(), b"x")
            .await
            .unwrap();

        // The worst case: no connection breaks, there is just no word any more.
        proxy.silence();
        assert!(reader.is_listening(), "it can't know yet");
        let started = Instant::now();
        shredder
            .shred(tenant(), patient, CLINICAL, Uuid::now_v7())
            .await
            .unwrap();
        assert!(
            reader
                .try_unseal(patient, CLINICAL, &place(), &sealed)
                .is_none(),
            "not one call later"
        );
        assert!(!reader.is_listening());
        let waited = started.elapsed();
        assert!(
            waited > Duration::from_millis(500) && waited < Duration::from_secs(4),
            "{waited:?}"
        );

        // The notification was in the line all the time.
        proxy.mend();
        listening(reader.clone()).await;
        assert_eq!(
            reader
                .unseal(patient, CLINICAL, &place(), &sealed)
                .await
                .unwrap(),
            Unsealed::Erased
        );
    })
    .await;
}

#[tokio::test]
async fn a_lost_notification_is_noticed_by_its_number() {
    with_world(|world| async move {
        let (vault, patient) = (world.vault().await, someone());
        let sealed = vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap();
        // A shredding without its announcement, as if a pooler had swallowed it.
        let silent = "WITH next AS (UPDATE vault.erasures SET number = number + 1 RETURNING number)
            UPDATE vault.data_keys SET epoch = NULL, wrapped = NULL, shredded_at = now(), shredded_by = gen_random_uuid(), erasure = next.number FROM next";
        world.admin().await.execute(silent, &[]).await.unwrap();
        eventually("the cached key is dropped", || vault.try_unseal(patient, CLINICAL, &place(), &sealed).is_none()).await;
        assert_eq!(vault.unseal(patient, CLINICAL, &place(), &sealed).await.unwrap(), Unsealed::Erased);
    })
    .await;
}

#[tokio::test]
async fn cached_keys_expire() {
    with_world(|world| async move {
        let options = VaultOptions {
            time_to_live: Duration::from_millis(300),
            ..VaultOptions::default()
        };
        let (vault, patient) = (world.vault_with(options).await, someone());
        let sealed = vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap();
        assert!(
            vault
                .try_unseal(patient, CLINICAL, &place(), &sealed)
                .is_some()
        );
        tokio::time::sleep(Duration::from_millis(350)).await;
        assert!(
            vault
                .try_unseal(patient, CLINICAL, &place(), &sealed)
                .is_none()
                && vault.is_listening()
        );
        assert_eq!(
            vault
                .unseal(patient, CLINICAL, &place(), &sealed)
                .await
                .unwrap(),
            clear("x")
        );
    })
    .await;
}

#[tokio::test]
async fn a_dropped_or_closed_vault_leaves_no_listener_behind() {
    with_world(|world| async move {
        let admin = world.admin().await;
        let count = async || -> i64 {
            let sql = "SELECT (SELECT count(*) FROM vault.listeners) + (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%vault.listeners%' AND pid <> pg_backend_pid())";
            admin.query_one(sql, &[]).await.unwrap().get(0)
        };
        let (closed, dropped) = (world.vault().await, world.vault().await);
        assert_eq!(count().await, 4);
        closed.close().await;
        drop(dropped);
        for _ in 0..500 {
            if count().await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("a listener stayed");
    })
    .await;
}

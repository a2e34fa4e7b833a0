//! The keys database comes and goes.

use medilink_vault::{Vault, VaultError};
use uuid::Uuid;

use crate::support::{CLINICAL, clear, eventually, listening, place, someone, tenant, with_world};
use medilink_test_support::Proxy;

#[tokio::test]
async fn without_its_database_the_vault_says_unavailable_and_recovers_by_itself() {
    with_world(|world| async move {
        let proxy = Proxy::to(world.server());
        let vault = listening(
            Vault::open(world.database_through(proxy.port()), world.keyring())
                .await
                .unwrap(),
        )
        .await;
        let patient = someone();
        let sealed = vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap();
        for _ in 0..3 {
            proxy.cut();
            eventually("the loss is noticed", || !vault.is_listening()).await;
            let unavailable = |error: VaultError| {
                matches!(error, VaultError::Unavailable(_)) && error.is_transient()
            };
            assert!(unavailable(
                vault
                    .seal(someone(), CLINICAL, &place(), b"x")
                    .await
                    .unwrap_err()
            ));
            assert!(unavailable(
                vault
                    .seal(patient, CLINICAL, &place(), b"x")
                    .await
                    .unwrap_err()
            ));
            assert!(unavailable(
                vault
                    .unseal(patient, CLINICAL, &place(), &sealed)
                    .await
                    .unwrap_err()
            ));
            assert!(unavailable(
                vault
                    .shred(tenant(), someone(), CLINICAL, Uuid::now_v7())
                    .await
                    .unwrap_err()
            ));
            assert!(unavailable(vault.rotate(|_| {}).await.unwrap_err()));
            assert!(unavailable(
                Vault::open(world.database_through(proxy.port()), world.keyring())
                    .await
                    .unwrap_err()
            ));
            proxy.mend();
            listening(vault.clone()).await;
            assert_eq!(
                vault
                    .unseal(patient, CLINICAL, &place(), &sealed)
                    .await
                    .unwrap(),
                clear("x")
            );
            assert!(
                vault
                    .seal(someone(), CLINICAL, &place(), b"x")
                    .await
                    .is_ok()
            );
        }
    })
    .await;
}

#[tokio::test]
async fn connections_killed_by_the_server_are_replaced() {
    with_world(|world| async move {
        let (vault, patient) = (world.vault().await, someone());
        let sealed = vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap();
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'medilink_vault'";
        world.admin().await.execute(kill, &[]).await.unwrap();
        eventually("the loss is noticed", || !vault.is_listening()).await;
        listening(vault.clone()).await;
        assert_eq!(vault.unseal(patient, CLINICAL, &place(), &sealed).await.unwrap(), clear("x"));
    })
    .await;
}

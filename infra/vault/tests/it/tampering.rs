//! Changed and misplaced bytes.

use medilink_domain::{Category, SubjectId, TenantId};
use medilink_vault::{Binding, VaultError};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use crate::support::{CLINICAL, clear, place, someone, with_world};

#[tokio::test]
async fn sealed_bytes_open_nowhere_else() {
    with_world(|world| async move {
        let (vault, patient, other) = (world.vault().await, someone(), someone());
        let sealed = vault
            .seal(patient, CLINICAL, &place(), b"asthma")
            .await
            .unwrap();
        // Keys exist for the others too, so that it is not a missing key that refuses.
        let foreign = TenantId(Uuid::from_u128(8));
        let elsewhere = Binding {
            tenant: foreign,
            ..place()
        };
        vault.seal(other, CLINICAL, &place(), b"x").await.unwrap();
        vault
            .seal(patient, Category::Identity, &place(), b"x")
            .await
            .unwrap();
        vault
            .seal(patient, CLINICAL, &elsewhere, b"x")
            .await
            .unwrap();
        let attempts: [(&str, SubjectId, Category, Binding<'_>); 9] = [
            ("tenant", patient, CLINICAL, elsewhere),
            (
                "stream",
                patient,
                CLINICAL,
                Binding {
                    stream: "appointment-2",
                    ..place()
                },
            ),
            (
                "version",
                patient,
                CLINICAL,
                Binding {
                    version: 4,
                    ..place()
                },
            ),
            (
                "type",
                patient,
                CLINICAL,
                Binding {
                    kind: "appointment.cancelled",
                    ..place()
                },
            ),
            (
                "field",
                patient,
                CLINICAL,
                Binding {
                    field: "reason",
                    ..place()
                },
            ),
            ("subject", other, CLINICAL, place()),
            ("category", patient, Category::Identity, place()),
            // The same letters, cut elsewhere.
            (
                "cut of stream and type",
                patient,
                CLINICAL,
                Binding {
                    stream: "appointment-1appointment",
                    kind: ".booked",
                    ..place()
                },
            ),
            (
                "cut of type and field",
                patient,
                CLINICAL,
                Binding {
                    kind: "appointment.bookedpay",
                    field: "load",
                    ..place()
                },
            ),
        ];
        for (part, subject, category, binding) in attempts {
            let opened = vault.unseal(subject, category, &binding, &sealed).await;
            assert!(
                matches!(opened, Err(VaultError::Damaged)),
                "{part}: {opened:?}"
            );
        }
        assert_eq!(
            vault
                .unseal(patient, CLINICAL, &place(), &sealed)
                .await
                .unwrap(),
            clear("asthma")
        );
    })
    .await;
}

#[tokio::test]
async fn a_change_of_any_byte_is_refused() {
    with_world(|world| async move {
        let (vault, patient) = (world.vault().await, someone());
        let text = "allergic to penicillin";
        let sealed = vault
            .seal(patient, CLINICAL, &place(), text.as_bytes())
            .await
            .unwrap();
        let opens = |bytes: &[u8]| {
            vault
                .try_unseal(patient, CLINICAL, &place(), bytes)
                .expect("the key is at hand")
        };
        for at in 0..sealed.len() {
            let mut changed = sealed.to_vec();
            changed[at] ^= 1;
            assert!(
                matches!(opens(&changed), Err(VaultError::Damaged)),
                "byte {at}"
            );
        }
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::with_cases(2_000)
        });
        let garbling = (
            any::<prop::sample::Index>(),
            1_u8..,
            any::<prop::sample::Index>(),
            prop::collection::vec(any::<u8>(), 0..40),
        );
        runner
            .run(&garbling, |(at, flip, cut, more)| {
                let mut flipped = sealed.to_vec();
                flipped[at.index(sealed.len())] ^= flip;
                let shortened = &sealed[..cut.index(sealed.len())];
                let lengthened = [&sealed[..], &[flip], &more].concat();
                for garbled in [&flipped[..], shortened, &lengthened, &more] {
                    prop_assert!(matches!(opens(garbled), Err(VaultError::Damaged)));
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(opens(&sealed).unwrap(), clear(text));
    })
    .await;
}

#[tokio::test]
async fn a_wrapped_key_in_another_persons_row_does_not_unwrap() {
    with_world(|world| async move {
        let (vault, patient, thief) = (world.vault().await, someone(), someone());
        let sealed = vault.seal(patient, CLINICAL, &place(), b"x").await.unwrap();
        vault.seal(thief, CLINICAL, &place(), b"x").await.unwrap();
        let copy = "UPDATE vault.data_keys SET wrapped = (SELECT wrapped FROM vault.data_keys WHERE subject = $1) WHERE subject = $2";
        world.admin().await.execute(copy, &[&patient.uuid(), &thief.uuid()]).await.unwrap();
        let opened = world.vault().await.unseal(thief, CLINICAL, &place(), &sealed).await;
        assert!(matches!(opened, Err(VaultError::DamagedKey(_))), "{opened:?}");
    })
    .await;
}

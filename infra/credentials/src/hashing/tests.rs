#![allow(clippy::unwrap_used)]
use std::time::Duration;

use super::*;

fn cheap() -> HashingConfig {
    HashingConfig {
        memory_kib: 256,
        iterations: 1,
        lanes: 1,
        at_once: 2,
        waiting: 2,
    }
}

fn hashing(config: HashingConfig) -> PasswordHashing {
    PasswordHashing::new(config).unwrap()
}

fn password(text: &str) -> Password {
    text.parse().unwrap()
}

/// A password's hash from the tests of the reference implementation.
const REFERENCE: &str =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

#[tokio::test]
async fn only_the_password_is_right() {
    let hashing = hashing(cheap());
    let hash = hashing.hash(&password("caf\u{e9}")).await.unwrap();
    for (text, expected) in [
        ("caf\u{e9}", Verdict::Right),
        ("cafe\u{301}", Verdict::Right),
        ("cafe", Verdict::Wrong),
        ("caf\u{e9} ", Verdict::Wrong),
    ] {
        let verdict = hashing.verify(&password(text), Some(&hash)).await.unwrap();
        assert_eq!(verdict, expected, "{text}");
    }
    let again = hashing.hash(&password("caf\u{e9}")).await.unwrap();
    assert_ne!(hash, again, "every hash has a salt of its own");
}

#[tokio::test]
async fn the_default_is_what_owasp_asks_for() {
    let config = HashingConfig::default();
    assert_eq!(
        (config.memory_kib, config.iterations, config.lanes),
        (19_456, 2, 1)
    );
    assert!(config.at_once > 0 && config.waiting == 64);
    let hashing = hashing(config);
    let hash = hashing.hash(&password("correct horse")).await.unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(hash.as_str().len(), 97);
    let verdict = hashing
        .verify(&password("correct horse"), Some(&hash))
        .await;
    assert_eq!(verdict.unwrap(), Verdict::Right);
}

#[tokio::test]
async fn hashes_of_other_parameters_and_other_software_are_outdated_but_right() {
    let today = hashing(cheap());
    let known: PasswordHash = REFERENCE.parse().unwrap();
    let verdict = |text| {
        let (password, known, today) = (password(text), known.clone(), today.clone());
        async move { today.verify(&password, Some(&known)).await.unwrap() }
    };
    assert_eq!(verdict("password").await, Verdict::RightButOutdated);
    assert_eq!(verdict("Password").await, Verdict::Wrong);

    for other in [
        HashingConfig {
            memory_kib: 512,
            ..cheap()
        },
        HashingConfig {
            iterations: 2,
            ..cheap()
        },
        HashingConfig {
            lanes: 2,
            ..cheap()
        },
    ] {
        let older = hashing(other).hash(&password("x")).await.unwrap();
        let verdict = today.verify(&password("x"), Some(&older)).await.unwrap();
        assert_eq!(verdict, Verdict::RightButOutdated);
    }
}

#[tokio::test]
async fn an_unknown_account_is_wrong_after_the_same_work() {
    let hashing = hashing(cheap());
    let verdict = hashing.verify(&password("x"), None).await.unwrap();
    assert_eq!(verdict, Verdict::Wrong);
    let decoy = Phc::new(hashing.shared.decoy.as_str()).unwrap();
    assert_eq!(Params::try_from(&decoy).unwrap(), hashing.shared.params);
}

#[tokio::test]
async fn who_comes_when_the_queue_is_full_is_told_at_once() {
    let hashing = hashing(HashingConfig {
        at_once: 1,
        waiting: 1,
        ..cheap()
    });
    // As if a hash were being made.
    let shared = &hashing.shared;
    let place = Arc::clone(&shared.places).try_acquire_owned().unwrap();
    let turn = Arc::clone(&shared.turns).try_acquire_owned().unwrap();
    let waiting = tokio::spawn({
        let hashing = hashing.clone();
        async move { hashing.hash(&password("x")).await }
    });
    while shared.places.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..3 {
        let late = hashing.verify(&password("x"), None).await;
        assert!(matches!(late, Err(HashingError::Busy)));
    }
    drop((place, turn));
    assert!(waiting.await.unwrap().is_ok());
    assert!(hashing.hash(&password("x")).await.is_ok());
}

#[tokio::test]
async fn who_gives_up_waiting_frees_the_place_and_a_hash_keeps_its_turn_to_the_end() {
    let hashing = hashing(HashingConfig {
        at_once: 1,
        waiting: 0,
        ..cheap()
    });
    let turn = Arc::clone(&hashing.shared.turns)
        .try_acquire_owned()
        .unwrap();
    let waits = hashing
        .hash(&password("x"))
        .await_for(Duration::from_millis(20))
        .await;
    assert!(waits.is_none());
    assert_eq!(hashing.shared.places.available_permits(), 1);
    drop(turn);

    let (begin, begun) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let work = hashing.in_turn(move |_| {
        begin.send(()).unwrap();
        ended.recv().map_err(|_| HashingError::Busy)
    });
    assert!(work.await_for(Duration::from_millis(20)).await.is_none());
    begun.recv().unwrap();
    let late = hashing.hash(&password("x")).await;
    assert!(matches!(late, Err(HashingError::Busy)));
    end.send(()).unwrap();
    while hashing.shared.places.available_permits() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(hashing.hash(&password("x")).await.is_ok());
}

trait AwaitFor: Future + Sized {
    /// The answer, unless it takes longer; then the future is dropped.
    async fn await_for(self, longest: Duration) -> Option<Self::Output> {
        tokio::time::timeout(longest, self).await.ok()
    }
}

impl<F: Future> AwaitFor for F {}

#[test]
fn settings_out_of_bounds_are_refused() {
    for config in [
        HashingConfig {
            at_once: 0,
            ..cheap()
        },
        HashingConfig {
            memory_kib: 7,
            ..cheap()
        },
        HashingConfig {
            memory_kib: (1 << 20) + 1,
            ..cheap()
        },
        HashingConfig {
            iterations: 0,
            ..cheap()
        },
        HashingConfig {
            iterations: 65,
            ..cheap()
        },
        HashingConfig {
            lanes: 0,
            ..cheap()
        },
        HashingConfig {
            lanes: 65,
            memory_kib: 1_024,
            ..cheap()
        },
        HashingConfig {
            lanes: 64,
            ..cheap()
        },
    ] {
        let made = PasswordHashing::new(config);
        assert!(matches!(made, Err(HashingError::Settings(_))));
    }
    let endless = HashingConfig {
        at_once: usize::MAX,
        waiting: usize::MAX,
        ..cheap()
    };
    assert!(PasswordHashing::new(endless).is_ok());
}

#[test]
fn settings_are_read_by_name_and_strangers_are_refused() {
    let read = |text| serde_json::from_str::<HashingConfig>(text);
    let some = read(r#"{"memory_kib": 47104, "iterations": 1}"#).unwrap();
    assert_eq!(
        (some.memory_kib, some.iterations, some.waiting),
        (47_104, 1, 64)
    );
    assert!(read(r#"{"memory": 47104}"#).is_err());
}

#[test]
fn only_bearable_argon2id_hashes_are_read() {
    let with = |from: &str, to: &str| REFERENCE.replace(from, to);
    let malformed = InvalidPasswordHash::Malformed;
    let out_of_bounds = InvalidPasswordHash::OutOfBounds;
    for (text, error) in [
        (String::new(), malformed),
        ("$".to_owned(), malformed),
        ("$argon2id".to_owned(), malformed),
        (with("argon2id", "argon2i"), malformed),
        (with("argon2id", "argon2d"), malformed),
        (with("argon2id", "scrypt"), malformed),
        (with("v=19", "v=16"), malformed),
        (with("$v=19", ""), malformed),
        (with("m=256,", ""), malformed),
        (with(",p=1", ""), malformed),
        (with(",p=1", ",p=1,data=AAAA"), malformed),
        (
            with("$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", ""),
            malformed,
        ),
        (with("p=1", &format!("p=1{}", " ".repeat(200))), malformed),
        (with("m=256", "m=1048577"), out_of_bounds),
        (with("m=256", "m=4294967295"), out_of_bounds),
        (with("m=256", "m=4294967296"), out_of_bounds),
        (with("m=256", "m=7"), out_of_bounds),
        (with("t=2", "t=65"), out_of_bounds),
        (with("t=2", "t=0"), out_of_bounds),
        (with("p=1", "p=65"), out_of_bounds),
        (
            with(
                "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "nf65EOgLrQMR/uI",
            ),
            out_of_bounds,
        ),
    ] {
        assert_eq!(text.parse::<PasswordHash>(), Err(error), "{text}");
    }
    for (from, to) in [("m=256", "m=1048576"), ("t=2", "t=64")] {
        assert!(with(from, to).parse::<PasswordHash>().is_ok());
    }
}

#[test]
fn a_hash_is_a_string_in_json_and_never_shows() {
    let hash: PasswordHash = REFERENCE.parse().unwrap();
    let json = serde_json::to_string(&hash).unwrap();
    assert_eq!(json, format!("\"{REFERENCE}\""));
    assert_eq!(serde_json::from_str::<PasswordHash>(&json).unwrap(), hash);
    assert_eq!(format!("{hash:?}"), "PasswordHash(redacted)");

    let hashing = hashing(cheap());
    let secret = hashing.shared.decoy.as_str().rsplit('$').next().unwrap();
    assert!(!format!("{hashing:?}").contains(secret));
    let damaged = json.replace("m=256", "m=4294967295");
    let error = serde_json::from_str::<PasswordHash>(&damaged).unwrap_err();
    assert!(!error.to_string().contains("nf65EOg"), "{error}");
}

#![allow(clippy::unwrap_used)]
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;

use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::token::{AccessClaims, TokenError};

/// The key of RFC 8037 appendix A.1, as OpenSSL would write it.
const RFC_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
/// Its thumbprint, of appendix A.3.
const RFC_ID: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

fn temporary() -> (PathBuf, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (folder.path().join("keys"), folder)
}

fn load(folder: &Path) -> TokenKeys {
    TokenKeys::load_or_create(folder, "medilink", "medilink").unwrap()
}

fn refused(folder: &Path) -> TokenKeysError {
    TokenKeys::load_or_create(folder, "medilink", "medilink").unwrap_err()
}

fn now() -> DateTime<Utc> {
    "2026-08-01T06:30:00Z".parse().unwrap()
}

fn token(keys: &TokenKeys) -> String {
    let claims = AccessClaims {
        subject: Uuid::now_v7(),
        session: Uuid::now_v7(),
        tenant: Uuid::now_v7(),
        id: Uuid::now_v7(),
        issued_at: now(),
        expires_at: now() + TimeDelta::minutes(5),
    };
    keys.issue(&claims).unwrap()
}

fn signing(keys: &TokenKeys) -> String {
    keys.current().signing_id().to_owned()
}

fn pem_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "pem"))
        .collect();
    files.sort();
    files
}

fn put(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    set_mode(path, mode);
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn the_first_key_is_made_once_and_for_its_owner_only() {
    let (folder, _root) = temporary();
    let keys = load(&folder);
    assert_eq!(mode(&folder), 0o700);
    let files = pem_files(&folder);
    assert_eq!(files.len(), 1);
    assert_eq!(mode(&files[0]), 0o600);

    let name = files[0].file_name().unwrap().to_str().unwrap();
    let (stamp, random) = name.strip_suffix(".pem").unwrap().split_once('-').unwrap();
    let made = chrono::NaiveDateTime::parse_from_str(stamp, "%Y%m%dT%H%M%S").unwrap();
    assert!((Utc::now().naive_utc() - made).abs() < TimeDelta::minutes(1));
    assert_eq!((stamp.len(), random.len()), (15, 8));

    assert_eq!(signing(&load(&folder)), signing(&keys));
    assert_eq!(pem_files(&folder), files);
    assert!(load(&folder).verify(&token(&keys), now()).is_ok());
}

#[test]
fn processes_that_start_at_once_end_with_the_same_key() {
    for _ in 0..20 {
        let (folder, _root) = temporary();
        let barrier = Barrier::new(8);
        let start = || {
            barrier.wait();
            load(&folder)
        };
        let started: Vec<TokenKeys> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let ids: BTreeSet<String> = started.iter().map(signing).collect();
        assert_eq!((ids.len(), pem_files(&folder).len()), (1, 1));
    }
}

#[test]
fn a_new_key_signs_and_the_old_one_still_verifies() {
    let (folder, _root) = temporary();
    let keys = load(&folder);
    let (old, old_token) = (signing(&keys), token(&keys));
    let new = TokenKeys::add_key(&folder).unwrap();
    assert_ne!(old, new);
    assert_eq!(
        signing(&keys),
        old,
        "nothing changes in a running process by itself"
    );

    keys.reload().unwrap();
    assert_eq!(signing(&keys), new);
    for known in [&keys, &load(&folder)] {
        assert!(known.verify(&old_token, now()).is_ok());
        assert!(known.verify(&token(&keys), now()).is_ok());
    }
    let published = keys.jwks();
    let ids: Vec<&str> = published["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["kid"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [&new, &old], "the newest first");

    fs::remove_file(&pem_files(&folder)[0]).unwrap();
    keys.reload().unwrap();
    assert_eq!(keys.verify(&old_token, now()), Err(TokenError::UnknownKey));
}

#[test]
fn each_new_key_is_newer_than_the_last_however_quickly_and_whatever_the_clock_says() {
    let (folder, _root) = temporary();
    for _ in 0..5 {
        let added = TokenKeys::add_key(&folder).unwrap();
        assert_eq!(signing(&load(&folder)), added);
    }
    put(&folder.join("20991231T235959-ffffffff.pem"), RFC_KEY, 0o600);
    assert_eq!(signing(&load(&folder)), RFC_ID);
    let added = TokenKeys::add_key(&folder).unwrap();
    assert_eq!(signing(&load(&folder)), added);
    assert!(
        pem_files(&folder)[6]
            .to_str()
            .unwrap()
            .contains("21000101T000000-")
    );

    put(&folder.join("key.pem"), RFC_KEY, 0o600);
    let undated = TokenKeys::add_key(&folder);
    assert!(matches!(undated, Err(TokenKeysError::NotDated(_))));
}

#[test]
fn a_key_that_another_process_added_is_found_at_most_once_in_ten_seconds() {
    let (folder, _root) = temporary();
    let (here, there) = (load(&folder), load(&folder));
    let (other, _other) = temporary();
    let stranger = token(&load(&other));
    let unknown = Err(TokenError::UnknownKey);

    TokenKeys::add_key(&folder).unwrap();
    there.reload().unwrap();
    assert!(here.verify(&token(&there), now()).is_ok());
    assert_eq!(
        signing(&here),
        signing(&there),
        "it signs here as well from then on"
    );

    TokenKeys::add_key(&folder).unwrap();
    there.reload().unwrap();
    let newest = token(&there);
    let at = |seconds| now() + TimeDelta::seconds(seconds);
    assert_eq!(here.verify(&newest, at(9)).map(|_| ()), unknown);
    assert!(here.verify(&newest, at(10)).is_ok());

    TokenKeys::add_key(&folder).unwrap();
    there.reload().unwrap();
    assert_eq!(here.verify(&stranger, at(20)).map(|_| ()), unknown);
    assert!(
        here.verify(&token(&there), at(20)).is_ok(),
        "the stranger had it read"
    );
    TokenKeys::add_key(&folder).unwrap();
    there.reload().unwrap();
    // A clock that was set back by more than that doesn't stop it.
    assert!(here.verify(&token(&there), at(5)).is_ok());
}

#[test]
fn keys_stay_as_they_were_when_the_folder_can_not_be_read_again() {
    let (folder, _root) = temporary();
    let keys = load(&folder);
    let known = token(&keys);
    let (other, _other) = temporary();
    put(
        &folder.join("30000101T000000-00000000.pem"),
        "damaged",
        0o600,
    );
    assert!(matches!(keys.reload(), Err(TokenKeysError::Malformed(_))));
    let unknown = keys.verify(&token(&load(&other)), now());
    assert_eq!(unknown, Err(TokenError::UnknownKey));
    assert!(keys.verify(&known, now()).is_ok());

    for file in pem_files(&folder) {
        fs::remove_file(file).unwrap();
    }
    assert!(matches!(keys.reload(), Err(TokenKeysError::Missing(_))));
    assert!(keys.verify(&token(&keys), now()).is_ok());
}

#[test]
fn the_key_set_is_that_of_the_rfc_and_has_public_parts_only() {
    let (folder, _root) = temporary();
    fs::create_dir(&folder).unwrap();
    set_mode(&folder, 0o755);
    put(&folder.join("rfc.pem"), RFC_KEY, 0o400);
    // What else may lie there.
    put(&folder.join(".hidden.pem"), "damaged", 0o644);
    put(&folder.join("notes.txt"), "damaged", 0o644);
    let expected = json!({"keys": [{
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": RFC_ID,
        "use": "sig",
        "alg": "EdDSA",
    }]});
    assert_eq!(load(&folder).jwks(), expected);
}

#[test]
fn what_others_may_read_or_change_is_refused() {
    let (folder, _root) = temporary();
    load(&folder);
    let file = pem_files(&folder).remove(0);
    for open in [0o640, 0o604, 0o620] {
        set_mode(&file, open);
        assert!(
            matches!(refused(&folder), TokenKeysError::Permissions { mode, .. } if mode == open)
        );
    }
    set_mode(&file, 0o600);
    for open in [0o720, 0o702] {
        set_mode(&folder, open);
        assert!(
            matches!(refused(&folder), TokenKeysError::Permissions { mode, .. } if mode == open)
        );
        assert!(TokenKeys::add_key(&folder).is_err());
    }
    set_mode(&folder, 0o700);
    load(&folder);
}

#[test]
fn a_file_that_is_not_an_ed25519_key_is_refused_and_not_quoted() {
    let (folder, _root) = temporary();
    load(&folder);
    let file = folder.join("30000101T000000-00000000.pem");
    for text in [
        String::new(),
        "secret words".to_owned(),
        RFC_KEY.replace("PRIVATE", "PUBLIC"),
        RFC_KEY.replace("MC4C", "MC4D"),
        RFC_KEY.replace("rn9g", "rn9"),
        RFC_KEY.replace("-----END PRIVATE KEY-----", ""),
        // P-256, not Ed25519.
        RFC_KEY.replace("K2Vw", "KoZI"),
        format!("{}{RFC_KEY}", "x".repeat(5_000)),
    ] {
        put(&file, &text, 0o600);
        let error = refused(&folder);
        assert!(matches!(error, TokenKeysError::Malformed(_)), "{text}");
        let told = format!("{error} {error:?}");
        assert!(!told.contains("secret") && !told.contains("MC4C"), "{told}");
    }
    put(
        &file,
        &format!("made by hand\r\n{}", RFC_KEY.replace('\n', "\r\n")),
        0o600,
    );
    assert_eq!(signing(&load(&folder)), RFC_ID);
}

#[test]
fn keys_never_show() {
    let (folder, _root) = temporary();
    let keys = load(&folder);
    let text = fs::read_to_string(&pem_files(&folder)[0]).unwrap();
    let secret = text.lines().nth(1).unwrap();
    assert_eq!((text.lines().count(), secret.len()), (3, 64));
    let shown = format!("{keys:?} {}", keys.jwks());
    assert!(!shown.contains(&secret[22..]) && shown.contains(&signing(&keys)));
}

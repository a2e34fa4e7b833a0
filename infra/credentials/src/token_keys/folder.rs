//! Signing keys in files: PKCS#8 (RFC 5958) in PEM (RFC 7468), readable by their owner alone.
//!
//! A file is made under a temporary name with mode 0600, flushed, moved into place without
//! ever replacing one, and the folder is flushed: after a crash a key is there whole or not at
//! all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aws_lc_rs::rand;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{NaiveDateTime, TimeDelta, Utc};
use zeroize::Zeroizing;

use super::TokenKeysError;

const HEADING: &str = "-----BEGIN PRIVATE KEY-----";
const ENDING: &str = "-----END PRIVATE KEY-----";
const EXTENSION: &str = "pem";
/// Held by whoever makes a key.
const LOCK: &str = ".lock";
/// How a key's name begins.
const STAMP: &str = "%Y%m%dT%H%M%S";
const STAMP_LENGTH: usize = 15;
/// More than any key file has, so that a wrong file can't fill the memory.
const MAX_FILE: u64 = 4_096;

/// A key as it is in its file.
pub(super) struct StoredKey {
    pkcs8: Zeroizing<Vec<u8>>,
    pair: Ed25519KeyPair,
}

impl StoredKey {
    fn new(pkcs8: Zeroizing<Vec<u8>>) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).ok()?;
        Some(Self { pkcs8, pair })
    }

    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub(super) fn pair(&self) -> &Ed25519KeyPair {
        &self.pair
    }
}

/// All keys of a folder, the newest first.
pub(super) fn read(folder: &Path) -> Result<Vec<StoredKey>, TokenKeysError> {
    check_mode(folder, 0o022, 0o700)?;
    let mut keys = Vec::new();
    for name in names(folder)?.into_iter().rev() {
        match read_key(&folder.join(name)) {
            // Deleted a moment ago.
            Err(TokenKeysError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            key => keys.push(key?),
        }
    }
    Ok(keys)
}

/// Makes the folder, and the first key of one that has none.
pub(super) fn create_if_empty(folder: &Path) -> Result<(), TokenKeysError> {
    create_folder(folder)?;
    // Without the lock first: a folder that has keys may be mounted read-only.
    if names(folder)?.is_empty() {
        let _lock = lock(folder)?;
        // Another process may have been first.
        if names(folder)?.is_empty() {
            create_key(folder)?;
        }
    }
    Ok(())
}

/// Makes a key that is newer than all others of the folder.
pub(super) fn add(folder: &Path) -> Result<StoredKey, TokenKeysError> {
    create_folder(folder)?;
    let _lock = lock(folder)?;
    create_key(folder)
}

fn create_folder(folder: &Path) -> Result<(), TokenKeysError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(io(folder))?;
    check_mode(folder, 0o022, 0o700)
}

/// Keeps other processes from making keys until it is dropped, or the process ends.
fn lock(folder: &Path) -> Result<File, TokenKeysError> {
    let path = folder.join(LOCK);
    let file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .map_err(io(&path))?;
    file.lock().map_err(io(&path))?;
    Ok(file)
}

/// The names of the keys, the oldest first.
fn names(folder: &Path) -> Result<Vec<OsString>, TokenKeysError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let name = entry.map_err(io(folder))?.file_name();
        let hidden = name.as_encoded_bytes().starts_with(b".");
        if !hidden
            && Path::new(&name)
                .extension()
                .is_some_and(|it| it == EXTENSION)
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn create_key(folder: &Path) -> Result<StoredKey, TokenKeysError> {
    let crypto = |_| TokenKeysError::Crypto("making a key");
    let mut random = [0; 4];
    rand::fill(&mut random).map_err(crypto)?;
    let newest = names(folder)?.pop();
    let now = Utc::now().naive_utc();
    // One that is made within the same second, or by a clock that is behind, is newer too.
    let stamp = newest
        .as_ref()
        .and_then(|name| stamp_of(name.to_str()?))
        .map_or(now, |latest| now.max(latest + TimeDelta::seconds(1)));
    let name = format!(
        "{}-{}.{EXTENSION}",
        stamp.format(STAMP),
        hex::encode(random)
    );
    if let Some(newest) = newest.filter(|newest| newest.as_os_str() >= name.as_str()) {
        return Err(TokenKeysError::NotDated(folder.join(newest)));
    }
    let pkcs8 = Ed25519KeyPair::generate()
        // Version 1 is what OpenSSL reads as well.
        .and_then(|pair| pair.to_pkcs8v1())
        .map_err(crypto)?;
    let path = folder.join(name);
    write(&path, &pem_of(pkcs8.as_ref()))?;
    read_key(&path)
}

fn stamp_of(name: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(name.get(..STAMP_LENGTH)?, STAMP).ok()
}

fn write(path: &Path, text: &str) -> Result<(), TokenKeysError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // `tempfile` opens with O_EXCL and mode 0600, and removes the file when this fails.
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .tempfile_in(folder)
        .map_err(io(folder))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(io(path))?;
    file.persist_noclobber(path)
        .map_err(|error| io(path)(error.error))?;
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io(folder))
}

fn read_key(path: &Path) -> Result<StoredKey, TokenKeysError> {
    check_mode(path, 0o077, 0o600)?;
    // Sized in advance: a growing buffer would leave copies of the key behind.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_FILE as usize + 1));
    File::open(path)
        .and_then(|file| file.take(MAX_FILE).read_to_end(&mut text))
        .map_err(io(path))?;
    std::str::from_utf8(&text)
        .ok()
        .and_then(pkcs8_of)
        .and_then(StoredKey::new)
        .ok_or_else(|| TokenKeysError::Malformed(path.to_owned()))
}

/// The 48 bytes of an Ed25519 key make one line of 64 characters, as long as RFC 7468 §2 asks
/// for. Own code, because the libraries for PEM leave copies of the key in freed memory.
fn pem_of(pkcs8: &[u8]) -> Zeroizing<String> {
    let lines = 3;
    let length = HEADING.len() + pkcs8.len().div_ceil(3) * 4 + ENDING.len() + lines;
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str(HEADING);
    text.push('\n');
    STANDARD.encode_string(pkcs8, &mut text);
    text.push('\n');
    text.push_str(ENDING);
    text.push('\n');
    text
}

/// What is between the first heading and its ending, however its lines are broken.
fn pkcs8_of(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = text.split_once(HEADING)?.1.split_once(ENDING)?.0;
    let mut digits = Zeroizing::new(Vec::with_capacity(body.len()));
    digits.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut pkcs8 = Zeroizing::new(Vec::with_capacity(body.len()));
    STANDARD.decode_vec(&digits, &mut pkcs8).ok()?;
    Some(pkcs8)
}

/// Refuses a file or folder that has one of the `forbidden` permissions.
fn check_mode(path: &Path, forbidden: u32, wanted: u32) -> Result<(), TokenKeysError> {
    let mode = fs::metadata(path).map_err(io(path))?.permissions().mode() & 0o7777;
    if mode & forbidden == 0 {
        return Ok(());
    }
    Err(TokenKeysError::Permissions {
        path: path.to_owned(),
        mode,
        wanted,
    })
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> TokenKeysError + '_ {
    |source| TokenKeysError::Io {
        path: path.to_owned(),
        source,
    }
}

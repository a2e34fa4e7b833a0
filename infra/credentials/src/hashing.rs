//! Hashes of passwords (argon2id, RFC 9106), made off the runtime's threads and never more at
//! once than the machine can bear.

mod password_hash;

use std::sync::Arc;

use argon2::password_hash::Error as LibraryError;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use password_hash::{InvalidPasswordHash, PasswordHash};

use crate::password::Password;

/// How passwords are hashed. The cost of one hash is what the OWASP Password Storage Cheat
/// Sheet asks for at least: 19 MiB, two iterations, one lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HashingConfig {
    /// The memory of one hash, in KiB: at least 8 for each lane, at most 1048576 (1 GiB).
    pub memory_kib: u32,
    /// How often that memory is gone over, from 1 to 64.
    pub iterations: u32,
    /// How many lanes the memory has, from 1 to 64. They are worked on one after the other, so
    /// more of them help only those who guess.
    pub lanes: u32,
    /// How many hashes are made at the same time, at least 1; as many as there are processors
    /// unless set.
    pub at_once: usize,
    /// How many callers may wait for their turn.
    pub waiting: usize,
}

impl Default for HashingConfig {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1_024,
            iterations: 2,
            lanes: 1,
            at_once: std::thread::available_parallelism().map_or(1, usize::from),
            waiting: 64,
        }
    }
}

/// Why a password was not hashed.
#[derive(Debug, Error)]
pub enum HashingError {
    /// As many are waiting as may: the same call may succeed later.
    #[error("too many passwords are being checked at this moment")]
    Busy,
    /// The settings can't be used.
    #[error("the settings of password hashing: {0}")]
    Settings(&'static str),
    /// The machine is out of memory or entropy, or the process is about to end.
    #[error("hashing a password failed: {0}")]
    Failed(&'static str),
}

/// What a password is to a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is the password, but its hash has not today's parameters: hash it anew.
    RightButOutdated,
    /// It is not the password, or there is none.
    Wrong,
}

/// Hashes passwords and checks them. Cheap to clone; clones share the queue.
#[derive(Clone, Debug)]
pub struct PasswordHashing {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    params: Params,
    /// A hash of a password that nobody knows.
    decoy: PasswordHash,
    /// A place for everyone who is hashing or waiting.
    places: Arc<Semaphore>,
    /// A turn for everyone who is hashing.
    turns: Arc<Semaphore>,
}

/// Held for as long as a hash is being made, even when nobody waits for it any more.
struct Turn {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl PasswordHashing {
    /// Takes the settings, and makes one hash with them, which takes as long as one does.
    ///
    /// # Errors
    /// [`HashingError::Settings`] when they are out of bounds, [`HashingError::Failed`] without
    /// memory or entropy.
    pub fn new(config: HashingConfig) -> Result<Self, HashingError> {
        if config.at_once == 0 {
            return Err(HashingError::Settings("at_once must be at least 1"));
        }
        let params = Params::new(
            config.memory_kib,
            config.iterations,
            config.lanes,
            Some(Params::DEFAULT_OUTPUT_LEN),
        )
        .ok()
        .filter(password_hash::within_bounds)
        .ok_or(HashingError::Settings(
            "memory_kib must be from 8 for each lane to 1048576, iterations and lanes from 1 to 64",
        ))?;
        let places = config.at_once.saturating_add(config.waiting);
        let limited = |most: usize| Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Ok(Self {
            shared: Arc::new(Shared {
                decoy: decoy(&params)?,
                params,
                places: limited(places),
                turns: limited(config.at_once),
            }),
        })
    }

    /// Hashes a password with today's parameters and a new random salt.
    ///
    /// # Errors
    /// [`HashingError::Busy`] at once when as many wait as may; [`HashingError::Failed`].
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, HashingError> {
        let password = password.clone();
        self.in_turn(move |params| make(params, password.expose().as_bytes()))
            .await
    }

    /// Checks a password against the hash that is known of the account. Without one the same
    /// work is done and the answer is [`Verdict::Wrong`]: how long it takes doesn't tell
    /// whether the account exists. (A hash with older parameters does take another time.)
    ///
    /// # Errors
    /// [`HashingError::Busy`] at once when as many wait as may; [`HashingError::Failed`].
    pub async fn verify(
        &self,
        password: &Password,
        known: Option<&PasswordHash>,
    ) -> Result<Verdict, HashingError> {
        let exists = known.is_some();
        let hash = known.unwrap_or(&self.shared.decoy).clone();
        let password = password.clone();
        let verdict = self
            .in_turn(move |params| compare(params, password.expose().as_bytes(), &hash))
            .await?;
        Ok(if exists { verdict } else { Verdict::Wrong })
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Params) -> Result<T, HashingError> + Send + 'static,
    ) -> Result<T, HashingError> {
        let shared = Arc::clone(&self.shared);
        let place = Arc::clone(&shared.places).try_acquire_owned();
        let _place = place.map_err(|_| HashingError::Busy)?;
        let turn = Arc::clone(&shared.turns).acquire_owned().await;
        let _turn = turn.map_err(|_| HashingError::Busy)?;
        let turn = Turn { _place, _turn };
        // A hash can't be stopped half-way: it keeps its turn when the caller is gone.
        let made = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&shared.params)
        });
        made.await
            .map_err(|_| HashingError::Failed("it was given up"))?
    }
}

fn make(params: &Params, password: &[u8]) -> Result<PasswordHash, HashingError> {
    let made = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password(password)
        .map_err(|_| HashingError::Failed("no memory or no entropy"))?;
    made.to_string()
        .parse()
        .map_err(|_| HashingError::Failed("the hash can't be read back"))
}

fn compare(params: &Params, password: &[u8], hash: &PasswordHash) -> Result<Verdict, HashingError> {
    let known = Phc::new(hash.as_str())
        .map_err(|_| HashingError::Failed("the known hash can't be read"))?;
    let today = Params::try_from(&known).is_ok_and(|known| known == *params);
    // Takes its parameters from the hash, and compares in constant time.
    match Argon2::default().verify_password(password, &known) {
        Ok(()) if today => Ok(Verdict::Right),
        Ok(()) => Ok(Verdict::RightButOutdated),
        Err(LibraryError::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(_) => Err(HashingError::Failed("no memory")),
    }
}

fn decoy(params: &Params) -> Result<PasswordHash, HashingError> {
    let mut nobodys = [0; 32];
    rand::fill(&mut nobodys).map_err(|_| HashingError::Failed("no entropy"))?;
    make(params, &nobodys)
}

#[cfg(test)]
mod tests;

//! Passwords, second factors and access tokens: what people sign in with, and what they show
//! afterwards.
//!
//! Programs sign in with a JWT of their own, and are given an access token too.
//!
//! Nothing here knows of accounts, sessions or the log: passwords become hashes and claims
//! become signed text, and back.
//!
//! # Promises
//! - **Nothing secret shows.** Passwords, their hashes and private keys are in no `Debug`, no
//!   `Display` and no error. Passwords and the files of keys are overwritten in memory when
//!   they are dropped. (The estimate of a new password's strength and the 19 MiB that a hash
//!   works in are not.)
//! - **An unknown account costs as much as a known one.** [`PasswordHashing::verify`] hashes
//!   either way.
//! - **A flood of sign-ins ends at the door.** No more hashes are made at once than was set,
//!   and no more callers wait for their turn; who comes later is told so at once.
//! - **A token is what one of our keys signed, for us, and not yet expired.** What it says of
//!   itself chooses neither the algorithm nor the key's origin ([`TokenKeys::verify`]).
//! - **What we sign for others to keep lets nobody in**, and no token passes for it
//!   ([`TokenKeys::sign`], [`TokenKeys::read`]).

mod assertion;
mod client_key;
mod client_token;
mod hashing;
mod passkey;
mod password;
mod statement;
mod token;
mod token_keys;
mod totp;

pub use assertion::{Assertion, AssertionError, claimed_client, verify_assertion};
pub use client_key::{ClientKey, InvalidClientKey};
pub use client_token::ClientClaims;
pub use hashing::{
    HashingConfig, HashingError, InvalidPasswordHash, PasswordHash, PasswordHashing, Verdict,
};
pub use passkey::{PasskeyError, PasskeyLogin, PasskeySite, ShownPasskey};
pub use password::{InvalidPassword, Password, PasswordRules, WeakPassword};
pub use statement::StatementKind;
pub use token::{AccessClaims, TokenError};
pub use token_keys::{TokenKeys, TokenKeysError};
pub use totp::{TotpError, TotpInvitation, TotpKey};

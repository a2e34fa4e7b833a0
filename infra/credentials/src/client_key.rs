//! The public keys of programs that sign in with a JWT of their own (`private_key_jwt`).

use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::{Algorithm, DecodingKey};
use thiserror::Error;

/// The sizes of an RSA modulus that are verified with, in bytes.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// It is no public key of its algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a public key that signatures can be verified with")]
pub struct InvalidClientKey;

/// A public key and the one algorithm that it is for, so that no JWT chooses another
/// (RFC 8725 §3.1).
#[derive(Clone)]
pub struct ClientKey {
    id: String,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl ClientKey {
    /// A key of ECDSA on P-384 with SHA-384 (`ES384`), by the coordinates of its point.
    ///
    /// # Errors
    /// [`InvalidClientKey`] when that is no point of the curve.
    pub fn es384(id: &str, x: &str, y: &str) -> Result<Self, InvalidClientKey> {
        let (x, y) = (bytes(x)?, bytes(y)?);
        if x.len() != 48 || y.len() != 48 {
            return Err(InvalidClientKey);
        }
        let point = [&[4], &x[..], &y[..]].concat();
        ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, &point).map_err(|_| InvalidClientKey)?;
        Ok(Self::new(
            id,
            Algorithm::ES384,
            DecodingKey::from_ec_der(&point),
        ))
    }

    /// A key of RSA with SHA-384 (`RS384`), by its modulus and exponent.
    ///
    /// # Errors
    /// [`InvalidClientKey`] when it has fewer than 2048 bits or more than 8192, or is none.
    pub fn rs384(id: &str, n: &str, e: &str) -> Result<Self, InvalidClientKey> {
        let (n, e) = (bytes(n)?, bytes(e)?);
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        let is_key = RSA_BYTES.contains(&n.len())
            && n.first()
                .is_some_and(|first| *first >= 0x80 || n.len() > 256)
            && odd(&n)
            && odd(&e)
            && (1..=8).contains(&e.len())
            && e != [1];
        if !is_key {
            return Err(InvalidClientKey);
        }
        let key = DecodingKey::from_rsa_raw_components(&n, &e);
        Ok(Self::new(id, Algorithm::RS384, key))
    }

    /// A key of Ed25519 (`EdDSA`).
    ///
    /// # Errors
    /// [`InvalidClientKey`] when it is none.
    pub fn ed25519(id: &str, x: &str) -> Result<Self, InvalidClientKey> {
        let x = bytes(x)?;
        if x.len() != 32 {
            return Err(InvalidClientKey);
        }
        ParsedPublicKey::new(&ED25519, &x).map_err(|_| InvalidClientKey)?;
        Ok(Self::new(
            id,
            Algorithm::EdDSA,
            DecodingKey::from_ed_der(&x),
        ))
    }

    fn new(id: &str, algorithm: Algorithm, key: DecodingKey) -> Self {
        // As in `token_keys`: before anything else of the library.
        let _ = aws_lc::DEFAULT_PROVIDER.install_default();
        Self {
            id: id.to_owned(),
            algorithm,
            key,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) const fn key(&self) -> &DecodingKey {
        &self.key
    }
}

impl std::fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClientKey({}, {:?})", self.id, self.algorithm)
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, InvalidClientKey> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidClientKey)
}

//! The public keys that an integrator signs with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{KeyId, KeyNumber};

/// The fewest characters of an RSA key's number: 2048 bits (RFC 7518, 3.3).
const SHORTEST_RSA: usize = 342;

/// A public key, for the one algorithm that its owner signs with: those that SMART App Launch
/// demands of a server, and the one that we sign with ourselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "alg")]
pub enum ClientKey {
    /// ECDSA on the curve P-384, with SHA-384.
    #[serde(rename = "ES384")]
    Es384 {
        /// What its owner calls it.
        kid: KeyId,
        /// The point's first coordinate.
        x: KeyNumber,
        /// The point's second coordinate.
        y: KeyNumber,
    },
    /// RSA (PKCS #1 v1.5) with SHA-384.
    #[serde(rename = "RS384")]
    Rs384 {
        /// What its owner calls it.
        kid: KeyId,
        /// The modulus.
        n: KeyNumber,
        /// The exponent.
        e: KeyNumber,
    },
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    Ed25519 {
        /// What its owner calls it.
        kid: KeyId,
        /// The point.
        x: KeyNumber,
    },
}

impl ClientKey {
    /// What its owner calls it.
    pub const fn kid(&self) -> &KeyId {
        match self {
            Self::Es384 { kid, .. } | Self::Rs384 { kid, .. } | Self::Ed25519 { kid, .. } => kid,
        }
    }

    /// The name of its algorithm (RFC 7518, RFC 8037).
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Es384 { .. } => "ES384",
            Self::Rs384 { .. } => "RS384",
            Self::Ed25519 { .. } => "EdDSA",
        }
    }

    /// Whether its numbers are as long as its algorithm needs them. Whether they are a key is for
    /// who verifies with it to say.
    pub(super) fn is_long_enough(&self) -> bool {
        let long = |number: &KeyNumber| number.as_str().len();
        match self {
            Self::Es384 { x, y, .. } => long(x) == 64 && long(y) == 64,
            Self::Rs384 { n, e, .. } => long(n) >= SHORTEST_RSA && (3..=11).contains(&long(e)),
            Self::Ed25519 { x, .. } => long(x) == 43,
        }
    }
}

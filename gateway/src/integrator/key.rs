//! Public keys as they travel: JWKs (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use medilink_domain::integrator::ClientKey;
use medilink_domain::values::{KeyId, KeyNumber};
use poem_openapi::Object;

use crate::input::field;
use crate::problem::Problem;
use crate::problem_kinds as kinds;

/// A public key: EC on P-384 for ES384, RSA from 2048 bits on for RS384, or OKP with Ed25519 for
/// EdDSA. Of a private key nothing is taken.
#[derive(Object)]
pub struct KeyIn {
    /// `EC`, `RSA` or `OKP`.
    #[oai(validator(min_length = 1, max_length = 16))]
    kty: String,
    /// What you call it; each assertion names it.
    #[oai(validator(min_length = 1, max_length = 128))]
    kid: String,
    /// The algorithm, if you say: `ES384`, `RS384` or `EdDSA`.
    #[oai(validator(min_length = 1, max_length = 16))]
    alg: Option<String>,
    /// `sig`, if you say.
    #[oai(rename = "use", validator(min_length = 1, max_length = 16))]
    usage: Option<String>,
    /// With `verify` in it, if you say.
    #[oai(validator(max_items = 8))]
    key_ops: Option<Vec<String>>,
    /// `P-384` or `Ed25519`.
    #[oai(validator(min_length = 1, max_length = 16))]
    crv: Option<String>,
    /// The first coordinate, or the point.
    #[oai(validator(min_length = 1, max_length = 128))]
    x: Option<String>,
    /// The second coordinate.
    #[oai(validator(min_length = 1, max_length = 128))]
    y: Option<String>,
    /// The modulus.
    #[oai(validator(min_length = 1, max_length = 1366))]
    n: Option<String>,
    /// The exponent.
    #[oai(validator(min_length = 1, max_length = 16))]
    e: Option<String>,
}

impl KeyIn {
    /// The key that it is; `at` is where it stands.
    ///
    /// # Errors
    /// 422, naming the field.
    pub fn read(self, at: &str) -> Result<ClientKey, Problem> {
        let wrong = |name: &str, detail: &'static str| {
            Problem::new(&kinds::INVALID_FIELD)
                .field(format!("{at}/{name}"))
                .detail(detail)
        };
        let number = |name: &str, given: Option<String>| -> Result<KeyNumber, Problem> {
            let at = format!("{at}/{name}");
            let given = given.ok_or_else(|| Problem::new(&kinds::MISSING_FIELD).field(at.clone()));
            field(at, &given?)
        };
        let kid: KeyId = field(format!("{at}/kid"), &self.kid)?;
        if self.usage.is_some_and(|usage| usage != "sig") {
            return Err(wrong(
                "use",
                "It must be sig: signatures are verified with it.",
            ));
        }
        let operations = self.key_ops.unwrap_or_else(|| vec!["verify".to_owned()]);
        if !operations.iter().any(|operation| operation == "verify") {
            return Err(wrong("key_ops", "It must have verify in it."));
        }
        let key = match (self.kty.as_str(), self.crv.as_deref()) {
            ("EC", Some("P-384")) => ClientKey::Es384 {
                kid,
                x: number("x", self.x)?,
                y: number("y", self.y)?,
            },
            ("RSA", None) => ClientKey::Rs384 {
                kid,
                n: number("n", self.n)?,
                e: number("e", self.e)?,
            },
            ("OKP", Some("Ed25519")) => ClientKey::Ed25519 {
                kid,
                x: number("x", self.x)?,
            },
            ("EC" | "OKP" | "RSA", _) => {
                let detail = "It must be P-384 for EC, Ed25519 for OKP and absent for RSA.";
                return Err(wrong("crv", detail));
            }
            _ => return Err(wrong("kty", "It must be EC, RSA or OKP.")),
        };
        if self.alg.is_some_and(|given| given != key.algorithm()) {
            let detail = "It must be ES384 for EC, RS384 for RSA and EdDSA for OKP.";
            return Err(wrong("alg", detail));
        }
        Ok(key)
    }
}

/// A public key, by its name.
#[derive(Object)]
pub struct KeyOut {
    /// What its owner calls it.
    kid: String,
    /// Its algorithm.
    alg: String,
}

impl From<&ClientKey> for KeyOut {
    fn from(key: &ClientKey) -> Self {
        Self {
            kid: key.kid().as_str().to_owned(),
            alg: key.algorithm().to_owned(),
        }
    }
}

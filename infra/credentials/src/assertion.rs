//! Client assertions: a JWT with which a program shows that it has its private key (RFC 7523,
//! as SMART Backend Services uses it).

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::dangerous::insecure_decode;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use serde::Deserialize;
use thiserror::Error;
use uuid::Uuid;

use crate::client_key::ClientKey;

/// The most bytes of an assertion that are parsed.
const MAX_BYTES: usize = 4_096;
/// The longest that an assertion may be good (SMART App Launch: five minutes).
const LONGEST: TimeDelta = TimeDelta::minutes(5);
/// How far the clock of its program may be off, in either way, for `exp` and `iat`. None is
/// granted to an assertion that has expired.
const CLOCKS: TimeDelta = TimeDelta::seconds(10);
/// The longest id of an assertion.
const LONGEST_ID: usize = 255;

/// Why an assertion is not believed. Nobody is told which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AssertionError {
    /// It is no JWT of the kind, or brings along a key, or asks for an extension.
    #[error("not a client assertion")]
    Malformed,
    /// It names no key, or none of its program's, or another algorithm than the key's.
    #[error("the assertion is signed with an unknown key")]
    UnknownKey,
    /// It is not what the key signed.
    #[error("the assertion's signature is wrong")]
    BadSignature,
    /// It is for somebody else, or of somebody else.
    #[error("the assertion is for another purpose")]
    WrongPurpose,
    /// Its time is over, or has not begun, or is too long.
    #[error("the assertion is not of now")]
    NotOfNow,
}

/// An assertion that is believed. It is good once: who takes it remembers `id` until
/// `forget_at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The program (`iss` and `sub`).
    pub client: Uuid,
    /// The SHA-256 of its id (`jti`).
    pub id: [u8; 32],
    /// When it is refused in any case.
    pub forget_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Claims {
    iss: Uuid,
    sub: Uuid,
    aud: Audience,
    exp: i64,
    jti: String,
    iat: Option<i64>,
    nbf: Option<i64>,
}

/// One audience, written as a text or as a list of one. Of several, another might take it too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    List([String; 1]),
}

impl Audience {
    fn is_among(&self, known: &[String]) -> bool {
        let (Self::One(audience) | Self::List([audience])) = self;
        known.contains(audience)
    }
}

/// The program that an assertion says it is of. Nothing of it is believed yet.
pub fn claimed_client(assertion: &str) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: Uuid,
    }
    if assertion.len() > MAX_BYTES {
        return None;
    }
    let said = insecure_decode::<Issuer>(assertion).ok()?;
    Some(said.claims.iss)
}

/// What an assertion says, if it is to be believed at the instant `now`: signed with one of
/// these keys and its algorithm, for one of these audiences and no other, of one program, and
/// good for no more than five minutes.
///
/// # Errors
/// [`AssertionError`]; what is wrong first is told.
pub fn verify_assertion(
    assertion: &str,
    keys: &[ClientKey],
    audiences: &[String],
    now: DateTime<Utc>,
) -> Result<Assertion, AssertionError> {
    if assertion.len() > MAX_BYTES {
        return Err(AssertionError::Malformed);
    }
    let header = decode_header(assertion).map_err(|_| AssertionError::Malformed)?;
    if !is_of_kind(&header) {
        return Err(AssertionError::Malformed);
    }
    let mut keys = keys.iter();
    let key = keys.find(|key| header.kid.as_deref() == Some(key.id()));
    let key = key.filter(|key| key.algorithm() == header.alg);
    let key = key.ok_or(AssertionError::UnknownKey)?;
    let claims = claims_of(assertion, key, key.algorithm())?;
    if claims.iss != claims.sub || !claims.aud.is_among(audiences) {
        return Err(AssertionError::WrongPurpose);
    }
    if claims.jti.is_empty() || claims.jti.len() > LONGEST_ID {
        return Err(AssertionError::Malformed);
    }
    let instant = |seconds| DateTime::from_timestamp(seconds, 0).ok_or(AssertionError::Malformed);
    let expires_at = instant(claims.exp)?;
    let begins = [claims.iat, claims.nbf].into_iter().flatten();
    let mut begins = begins
        .map(instant)
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let too_long = expires_at.signed_duration_since(now) > LONGEST + CLOCKS;
    if expires_at <= now || too_long || begins.any(|at| at > now + CLOCKS) {
        return Err(AssertionError::NotOfNow);
    }
    let id = digest(&SHA256, claims.jti.as_bytes());
    // A digest of SHA-256 has 32 bytes.
    let id = id
        .as_ref()
        .try_into()
        .map_err(|_| AssertionError::Malformed)?;
    Ok(Assertion {
        client: claims.iss,
        id,
        forget_at: expires_at,
    })
}

/// An assertion may say that it is one, and says nothing of keys but the name of one.
fn is_of_kind(header: &Header) -> bool {
    let typed = header.typ.as_deref().is_none_or(|typ| {
        typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("client-authentication+jwt")
    });
    let brings_key = header.jku.is_some()
        || header.jwk.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some();
    typed && !brings_key && header.crit.is_none() && header.enc.is_none() && header.zip.is_none()
}

fn claims_of(
    assertion: &str,
    key: &ClientKey,
    algorithm: Algorithm,
) -> Result<Claims, AssertionError> {
    let mut validation = Validation::new(algorithm);
    // By our own rules and the caller's clock, below.
    validation.set_required_spec_claims::<&str>(&[]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    match decode(assertion, key.key(), &validation) {
        Ok(decoded) => Ok(decoded.claims),
        Err(error) => Err(match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature => AssertionError::BadSignature,
            _ => AssertionError::Malformed,
        }),
    }
}

#[cfg(test)]
mod tests;

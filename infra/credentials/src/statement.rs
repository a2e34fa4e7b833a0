//! Statements: claims that the platform signs for others to keep, such as the receipt of a
//! consent. They let nobody in: their type and audience are not those of an access token, and
//! each is checked both ways.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde_json::{Map, Value};

use crate::token::{ACCESS_TOKEN, TokenError, refused};
use crate::token_keys::TokenKeys;

/// The most bytes of a statement that are parsed.
const MAX_BYTES: usize = 16_384;

/// What a statement is, so that none is taken for another (RFC 8725 §3.11, §3.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementKind {
    typ: &'static str,
    audience: &'static str,
}

impl StatementKind {
    /// The kind of this `typ`, for this audience.
    ///
    /// # Panics
    /// When compiled: it is an access token's type.
    pub const fn new(typ: &'static str, audience: &'static str) -> Self {
        assert!(
            !same(typ.as_bytes(), ACCESS_TOKEN.as_bytes()),
            "a statement is no access token"
        );
        Self { typ, audience }
    }
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if !one[index].eq_ignore_ascii_case(&other[index]) {
            return false;
        }
        index += 1;
    }
    true
}

impl TokenKeys {
    /// Signs claims with the newest key, as a JWS (RFC 7515) of this kind: EdDSA, with the
    /// key's thumbprint as `kid`. `iss` and `aud` are ours to say, whatever the claims have.
    ///
    /// # Errors
    /// [`TokenError::Signing`].
    pub fn sign(
        &self,
        kind: StatementKind,
        mut claims: Map<String, Value>,
    ) -> Result<String, TokenError> {
        let keys = self.current();
        let header = Header {
            typ: Some(kind.typ.to_owned()),
            kid: Some(keys.signing_id().to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        claims.insert("iss".to_owned(), self.issuer().into());
        claims.insert("aud".to_owned(), kind.audience.into());
        encode(&header, &claims, keys.signing()).map_err(|_| TokenError::Signing)
    }

    /// What a statement of this kind says, if one of our keys signed it. It has no end: what it
    /// says was so when it was signed.
    ///
    /// # Errors
    /// [`TokenError`]; what is wrong first is told.
    pub fn read(
        &self,
        kind: StatementKind,
        statement: &str,
        now: DateTime<Utc>,
    ) -> Result<Map<String, Value>, TokenError> {
        if statement.len() > MAX_BYTES {
            return Err(TokenError::Malformed);
        }
        let header = decode_header(statement).map_err(|_| TokenError::Malformed)?;
        if header.alg != Algorithm::EdDSA || header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        if header.typ.as_deref() != Some(kind.typ) {
            return Err(TokenError::WrongPurpose);
        }
        let id = header.kid.ok_or(TokenError::UnknownKey)?;
        let key = self.verifying(&id, now).ok_or(TokenError::UnknownKey)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["iss", "aud"]);
        validation.set_issuer(&[self.issuer()]);
        validation.set_audience(&[kind.audience]);
        validation.validate_exp = false;
        let claims = decode(statement, &key, &validation).map_err(refused)?;
        Ok(claims.claims)
    }
}

#[cfg(test)]
mod tests;

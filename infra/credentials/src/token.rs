//! Access tokens: what they say, how they are signed, and what is believed of them.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::errors::{Error as LibraryError, ErrorKind};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::token_keys::TokenKeys;

/// The type of an access token's header (RFC 9068 §2.1). Tokens for other purposes, such as
/// ID tokens, have another, so that none is taken for the other (RFC 8725 §3.11).
pub(crate) const ACCESS_TOKEN: &str = "at+jwt";
/// The most bytes of a token that are parsed; ours have about 500.
const MAX_BYTES: usize = 2_048;
/// How far the clock of who issued a token may be ahead.
const AHEAD: TimeDelta = TimeDelta::seconds(60);

/// Why there is no token, or why it is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// It is not a JWT that was signed with EdDSA, has more than 2 KiB, lacks a claim, or asks
    /// for an extension (`crit`).
    #[error("not an access token")]
    Malformed,
    /// It is for another purpose: another type, issuer or audience.
    #[error("the token is for another purpose")]
    WrongPurpose,
    /// It names no key, or none that we have.
    #[error("the token was signed with an unknown key")]
    UnknownKey,
    /// It is not what the key signed.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// It says that it was issued more than a minute from now.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// The cryptographic library refused to sign, which happens only without memory.
    #[error("an access token could not be signed")]
    Signing,
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Who acts with it (`sub`).
    pub subject: Uuid,
    /// The session that it belongs to (`sid`).
    pub session: Uuid,
    /// The tenant (`tenant`).
    pub tenant: Uuid,
    /// The token's own id (`jti`).
    pub id: Uuid,
    /// When it was issued (`iat`), in whole seconds: the fraction is not sent.
    pub issued_at: DateTime<Utc>,
    /// From when on it is refused (`exp`), in whole seconds as well.
    pub expires_at: DateTime<Utc>,
}

/// The claims as they are sent. RFC 9068 §2.2 also has `client_id`: of ours there is one.
#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    // One audience: a list of several, of which we are one, is not a token of ours.
    aud: String,
    sub: Uuid,
    sid: Uuid,
    tenant: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

impl TokenKeys {
    /// Signs an access token with the newest key: a JWT of the profile of RFC 9068, signed
    /// with EdDSA (RFC 8037), whose `kid` is the key's thumbprint (RFC 7638).
    ///
    /// # Errors
    /// [`TokenError::Signing`].
    pub fn issue(&self, claims: &AccessClaims) -> Result<String, TokenError> {
        self.seal(&Wire {
            iss: self.issuer().to_owned(),
            aud: self.audience().to_owned(),
            sub: claims.subject,
            sid: claims.session,
            tenant: claims.tenant,
            jti: claims.id,
            iat: claims.issued_at.timestamp(),
            exp: claims.expires_at.timestamp(),
        })
    }

    /// The claims of an access token, signed.
    pub(crate) fn seal<W: Serialize>(&self, wire: &W) -> Result<String, TokenError> {
        let keys = self.current();
        let header = Header {
            typ: Some(ACCESS_TOKEN.to_owned()),
            kid: Some(keys.signing_id().to_owned()),
            ..Header::new(Algorithm::EdDSA)
        };
        encode(&header, wire, keys.signing()).map_err(|_| TokenError::Signing)
    }

    /// What a token says, if it is to be believed at the instant `now`: an access token of our
    /// issuer for our audience alone, signed with EdDSA by one of our keys, not expired (no
    /// second is granted) and not issued more than a minute from now.
    ///
    /// Keys that the token brings along or points to (`jwk`, `jku`, `x5c`, `x5u`) are not
    /// looked at. A `kid` that is unknown makes it read the folder again, at most once in ten
    /// seconds of `now`: another process may have added the key. That reads files, on the
    /// caller's thread.
    ///
    /// # Errors
    /// [`TokenError`]; what is wrong first is told.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenError> {
        let wire: Wire = self.open(token, now)?;
        let (issued_at, expires_at) = of_now(wire.iat, wire.exp, now)?;
        Ok(AccessClaims {
            subject: wire.sub,
            session: wire.sid,
            tenant: wire.tenant,
            id: wire.jti,
            issued_at,
            expires_at,
        })
    }

    /// The claims of an access token that one of our keys signed for us. Whether it is of now is
    /// for [`of_now`] to say.
    pub(crate) fn open<W: DeserializeOwned>(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<W, TokenError> {
        if token.len() > MAX_BYTES {
            return Err(TokenError::Malformed);
        }
        let header = decode_header(token).map_err(|_| TokenError::Malformed)?;
        // The library doesn't look at `crit`; RFC 7515 §4.1.11 has us refuse what we don't know.
        if header.alg != Algorithm::EdDSA || header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        if header.typ.as_deref() != Some(ACCESS_TOKEN) {
            return Err(TokenError::WrongPurpose);
        }
        let id = header.kid.ok_or(TokenError::UnknownKey)?;
        let key = self.verifying(&id, now).ok_or(TokenError::UnknownKey)?;
        let decoded = decode(token, &key, self.validation()).map_err(refused)?;
        Ok(decoded.claims)
    }
}

/// When a token was issued and when it expires, if `now` is between.
pub(crate) fn of_now(
    issued_at: i64,
    expires_at: i64,
    now: DateTime<Utc>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), TokenError> {
    let instant = |seconds| DateTime::from_timestamp(seconds, 0).ok_or(TokenError::Malformed);
    let (issued_at, expires_at) = (instant(issued_at)?, instant(expires_at)?);
    if expires_at <= now {
        return Err(TokenError::Expired);
    }
    if issued_at.signed_duration_since(now) > AHEAD {
        return Err(TokenError::IssuedInFuture);
    }
    Ok((issued_at, expires_at))
}

/// What the library is to check beside the signature.
pub(crate) fn validation(issuer: &str, audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    // By the caller's clock, not by the library's.
    validation.validate_exp = false;
    validation
}

pub(crate) fn refused(error: LibraryError) -> TokenError {
    match error.kind() {
        ErrorKind::InvalidSignature => TokenError::BadSignature,
        ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience => TokenError::WrongPurpose,
        _ => TokenError::Malformed,
    }
}

#[cfg(test)]
mod tests;

//! Access tokens of programs: of the same form and under the same keys as people's, but neither
//! is taken for the other, because each has claims that the other lacks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::token::{TokenError, of_now};
use crate::token_keys::TokenKeys;

/// What the access token of a program says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientClaims {
    /// The program (`client_id`, and `sub` as RFC 9068 §2.2 has it).
    pub client: Uuid,
    /// The tenant (`tenant`).
    pub tenant: Uuid,
    /// The token's own id (`jti`).
    pub id: Uuid,
    /// What it may do (`scope`), as RFC 8693 §4.2 writes it: scopes with a space between.
    pub scope: String,
    /// How often all of the program's tokens had been taken from it (`era`).
    pub era: u32,
    /// When it was issued (`iat`), in whole seconds.
    pub issued_at: DateTime<Utc>,
    /// From when on it is refused (`exp`), in whole seconds.
    pub expires_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    iss: String,
    aud: String,
    sub: Uuid,
    client_id: Uuid,
    tenant: Uuid,
    jti: Uuid,
    scope: String,
    era: u32,
    iat: i64,
    exp: i64,
}

impl TokenKeys {
    /// Signs the access token of a program.
    ///
    /// # Errors
    /// [`TokenError::Signing`].
    pub fn issue_to_client(&self, claims: &ClientClaims) -> Result<String, TokenError> {
        self.seal(&Wire {
            iss: self.issuer().to_owned(),
            aud: self.audience().to_owned(),
            sub: claims.client,
            client_id: claims.client,
            tenant: claims.tenant,
            jti: claims.id,
            scope: claims.scope.clone(),
            era: claims.era,
            iat: claims.issued_at.timestamp(),
            exp: claims.expires_at.timestamp(),
        })
    }

    /// What the token of a program says, if it is to be believed at the instant `now`, by the
    /// rules of [`TokenKeys::verify`]. A person's token is none.
    ///
    /// # Errors
    /// [`TokenError`]; what is wrong first is told.
    pub fn verify_of_client(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<ClientClaims, TokenError> {
        let wire: Wire = self.open(token, now)?;
        let (issued_at, expires_at) = of_now(wire.iat, wire.exp, now)?;
        if wire.sub != wire.client_id {
            return Err(TokenError::Malformed);
        }
        Ok(ClientClaims {
            client: wire.client_id,
            tenant: wire.tenant,
            id: wire.jti,
            scope: wire.scope,
            era: wire.era,
            issued_at,
            expires_at,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::TimeDelta;

    use super::*;
    use crate::AccessClaims;

    #[test]
    fn a_program_and_a_person_are_never_taken_for_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let keys = TokenKeys::load_or_create(&folder.path().join("keys"), "us", "us").unwrap();
        let now: DateTime<Utc> = "2026-08-01T06:30:00Z".parse().unwrap();
        let claims = ClientClaims {
            client: Uuid::now_v7(),
            tenant: Uuid::now_v7(),
            id: Uuid::now_v7(),
            scope: "system/Slot.s".to_owned(),
            era: 3,
            issued_at: now,
            expires_at: now + TimeDelta::minutes(5),
        };
        let token = keys.issue_to_client(&claims).unwrap();
        assert_eq!(keys.verify_of_client(&token, now), Ok(claims.clone()));
        assert_eq!(keys.verify(&token, now), Err(TokenError::Malformed));
        let later = now + TimeDelta::minutes(5);
        let late = keys.verify_of_client(&token, later);
        assert_eq!(late, Err(TokenError::Expired));

        let person = AccessClaims {
            subject: claims.client,
            session: Uuid::now_v7(),
            tenant: claims.tenant,
            id: Uuid::now_v7(),
            issued_at: now,
            expires_at: later,
        };
        let token = keys.issue(&person).unwrap();
        assert_eq!(keys.verify(&token, now), Ok(person));
        let taken = keys.verify_of_client(&token, now);
        assert_eq!(taken, Err(TokenError::Malformed));
    }
}

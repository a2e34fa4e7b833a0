//! Access token: lets one person act in given roles until it expires or is revoked. Only the
//! hash of its secret is known here.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{AccessTokenId, SubjectId};
use crate::values::{Code, Role, SecretHash};

/// What may be asked of an access token.
#[derive(Clone, Debug, PartialEq)]
pub enum AccessTokenCommand {
    /// Lets a person in.
    Issue(Issue),
    /// Locks it for good.
    Revoke(Revoke),
}

/// A person signs in.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// The new token.
    pub token: AccessTokenId,
    /// Who acts with it.
    pub person: Uuid,
    /// As what; repeated roles count once.
    pub roles: Vec<Role>,
    /// The SHA-256 of the secret.
    pub secret_hash: SecretHash,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
}

/// A token should work no longer.
#[derive(Clone, Debug, PartialEq)]
pub struct Revoke {
    /// Why, such as `signed-out`.
    pub reason: Code,
}

crate::events! {
    /// What can happen to an access token.
    pub enum AccessTokenEvent {
        Issued: "access-token.issued" v 1, Privacy::Operational;
        Revoked: "access-token.revoked" v 1, Privacy::Operational;
    }
}

/// A token was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issued {
    /// The token.
    pub token: AccessTokenId,
    /// Who acts with it.
    pub person: Uuid,
    /// As what, in order and without repeats.
    pub roles: Vec<Role>,
    /// The SHA-256 of the secret.
    pub secret_hash: SecretHash,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
}

/// A token was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revoked {
    /// The token.
    pub token: AccessTokenId,
    /// Why, such as `signed-out`.
    pub reason: Code,
}

crate::problems! {
    /// Why an access token refuses.
    pub enum AccessTokenError {
        /// Its id is in use.
        AlreadyIssued: Conflict "access-token-already-issued",
            "the access token is already issued", "Issue the token under a new id.";
        /// It would be dead at birth.
        AlreadyExpired: Invalid "access-token-expired" at "/expires_at",
            "the access token would already be expired", "Choose an expiry in the future.";
        /// It would let no one do anything.
        NoRole: Invalid "no-role" at "/roles",
            "an access token needs a role", "Name at least one role.";
        /// It was never issued.
        NoSuchToken: NotFound "no-such-access-token",
            "there is no such access token", "Check the token's id.";
        /// It is revoked already.
        AlreadyRevoked: Conflict "access-token-already-revoked",
            "the access token is already revoked", "Nothing needs to be done.";
    }
}

/// The state of an access token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccessToken {
    /// The token, once issued.
    pub token: Option<AccessTokenId>,
    /// Who acts with it.
    #[serde(default)]
    pub person: Option<Uuid>,
    /// As what.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Whether it was revoked.
    pub revoked: bool,
}

impl AccessToken {
    fn issue(&self, issue: Issue, now: DateTime<Utc>) -> Result<Issued, AccessTokenError> {
        let Issue {
            token,
            person,
            mut roles,
            secret_hash,
            expires_at,
        } = issue;
        if self.token.is_some() {
            return Err(AccessTokenError::AlreadyIssued);
        }
        if expires_at <= now {
            return Err(AccessTokenError::AlreadyExpired);
        }
        if roles.is_empty() {
            return Err(AccessTokenError::NoRole);
        }
        roles.sort_unstable();
        roles.dedup();
        Ok(Issued {
            token,
            person,
            roles,
            secret_hash,
            expires_at,
        })
    }

    fn revoke(&self, revoke: Revoke) -> Result<Revoked, AccessTokenError> {
        let token = self.token.ok_or(AccessTokenError::NoSuchToken)?;
        if self.revoked {
            return Err(AccessTokenError::AlreadyRevoked);
        }
        Ok(Revoked {
            token,
            reason: revoke.reason,
        })
    }
}

impl Decider for AccessToken {
    const CATEGORY: &'static str = "access-token";

    type Id = AccessTokenId;
    type Command = AccessTokenCommand;
    type Event = AccessTokenEvent;
    type Error = AccessTokenError;

    fn decide(
        &self,
        command: AccessTokenCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<AccessTokenEvent>, AccessTokenError> {
        Ok(vec![match command {
            AccessTokenCommand::Issue(issue) => self.issue(issue, now)?.into(),
            AccessTokenCommand::Revoke(revoke) => self.revoke(revoke)?.into(),
        }])
    }

    fn evolve(&mut self, event: &AccessTokenEvent) {
        match event {
            AccessTokenEvent::Issued(issued) => {
                self.token = Some(issued.token);
                self.person = Some(issued.person);
                self.roles.clone_from(&issued.roles);
            }
            AccessTokenEvent::Revoked(_) => self.revoked = true,
        }
    }

    /// A token names who acts, not whose data is kept.
    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(AccessToken);

#[cfg(test)]
mod tests;

//! Access tokens: issued and revoked through the log, looked up in a read model that is
//! written in the same transaction, so that a revoked token stops to work at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use medilink_database::{Batched, Database, DatabaseError};
use medilink_domain::access_token::{self, AccessToken, AccessTokenCommand, AccessTokenEvent};
use medilink_domain::values::{Code, Role, SecretHash};
use medilink_domain::{AccessTokenId, TenantId};
use medilink_log::InlineEvent;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::action::Action;
use crate::actor::Actor;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::inline::Inline;
use crate::work::Work;

/// What every secret begins with, so that scanners find one that leaks.
pub const PREFIX: &str = "medilink_";

/// A new secret of 256 random bits, and the hash that the platform keeps of it.
pub fn new_secret() -> (String, SecretHash) {
    let mut bits = [0; 32];
    rand::rng().fill_bytes(&mut bits);
    let secret = format!("{PREFIX}{}", hex::encode(bits));
    let hash = hash(&secret);
    (secret, hash)
}

/// The hash under which a secret is known.
pub fn hash(secret: &str) -> SecretHash {
    SecretHash::from(<[u8; 32]>::from(Sha256::digest(secret)))
}

/// The token that was issued or revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenAnswer {
    /// The token.
    pub token: AccessTokenId,
}

/// Lets a person act in given roles.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Who acts with it.
    pub person: Uuid,
    /// As what.
    pub roles: Vec<Role>,
    /// The hash of its secret.
    pub secret_hash: SecretHash,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
}

impl Operation for Issue {
    const NAME: &'static str = "issue-access-token";
    type Answer = AccessTokenAnswer;

    fn target(&self) -> String {
        self.person.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccessTokenAnswer, CommandError> {
        work.authorize(
            Action::IssueAccessToken,
            &Resource::of_tenant("access token", work.tenant()),
        )
        .await?;
        let token = AccessTokenId(Uuid::now_v7());
        let mut instance = work.create::<AccessToken>(&token);
        let issue = access_token::Issue {
            token,
            person: self.person,
            roles: self.roles.clone(),
            secret_hash: self.secret_hash,
            expires_at: self.expires_at,
        };
        work.decide(&mut instance, AccessTokenCommand::Issue(issue))
            .await?;
        Ok(AccessTokenAnswer { token })
    }
}

/// Takes a token back, at once.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// The token.
    pub token: AccessTokenId,
    /// Why, such as `signed-out`.
    pub reason: Code,
}

impl Operation for Revoke {
    const NAME: &'static str = "revoke-access-token";
    type Answer = AccessTokenAnswer;

    fn target(&self) -> String {
        self.token.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccessTokenAnswer, CommandError> {
        work.authorize(
            Action::RevokeAccessToken,
            &Resource::of_tenant("access token", work.tenant()),
        )
        .await?;
        let mut instance = work
            .existing::<AccessToken>(&self.token, "access token")
            .await?;
        let revoke = access_token::Revoke {
            reason: self.reason.clone(),
        };
        work.decide(&mut instance, AccessTokenCommand::Revoke(revoke))
            .await?;
        Ok(AccessTokenAnswer { token: self.token })
    }
}

/// Who is behind a secret. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AccessTokens {
    lookups: Batched<SecretHash, Option<Found>>,
}

/// What is known of an unrevoked token.
#[derive(Clone, Debug)]
struct Found {
    token: AccessTokenId,
    tenant: TenantId,
    person: Uuid,
    roles: Vec<String>,
    expires_at: DateTime<Utc>,
}

impl AccessTokens {
    /// Looks up in `inline.access_tokens`.
    pub fn new(database: Database) -> Self {
        Self {
            lookups: Batched::new(move |hashes| look_up(database.clone(), hashes)),
        }
    }

    /// The actor that this secret lets in at the instant `now`; `None` when it is unknown,
    /// expired or revoked, or its person's account is disabled. Never cached: a revocation counts from its commit on.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn actor(
        &self,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Actor>, DatabaseError> {
        if !secret.starts_with(PREFIX) || secret.len() > 256 {
            return Ok(None);
        }
        let found = self.lookups.ask(hash(secret)).await?;
        Ok(found
            .filter(|found| found.expires_at > now)
            .map(|found| Actor {
                session: Some(found.token.uuid()),
                // Whoever issued it has made sure who it is for.
                second_factor: true,
                ..Actor::new(found.person, found.tenant, known_roles(&found.roles))
            }))
    }
}

/// A role that this release doesn't know grants nothing.
pub(crate) fn known_roles(names: &[String]) -> Vec<Role> {
    names.iter().filter_map(|role| role.parse().ok()).collect()
}

async fn look_up(
    database: Database,
    hashes: Vec<SecretHash>,
) -> Result<Vec<Option<Found>>, DatabaseError> {
    let client = database.client().await?;
    let sql = "SELECT secret_hash, token, tenant, person, roles, expires_at
         FROM inline.access_tokens t WHERE secret_hash = ANY($1) AND revoked_at IS NULL
             AND NOT EXISTS (SELECT FROM inline.accounts a
                 WHERE a.account = t.person AND a.tenant = t.tenant AND a.disabled_at IS NOT NULL)";
    let statement = client.prepare_cached(sql).await?;
    let wanted: Vec<&[u8]> = hashes.iter().map(|hash| hash.bytes().as_slice()).collect();
    let rows = client.query(&statement, &[&wanted]).await?;
    let found: HashMap<&[u8], Found> = rows
        .iter()
        .map(|row| {
            let found = Found {
                token: AccessTokenId(row.get(1)),
                tenant: TenantId(row.get(2)),
                person: row.get(3),
                roles: row.get(4),
                expires_at: row.get(5),
            };
            (row.get(0), found)
        })
        .collect();
    let of = |hash: &[u8]| found.get(hash).cloned();
    Ok(wanted.into_iter().map(of).collect())
}

/// Writes `inline.access_tokens`.
pub(crate) struct AccessTokenTable;

impl Inline for AccessTokenTable {
    const NAME: &'static str = "access-token";
    type Event = AccessTokenEvent;

    async fn take(
        client: &Client,
        event: AccessTokenEvent,
        at: &InlineEvent<'_>,
    ) -> Result<(), DatabaseError> {
        match event {
            AccessTokenEvent::Issued(issued) => {
                let roles: Vec<&str> = issued.roles.iter().map(|role| role.name()).collect();
                client
                    .execute(
                        "INSERT INTO inline.access_tokens
                             (secret_hash, token, tenant, person, roles, expires_at, position)
                         VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        &[
                            &issued.secret_hash.bytes().as_slice(),
                            &issued.token.uuid(),
                            &at.tenant.uuid(),
                            &issued.person,
                            &roles,
                            &issued.expires_at,
                            &at.position.sql(),
                        ],
                    )
                    .await?;
            }
            AccessTokenEvent::Revoked(revoked) => {
                client
                    .execute(
                        "UPDATE inline.access_tokens SET revoked_at = $2, position = $3 WHERE token = $1",
                        &[&revoked.token.uuid(), &at.recorded_at, &at.position.sql()],
                    )
                    .await?;
            }
        }
        Ok(())
    }
}

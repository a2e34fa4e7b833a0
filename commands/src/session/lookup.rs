//! Who is behind a session: a read model that is written in the same transaction as the log, so
//! that a session that is over lets nobody in from then on.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use medilink_database::{Batched, Database, DatabaseError};
use medilink_domain::session::SessionEvent;
use medilink_domain::{SessionId, TenantId};
use medilink_log::InlineEvent;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::access_token::known_roles;
use crate::actor::{Actor, Permission};
use crate::inline::Inline;
use crate::staff::{self, GIVEN, GIVEN_TO, StaffRole};

/// A session that is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// The session.
    pub session: SessionId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ends unless it is refreshed before.
    pub idle_until: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
    /// Whether a second factor was shown in it.
    pub second_factor: bool,
}

/// What lets a session's person in: it is not over, its account has had no other password since
/// and was not disabled since.
const GOOD: &str = "s.ended_at IS NULL AND s.idle_until > $2 AND s.expires_at > $2
    AND a.passwords = s.passwords AND a.era = s.era AND a.disabled_at IS NULL";

/// Who is behind a session. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    database: Database,
    lookups: Batched<SessionId, Option<Found>>,
}

/// What is known of a session that is not over.
#[derive(Clone, Debug)]
struct Found {
    tenant: TenantId,
    person: Uuid,
    roles: Vec<String>,
    posts: Vec<StaffRole>,
    permissions: Vec<Permission>,
    second_factor: bool,
    proven_at: Option<DateTime<Utc>>,
}

impl Sessions {
    /// Looks up in `inline.sessions` and `inline.accounts`.
    pub(crate) fn new(database: Database) -> Self {
        let asked = database.clone();
        Self {
            database,
            lookups: Batched::new(move |sessions| look_up(asked.clone(), sessions)),
        }
    }

    /// Who acts in this session of this person; `None` when it is over. Never cached: that
    /// something is over counts from its commit on.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub(crate) async fn actor(
        &self,
        tenant: TenantId,
        person: Uuid,
        session: SessionId,
    ) -> Result<Option<Actor>, DatabaseError> {
        let found = self.lookups.ask(session).await?;
        let whose = found.filter(|found| found.tenant == tenant && found.person == person);
        Ok(whose.map(|found| {
            let roles = known_roles(&found.roles);
            let actor = Actor::new(found.person, found.tenant, roles);
            Actor {
                session: Some(session.uuid()),
                second_factor: found.second_factor,
                signed_in: true,
                proven_at: found.proven_at,
                ..staff::with(actor, (found.posts, found.permissions))
            }
        }))
    }

    /// A person's sessions that are not over, the newest first.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub(crate) async fn of_person(
        &self,
        tenant: TenantId,
        person: Uuid,
    ) -> Result<Vec<OpenSession>, DatabaseError> {
        let client = self.database.client().await?;
        let sql = format!(
            "SELECT s.session, s.started_at, s.idle_until, s.expires_at, s.second_factor
             FROM inline.sessions s JOIN inline.accounts a ON a.account = s.person
             WHERE s.person = $1 AND s.tenant = $3 AND {GOOD}
             ORDER BY s.started_at DESC, s.session DESC LIMIT 100"
        );
        let statement = client.prepare_cached(&sql).await?;
        let rows = client
            .query(&statement, &[&person, &Utc::now(), &tenant.uuid()])
            .await?;
        let session = |row: &tokio_postgres::Row| OpenSession {
            session: SessionId(row.get(0)),
            started_at: row.get(1),
            idle_until: row.get(2),
            expires_at: row.get(3),
            second_factor: row.get(4),
        };
        Ok(rows.iter().map(session).collect())
    }

    /// A person's sessions that are not over, beyond the newest so many.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub(crate) async fn beyond(
        &self,
        tenant: TenantId,
        person: Uuid,
        newest: i64,
    ) -> Result<Vec<SessionId>, DatabaseError> {
        let client = self.database.client().await?;
        let sql = format!(
            "SELECT s.session
             FROM inline.sessions s JOIN inline.accounts a ON a.account = s.person
             WHERE s.person = $1 AND s.tenant = $3 AND {GOOD}
             ORDER BY s.started_at DESC, s.session DESC OFFSET $4 LIMIT 100"
        );
        let statement = client.prepare_cached(&sql).await?;
        let rows = client
            .query(&statement, &[&person, &Utc::now(), &tenant.uuid(), &newest])
            .await?;
        Ok(rows.iter().map(|row| SessionId(row.get(0))).collect())
    }
}

async fn look_up(
    database: Database,
    sessions: Vec<SessionId>,
) -> Result<Vec<Option<Found>>, DatabaseError> {
    let client = database.client().await?;
    let sql = format!(
        "SELECT s.session, s.tenant, s.person, a.roles, s.second_factor, s.proven_at, {GIVEN}
         FROM inline.sessions s JOIN inline.accounts a ON a.account = s.person {GIVEN_TO}
         WHERE s.session = ANY($1) AND {GOOD}"
    );
    let statement = client.prepare_cached(&sql).await?;
    let wanted: Vec<Uuid> = sessions.iter().map(|session| session.uuid()).collect();
    let rows = client.query(&statement, &[&wanted, &Utc::now()]).await?;
    let found: HashMap<Uuid, Found> = rows
        .iter()
        .map(|row| {
            let found = Found {
                tenant: TenantId(row.get(1)),
                person: row.get(2),
                roles: row.get(3),
                second_factor: row.get(4),
                proven_at: row.get(5),
                posts: staff::roles_of_row(row),
                permissions: staff::permissions_of_row(row),
            };
            (row.get(0), found)
        })
        .collect();
    let of = |session: &Uuid| found.get(session).cloned();
    Ok(wanted.iter().map(of).collect())
}

/// Writes `inline.sessions`.
pub(crate) struct SessionTable;

impl Inline for SessionTable {
    const NAME: &'static str = "session";
    type Event = SessionEvent;

    async fn take(
        client: &Client,
        event: SessionEvent,
        at: &InlineEvent<'_>,
    ) -> Result<(), DatabaseError> {
        let position = at.position.sql();
        match event {
            SessionEvent::Started(started) => {
                let passwords = i32::try_from(started.passwords).unwrap_or(i32::MAX);
                client
                    .execute(
                        "INSERT INTO inline.sessions (session, tenant, person, passwords, era,
                             second_factor, started_at, idle_until, expires_at, position)
                         VALUES ($1, $2, $3, $4,
                             (SELECT era FROM inline.accounts WHERE account = $3),
                             $5, $6, $7, $8, $9)",
                        &[
                            &started.session.uuid(),
                            &at.tenant.uuid(),
                            &started.person.uuid(),
                            &passwords,
                            &started.second_factor,
                            &at.recorded_at,
                            &started.idle_until,
                            &started.expires_at,
                            &position,
                        ],
                    )
                    .await?;
            }
            SessionEvent::Refreshed(refreshed) => {
                let sql =
                    "UPDATE inline.sessions SET idle_until = $2, position = $3 WHERE session = $1";
                let session = refreshed.session.uuid();
                client
                    .execute(sql, &[&session, &refreshed.idle_until, &position])
                    .await?;
            }
            SessionEvent::Proven(proven) => {
                let sql = "UPDATE inline.sessions SET proven_at = $2, position = $3,
                         second_factor = second_factor OR $4
                     WHERE session = $1";
                let session = proven.session.uuid();
                client
                    .execute(
                        sql,
                        &[&session, &at.recorded_at, &position, &proven.second_factor],
                    )
                    .await?;
            }
            SessionEvent::Ended(ended) => {
                let sql =
                    "UPDATE inline.sessions SET ended_at = $2, position = $3 WHERE session = $1";
                let session = ended.session.uuid();
                client
                    .execute(sql, &[&session, &at.recorded_at, &position])
                    .await?;
            }
            SessionEvent::Described(_) => {}
        }
        Ok(())
    }
}

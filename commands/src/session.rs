//! Sessions: begun, refreshed and ended through the log, looked up in a read model that is
//! written in the same transaction, so that one that is over lets nobody in from then on.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use medilink_database::{Batched, Database, DatabaseError};
use medilink_domain::account::Account;
use medilink_domain::session::{self, Session, SessionCommand, SessionEvent};
use medilink_domain::sign_in::{self, SignIn, SignInCommand};
use medilink_domain::values::{Code, ShortText};
use medilink_domain::{AccountId, SessionId, SignInId, SubjectId, TenantId};
use medilink_log::InlineEvent;
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::access_token::known_roles;
use crate::action::Action;
use crate::actor::{Actor, Permission};
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::inline::Inline;
use crate::staff::{self, GIVEN, GIVEN_TO, StaffRole};
use crate::work::Work;

const KIND: &str = "session";

/// A session after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionAnswer {
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub person: SubjectId,
    /// The generation of the only refresh token that is good now.
    pub generation: u32,
    /// When it ends unless it is refreshed before.
    pub idle_until: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
    /// Whether it is over.
    pub over: bool,
}

impl SessionAnswer {
    fn of(state: &Session) -> Result<Self, CommandError> {
        let missing = CommandError::NotFound(KIND);
        match (state.session, state.person) {
            (Some(session), Some(person)) => Ok(Self {
                session,
                person,
                generation: state.generation,
                idle_until: state.idle_until,
                expires_at: state.expires_at,
                over: state.ended,
            }),
            _ => Err(missing),
        }
    }
}

/// Begins a session of a person who has shown who they are.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// The new session.
    pub session: SessionId,
    /// Whose account it is.
    pub account: AccountId,
    /// How many passwords the account had had when one was shown.
    pub passwords: u32,
    /// How they showed it: values of `amr` (RFC 8176).
    pub methods: Vec<Code>,
    /// What they call the device.
    pub device: Option<ShortText>,
    /// How long it lives without a refresh.
    pub idle: TimeDelta,
    /// How long it lives at most.
    pub life: TimeDelta,
}

impl Operation for Start {
    const NAME: &'static str = "start-session";
    type Answer = SessionAnswer;

    fn target(&self) -> String {
        self.session.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SessionAnswer, CommandError> {
        let resource = Resource::of_tenant(KIND, work.tenant()).about(self.account.uuid());
        work.authorize(Action::StartSession, &resource)?;
        // Read here and not changed: the append refuses when it is disabled before this is in.
        let account = work.existing::<Account>(&self.account, "account").await?;
        account.state().usable()?;
        let mut instance = work.create::<Session>(&self.session);
        let start = SessionCommand::Start(session::Start {
            session: self.session,
            person: self.account.into(),
            passwords: self.passwords,
            methods: self.methods.clone(),
            device: self.device.clone(),
            idle: self.idle,
            life: self.life,
        });
        work.decide(&mut instance, start).await?;
        SessionAnswer::of(instance.state())
    }
}

/// Keeps a session alive, or ends it when its token was used before.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    /// The session.
    pub session: SessionId,
    /// The generation of the token that was shown.
    pub generation: u32,
}

impl Operation for Refresh {
    const NAME: &'static str = "refresh-session";
    type Answer = SessionAnswer;

    fn target(&self) -> String {
        self.session.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SessionAnswer, CommandError> {
        work.authorize(
            Action::RefreshSession,
            &Resource::of_tenant(KIND, work.tenant()),
        )?;
        let mut instance = work.existing::<Session>(&self.session, KIND).await?;
        let person = SessionAnswer::of(instance.state())?.person;
        let account = AccountId(person.uuid());
        let account = work.existing::<Account>(&account, "account").await?;
        account.state().usable()?;
        let refresh = SessionCommand::Refresh(session::Refresh {
            generation: self.generation,
            passwords: account.state().passwords,
        });
        work.decide(&mut instance, refresh).await?;
        SessionAnswer::of(instance.state())
    }
}

/// Ends a session, at once.
#[derive(Clone, Debug)]
pub struct End {
    /// The session.
    pub session: SessionId,
    /// Why, such as `signed-out`.
    pub reason: Code,
}

impl Operation for End {
    const NAME: &'static str = "end-session";
    type Answer = SessionAnswer;

    fn target(&self) -> String {
        self.session.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SessionAnswer, CommandError> {
        let mut instance = work.existing::<Session>(&self.session, KIND).await?;
        let person = SessionAnswer::of(instance.state())?.person;
        let resource = Resource::of_tenant(KIND, work.tenant()).about(person.uuid());
        work.authorize(Action::EndSession, &resource)?;
        let end = SessionCommand::End(session::End {
            reason: self.reason.clone(),
        });
        work.decide(&mut instance, end).await?;
        SessionAnswer::of(instance.state())
    }
}

/// Records that somebody was not let in.
#[derive(Clone, Debug)]
pub(crate) struct Refuse {
    /// Whose account they tried, if there is one.
    pub account: Option<AccountId>,
    /// Why, such as `wrong-password`.
    pub reason: Code,
}

impl Operation for Refuse {
    const NAME: &'static str = "refuse-sign-in";
    type Answer = SignInId;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SignInId, CommandError> {
        work.authorize(
            Action::StartSession,
            &Resource::of_tenant(KIND, work.tenant()),
        )?;
        let sign_in = SignInId(Uuid::now_v7());
        let mut instance = work.create::<SignIn>(&sign_in);
        let refuse = SignInCommand::Refuse(sign_in::Refuse {
            sign_in,
            account: self.account,
            reason: self.reason.clone(),
        });
        work.decide(&mut instance, refuse).await?;
        Ok(sign_in)
    }
}

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
}

/// What lets a session's person in: it is not over, its account has had no other password since
/// and is not disabled.
const GOOD: &str = "s.ended_at IS NULL AND s.idle_until > $2 AND s.expires_at > $2
    AND a.passwords = s.passwords AND a.disabled_at IS NULL";

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
            "SELECT s.session, s.started_at, s.idle_until, s.expires_at
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
        };
        Ok(rows.iter().map(session).collect())
    }
}

async fn look_up(
    database: Database,
    sessions: Vec<SessionId>,
) -> Result<Vec<Option<Found>>, DatabaseError> {
    let client = database.client().await?;
    let sql = format!(
        "SELECT s.session, s.tenant, s.person, a.roles, {GIVEN}
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
                        "INSERT INTO inline.sessions (session, tenant, person, passwords,
                             started_at, idle_until, expires_at, position)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                        &[
                            &started.session.uuid(),
                            &at.tenant.uuid(),
                            &started.person.uuid(),
                            &passwords,
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

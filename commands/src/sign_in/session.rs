//! Coming in, and staying in.

use chrono::{DateTime, Utc};
use medilink_credentials::{AccessClaims, Password};
use medilink_database::DatabaseError;
use medilink_domain::account::Account;
use medilink_domain::session::{Session, SessionEvent};
use medilink_domain::staff::Staff;
use medilink_domain::values::{EmailAddress, Role, ShortText};
use medilink_domain::{AccountId, Decider, SessionId, StaffId, TenantId};
use medilink_log::Position;
use uuid::Uuid;

use super::challenge::Entry;
use super::floor::no_earlier_if_refused;
use super::{PASSWORDS, Refusal, SignInDesk, code};
use crate::actor::{Actor, CommandContext};
use crate::error::CommandError;
use crate::executor::Committed;
use crate::session::{EndSeveral, OpenSession, Refresh, SessionAnswer, Start};

/// The most sessions that a person has open.
const MAX_SESSIONS: i64 = 50;

/// What somebody shows to sign in.
pub struct Credentials {
    /// The address of their account.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// What an earlier sign-in on this device gave out: with it, whoever guesses elsewhere
    /// can't keep its owner waiting.
    pub device_token: Option<String>,
    /// What they call the device.
    pub device: Option<ShortText>,
}

/// What lets a person in, and keeps them in.
#[derive(Clone)]
pub struct Tokens {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// When that stops to work.
    pub access_expires_at: DateTime<Utc>,
    /// For the next access token; good once.
    pub refresh_token: String,
    /// For the next sign-in on the same device.
    pub device_token: Option<String>,
    /// The session.
    pub session: SessionId,
    /// Who is in.
    pub person: Uuid,
    /// When the session ends unless it is refreshed before.
    pub idle_until: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
    /// The position of the record.
    pub position: Position,
    /// Whether it was done before, under the same idempotency key.
    pub replayed: bool,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// A session that is not over, as its person sees it.
#[derive(Clone, Debug)]
pub struct NamedSession {
    /// The session.
    pub session: OpenSession,
    /// What they called the device.
    pub device: Option<ShortText>,
}

impl SignInDesk {
    /// Lets a person in who shows the password of their account, or asks for their second
    /// factor.
    ///
    /// # Errors
    /// [`Refusal::Wrong`] and [`Refusal::Wait`]; a disabled account is told to whoever has its
    /// password.
    pub async fn sign_in(
        &self,
        context: &CommandContext,
        given: Credentials,
    ) -> Result<Entry, Refusal> {
        no_earlier_if_refused(self.check_in(context, given)).await
    }

    async fn check_in(
        &self,
        context: &CommandContext,
        given: Credentials,
    ) -> Result<Entry, Refusal> {
        let secrets = &self.0.secrets;
        let address = given.email.folded();
        let account = self.account_of(&given.email).await?;
        let passwords = account.as_ref().map_or(0, |account| account.passwords);
        let device = given.device_token.as_deref();
        let device =
            device.and_then(|token| secrets.device(&address, passwords, token, context.now));
        let tried = match &device {
            Some(device) => secrets.index("sign-in/device", device),
            None => secrets.index("sign-in/email", &address),
        };
        self.pace_of(&tried, PASSWORDS).await?;
        let known = account.as_ref().and_then(|account| account.account);
        let hash = account
            .as_ref()
            .and_then(|account| account.password_hash.as_ref());
        if !self.is_right(&given.password, hash).await? {
            self.record_refusal(context, known, "wrong-password")
                .await?;
            return Err(Refusal::Wrong);
        }
        let (Some(account), Some(id)) = (account, known) else {
            return Err(Refusal::Wrong);
        };
        if account.disabled {
            self.record_refusal(context, known, "account-disabled")
                .await?;
        }
        account.usable().map_err(CommandError::from)?;
        self.0.attempts.forget(&tried).await?;
        self.proceed(context, id, &account, device, given.device)
            .await
    }

    /// Gives the session of a refresh token its next tokens. A token that was used before ends
    /// the session: it is in two hands.
    ///
    /// # Errors
    /// [`Refusal::Over`], or when a part is away.
    pub async fn refresh(
        &self,
        context: &CommandContext,
        refresh_token: &str,
    ) -> Result<Tokens, Refusal> {
        let shown = self.0.secrets.refresh(refresh_token).ok_or(Refusal::Over)?;
        let (session, generation) = shown;
        let refresh = Refresh {
            session,
            generation,
        };
        let done = match self.0.executor.execute(context, &refresh).await {
            Err(CommandError::NotFound(_) | CommandError::Refused(_)) => return Err(Refusal::Over),
            other => other?,
        };
        if done.answer.over {
            tracing::warn!(%session, "a session was ended when it was to be refreshed");
            metrics::counter!("medilink_sessions_ended_total", "why" => "refresh").increment(1);
            return Err(Refusal::Over);
        }
        if done.replayed && !self.stands(&done.answer).await? {
            // It was used since, or the session is over: whoever repeats it now is as good as
            // somebody who shows the token without a key.
            let again = CommandContext {
                idempotency: None,
                ..context.clone()
            };
            return match self.0.executor.execute(&again, &refresh).await {
                Ok(_) | Err(CommandError::NotFound(_) | CommandError::Refused(_)) => {
                    Err(Refusal::Over)
                }
                Err(error) => Err(error.into()),
            };
        }
        self.tokens(&done, Utc::now())
    }

    /// Whether an earlier answer still holds: its session lets its person in, and no later
    /// token was given out.
    async fn stands(&self, answer: &SessionAnswer) -> Result<bool, Refusal> {
        let session: Option<Session> = self.state(&answer.session).await?;
        let latest = session.is_some_and(|session| session.generation == answer.generation);
        let (tenant, person) = (self.0.tenant, answer.person.uuid());
        let lets_in = self
            .0
            .sessions
            .actor(tenant, person, answer.session)
            .await?;
        Ok(latest && lets_in.is_some())
    }

    /// Whoever an access token lets in now: a person, or a program. `None` when it is not ours, too
    /// old, or its session or program is over.
    ///
    /// # Errors
    /// When the database doesn't answer.
    pub async fn actor(&self, access_token: &str) -> Result<Option<Actor>, DatabaseError> {
        let Ok(claims) = self.0.tokens.verify(access_token, Utc::now()) else {
            return self.client_actor(access_token).await;
        };
        let (tenant, session) = (TenantId(claims.tenant), SessionId(claims.session));
        let sessions = &self.0.sessions;
        sessions.actor(tenant, claims.subject, session).await
    }

    /// The sessions of a person that are not over, the newest first. Ask for leave first.
    ///
    /// # Errors
    /// When a part is away.
    pub async fn sessions(
        &self,
        tenant: TenantId,
        person: Uuid,
    ) -> Result<Vec<NamedSession>, CommandError> {
        let open = self.0.sessions.of_person(tenant, person).await;
        let mut named = Vec::new();
        for session in open.map_err(CommandError::database)? {
            let device = self.device_of(session.session).await?;
            named.push(NamedSession { session, device });
        }
        Ok(named)
    }

    /// What the device of a session was called when it began: its second event, if at all.
    async fn device_of(&self, session: SessionId) -> Result<Option<ShortText>, CommandError> {
        let executor = &self.0.executor;
        let stream = Session::stream(&session);
        let page = executor.reader().stream(&stream, 1, 1).await;
        for event in page.map_err(CommandError::database)? {
            if event.tenant != self.0.tenant {
                continue;
            }
            let decoded = executor.codec().decode(&event).await;
            if let Some(SessionEvent::Described(described)) =
                decoded.map_err(CommandError::codec)?
            {
                return Ok(Some(described.device));
            }
        }
        Ok(None)
    }

    /// Begins a session of somebody who has shown enough, which no factor turned on meanwhile
    /// may change.
    pub(super) async fn start(
        &self,
        context: &CommandContext,
        account: &Account,
        start: Start,
    ) -> Result<Tokens, Refusal> {
        let context = self.within(context, account, &start);
        let done = self.0.executor.execute(&context, &start).await?;
        self.begun(context.now, account, &done).await
    }

    /// The circumstances of whoever begins this session. A repeated sign-in is another session.
    pub(super) fn within(
        &self,
        context: &CommandContext,
        account: &Account,
        start: &Start,
    ) -> CommandContext {
        let actor = Actor::new(start.account.uuid(), self.0.tenant, account.roles.clone());
        CommandContext {
            actor: Actor {
                session: Some(start.session.uuid()),
                second_factor: start.second_factor,
                ..actor
            },
            idempotency: None,
            expected_version: None,
            now: Utc::now(),
            ..context.clone()
        }
    }

    /// The session that these methods begin.
    pub(super) async fn beginning(
        &self,
        id: AccountId,
        account: &Account,
        methods: &[&str],
        second_factor: bool,
        device: Option<ShortText>,
    ) -> Result<Start, Refusal> {
        // Whoever has no role at all applies to work somewhere.
        let only_patient = account.roles == [Role::Patient];
        let staff = self.state::<Staff>(&StaffId(id.uuid())).await?;
        let lifetimes = if only_patient && staff.is_none() {
            &self.0.config.patients
        } else {
            &self.0.config.staff
        };
        Ok(Start {
            session: SessionId(Uuid::now_v7()),
            account: id,
            passwords: account.passwords,
            era: account.era,
            methods: methods
                .iter()
                .map(|name| code(name))
                .collect::<Result<_, _>>()?,
            second_factor,
            device,
            idle: lifetimes.idle(),
            life: lifetimes.life(),
        })
    }

    /// The tokens of a session that has begun, and one for the device. The oldest sessions end
    /// when there are too many.
    pub(super) async fn begun(
        &self,
        now: DateTime<Utc>,
        account: &Account,
        done: &Committed<SessionAnswer>,
    ) -> Result<Tokens, Refusal> {
        let (tenant, person) = (self.0.tenant, done.answer.person.uuid());
        let surplus = self.0.sessions.beyond(tenant, person, MAX_SESSIONS).await?;
        if !surplus.is_empty() {
            let context = CommandContext::new(Actor::new(person, tenant, Vec::new()));
            self.end_all(&context, surplus, "too-many-sessions").await?;
        }
        let mut tokens = self.tokens(done, now)?;
        let email = account.email.as_ref();
        tokens.device_token = email.map(|email| {
            let secrets = &self.0.secrets;
            secrets.new_device(&email.folded(), account.passwords, now)
        });
        Ok(tokens)
    }

    /// Ends all sessions of whoever asks but the one in which they ask; how many, and where
    /// that is recorded.
    ///
    /// # Errors
    /// When a part is away.
    pub async fn end_others(
        &self,
        context: &CommandContext,
    ) -> Result<Committed<usize>, CommandError> {
        let (tenant, person) = (context.actor.tenant, context.actor.id);
        let open = self.0.sessions.beyond(tenant, person, 0).await;
        let mut open = open.map_err(CommandError::database)?;
        open.retain(|session| context.actor.session != Some(session.uuid()));
        self.end_all(context, open, "signed-out").await
    }

    async fn end_all(
        &self,
        context: &CommandContext,
        sessions: Vec<SessionId>,
        reason: &str,
    ) -> Result<Committed<usize>, CommandError> {
        let unfit = |_| CommandError::Internal("a reason that is no code".into());
        let reason = reason.parse().map_err(unfit)?;
        let end = EndSeveral { sessions, reason };
        self.0.executor.execute(context, &end).await
    }

    fn tokens(
        &self,
        done: &Committed<SessionAnswer>,
        now: DateTime<Utc>,
    ) -> Result<Tokens, Refusal> {
        let session = &done.answer;
        let access_expires_at = (now + self.0.config.access()).min(session.idle_until);
        let claims = AccessClaims {
            subject: session.person.uuid(),
            session: session.session.uuid(),
            tenant: self.0.tenant.uuid(),
            id: Uuid::now_v7(),
            issued_at: now,
            expires_at: access_expires_at,
        };
        let secrets = &self.0.secrets;
        Ok(Tokens {
            access_token: self.0.tokens.issue(&claims)?,
            access_expires_at,
            refresh_token: secrets.new_refresh(session.session, session.generation),
            device_token: None,
            session: session.session,
            person: session.person.uuid(),
            idle_until: session.idle_until,
            expires_at: session.expires_at,
            position: done.position,
            replayed: done.replayed,
        })
    }
}

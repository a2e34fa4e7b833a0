//! Session: one sign-in of a person, kept alive by a refresh token that changes with each use,
//! until it is idle for too long, too old, or ended.
//!
//! The refresh token of a session is known by its number (its generation); what proves that a
//! token is genuine is none of the domain's business. A genuine token of an earlier generation
//! is in two hands, so the session ends (RFC 9700, 4.14.2).

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{SessionId, SubjectId};
use crate::values::{Code, ShortText};

/// What may be asked of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionCommand {
    /// Begins it.
    Start(Start),
    /// Keeps it alive.
    Refresh(Refresh),
    /// Notes that its person has shown again who they are.
    Prove(Prove),
    /// Ends it, at once.
    End(End),
}

/// A person has shown who they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// The new session.
    pub session: SessionId,
    /// Whose it is.
    pub person: SubjectId,
    /// How many passwords their account has had; with the next one the session is over.
    pub passwords: u32,
    /// How often their account has been disabled; with the next time the session is over.
    pub era: u32,
    /// How they showed it: values of `amr` (RFC 8176), such as `pwd`.
    pub methods: Vec<Code>,
    /// Whether a second factor was among it.
    pub second_factor: bool,
    /// What they call the device, if they say.
    pub device: Option<ShortText>,
    /// How long it lives without a refresh.
    pub idle: TimeDelta,
    /// How long it lives at most.
    pub life: TimeDelta,
}

/// A refresh token was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Its generation.
    pub generation: u32,
    /// How many passwords the account has had by now.
    pub passwords: u32,
    /// How often it has been disabled by now.
    pub era: u32,
}

/// Its person has shown again who they are, before something that can do harm.
#[derive(Clone, Debug, PartialEq)]
pub struct Prove {
    /// How: a value of `amr` (RFC 8176).
    pub method: Code,
    /// Whether that is a second factor.
    pub second_factor: bool,
}

/// A session should be over.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Why, such as `signed-out`.
    pub reason: Code,
}

crate::events! {
    /// What can happen to a session.
    pub enum SessionEvent {
        Started: "session.started" v 1, Privacy::Operational;
        Described: "session.described" v 1, Privacy::Personal(Category::Identity);
        Refreshed: "session.refreshed" v 1, Privacy::Operational;
        Proven: "session.proven" v 1, Privacy::Operational;
        Ended: "session.ended" v 1, Privacy::Operational;
    }
}

/// A session began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Started {
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub person: SubjectId,
    /// How many passwords their account had had.
    pub passwords: u32,
    /// How often it had been disabled.
    #[serde(default)]
    pub era: u32,
    /// How they showed who they are: values of `amr` (RFC 8176).
    pub methods: Vec<Code>,
    /// Whether a second factor was among it.
    #[serde(default)]
    pub second_factor: bool,
    /// How many seconds it lives without a refresh.
    pub idle_seconds: u32,
    /// When it ends unless it is refreshed before.
    pub idle_until: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
}

/// What its person calls the device of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Described {
    /// The session.
    pub session: SessionId,
    /// The device, such as `Firefox on Asha's phone`.
    pub device: ShortText,
}

/// A session was refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refreshed {
    /// The session.
    pub session: SessionId,
    /// The generation of the only refresh token that is good from now on.
    pub generation: u32,
    /// When the session ends unless it is refreshed before.
    pub idle_until: DateTime<Utc>,
}

/// The person of a session has shown again who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proven {
    /// The session.
    pub session: SessionId,
    /// How: a value of `amr` (RFC 8176).
    pub method: Code,
    /// Whether that is a second factor; from then on the session has one.
    pub second_factor: bool,
}

/// A session ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ended {
    /// The session.
    pub session: SessionId,
    /// Why: `signed-out`, `refresh-token-reused`, `password-changed`,
    /// `account-disabled`, `too-many-sessions`.
    pub reason: Code,
}

crate::problems! {
    /// Why a session refuses.
    pub enum SessionError {
        /// Its id is in use.
        AlreadyStarted: Conflict "session-already-started",
            "the session has already begun", "Start the session under a new id.";
        /// It was never started.
        NoSuchSession: NotFound "no-such-session",
            "there is no such session", "Check the session's id.";
        /// Ended, too old or idle for too long.
        Over: Conflict "session-over",
            "the session is over", "Sign in again.";
    }
}

/// The state of a session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// The session, once begun.
    pub session: Option<SessionId>,
    /// Whose it is.
    pub person: Option<SubjectId>,
    /// How many passwords their account had had.
    pub passwords: u32,
    /// How often it had been disabled.
    pub era: u32,
    /// The generation of the only refresh token that is good.
    pub generation: u32,
    /// How many seconds it lives without a refresh.
    pub idle_seconds: u32,
    /// When it ends unless it is refreshed before.
    pub idle_until: DateTime<Utc>,
    /// When it ends in any case.
    pub expires_at: DateTime<Utc>,
    /// Whether it was ended.
    pub ended: bool,
}

/// In whole seconds, and at least one.
fn seconds(span: TimeDelta) -> u32 {
    u32::try_from(span.num_seconds().max(1)).unwrap_or(u32::MAX)
}

impl Session {
    fn start(&self, start: Start, now: DateTime<Utc>) -> Result<Vec<SessionEvent>, SessionError> {
        if self.session.is_some() {
            return Err(SessionError::AlreadyStarted);
        }
        let Start {
            session,
            person,
            passwords,
            era,
            methods,
            second_factor,
            device,
            idle,
            life,
        } = start;
        let expires_at = now + TimeDelta::seconds(seconds(life).into());
        let idle_seconds = seconds(idle);
        let started = Started {
            session,
            person,
            passwords,
            era,
            methods,
            second_factor,
            idle_seconds,
            idle_until: idle_until(now, idle_seconds, expires_at),
            expires_at,
        };
        let described = device.map(|device| Described { session, device }.into());
        Ok([started.into()].into_iter().chain(described).collect())
    }

    fn refresh(&self, refresh: Refresh, now: DateTime<Utc>) -> Result<SessionEvent, SessionError> {
        let session = self.session.ok_or(SessionError::NoSuchSession)?;
        if self.is_over(now) {
            return Err(SessionError::Over);
        }
        let end = |reason: &str| match reason.parse() {
            Ok(reason) => Ok(Ended { session, reason }.into()),
            // The reasons below are codes.
            Err(_) => Err(SessionError::Over),
        };
        if refresh.passwords != self.passwords {
            return end("password-changed");
        }
        if refresh.era != self.era {
            return end("account-disabled");
        }
        if refresh.generation != self.generation {
            return end("refresh-token-reused");
        }
        Ok(Refreshed {
            session,
            generation: self.generation.saturating_add(1),
            idle_until: idle_until(now, self.idle_seconds, self.expires_at),
        }
        .into())
    }

    fn prove(&self, prove: Prove, now: DateTime<Utc>) -> Result<SessionEvent, SessionError> {
        let session = self.session.ok_or(SessionError::NoSuchSession)?;
        if self.is_over(now) {
            return Err(SessionError::Over);
        }
        Ok(Proven {
            session,
            method: prove.method,
            second_factor: prove.second_factor,
        }
        .into())
    }

    fn end(&self, end: End, now: DateTime<Utc>) -> Result<Option<Ended>, SessionError> {
        let session = self.session.ok_or(SessionError::NoSuchSession)?;
        // What is over need not be ended.
        Ok((!self.is_over(now)).then_some(Ended {
            session,
            reason: end.reason,
        }))
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.ended || now >= self.idle_until || now >= self.expires_at
    }
}

fn idle_until(now: DateTime<Utc>, idle_seconds: u32, expires_at: DateTime<Utc>) -> DateTime<Utc> {
    expires_at.min(now + TimeDelta::seconds(idle_seconds.into()))
}

impl Decider for Session {
    const CATEGORY: &'static str = "session";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = SessionId;
    type Command = SessionCommand;
    type Event = SessionEvent;
    type Error = SessionError;

    fn decide(
        &self,
        command: SessionCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionEvent>, SessionError> {
        match command {
            SessionCommand::Start(start) => self.start(start, now),
            SessionCommand::Refresh(refresh) => Ok(vec![self.refresh(refresh, now)?]),
            SessionCommand::Prove(prove) => Ok(vec![self.prove(prove, now)?]),
            SessionCommand::End(end) => Ok(self
                .end(end, now)?
                .map(SessionEvent::from)
                .into_iter()
                .collect()),
        }
    }

    fn evolve(&mut self, event: &SessionEvent) {
        match event {
            SessionEvent::Started(started) => {
                self.session = Some(started.session);
                self.person = Some(started.person);
                self.passwords = started.passwords;
                self.era = started.era;
                self.idle_seconds = started.idle_seconds;
                self.idle_until = started.idle_until;
                self.expires_at = started.expires_at;
            }
            SessionEvent::Described(_) | SessionEvent::Proven(_) => {}
            SessionEvent::Refreshed(refreshed) => {
                self.generation = refreshed.generation;
                self.idle_until = refreshed.idle_until;
            }
            SessionEvent::Ended(_) => self.ended = true,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.person
    }
}

crate::aggregate!(Session);

#[cfg(test)]
mod tests;

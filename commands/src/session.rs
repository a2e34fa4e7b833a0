//! Sessions: begun, refreshed, proven anew and ended through the log.

mod lookup;

use chrono::{DateTime, TimeDelta, Utc};
use medilink_domain::account::Account;
use medilink_domain::second_factor::SecondFactor;
use medilink_domain::session::{self, Session, SessionCommand};
use medilink_domain::sign_in::{self, SignIn, SignInCommand};
use medilink_domain::values::{Code, ShortText};
use medilink_domain::{AccountId, SessionId, SignInId, SubjectId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

pub use lookup::OpenSession;
pub(crate) use lookup::{SessionTable, Sessions};

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
    /// How often the account had been disabled by then.
    pub era: u32,
    /// How they showed it: values of `amr` (RFC 8176).
    pub methods: Vec<Code>,
    /// Whether a second factor was among it.
    pub second_factor: bool,
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
        if !self.second_factor {
            // Turned on meanwhile: whoever comes now is asked for it.
            let factors = work.load::<SecondFactor>(&self.account, "second factor");
            if factors.await?.state().is_on() {
                return Err(CommandError::Contention);
            }
        }
        start(work, self).await
    }
}

/// Begins the session, if its person may sign in still.
///
/// # Errors
/// When the account is disabled, or nobody's.
pub(crate) async fn start(
    work: &mut Work<'_>,
    wish: &Start,
) -> Result<SessionAnswer, CommandError> {
    let resource = Resource::of_tenant(KIND, work.tenant()).about(wish.account.uuid());
    work.authorize(Action::StartSession, &resource).await?;
    // Read here and not changed: the append refuses when it is disabled before this is in.
    let account = work.existing::<Account>(&wish.account, "account").await?;
    account.state().usable()?;
    let mut instance = work.create::<Session>(&wish.session);
    let start = SessionCommand::Start(session::Start {
        session: wish.session,
        person: wish.account.into(),
        passwords: wish.passwords,
        era: wish.era,
        methods: wish.methods.clone(),
        second_factor: wish.second_factor,
        device: wish.device.clone(),
        idle: wish.idle,
        life: wish.life,
    });
    work.decide(&mut instance, start).await?;
    SessionAnswer::of(instance.state())
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
        )
        .await?;
        let mut instance = work.existing::<Session>(&self.session, KIND).await?;
        let person = SessionAnswer::of(instance.state())?.person;
        let account = AccountId(person.uuid());
        let account = work.existing::<Account>(&account, "account").await?;
        account.state().usable()?;
        let refresh = SessionCommand::Refresh(session::Refresh {
            generation: self.generation,
            passwords: account.state().passwords,
            era: account.state().era,
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
        end(work, self.session, &self.reason).await
    }
}

async fn end(
    work: &mut Work<'_>,
    session: SessionId,
    reason: &Code,
) -> Result<SessionAnswer, CommandError> {
    let mut instance = work.existing::<Session>(&session, KIND).await?;
    let person = SessionAnswer::of(instance.state())?.person;
    let resource = Resource::of_tenant(KIND, work.tenant()).about(person.uuid());
    work.authorize(Action::EndSession, &resource).await?;
    let end = SessionCommand::End(session::End {
        reason: reason.clone(),
    });
    work.decide(&mut instance, end).await?;
    SessionAnswer::of(instance.state())
}

/// Ends several sessions of the person who asks for it, at once.
#[derive(Clone, Debug)]
pub(crate) struct EndSeveral {
    /// The sessions.
    pub sessions: Vec<SessionId>,
    /// Why, such as `signed-out`.
    pub reason: Code,
}

impl Operation for EndSeveral {
    const NAME: &'static str = "end-sessions";
    /// How many.
    type Answer = usize;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<usize, CommandError> {
        let own = Resource::of_tenant(KIND, work.tenant()).about(work.context().actor.id);
        work.authorize(Action::EndSession, &own).await?;
        for session in &self.sessions {
            end(work, *session, &self.reason).await?;
        }
        Ok(self.sessions.len())
    }
}

/// Notes in a session that its person has shown again who they are.
///
/// # Errors
/// When the session is over.
pub(crate) async fn prove(
    work: &mut Work<'_>,
    session: SessionId,
    method: &Code,
    second_factor: bool,
) -> Result<(), CommandError> {
    let mut instance = work.existing::<Session>(&session, KIND).await?;
    let prove = SessionCommand::Prove(session::Prove {
        method: method.clone(),
        second_factor,
    });
    work.decide(&mut instance, prove).await
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
        )
        .await?;
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

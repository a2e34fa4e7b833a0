//! Sessions: signing in, staying in, and ending it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use medilink_commands::session::End;
use medilink_commands::sign_in::{
    Credentials, NamedSession, Password, Refusal, SignInDesk, Tokens, WeakPassword,
};
use medilink_commands::{Action, Resource};
use medilink_domain::{SessionId, SubjectId};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::{SignedIn, challenge};
use crate::answer::Found;
use crate::api::Tag;
use crate::backend::Backend;
use crate::call::{self, Command};
use crate::challenge::{EntryAnswer, entered};
use crate::input::{field, optional};
use crate::json::Json;
use crate::keeping::Keeping;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::visitor::Visitor;

/// What somebody shows to sign in.
#[derive(Object)]
pub struct SessionIn {
    /// The e-mail address of the account.
    #[oai(validator(min_length = 3, max_length = 254))]
    email: String,
    /// Its password.
    #[oai(validator(min_length = 1, max_length = 512))]
    password: String,
    /// What you call the device, such as `Firefox on my phone`; shown in the list of sessions.
    #[oai(validator(min_length = 1, max_length = 120))]
    device: Option<String>,
    /// The `device_token` of an earlier sign-in on this device: with it, whoever guesses at the
    /// password elsewhere can't keep you waiting.
    #[oai(validator(min_length = 1, max_length = 200))]
    device_token: Option<String>,
}

/// What keeps somebody in.
#[derive(Object)]
pub struct RefreshIn {
    /// The `refresh_token` of the last answer. It is good once: used again, it ends the session.
    /// Left out by a browser that keeps it in the cookie.
    #[oai(validator(min_length = 1, max_length = 200))]
    refresh_token: Option<String>,
}

/// What lets a person in.
#[derive(Object)]
pub struct TokensOut {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    token_type: String,
    /// How many seconds the access token works.
    expires_in: u64,
    /// For the next access token. It is good once. Not here but in a cookie for who sent
    /// `Medilink-Refresh-Token: cookie`.
    #[oai(skip_serializing_if_is_none)]
    refresh_token: Option<String>,
    /// For the next sign-in on this device. Keep it when you sign out.
    #[oai(skip_serializing_if_is_none)]
    device_token: Option<String>,
    /// The session.
    session: Uuid,
    /// Who is signed in; a patient's or doctor's id when they are one.
    person: Uuid,
    /// When the session ends unless it is refreshed before.
    idle_until: DateTime<Utc>,
    /// When it ends in any case.
    expires_at: DateTime<Utc>,
    /// For `Medilink-Min-Position`.
    position: u64,
}

impl TokensOut {
    /// The answer with these tokens, which nothing on the way may keep.
    pub(crate) fn answer<const STATUS: u16>(
        tokens: Tokens,
        keeping: &Keeping,
    ) -> crate::answer::Answer<Self, STATUS> {
        let left = tokens.access_expires_at - Utc::now();
        let (position, replayed) = (tokens.position, tokens.replayed);
        let (refresh_token, cookie) = keeping.hand_out(tokens.refresh_token);
        let body = Self {
            access_token: tokens.access_token,
            token_type: "Bearer".to_owned(),
            expires_in: left.num_seconds().try_into().unwrap_or(0),
            refresh_token,
            device_token: tokens.device_token,
            session: tokens.session.uuid(),
            person: tokens.person,
            idle_until: tokens.idle_until,
            expires_at: tokens.expires_at,
            position: position.0,
        };
        crate::answer::Answer::new(body)
            .position(position)
            .replayed(replayed)
            .cookie(cookie)
    }
}

/// A session that is not over.
#[derive(Object)]
pub struct SessionOut {
    /// The session.
    id: Uuid,
    /// What its device was called.
    #[oai(skip_serializing_if_is_none)]
    device: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it ends unless it is refreshed before.
    idle_until: DateTime<Utc>,
    /// When it ends in any case.
    expires_at: DateTime<Utc>,
    /// Whether a second factor was shown in it.
    second_factor: bool,
}

/// Sessions that are not over.
#[derive(Object)]
pub struct SessionsOut {
    /// The newest first.
    items: Vec<SessionOut>,
}

/// The sessions that were ended.
#[derive(Object)]
pub struct SessionsEndedOut {
    /// How many.
    ended: usize,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// The session that was ended.
#[derive(Object)]
pub struct SessionEndedOut {
    /// The session.
    id: Uuid,
    /// For `Medilink-Min-Position`.
    position: u64,
}

/// The routes.
pub struct Sessions {
    /// Carries out commands.
    pub backend: Backend,
    /// Lets people in.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Sessions")]
impl Sessions {
    /// Sign in
    ///
    /// Whoever has a second factor gets no tokens but a challenge (202), which
    /// `/v1/sessions/challenge` takes.
    #[oai(path = "/sessions", method = "post", operation_id = "startSession")]
    async fn start(
        &self,
        visitor: Visitor,
        keeping: Keeping,
        body: Json<SessionIn>,
    ) -> Result<EntryAnswer<201>, Problem> {
        let given = body.value;
        let credentials = Credentials {
            email: field("/email", &given.email)?,
            password: password("/password", &given.password)?,
            device: optional("/device", given.device.as_deref())?,
            device_token: given.device_token,
        };
        let context = visitor.context(self.desk.tenant());
        let entry = self.desk.sign_in(&context, credentials).await;
        Ok(entered(entry.map_err(refused)?, &keeping))
    }

    /// Stay signed in
    ///
    /// Changes the refresh token for the next tokens. Send an `Idempotency-Key`, so that an
    /// answer that gets lost on the way can be asked for again.
    #[oai(
        path = "/sessions/refresh",
        method = "post",
        operation_id = "refreshSession"
    )]
    async fn refresh(
        &self,
        visitor: Visitor,
        call: Command,
        keeping: Keeping,
        body: Json<RefreshIn>,
    ) -> Result<Found<TokensOut>, Problem> {
        let context = visitor.context(self.desk.tenant());
        let context = call.within(context, &body.hash);
        let given = keeping.token(body.value.refresh_token)?;
        let tokens = self.desk.refresh(&context, &given).await;
        Ok(TokensOut::answer(tokens.map_err(refused)?, &keeping))
    }

    /// List one's sessions
    #[oai(path = "/me/sessions", method = "get", operation_id = "listSessions")]
    async fn list(&self, caller: SignedIn) -> Result<Found<SessionsOut>, Problem> {
        let (tenant, person) = (caller.actor.tenant, caller.actor.id);
        let own = Resource::of_tenant("session", tenant).about(person);
        let permitted = self
            .backend
            .permit(&caller, Action::ListSessions, own)
            .await?;
        let open = self.desk.sessions(tenant, person).await;
        let open = open.map_err(call::refuse)?;
        let subjects = BTreeSet::from([SubjectId(person)]);
        let disclosed = self.backend.disclose(permitted, subjects, "sessions");
        disclosed.await?;
        let out = |named: NamedSession| SessionOut {
            id: named.session.session.uuid(),
            device: named.device.map(|device| device.as_str().to_owned()),
            current: caller.actor.session == Some(named.session.session.uuid()),
            started_at: named.session.started_at,
            idle_until: named.session.idle_until,
            expires_at: named.session.expires_at,
            second_factor: named.session.second_factor,
        };
        Ok(Found::new(SessionsOut {
            items: open.into_iter().map(out).collect(),
        }))
    }

    /// End all other sessions
    ///
    /// All of one's own but the one that asks.
    #[oai(
        path = "/me/sessions",
        method = "delete",
        operation_id = "endOtherSessions"
    )]
    async fn end_others(
        &self,
        caller: SignedIn,
        call: Command,
    ) -> Result<Found<SessionsEndedOut>, Problem> {
        let done = self.desk.end_others(&call.context(&caller)).await;
        let done = done.map_err(call::refuse)?;
        let body = SessionsEndedOut {
            ended: done.answer,
            position: done.position.0,
        };
        Ok(Found::done(body, &done))
    }

    /// End a session
    ///
    /// One's own: to sign out, or to lock a lost phone. Its tokens stop to work at once.
    #[oai(
        path = "/me/sessions/:id",
        method = "delete",
        operation_id = "endSession"
    )]
    async fn end(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
    ) -> Result<Found<SessionEndedOut>, Problem> {
        let end = End {
            session: SessionId(id.0),
            reason: field("reason", "signed-out")?,
        };
        let done = self.backend.execute(&call.context(&caller), &end).await?;
        let body = SessionEndedOut {
            id: id.0,
            position: done.position.0,
        };
        Ok(Found::done(body, &done))
    }
}

/// A password as it was sent.
pub(crate) fn password(pointer: &'static str, text: &str) -> Result<Password, Problem> {
    text.parse().map_err(|_| {
        Problem::new(&kinds::INVALID_FIELD)
            .field(pointer)
            .detail("It must have from 1 to 256 characters, without NUL.")
    })
}

/// Answers whoever is not let in.
pub(crate) fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Wrong => challenge(Problem::new(&kinds::WRONG_CREDENTIALS), "Bearer"),
        Refusal::Over => challenge(Problem::new(&kinds::REFRESH_REFUSED), "Bearer"),
        Refusal::Wait(wait) => Problem::new(&kinds::TRIED_TOO_OFTEN).retry_after(wait),
        Refusal::Weak(WeakPassword::TooShort { min }) => Problem::new(&kinds::WEAK_PASSWORD)
            .field("/password")
            .detail(format!("It needs at least {min} characters.")),
        Refusal::Weak(WeakPassword::Guessable) => {
            Problem::new(&kinds::WEAK_PASSWORD).field("/password")
        }
        Refusal::Busy => {
            Problem::new(&kinds::OVERLOADED).retry_after(std::time::Duration::from_secs(1))
        }
        Refusal::Command(error) => call::refuse(error),
    }
}

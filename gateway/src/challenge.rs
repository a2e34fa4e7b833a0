//! Coming in with a second factor, or with a passkey alone.

use chrono::{DateTime, Utc};
use medilink_commands::sign_in::{
    Challenged, Entry, Method, PasskeyQuestion, Refusal, Reply, SignInDesk,
};
use poem_openapi::{Enum, Object, OpenApi};
use serde_json::Value;
use uuid::Uuid;

use crate::answer::{Accepted, Answer, Created, Either, Found};
use crate::api::Tag;
use crate::input::{field, optional};
use crate::json::Json;
use crate::keeping::Keeping;
use crate::problem::Problem;
use crate::problem_kinds as kinds;
use crate::session::{TokensOut, refused};
use crate::visitor::Visitor;

/// A kind of second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FactorCode {
    /// The six digits of an authenticator app.
    Totp,
    /// A passkey.
    Passkey,
    /// A code by mail.
    Mail,
    /// A code by SMS.
    Sms,
    /// A backup code.
    BackupCode,
}

impl From<Method> for FactorCode {
    fn from(method: Method) -> Self {
        match method {
            Method::Totp => Self::Totp,
            Method::Passkey => Self::Passkey,
            Method::Mail => Self::Mail,
            Method::Sms => Self::Sms,
            Method::BackupCode => Self::BackupCode,
        }
    }
}

/// The password was right; a second factor is to be shown.
#[derive(Object)]
pub struct ChallengeOut {
    /// To be sent to `/v1/sessions/challenge`.
    challenge: String,
    /// With which of them it can be answered.
    methods: Vec<FactorCode>,
    /// From when on it is too old.
    expires_at: DateTime<Utc>,
    /// The message that was asked for with it: `/v1/me/phone/{id}` tells what became of it.
    #[oai(skip_serializing_if_is_none)]
    message: Option<Uuid>,
}

impl From<Challenged> for ChallengeOut {
    fn from(challenged: Challenged) -> Self {
        let methods = challenged.methods.into_iter();
        Self {
            challenge: challenged.challenge,
            methods: methods.map(FactorCode::from).collect(),
            expires_at: challenged.expires_at,
            message: challenged.message.map(|message| message.uuid()),
        }
    }
}

/// A challenge.
#[derive(Object)]
pub struct ChallengeIn {
    /// The `challenge` of an earlier answer.
    #[oai(validator(min_length = 1, max_length = 16384))]
    challenge: String,
}

/// What answers a challenge.
#[derive(Object)]
pub struct ChallengeAnswerIn {
    /// The `challenge` of an earlier answer.
    #[oai(validator(min_length = 1, max_length = 16384))]
    challenge: String,
    /// What is shown.
    method: FactorCode,
    /// The code of the app, of the mail, of the message or of the list.
    #[oai(validator(min_length = 6, max_length = 40))]
    code: Option<String>,
    /// What `navigator.credentials.get()` gave, as JSON.
    passkey: Option<Value>,
    /// What you call the device, such as `Firefox on my phone`.
    #[oai(validator(min_length = 1, max_length = 120))]
    device: Option<String>,
}

/// A passkey, and nothing else.
#[derive(Object)]
pub struct PasskeyIn {
    /// The `challenge` of the question.
    #[oai(validator(min_length = 1, max_length = 16384))]
    challenge: String,
    /// What `navigator.credentials.get()` gave, as JSON.
    passkey: Value,
    /// What you call the device, such as `Firefox on my phone`.
    #[oai(validator(min_length = 1, max_length = 120))]
    device: Option<String>,
}

/// What to ask a browser.
#[derive(Object)]
pub struct PasskeyQuestionOut {
    /// To be sent with the browser's answer.
    challenge: String,
    /// The `publicKey` for `navigator.credentials`.
    options: Value,
    /// From when on it is too old.
    expires_at: DateTime<Utc>,
}

impl From<PasskeyQuestion> for PasskeyQuestionOut {
    fn from(question: PasskeyQuestion) -> Self {
        Self {
            challenge: question.challenge,
            options: question.options,
            expires_at: question.expires_at,
        }
    }
}

/// A code is on its way.
#[derive(Object)]
pub struct MailedOut {
    /// When the code stops to work.
    expires_at: DateTime<Utc>,
}

/// Whoever shows what is right is in (`STATUS`), or has more to show (202).
pub(crate) type EntryAnswer<const STATUS: u16> =
    Either<Answer<TokensOut, STATUS>, Accepted<ChallengeOut>>;

/// The answer to whoever is in or has more to show.
pub(crate) fn entered<const STATUS: u16>(entry: Entry, keeping: &Keeping) -> EntryAnswer<STATUS> {
    match entry {
        Entry::Open(tokens) => Either::First(TokensOut::answer(*tokens, keeping)),
        Entry::Challenged(challenged) => Either::Second(Accepted::new(challenged.into())),
    }
}

/// What was shown, by its kind.
pub(crate) fn reply(
    method: FactorCode,
    code: Option<&str>,
    passkey: Option<Value>,
) -> Result<Reply, Problem> {
    let missing = |pointer: &'static str| Problem::new(&kinds::MISSING_FIELD).field(pointer);
    if method == FactorCode::Passkey {
        return passkey
            .map(Reply::Passkey)
            .ok_or_else(|| missing("/passkey"));
    }
    let code = code.ok_or_else(|| missing("/code"))?;
    Ok(match method {
        FactorCode::Totp => Reply::Totp(field("/code", code)?),
        FactorCode::Mail => Reply::Mail(field("/code", code)?),
        FactorCode::Sms => Reply::Sms(field("/code", code)?),
        _ => Reply::BackupCode(field("/code", code)?),
    })
}

/// Answers whoever has shown the wrong factor, by the field that it was in.
pub(crate) fn not_shown(method: FactorCode, refusal: Refusal) -> Problem {
    let problem = refused(refusal);
    if method == FactorCode::Passkey && problem.is_at("/code") {
        problem.field("/passkey")
    } else {
        problem
    }
}

/// The routes.
pub struct Challenges(pub SignInDesk);

#[OpenApi(prefix_path = "/v1/sessions", tag = "Tag::Sessions")]
impl Challenges {
    /// Show a second factor
    ///
    /// Answers the challenge of a sign-in with an app's code, a passkey, a code by mail or SMS, or
    /// a backup code. Each of them, and the challenge, is good once.
    #[oai(path = "/challenge", method = "post", operation_id = "answerChallenge")]
    async fn answer(
        &self,
        visitor: Visitor,
        keeping: Keeping,
        body: Json<ChallengeAnswerIn>,
    ) -> Result<Created<TokensOut>, Problem> {
        let given = body.value;
        let method = given.method;
        let reply = reply(method, given.code.as_deref(), given.passkey)?;
        let device = optional("/device", given.device.as_deref())?;
        let context = visitor.context(self.0.tenant());
        let tokens = self.0.answer(&context, &given.challenge, reply, device);
        let tokens = tokens.await.map_err(|refusal| not_shown(method, refusal))?;
        Ok(TokensOut::answer(tokens, &keeping))
    }

    /// Have a code mailed that answers a challenge
    ///
    /// Where codes by mail were chosen, and there is neither an app nor a passkey. Once for
    /// each challenge.
    #[oai(
        path = "/challenge/mail",
        method = "post",
        operation_id = "mailChallengeCode"
    )]
    async fn mail(
        &self,
        visitor: Visitor,
        body: Json<ChallengeIn>,
    ) -> Result<Accepted<MailedOut>, Problem> {
        let context = visitor.context(self.0.tenant());
        let mailed = self.0.mail_code(&context, &body.value.challenge).await;
        let expires_at = mailed.map_err(refused)?;
        Ok(Accepted::new(MailedOut { expires_at }))
    }

    /// Have a code sent by SMS that answers a challenge
    ///
    /// Where codes by SMS were chosen, and there is neither an app nor a passkey. Once for each
    /// challenge; asked again, it says `sms-refused` if the message can't be delivered.
    #[oai(
        path = "/challenge/sms",
        method = "post",
        operation_id = "textChallengeCode"
    )]
    async fn text(
        &self,
        visitor: Visitor,
        body: Json<ChallengeIn>,
    ) -> Result<Accepted<MailedOut>, Problem> {
        let context = visitor.context(self.0.tenant());
        let sent = self.0.send_code(&context, &body.value.challenge).await;
        let expires_at = sent.map_err(refused)?;
        Ok(Accepted::new(MailedOut { expires_at }))
    }

    /// Ask for a passkey that answers a challenge
    ///
    /// Answers with a new `challenge`, which the browser's answer is sent with.
    #[oai(
        path = "/challenge/passkey",
        method = "post",
        operation_id = "askChallengePasskey"
    )]
    async fn ask_second(
        &self,
        visitor: Visitor,
        body: Json<ChallengeIn>,
    ) -> Result<Found<PasskeyQuestionOut>, Problem> {
        let context = visitor.context(self.0.tenant());
        let token = &body.value.challenge;
        let question = self.0.ask_second_passkey(&context, token).await;
        Ok(Found::new(question.map_err(refused)?.into()))
    }

    /// Ask for a passkey
    ///
    /// Whichever the browser has for this site: it alone signs its person in.
    #[oai(
        path = "/passkey-question",
        method = "post",
        operation_id = "askPasskey"
    )]
    async fn ask(&self, visitor: Visitor) -> Result<Found<PasskeyQuestionOut>, Problem> {
        let context = visitor.context(self.0.tenant());
        let question = self.0.ask_passkey(&context).map_err(refused)?;
        Ok(Found::new(question.into()))
    }

    /// Sign in with a passkey
    ///
    /// Without a password: the device has made sure who uses it.
    #[oai(
        path = "/passkey",
        method = "post",
        operation_id = "startSessionWithPasskey"
    )]
    async fn enter(
        &self,
        visitor: Visitor,
        keeping: Keeping,
        body: Json<PasskeyIn>,
    ) -> Result<Created<TokensOut>, Problem> {
        let given = body.value;
        let device = optional("/device", given.device.as_deref())?;
        let context = visitor.context(self.0.tenant());
        let (token, shown) = (&given.challenge, given.passkey);
        let tokens = self.0.enter_with_passkey(&context, token, shown, device);
        let tokens = tokens
            .await
            .map_err(|refusal| not_shown(FactorCode::Passkey, refusal))?;
        Ok(TokensOut::answer(tokens, &keeping))
    }
}

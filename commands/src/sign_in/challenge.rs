//! Coming in with a second factor.
//!
//! Whoever has shown the right password is given a challenge: signed by us, kept nowhere, good
//! for ten minutes and for one session. What answers it, and that it was answered, is recorded
//! with the session that it begins.

use chrono::{DateTime, Utc};
use medilink_credentials::ShownPasskey;
use medilink_domain::account::Account;
use medilink_domain::second_factor::{Answered, SecondFactor, SecondFactorError, VALID};
use medilink_domain::values::{EmailAddress, Language, OneTimeCode, ShortText, TotpCode};
use medilink_domain::verification::{self, Letter};
use medilink_domain::{AccountId, ChallengeId, VerificationId};
use rand::RngCore;
use serde_json::Value;
use uuid::Uuid;

use super::account::MAILS;
use super::secrets::{Challenge, Purpose};
use super::session::Tokens;
use super::{FACTORS, Refusal, SignInDesk};
use crate::actor::CommandContext;
use crate::error::CommandError;
use crate::second_factor::{AnswerChallenge, Given, GivenPasskey};
use crate::verification::Request;

/// A person is in, or has more to show.
#[derive(Clone, Debug)]
pub enum Entry {
    /// They are in.
    Open(Box<Tokens>),
    /// They have a second factor.
    Challenged(Challenged),
}

/// What is to be answered with a second factor.
#[derive(Clone)]
pub struct Challenged {
    /// To be sent with the answer.
    pub challenge: String,
    /// With which factors it can be answered.
    pub methods: Vec<Method>,
    /// From when on it is too old.
    pub expires_at: DateTime<Utc>,
    /// The message that a code was sent with, if one was just sent by SMS.
    pub message: Option<VerificationId>,
}

/// A kind of second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A code of an authenticator app.
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

/// What a person shows for a second factor, as it was sent.
#[derive(Clone, Debug)]
pub enum Reply {
    /// What their app shows.
    Totp(TotpCode),
    /// A backup code.
    BackupCode(OneTimeCode),
    /// What they read in a mail.
    Mail(OneTimeCode),
    /// What they read in a message.
    Sms(OneTimeCode),
    /// What the browser answered.
    Passkey(Value),
}

impl std::fmt::Debug for Challenged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenged")
            .field("methods", &self.methods)
            .finish_non_exhaustive()
    }
}

pub(super) fn over() -> Refusal {
    CommandError::from(SecondFactorError::ChallengeOver).into()
}

impl Challenge {
    /// A new one, with nothing known.
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        Self {
            id: Uuid::now_v7(),
            account: None,
            session: None,
            passwords: 0,
            era: 0,
            expires_at: now + VALID,
            device: None,
            state: None,
        }
    }

    pub(super) const fn answered(&self) -> Answered {
        Answered {
            challenge: ChallengeId(self.id),
            expires_at: self.expires_at,
        }
    }
}

impl SignInDesk {
    /// With what these factors can be shown.
    pub(super) fn methods(&self, factors: &SecondFactor) -> Vec<Method> {
        let all = [
            (Method::Totp, factors.has_totp()),
            (Method::Passkey, !factors.passkeys.is_empty()),
            (Method::Mail, factors.takes_mail()),
            (Method::Sms, self.sms_phone(factors).is_some()),
            (Method::BackupCode, factors.codes_left() > 0),
        ];
        all.into_iter()
            .filter_map(|(method, there)| there.then_some(method))
            .collect()
    }

    /// Goes on with somebody who has shown their password.
    pub(super) async fn proceed(
        &self,
        context: &CommandContext,
        id: AccountId,
        account: &Account,
        known_device: Option<String>,
        device: Option<ShortText>,
    ) -> Result<Entry, Refusal> {
        let factors: SecondFactor = self.state(&id).await?.unwrap_or_default();
        if !factors.is_on() {
            let start = self.beginning(id, account, &["pwd"], false, device).await?;
            let tokens = self.start(context, account, start).await?;
            return Ok(Entry::Open(Box::new(tokens)));
        }
        let challenge = Challenge {
            account: Some(id.uuid()),
            passwords: account.passwords,
            era: account.era,
            device: known_device,
            ..Challenge::new(context.now)
        };
        Ok(Entry::Challenged(Challenged {
            challenge: self.given_out(Purpose::SignIn, &challenge)?,
            methods: self.methods(&factors),
            expires_at: challenge.expires_at,
            message: None,
        }))
    }

    pub(super) fn given_out(
        &self,
        purpose: Purpose,
        challenge: &Challenge,
    ) -> Result<String, Refusal> {
        let token = self.0.secrets.new_challenge(purpose, challenge);
        let unfit = || CommandError::Internal("a challenge that can't be written".into());
        Ok(token.ok_or_else(unfit)?)
    }

    /// The challenge that was given out to whoever has shown this account's password.
    pub(super) fn challenged(
        &self,
        context: &CommandContext,
        token: &str,
    ) -> Result<(Challenge, AccountId), Refusal> {
        let challenge = self
            .0
            .secrets
            .challenge(Purpose::SignIn, token, context.now);
        let challenge = challenge.ok_or_else(over)?;
        let account = AccountId(challenge.account.ok_or_else(over)?);
        Ok((challenge, account))
    }

    /// Lets a person in who answers a challenge.
    ///
    /// # Errors
    /// [`Refusal::Wait`], a wrong code, or a challenge that is over.
    pub async fn answer(
        &self,
        context: &CommandContext,
        token: &str,
        reply: Reply,
        device: Option<ShortText>,
    ) -> Result<Tokens, Refusal> {
        let (challenge, id) = self.challenged(context, token)?;
        let secrets = &self.0.secrets;
        let tried = match &challenge.device {
            Some(device) => secrets.index("second-factor/device", device),
            None => secrets.index("second-factor/account", &id.to_string()),
        };
        self.pace_of(&tried, FACTORS).await?;
        let given = self.given(id, challenge.state.as_deref(), reply)?;
        let account: Account = self.state(&id).await?.ok_or_else(over)?;
        if account.passwords != challenge.passwords || account.era != challenge.era {
            return Err(over());
        }
        // Whoever reads the mailbox has set the password: its code is no second factor.
        let second_factor = !(account.recovered && matches!(given, Given::Mail(_)));
        let mfa = second_factor.then_some("mfa");
        let methods: Vec<&str> = ["pwd", given.method()].into_iter().chain(mfa).collect();
        let start = self.beginning(id, &account, &methods, second_factor, device);
        let answer = AnswerChallenge {
            given,
            answered: challenge.answered(),
            start: start.await?,
        };
        let tokens = self.let_in(context, &account, &answer).await?;
        self.0.attempts.forget(&tried).await?;
        Ok(tokens)
    }

    pub(super) async fn let_in(
        &self,
        context: &CommandContext,
        account: &Account,
        answer: &AnswerChallenge,
    ) -> Result<Tokens, Refusal> {
        let within = self.within(context, account, &answer.start);
        match self.0.executor.execute(&within, answer).await {
            Ok(done) => self.begun(within.now, account, &done).await,
            Err(error) => {
                let account = Some(answer.start.account);
                self.record_if_wrong(context, account, &error).await?;
                Err(error.into())
            }
        }
    }

    /// Records that a second factor was wrong, if that is what it was.
    pub(super) async fn record_if_wrong(
        &self,
        context: &CommandContext,
        account: Option<AccountId>,
        error: &CommandError,
    ) -> Result<(), Refusal> {
        let wrong = CommandError::from(SecondFactorError::CodeWrong).to_string();
        if matches!(error, CommandError::Refused(rule) if rule.to_string() == wrong) {
            let reason = "wrong-second-factor";
            self.record_refusal(context, account, reason).await?;
        }
        Ok(())
    }

    /// What was sent, as it can be checked.
    pub(super) fn given(
        &self,
        account: AccountId,
        state: Option<&str>,
        reply: Reply,
    ) -> Result<Given, Refusal> {
        let wrong = || Refusal::from(CommandError::from(SecondFactorError::CodeWrong));
        Ok(match reply {
            Reply::Totp(code) => Given::Totp(code),
            Reply::BackupCode(code) => {
                Given::BackupCode(self.0.secrets.backup_code(account, &code))
            }
            Reply::Mail(code) => Given::Mail(code),
            Reply::Sms(code) => Given::Sms(code),
            Reply::Passkey(answer) => Given::Passkey(Box::new(GivenPasskey {
                site: self.0.site.clone(),
                state: state.ok_or_else(wrong)?.to_owned(),
                shown: ShownPasskey::new(answer).map_err(|_| wrong())?,
            })),
        })
    }

    /// Mails a code that answers the challenge, to who has chosen that.
    ///
    /// # Errors
    /// [`Refusal::Wait`], or a challenge that can't be answered so.
    pub async fn mail_code(
        &self,
        context: &CommandContext,
        token: &str,
    ) -> Result<DateTime<Utc>, Refusal> {
        let (challenge, id) = self.challenged(context, token)?;
        self.mail(context, id, &challenge).await
    }

    pub(super) async fn mail(
        &self,
        context: &CommandContext,
        id: AccountId,
        challenge: &Challenge,
    ) -> Result<DateTime<Utc>, Refusal> {
        let factors: SecondFactor = self.state(&id).await?.unwrap_or_default();
        let account: Account = self.state(&id).await?.unwrap_or_default();
        let (true, Some(email)) = (factors.takes_mail(), account.email) else {
            return Err(CommandError::from(SecondFactorError::NoSuchFactor).into());
        };
        self.pace("verification/email", &email.folded(), MAILS)
            .await?;
        let request = sign_in_mail(challenge, id, email, account.language);
        let context = CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        self.0.executor.execute(&context, &Request(request)).await?;
        Ok(challenge.expires_at)
    }
}

fn sign_in_mail(
    challenge: &Challenge,
    account: AccountId,
    email: EmailAddress,
    language: Option<Language>,
) -> verification::Request {
    let mut random = [0; 10];
    rand::rng().fill_bytes(&mut random);
    verification::Request {
        // One code for a challenge, and for nothing else.
        verification: VerificationId(challenge.id),
        person: account.into(),
        letter: Letter::SignIn,
        email,
        language: language.unwrap_or(Language::English),
        code: OneTimeCode::from_random(random),
        passwords: Some(challenge.passwords),
    }
}

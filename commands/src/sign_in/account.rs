//! Coming to have an account, and another password.

use std::time::Duration;

use chrono::{DateTime, Utc};
use medilink_credentials::{Password, PasswordRules};
use medilink_domain::account::Account;
use medilink_domain::values::{BirthDate, EmailAddress, Language, OneTimeCode, PersonName, Phone};
use medilink_domain::verification::{self, Letter, Use, Verification, VerificationCommand};
use medilink_domain::{AccountId, Decider, SubjectId, VerificationId};
use medilink_log::Position;
use uuid::Uuid;

use super::challenge::Entry;
use super::floor::no_earlier;
use super::{PASSWORDS, Refusal, SignInDesk};
use crate::account::{AccountAnswer, ChangePassword, Recover, Register};
use crate::actor::CommandContext;
use crate::attempts::Pace;
use crate::error::CommandError;
use crate::executor::Committed;
use crate::invitation::new_code;
use crate::verification::Request;

/// Mails with codes to one address: nobody's mailbox is to be flooded.
pub(super) const MAILS: Pace = Pace {
    free: 3,
    first: Duration::from_mins(1),
    longest: Duration::from_hours(1),
    forget: Duration::from_hours(24),
};
/// Tries at one code.
pub(super) const CODES: Pace = Pace {
    free: 5,
    first: Duration::from_secs(2),
    longest: Duration::from_mins(5),
    forget: Duration::from_hours(1),
};

/// Who is to have an account.
#[derive(Debug)]
pub struct Registration {
    /// What the code was mailed for.
    pub verification: VerificationId,
    /// The code.
    pub code: OneTimeCode,
    /// The password to sign in with.
    pub password: Password,
    /// Their name.
    pub name: PersonName,
    /// Their telephone number.
    pub phone: Phone,
    /// When they were born, if they say.
    pub date_of_birth: Option<BirthDate>,
}

/// That a code is on its way, if the address is one that it is mailed to.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the code is good for.
    pub verification: VerificationId,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
    /// The position of the record.
    pub position: Position,
}

impl SignInDesk {
    /// Mails the code that opens an account; to whoever has one, that they have.
    ///
    /// # Errors
    /// [`Refusal::Wait`], or when a part is away.
    pub async fn ask_to_register(
        &self,
        context: &CommandContext,
        email: EmailAddress,
        language: Language,
    ) -> Result<Asked, Refusal> {
        let letters = (Letter::AlreadyRegistered, Letter::Registration);
        no_earlier(self.ask(context, email, language, letters)).await
    }

    /// Mails the code that sets a new password, if there is such an account.
    ///
    /// # Errors
    /// [`Refusal::Wait`], or when a part is away.
    pub async fn ask_to_recover(
        &self,
        context: &CommandContext,
        email: EmailAddress,
    ) -> Result<Asked, Refusal> {
        let letters = (Letter::Recovery, Letter::None);
        no_earlier(self.ask(context, email, Language::English, letters)).await
    }

    async fn ask(
        &self,
        context: &CommandContext,
        email: EmailAddress,
        language: Language,
        (known, unknown): (Letter, Letter),
    ) -> Result<Asked, Refusal> {
        self.pace("verification/email", &email.folded(), MAILS)
            .await?;
        let account = self.account_of(&email).await?;
        let request = verification::Request {
            verification: VerificationId(Uuid::now_v7()),
            person: SubjectId(Uuid::now_v7()),
            letter: unknown,
            email,
            language,
            code: new_code(),
            passwords: None,
        };
        let request = match account {
            // To the address that was verified, not to one that is merely spelled like it.
            Some(Account {
                account: Some(account),
                email: Some(email),
                language: preferred,
                passwords,
                ..
            }) => verification::Request {
                person: account.into(),
                letter: known,
                email,
                language: preferred.unwrap_or(language),
                passwords: Some(passwords),
                ..request
            },
            _ => request,
        };
        let done = self.0.executor.execute(context, &Request(request)).await?;
        Ok(Asked {
            verification: done.answer.verification,
            expires_at: context.now + verification::VALID,
            position: done.position,
        })
    }

    /// Opens an account for whoever read the code.
    ///
    /// # Errors
    /// The code is wrong, the password weak, the address taken meanwhile, or a part is away.
    pub async fn register(
        &self,
        context: &CommandContext,
        given: Registration,
    ) -> Result<Committed<AccountAnswer>, Refusal> {
        let Registration {
            verification,
            code,
            password,
            name,
            phone,
            date_of_birth,
        } = given;
        let letter = Letter::Registration;
        let mailed = no_earlier(self.mailed(context, verification, letter, &code)).await?;
        self.fit(&password, [mailed.email.as_str(), name.as_str()])
            .await?;
        let register = Register {
            verification,
            code,
            password_hash: self.hash(&password).await?,
            name,
            phone,
            date_of_birth,
        };
        Ok(self.0.executor.execute(context, &register).await?)
    }

    /// Sets a new password for whoever read the code, and goes on as if it had been shown:
    /// whoever has a second factor is asked for it. Every other session ends.
    ///
    /// # Errors
    /// The code is wrong, the password weak, or a part is away.
    pub async fn recover(
        &self,
        context: &CommandContext,
        verification: VerificationId,
        code: OneTimeCode,
        password: &Password,
    ) -> Result<Entry, Refusal> {
        let mailed =
            no_earlier(self.mailed(context, verification, Letter::Recovery, &code)).await?;
        self.fit(password, [mailed.email.as_str()]).await?;
        let recover = Recover {
            verification,
            code,
            password_hash: self.hash(password).await?,
        };
        let done = self.0.executor.execute(context, &recover).await?;
        // Whoever guessed before guesses at another password now.
        let key = self
            .0
            .secrets
            .index("sign-in/email", &mailed.email.folded());
        self.0.attempts.forget(&key).await?;
        let id = done.answer.account;
        let account: Account = self.state(&id).await?.ok_or(Refusal::Wrong)?;
        account.usable().map_err(CommandError::from)?;
        // Of this very password: with a later one the session is over before it begins.
        let account = Account {
            passwords: mailed.passwords.unwrap_or_default().saturating_add(1),
            ..account
        };
        self.proceed(context, id, &account, None, None).await
    }

    /// Where and when the code was mailed that is shown here. Looked at before any password is hashed,
    /// which costs much; it is used up only later.
    pub(super) async fn mailed(
        &self,
        context: &CommandContext,
        verification: VerificationId,
        letter: Letter,
        code: &OneTimeCode,
    ) -> Result<verification::Requested, Refusal> {
        self.pace("verification/code", &verification.to_string(), CODES)
            .await?;
        let state: Verification = self.state(&verification).await?.unwrap_or_default();
        let usage = VerificationCommand::Use(Use {
            letter,
            code: code.clone(),
        });
        state
            .decide(usage, context.now)
            .map_err(CommandError::from)?;
        match state.open {
            Some(open) => Ok(open),
            None => Err(CommandError::from(verification::VerificationError::CodeWrong).into()),
        }
    }

    /// Replaces the password of whoever is signed in and shows the old one. All their sessions
    /// end; this one goes on as a new one.
    ///
    /// # Errors
    /// [`Refusal::Wrong`] when the old one is not right, [`Refusal::Wait`], [`Refusal::Weak`].
    pub async fn change_password(
        &self,
        context: &CommandContext,
        current: &Password,
        new: &Password,
    ) -> Result<Entry, Refusal> {
        let id = AccountId(context.actor.id);
        let account = self.shown_by(context, id, current).await?;
        let email = account.email.as_ref().map_or("", EmailAddress::as_str);
        self.fit(new, [email]).await?;
        let change = ChangePassword {
            account: id,
            passwords: account.passwords,
            password_hash: self.hash(new).await?,
        };
        let context = &CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        self.0.executor.execute(context, &change).await?;
        // Of this very password: with a later one the session is over before it begins.
        let account = Account {
            passwords: account.passwords.saturating_add(1),
            ..account
        };
        if context.actor.second_factor {
            let start = self.beginning(id, &account, &["pwd", "mfa"], true, None);
            let tokens = self.start(context, &account, start.await?).await;
            return Ok(Entry::Open(Box::new(tokens?)));
        }
        self.proceed(context, id, &account, None, None).await
    }

    /// The account of whoever is signed in and shows its password.
    pub(super) async fn shown_by(
        &self,
        context: &CommandContext,
        id: AccountId,
        password: &Password,
    ) -> Result<Account, Refusal> {
        // The same id in another network is another person.
        if context.actor.tenant != self.tenant() {
            return Err(Refusal::Wrong);
        }
        let tried = self.0.secrets.index("sign-in/account", &id.to_string());
        self.pace_of(&tried, PASSWORDS).await?;
        let account: Account = self.state(&id).await?.ok_or(Refusal::Wrong)?;
        if !self
            .is_right(password, account.password_hash.as_ref())
            .await?
        {
            self.record_refusal(context, Some(id), "wrong-password")
                .await?;
            return Err(Refusal::Wrong);
        }
        self.0.attempts.forget(&tried).await?;
        Ok(account)
    }

    /// Whether a new password will do, for somebody of whom this is known. Beside the others'
    /// work: it can take a tenth of a second.
    pub(super) async fn fit<const N: usize>(
        &self,
        password: &Password,
        known: [&str; N],
    ) -> Result<(), Refusal> {
        let (password, known) = (password.clone(), known.map(str::to_owned));
        let checked = tokio::task::spawn_blocking(move || {
            PasswordRules::check(&password, &known.each_ref().map(String::as_str))
        });
        let lost = |_| CommandError::Internal("a password could not be looked at".into());
        Ok(checked.await.map_err(lost)??)
    }
}

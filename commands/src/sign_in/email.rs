//! Another e-mail address for whoever is signed in.

use medilink_credentials::Password;
use medilink_domain::account::{Account, AccountError};
use medilink_domain::values::{EmailAddress, Language, OneTimeCode};
use medilink_domain::verification::{self, Letter};
use medilink_domain::{AccountId, SubjectId, VerificationId};
use uuid::Uuid;

use super::account::MAILS;
use super::floor::no_earlier;
use super::{Asked, Refusal, SignInDesk};
use crate::account::{AccountAnswer, ChangeEmail};
use crate::action::Action;
use crate::actor::CommandContext;
use crate::error::CommandError;
use crate::executor::Committed;
use crate::invitation::new_code;
use crate::verification::RequestEmailChange;

impl SignInDesk {
    /// Mails a code to the address that an account is to have, and word of it to the one that
    /// it has. Where the address is somebody else's, they are told and no code is mailed.
    ///
    /// # Errors
    /// [`Refusal::Wrong`] when the password is not right, [`Refusal::Wait`].
    pub async fn ask_to_change_email(
        &self,
        context: &CommandContext,
        password: &Password,
        email: EmailAddress,
    ) -> Result<Asked, Refusal> {
        self.may(context, Action::ChangeEmail)?;
        let id = AccountId(context.actor.id);
        let account = self.shown_by(context, id, password).await?;
        no_earlier(self.mail_change(context, id, account, email)).await
    }

    async fn mail_change(
        &self,
        context: &CommandContext,
        id: AccountId,
        account: Account,
        email: EmailAddress,
    ) -> Result<Asked, Refusal> {
        let missing = || CommandError::from(AccountError::NoSuchAccount);
        let old = account.email.ok_or_else(missing)?;
        if old.folded() == email.folded() {
            return Err(CommandError::from(AccountError::EmailUnchanged).into());
        }
        self.pace("verification/email", &email.folded(), MAILS)
            .await?;
        let language = account.language.unwrap_or(Language::English);
        let request = |person: SubjectId, letter, email, language| verification::Request {
            verification: VerificationId(Uuid::now_v7()),
            person,
            letter,
            email,
            language,
            code: new_code(),
            passwords: None,
        };
        let code = match self.account_of(&email).await? {
            // To the address that was verified, not to one that is merely spelled like it.
            Some(Account {
                account: Some(other),
                email: Some(email),
                language: preferred,
                ..
            }) => request(
                other.into(),
                Letter::AlreadyRegistered,
                email,
                preferred.unwrap_or(language),
            ),
            _ => request(id.into(), Letter::EmailChange, email, language),
        };
        let change = RequestEmailChange {
            account: id,
            word: request(id.into(), Letter::EmailChanging, old, language),
            code,
        };
        let context = &CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        let done = self.0.executor.execute(context, &change).await?;
        Ok(Asked {
            verification: done.answer.verification,
            expires_at: context.now + verification::VALID,
            position: done.position,
        })
    }

    /// Gives the account of whoever is signed in the address at which they read the code.
    ///
    /// # Errors
    /// The code is wrong, the address taken meanwhile, or a part is away.
    pub async fn change_email(
        &self,
        context: &CommandContext,
        verification: VerificationId,
        code: OneTimeCode,
    ) -> Result<Committed<AccountAnswer>, Refusal> {
        self.may(context, Action::ChangeEmail)?;
        no_earlier(self.mailed(context, verification, Letter::EmailChange, &code)).await?;
        let change = ChangeEmail {
            account: AccountId(context.actor.id),
            verification,
            code,
        };
        let context = &CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        Ok(self.0.executor.execute(context, &change).await?)
    }
}

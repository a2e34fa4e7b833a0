//! A person's own second factors: set up, and backed up.

use medilink_credentials::TotpInvitation;
use medilink_domain::account::Account;
use medilink_domain::second_factor::{BACKUP_CODES, SecondFactor, SecondFactorError};
use medilink_domain::values::{OneTimeCode, SecretHash, ShortText, TotpCode, TotpSecret};
use medilink_domain::{AccountId, PasskeyId};
use rand::RngCore;
use serde_json::Value;

use super::challenge::over;
use super::passkey::{PasskeyQuestion, records};
use super::secrets::{Challenge, Purpose};
use super::{Refusal, SignInDesk, code};
use crate::action::Action;
use crate::actor::CommandContext;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Committed;
use crate::second_factor::{
    AddPasskey, BeginTotp, ConfirmTotp, IssueCodes, KIND, SecondFactorAnswer,
};

/// What an authenticator app is given, and the record of it.
#[derive(Debug)]
pub struct Invitation {
    /// What it is given.
    pub totp: TotpInvitation,
    /// The record.
    pub done: Committed<SecondFactorAnswer>,
}

/// Backup codes, which are shown once, and the record of them.
#[derive(Debug)]
pub struct BackupCodes {
    /// The codes, if any were given out.
    pub codes: Vec<OneTimeCode>,
    /// The record.
    pub done: Committed<SecondFactorAnswer>,
}

impl SignInDesk {
    /// Goes on only if the actor may do this with their own factors and address.
    pub(super) fn may(&self, context: &CommandContext, action: Action) -> Result<(), CommandError> {
        let actor = &context.actor;
        let own = Resource::of_tenant(KIND, actor.tenant).about(actor.id);
        let authorizer = self.0.executor.authorizer();
        authorizer.authorize(actor, action, &own)?;
        Ok(())
    }

    /// The account of whoever is signed in.
    pub(super) async fn own_account(
        &self,
        context: &CommandContext,
    ) -> Result<(AccountId, Account), Refusal> {
        let missing = || CommandError::NotFound("account");
        // The same id in another network is another person.
        if context.actor.tenant != self.tenant() {
            return Err(missing().into());
        }
        let id = AccountId(context.actor.id);
        let account: Account = self.state(&id).await?.ok_or_else(missing)?;
        account.usable().map_err(CommandError::from)?;
        Ok((id, account))
    }

    /// A person's factors as they are. Ask for leave first.
    ///
    /// # Errors
    /// When a part is away, or there is no such account here.
    pub async fn factors(&self, context: &CommandContext) -> Result<SecondFactor, Refusal> {
        let (id, _) = self.own_account(context).await?;
        Ok(self.state(&id).await?.unwrap_or_default())
    }

    /// Invites an authenticator app.
    ///
    /// # Errors
    /// When one is in use, or without a fresh proof.
    pub async fn begin_totp(&self, context: &CommandContext) -> Result<Invitation, Refusal> {
        self.may(context, Action::AddSecondFactor)?;
        let (account, known) = self.own_account(context).await?;
        let mut random = [0; 20];
        rand::rng().fill_bytes(&mut random);
        let secret = TotpSecret::from(random);
        let email = known.email.as_ref().map_or("", |email| email.as_str());
        let totp = medilink_credentials::TotpKey::new(*secret.bytes());
        let totp = totp.invitation(&self.0.config.name, email);
        let totp = totp.map_err(|error| CommandError::Internal(error.to_string()))?;
        let begin = BeginTotp { account, secret };
        let done = self.0.executor.execute(&once(context), &begin).await?;
        Ok(Invitation { totp, done })
    }

    /// Counts on the app from now on, which has shown this code. With the first factor, backup
    /// codes are given out.
    ///
    /// # Errors
    /// When the code is wrong, or without a fresh proof.
    pub async fn confirm_totp(
        &self,
        context: &CommandContext,
        shown: TotpCode,
    ) -> Result<BackupCodes, Refusal> {
        self.may(context, Action::AddSecondFactor)?;
        let (account, _) = self.own_account(context).await?;
        let (codes, hashes) = self.new_codes(account);
        let confirm = ConfirmTotp {
            account,
            code: shown,
            codes: hashes,
            method: code("otp")?,
        };
        let done = self.0.executor.execute(&once(context), &confirm).await?;
        Ok(BackupCodes::of(codes, done))
    }

    /// Gives out new backup codes; earlier ones are void.
    ///
    /// # Errors
    /// Without a factor, or without a fresh proof.
    pub async fn issue_codes(&self, context: &CommandContext) -> Result<BackupCodes, Refusal> {
        self.may(context, Action::IssueBackupCodes)?;
        let (account, _) = self.own_account(context).await?;
        let (codes, hashes) = self.new_codes(account);
        let issue = IssueCodes {
            account,
            codes: hashes,
        };
        let done = self.0.executor.execute(&once(context), &issue).await?;
        Ok(BackupCodes::of(codes, done))
    }

    fn new_codes(&self, account: AccountId) -> (Vec<OneTimeCode>, Vec<SecretHash>) {
        let code = |_| {
            let mut random = [0; 10];
            rand::rng().fill_bytes(&mut random);
            let code = OneTimeCode::from_random(random);
            let hash = self.0.secrets.backup_code(account, &code);
            (code, hash)
        };
        (0..BACKUP_CODES).map(code).unzip()
    }

    /// Asks a browser to make a passkey.
    ///
    /// # Errors
    /// Without a fresh proof.
    pub async fn ask_new_passkey(
        &self,
        context: &CommandContext,
    ) -> Result<PasskeyQuestion, Refusal> {
        self.may(context, Action::AddSecondFactor)?;
        let (id, account) = self.own_account(context).await?;
        let factors: SecondFactor = self.state(&id).await?.unwrap_or_default();
        let name = account.email.as_ref().map_or("", |email| email.as_str());
        let asked = self.0.site.invite(id.uuid(), name, &records(&factors))?;
        let challenge = Challenge {
            account: Some(id.uuid()),
            state: Some(asked.state),
            ..Challenge::new(context.now)
        };
        Ok(PasskeyQuestion {
            challenge: self.given_out(Purpose::NewPasskey, &challenge)?,
            options: asked.options,
            expires_at: challenge.expires_at,
        })
    }

    /// Adds the passkey that a browser has made. With the first factor, backup codes are given
    /// out.
    ///
    /// # Errors
    /// When it is not the answer to that question, or without a fresh proof.
    pub async fn add_passkey(
        &self,
        context: &CommandContext,
        token: &str,
        answer: Value,
        name: ShortText,
    ) -> Result<(PasskeyId, BackupCodes), Refusal> {
        self.may(context, Action::AddSecondFactor)?;
        let (account, _) = self.own_account(context).await?;
        let secrets = &self.0.secrets;
        let challenge = secrets.challenge(Purpose::NewPasskey, token, context.now);
        let challenge = challenge.filter(|known| known.account == Some(account.uuid()));
        let challenge = challenge.ok_or_else(over)?;
        let state = challenge.state.as_deref().ok_or_else(over)?;
        let wrong = |_| CommandError::from(SecondFactorError::CodeWrong);
        let record = self.0.site.accept(state, answer).map_err(wrong)?;
        let unfit = |_| CommandError::Internal("a passkey that can't be kept".into());
        let (codes, hashes) = self.new_codes(account);
        // One answer, one passkey.
        let passkey = PasskeyId(challenge.id);
        let add = AddPasskey {
            account,
            passkey,
            name,
            record: record.parse().map_err(unfit)?,
            codes: hashes,
            method: code("pop")?,
        };
        let done = self.0.executor.execute(&once(context), &add).await?;
        Ok((passkey, BackupCodes::of(codes, done)))
    }
}

impl BackupCodes {
    fn of(codes: Vec<OneTimeCode>, done: Committed<SecondFactorAnswer>) -> Self {
        let codes = if done.answer.codes_issued {
            codes
        } else {
            Vec::new()
        };
        Self { codes, done }
    }
}

/// The same, not to be repeated: what it answers is kept nowhere.
pub(super) fn once(context: &CommandContext) -> CommandContext {
    CommandContext {
        idempotency: None,
        expected_version: None,
        ..context.clone()
    }
}

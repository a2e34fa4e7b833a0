//! Coming in with a passkey: alone, or as a second factor.

use chrono::{DateTime, Utc};
use medilink_credentials::ShownPasskey;
use medilink_domain::AccountId;
use medilink_domain::account::Account;
use medilink_domain::second_factor::{SecondFactor, SecondFactorError};
use medilink_domain::values::ShortText;
use serde_json::Value;

use super::challenge::over;
use super::floor::no_earlier_if_refused;
use super::secrets::{Challenge, Purpose};
use super::session::Tokens;
use super::{Refusal, SignInDesk};
use crate::actor::CommandContext;
use crate::error::CommandError;
use crate::second_factor::{AnswerChallenge, Given, GivenPasskey};

/// A question to a browser.
#[derive(Clone)]
pub struct PasskeyQuestion {
    /// To be sent with the browser's answer.
    pub challenge: String,
    /// The `publicKey` options for the browser.
    pub options: Value,
    /// From when on it is too old.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for PasskeyQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasskeyQuestion(…)")
    }
}

/// The public parts of these passkeys.
pub(super) fn records(factors: &SecondFactor) -> Vec<&str> {
    let passkeys = factors.passkeys.values();
    passkeys.map(|passkey| passkey.record.as_str()).collect()
}

impl SignInDesk {
    /// Asks a browser for one of the passkeys that answer the challenge.
    ///
    /// # Errors
    /// A challenge that can't be answered so.
    pub async fn ask_second_passkey(
        &self,
        context: &CommandContext,
        token: &str,
    ) -> Result<PasskeyQuestion, Refusal> {
        let (challenge, id) = self.challenged(context, token)?;
        let factors: SecondFactor = self.state(&id).await?.unwrap_or_default();
        self.ask_for_one(Purpose::SignIn, challenge, &factors)
    }

    pub(super) fn ask_for_one(
        &self,
        purpose: Purpose,
        challenge: Challenge,
        factors: &SecondFactor,
    ) -> Result<PasskeyQuestion, Refusal> {
        let known = records(factors);
        if known.is_empty() {
            return Err(CommandError::from(SecondFactorError::NoSuchFactor).into());
        }
        self.question(purpose, challenge, &known)
    }

    fn question(
        &self,
        purpose: Purpose,
        challenge: Challenge,
        known: &[&str],
    ) -> Result<PasskeyQuestion, Refusal> {
        let asked = self.0.site.ask(known)?;
        let challenge = Challenge {
            state: Some(asked.state),
            ..challenge
        };
        Ok(PasskeyQuestion {
            challenge: self.given_out(purpose, &challenge)?,
            options: asked.options,
            expires_at: challenge.expires_at,
        })
    }

    /// Asks a browser for whichever passkey it has for this site.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn ask_passkey(&self, context: &CommandContext) -> Result<PasskeyQuestion, Refusal> {
        self.question(Purpose::Passkey, Challenge::new(context.now), &[])
    }

    /// Lets a person in who shows a passkey, and nothing else: the authenticator has verified
    /// who they are.
    ///
    /// # Errors
    /// [`Refusal::Wrong`], or a challenge that is over.
    pub async fn enter_with_passkey(
        &self,
        context: &CommandContext,
        token: &str,
        shown: Value,
        device: Option<ShortText>,
    ) -> Result<Tokens, Refusal> {
        let challenge = self
            .0
            .secrets
            .challenge(Purpose::Passkey, token, context.now);
        let challenge = challenge.ok_or_else(over)?;
        no_earlier_if_refused(self.enter(context, challenge, shown, device)).await
    }

    async fn enter(
        &self,
        context: &CommandContext,
        challenge: Challenge,
        shown: Value,
        device: Option<ShortText>,
    ) -> Result<Tokens, Refusal> {
        let shown = ShownPasskey::new(shown).map_err(|_| Refusal::Wrong)?;
        let id = AccountId(shown.person.ok_or(Refusal::Wrong)?);
        let account: Account = self.state(&id).await?.ok_or(Refusal::Wrong)?;
        let methods = ["pop", "user", "mfa"];
        let start = self.beginning(id, &account, &methods, true, device);
        let answer = AnswerChallenge {
            answered: challenge.answered(),
            start: start.await?,
            given: Given::Passkey(Box::new(GivenPasskey {
                site: self.0.site.clone(),
                state: challenge.state.ok_or_else(over)?,
                shown,
            })),
        };
        self.let_in(context, &account, &answer).await
    }
}

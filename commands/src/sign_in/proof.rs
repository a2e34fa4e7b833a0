//! Showing again who one is, in a session that goes on: before what could do harm.

use chrono::{DateTime, Utc};
use medilink_credentials::Password;
use medilink_domain::second_factor::{Answered, SecondFactor, SecondFactorError, VALID};
use medilink_domain::{ChallengeId, SessionId};
use uuid::Uuid;

use super::challenge::{Challenged, Reply, over};
use super::passkey::PasskeyQuestion;
use super::secrets::{Challenge, Purpose};
use super::{FACTORS, PASSWORDS, Refusal, SignInDesk, code};
use crate::action::Action;
use crate::actor::{CommandContext, PROVEN_FOR};
use crate::error::CommandError;
use crate::executor::Committed;
use crate::second_factor::Prove;

/// What somebody shows again.
#[derive(Clone, Debug)]
pub enum Proof {
    /// Their password; enough only where there is no second factor.
    Password(Password),
    /// A second factor, and the challenge that it answers, if it needs one.
    Factor(Reply, Option<String>),
}

impl SignInDesk {
    /// Notes that whoever is signed in has shown again who they are; until when that counts.
    ///
    /// # Errors
    /// [`Refusal::Wrong`] for a wrong password, [`Refusal::Wait`], a wrong code.
    pub async fn prove(
        &self,
        context: &CommandContext,
        proof: Proof,
    ) -> Result<(DateTime<Utc>, Committed<()>), Refusal> {
        self.may(context, Action::ProveSession)?;
        let (account, known) = self.own_account(context).await?;
        let session = context.actor.session.ok_or(Refusal::Over)?;
        let (given, method, tried) = match proof {
            Proof::Password(password) => {
                let factors: SecondFactor = self.state(&account).await?.unwrap_or_default();
                if factors.is_on() {
                    return Err(CommandError::from(SecondFactorError::PasswordNotEnough).into());
                }
                let account_key = account.to_string();
                let tried = self.0.secrets.index("sign-in/account", &account_key);
                self.pace_of(&tried, PASSWORDS).await?;
                if !self
                    .is_right(&password, known.password_hash.as_ref())
                    .await?
                {
                    self.record_refusal(context, Some(account), "wrong-password")
                        .await?;
                    return Err(Refusal::Wrong);
                }
                (None, "pwd", tried)
            }
            Proof::Factor(reply, token) => {
                let tried = self.0.secrets.index("proof/account", &account.to_string());
                self.pace_of(&tried, FACTORS).await?;
                let (state, answered) = match token {
                    Some(token) => self.asked(context, session, &token)?,
                    None => (None, unasked(context.now)),
                };
                let given = self.given(account, state.as_deref(), reply)?;
                let method = given.method();
                (Some((given, answered)), method, tried)
            }
        };
        let prove = Prove {
            account,
            session: SessionId(session),
            passwords: known.passwords,
            given,
            method: code(method)?,
        };
        let context = &CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        match self.0.executor.execute(context, &prove).await {
            Ok(done) => {
                self.0.attempts.forget(&tried).await?;
                Ok((context.now + PROVEN_FOR, done))
            }
            Err(error) => {
                self.record_if_wrong(context, Some(account), &error).await?;
                Err(error.into())
            }
        }
    }

    /// What was asked in this session, and is answered now.
    fn asked(
        &self,
        context: &CommandContext,
        session: Uuid,
        token: &str,
    ) -> Result<(Option<String>, Answered), Refusal> {
        let secrets = &self.0.secrets;
        let challenge = secrets.challenge(Purpose::Proof, token, context.now);
        let challenge = challenge
            .filter(|known| {
                known.session == Some(session) && known.account == Some(context.actor.id)
            })
            .ok_or_else(over)?;
        let answered = challenge.answered();
        Ok((challenge.state, answered))
    }

    /// A challenge for a proof in this session.
    pub(super) async fn to_prove(
        &self,
        context: &CommandContext,
    ) -> Result<(Challenge, SecondFactor), Refusal> {
        self.may(context, Action::ProveSession)?;
        let (id, account) = self.own_account(context).await?;
        let challenge = Challenge {
            account: Some(id.uuid()),
            session: context.actor.session,
            passwords: account.passwords,
            era: account.era,
            ..Challenge::new(context.now)
        };
        Ok((challenge, self.state(&id).await?.unwrap_or_default()))
    }

    /// Mails a code to whoever is signed in, to prove with it who they are.
    ///
    /// # Errors
    /// [`Refusal::Wait`], or when they have not chosen codes by mail.
    pub async fn mail_proof(&self, context: &CommandContext) -> Result<Challenged, Refusal> {
        let (challenge, factors) = self.to_prove(context).await?;
        let (id, _) = self.own_account(context).await?;
        let expires_at = self.mail(context, id, &challenge).await?;
        Ok(Challenged {
            challenge: self.given_out(Purpose::Proof, &challenge)?,
            methods: self.methods(&factors),
            expires_at,
            message: None,
        })
    }

    /// Asks the browser of whoever is signed in for one of their passkeys.
    ///
    /// # Errors
    /// When they have none.
    pub async fn ask_passkey_proof(
        &self,
        context: &CommandContext,
    ) -> Result<PasskeyQuestion, Refusal> {
        let (challenge, factors) = self.to_prove(context).await?;
        self.ask_for_one(Purpose::Proof, challenge, &factors)
    }
}

/// What needs no question: the code itself is good once.
fn unasked(now: DateTime<Utc>) -> Answered {
    Answered {
        challenge: ChallengeId(Uuid::now_v7()),
        expires_at: now + VALID,
    }
}

//! Showing a second factor. What was shown is checked in the same attempt that uses it up,
//! against what the append holds to be true: side by side, one wins.

use std::sync::Arc;

use medilink_credentials::{PasskeySite, ShownPasskey, TotpKey};
use medilink_domain::account::Account;
use medilink_domain::second_factor::{
    Answered, SecondFactor, SecondFactorCommand, SecondFactorError, Show, Shown,
};
use medilink_domain::values::{Code, OneTimeCode, SecretHash, TotpCode};
use medilink_domain::verification::sms::{SmsPurpose, UseSms};
use medilink_domain::verification::{Letter, Use};
use medilink_domain::{AccountId, SessionId, VerificationId};

use super::{KIND, own};
use crate::action::Action;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::session::{self, SessionAnswer, Start};
use crate::verification::{use_up, use_up_sms};
use crate::work::Work;

/// What a person shows for a second factor, not yet believed.
#[derive(Clone, Debug)]
pub enum Given {
    /// What their app shows.
    Totp(TotpCode),
    /// A backup code, as it is kept.
    BackupCode(SecretHash),
    /// What they read in a mail.
    Mail(OneTimeCode),
    /// What they read in a message.
    Sms(OneTimeCode),
    /// A passkey.
    Passkey(Box<GivenPasskey>),
}

/// A passkey, and what it is an answer to.
#[derive(Clone, Debug)]
pub struct GivenPasskey {
    /// The site that it is for.
    pub(crate) site: Arc<PasskeySite>,
    /// What the browser was asked.
    pub(crate) state: String,
    /// What it showed.
    pub(crate) shown: ShownPasskey,
}

impl Given {
    /// The value of `amr` (RFC 8176).
    pub(crate) const fn method(&self) -> &'static str {
        match self {
            Self::Totp(_) | Self::BackupCode(_) | Self::Mail(_) => "otp",
            Self::Sms(_) => "sms",
            Self::Passkey(_) => "pop",
        }
    }
}

/// Lets a person in who answers a challenge: what they showed is used up, and the session
/// begun, or neither.
#[derive(Clone, Debug)]
pub(crate) struct AnswerChallenge {
    pub given: Given,
    pub answered: Answered,
    pub start: Start,
}

impl Operation for AnswerChallenge {
    const NAME: &'static str = "answer-challenge";
    type Answer = SessionAnswer;

    fn target(&self) -> String {
        self.answered.challenge.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SessionAnswer, CommandError> {
        let account = self.start.account;
        let known = work.existing::<Account>(&account, "account").await?;
        let known = known.state();
        // The password that the challenge was given out for is the account's no more.
        if known.passwords != self.start.passwords || known.era != self.start.era {
            return Err(SecondFactorError::ChallengeOver.into());
        }
        let answer = session::start(work, &self.start).await?;
        show(work, account, &self.given, self.answered).await?;
        Ok(answer)
    }
}

/// Notes that the person of a session has shown again who they are.
#[derive(Clone, Debug)]
pub(crate) struct Prove {
    pub account: AccountId,
    pub session: SessionId,
    /// How many passwords the account had had when the last of them was shown.
    pub passwords: u32,
    /// What was shown; the password alone if nothing.
    pub given: Option<(Given, Answered)>,
    /// The value of `amr`.
    pub method: Code,
}

impl Operation for Prove {
    const NAME: &'static str = "prove-session";
    type Answer = ();

    fn target(&self) -> String {
        self.session.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<(), CommandError> {
        let resource = own(work, self.account);
        work.authorize(Action::ProveSession, &resource).await?;
        let account = work.existing::<Account>(&self.account, "account").await?;
        account.state().usable()?;
        // Recovered meanwhile: what was shown is not the password any more.
        if account.state().passwords != self.passwords {
            return Err(CommandError::Contention);
        }
        let mailed = matches!(self.given, Some((Given::Mail(_), _)));
        let second_factor = match &self.given {
            Some((given, answered)) => {
                show(work, self.account, given, *answered).await?;
                !(mailed && account.state().recovered)
            }
            None => {
                let factors = work.load::<SecondFactor>(&self.account, KIND).await?;
                if factors.state().is_on() {
                    return Err(SecondFactorError::PasswordNotEnough.into());
                }
                false
            }
        };
        session::prove(work, self.session, &self.method, second_factor).await
    }
}

/// Uses up what was shown, if it is right.
///
/// # Errors
/// [`SecondFactorError::CodeWrong`] and [`SecondFactorError::ChallengeOver`].
async fn show(
    work: &mut Work<'_>,
    account: AccountId,
    given: &Given,
    answered: Answered,
) -> Result<(), CommandError> {
    let mut instance = work.load::<SecondFactor>(&account, KIND).await?;
    let shown = check(work, account, instance.state(), given, answered).await?;
    let show = SecondFactorCommand::Show(Show { answered, shown });
    work.decide(&mut instance, show).await
}

async fn check(
    work: &mut Work<'_>,
    account: AccountId,
    factors: &SecondFactor,
    given: &Given,
    answered: Answered,
) -> Result<Shown, CommandError> {
    let wrong = || CommandError::from(SecondFactorError::CodeWrong);
    match given {
        Given::Totp(code) => {
            let totp = factors.totp.as_ref().ok_or_else(wrong)?;
            let key = TotpKey::new(*totp.secret.bytes());
            let step = key.step_of(code.as_str(), work.now());
            step.map(Shown::Totp).ok_or_else(wrong)
        }
        Given::BackupCode(hash) => Ok(Shown::BackupCode(*hash)),
        Given::Mail(code) => {
            let usage = Use {
                letter: Letter::SignIn,
                code: code.clone(),
            };
            let verification = VerificationId(answered.challenge.uuid());
            let mailed = use_up(work, verification, usage).await;
            let own = work.existing::<Account>(&account, "account").await?;
            match mailed {
                // Not to the address that it had before.
                Ok(mailed)
                    if mailed.person.uuid() == account.uuid()
                        && own.state().is_at(&mailed.email) =>
                {
                    Ok(Shown::Mail)
                }
                Ok(_) | Err(CommandError::Refused(_)) => Err(wrong()),
                Err(error) => Err(error),
            }
        }
        Given::Sms(code) => {
            let usage = UseSms {
                purpose: SmsPurpose::SignIn,
                code: code.clone(),
            };
            let verification = VerificationId(answered.challenge.uuid());
            match use_up_sms(work, verification, usage).await {
                // Not to the number that it had before.
                Ok(sent)
                    if sent.person.uuid() == account.uuid()
                        && factors.proven_phone() == Some(&sent.phone) =>
                {
                    Ok(Shown::Sms)
                }
                Ok(_) | Err(CommandError::Refused(_)) => Err(wrong()),
                Err(error) => Err(error),
            }
        }
        Given::Passkey(given) => {
            let known = factors
                .passkeys
                .iter()
                .find(|(_, known)| given.shown.is(known.record.as_str()));
            let (passkey, known) = known.ok_or_else(wrong)?;
            let count = given
                .site
                .count(&given.state, known.record.as_str(), &given.shown)
                .map_err(|_| wrong())?;
            Ok(Shown::Passkey(*passkey, count))
        }
    }
}

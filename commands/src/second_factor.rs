//! Second factors: set up, shown and taken away. What was shown is checked in the same attempt
//! that uses it up, against what the append holds to be true: side by side, one wins.

use std::sync::Arc;

use medilink_credentials::{PasskeySite, ShownPasskey, TotpKey};
use medilink_domain::account::Account;
use medilink_domain::second_factor::{
    Answered, CodesIssued, MailChosen, PasskeyAdded, Remove, SecondFactor, SecondFactorCommand,
    SecondFactorError, Show, Shown, TotpBegun, TotpConfirmed,
};
use medilink_domain::session::Session;
use medilink_domain::values::{
    Code, OneTimeCode, PasskeyRecord, SecretHash, ShortText, TotpCode, TotpSecret,
};
use medilink_domain::verification::{Letter, Use};
use medilink_domain::{AccountId, PasskeyId, SessionId, VerificationId};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::session::{self, SessionAnswer, Start};
use crate::verification::use_up;
use crate::work::{Instance, Work};

pub(crate) const KIND: &str = "second factor";

/// Second factors after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorAnswer {
    /// Whose they are.
    pub account: AccountId,
    /// The version.
    pub version: u64,
    /// Whether backup codes were given out with it.
    pub codes_issued: bool,
}

/// What a person shows for a second factor, not yet believed.
#[derive(Clone, Debug)]
pub enum Given {
    /// What their app shows.
    Totp(TotpCode),
    /// A backup code, as it is kept.
    BackupCode(SecretHash),
    /// What they read in a mail.
    Mail(OneTimeCode),
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
            Self::Passkey(_) => "pop",
        }
    }
}

fn own(work: &Work<'_>, account: AccountId) -> Resource {
    Resource::of_tenant(KIND, work.tenant()).about(account.uuid())
}

/// The factors of an account whose person may change them.
async fn to_change(
    work: &mut Work<'_>,
    account: AccountId,
    action: Action,
) -> Result<Instance<SecondFactor>, CommandError> {
    let resource = own(work, account);
    work.authorize(action, &resource)?;
    work.existing::<Account>(&account, "account")
        .await?
        .state()
        .usable()?;
    work.load::<SecondFactor>(&account, KIND).await
}

/// Uses up what was shown, if it is right.
///
/// # Errors
/// [`SecondFactorError::CodeWrong`] and [`SecondFactorError::ChallengeOver`].
pub(crate) async fn show(
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
            match mailed {
                Ok(mailed) if mailed.person.uuid() == account.uuid() => Ok(Shown::Mail),
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

/// Gives out backup codes with the first factor.
async fn issue_first(
    work: &mut Work<'_>,
    instance: &mut Instance<SecondFactor>,
    account: AccountId,
    codes: &[SecretHash],
) -> Result<bool, CommandError> {
    if !instance.state().codes.is_empty() {
        return Ok(false);
    }
    let issue = SecondFactorCommand::IssueCodes(CodesIssued {
        account,
        codes: codes.to_vec(),
    });
    work.decide(instance, issue).await?;
    Ok(true)
}

/// The session in which a factor was just shown has one from now on. Who came with an access
/// token has no session.
async fn prove(work: &mut Work<'_>, method: &Code) -> Result<(), CommandError> {
    let Some(session) = work.context().actor.session.map(SessionId) else {
        return Ok(());
    };
    if work.load::<Session>(&session, "session").await?.version() == 0 {
        return Ok(());
    }
    session::prove(work, session, method, true).await
}

/// Gives an authenticator app a secret.
#[derive(Clone, Debug)]
pub(crate) struct BeginTotp {
    pub account: AccountId,
    pub secret: TotpSecret,
}

impl Operation for BeginTotp {
    const NAME: &'static str = "begin-totp";
    type Answer = SecondFactorAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SecondFactorAnswer, CommandError> {
        let mut instance = to_change(work, self.account, Action::AddSecondFactor).await?;
        let begin = SecondFactorCommand::BeginTotp(TotpBegun {
            account: self.account,
            secret: self.secret.clone(),
        });
        work.decide(&mut instance, begin).await?;
        Ok(answer(self.account, &instance, false))
    }
}

/// Counts on the app, once it has shown a right code.
#[derive(Clone, Debug)]
pub(crate) struct ConfirmTotp {
    pub account: AccountId,
    pub code: TotpCode,
    /// Backup codes, if this is the first factor.
    pub codes: Vec<SecretHash>,
    /// The value of `amr`.
    pub method: Code,
}

impl Operation for ConfirmTotp {
    const NAME: &'static str = "confirm-totp";
    type Answer = SecondFactorAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SecondFactorAnswer, CommandError> {
        let account = self.account;
        let mut instance = to_change(work, account, Action::AddSecondFactor).await?;
        // What is not begun or already on is told as such.
        let step = instance.state().totp.as_ref().map(|totp| {
            let key = TotpKey::new(*totp.secret.bytes());
            key.step_of(self.code.as_str(), work.now())
        });
        let on = instance.state().has_totp();
        let step = match step {
            Some(None) if !on => return Err(SecondFactorError::CodeWrong.into()),
            found => found.flatten().unwrap_or_default(),
        };
        let confirm = SecondFactorCommand::ConfirmTotp(TotpConfirmed { account, step });
        work.decide(&mut instance, confirm).await?;
        let issued = issue_first(work, &mut instance, account, &self.codes).await?;
        prove(work, &self.method).await?;
        Ok(answer(account, &instance, issued))
    }
}

/// Lets codes by mail count.
#[derive(Clone, Debug)]
pub struct ChooseMail {
    /// Whose.
    pub account: AccountId,
}

impl Operation for ChooseMail {
    const NAME: &'static str = "choose-mailed-codes";
    type Answer = SecondFactorAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SecondFactorAnswer, CommandError> {
        let account = self.account;
        let mut instance = to_change(work, account, Action::AddSecondFactor).await?;
        let choose = SecondFactorCommand::ChooseMail(MailChosen { account });
        work.decide(&mut instance, choose).await?;
        Ok(answer(account, &instance, false))
    }
}

/// Adds a passkey that a browser has just made.
#[derive(Clone, Debug)]
pub(crate) struct AddPasskey {
    pub account: AccountId,
    pub passkey: PasskeyId,
    pub name: ShortText,
    pub record: PasskeyRecord,
    /// Backup codes, if this is the first factor.
    pub codes: Vec<SecretHash>,
    /// The value of `amr`.
    pub method: Code,
}

impl Operation for AddPasskey {
    const NAME: &'static str = "add-passkey";
    type Answer = SecondFactorAnswer;

    fn target(&self) -> String {
        self.passkey.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SecondFactorAnswer, CommandError> {
        let account = self.account;
        let mut instance = to_change(work, account, Action::AddSecondFactor).await?;
        let add = SecondFactorCommand::AddPasskey(PasskeyAdded {
            account,
            passkey: self.passkey,
            name: self.name.clone(),
            record: self.record.clone(),
        });
        work.decide(&mut instance, add).await?;
        let issued = issue_first(work, &mut instance, account, &self.codes).await?;
        prove(work, &self.method).await?;
        Ok(answer(account, &instance, issued))
    }
}

/// Gives out new backup codes.
#[derive(Clone, Debug)]
pub(crate) struct IssueCodes {
    pub account: AccountId,
    pub codes: Vec<SecretHash>,
}

impl Operation for IssueCodes {
    const NAME: &'static str = "issue-backup-codes";
    type Answer = SecondFactorAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SecondFactorAnswer, CommandError> {
        let account = self.account;
        let mut instance = to_change(work, account, Action::IssueBackupCodes).await?;
        let issue = SecondFactorCommand::IssueCodes(CodesIssued {
            account,
            codes: self.codes.clone(),
        });
        work.decide(&mut instance, issue).await?;
        Ok(answer(account, &instance, true))
    }
}

/// Takes a factor away.
#[derive(Clone, Debug)]
pub struct RemoveFactor {
    /// Whose.
    pub account: AccountId,
    /// Which one.
    pub factor: Remove,
}

impl Operation for RemoveFactor {
    const NAME: &'static str = "remove-second-factor";
    type Answer = SecondFactorAnswer;

    fn target(&self) -> String {
        format!("{}/{:?}", self.account, self.factor)
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SecondFactorAnswer, CommandError> {
        let mut instance = to_change(work, self.account, Action::RemoveSecondFactor).await?;
        let remove = SecondFactorCommand::Remove(self.factor);
        work.decide(&mut instance, remove).await?;
        Ok(answer(self.account, &instance, false))
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
        work.authorize(Action::ProveSession, &resource)?;
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

fn answer(
    account: AccountId,
    instance: &Instance<SecondFactor>,
    codes_issued: bool,
) -> SecondFactorAnswer {
    SecondFactorAnswer {
        account,
        version: instance.version(),
        codes_issued,
    }
}

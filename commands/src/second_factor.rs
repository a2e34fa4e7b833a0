//! Second factors: set up, shown and taken away.

mod phone;
mod removal;
mod showing;

use medilink_credentials::TotpKey;
use medilink_domain::account::Account;
use medilink_domain::second_factor::{
    CodesIssued, MailChosen, PasskeyAdded, Remove, SecondFactor, SecondFactorCommand,
    SecondFactorError, TotpBegun, TotpConfirmed,
};
use medilink_domain::session::Session;
use medilink_domain::values::{Code, PasskeyRecord, SecretHash, ShortText, TotpCode, TotpSecret};
use medilink_domain::{AccountId, PasskeyId, SessionId};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::session;
use crate::work::{Instance, Work};
pub use phone::ChooseSms;
pub(crate) use phone::{GivePhone, ProvePhone};
pub use removal::RemoveAll;
pub(crate) use showing::{AnswerChallenge, Prove};
pub use showing::{Given, GivenPasskey};

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
    work.authorize(action, &resource).await?;
    work.existing::<Account>(&account, "account")
        .await?
        .state()
        .usable()?;
    work.load::<SecondFactor>(&account, KIND).await
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

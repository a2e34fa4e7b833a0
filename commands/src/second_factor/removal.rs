//! Second factors that their person has lost, taken away by whoever answers for them.
//!
//! It opens nothing by itself: the password is still needed, a disabled account stays disabled,
//! and a role that sees others' data does nothing before there is a second factor again.

use medilink_domain::account::{Account, AccountCommand, EndSessions};
use medilink_domain::second_factor::{SecondFactor, SecondFactorCommand};
use medilink_domain::values::{Code, Language};
use medilink_domain::verification::{self, Letter, Verification, VerificationCommand};
use medilink_domain::{AccountId, VerificationId};
use uuid::Uuid;

use super::KIND;
use crate::account::{AccountAnswer, authorize_for_all_of};
use crate::action::Action;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::invitation::new_code;
use crate::work::Work;

/// Takes all second factors of somebody else away. Their sessions end at once, and they are told
/// by mail.
#[derive(Clone, Debug)]
pub struct RemoveAll {
    /// Whose.
    pub account: AccountId,
    /// Why, such as `telephone-lost`.
    pub reason: Code,
    mail: VerificationId,
}

impl RemoveAll {
    /// Takes them away, and says why.
    pub fn new(account: AccountId, reason: Code) -> Self {
        Self {
            account,
            reason,
            mail: VerificationId(Uuid::now_v7()),
        }
    }
}

impl Operation for RemoveAll {
    const NAME: &'static str = "remove-second-factors";
    type Answer = AccountAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccountAnswer, CommandError> {
        let id = self.account;
        let mut account = work.existing::<Account>(&id, "account").await?;
        let action = Action::RemoveLostSecondFactors;
        authorize_for_all_of(work, action, id, account.state()).await?;
        work.expect_version(&account)?;
        account.state().usable()?;
        let mut factors = work.load::<SecondFactor>(&id, KIND).await?;
        let remove = SecondFactorCommand::RemoveAll(self.reason.clone());
        work.decide(&mut factors, remove).await?;
        let reason = "second-factors-removed".parse();
        let unfit = |_| CommandError::Internal("a reason that is no code".into());
        let end = AccountCommand::EndSessions(EndSessions {
            reason: reason.map_err(unfit)?,
        });
        work.decide(&mut account, end).await?;
        let state = account.state();
        if let Some(email) = state.email.clone() {
            let mut mail = work.create::<Verification>(&self.mail);
            let request = VerificationCommand::Request(verification::Request {
                verification: self.mail,
                person: id.into(),
                letter: Letter::SecondFactorsRemoved,
                email,
                language: state.language.unwrap_or(Language::English),
                code: new_code(),
                passwords: None,
            });
            work.decide(&mut mail, request).await?;
        }
        Ok(AccountAnswer {
            account: id,
            version: account.version(),
        })
    }
}

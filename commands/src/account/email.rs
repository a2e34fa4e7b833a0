//! Another address to sign in with, which its person has shown that they can read.

use medilink_domain::account::{self, Account, AccountCommand};
use medilink_domain::patient::{self, Patient, PatientCommand};
use medilink_domain::values::OneTimeCode;
use medilink_domain::verification::{Letter, Use, VerificationError};
use medilink_domain::{AccountId, PatientId, SubjectId, VerificationId};

use super::{AccountAnswer, EMAIL, KIND};
use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::verification::use_up;
use crate::work::Work;

/// Gives an account another address, with a code that was mailed there. Its sessions go on; the
/// old address is free for others from then on.
#[derive(Clone, Debug)]
pub(crate) struct ChangeEmail {
    /// The account.
    pub account: AccountId,
    /// What the code was mailed for.
    pub verification: VerificationId,
    /// The code.
    pub code: OneTimeCode,
}

impl Operation for ChangeEmail {
    const NAME: &'static str = "change-email";
    type Answer = AccountAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AccountAnswer, CommandError> {
        let own = Resource::of_tenant(KIND, work.tenant()).about(self.account.uuid());
        work.authorize(Action::ChangeEmail, &own).await?;
        let usage = Use {
            letter: Letter::EmailChange,
            code: self.code.clone(),
        };
        let mailed = use_up(work, self.verification, usage).await?;
        if mailed.person != SubjectId::from(self.account) {
            return Err(VerificationError::CodeWrong.into());
        }
        let mut instance = work.existing::<Account>(&self.account, KIND).await?;
        let old = instance.state().email.clone();
        let set = AccountCommand::SetEmail(account::SetEmail {
            email: mailed.email.clone(),
        });
        work.decide(&mut instance, set).await?;
        if let Some(old) = old {
            work.release(&instance, EMAIL, &old.folded());
        }
        work.claim(&instance, EMAIL, &mailed.email.folded());
        // A patient is written to there, too.
        let patient = PatientId(self.account.uuid());
        let mut record = work.load::<Patient>(&patient, "patient").await?;
        if record.state().patient.is_some() {
            let set = PatientCommand::SetEmail(patient::SetEmail {
                email: mailed.email,
            });
            work.decide(&mut record, set).await?;
        }
        Ok(AccountAnswer {
            account: self.account,
            version: instance.version(),
        })
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        account::AccountError::EmailTaken.into()
    }
}

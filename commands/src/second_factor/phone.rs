//! Codes by SMS: the telephone that they go to, shown to be its person's, and their choice.

use medilink_domain::second_factor::{
    PhoneGiven, PhoneProven, SecondFactorCommand, SecondFactorError, SmsChosen,
};
use medilink_domain::values::OneTimeCode;
use medilink_domain::verification::VerificationError;
use medilink_domain::verification::sms::{RequestSms, SmsPurpose, UseSms};
use medilink_domain::{AccountId, SubjectId, VerificationId};

use super::{SecondFactorAnswer, answer, to_change};
use crate::action::Action;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::verification::{VerificationAnswer, request_sms, use_up_sms};
use crate::work::Work;

/// Gives the number for codes by SMS, and has one sent there.
#[derive(Clone, Debug)]
pub(crate) struct GivePhone {
    pub account: AccountId,
    pub code: RequestSms,
}

impl Operation for GivePhone {
    const NAME: &'static str = "give-phone";
    type Answer = VerificationAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VerificationAnswer, CommandError> {
        let mut instance = to_change(work, self.account, Action::AddSecondFactor).await?;
        let give = SecondFactorCommand::GivePhone(PhoneGiven {
            account: self.account,
            phone: self.code.phone.clone(),
        });
        work.decide(&mut instance, give).await?;
        request_sms(work, &self.code).await
    }
}

/// Notes that a code was read that was sent to the number.
#[derive(Clone, Debug)]
pub(crate) struct ProvePhone {
    pub account: AccountId,
    pub verification: VerificationId,
    pub code: OneTimeCode,
}

impl Operation for ProvePhone {
    const NAME: &'static str = "prove-phone";
    type Answer = SecondFactorAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SecondFactorAnswer, CommandError> {
        let account = self.account;
        let mut instance = to_change(work, account, Action::AddSecondFactor).await?;
        let usage = UseSms {
            purpose: SmsPurpose::Phone,
            code: self.code.clone(),
        };
        let sent = use_up_sms(work, self.verification, usage).await?;
        let phone = instance.state().phone.as_ref();
        // Not another person's, nor to the number that they gave before.
        if sent.person != SubjectId::from(account)
            || phone.map(|phone| &phone.number) != Some(&sent.phone)
        {
            return Err(VerificationError::CodeWrong.into());
        }
        let prove = SecondFactorCommand::ProvePhone(PhoneProven {
            account,
            verification: self.verification,
        });
        work.decide(&mut instance, prove).await?;
        Ok(answer(account, &instance, false))
    }
}

/// Lets codes by SMS count.
#[derive(Clone, Debug)]
pub struct ChooseSms {
    /// Whose.
    pub account: AccountId,
    /// Whether anything sends them.
    pub offered: bool,
}

impl Operation for ChooseSms {
    const NAME: &'static str = "choose-texted-codes";
    type Answer = SecondFactorAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<SecondFactorAnswer, CommandError> {
        let account = self.account;
        let mut instance = to_change(work, account, Action::AddSecondFactor).await?;
        if !self.offered {
            return Err(SecondFactorError::SmsNotOffered.into());
        }
        let choose = SecondFactorCommand::ChooseSms(SmsChosen { account });
        work.decide(&mut instance, choose).await?;
        Ok(answer(account, &instance, false))
    }
}

//! Asking for a code by mail or SMS.

use medilink_domain::verification::sms::{RequestSms, SmsFate, SmsRequested, UseSms};
use medilink_domain::verification::{self, Verification, VerificationCommand};
use medilink_domain::{AccountId, VerificationId};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

const KIND: &str = "verification";

/// The verification that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationAnswer {
    /// The verification.
    pub verification: VerificationId,
}

/// Has a code mailed to an address.
#[derive(Clone, Debug)]
pub struct Request(pub verification::Request);

impl Operation for Request {
    const NAME: &'static str = "request-verification";
    type Answer = VerificationAnswer;

    fn target(&self) -> String {
        self.0.verification.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VerificationAnswer, CommandError> {
        work.authorize(
            Action::RequestVerification,
            &Resource::of_tenant("verification", work.tenant()),
        )
        .await?;
        let verification = self.0.verification;
        // One that was asked for already is told so.
        let mut instance = work
            .load::<Verification>(&verification, "verification")
            .await?;
        let request = VerificationCommand::Request(self.0.clone());
        work.decide(&mut instance, request).await?;
        Ok(VerificationAnswer { verification })
    }
}

/// Has a code sent by SMS to whoever answers a challenge with it.
#[derive(Clone, Debug)]
pub struct RequestBySms(pub RequestSms);

impl Operation for RequestBySms {
    const NAME: &'static str = "request-verification-by-sms";
    type Answer = VerificationAnswer;

    fn target(&self) -> String {
        self.0.verification.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VerificationAnswer, CommandError> {
        let resource = Resource::of_tenant(KIND, work.tenant());
        work.authorize(Action::RequestVerification, &resource)
            .await?;
        request_sms(work, &self.0).await
    }
}

/// Has a code sent by SMS.
///
/// # Errors
/// When that was asked for already.
pub(crate) async fn request_sms(
    work: &mut Work<'_>,
    wish: &RequestSms,
) -> Result<VerificationAnswer, CommandError> {
    let verification = wish.verification;
    let mut instance = work.load::<Verification>(&verification, KIND).await?;
    let request = VerificationCommand::RequestSms(wish.clone());
    work.decide(&mut instance, request).await?;
    Ok(VerificationAnswer { verification })
}

/// Notes what became of a message.
#[derive(Clone, Debug)]
pub struct SettleSms {
    /// The verification.
    pub verification: VerificationId,
    /// What became of it.
    pub fate: SmsFate,
}

impl Operation for SettleSms {
    const NAME: &'static str = "settle-sms";
    type Answer = VerificationAnswer;

    fn target(&self) -> String {
        self.verification.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VerificationAnswer, CommandError> {
        let verification = self.verification;
        let resource = Resource::of_tenant(KIND, work.tenant());
        work.authorize(Action::RecordDelivery, &resource).await?;
        let mut instance = work.existing::<Verification>(&verification, KIND).await?;
        let settle = VerificationCommand::SettleSms(self.fate.clone());
        work.decide(&mut instance, settle).await?;
        Ok(VerificationAnswer { verification })
    }
}

/// Has a code mailed to the address that an account is to have, and word of it to the one that
/// it has.
#[derive(Clone, Debug)]
pub(crate) struct RequestEmailChange {
    /// Whose account it is.
    pub account: AccountId,
    /// The mail to the new address.
    pub code: verification::Request,
    /// The mail to the old one.
    pub word: verification::Request,
}

impl Operation for RequestEmailChange {
    const NAME: &'static str = "request-email-change";
    type Answer = VerificationAnswer;

    fn target(&self) -> String {
        self.account.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<VerificationAnswer, CommandError> {
        let own = Resource::of_tenant("account", work.tenant()).about(self.account.uuid());
        work.authorize(Action::ChangeEmail, &own).await?;
        for request in [&self.code, &self.word] {
            let mut instance = work.create::<Verification>(&request.verification);
            let request = VerificationCommand::Request(request.clone());
            work.decide(&mut instance, request).await?;
        }
        Ok(VerificationAnswer {
            verification: self.code.verification,
        })
    }
}

/// Uses a code up that was sent by SMS, and says for whom and where to.
///
/// # Errors
/// When it is not the code that was sent for this, or not any more.
pub(crate) async fn use_up_sms(
    work: &mut Work<'_>,
    verification: VerificationId,
    usage: UseSms,
) -> Result<SmsRequested, CommandError> {
    let mut instance = work.load::<Verification>(&verification, KIND).await?;
    let sent = instance.state().sms.clone();
    let usage = VerificationCommand::UseSms(usage);
    work.decide(&mut instance, usage).await?;
    sent.ok_or_else(|| CommandError::Internal("a code was used that was never sent".into()))
}

/// Uses a code up, and says for whom and where it was mailed.
///
/// # Errors
/// When it is not the code that was mailed for this, or not any more.
pub(crate) async fn use_up(
    work: &mut Work<'_>,
    verification: VerificationId,
    usage: verification::Use,
) -> Result<verification::Requested, CommandError> {
    let mut instance = work
        .load::<Verification>(&verification, "verification")
        .await?;
    let mailed = instance.state().open.clone();
    work.decide(&mut instance, VerificationCommand::Use(usage))
        .await?;
    mailed.ok_or_else(|| CommandError::Internal("a code was used that was never mailed".into()))
}

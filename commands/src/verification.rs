//! Asking for a code by mail.

use medilink_domain::verification::{self, Verification, VerificationCommand};
use medilink_domain::{AccountId, VerificationId};
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::work::Work;

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

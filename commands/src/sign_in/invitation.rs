//! Being invited, and taking it up.

use medilink_credentials::Password;
use medilink_domain::invitation::{
    Accept as TakeUp, Invitation, InvitationCommand, InvitationError,
};
use medilink_domain::values::{EmailAddress, OneTimeCode, PersonName};
use medilink_domain::{AccountId, Decider, InvitationId};
use uuid::Uuid;

use super::account::{CODES, MAILS};
use super::floor::no_earlier;
use super::{Refusal, SignInDesk};
use crate::actor::CommandContext;
use crate::error::CommandError;
use crate::executor::Committed;
use crate::invitation::{Accept, AcceptedAnswer, InvitationAnswer, Invite, Open};

/// Who takes an invitation up.
#[derive(Debug)]
pub struct Acceptance {
    /// The invitation.
    pub invitation: InvitationId,
    /// Its code.
    pub code: OneTimeCode,
    /// Their name.
    pub name: PersonName,
}

impl SignInDesk {
    /// Invites somebody to work at a hospital, if the actor may.
    ///
    /// # Errors
    /// [`Refusal::Wait`] when the address gets too many mails, or why nobody is invited.
    pub async fn invite(
        &self,
        context: &CommandContext,
        invite: &Invite,
    ) -> Result<Committed<InvitationAnswer>, Refusal> {
        let address = invite.invitee.email.folded();
        self.pace("invitation/email", &address, MAILS).await?;
        Ok(self.0.executor.execute(context, invite).await?)
    }

    /// Opens an account for whoever has the code of an invitation, and gives it the role.
    ///
    /// # Errors
    /// The code is wrong, the password weak, the address taken meanwhile, or a part is away.
    pub async fn accept_invitation(
        &self,
        context: &CommandContext,
        given: Acceptance,
        password: &Password,
    ) -> Result<Committed<AcceptedAnswer>, Refusal> {
        let Acceptance {
            invitation,
            code,
            name,
        } = given;
        let email = no_earlier(self.invited(context, invitation, &code)).await?;
        self.fit(password, [email.as_str(), name.as_str()]).await?;
        let open = Open {
            invitation,
            code,
            name,
            password_hash: self.hash(password).await?,
        };
        Ok(self.0.executor.execute(context, &open).await?)
    }

    /// Gives the account that is signed in the role of an invitation to its address.
    ///
    /// # Errors
    /// The code is wrong, the invitation is for another address, or a part is away.
    pub async fn accept_own_invitation(
        &self,
        context: &CommandContext,
        given: Acceptance,
    ) -> Result<Committed<AcceptedAnswer>, Refusal> {
        let Acceptance {
            invitation,
            code,
            name,
        } = given;
        no_earlier(self.invited(context, invitation, &code)).await?;
        let accept = Accept {
            invitation,
            code,
            account: AccountId(context.actor.id),
            name,
        };
        // What is looked at first is not the same the second time.
        let context = &CommandContext {
            idempotency: None,
            expected_version: None,
            ..context.clone()
        };
        Ok(self.0.executor.execute(context, &accept).await?)
    }

    /// Where an invitation was sent whose code is shown. Looked at before any password is
    /// hashed; it is used up only later.
    async fn invited(
        &self,
        context: &CommandContext,
        invitation: InvitationId,
        code: &OneTimeCode,
    ) -> Result<EmailAddress, Refusal> {
        self.pace("invitation/code", &invitation.to_string(), CODES)
            .await?;
        let state: Invitation = self.state(&invitation).await?.unwrap_or_default();
        let accept = InvitationCommand::Accept(TakeUp {
            code: code.clone(),
            account: AccountId(Uuid::nil()),
        });
        state
            .decide(accept, context.now)
            .map_err(CommandError::from)?;
        let issued = state.issued.ok_or(InvitationError::Refused);
        Ok(issued.map_err(CommandError::from)?.email)
    }
}

//! Invitations to a role: mailed to an address, taken up with the code in the mail.

use medilink_domain::account::{self, Account, AccountCommand, AccountError};
use medilink_domain::hospital::Hospital;
use medilink_domain::invitation::{
    self, Invitation, InvitationCommand, InvitationError, Issued, Place,
};
use medilink_domain::values::{
    EmailAddress, Language, OneTimeCode, PasswordHash, PersonName, Role,
};
use medilink_domain::{AccountId, DepartmentId, HospitalId, InvitationId, StaffId, SubjectId};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{EMAIL, account_of_stream};
use crate::action::Action;
use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::profile::set_name;
use crate::staff::{self, give_role};
use crate::work::{Instance, Work};

const KIND: &str = "invitation";

/// A new code for a mail.
pub fn new_code() -> OneTimeCode {
    let mut random = [0; OneTimeCode::LENGTH];
    rand::rng().fill_bytes(&mut random);
    OneTimeCode::from_random(random)
}

/// The invitation that was sent or revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationAnswer {
    /// The invitation.
    pub invitation: InvitationId,
    /// Its version.
    pub version: u64,
}

/// Who took an invitation up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedAnswer {
    /// The account that has the role now.
    pub account: AccountId,
    /// The version of the invitation.
    pub version: u64,
}

/// Whom to write to.
#[derive(Clone, Debug)]
pub struct Invitee {
    /// Where.
    pub email: EmailAddress,
    /// In which language.
    pub language: Language,
    /// The code that is mailed.
    pub code: OneTimeCode,
}

/// Invites somebody to work at a hospital.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Where.
    pub hospital: HospitalId,
    /// Where in the hospital, if the role is one of a department.
    pub department: Option<DepartmentId>,
    /// As what.
    pub role: Role,
    /// Who.
    pub invitee: Invitee,
}

impl Operation for Invite {
    const NAME: &'static str = "invite-staff";
    type Answer = InvitationAnswer;

    fn target(&self) -> String {
        self.hospital.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<InvitationAnswer, CommandError> {
        let there = Resource::of_tenant("hospital", work.tenant())
            .at(self.hospital)
            .of_role(self.role);
        work.authorize(Action::InviteStaff, &there).await?;
        let hospital = work
            .existing::<Hospital>(&self.hospital, "hospital")
            .await?;
        if let Some(department) = self.department {
            hospital.state().department(department)?;
        }
        let name = hospital.state().name.clone();
        let place = Place {
            hospital: self.hospital,
            name: name.ok_or(CommandError::NotFound("hospital"))?,
            department: self.department,
        };
        issue(work, Some(place), self.role, &self.invitee).await
    }
}

/// Invites somebody to register hospitals: from the server's own console, or by somebody who
/// does so already.
#[derive(Clone, Debug)]
pub struct InvitePlatformAdministrator(pub Invitee);

impl Operation for InvitePlatformAdministrator {
    const NAME: &'static str = "invite-platform-administrator";
    type Answer = InvitationAnswer;

    fn target(&self) -> String {
        String::new()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<InvitationAnswer, CommandError> {
        let role = Role::PlatformAdministrator;
        let network = Resource::of_tenant("network", work.tenant()).of_role(role);
        work.authorize(Action::InviteStaff, &network).await?;
        issue(work, None, role, &self.0).await
    }
}

/// Invites somebody, for whoever may.
///
/// # Errors
/// When nobody is invited to this role there.
pub(crate) async fn issue(
    work: &mut Work<'_>,
    at: Option<Place>,
    role: Role,
    invitee: &Invitee,
) -> Result<InvitationAnswer, CommandError> {
    // Under the key of whoever has the address. Should they come to have it meanwhile, the
    // invitation is only kept under another key than the rest of what is known of them.
    let holder = work.holder(EMAIL, &invitee.email.folded()).await?;
    let account = holder.as_deref().and_then(account_of_stream);
    let person = account.map_or_else(|| SubjectId(Uuid::now_v7()), SubjectId::from);
    let invitation = InvitationId(Uuid::now_v7());
    let mut instance = work.create::<Invitation>(&invitation);
    let issue = InvitationCommand::Issue(invitation::Issue {
        invitation,
        person,
        at,
        role,
        email: invitee.email.clone(),
        language: invitee.language,
        code: invitee.code.clone(),
    });
    work.decide(&mut instance, issue).await?;
    Ok(InvitationAnswer {
        invitation,
        version: instance.version(),
    })
}

/// Takes an invitation back.
#[derive(Clone, Copy, Debug)]
pub struct Revoke {
    /// Whose.
    pub hospital: HospitalId,
    /// The invitation.
    pub invitation: InvitationId,
}

impl Operation for Revoke {
    const NAME: &'static str = "revoke-invitation";
    type Answer = InvitationAnswer;

    fn target(&self) -> String {
        self.invitation.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<InvitationAnswer, CommandError> {
        let mut instance = work.existing::<Invitation>(&self.invitation, KIND).await?;
        let issued = instance.state().issued()?;
        let place = issued.at.as_ref().map(|place| place.hospital);
        let hospital = place.filter(|hospital| *hospital == self.hospital);
        let resource = Resource::of_tenant(KIND, work.tenant())
            .about(issued.person.uuid())
            .at(hospital.ok_or(CommandError::NotFound(KIND))?)
            .of_role(issued.role);
        work.authorize(Action::RevokeInvitation, &resource).await?;
        work.expect_version(&instance)?;
        let revoke = InvitationCommand::Revoke(invitation::Revoke);
        work.decide(&mut instance, revoke).await?;
        Ok(InvitationAnswer {
            invitation: self.invitation,
            version: instance.version(),
        })
    }
}

/// Opens an account for whoever has the code of an invitation, and gives it the role.
#[derive(Clone, Debug)]
pub struct Open {
    /// The invitation.
    pub invitation: InvitationId,
    /// Its code.
    pub code: OneTimeCode,
    /// Their name.
    pub name: PersonName,
    /// What their password is checked against.
    pub password_hash: PasswordHash,
}

impl Operation for Open {
    const NAME: &'static str = "accept-invitation";
    type Answer = AcceptedAnswer;

    fn target(&self) -> String {
        self.invitation.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AcceptedAnswer, CommandError> {
        let anyone = Resource::of_tenant(KIND, work.tenant());
        work.authorize(Action::AcceptInvitation, &anyone).await?;
        let (issued, invitation) = take_up(work, self.invitation, &self.code, None).await?;
        let account = AccountId(issued.person.uuid());
        let mut instance = work.load::<Account>(&account, "account").await?;
        if instance.state().account.is_some() {
            return Err(AccountError::EmailTaken.into());
        }
        let open = AccountCommand::Open(account::Open {
            account,
            roles: Vec::new(),
            email: issued.email.clone(),
            language: issued.language,
            password_hash: self.password_hash.clone(),
        });
        work.decide(&mut instance, open).await?;
        work.claim(&instance, EMAIL, &issued.email.folded());
        give(work, account, &issued).await?;
        set_name(work, account.into(), &self.name).await?;
        Ok(AcceptedAnswer {
            account,
            version: invitation.version(),
        })
    }

    fn name_taken(&self, _holder: &str) -> CommandError {
        AccountError::EmailTaken.into()
    }
}

/// Gives the account that is signed in the role of an invitation to its address.
#[derive(Clone, Debug)]
pub(crate) struct Accept {
    /// The invitation.
    pub invitation: InvitationId,
    /// Its code.
    pub code: OneTimeCode,
    /// The account.
    pub account: AccountId,
    /// Their name.
    pub name: PersonName,
}

impl Operation for Accept {
    const NAME: &'static str = "accept-own-invitation";
    type Answer = AcceptedAnswer;

    fn target(&self) -> String {
        self.invitation.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<AcceptedAnswer, CommandError> {
        let own = Resource::of_tenant(KIND, work.tenant()).about(self.account.uuid());
        work.authorize(Action::AcceptInvitation, &own).await?;
        let account = work.existing::<Account>(&self.account, "account").await?;
        account.state().usable()?;
        let taker = Some(self.account);
        let (issued, invitation) = take_up(work, self.invitation, &self.code, taker).await?;
        if !account.state().is_at(&issued.email) {
            return Err(InvitationError::OtherAddress.into());
        }
        give(work, self.account, &issued).await?;
        set_name(work, self.account.into(), &self.name).await?;
        Ok(AcceptedAnswer {
            account: self.account,
            version: invitation.version(),
        })
    }
}

/// Uses an invitation up for this account, or for the one that is still to be opened.
async fn take_up(
    work: &mut Work<'_>,
    invitation: InvitationId,
    code: &OneTimeCode,
    account: Option<AccountId>,
) -> Result<(Issued, Instance<Invitation>), CommandError> {
    let mut instance = work.load::<Invitation>(&invitation, KIND).await?;
    let issued = instance.state().issued.clone();
    let issued = issued.ok_or(InvitationError::Refused)?;
    let account = account.unwrap_or(AccountId(issued.person.uuid()));
    let accept = InvitationCommand::Accept(invitation::Accept {
        code: code.clone(),
        account,
    });
    work.decide(&mut instance, accept).await?;
    Ok((issued, instance))
}

async fn give(
    work: &mut Work<'_>,
    account: AccountId,
    issued: &Issued,
) -> Result<(), CommandError> {
    let role = staff::GiveRole {
        staff: StaffId(account.uuid()),
        role: issued.role,
        hospital: issued.at.as_ref().map(|place| place.hospital),
        department: issued.at.as_ref().and_then(|place| place.department),
        until: None,
    };
    give_role(work, &role).await.map(|_| ())
}

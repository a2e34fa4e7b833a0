//! Invitation: a code that is mailed to somebody who is to work at a hospital, or to run the
//! platform. Whoever has it may open an account with that address, and has the role.

pub mod words;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{AccountId, DepartmentId, HospitalId, InvitationId, StaffId, SubjectId};
use crate::staff::{GiveRole, Staff, StaffCommand};
use crate::values::{EmailAddress, Language, OneTimeCode, Role, ShortText};

/// How long an invitation stands.
pub const VALID: TimeDelta = TimeDelta::days(7);

/// What may be asked of an invitation.
#[derive(Clone, Debug, PartialEq)]
pub enum InvitationCommand {
    /// Sends it.
    Issue(Issue),
    /// Takes it up.
    Accept(Accept),
    /// Takes it back.
    Revoke(Revoke),
}

/// Somebody is to work here.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// The new invitation.
    pub invitation: InvitationId,
    /// Whose address it is, or who will come to be known by it.
    pub person: SubjectId,
    /// Where; nowhere in particular, for whoever runs the platform.
    pub at: Option<Place>,
    /// As what.
    pub role: Role,
    /// Where to write to.
    pub email: EmailAddress,
    /// In which language.
    pub language: Language,
    /// The code that is mailed.
    pub code: OneTimeCode,
}

/// Where an invited person is to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The hospital.
    pub hospital: HospitalId,
    /// What it was called when it invited them.
    pub name: ShortText,
    /// The department, if it is one in particular.
    pub department: Option<DepartmentId>,
}

/// Somebody has read the code.
#[derive(Clone, Debug, PartialEq)]
pub struct Accept {
    /// What they read.
    pub code: OneTimeCode,
    /// The account that gets the role.
    pub account: AccountId,
}

/// Nobody is to take it up any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoke;

crate::events! {
    /// What can happen to an invitation.
    pub enum InvitationEvent {
        Issued: "invitation.issued" v 1, Privacy::Personal(Category::Identity);
        Accepted: "invitation.accepted" v 1, Privacy::Operational;
        Revoked: "invitation.revoked" v 1, Privacy::Operational;
    }
}

/// Somebody was invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issued {
    /// The invitation.
    pub invitation: InvitationId,
    /// Whose address it is, or who will come to be known by it.
    pub person: SubjectId,
    /// Where; nowhere in particular, for whoever runs the platform.
    pub at: Option<Place>,
    /// As what.
    pub role: Role,
    /// Where to write to.
    pub email: EmailAddress,
    /// In which language.
    pub language: Language,
    /// The code that is mailed.
    pub code: OneTimeCode,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
}

/// An invitation was taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// The invitation.
    pub invitation: InvitationId,
    /// The account that got the role.
    pub account: AccountId,
}

/// An invitation was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revoked {
    /// The invitation.
    pub invitation: InvitationId,
}

crate::problems! {
    /// Why an invitation refuses.
    pub enum InvitationError {
        /// Its id is in use.
        AlreadyIssued: Conflict "invitation-already-issued",
            "the invitation is already sent", "Invite under a new id.";
        /// Nobody is invited to be that, or not there.
        RoleNotInvited: Invalid "role-not-invited" at "/role",
            "nobody is invited to this role there", "Choose another role; a department head needs a department, and doctors apply with a hospital code.";
        /// It was never sent.
        NoSuchInvitation: NotFound "no-such-invitation",
            "there is no such invitation", "Check the invitation's id.";
        /// Taken up, or taken back.
        NotOpen: Conflict "invitation-not-open",
            "the invitation was accepted or revoked", "Nothing needs to be done.";
        /// Unknown, or its code is not the one, or not any more. Which of it is nobody's business.
        Refused: Invalid "invitation-refused" at "/code",
            "the invitation or its code is wrong, used, revoked or too old", "Check both, or ask for a new invitation.";
        /// Whoever is signed in is somebody else.
        OtherAddress: Forbidden "invitation-for-another-address",
            "the invitation is for another e-mail address", "Sign in with the account of that address, or sign out to open one.";
    }
}

/// The state of an invitation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Invitation {
    /// What was sent, once it was.
    pub issued: Option<Issued>,
    /// Whether it was accepted or revoked.
    pub over: bool,
}

impl Invitation {
    /// What was sent.
    ///
    /// # Errors
    /// [`InvitationError::NoSuchInvitation`] before it was.
    pub fn issued(&self) -> Result<&Issued, InvitationError> {
        self.issued
            .as_ref()
            .ok_or(InvitationError::NoSuchInvitation)
    }

    fn issue(&self, issue: Issue, now: DateTime<Utc>) -> Result<Issued, InvitationError> {
        if self.issued.is_some() {
            return Err(InvitationError::AlreadyIssued);
        }
        let Issue {
            invitation,
            person,
            at,
            role,
            email,
            language,
            code,
        } = issue;
        // Doctors apply, because their papers are looked at.
        if role == Role::Doctor || !can_be_given(person, role, at.as_ref(), now) {
            return Err(InvitationError::RoleNotInvited);
        }
        Ok(Issued {
            invitation,
            person,
            at,
            role,
            email,
            language,
            code,
            expires_at: now + VALID,
        })
    }

    fn accept(&self, accept: &Accept, now: DateTime<Utc>) -> Result<Accepted, InvitationError> {
        self.issued
            .as_ref()
            .filter(|issued| !self.over && now < issued.expires_at)
            .filter(|issued| issued.code.is(&accept.code))
            .map(|issued| Accepted {
                invitation: issued.invitation,
                account: accept.account,
            })
            .ok_or(InvitationError::Refused)
    }

    fn revoke(&self) -> Result<Revoked, InvitationError> {
        let invitation = self.issued()?.invitation;
        if self.over {
            return Err(InvitationError::NotOpen);
        }
        Ok(Revoked { invitation })
    }
}

/// Whether somebody new to it could be given the role there.
fn can_be_given(person: SubjectId, role: Role, at: Option<&Place>, now: DateTime<Utc>) -> bool {
    let give = StaffCommand::GiveRole(GiveRole {
        staff: StaffId(person.uuid()),
        role,
        hospital: at.map(|place| place.hospital),
        department: at.and_then(|place| place.department),
        until: None,
    });
    Staff::default().decide(give, now).is_ok()
}

impl Decider for Invitation {
    const CATEGORY: &'static str = "invitation";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = InvitationId;
    type Command = InvitationCommand;
    type Event = InvitationEvent;
    type Error = InvitationError;

    fn decide(
        &self,
        command: InvitationCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<InvitationEvent>, InvitationError> {
        Ok(vec![match command {
            InvitationCommand::Issue(issue) => self.issue(issue, now)?.into(),
            InvitationCommand::Accept(accept) => self.accept(&accept, now)?.into(),
            InvitationCommand::Revoke(Revoke) => self.revoke()?.into(),
        }])
    }

    fn evolve(&mut self, event: &InvitationEvent) {
        match event {
            InvitationEvent::Issued(issued) => self.issued = Some(issued.clone()),
            InvitationEvent::Accepted(_) | InvitationEvent::Revoked(_) => self.over = true,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.issued.as_ref().map(|issued| issued.person)
    }
}

crate::aggregate!(Invitation);

#[cfg(test)]
mod tests;

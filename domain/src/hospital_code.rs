//! Hospital code: lets providers apply to work at a hospital, for as long and as often as its
//! manager allows. The code itself is shown once and known nowhere; only its digest is.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{ApplicationId, HospitalCodeId, HospitalId, SubjectId};
use crate::values::{Code, Role, SecretHash};

/// The roles that providers may apply for.
pub const ROLES: [Role; 5] = [
    Role::Doctor,
    Role::Nurse,
    Role::Receptionist,
    Role::Pharmacist,
    Role::Billing,
];

/// The longest that a code works.
pub const LONGEST: TimeDelta = TimeDelta::days(90);

/// The most people that one code is for.
pub const MOST_USES: u16 = 1_000;

/// What may be asked of a hospital code.
#[derive(Clone, Debug, PartialEq)]
pub enum HospitalCodeCommand {
    /// Makes it.
    Issue(Issue),
    /// Applies with it.
    Use(Use),
    /// Lets nobody apply with it any more.
    Revoke(Revoke),
}

/// A hospital looks for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// The new code.
    pub code: HospitalCodeId,
    /// Whose it is.
    pub hospital: HospitalId,
    /// What people apply to be.
    pub role: Role,
    /// How many may apply with it.
    pub most_uses: u16,
    /// The keyed digest of what they type.
    pub digest: SecretHash,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
}

/// Somebody applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// Their application.
    pub application: ApplicationId,
    /// The keyed digest of what they typed.
    pub digest: SecretHash,
}

/// A code should work no longer.
#[derive(Clone, Debug, PartialEq)]
pub struct Revoke {
    /// Why, such as `rotated`.
    pub reason: Code,
}

crate::events! {
    /// What can happen to a hospital code.
    pub enum HospitalCodeEvent {
        Issued: "hospital-code.issued" v 1, Privacy::Operational;
        Used: "hospital-code.used" v 1, Privacy::Operational;
        Revoked: "hospital-code.revoked" v 1, Privacy::Operational;
    }
}

/// A code was issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issued {
    /// The code.
    pub code: HospitalCodeId,
    /// Whose it is.
    pub hospital: HospitalId,
    /// What people apply to be.
    pub role: Role,
    /// How many may apply with it.
    pub most_uses: u16,
    /// The digest of what they type, under a key of the tenant's.
    pub digest: SecretHash,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
}

/// Somebody applied with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Used {
    /// The code.
    pub code: HospitalCodeId,
    /// Their application.
    pub application: ApplicationId,
}

/// A code was revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revoked {
    /// The code.
    pub code: HospitalCodeId,
    /// Why: `revoked` by its manager, or `rotated`.
    pub reason: Code,
}

crate::problems! {
    /// Why a hospital code refuses.
    pub enum HospitalCodeError {
        /// Its id is in use.
        AlreadyIssued: Conflict "hospital-code-already-issued",
            "the hospital code is already issued", "Issue the code under a new id.";
        /// Nobody applies to be that.
        NotForRole: Invalid "hospital-code-not-for-role" at "/role",
            "nobody applies for this role with a hospital code", "Choose doctor, nurse, receptionist, pharmacist or billing; invite all others.";
        /// Nobody could use it, or too many.
        WrongUses: Invalid "hospital-code-wrong-uses" at "/most_uses",
            "a hospital code is for 1 to 1,000 people", "Choose a number from 1 to 1000.";
        /// Over already, or only in a long time.
        WrongExpiry: Invalid "hospital-code-wrong-expiry" at "/expires_at",
            "a hospital code ends within 90 days", "Choose an instant from now on, at most 90 days ahead.";
        /// It was never issued.
        NoSuchCode: NotFound "no-such-hospital-code",
            "there is no such hospital code", "Check the code's id.";
        /// It works no more.
        AlreadyRevoked: Conflict "hospital-code-already-revoked",
            "the hospital code is already revoked", "Nothing needs to be done.";
        /// Unknown, too old, used up or revoked. Which of it is nobody's business.
        CodeRefused: Invalid "hospital-code-refused" at "/hospital_code",
            "the hospital code can't be used", "Check the code, or ask the hospital for a new one.";
    }
}

/// The state of a hospital code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HospitalCode {
    /// What was issued, once it was.
    pub issued: Option<Issued>,
    /// How many have applied with it.
    pub uses: u16,
    /// Whether it was revoked.
    pub revoked: bool,
}

impl HospitalCode {
    /// What was issued.
    ///
    /// # Errors
    /// [`HospitalCodeError::NoSuchCode`] before it was.
    pub fn issued(&self) -> Result<&Issued, HospitalCodeError> {
        self.issued.as_ref().ok_or(HospitalCodeError::NoSuchCode)
    }

    fn issue(&self, issue: Issue, now: DateTime<Utc>) -> Result<Issued, HospitalCodeError> {
        if self.issued.is_some() {
            return Err(HospitalCodeError::AlreadyIssued);
        }
        let Issue {
            code,
            hospital,
            role,
            most_uses,
            digest,
            expires_at,
        } = issue;
        if !ROLES.contains(&role) {
            return Err(HospitalCodeError::NotForRole);
        }
        if !(1..=MOST_USES).contains(&most_uses) {
            return Err(HospitalCodeError::WrongUses);
        }
        if expires_at <= now || expires_at > now + LONGEST {
            return Err(HospitalCodeError::WrongExpiry);
        }
        Ok(Issued {
            code,
            hospital,
            role,
            most_uses,
            digest,
            expires_at,
        })
    }

    fn use_once(&self, usage: &Use, now: DateTime<Utc>) -> Result<Used, HospitalCodeError> {
        self.issued
            .as_ref()
            .filter(|issued| issued.digest == usage.digest)
            .filter(|issued| {
                !self.revoked && self.uses < issued.most_uses && now < issued.expires_at
            })
            .map(|issued| Used {
                code: issued.code,
                application: usage.application,
            })
            .ok_or(HospitalCodeError::CodeRefused)
    }

    fn revoke(&self, revoke: Revoke) -> Result<Revoked, HospitalCodeError> {
        let code = self.issued()?.code;
        if self.revoked {
            return Err(HospitalCodeError::AlreadyRevoked);
        }
        Ok(Revoked {
            code,
            reason: revoke.reason,
        })
    }
}

impl Decider for HospitalCode {
    const CATEGORY: &'static str = "hospital-code";

    type Id = HospitalCodeId;
    type Command = HospitalCodeCommand;
    type Event = HospitalCodeEvent;
    type Error = HospitalCodeError;

    fn decide(
        &self,
        command: HospitalCodeCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<HospitalCodeEvent>, HospitalCodeError> {
        Ok(vec![match command {
            HospitalCodeCommand::Issue(issue) => self.issue(issue, now)?.into(),
            HospitalCodeCommand::Use(usage) => self.use_once(&usage, now)?.into(),
            HospitalCodeCommand::Revoke(revoke) => self.revoke(revoke)?.into(),
        }])
    }

    fn evolve(&mut self, event: &HospitalCodeEvent) {
        match event {
            HospitalCodeEvent::Issued(issued) => self.issued = Some(issued.clone()),
            HospitalCodeEvent::Used(_) => self.uses = self.uses.saturating_add(1),
            HospitalCodeEvent::Revoked(_) => self.revoked = true,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(HospitalCode);

#[cfg(test)]
mod tests;

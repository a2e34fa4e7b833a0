//! What can happen to a consent.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::terms::{ConsentTerms, Grantee};
use super::{ConsentStatus, Matter};
use crate::event::Privacy;
use crate::ids::{ConsentId, SubjectId};

crate::events! {
    /// What can happen to a consent.
    pub enum ConsentEvent {
        Requested: "consent.requested" v 1, Privacy::Operational;
        Granted: "consent.granted" v 1, Privacy::Operational;
        Denied: "consent.denied" v 1, Privacy::Operational;
        Revoked: "consent.revoked" v 1, Privacy::Operational;
        Expired: "consent.expired" v 1, Privacy::Operational;
        Used: "consent.used" v 1, Privacy::Operational;
    }
}

/// Somebody asked to see a part of a person's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requested {
    /// The consent.
    pub consent: ConsentId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// Who asked.
    pub requester: SubjectId,
    /// Who is to see it.
    pub grantee: Grantee,
    /// What was asked for.
    pub terms: ConsentTerms,
    /// When the request is over if nobody answers.
    pub lapses_at: DateTime<Utc>,
}

/// A person let somebody see a part of their record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Granted {
    /// The consent.
    pub consent: ConsentId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// Who decided: the person, or who had the say for them.
    pub by: SubjectId,
    /// Who may see it.
    pub grantee: Grantee,
    /// What was given.
    pub terms: ConsentTerms,
}

/// A person refused what they were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Denied {
    /// The consent.
    pub consent: ConsentId,
    /// Who decided.
    pub by: SubjectId,
}

/// A person took back what they gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revoked {
    /// The consent.
    pub consent: ConsentId,
    /// Who decided.
    pub by: SubjectId,
}

/// A consent's time was over, or nobody answered in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expired {
    /// The consent.
    pub consent: ConsentId,
}

/// Use was made of a consent that allows only so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Used {
    /// The consent.
    pub consent: ConsentId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Requested {
    pub(super) fn matter(&self) -> Matter {
        Matter {
            consent: self.consent,
            subject: self.subject,
            requester: Some(self.requester),
            grantee: self.grantee,
            terms: self.terms.clone(),
            status: ConsentStatus::Requested,
            over_at: self.lapses_at,
        }
    }
}

impl Granted {
    pub(super) fn matter(&self, requester: Option<SubjectId>) -> Matter {
        Matter {
            consent: self.consent,
            subject: self.subject,
            requester,
            grantee: self.grantee,
            terms: self.terms.clone(),
            status: ConsentStatus::Granted,
            over_at: self.terms.expires_at,
        }
    }
}

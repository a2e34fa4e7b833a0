//! Emergency access: somebody who gives care opens the record of a patient who has not let them,
//! says why, and answers for it. It lasts an hour, opens one record for reading, and is looked
//! into afterwards by somebody who had no part in it.
//!
//! Who opened whose record when, for which of the coded reasons, and whether that was found to be
//! justified is kept in the clear: it must stay provable when what the record said has been
//! erased. What people wrote about it is the patient's.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{EmergencyAccessId, HospitalId, SubjectId};
use crate::values::{EmergencyReason, FreeText};

/// How long it lasts, from its opening. It can't be made longer.
pub const LASTS: TimeDelta = TimeDelta::minutes(60);

/// What may be asked of an emergency access.
#[derive(Clone, Debug, PartialEq)]
pub enum EmergencyAccessCommand {
    /// Opens a record.
    Open(Open),
    /// Closes it before its time.
    Close(Close),
    /// Says whether it was justified.
    Review(Review),
}

/// Somebody has to see a record at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The new emergency access.
    pub access: EmergencyAccessId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// Who opens it.
    pub clinician: SubjectId,
    /// Where they give care.
    pub hospital: HospitalId,
    /// Why.
    pub reason: EmergencyReason,
    /// Why, in their words.
    pub explanation: FreeText,
}

/// Whoever opened the record has seen enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    /// Who closes it.
    pub by: SubjectId,
}

/// Somebody has looked into it.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// Who.
    pub by: SubjectId,
    /// Whether it was justified.
    pub justified: bool,
    /// What they found.
    pub remark: FreeText,
}

crate::events! {
    /// What can happen to an emergency access.
    pub enum EmergencyAccessEvent {
        Opened: "emergency-access.opened" v 1, Privacy::Operational;
        Explained: "emergency-access.explained" v 1, Privacy::Personal(Category::Clinical);
        Closed: "emergency-access.closed" v 1, Privacy::Operational;
        Reviewed: "emergency-access.reviewed" v 1, Privacy::Operational;
        Remarked: "emergency-access.remarked" v 1, Privacy::Personal(Category::Clinical);
    }
}

/// A record was opened in an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opened {
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// Who opened it.
    pub clinician: SubjectId,
    /// Where they give care.
    pub hospital: HospitalId,
    /// Why.
    pub reason: EmergencyReason,
    /// When it is over; not any more at this instant.
    pub until: DateTime<Utc>,
}

/// Whoever opened a record said why in their own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explained {
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// Why it was opened.
    pub explanation: FreeText,
}

/// A record was closed before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Closed {
    /// The emergency access.
    pub access: EmergencyAccessId,
}

/// An emergency access was looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reviewed {
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// Who signed it off.
    pub by: SubjectId,
    /// Whether it was justified.
    pub justified: bool,
}

/// Whoever looked into it said what they found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remarked {
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// What was found.
    pub remark: FreeText,
}

crate::problems! {
    /// Why an emergency access refuses.
    pub enum EmergencyAccessError {
        /// Its id is in use.
        AlreadyThere: Conflict "emergency-access-already-there",
            "the emergency access is already there", "Use a new id.";
        /// Whoever signed it off has signed.
        AlreadyReviewed: Conflict "emergency-access-already-reviewed",
            "the emergency access is reviewed already", "Nothing more is needed.";
        /// It was never opened.
        NoSuchAccess: NotFound "no-such-emergency-access",
            "there is no such emergency access", "Check the emergency access's id.";
        /// Nobody needs it for what is their own.
        OfOneself: Invalid "emergency-access-to-own-record",
            "nobody opens their own record in an emergency", "Read it as the patient.";
        /// Its hour is up.
        Over: Conflict "emergency-access-over",
            "the emergency access is over", "Nothing more is needed.";
        /// Only who opened it closes it.
        OfAnother: Forbidden "emergency-access-of-another",
            "somebody else opened the record", "Let them close it.";
        /// Nobody signs off what they did, or what was done to them.
        OwnPart: Forbidden "emergency-access-own-part",
            "nobody reviews an emergency access in which they have a part",
            "Let another compliance officer review it.";
        /// What was read is not known before.
        StillOpen: Conflict "emergency-access-still-open",
            "the emergency access is still open", "Review it when it is over.";
    }
}

/// Where an emergency access stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EmergencyStatus {
    /// The record can be read.
    Open,
    /// It is over, and nobody has looked into it.
    AwaitingReview,
    /// Somebody has.
    Reviewed,
}

/// What an emergency access is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Matter {
    /// The emergency access.
    pub access: EmergencyAccessId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// Who opened it.
    pub clinician: SubjectId,
    /// Where they give care.
    pub hospital: HospitalId,
    /// When it is over.
    pub until: DateTime<Utc>,
}

/// The state of an emergency access.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EmergencyAccess {
    /// What it is about, once it was opened.
    pub matter: Option<Matter>,
    /// Whether it was closed before its time.
    pub closed: bool,
    /// Whether somebody has looked into it.
    pub reviewed: bool,
}

impl EmergencyAccess {
    /// What it is about.
    ///
    /// # Errors
    /// [`EmergencyAccessError::NoSuchAccess`] before it was opened.
    pub fn matter(&self) -> Result<Matter, EmergencyAccessError> {
        self.matter.ok_or(EmergencyAccessError::NoSuchAccess)
    }

    /// Whether it opens this person's record to this reader at the instant `now`.
    pub fn opens(&self, subject: SubjectId, reader: SubjectId, now: DateTime<Utc>) -> bool {
        self.matter.is_some_and(|matter| {
            matter.subject == subject && matter.clinician == reader && self.is_open(&matter, now)
        })
    }

    fn is_open(&self, matter: &Matter, now: DateTime<Utc>) -> bool {
        !self.closed && now < matter.until
    }

    fn open(
        &self,
        open: Open,
        now: DateTime<Utc>,
    ) -> Result<(Opened, Explained), EmergencyAccessError> {
        if self.matter.is_some() {
            return Err(EmergencyAccessError::AlreadyThere);
        }
        let Open {
            access,
            subject,
            clinician,
            hospital,
            reason,
            explanation,
        } = open;
        if clinician == subject {
            return Err(EmergencyAccessError::OfOneself);
        }
        let opened = Opened {
            access,
            subject,
            clinician,
            hospital,
            reason,
            until: now + LASTS,
        };
        let explained = Explained {
            access,
            explanation,
        };
        Ok((opened, explained))
    }

    /// Nobody who closes twice is told that they can't.
    fn close(
        &self,
        Close { by }: Close,
        now: DateTime<Utc>,
    ) -> Result<Option<Closed>, EmergencyAccessError> {
        let matter = self.matter()?;
        if matter.clinician != by {
            Err(EmergencyAccessError::OfAnother)
        } else if self.closed {
            Ok(None)
        } else if now >= matter.until {
            Err(EmergencyAccessError::Over)
        } else {
            let access = matter.access;
            Ok(Some(Closed { access }))
        }
    }

    fn review(
        &self,
        review: Review,
        now: DateTime<Utc>,
    ) -> Result<(Reviewed, Remarked), EmergencyAccessError> {
        let matter = self.matter()?;
        let Review {
            by,
            justified,
            remark,
        } = review;
        if [matter.clinician, matter.subject].contains(&by) {
            return Err(EmergencyAccessError::OwnPart);
        }
        if self.reviewed {
            return Err(EmergencyAccessError::AlreadyReviewed);
        }
        if self.is_open(&matter, now) {
            return Err(EmergencyAccessError::StillOpen);
        }
        let access = matter.access;
        let reviewed = Reviewed {
            access,
            by,
            justified,
        };
        Ok((reviewed, Remarked { access, remark }))
    }
}

impl Decider for EmergencyAccess {
    const CATEGORY: &'static str = "emergency-access";

    type Id = EmergencyAccessId;
    type Command = EmergencyAccessCommand;
    type Event = EmergencyAccessEvent;
    type Error = EmergencyAccessError;

    fn decide(
        &self,
        command: EmergencyAccessCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<EmergencyAccessEvent>, EmergencyAccessError> {
        Ok(match command {
            EmergencyAccessCommand::Open(open) => {
                let (opened, explained) = self.open(open, now)?;
                vec![opened.into(), explained.into()]
            }
            EmergencyAccessCommand::Close(close) => {
                let closed = self.close(close, now)?;
                closed.map(Into::into).into_iter().collect()
            }
            EmergencyAccessCommand::Review(review) => {
                let (reviewed, remarked) = self.review(review, now)?;
                vec![reviewed.into(), remarked.into()]
            }
        })
    }

    fn evolve(&mut self, event: &EmergencyAccessEvent) {
        match event {
            EmergencyAccessEvent::Opened(opened) => {
                self.matter = Some(Matter {
                    access: opened.access,
                    subject: opened.subject,
                    clinician: opened.clinician,
                    hospital: opened.hospital,
                    until: opened.until,
                });
            }
            EmergencyAccessEvent::Closed(_) => self.closed = true,
            EmergencyAccessEvent::Reviewed(_) => self.reviewed = true,
            EmergencyAccessEvent::Explained(_) | EmergencyAccessEvent::Remarked(_) => {}
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.matter.map(|matter| matter.subject)
    }
}

crate::aggregate!(EmergencyAccess);

#[cfg(test)]
mod tests;

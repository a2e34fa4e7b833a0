//! Consent: a patient lets somebody see a part of their record for a time, and takes it back
//! whenever they like. Its terms and states are those of ABDM's consent artefact (National
//! Health Authority, Ayushman Bharat Digital Mission, HIU and HIP APIs).
//!
//! Its events hold no words of anyone and are kept in the clear: a consent must stay provable
//! when what it was about has been erased.

mod events;
mod terms;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::ids::{ConsentId, SubjectId};
use crate::values::{ConsentPurpose, names};

pub use events::{ConsentEvent, Denied, Expired, Granted, Requested, Revoked, Used};
pub use terms::{ConsentFrequency, ConsentTerms, Grantee, Narrowed, Need};

/// How long a request waits for an answer. ABDM sets no such time; thirty days are ours.
pub const ANSWER_WITHIN: TimeDelta = TimeDelta::days(30);

/// How far ahead a consent may end. ABDM has every artefact end (`permission.dataEraseAt`) and
/// sets no most; a year is ours.
pub const LONGEST: TimeDelta = TimeDelta::days(365);

/// No information is older than anyone who lives.
const FIRST_YEAR: i32 = 1870;

/// What may be asked of a consent.
#[derive(Clone, Debug, PartialEq)]
pub enum ConsentCommand {
    /// Asks for it.
    Request(Request),
    /// Gives it without being asked.
    Grant(Grant),
    /// Gives what was asked for, or less.
    Answer(Answer),
    /// Refuses what was asked for.
    Deny(Deny),
    /// Takes it back.
    Revoke(Revoke),
    /// Notes that its time is over.
    Expire,
    /// Makes use of it.
    Use,
}

/// Somebody wants to see a part of a person's record.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The new consent.
    pub consent: ConsentId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// Who asks.
    pub requester: SubjectId,
    /// Who is to see it.
    pub grantee: Grantee,
    /// What is asked for.
    pub terms: ConsentTerms,
}

/// A person lets somebody see a part of their record.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// The new consent.
    pub consent: ConsentId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// Who decides: the person, or who has the say for them.
    pub by: SubjectId,
    /// Who may see it.
    pub grantee: Grantee,
    /// What is given.
    pub terms: ConsentTerms,
}

/// A person gives what they were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who decides.
    pub by: SubjectId,
    /// In what it is less than what was asked for.
    pub narrowed: Narrowed,
}

/// A person refuses what they were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deny {
    /// Who decides.
    pub by: SubjectId,
}

/// A person takes back what they gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoke {
    /// Who decides.
    pub by: SubjectId,
}

crate::problems! {
    /// Why a consent refuses.
    pub enum ConsentError {
        /// Its id is in use.
        AlreadyThere: Conflict "consent-already-there",
            "the consent is already there", "Use a new id.";
        /// Breaking the glass goes without consent, and is reviewed.
        BreakTheGlass: Invalid "break-the-glass-is-no-consent" at "/purpose",
            "breaking the glass is no matter of consent", "Name another purpose.";
        /// Nobody needs their own consent.
        ForOneself: Invalid "consent-for-oneself" at "/grantee",
            "nobody consents to what they do themselves", "Name another grantee.";
        /// Enough for now.
        FrequencyExceeded: Conflict "consent-used-up",
            "the consent was used as often as it allows for now", "Wait, or ask for a wider consent.";
        /// Nothing was asked or given.
        NoSuchConsent: NotFound "no-such-consent",
            "there is no such consent", "Check the consent's id.";
        /// There is nothing to take back or to use.
        NotGranted: Conflict "consent-not-granted",
            "the consent is not granted, or not any more", "Nothing more is needed.";
        /// Its time is not over.
        NotOver: Conflict "consent-not-over",
            "the consent's time is not over", "Wait until it is.";
        /// It was answered, or nobody did in time.
        NotWaiting: Conflict "consent-not-waiting",
            "the request was answered already, or has run out", "Ask again.";
        /// It would be over before it begins.
        ExpiresInPast: Invalid "consent-expires-in-past" at "/expires_at",
            "the consent would be over already", "Let it end in the future.";
        /// Nobody remembers what they consented to so long ago.
        ExpiresTooLate: Invalid "consent-expires-too-late" at "/expires_at",
            "the consent would last too long", "Let it end within 365 days, and renew it then.";
        /// There would be nothing to see.
        NoType: Invalid "consent-without-type" at "/types",
            "a consent names at least one kind of information", "Name at least one.";
        /// Nobody who lives was born then.
        PeriodTooEarly: Invalid "consent-period-too-early" at "/from",
            "the period of the information begins too early", "Let it begin in 1870 at the earliest.";
        /// There would be nothing to see, ever.
        PeriodReversed: Invalid "consent-period-reversed" at "/to",
            "the period of the information ends before it begins", "Let it end after it begins.";
        /// What comes later can't be seen any more.
        PeriodTooLate: Invalid "consent-period-too-late" at "/to",
            "the period of the information ends after the consent", "Let it end with the consent at the latest.";
        /// Nobody asked for so much.
        WiderThanRequested: Invalid "consent-wider-than-requested",
            "that is more than was asked for", "Give what was asked for, or less.";
    }
}

names! {
    /// Where a consent stands: `status` of ABDM's consent artefact.
    pub enum ConsentStatus or UnknownConsentStatus {
        /// Somebody asks, and nobody has answered.
        Requested = "requested",
        /// It is given.
        Granted = "granted",
        /// It was refused.
        Denied = "denied",
        /// It was taken back.
        Revoked = "revoked",
        /// Its time is over, or nobody answered in time.
        Expired = "expired",
    }
}

impl ConsentStatus {
    /// ABDM's name.
    pub const fn abdm(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Granted => "GRANTED",
            Self::Denied => "DENIED",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
        }
    }
}

/// What a consent is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Matter {
    /// The consent.
    pub consent: ConsentId,
    /// Whose record it is.
    pub subject: SubjectId,
    /// Who asked, if anyone did.
    pub requester: Option<SubjectId>,
    /// Who may see it.
    pub grantee: Grantee,
    /// What they may, or want to.
    pub terms: ConsentTerms,
    /// Where it stands.
    pub status: ConsentStatus,
    /// When a request lapses or a consent ends by itself.
    pub over_at: DateTime<Utc>,
}

/// The state of a consent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Consent {
    /// What it is about, once it was asked for or given.
    pub matter: Option<Matter>,
    /// The latest uses, if there is a limit to them, the latest last.
    pub uses: Vec<DateTime<Utc>>,
}

impl Consent {
    /// What it is about.
    ///
    /// # Errors
    /// [`ConsentError::NoSuchConsent`] before it was asked for or given.
    pub fn matter(&self) -> Result<&Matter, ConsentError> {
        self.matter.as_ref().ok_or(ConsentError::NoSuchConsent)
    }

    /// Whether it lets this need be met at the instant `now`: it is granted and not over, to
    /// one that the reader is, for this kind of information of this time, in this way and for
    /// this purpose. The period of the information includes both of its ends; when the consent
    /// ends it is over. How often it may be used is for [`Consent::may_be_used`] to say.
    pub fn covers(&self, need: &Need<'_>, now: DateTime<Utc>) -> bool {
        self.granted(now).is_some_and(|matter| {
            need.grantees.contains(&matter.grantee) && matter.terms.cover(need)
        })
    }

    /// Whether it is granted, not over, and was not used as often as it allows by now.
    pub fn may_be_used(&self, now: DateTime<Utc>) -> bool {
        let Some(matter) = self.granted(now) else {
            return false;
        };
        matter.terms.frequency.is_none_or(|frequency| {
            let counted = self.uses.iter().filter(|at| frequency.counts(**at, now));
            counted.count() < usize::from(frequency.repeats.get())
        })
    }

    fn granted(&self, now: DateTime<Utc>) -> Option<&Matter> {
        let granted = |matter: &&Matter| {
            matter.status == ConsentStatus::Granted && now < matter.terms.expires_at
        };
        self.matter.as_ref().filter(granted)
    }

    fn request(&self, request: Request, now: DateTime<Utc>) -> Result<Requested, ConsentError> {
        if self.matter.is_some() {
            return Err(ConsentError::AlreadyThere);
        }
        let Request {
            consent,
            subject,
            requester,
            grantee,
            terms,
        } = request;
        let terms = check(terms, now)?;
        not_oneself(grantee, &[subject])?;
        Ok(Requested {
            consent,
            subject,
            requester,
            grantee,
            lapses_at: terms.expires_at.min(now + ANSWER_WITHIN),
            terms,
        })
    }

    fn grant(&self, grant: Grant, now: DateTime<Utc>) -> Result<Granted, ConsentError> {
        if self.matter.is_some() {
            return Err(ConsentError::AlreadyThere);
        }
        let Grant {
            consent,
            subject,
            by,
            grantee,
            terms,
        } = grant;
        not_oneself(grantee, &[subject, by])?;
        Ok(Granted {
            consent,
            subject,
            by,
            grantee,
            terms: check(terms, now)?,
        })
    }

    fn answer(&self, answer: Answer, now: DateTime<Utc>) -> Result<Granted, ConsentError> {
        let asked = self.waiting(now)?;
        let terms = check(answer.narrowed.of(&asked.terms), now)?;
        if !terms.are_within(&asked.terms) {
            return Err(ConsentError::WiderThanRequested);
        }
        not_oneself(asked.grantee, &[asked.subject, answer.by])?;
        Ok(Granted {
            consent: asked.consent,
            subject: asked.subject,
            by: answer.by,
            grantee: asked.grantee,
            terms,
        })
    }

    fn deny(&self, deny: Deny, now: DateTime<Utc>) -> Result<Option<Denied>, ConsentError> {
        let Deny { by } = deny;
        let matter = self.matter()?;
        if matter.status == ConsentStatus::Denied {
            return Ok(None);
        }
        let consent = self.waiting(now)?.consent;
        Ok(Some(Denied { consent, by }))
    }

    /// Nobody who says no twice is told that they can't.
    fn revoke(&self, revoke: Revoke) -> Result<Option<Revoked>, ConsentError> {
        let Revoke { by } = revoke;
        let Matter {
            consent, status, ..
        } = *self.matter()?;
        match status {
            ConsentStatus::Granted => Ok(Some(Revoked { consent, by })),
            ConsentStatus::Revoked => Ok(None),
            _ => Err(ConsentError::NotGranted),
        }
    }

    fn expire(&self, now: DateTime<Utc>) -> Result<Option<Expired>, ConsentError> {
        let matter = self.matter()?;
        let consent = matter.consent;
        match matter.status {
            ConsentStatus::Requested | ConsentStatus::Granted if now < matter.over_at => {
                Err(ConsentError::NotOver)
            }
            ConsentStatus::Requested | ConsentStatus::Granted => Ok(Some(Expired { consent })),
            _ => Ok(None),
        }
    }

    /// What has no limit is not counted.
    fn make_use(&self, now: DateTime<Utc>) -> Result<Option<Used>, ConsentError> {
        let matter = self.granted(now).ok_or(ConsentError::NotGranted)?;
        if !self.may_be_used(now) {
            return Err(ConsentError::FrequencyExceeded);
        }
        let consent = matter.consent;
        let limited = matter.terms.frequency.is_some();
        Ok(limited.then_some(Used { consent, at: now }))
    }

    fn waiting(&self, now: DateTime<Utc>) -> Result<&Matter, ConsentError> {
        let matter = self.matter()?;
        if matter.status == ConsentStatus::Requested && now < matter.over_at {
            Ok(matter)
        } else {
            Err(ConsentError::NotWaiting)
        }
    }

    fn settle(&mut self, status: ConsentStatus) {
        if let Some(matter) = &mut self.matter {
            matter.status = status;
        }
    }
}

/// The terms as they are kept, if anyone may agree on them now.
fn check(terms: ConsentTerms, now: DateTime<Utc>) -> Result<ConsentTerms, ConsentError> {
    let terms = terms.tidy();
    if terms.purpose == ConsentPurpose::BreakTheGlass {
        Err(ConsentError::BreakTheGlass)
    } else if terms.types.is_empty() {
        Err(ConsentError::NoType)
    } else if terms.from.year() < FIRST_YEAR {
        Err(ConsentError::PeriodTooEarly)
    } else if terms.to < terms.from {
        Err(ConsentError::PeriodReversed)
    } else if terms.expires_at <= now {
        Err(ConsentError::ExpiresInPast)
    } else if terms.expires_at > now + LONGEST {
        Err(ConsentError::ExpiresTooLate)
    } else if terms.to > terms.expires_at {
        Err(ConsentError::PeriodTooLate)
    } else {
        Ok(terms)
    }
}

fn not_oneself(grantee: Grantee, oneself: &[SubjectId]) -> Result<(), ConsentError> {
    match grantee {
        Grantee::Person { id } if oneself.contains(&id) => Err(ConsentError::ForOneself),
        _ => Ok(()),
    }
}

impl Decider for Consent {
    const CATEGORY: &'static str = "consent";

    type Id = ConsentId;
    type Command = ConsentCommand;
    type Event = ConsentEvent;
    type Error = ConsentError;

    fn decide(
        &self,
        command: ConsentCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<ConsentEvent>, ConsentError> {
        let event = match command {
            ConsentCommand::Request(request) => Some(self.request(request, now)?.into()),
            ConsentCommand::Grant(grant) => Some(self.grant(grant, now)?.into()),
            ConsentCommand::Answer(answer) => Some(self.answer(answer, now)?.into()),
            ConsentCommand::Deny(deny) => self.deny(deny, now)?.map(Into::into),
            ConsentCommand::Revoke(revoke) => self.revoke(revoke)?.map(Into::into),
            ConsentCommand::Expire => self.expire(now)?.map(Into::into),
            ConsentCommand::Use => self.make_use(now)?.map(Into::into),
        };
        Ok(event.into_iter().collect())
    }

    fn evolve(&mut self, event: &ConsentEvent) {
        match event {
            ConsentEvent::Requested(requested) => self.matter = Some(requested.matter()),
            ConsentEvent::Granted(granted) => {
                let asked = self.matter.take();
                let requester = asked.and_then(|asked| asked.requester);
                self.matter = Some(granted.matter(requester));
            }
            ConsentEvent::Denied(_) => self.settle(ConsentStatus::Denied),
            ConsentEvent::Revoked(_) => self.settle(ConsentStatus::Revoked),
            ConsentEvent::Expired(_) => self.settle(ConsentStatus::Expired),
            ConsentEvent::Used(used) => self.take_use(used.at),
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.matter.as_ref().map(|matter| matter.subject)
    }
}

impl Consent {
    /// Keeps as many uses as the limit looks back on.
    fn take_use(&mut self, at: DateTime<Utc>) {
        self.uses.push(at);
        let matter = self.matter.as_ref();
        let frequency = matter.and_then(|matter| matter.terms.frequency);
        let most = frequency.map_or(0, |frequency| usize::from(frequency.repeats.get()));
        let old = self.uses.len().saturating_sub(most);
        self.uses.drain(..old);
    }
}

crate::aggregate!(Consent);

#[cfg(test)]
mod tests;

//! Verification: a code that was mailed to an address, or sent to a telephone, to see who reads
//! it. Whoever has the code may open an account with that address, give its account a new
//! password, or have codes sent to that telephone.

pub mod sms;
pub mod words;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{SubjectId, VerificationId};
use crate::second_factor;
use crate::values::{EmailAddress, Language, OneTimeCode};
use sms::{RequestSms, SmsFate, SmsRefused, SmsRequested, SmsSent, UseSms};

/// How long a code works that opens an account or sets a password.
pub const VALID: TimeDelta = TimeDelta::minutes(30);
/// How long a mail is worth sending that tells what was done to an account: longer than any mail
/// server is away.
const NEWS: TimeDelta = TimeDelta::days(30);

/// What may be asked of a verification.
#[derive(Clone, Debug, PartialEq)]
pub enum VerificationCommand {
    /// Sends the code.
    Request(Request),
    /// Uses the code up.
    Use(Use),
    /// Sends the code by SMS.
    RequestSms(RequestSms),
    /// Notes what became of the message.
    SettleSms(SmsFate),
    /// Uses a code up that was sent by SMS.
    UseSms(UseSms),
}

/// Somebody says that an address is theirs.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The new verification.
    pub verification: VerificationId,
    /// Whose address it is, or who will come to be known by it.
    pub person: SubjectId,
    /// What is mailed.
    pub letter: Letter,
    /// Where to.
    pub email: EmailAddress,
    /// In which language.
    pub language: Language,
    /// The code, whether it is mailed or not.
    pub code: OneTimeCode,
    /// How many passwords the account has had, if there is one.
    pub passwords: Option<u32>,
}

/// Somebody has read the code.
#[derive(Clone, Debug, PartialEq)]
pub struct Use {
    /// What they want to use it for.
    pub letter: Letter,
    /// What they read.
    pub code: OneTimeCode,
}

/// What is mailed. Who asks is told the same in every case; only the mailbox tells whether
/// there is an account.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// Nothing: a new password was asked for where there is no account.
    #[default]
    None,
    /// The code that opens an account.
    Registration,
    /// That there is an account already, and no code.
    AlreadyRegistered,
    /// The code that sets a new password.
    Recovery,
    /// The code that makes it the address of an account that has another one.
    EmailChange,
    /// That an account is to have another address than this, and no code.
    EmailChanging,
    /// The code that is shown beside the password.
    SignIn,
    /// That all second factors of an account were taken away, and no code.
    SecondFactorsRemoved,
}

impl Letter {
    /// Whether what is mailed holds the code.
    const fn has_code(self) -> bool {
        match self {
            Self::Registration | Self::Recovery | Self::EmailChange | Self::SignIn => true,
            Self::None
            | Self::AlreadyRegistered
            | Self::EmailChanging
            | Self::SecondFactorsRemoved => false,
        }
    }

    /// How long the code in it works, or it is worth mailing.
    pub const fn valid(self) -> TimeDelta {
        match self {
            Self::SignIn => second_factor::VALID,
            Self::SecondFactorsRemoved => NEWS,
            _ => VALID,
        }
    }
}

crate::events! {
    /// What can happen to a verification.
    pub enum VerificationEvent {
        Requested: "verification.requested" v 1, Privacy::Personal(Category::Identity);
        Used: "verification.used" v 1, Privacy::Operational;
        SmsRequested: "verification.sms-requested" v 1, Privacy::Personal(Category::Identity);
        SmsSent: "verification.sms-sent" v 1, Privacy::Operational;
        SmsRefused: "verification.sms-refused" v 1, Privacy::Operational;
    }
}

/// A verification was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requested {
    /// The verification.
    pub verification: VerificationId,
    /// Whose address it is, or who will come to be known by it.
    pub person: SubjectId,
    /// What is mailed.
    pub letter: Letter,
    /// Where to.
    pub email: EmailAddress,
    /// In which language.
    pub language: Language,
    /// The code, whether it is mailed or not.
    pub code: OneTimeCode,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
    /// How many passwords the account had had: with the next one, a code for another is void.
    #[serde(default)]
    pub passwords: Option<u32>,
}

/// A code was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Used {
    /// The verification.
    pub verification: VerificationId,
}

crate::problems! {
    /// Why a verification refuses.
    pub enum VerificationError {
        /// Its id is in use.
        AlreadyRequested: Conflict "verification-already-requested",
            "the verification is already under way", "Ask for it under a new id.";
        /// Not the one that was mailed, or not any more. Which of it is nobody's business.
        CodeWrong: Invalid "code-wrong" at "/code",
            "the code is wrong, used or too old", "Check the code, or ask for a new one.";
    }
}

/// The state of a verification.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verification {
    /// What was asked for by mail, until it is used.
    pub open: Option<Requested>,
    /// What was asked for by SMS, until it is used.
    pub sms: Option<SmsRequested>,
    /// What became of the message.
    pub fate: SmsFate,
    /// Whose address or number it is.
    pub person: Option<SubjectId>,
}

impl Verification {
    fn request(
        &self,
        request: Request,
        now: DateTime<Utc>,
    ) -> Result<Requested, VerificationError> {
        if self.person.is_some() {
            return Err(VerificationError::AlreadyRequested);
        }
        let Request {
            verification,
            person,
            letter,
            email,
            language,
            code,
            passwords,
        } = request;
        Ok(Requested {
            verification,
            person,
            letter,
            email,
            language,
            code,
            expires_at: now + letter.valid(),
            passwords,
        })
    }

    fn use_up(&self, usage: &Use, now: DateTime<Utc>) -> Result<Used, VerificationError> {
        let mailed = usage.letter.has_code();
        self.open
            .as_ref()
            .filter(|open| mailed && open.letter == usage.letter && now < open.expires_at)
            .filter(|open| open.code.is(&usage.code))
            .map(|open| Used {
                verification: open.verification,
            })
            .ok_or(VerificationError::CodeWrong)
    }
}

impl Decider for Verification {
    const CATEGORY: &'static str = "verification";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = VerificationId;
    type Command = VerificationCommand;
    type Event = VerificationEvent;
    type Error = VerificationError;

    fn decide(
        &self,
        command: VerificationCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<VerificationEvent>, VerificationError> {
        Ok(vec![match command {
            VerificationCommand::Request(request) => self.request(request, now)?.into(),
            VerificationCommand::Use(usage) => self.use_up(&usage, now)?.into(),
            VerificationCommand::RequestSms(request) => self.request_sms(request, now)?.into(),
            VerificationCommand::SettleSms(fate) => return self.settle_sms(fate),
            VerificationCommand::UseSms(usage) => self.use_sms(&usage, now)?.into(),
        }])
    }

    fn evolve(&mut self, event: &VerificationEvent) {
        match event {
            VerificationEvent::Requested(requested) => {
                self.person = Some(requested.person);
                self.open = Some(requested.clone());
            }
            VerificationEvent::SmsRequested(requested) => {
                self.person = Some(requested.person);
                self.sms = Some(requested.clone());
            }
            VerificationEvent::SmsSent(SmsSent { .. }) => self.fate = SmsFate::Sent,
            VerificationEvent::SmsRefused(SmsRefused { cause, .. }) => {
                self.fate = SmsFate::Refused(cause.clone());
            }
            VerificationEvent::Used(_) => {
                self.open = None;
                self.sms = None;
            }
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.person
    }
}

crate::aggregate!(Verification);

#[cfg(test)]
mod tests;

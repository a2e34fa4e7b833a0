//! The same by SMS: a code that is sent to a telephone.

mod words;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Used, Verification, VerificationError, VerificationEvent};
use crate::ids::{SubjectId, VerificationId};
use crate::second_factor;
use crate::values::{Code, Language, OneTimeCode, Phone};

pub use words::{SmsSender, SmsSenderError};

/// How long a code works, whatever it was sent for: as long as what it answers.
pub const VALID: TimeDelta = second_factor::VALID;

/// A code is to be sent to a telephone.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestSms {
    /// The new verification.
    pub verification: VerificationId,
    /// Whose number it is.
    pub person: SubjectId,
    /// What the code is for.
    pub purpose: SmsPurpose,
    /// Where to.
    pub phone: Phone,
    /// In which language.
    pub language: Language,
    /// The code.
    pub code: OneTimeCode,
}

/// Somebody has read the code.
#[derive(Clone, Debug, PartialEq)]
pub struct UseSms {
    /// What they want to use it for.
    pub purpose: SmsPurpose,
    /// What they read.
    pub code: OneTimeCode,
}

/// What a code is sent for; one is never taken for the other.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SmsPurpose {
    /// To show that the telephone is theirs.
    Phone,
    /// To be shown beside the password, or for a proof.
    SignIn,
}

/// A code was asked for by SMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsRequested {
    /// The verification.
    pub verification: VerificationId,
    /// Whose number it is.
    pub person: SubjectId,
    /// What the code is for.
    pub purpose: SmsPurpose,
    /// Where to.
    pub phone: Phone,
    /// In which language.
    pub language: Language,
    /// The code.
    pub code: OneTimeCode,
    /// When it stops to work.
    pub expires_at: DateTime<Utc>,
}

/// Whoever sends messages has taken this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsSent {
    /// The verification.
    pub verification: VerificationId,
}

/// Whoever sends messages has refused this one for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsRefused {
    /// The verification.
    pub verification: VerificationId,
    /// Why, such as `sms-21211`.
    pub cause: Code,
}

/// What became of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmsFate {
    /// It is on its way, or there is none.
    #[default]
    Pending,
    /// It was taken.
    Sent,
    /// It was refused for good.
    Refused(Code),
}

impl Verification {
    pub(super) fn request_sms(
        &self,
        request: RequestSms,
        now: DateTime<Utc>,
    ) -> Result<SmsRequested, VerificationError> {
        if self.person.is_some() {
            return Err(VerificationError::AlreadyRequested);
        }
        let RequestSms {
            verification,
            person,
            purpose,
            phone,
            language,
            code,
        } = request;
        Ok(SmsRequested {
            verification,
            person,
            purpose,
            phone,
            language,
            code,
            expires_at: now + VALID,
        })
    }

    /// What is settled stays so, and what was used needs no news.
    pub(super) fn settle_sms(
        &self,
        fate: SmsFate,
    ) -> Result<Vec<VerificationEvent>, VerificationError> {
        let Some(sms) = self.sms.as_ref().filter(|_| self.fate == SmsFate::Pending) else {
            return Ok(Vec::new());
        };
        let verification = sms.verification;
        Ok(match fate {
            SmsFate::Pending => Vec::new(),
            SmsFate::Sent => vec![SmsSent { verification }.into()],
            SmsFate::Refused(cause) => vec![
                SmsRefused {
                    verification,
                    cause,
                }
                .into(),
            ],
        })
    }

    pub(super) fn use_sms(
        &self,
        usage: &UseSms,
        now: DateTime<Utc>,
    ) -> Result<Used, VerificationError> {
        self.sms
            .as_ref()
            .filter(|sms| sms.purpose == usage.purpose && now < sms.expires_at)
            .filter(|sms| sms.code.is(&usage.code))
            .map(|sms| Used {
                verification: sms.verification,
            })
            .ok_or(VerificationError::CodeWrong)
    }
}

#[cfg(test)]
mod tests;

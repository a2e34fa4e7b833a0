//! What can happen to a person's second factors.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{Category, Privacy};
use crate::ids::{AccountId, ChallengeId, PasskeyId, VerificationId};
use crate::values::{Code, PasskeyRecord, Phone, SecretHash, ShortText, TotpSecret};

crate::events! {
    /// What can happen to a person's second factors.
    pub enum SecondFactorEvent {
        TotpBegun: "second-factor.totp-begun" v 1, Privacy::Personal(Category::Identity);
        TotpConfirmed: "second-factor.totp-confirmed" v 1, Privacy::Operational;
        TotpUsed: "second-factor.totp-used" v 1, Privacy::Operational;
        TotpRemoved: "second-factor.totp-removed" v 1, Privacy::Operational;
        CodesIssued: "second-factor.codes-issued" v 1, Privacy::Personal(Category::Identity);
        CodeUsed: "second-factor.code-used" v 1, Privacy::Operational;
        MailChosen: "second-factor.mail-chosen" v 1, Privacy::Operational;
        MailUsed: "second-factor.mail-used" v 1, Privacy::Operational;
        MailRemoved: "second-factor.mail-removed" v 1, Privacy::Operational;
        PhoneGiven: "second-factor.phone-given" v 1, Privacy::Personal(Category::Identity);
        PhoneProven: "second-factor.phone-proven" v 1, Privacy::Operational;
        SmsChosen: "second-factor.sms-chosen" v 1, Privacy::Operational;
        SmsUsed: "second-factor.sms-used" v 1, Privacy::Operational;
        SmsRemoved: "second-factor.sms-removed" v 1, Privacy::Operational;
        PasskeyAdded: "second-factor.passkey-added" v 1, Privacy::Personal(Category::Identity);
        PasskeyUsed: "second-factor.passkey-used" v 1, Privacy::Operational;
        PasskeyRemoved: "second-factor.passkey-removed" v 1, Privacy::Operational;
        AllRemoved: "second-factor.all-removed" v 1, Privacy::Operational;
    }
}

/// What a factor was shown in answer to; each is answered once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answered {
    /// The challenge.
    pub challenge: ChallengeId,
    /// From when on it is too old to be answered anyway.
    pub expires_at: DateTime<Utc>,
}

/// An authenticator app was given a secret. Nothing counts on it before it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotpBegun {
    /// The account.
    pub account: AccountId,
    /// The secret.
    pub secret: TotpSecret,
}

/// The app showed the right code: signing in takes one from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotpConfirmed {
    /// The account.
    pub account: AccountId,
    /// The step of that code, which is used up.
    pub step: u64,
}

/// A code of the app was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotpUsed {
    /// The account.
    pub account: AccountId,
    /// Its step: this one and earlier ones are used up.
    pub step: u64,
    /// What it answered.
    pub answered: Answered,
}

/// The app counts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TotpRemoved {
    /// The account.
    pub account: AccountId,
}

/// Backup codes were given out; earlier ones are void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodesIssued {
    /// The account.
    pub account: AccountId,
    /// What the codes are checked against: their MACs under the tenant's key.
    pub codes: Vec<SecretHash>,
}

/// A backup code was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeUsed {
    /// The account.
    pub account: AccountId,
    /// Which one, counted from 0.
    pub number: u8,
    /// What it answered.
    pub answered: Answered,
}

/// Codes by mail count as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailChosen {
    /// The account.
    pub account: AccountId,
}

/// A code that was mailed was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailUsed {
    /// The account.
    pub account: AccountId,
    /// What it answered.
    pub answered: Answered,
}

/// Codes by mail count no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailRemoved {
    /// The account.
    pub account: AccountId,
}

/// A passkey was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasskeyAdded {
    /// The account.
    pub account: AccountId,
    /// The passkey.
    pub passkey: PasskeyId,
    /// What its person calls it.
    pub name: ShortText,
    /// Its public part.
    pub record: PasskeyRecord,
}

/// A passkey was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasskeyUsed {
    /// The account.
    pub account: AccountId,
    /// The passkey.
    pub passkey: PasskeyId,
    /// How often it was used, by its own count; 0 if it doesn't count.
    pub count: u32,
    /// What it answered.
    pub answered: Answered,
}

/// A passkey counts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasskeyRemoved {
    /// The account.
    pub account: AccountId,
    /// The passkey.
    pub passkey: PasskeyId,
}

/// A number for codes by SMS was given; they count no more until it is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhoneGiven {
    /// The account.
    pub account: AccountId,
    /// The number.
    pub phone: Phone,
}

/// A code was read that was sent to the number that was given last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhoneProven {
    /// The account.
    pub account: AccountId,
    /// What the code was sent for.
    pub verification: VerificationId,
}

/// Codes by SMS count as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsChosen {
    /// The account.
    pub account: AccountId,
}

/// A code that was sent by SMS was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsUsed {
    /// The account.
    pub account: AccountId,
    /// What it answered.
    pub answered: Answered,
}

/// Codes by SMS count no more, and the number is let go of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsRemoved {
    /// The account.
    pub account: AccountId,
}

/// No second factor counts any more: somebody who answers for it has taken them all away,
/// because their person has lost them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AllRemoved {
    /// The account.
    pub account: AccountId,
    /// Why.
    pub reason: Code,
}

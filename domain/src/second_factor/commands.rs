//! What may be asked of a person's second factors.

use super::events::{
    Answered, CodesIssued, MailChosen, PasskeyAdded, PhoneGiven, PhoneProven, SmsChosen, TotpBegun,
    TotpConfirmed,
};
use crate::ids::PasskeyId;
use crate::values::{Code, SecretHash};

/// What may be asked of a person's second factors.
#[derive(Clone, Debug, PartialEq)]
pub enum SecondFactorCommand {
    /// Gives an authenticator app a secret.
    BeginTotp(TotpBegun),
    /// Counts on the app from now on.
    ConfirmTotp(TotpConfirmed),
    /// Lets codes by mail count.
    ChooseMail(MailChosen),
    /// Gives the number for codes by SMS; they count no more until it is proven.
    GivePhone(PhoneGiven),
    /// Notes that a code was read that was sent to the number.
    ProvePhone(PhoneProven),
    /// Lets codes by SMS count.
    ChooseSms(SmsChosen),
    /// Adds a passkey.
    AddPasskey(PasskeyAdded),
    /// Gives out new backup codes.
    IssueCodes(CodesIssued),
    /// Takes what was shown for one of the factors.
    Show(Show),
    /// Takes one of them away.
    Remove(Remove),
    /// Takes all of them away, and says why: its person has lost them.
    RemoveAll(Code),
}

/// A person has shown a second factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Show {
    /// What it answers.
    pub answered: Answered,
    /// What was shown.
    pub shown: Shown,
}

/// What a person has shown, and was found to be right.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// The code of a step of the app.
    Totp(u64),
    /// A backup code, as it is kept.
    BackupCode(SecretHash),
    /// The code that was mailed for the challenge.
    Mail,
    /// The code that was sent by SMS for the challenge.
    Sms,
    /// A passkey, and its count.
    Passkey(PasskeyId, u32),
}

/// Which factor is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remove {
    /// The authenticator app.
    Totp,
    /// Codes by mail.
    Mail,
    /// Codes by SMS, and the number.
    Sms,
    /// A passkey.
    Passkey(PasskeyId),
}

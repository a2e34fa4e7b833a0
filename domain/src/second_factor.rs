//! Second factors: what a person shows beside their password. Codes of an authenticator app
//! (TOTP), passkeys, codes by mail or SMS, and backup codes for when all else is lost.
//!
//! Whether a code or a signature is right is found out elsewhere; here is decided whether it
//! still counts. Each counts once: a step of the app, a backup code, an answer to a challenge.

mod commands;
mod events;
mod phone;
mod problems;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Category;
use crate::ids::{AccountId, ChallengeId, PasskeyId, SubjectId};
use crate::values::{Code, PasskeyRecord, SecretHash, ShortText, TotpSecret};

pub use commands::{Remove, SecondFactorCommand, Show, Shown};
pub use events::{
    AllRemoved, Answered, CodeUsed, CodesIssued, MailChosen, MailRemoved, MailUsed, PasskeyAdded,
    PasskeyRemoved, PasskeyUsed, PhoneGiven, PhoneProven, SecondFactorEvent, SmsChosen, SmsRemoved,
    SmsUsed, TotpBegun, TotpConfirmed, TotpRemoved, TotpUsed,
};
pub use phone::KeptPhone;
pub use problems::SecondFactorError;

/// How long a challenge can be answered.
pub const VALID: TimeDelta = TimeDelta::minutes(10);
/// How many backup codes are given out at once.
pub const BACKUP_CODES: usize = 10;
/// How many passkeys a person may have.
pub const MAX_PASSKEYS: usize = 20;

/// An authenticator app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Totp {
    /// The secret it has.
    pub secret: TotpSecret,
    /// The last step whose code was used; none before it is confirmed.
    pub last_step: Option<u64>,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KeptPasskey {
    /// What its person calls it.
    pub name: ShortText,
    /// Its public part.
    pub record: PasskeyRecord,
    /// Its count when it was last used.
    pub count: u32,
}

/// A backup code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BackupCode {
    /// What it is checked against.
    pub hash: SecretHash,
    /// Whether it was used.
    pub used: bool,
}

/// The state of a person's second factors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SecondFactor {
    /// Whose they are.
    pub account: Option<AccountId>,
    /// The authenticator app, set up or being set up.
    pub totp: Option<Totp>,
    /// Whether codes by mail count.
    pub mail: bool,
    /// The telephone number for codes by SMS.
    pub phone: Option<KeptPhone>,
    /// Whether codes by SMS count.
    pub sms: bool,
    /// The passkeys.
    pub passkeys: BTreeMap<PasskeyId, KeptPasskey>,
    /// The backup codes that were given out last.
    pub codes: Vec<BackupCode>,
    /// Every passkey that there ever was, so that none is added twice by one answer.
    pub former: BTreeSet<PasskeyId>,
    /// The challenges that were answered and are not too old yet.
    pub answered: BTreeMap<ChallengeId, DateTime<Utc>>,
}

impl SecondFactor {
    /// Whether signing in takes more than a password.
    pub fn is_on(&self) -> bool {
        self.has_totp() || self.mail || self.sms || !self.passkeys.is_empty()
    }

    /// Whether codes of an authenticator app count.
    pub fn has_totp(&self) -> bool {
        let confirmed = |totp: &Totp| totp.last_step.is_some();
        self.totp.as_ref().is_some_and(confirmed)
    }

    /// Whether a code by mail will do: where there is something better, a mailbox, which also
    /// gives out new passwords, is not enough.
    pub fn takes_mail(&self) -> bool {
        self.mail && !self.has_totp() && self.passkeys.is_empty()
    }

    /// How many backup codes are left.
    pub fn codes_left(&self) -> usize {
        self.codes.iter().filter(|code| !code.used).count()
    }

    fn begin_totp(&self, begun: TotpBegun) -> Result<SecondFactorEvent, SecondFactorError> {
        if self.has_totp() {
            return Err(SecondFactorError::TotpThere);
        }
        Ok(begun.into())
    }

    fn confirm_totp(&self, it: TotpConfirmed) -> Result<SecondFactorEvent, SecondFactorError> {
        match &self.totp {
            None => Err(SecondFactorError::TotpNotBegun),
            Some(totp) if totp.last_step.is_some() => Err(SecondFactorError::TotpThere),
            Some(_) => Ok(it.into()),
        }
    }

    fn add_passkey(&self, added: PasskeyAdded) -> Result<SecondFactorEvent, SecondFactorError> {
        if self.former.contains(&added.passkey) {
            return Err(SecondFactorError::PasskeyThere);
        }
        if self.passkeys.len() >= MAX_PASSKEYS {
            return Err(SecondFactorError::TooManyPasskeys);
        }
        Ok(added.into())
    }

    fn show(&self, show: Show, now: DateTime<Utc>) -> Result<SecondFactorEvent, SecondFactorError> {
        let account = self.account.ok_or(SecondFactorError::CodeWrong)?;
        let Show { answered, shown } = show;
        if now >= answered.expires_at || self.answered.contains_key(&answered.challenge) {
            return Err(SecondFactorError::ChallengeOver);
        }
        let used = match shown {
            Shown::Totp(step) => self.takes_step(step).then(|| {
                TotpUsed {
                    account,
                    step,
                    answered,
                }
                .into()
            }),
            Shown::BackupCode(hash) => self.code(&hash).map(|number| {
                CodeUsed {
                    account,
                    number,
                    answered,
                }
                .into()
            }),
            Shown::Mail => self
                .takes_mail()
                .then(|| MailUsed { account, answered }.into()),
            Shown::Sms => self
                .takes_sms()
                .then(|| SmsUsed { account, answered }.into()),
            Shown::Passkey(passkey, count) => self.takes_count(passkey, count).then(|| {
                PasskeyUsed {
                    account,
                    passkey,
                    count,
                    answered,
                }
                .into()
            }),
        };
        used.ok_or(SecondFactorError::CodeWrong)
    }

    fn takes_step(&self, step: u64) -> bool {
        let last = self.totp.as_ref().and_then(|totp| totp.last_step);
        last.is_some_and(|last| step > last)
    }

    /// The number of a backup code that was not used. A MAC under a key of ours: comparing it
    /// tells nothing that helps to guess.
    fn code(&self, hash: &SecretHash) -> Option<u8> {
        let place = |code: &BackupCode| code.hash == *hash && !code.used;
        let number = self.codes.iter().position(place)?;
        self.is_on().then_some(u8::try_from(number).ok())?
    }

    /// A passkey that counts must go on counting: one that doesn't has a twin somewhere.
    fn takes_count(&self, passkey: PasskeyId, count: u32) -> bool {
        let known = self.passkeys.get(&passkey);
        known.is_some_and(|known| count > known.count || (count == 0 && known.count == 0))
    }

    fn remove(&self, remove: Remove) -> Result<SecondFactorEvent, SecondFactorError> {
        let account = self.account.ok_or(SecondFactorError::NoSuchFactor)?;
        let removed = match remove {
            Remove::Totp => self.has_totp().then(|| TotpRemoved { account }.into()),
            Remove::Mail => self.mail.then(|| MailRemoved { account }.into()),
            Remove::Sms => self.phone.is_some().then(|| SmsRemoved { account }.into()),
            Remove::Passkey(passkey) => self
                .passkeys
                .contains_key(&passkey)
                .then(|| PasskeyRemoved { account, passkey }.into()),
        };
        removed.ok_or(SecondFactorError::NoSuchFactor)
    }

    /// Also of somebody who has lost them all.
    fn remove_all(&self, reason: Code) -> Result<SecondFactorEvent, SecondFactorError> {
        let account = self.account.filter(|_| self.is_on());
        let account = account.ok_or(SecondFactorError::NothingToRemove)?;
        Ok(AllRemoved { account, reason }.into())
    }

    /// A challenge is answered; those that are too old by then need not be remembered.
    fn note(&mut self, answered: Answered) {
        let oldest = answered.expires_at - VALID;
        self.answered.retain(|_, expires_at| *expires_at > oldest);
        self.answered
            .insert(answered.challenge, answered.expires_at);
    }

    /// Backup codes stand in for a factor, and are void without one.
    fn removed(&mut self) {
        if !self.is_on() {
            self.codes.clear();
        }
    }
}

impl Decider for SecondFactor {
    const CATEGORY: &'static str = "second-factor";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = AccountId;
    type Command = SecondFactorCommand;
    type Event = SecondFactorEvent;
    type Error = SecondFactorError;

    fn decide(
        &self,
        command: SecondFactorCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<SecondFactorEvent>, SecondFactorError> {
        let event = match command {
            SecondFactorCommand::GivePhone(given) => return self.give_phone(given),
            SecondFactorCommand::BeginTotp(begun) => self.begin_totp(begun)?,
            SecondFactorCommand::ConfirmTotp(confirmed) => self.confirm_totp(confirmed)?,
            SecondFactorCommand::ChooseMail(_) if self.mail => {
                return Err(SecondFactorError::MailThere);
            }
            SecondFactorCommand::ChooseMail(chosen) => chosen.into(),
            SecondFactorCommand::AddPasskey(added) => self.add_passkey(added)?,
            SecondFactorCommand::IssueCodes(_) if !self.is_on() => {
                return Err(SecondFactorError::NothingToBackUp);
            }
            SecondFactorCommand::IssueCodes(issued) => issued.into(),
            SecondFactorCommand::Show(show) => self.show(show, now)?,
            SecondFactorCommand::ProvePhone(proven) => self.prove_phone(proven)?,
            SecondFactorCommand::ChooseSms(chosen) => self.choose_sms(chosen)?,
            SecondFactorCommand::Remove(remove) => self.remove(remove)?,
            SecondFactorCommand::RemoveAll(reason) => self.remove_all(reason)?,
        };
        Ok(vec![event])
    }

    fn evolve(&mut self, event: &SecondFactorEvent) {
        match event {
            SecondFactorEvent::TotpBegun(begun) => {
                self.account = Some(begun.account);
                self.totp = Some(Totp {
                    secret: begun.secret.clone(),
                    last_step: None,
                });
            }
            SecondFactorEvent::TotpConfirmed(TotpConfirmed { step, .. })
            | SecondFactorEvent::TotpUsed(TotpUsed { step, .. }) => {
                if let Some(totp) = &mut self.totp {
                    totp.last_step = Some(*step);
                }
                if let SecondFactorEvent::TotpUsed(used) = event {
                    self.note(used.answered);
                }
            }
            SecondFactorEvent::TotpRemoved(_) => {
                self.totp = None;
                self.removed();
            }
            SecondFactorEvent::CodesIssued(issued) => {
                self.account = Some(issued.account);
                let unused = |hash: &SecretHash| BackupCode {
                    hash: *hash,
                    used: false,
                };
                self.codes = issued.codes.iter().map(unused).collect();
            }
            SecondFactorEvent::CodeUsed(used) => {
                if let Some(code) = self.codes.get_mut(usize::from(used.number)) {
                    code.used = true;
                }
                self.note(used.answered);
            }
            SecondFactorEvent::MailChosen(chosen) => {
                self.account = Some(chosen.account);
                self.mail = true;
            }
            SecondFactorEvent::MailUsed(used) => self.note(used.answered),
            SecondFactorEvent::MailRemoved(_) => {
                self.mail = false;
                self.removed();
            }
            SecondFactorEvent::PhoneGiven(given) => {
                self.account = Some(given.account);
                self.phone = Some(KeptPhone {
                    number: given.phone.clone(),
                    proven: false,
                });
                self.sms = false;
                self.removed();
            }
            SecondFactorEvent::PhoneProven(_) => {
                if let Some(phone) = &mut self.phone {
                    phone.proven = true;
                }
            }
            SecondFactorEvent::SmsChosen(_) => self.sms = true,
            SecondFactorEvent::SmsUsed(used) => self.note(used.answered),
            SecondFactorEvent::SmsRemoved(_) => {
                self.sms = false;
                self.phone = None;
                self.removed();
            }
            SecondFactorEvent::PasskeyAdded(added) => {
                self.account = Some(added.account);
                self.former.insert(added.passkey);
                let kept = KeptPasskey {
                    name: added.name.clone(),
                    record: added.record.clone(),
                    count: 0,
                };
                self.passkeys.insert(added.passkey, kept);
            }
            SecondFactorEvent::PasskeyUsed(used) => {
                if let Some(passkey) = self.passkeys.get_mut(&used.passkey) {
                    passkey.count = used.count;
                }
                self.note(used.answered);
            }
            SecondFactorEvent::PasskeyRemoved(removed) => {
                self.passkeys.remove(&removed.passkey);
                self.removed();
            }
            SecondFactorEvent::AllRemoved(_) => {
                self.totp = None;
                self.mail = false;
                self.phone = None;
                self.sms = false;
                self.passkeys.clear();
                self.codes.clear();
            }
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.account.map(SubjectId::from)
    }
}

crate::aggregate!(SecondFactor);

#[cfg(test)]
mod tests;

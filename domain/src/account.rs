//! Account: a person's means to sign in, and what they may act as.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::{AccountId, SubjectId};
use crate::values::{Code, EmailAddress, Language, PasswordHash, Role};

/// What may be asked of an account.
#[derive(Clone, Debug, PartialEq)]
pub enum AccountCommand {
    /// Makes it.
    Open(Open),
    /// Replaces the address to sign in with.
    SetEmail(SetEmail),
    /// Replaces the password, which ends every session.
    SetPassword(SetPassword),
    /// Ends every session.
    EndSessions(EndSessions),
    /// Lets nobody in any more, from now on.
    Disable(Disable),
    /// Lets its person in again.
    Enable(Enable),
}

/// A person can sign in from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The new account.
    pub account: AccountId,
    /// What its person may act as everywhere; repeated roles count once. Whoever works at a
    /// hospital has none but those that they are given there.
    pub roles: Vec<Role>,
    /// The address to sign in with, which its person can read.
    pub email: EmailAddress,
    /// The language to write to them in.
    pub language: Language,
    /// What their password is checked against.
    pub password_hash: PasswordHash,
}

/// A person has another address.
#[derive(Clone, Debug, PartialEq)]
pub struct SetEmail {
    /// The address, which its person can read.
    pub email: EmailAddress,
}

/// A person has another password.
#[derive(Clone, Debug, PartialEq)]
pub struct SetPassword {
    /// What it is checked against.
    pub password_hash: PasswordHash,
    /// Whether whoever reads the mailbox has set it.
    pub recovered: bool,
}

/// Whoever is signed in with the account is so no more.
#[derive(Clone, Debug, PartialEq)]
pub struct EndSessions {
    /// Why, such as `second-factors-removed`.
    pub reason: Code,
}

/// Nobody may sign in with the account.
#[derive(Clone, Debug, PartialEq)]
pub struct Disable {
    /// Why, such as `left-the-hospital`.
    pub reason: Code,
}

/// Its person may sign in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enable;

crate::events! {
    /// What can happen to an account.
    pub enum AccountEvent {
        Opened: "account.opened" v 1, Privacy::Operational;
        EmailSet: "account.email-set" v 1, Privacy::Personal(Category::Identity);
        PasswordSet: "account.password-set" v 1, Privacy::Personal(Category::Identity);
        SessionsEnded: "account.sessions-ended" v 1, Privacy::Operational;
        Disabled: "account.disabled" v 1, Privacy::Operational;
        Enabled: "account.enabled" v 1, Privacy::Operational;
    }
}

/// An account was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opened {
    /// The account.
    pub account: AccountId,
    /// What its person may act as, in order and without repeats.
    pub roles: Vec<Role>,
}

/// Where an account's person can be written to, and signs in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmailSet {
    /// The account.
    pub account: AccountId,
    /// The address.
    pub email: EmailAddress,
    /// The language to write to them in.
    pub language: Language,
}

/// An account has a password, or another one; sessions from before are over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasswordSet {
    /// The account.
    pub account: AccountId,
    /// What the password is checked against.
    pub password_hash: PasswordHash,
    /// Whether whoever reads the mailbox has set it: then a code by mail proves nothing more.
    #[serde(default)]
    pub recovered: bool,
}

/// Sessions and challenges of an account from before are over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionsEnded {
    /// The account.
    pub account: AccountId,
    /// Why.
    pub reason: Code,
}

/// An account was disabled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disabled {
    /// The account.
    pub account: AccountId,
    /// Why.
    pub reason: Code,
}

/// An account was enabled again; sessions from before it was disabled stay over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enabled {
    /// The account.
    pub account: AccountId,
}

crate::problems! {
    /// Why an account refuses.
    pub enum AccountError {
        /// One person, one account.
        AlreadyOpen: Conflict "account-already-open",
            "the person already has an account", "Sign in, or ask for a new password.";
        /// Somebody signs in with it already.
        EmailTaken: Conflict "email-taken",
            "an account with this e-mail address was opened meanwhile", "Sign in with it, or ask for a new password.";
        /// It signs in with this one as it is.
        EmailUnchanged: Invalid "email-unchanged" at "/email",
            "the account has this e-mail address already", "Choose another one.";
        /// It was never opened.
        NoSuchAccount: NotFound "no-such-account",
            "there is no such account", "Check the account's id.";
        /// Whoever runs the hospital wants it so.
        IsDisabled: Forbidden "account-disabled",
            "the account is disabled", "Ask the hospital to enable it.";
        /// It lets nobody in as it is.
        AlreadyDisabled: Conflict "account-already-disabled",
            "the account is already disabled", "Nothing needs to be done.";
        /// It lets its person in as it is.
        NotDisabled: Conflict "account-not-disabled",
            "the account is not disabled", "Nothing needs to be done.";
    }
}

/// The state of an account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// The account, once open.
    pub account: Option<AccountId>,
    /// What its person may act as.
    pub roles: Vec<Role>,
    /// The address to sign in with.
    pub email: Option<EmailAddress>,
    /// The language to write to its person in.
    pub language: Option<Language>,
    /// What the password is checked against.
    pub password_hash: Option<PasswordHash>,
    /// How many passwords it has had. A session belongs to one of them.
    pub passwords: u32,
    /// Whether whoever reads the mailbox has set the password.
    pub recovered: bool,
    /// How often it was disabled or its sessions ended. A session belongs to one era.
    pub era: u32,
    /// Whether it lets nobody in.
    pub disabled: bool,
}

impl Account {
    /// The account, if its person may sign in.
    ///
    /// # Errors
    /// Not open, or disabled.
    pub fn usable(&self) -> Result<AccountId, AccountError> {
        let account = self.open_account()?;
        if self.disabled {
            return Err(AccountError::IsDisabled);
        }
        Ok(account)
    }

    /// Whether this is the account's address: whoever reads another one, such as the one that it
    /// had before, is nobody to it.
    pub fn is_at(&self, email: &EmailAddress) -> bool {
        let own = self.email.as_ref().map(EmailAddress::folded);
        own == Some(email.folded())
    }

    fn open_account(&self) -> Result<AccountId, AccountError> {
        self.account.ok_or(AccountError::NoSuchAccount)
    }

    fn open(&self, open: Open) -> Result<Vec<AccountEvent>, AccountError> {
        if self.account.is_some() {
            return Err(AccountError::AlreadyOpen);
        }
        let Open {
            account,
            roles,
            email,
            language,
            password_hash,
        } = open;
        let roles: BTreeSet<Role> = roles.into_iter().collect();
        let opened = Opened {
            account,
            roles: roles.into_iter().collect(),
        };
        let email = EmailSet {
            account,
            email,
            language,
        };
        let password = PasswordSet {
            account,
            password_hash,
            recovered: false,
        };
        Ok(vec![opened.into(), email.into(), password.into()])
    }

    fn set_email(&self, set: SetEmail) -> Result<EmailSet, AccountError> {
        let account = self.usable()?;
        let folded = |email: &EmailAddress| email.folded();
        if self.email.as_ref().map(folded) == Some(set.email.folded()) {
            return Err(AccountError::EmailUnchanged);
        }
        Ok(EmailSet {
            account,
            email: set.email,
            language: self.language.ok_or(AccountError::NoSuchAccount)?,
        })
    }

    /// Also of a disabled account: who recovers their password has proven no more by it.
    fn set_password(&self, set: SetPassword) -> Result<PasswordSet, AccountError> {
        Ok(PasswordSet {
            account: self.open_account()?,
            password_hash: set.password_hash,
            recovered: set.recovered,
        })
    }

    fn end_sessions(&self, end: EndSessions) -> Result<SessionsEnded, AccountError> {
        Ok(SessionsEnded {
            account: self.usable()?,
            reason: end.reason,
        })
    }

    fn disable(&self, disable: Disable) -> Result<Disabled, AccountError> {
        let account = self.open_account()?;
        if self.disabled {
            return Err(AccountError::AlreadyDisabled);
        }
        Ok(Disabled {
            account,
            reason: disable.reason,
        })
    }

    fn enable(&self) -> Result<Enabled, AccountError> {
        let account = self.open_account()?;
        if !self.disabled {
            return Err(AccountError::NotDisabled);
        }
        Ok(Enabled { account })
    }
}

impl Decider for Account {
    const CATEGORY: &'static str = "account";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = AccountId;
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = AccountError;

    fn decide(
        &self,
        command: AccountCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<AccountEvent>, AccountError> {
        match command {
            AccountCommand::Open(open) => self.open(open),
            AccountCommand::SetEmail(set) => Ok(vec![self.set_email(set)?.into()]),
            AccountCommand::SetPassword(set) => Ok(vec![self.set_password(set)?.into()]),
            AccountCommand::EndSessions(end) => Ok(vec![self.end_sessions(end)?.into()]),
            AccountCommand::Disable(disable) => Ok(vec![self.disable(disable)?.into()]),
            AccountCommand::Enable(Enable) => Ok(vec![self.enable()?.into()]),
        }
    }

    fn evolve(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::Opened(opened) => {
                self.account = Some(opened.account);
                self.roles.clone_from(&opened.roles);
            }
            AccountEvent::EmailSet(set) => {
                self.account = Some(set.account);
                self.email = Some(set.email.clone());
                self.language = Some(set.language);
            }
            AccountEvent::PasswordSet(set) => {
                self.account = Some(set.account);
                self.password_hash = Some(set.password_hash.clone());
                self.passwords = self.passwords.saturating_add(1);
                self.recovered = set.recovered;
            }
            AccountEvent::SessionsEnded(_) => self.era = self.era.saturating_add(1),
            AccountEvent::Disabled(_) => {
                self.disabled = true;
                self.era = self.era.saturating_add(1);
            }
            AccountEvent::Enabled(_) => self.disabled = false,
        }
    }

    fn subject(&self) -> Option<SubjectId> {
        self.account.map(SubjectId::from)
    }
}

crate::aggregate!(Account);

#[cfg(test)]
mod tests;

//! Integrator: a program of another organisation, which signs in with a key of its own (SMART
//! Backend Services) and may ask for what its scopes name.

mod events;
mod key;
pub mod scopes;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::ids::{HospitalId, IntegratorId, SubjectId};
use crate::values::{Code, ShortText, SmartScope};

pub use events::{Disabled, Enabled, IntegratorEvent, KeysReplaced, Registered, ScopesChanged};
pub use key::ClientKey;

/// The most keys that one has: the one in use, the next, and some that were forgotten.
pub const MAX_KEYS: usize = 10;

/// What may be asked of an integrator.
#[derive(Clone, Debug, PartialEq)]
pub enum IntegratorCommand {
    /// Lets it in.
    Register(Register),
    /// Gives it other keys.
    ReplaceKeys(ReplaceKeys),
    /// Gives it other scopes.
    SetScopes(SetScopes),
    /// Lets it in no more.
    Disable(Disable),
    /// Lets it in again.
    Enable,
}

/// A program of others is to come in.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    /// The new integrator.
    pub integrator: IntegratorId,
    /// What it is called.
    pub name: ShortText,
    /// What it may ask for.
    pub scopes: Vec<SmartScope>,
    /// What it signs with.
    pub keys: Vec<ClientKey>,
    /// The hospitals it acts for; all of the network, if none is named.
    pub hospitals: Vec<HospitalId>,
    /// When it is let in no more, if that is known.
    pub expires_at: Option<DateTime<Utc>>,
}

/// It is to sign with other keys.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplaceKeys {
    /// All of them.
    pub keys: Vec<ClientKey>,
}

/// It is to ask for something else.
#[derive(Clone, Debug, PartialEq)]
pub struct SetScopes {
    /// All of it.
    pub scopes: Vec<SmartScope>,
}

/// It is to be let in no more.
#[derive(Clone, Debug, PartialEq)]
pub struct Disable {
    /// Why, such as `contract-ended`.
    pub reason: Code,
}

crate::problems! {
    /// Why an integrator refuses.
    pub enum IntegratorError {
        /// Its id is in use.
        AlreadyRegistered: Conflict "integrator-already-registered",
            "the integrator is already registered", "Register it under a new id.";
        /// It was never registered.
        NoSuchIntegrator: NotFound "no-such-integrator",
            "there is no such integrator", "Check the integrator's id.";
        /// It could ask for nothing.
        NoScope: Invalid "integrator-without-scope" at "/scopes",
            "an integrator needs a scope", "Name at least one.";
        /// There is nothing that it stands for.
        ScopeNotServed: Invalid "scope-not-served" at "/scopes",
            "a scope names what is not served here",
            "Name scopes of those that /.well-known/smart-configuration lists.";
        /// Nobody could tell that it is there.
        NoKey: Invalid "integrator-without-key" at "/keys",
            "an integrator needs a key", "Send at least one public key.";
        /// More than anybody uses.
        TooManyKeys: Invalid "integrator-with-too-many-keys" at "/keys",
            "an integrator has at most ten keys", "Leave out those that are not used any more.";
        /// They could not be told apart.
        KeyIdTwice: Invalid "key-id-twice" at "/keys",
            "two keys have one id", "Give each key a `kid` of its own.";
        /// Too short, or no key at all.
        NotAKey: Invalid "not-a-usable-key" at "/keys",
            "a key is none that signatures can be verified with",
            "Send public keys for ES384 (P-384), RS384 (RSA from 2048 bits on) or EdDSA (Ed25519).";
        /// It would be over before it begins.
        ExpiresInPast: Invalid "integrator-expires-in-past" at "/expires_at",
            "the integrator would be over already", "Let it end in the future.";
        /// There is nothing to do.
        AlreadyDisabled: Conflict "integrator-already-disabled",
            "the integrator is already disabled", "Nothing needs to be done.";
        /// There is nothing to do.
        NotDisabled: Conflict "integrator-not-disabled",
            "the integrator is not disabled", "Nothing needs to be done.";
        /// There is nothing to do.
        NothingChanged: Conflict "integrator-unchanged",
            "that is how it is already", "Nothing needs to be done.";
    }
}

/// The state of an integrator.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Integrator {
    /// The integrator, once registered.
    pub integrator: Option<IntegratorId>,
    /// What it may ask for.
    pub scopes: Vec<SmartScope>,
    /// What it signs with.
    pub keys: Vec<ClientKey>,
    /// The hospitals it acts for; all of the network, if none is named.
    pub hospitals: Vec<HospitalId>,
    /// When it is let in no more.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it is let in no more.
    pub disabled: bool,
    /// How often all of its tokens were taken from it.
    pub era: u32,
}

impl Integrator {
    /// The integrator, if it is registered.
    ///
    /// # Errors
    /// [`IntegratorError::NoSuchIntegrator`] before it is.
    pub fn id(&self) -> Result<IntegratorId, IntegratorError> {
        self.integrator.ok_or(IntegratorError::NoSuchIntegrator)
    }

    /// Whether it is let in at the instant `now`.
    pub fn is_let_in(&self, now: DateTime<Utc>) -> bool {
        let over = self.expires_at.is_some_and(|at| at <= now);
        self.integrator.is_some() && !self.disabled && !over
    }

    fn register(
        &self,
        register: Register,
        now: DateTime<Utc>,
    ) -> Result<Registered, IntegratorError> {
        if self.integrator.is_some() {
            return Err(IntegratorError::AlreadyRegistered);
        }
        let Register {
            integrator,
            name,
            scopes,
            keys,
            mut hospitals,
            expires_at,
        } = register;
        if expires_at.is_some_and(|at| at <= now) {
            return Err(IntegratorError::ExpiresInPast);
        }
        hospitals.sort_unstable();
        hospitals.dedup();
        Ok(Registered {
            integrator,
            name,
            scopes: checked_scopes(scopes)?,
            keys: checked_keys(keys)?,
            hospitals,
            expires_at,
        })
    }

    fn replace_keys(&self, replace: ReplaceKeys) -> Result<KeysReplaced, IntegratorError> {
        let integrator = self.id()?;
        let keys = checked_keys(replace.keys)?;
        if keys == self.keys {
            return Err(IntegratorError::NothingChanged);
        }
        Ok(KeysReplaced { integrator, keys })
    }

    fn set_scopes(&self, set: SetScopes) -> Result<ScopesChanged, IntegratorError> {
        let integrator = self.id()?;
        let scopes = checked_scopes(set.scopes)?;
        if scopes == self.scopes {
            return Err(IntegratorError::NothingChanged);
        }
        Ok(ScopesChanged { integrator, scopes })
    }

    fn disable(&self, disable: Disable) -> Result<Disabled, IntegratorError> {
        let integrator = self.id()?;
        if self.disabled {
            return Err(IntegratorError::AlreadyDisabled);
        }
        Ok(Disabled {
            integrator,
            reason: disable.reason,
        })
    }

    fn enable(&self) -> Result<Enabled, IntegratorError> {
        let integrator = self.id()?;
        if !self.disabled {
            return Err(IntegratorError::NotDisabled);
        }
        Ok(Enabled { integrator })
    }
}

fn checked_scopes(scopes: Vec<SmartScope>) -> Result<Vec<SmartScope>, IntegratorError> {
    if scopes.is_empty() {
        return Err(IntegratorError::NoScope);
    }
    if !scopes.iter().all(scopes::is_served) {
        return Err(IntegratorError::ScopeNotServed);
    }
    Ok(SmartScope::merged(scopes))
}

fn checked_keys(keys: Vec<ClientKey>) -> Result<Vec<ClientKey>, IntegratorError> {
    if keys.is_empty() {
        return Err(IntegratorError::NoKey);
    }
    if keys.len() > MAX_KEYS {
        return Err(IntegratorError::TooManyKeys);
    }
    let names: BTreeSet<_> = keys.iter().map(ClientKey::kid).collect();
    if names.len() < keys.len() {
        return Err(IntegratorError::KeyIdTwice);
    }
    if !keys.iter().all(ClientKey::is_long_enough) {
        return Err(IntegratorError::NotAKey);
    }
    Ok(keys)
}

impl Decider for Integrator {
    const CATEGORY: &'static str = "integrator";

    type Id = IntegratorId;
    type Command = IntegratorCommand;
    type Event = IntegratorEvent;
    type Error = IntegratorError;

    fn decide(
        &self,
        command: IntegratorCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<IntegratorEvent>, IntegratorError> {
        Ok(vec![match command {
            IntegratorCommand::Register(register) => self.register(register, now)?.into(),
            IntegratorCommand::ReplaceKeys(replace) => self.replace_keys(replace)?.into(),
            IntegratorCommand::SetScopes(set) => self.set_scopes(set)?.into(),
            IntegratorCommand::Disable(disable) => self.disable(disable)?.into(),
            IntegratorCommand::Enable => self.enable()?.into(),
        }])
    }

    fn evolve(&mut self, event: &IntegratorEvent) {
        match event {
            IntegratorEvent::Registered(registered) => {
                self.integrator = Some(registered.integrator);
                self.scopes.clone_from(&registered.scopes);
                self.keys.clone_from(&registered.keys);
                self.hospitals.clone_from(&registered.hospitals);
                self.expires_at = registered.expires_at;
            }
            IntegratorEvent::KeysReplaced(replaced) => {
                self.keys.clone_from(&replaced.keys);
                self.era = self.era.saturating_add(1);
            }
            IntegratorEvent::ScopesChanged(changed) => self.scopes.clone_from(&changed.scopes),
            IntegratorEvent::Disabled(_) => {
                self.disabled = true;
                self.era = self.era.saturating_add(1);
            }
            IntegratorEvent::Enabled(_) => self.disabled = false,
        }
    }

    /// A program is nobody whose data is kept.
    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(Integrator);

#[cfg(test)]
mod tests;

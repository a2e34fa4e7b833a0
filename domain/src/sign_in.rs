//! Sign-in: the record of one that was refused. One that succeeds is a session.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::Privacy;
use crate::ids::{AccountId, SignInId, SubjectId};
use crate::values::Code;

/// What may be asked of the record of a sign-in.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInCommand {
    /// Writes it, once.
    Refuse(Refuse),
}

/// Somebody was not let in.
#[derive(Clone, Debug, PartialEq)]
pub struct Refuse {
    /// The new record.
    pub sign_in: SignInId,
    /// Whose account they tried, if there is one.
    pub account: Option<AccountId>,
    /// Why, such as `wrong-password`.
    pub reason: Code,
}

crate::events! {
    /// What can happen to the record of a sign-in.
    pub enum SignInEvent {
        Refused: "sign-in.refused" v 1, Privacy::Operational;
    }
}

/// Somebody was not let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refused {
    /// The record.
    pub sign_in: SignInId,
    /// Whose account they tried, if there is one.
    pub account: Option<AccountId>,
    /// Why, such as `wrong-password`.
    pub reason: Code,
}

crate::problems! {
    /// Why the record of a sign-in refuses.
    pub enum SignInError {
        /// A record is about one sign-in.
        AlreadyRefused: Conflict "sign-in-already-refused",
            "this sign-in is already recorded", "Record the sign-in under a new id.";
    }
}

/// The state of the record of a sign-in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignIn {
    /// Whether it is written.
    pub refused: bool,
    /// Whose account was tried.
    pub account: Option<AccountId>,
}

impl Decider for SignIn {
    const CATEGORY: &'static str = "sign-in";

    type Id = SignInId;
    type Command = SignInCommand;
    type Event = SignInEvent;
    type Error = SignInError;

    fn decide(
        &self,
        command: SignInCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<SignInEvent>, SignInError> {
        let SignInCommand::Refuse(refuse) = command;
        if self.refused {
            return Err(SignInError::AlreadyRefused);
        }
        let Refuse {
            sign_in,
            account,
            reason,
        } = refuse;
        Ok(vec![
            Refused {
                sign_in,
                account,
                reason,
            }
            .into(),
        ])
    }

    fn evolve(&mut self, event: &SignInEvent) {
        let SignInEvent::Refused(refused) = event;
        self.refused = true;
        self.account = refused.account;
    }

    fn subject(&self) -> Option<SubjectId> {
        self.account.map(SubjectId::from)
    }
}

crate::aggregate!(SignIn);

#[cfg(test)]
mod tests;

//! Codes by SMS: the number that they go to, and when they count.
//!
//! Of all factors this is the weakest (NIST SP 800-63B-4 calls it restricted): numbers are
//! ported, SIM cards swapped and messages read on the way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    PhoneGiven, PhoneProven, SecondFactor, SecondFactorError, SecondFactorEvent, SmsChosen,
};
use crate::values::Phone;

/// A telephone number for codes by SMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeptPhone {
    /// The number.
    pub number: Phone,
    /// Whether a code that was sent there was read.
    pub proven: bool,
}

impl SecondFactor {
    /// The number that its person was shown to have.
    pub fn proven_phone(&self) -> Option<&Phone> {
        let phone = self.phone.as_ref().filter(|phone| phone.proven);
        phone.map(|phone| &phone.number)
    }

    /// Whether a code by SMS will do: not where there is something better.
    pub fn takes_sms(&self) -> bool {
        self.sms && self.proven_phone().is_some() && !self.has_totp() && self.passkeys.is_empty()
    }

    /// Given again before it is proven, nothing has changed: only the code is another one.
    pub(super) fn give_phone(
        &self,
        given: PhoneGiven,
    ) -> Result<Vec<SecondFactorEvent>, SecondFactorError> {
        match &self.phone {
            Some(known) if known.number != given.phone => Ok(vec![given.into()]),
            Some(known) if known.proven => Err(SecondFactorError::PhoneThere),
            Some(_) => Ok(Vec::new()),
            None => Ok(vec![given.into()]),
        }
    }

    pub(super) fn prove_phone(
        &self,
        proven: PhoneProven,
    ) -> Result<SecondFactorEvent, SecondFactorError> {
        match &self.phone {
            None => Err(SecondFactorError::PhoneNotProven),
            Some(known) if known.proven => Err(SecondFactorError::PhoneThere),
            Some(_) => Ok(proven.into()),
        }
    }

    pub(super) fn choose_sms(
        &self,
        chosen: SmsChosen,
    ) -> Result<SecondFactorEvent, SecondFactorError> {
        if self.sms {
            return Err(SecondFactorError::SmsThere);
        }
        self.proven_phone()
            .map(|_| chosen.into())
            .ok_or(SecondFactorError::PhoneNotProven)
    }
}

#[cfg(test)]
mod tests;

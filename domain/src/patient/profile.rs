//! What is known of a patient beyond their name and how to reach them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PatientError;
use crate::ids::PatientId;
use crate::values::{Code, Gender, Language, PersonName, Phone, ShortText};

/// The most needs that are named.
const MOST_NEEDS: usize = 10;
/// The most lines of an address before the city.
const MOST_LINES: usize = 4;

/// Who a patient is, as far as they say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// The language to write and speak in.
    pub language: Language,
    /// Their gender.
    pub gender: Option<Gender>,
    /// Where they live.
    pub address: Option<PostalAddress>,
    /// Whom to tell when something happens to them.
    pub emergency_contact: Option<EmergencyContact>,
    /// What they need to be able to come, such as `wheelchair`, in order and without repeats.
    pub accessibility: Vec<Code>,
    /// The same in words.
    pub accessibility_note: Option<ShortText>,
}

/// Where somebody lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PostalAddress {
    /// House and street, one to four lines.
    pub lines: Vec<ShortText>,
    /// The city or village.
    pub city: ShortText,
    /// The state or district.
    pub region: Option<ShortText>,
    /// The postal code.
    pub postal_code: Option<ShortText>,
    /// The country.
    pub country: ShortText,
}

/// Whom to tell when something happens to a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EmergencyContact {
    /// Their name.
    pub name: PersonName,
    /// Their telephone number.
    pub phone: Phone,
    /// What they are to the patient.
    pub relation: Option<ShortText>,
}

/// A patient said who they are; all that was said before is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileSet {
    /// The patient.
    pub patient: PatientId,
    /// What they said.
    pub profile: Profile,
}

impl Profile {
    pub(super) fn checked(mut self) -> Result<Self, PatientError> {
        self.accessibility.sort_unstable();
        self.accessibility.dedup();
        if self.accessibility.len() > MOST_NEEDS {
            return Err(PatientError::TooManyNeeds);
        }
        let lines = self
            .address
            .as_ref()
            .map_or(1, |address| address.lines.len());
        if !(1..=MOST_LINES).contains(&lines) {
            return Err(PatientError::WrongAddress);
        }
        Ok(self)
    }
}

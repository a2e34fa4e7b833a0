//! What a doctor says of themselves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DoctorError;
use crate::ids::DoctorId;
use crate::values::{FreeText, Language, ShortText};

/// The most specialties of one doctor.
const MOST_SPECIALTIES: usize = 10;
/// The most qualifications of one doctor.
const MOST_QUALIFICATIONS: usize = 20;

/// Who a doctor is, as patients read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// What they know about, such as `Cardiology`.
    pub specialties: Vec<ShortText>,
    /// What shows it, such as `MD, PGIMER Chandigarh, 2009`.
    pub qualifications: Vec<ShortText>,
    /// What they speak, in order and without repeats.
    pub languages: Vec<Language>,
    /// What they say of themselves.
    pub about: Option<FreeText>,
}

/// A doctor said who they are; all that was said before is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileSet {
    /// The doctor.
    pub doctor: DoctorId,
    /// What they said.
    pub profile: Profile,
}

impl Profile {
    pub(super) fn checked(mut self) -> Result<Self, DoctorError> {
        if self.languages.is_empty() {
            return Err(DoctorError::NoLanguage);
        }
        self.languages.sort_unstable();
        self.languages.dedup();
        if self.specialties.len() > MOST_SPECIALTIES
            || self.qualifications.len() > MOST_QUALIFICATIONS
        {
            return Err(DoctorError::ProfileTooLong);
        }
        Ok(self)
    }
}

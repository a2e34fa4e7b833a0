//! The languages in which people are written to.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ValueError;

/// A language, by its ISO 639-1 code.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[schemars(inline)]
pub enum Language {
    /// English, `en`.
    #[serde(rename = "en")]
    English,
    /// Hindi, `hi`.
    #[serde(rename = "hi")]
    Hindi,
    /// Punjabi in Gurmukhi script, `pa`.
    #[serde(rename = "pa")]
    Punjabi,
}

impl Language {
    /// All languages, in a fixed order.
    pub const ALL: [Self; 3] = [Self::English, Self::Hindi, Self::Punjabi];

    /// The ISO 639-1 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Hindi => "hi",
            Self::Punjabi => "pa",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == text)
            .ok_or(ValueError::UnknownLanguage)
    }
}

//! What something costs.

use std::fmt;
use std::str::FromStr;

use iso_currency::Currency as Iso;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::number;
use super::{AsText, ValueError, string_value};

/// A currency, by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency(Iso);

impl Currency {
    /// The three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

impl FromStr for Currency {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Iso::from_code(text)
            .map(Self)
            .ok_or(ValueError::UnknownCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl AsText for Currency {
    type Text<'a> = &'static str;

    fn as_text(&self) -> &'static str {
        self.code()
    }
}

string_value!(Currency, { "type": "string", "pattern": "^[A-Z]{3}$" });

/// A price or a fee: never negative, and below a limit that keeps sums far from overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// How much, in the currency's smallest unit (paise, cents).
    pub minor: MinorUnits,
    /// Of what.
    pub currency: Currency,
}

number! {
    /// An amount in the smallest unit of its currency, from 0 to 10¹².
    pub struct MinorUnits(u64) in 0..=1_000_000_000_000 or NotAnAmount;
}

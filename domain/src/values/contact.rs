//! How to reach a person.

use std::fmt;
use std::str::FromStr;

use email_address::Options;

use super::{AsText, ValueError, string_value};

/// A phone number in E.164 form: `+`, country code, number, at most 15 digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// An e-mail address, as the person wrote it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress(String);

impl FromStr for Phone {
    type Err = ValueError;

    /// Spaces, hyphens and brackets between the digits are dropped.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let kept: String = text
            .chars()
            .filter(|character| !matches!(character, ' ' | '-' | '(' | ')'))
            .collect();
        let Some(digits) = kept.strip_prefix('+') else {
            return Err(ValueError::NotAPhoneNumber);
        };
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
            && (7..=15).contains(&digits.len());
        if is_number {
            Ok(Self(kept))
        } else {
            Err(ValueError::NotAPhoneNumber)
        }
    }
}

impl FromStr for EmailAddress {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let options = Options::default()
            .with_required_tld()
            .without_domain_literal()
            .without_display_text();
        // The parser allows control characters inside a quoted name; a mail header must not.
        if text
            .chars()
            .any(|character| character.is_control() || character.is_whitespace())
        {
            return Err(ValueError::NotAnEmailAddress);
        }
        email_address::EmailAddress::parse_with_options(text, options)
            .map(|address| Self(address.into()))
            .map_err(|_| ValueError::NotAnEmailAddress)
    }
}

impl EmailAddress {
    /// The form under which two spellings of one address are the same. RFC 5321 lets a mail
    /// server tell capitals apart before the `@`; none does that people have an account at.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

macro_rules! hidden {
    ($($name:ident),+) => {$(
        impl $name {
            /// The text itself, which is personal: don't log it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl AsText for $name {
            type Text<'a> = &'a str;

            fn as_text(&self) -> &str {
                &self.0
            }
        }
    )+};
}
hidden!(Phone, EmailAddress);

string_value!(Phone, { "type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$" });
string_value!(EmailAddress, { "type": "string", "format": "email", "maxLength": 254 });

//! The texts that a public key is made of when it travels as a JWK (RFC 7517).

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

macro_rules! key_texts {
    ($($(#[$doc:meta])* $name:ident: at most $max:literal, $allowed:literal, $pattern:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                if text.is_empty() {
                    return Err(ValueError::Empty);
                }
                if text.len() > $max {
                    return Err(ValueError::TooLong { max: $max });
                }
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || $allowed.contains(&byte);
                if text.bytes().all(fits) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(ValueError::NotKeyText)
                }
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsText for $name {
            type Text<'a> = &'a str;

            fn as_text(&self) -> &str {
                &self.0
            }
        }

        string_value!($name, { "type": "string", "pattern": $pattern, "maxLength": $max });
    )+};
}

key_texts! {
    /// The name of a key (`kid`), which its owner chose.
    KeyId: at most 128, b"._~:=+/-", "^[A-Za-z0-9._~:=+/-]+$";
    /// A number of a key in base64url without padding, such as `n` or `x`.
    KeyNumber: at most 1366, b"_-", "^[A-Za-z0-9_-]+$";
}

//! Texts written by people: trimmed, bounded, without control characters.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: at most $max:literal, $allowed:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The most characters (Unicode scalar values) it holds.
            pub const MAX_CHARS: usize = $max;

            /// The text itself, which may be personal: don't log it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                bounded(text, $max, $allowed).map(|text| Self(text.to_owned()))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
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

        string_value!($name, { "type": "string", "minLength": 1, "maxLength": $max });
    )+};
}

texts! {
    /// A person's full name, in any script.
    PersonName: at most 120, on_one_line;
    /// The number under which a medical council registered a doctor.
    RegistrationNumber: at most 40, on_one_line;
    /// A title or a name of a thing, on one line.
    ShortText: at most 200, on_one_line;
    /// What a person has to say, on as many lines as needed.
    FreeText: at most 2000, on_lines;
}

fn bounded(text: &str, max: usize, allowed: fn(char) -> bool) -> Result<&str, ValueError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ValueError::Empty);
    }
    if text.chars().nth(max).is_some() {
        return Err(ValueError::TooLong { max });
    }
    if !text.chars().all(allowed) {
        return Err(ValueError::ControlCharacter);
    }
    Ok(text)
}

/// Joiners (U+200C, U+200D) stay allowed: Devanagari and Gurmukhi need them. Direction
/// overrides don't: they let a name display as another one.
fn on_one_line(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        )
}

fn on_lines(character: char) -> bool {
    matches!(character, '\n' | '\t') || on_one_line(character)
}

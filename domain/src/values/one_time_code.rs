//! Codes that people read and type: from a mail into a form, or aloud over the telephone.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// Digits and letters that can't be taken for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident: $groups:literal of $group:literal, else $error:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name([u8; $groups * $group]);

        impl $name {
            /// How many characters it has, of five bits each.
            pub const LENGTH: usize = $groups * $group;

            /// The code that these random bytes stand for; the low five bits of each count.
            pub fn from_random(bytes: [u8; $groups * $group]) -> Self {
                Self(bytes.map(|byte| ALPHABET[usize::from(byte % 32)]))
            }

            /// The code as people are shown it. Whoever has it may use it: don't log it.
            pub fn shown(&self) -> String {
                shown(&self.0, $group)
            }

            /// Whether it is this one; takes as long wherever the two differ.
            pub fn is(&self, other: &Self) -> bool {
                let differences = self.0.iter().zip(other.0).map(|(ours, theirs)| ours ^ theirs);
                differences.fold(0, |all, difference| all | difference) == 0
            }
        }

        impl FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                read(text).map(Self).ok_or(ValueError::$error)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

codes! {
    /// A one-time code that is mailed, written `K7QM2-X9R4T`: 50 bits, too many to guess while
    /// it lives. Parsing takes it however people type it: in small letters, with or without the
    /// hyphen, O for 0, I or L for 1.
    OneTimeCode: 2 of 5, else NotAOneTimeCode;
    /// A code with which people apply to work at a hospital, written `K7QD-9M2X-4T6H`: 60 bits.
    /// Parsing takes it however people type it, as the one above.
    JoiningCode: 3 of 4, else NotAJoiningCode;
}

fn shown(code: &[u8], group: usize) -> String {
    let groups: Vec<String> = code
        .chunks(group)
        .map(|group| group.iter().copied().map(char::from).collect())
        .collect();
    groups.join("-")
}

fn read<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let mut code = [0; LENGTH];
    let mut places = code.iter_mut();
    for byte in text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')) {
        let meant = match byte.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let place = places.next().filter(|_| ALPHABET.contains(&meant));
        *place? = meant;
    }
    places.next().is_none().then_some(code)
}

impl AsText for OneTimeCode {
    type Text<'a> = String;

    fn as_text(&self) -> String {
        self.shown()
    }
}

string_value!(OneTimeCode, { "type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$" });

//! A code that people read from a mail and type into a form.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// How many characters a code has: 50 bits, too many to guess while it lives.
const LENGTH: usize = 10;

/// Digits and letters that can't be taken for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A one-time code, written `K7QM2-X9R4T`. Parsing takes it however people type it: in small
/// letters, with or without the hyphen, O for 0, I or L for 1.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode([u8; LENGTH]);

impl OneTimeCode {
    /// The code that these random bytes stand for; the low five bits of each count.
    pub fn from_random(bytes: [u8; LENGTH]) -> Self {
        Self(bytes.map(|byte| ALPHABET[usize::from(byte % 32)]))
    }

    /// The code as people are shown it. Who has it can act as its owner: don't log it.
    pub fn shown(&self) -> String {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(place, byte)| {
                let hyphen = (place == LENGTH / 2).then_some('-');
                hyphen.into_iter().chain([char::from(*byte)])
            })
            .collect()
    }

    /// Whether it is this one; takes as long wherever the two differ.
    pub fn is(&self, other: &Self) -> bool {
        let differences = self
            .0
            .iter()
            .zip(other.0)
            .map(|(ours, theirs)| ours ^ theirs);
        differences.fold(0, |all, difference| all | difference) == 0
    }
}

impl FromStr for OneTimeCode {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let mut code = [0; LENGTH];
        let mut places = code.iter_mut();
        for byte in text.bytes().filter(|byte| !matches!(byte, b'-' | b' ')) {
            let meant = match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let place = places.next().filter(|_| ALPHABET.contains(&meant));
            *place.ok_or(ValueError::NotAOneTimeCode)? = meant;
        }
        match places.next() {
            None => Ok(Self(code)),
            Some(_) => Err(ValueError::NotAOneTimeCode),
        }
    }
}

impl fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

impl AsText for OneTimeCode {
    type Text<'a> = String;

    fn as_text(&self) -> String {
        self.shown()
    }
}

string_value!(OneTimeCode, { "type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$" });

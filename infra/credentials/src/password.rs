//! Passwords as people type them, and the rules for new ones.

use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

/// The most characters of a password; NIST SP 800-63B-4 §3.1.1.2 asks for at least 64.
const MAX_CHARACTERS: usize = 256;
/// The most bytes that are normalised. No character is composed of more than 16 bytes.
const MAX_TYPED_BYTES: usize = 16 * MAX_CHARACTERS;

/// Why a text can't be a password, old or new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidPassword {
    /// There is nothing.
    #[error("a password has at least one character")]
    Empty,
    /// There is too much.
    #[error("a password has at most {max} characters")]
    TooLong {
        /// How many characters it may have.
        max: usize,
    },
    /// It has the character U+0000, at which other software ends a text.
    #[error("a password can't have the character NUL")]
    Nul,
}

/// A password: overwritten when the last clone is dropped, hidden in `Debug`.
///
/// It is parsed from what was typed and normalised to NFKC (NIST SP 800-63B-4 §3.1.1.2), so
/// that it is the same password on keyboards that compose letters differently. Then it has
/// from 1 to 256 characters (code points) and no NUL. The typed text itself is the caller's to
/// overwrite.
#[derive(Clone)]
pub struct Password(Arc<Zeroizing<String>>);

impl Password {
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Password {
    type Err = InvalidPassword;

    fn from_str(typed: &str) -> Result<Self, InvalidPassword> {
        let too_long = InvalidPassword::TooLong {
            max: MAX_CHARACTERS,
        };
        if typed.len() > MAX_TYPED_BYTES {
            return Err(too_long);
        }
        // Sized in advance: a growing buffer would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(4 * (MAX_CHARACTERS + 1)));
        text.extend(typed.nfkc().take(MAX_CHARACTERS + 1));
        match text.chars().count() {
            0 => Err(InvalidPassword::Empty),
            1..=MAX_CHARACTERS if text.contains('\0') => Err(InvalidPassword::Nul),
            1..=MAX_CHARACTERS => Ok(Self(Arc::new(text))),
            _ => Err(too_long),
        }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(redacted)")
    }
}

/// Why a new password is refused, in words for the person who chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WeakPassword {
    /// Short ones are found by trying them all.
    #[error("a new password has at least {min} characters")]
    TooShort {
        /// How many characters it needs.
        min: usize,
    },
    /// It is among those that are tried first: common words, names, dates, rows of keys.
    #[error(
        "this password is easy to guess; take several words that don't belong together, and none of your own names or addresses"
    )]
    Guessable,
}

/// What a new password must be. Those who sign in with an older one are not asked again.
#[derive(Clone, Copy, Debug)]
pub struct PasswordRules;

impl PasswordRules {
    /// The fewest characters of a new password. NIST SP 800-63B-4 §3.1.1.2 asks for 15 where
    /// nothing else is shown, or for 8 beside a second factor.
    pub const MIN_CHARACTERS: usize = 12;
    /// How many characters are looked at: the work grows with the cube of the length.
    const LOOKED_AT: usize = 100;
    /// What counts as hard to guess: more than 10^8 guesses (zxcvbn's own advice).
    const HARD_TO_GUESS: Score = Score::Three;
    /// The most words to try that have to do with the person.
    const MAX_WORDS: usize = 100;

    /// Accepts a new password that is long enough and hard to guess for somebody who knows the
    /// `context`: the person's name and e-mail address, the hospital's name. Their parts are
    /// tried too, and the platform's own name.
    ///
    /// Takes milliseconds, and for the costliest text about a tenth of a second.
    ///
    /// # Errors
    /// [`WeakPassword`].
    pub fn check(password: &Password, context: &[&str]) -> Result<(), WeakPassword> {
        let text = password.expose();
        if text.chars().count() < Self::MIN_CHARACTERS {
            return Err(WeakPassword::TooShort {
                min: Self::MIN_CHARACTERS,
            });
        }
        let words: Vec<String> = std::iter::once("medilink".to_owned())
            .chain(context.iter().flat_map(|text| words_of(text)))
            .take(Self::MAX_WORDS)
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let entropy = zxcvbn(&affordable(text, Self::LOOKED_AT), &words);
        if entropy.score() < Self::HARD_TO_GUESS {
            return Err(WeakPassword::Guessable);
        }
        Ok(())
    }
}

/// The first characters of a password, of which at most three are symbols that could stand for
/// a letter. zxcvbn tries all their readings together: a password of ten such symbols costs
/// it seconds. Further symbols become characters that stand for nothing, one for each.
fn affordable(text: &str, characters: usize) -> Zeroizing<String> {
    const SYMBOLS: &str = "@({[<!|$+%";
    const READ: usize = 3;
    // Private use, and too far apart to look like a row.
    const BLANKS: u32 = 0xE000;
    const APART: u32 = 0x100;

    let mut met = Vec::with_capacity(SYMBOLS.len());
    let mut seen = Zeroizing::new(String::with_capacity(4 * characters));
    seen.extend(text.chars().take(characters).map(|character| {
        if !SYMBOLS.contains(character) {
            return character;
        }
        let known = met.iter().position(|other| *other == character);
        let number = known.unwrap_or_else(|| {
            met.push(character);
            met.len() - 1
        });
        if number < READ {
            return character;
        }
        char::from_u32(BLANKS + APART * number as u32).unwrap_or(character)
    }));
    seen
}

/// What somebody would try who knows this name or address: itself, the parts of an address,
/// their words, and the words written together.
fn words_of(text: &str) -> Vec<String> {
    let text: String = text.nfkc().collect();
    let parts = text.split_once('@').map(|(name, host)| [name, host]);
    let texts = std::iter::once(text.as_str()).chain(parts.into_iter().flatten());
    let mut words = Vec::new();
    for text in texts {
        // Not by `is_alphanumeric`: vowel signs and viramas of Indian scripts aren't.
        let pieces = || text.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
        words.push(text.to_owned());
        words.push(pieces().collect());
        words.extend(pieces().map(str::to_owned));
    }
    // Single letters are in every password.
    words.retain(|word| word.chars().count() > 2);
    words
}

#[cfg(test)]
mod tests;

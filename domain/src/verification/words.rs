//! What the mails with codes say, in each language.
//!
//! The words are data (`domain/data/verification-texts.json`), so that a translator can change
//! them; raise its `version` with every change.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Letter, Requested};
use crate::words::{Message, Texts, Words};

impl Requested {
    /// What is mailed, if anything is.
    pub fn words(&self) -> Option<Words> {
        let wording = &TEXTS.languages[&self.language];
        let message = match self.letter {
            Letter::None => return None,
            Letter::Registration => &wording.registration,
            Letter::AlreadyRegistered => &wording.already_registered,
            Letter::Recovery => &wording.recovery,
            Letter::EmailChange => &wording.email_change,
            Letter::EmailChanging => &wording.email_changing,
            Letter::SignIn => &wording.sign_in,
            Letter::SecondFactorsRemoved => &wording.second_factors_removed,
        };
        Some(
            message.filled(TEXTS.version, |placeholder| match placeholder {
                "code" => Some(self.code.shown()),
                "minutes" => Some(self.letter.valid().num_minutes().to_string()),
                "request" => Some(self.verification.to_string()),
                _ => None,
            }),
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    registration: Message,
    already_registered: Message,
    recovery: Message,
    email_change: Message,
    email_changing: Message,
    sign_in: Message,
    second_factors_removed: Message,
}

static TEXTS: LazyLock<Texts<Wording>> =
    LazyLock::new(|| Texts::of(include_str!("../../data/verification-texts.json")));

#[cfg(test)]
mod tests;

//! What the mails with codes say, in each language.
//!
//! The words are data (`domain/data/verification-texts.json`), so that a translator can change
//! them; raise its `version` with every change.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Letter, Requested, VALID};
use crate::values::Language;
use crate::words::{Words, fill};

impl Requested {
    /// What is mailed, if anything is.
    pub fn words(&self) -> Option<Words> {
        let wording = &TEXTS.languages[&self.language];
        let message = match self.letter {
            Letter::None => return None,
            Letter::Registration => &wording.registration,
            Letter::AlreadyRegistered => &wording.already_registered,
            Letter::Recovery => &wording.recovery,
        };
        let words = |template: &str| {
            fill(template, |placeholder| match placeholder {
                "code" => Some(self.code.shown()),
                "minutes" => Some(VALID.num_minutes().to_string()),
                _ => None,
            })
        };
        #[allow(clippy::expect_used, reason = "a test fills each template")]
        Some(Words {
            version: TEXTS.version,
            title: words(&message.title).parse().expect("a title fits"),
            text: words(&message.text).parse().expect("a text fits"),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    version: u16,
    languages: BTreeMap<Language, Wording>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    registration: Message,
    already_registered: Message,
    recovery: Message,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    title: String,
    text: String,
}

#[allow(
    clippy::expect_used,
    reason = "part of the binary; every test of this file reads it"
)]
static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/verification-texts.json"))
        .expect("the texts are valid")
});

#[cfg(test)]
mod tests;

//! What the mail with an invitation says, in each language.
//!
//! The words are data (`domain/data/invitation-texts.json`), so that a translator can change
//! them; raise its `version` with every change.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Issued, VALID};
use crate::words::{Message, Texts, Words};

impl Issued {
    /// What is mailed.
    pub fn words(&self) -> Words {
        let wording = &TEXTS.languages[&self.language];
        let message = match self.at {
            Some(_) => &wording.hospital,
            None => &wording.platform,
        };
        let place = self.at.as_ref().map(|place| place.name.as_str());
        message.filled(TEXTS.version, |placeholder| match placeholder {
            "hospital" => place.map(str::to_owned),
            "code" => Some(self.code.shown()),
            "days" => Some(VALID.num_days().to_string()),
            "invitation" => Some(self.invitation.to_string()),
            _ => None,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    hospital: Message,
    platform: Message,
}

static TEXTS: LazyLock<Texts<Wording>> =
    LazyLock::new(|| Texts::of(include_str!("../../data/invitation-texts.json")));

#[cfg(test)]
mod tests;

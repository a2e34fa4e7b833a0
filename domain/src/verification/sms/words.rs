//! What the messages say: the code and the name of the service, and nothing else. Whoever sees
//! the telephone lie there learns no more.
//!
//! The words are data (`domain/data/sms-texts.json`), so that a translator can change them; raise
//! its `version` with every change. Where messages must follow a template that was registered
//! beforehand (in India, with the operators), these are the templates.

use std::sync::LazyLock;

use serde::Deserialize;
use thiserror::Error;

use super::SmsRequested;
use crate::values::{Language, OneTimeCode};
use crate::words::{Texts, fill};

/// The characters of GSM 7-bit (3GPP TS 23.038), each of which takes one of 160 places.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those that take two.
const GSM_EXTENDED: &str = "^{}\\[~]|€";
/// Places of one message in GSM 7-bit.
const GSM_PLACES: usize = 160;
/// Places of one message in UCS-2, for all other characters.
const UCS2_PLACES: usize = 70;

/// Who sends the messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsSender {
    service: String,
    host: Option<String>,
}

/// Why nobody can send messages so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SmsSenderError {
    /// A message would cost as much as two.
    #[error("the name is too long for one message in every language, or empty")]
    Service,
    /// Not a host.
    #[error("it is no host name such as `hospital.example`")]
    Host,
}

impl SmsSender {
    /// Messages name this service. Browsers fill the code in where it was asked for, at this
    /// host alone (WICG, Origin-bound one-time codes), if there is one and it fits.
    ///
    /// # Errors
    /// [`SmsSenderError`] when no message could be written.
    pub fn new(service: &str, host: Option<&str>) -> Result<Self, SmsSenderError> {
        let hostly = |host: &str| {
            host.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
                && host.starts_with(|first: char| first.is_ascii_alphanumeric())
        };
        if !host.is_none_or(hostly) {
            return Err(SmsSenderError::Host);
        }
        let sender = Self {
            service: service.to_owned(),
            host: host.map(str::to_owned),
        };
        let code = OneTimeCode::from_random([0; OneTimeCode::LENGTH]);
        let fits = |language: &Language| is_one_message(&sender.message(*language, &code));
        let plain = !service.trim().is_empty() && !service.chars().any(char::is_control);
        if plain && Language::ALL.iter().all(fits) {
            Ok(sender)
        } else {
            Err(SmsSenderError::Service)
        }
    }

    fn message(&self, language: Language, code: &OneTimeCode) -> String {
        fill(
            &TEXTS.languages[&language].code,
            |placeholder| match placeholder {
                "code" => Some(code.shown()),
                "service" => Some(self.service.clone()),
                _ => None,
            },
        )
    }
}

impl SmsRequested {
    /// What is sent.
    pub fn words(&self, sender: &SmsSender) -> String {
        let message = sender.message(self.language, &self.code);
        let bound = sender.host.as_ref().map(|host| {
            let code = self.code.shown().replace('-', "");
            format!("{message}\n@{host} #{code}")
        });
        bound
            .filter(|bound| is_one_message(bound))
            .unwrap_or(message)
    }
}

/// Whether it is sent, and paid, as one message.
fn is_one_message(text: &str) -> bool {
    let places = |character: char| match character {
        _ if GSM.contains(character) => Some(1),
        _ if GSM_EXTENDED.contains(character) => Some(2),
        _ => None,
    };
    match text.chars().map(places).sum::<Option<usize>>() {
        Some(places) => places <= GSM_PLACES,
        None => text.encode_utf16().count() <= UCS2_PLACES,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    code: String,
}

static TEXTS: LazyLock<Texts<Wording>> =
    LazyLock::new(|| Texts::of(include_str!("../../../data/sms-texts.json")));

#[cfg(test)]
mod tests;

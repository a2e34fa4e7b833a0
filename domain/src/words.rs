//! Words that people are written: templates that translators change as data, filled in here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::values::{FreeText, Language, ShortText};

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The version of the texts it was written with.
    pub version: u16,
    /// The first line.
    pub title: ShortText,
    /// The message.
    pub text: FreeText,
}

/// A file of texts: a wording for each language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Texts<W> {
    pub(crate) version: u16,
    pub(crate) languages: BTreeMap<Language, W>,
}

impl<W: DeserializeOwned> Texts<W> {
    /// The texts of a file that is part of the binary.
    #[allow(
        clippy::expect_used,
        reason = "the tests of each file of texts read it"
    )]
    pub(crate) fn of(json: &str) -> Self {
        serde_json::from_str(json).expect("the texts are valid")
    }
}

/// A message with placeholders.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    pub(crate) title: String,
    pub(crate) text: String,
}

impl Message {
    /// The message with the placeholders replaced that have a value.
    #[allow(
        clippy::expect_used,
        reason = "the tests of each file fill each message with the longest values there are"
    )]
    pub(crate) fn filled(&self, version: u16, value: impl Fn(&str) -> Option<String>) -> Words {
        Words {
            version,
            title: fill(&self.title, &value).parse().expect("a title fits"),
            text: fill(&self.text, &value).parse().expect("a text fits"),
        }
    }
}

/// Replaces each `{placeholder}` in one pass, so that a name with braces in it stays a name.
/// A template engine would bring a language to learn for five words.
pub(crate) fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(2 * template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let replacement = after
            .split_once('}')
            .and_then(|(placeholder, after)| Some((value(placeholder)?, after)));
        match replacement {
            Some((value, after)) => {
                filled.push_str(&value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

//! Words that people are written: templates that translators change as data, filled in here.

use crate::values::{FreeText, ShortText};

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

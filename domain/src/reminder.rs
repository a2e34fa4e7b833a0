//! Reminder: when a patient is reminded of an appointment, and in which words.
//!
//! The words are data (`domain/data/reminder-texts.json`), so that a translator can change
//! them; raise its `version` with every change.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde::Deserialize;

use crate::values::{FreeText, Language, PersonName, ShortText, TimeZone};

const A_DAY: TimeDelta = TimeDelta::hours(24);
const AN_HOUR: TimeDelta = TimeDelta::hours(1);

/// When to remind of an appointment that was booked, or moved to its time, at `booked_at`: a
/// day ahead, or an hour ahead if it was booked later than that, or not at all if it was
/// booked within the last hour.
pub fn reminder_due(booked_at: DateTime<Utc>, starts_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    [A_DAY, AN_HOUR]
        .into_iter()
        .filter_map(|lead| starts_at.checked_sub_signed(lead))
        .find(|due| booked_at <= *due)
}

/// What a reminder speaks of.
#[derive(Clone, Copy, Debug)]
pub struct Reminder<'a> {
    /// Whom the patient will see.
    pub doctor: &'a PersonName,
    /// In which department.
    pub department: &'a ShortText,
    /// When.
    pub starts_at: DateTime<Utc>,
    /// The zone of the hospital's clock, in which the time is told.
    pub time_zone: TimeZone,
}

/// A reminder in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderText {
    /// The version of the texts it was written with.
    pub version: u16,
    /// The first line.
    pub title: ShortText,
    /// The message.
    pub text: FreeText,
}

impl Reminder<'_> {
    /// Puts the reminder into words.
    pub fn in_words(&self, language: Language) -> ReminderText {
        let wording = &TEXTS.languages[&language];
        let local = self.starts_at.with_timezone(&self.time_zone.tz());
        let date = fill(&wording.date, |placeholder| match placeholder {
            "weekday" => {
                Some(wording.weekdays[local.weekday().num_days_from_monday() as usize].clone())
            }
            "day" => Some(local.day().to_string()),
            "month" => Some(wording.months[local.month0() as usize].clone()),
            "year" => Some(local.year().to_string()),
            _ => None,
        });
        let words = |template: &str| {
            fill(template, |placeholder| match placeholder {
                "doctor" => Some(self.doctor.as_str().to_owned()),
                "department" => Some(self.department.as_str().to_owned()),
                "date" => Some(date.clone()),
                "time" => Some(local.format("%H:%M").to_string()),
                "zone" => Some(local.format("%Z").to_string()),
                _ => None,
            })
        };
        #[allow(
            clippy::expect_used,
            reason = "a test fills each template with the longest values there are"
        )]
        ReminderText {
            version: TEXTS.version,
            title: words(&wording.title).parse().expect("a title fits"),
            text: words(&wording.text).parse().expect("a text fits"),
        }
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
    title: String,
    text: String,
    date: String,
    weekdays: [String; 7],
    months: [String; 12],
}

#[allow(
    clippy::expect_used,
    reason = "part of the binary; every test of this file reads it"
)]
static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../data/reminder-texts.json")).expect("the texts are valid")
});

/// Replaces each `{placeholder}` in one pass, so that a name with braces in it stays a name.
/// A template engine would bring a language to learn for five words.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
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

#[cfg(test)]
mod tests;

//! What notices say, in each language.
//!
//! The words are data (`domain/data/notice-texts.json`), so that a translator can change them;
//! raise its `version` with every change.

mod emergency;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use crate::values::{EmergencyReason, Language, PersonName, ShortText, TimeZone};
use crate::words::{Message, Texts, fill};

pub use crate::words::Words;
pub use emergency::Emergency;

/// The visit that a notice speaks of.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// Whom the patient will see.
    pub doctor: &'a PersonName,
    /// In which department.
    pub department: &'a ShortText,
    /// When.
    pub starts_at: DateTime<Utc>,
    /// The zone of the hospital's clock, in which the time is told.
    pub time_zone: TimeZone,
}

impl Visit<'_> {
    /// Reminds of it.
    pub fn reminder(&self, language: Language) -> Words {
        let wording = &TEXTS.languages[&language];
        self.in_words(wording, &wording.reminder, None)
    }

    /// Offers it to someone who waits for it; it is held until then.
    pub fn offer(&self, language: Language, held_until: DateTime<Utc>) -> Words {
        let wording = &TEXTS.languages[&language];
        self.in_words(wording, &wording.offer, Some(held_until))
    }

    fn in_words(
        &self,
        wording: &Wording,
        message: &Message,
        held_until: Option<DateTime<Utc>>,
    ) -> Words {
        let local = |at: DateTime<Utc>| at.with_timezone(&self.time_zone.tz());
        let (starts_at, until) = (local(self.starts_at), held_until.map(local));
        let time = |at: &DateTime<Tz>| at.format("%H:%M").to_string();
        message.filled(TEXTS.version, |placeholder| match placeholder {
            "doctor" => Some(self.doctor.as_str().to_owned()),
            "department" => Some(self.department.as_str().to_owned()),
            "date" => Some(wording.date(&starts_at)),
            "time" => Some(time(&starts_at)),
            "zone" => Some(starts_at.format("%Z").to_string()),
            "until_date" => until.as_ref().map(|until| wording.date(until)),
            "until_time" => until.as_ref().map(time),
            _ => None,
        })
    }
}

/// Tells a patient that a copy of their data can be fetched, for so many days.
pub fn export_ready(language: Language, days: i64) -> Words {
    let message = &TEXTS.languages[&language].export_ready;
    message.filled(TEXTS.version, |placeholder| {
        (placeholder == "days").then(|| days.to_string())
    })
}

/// What the month of a date is called.
pub(crate) fn month(language: Language, at: &impl Datelike) -> &'static str {
    &TEXTS.languages[&language].months[at.month0() as usize]
}

/// What the reason of an emergency is called.
pub(crate) fn emergency_reason(language: Language, reason: EmergencyReason) -> &'static str {
    &TEXTS.languages[&language].emergency_reasons[&reason]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    reminder: Message,
    offer: Message,
    export_ready: Message,
    emergency: Message,
    emergency_of_minor: Message,
    emergency_to_review: Message,
    emergency_by: String,
    emergency_by_somebody: String,
    emergency_reasons: BTreeMap<EmergencyReason, String>,
    date: String,
    weekdays: [String; 7],
    months: [String; 12],
}

impl Wording {
    fn date(&self, at: &DateTime<Tz>) -> String {
        fill(&self.date, |placeholder| match placeholder {
            "weekday" => Some(self.weekdays[at.weekday().num_days_from_monday() as usize].clone()),
            "day" => Some(at.day().to_string()),
            "month" => Some(self.months[at.month0() as usize].clone()),
            "year" => Some(at.year().to_string()),
            _ => None,
        })
    }
}

static TEXTS: LazyLock<Texts<Wording>> =
    LazyLock::new(|| Texts::of(include_str!("../../data/notice-texts.json")));

#[cfg(test)]
mod tests;

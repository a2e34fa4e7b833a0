//! What people are told when a record is opened in an emergency.

use chrono::{DateTime, Utc};

use super::{TEXTS, Wording};
use crate::values::{EmergencyReason, Language, PersonName, ShortText, TimeZone};
use crate::words::{Message, Words, fill};

/// The emergency access that a notice speaks of.
#[derive(Clone, Copy, Debug)]
pub struct Emergency<'a> {
    /// Who opened the record, if that is known.
    pub clinician: Option<&'a PersonName>,
    /// Where they give care.
    pub hospital: &'a ShortText,
    /// Why.
    pub reason: EmergencyReason,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it is over.
    pub until: DateTime<Utc>,
    /// The zone of the hospital's clock, in which the times are told.
    pub time_zone: TimeZone,
}

impl Emergency<'_> {
    /// To whom the record belongs.
    pub fn to_patient(&self, language: Language) -> Words {
        let wording = &TEXTS.languages[&language];
        self.in_words(language, wording, &wording.emergency)
    }

    /// To who has the say for whom it belongs to.
    pub fn to_guardian(&self, language: Language) -> Words {
        let wording = &TEXTS.languages[&language];
        self.in_words(language, wording, &wording.emergency_of_minor)
    }

    /// To who looks into it. It doesn't say whose record it is: that is for the app to tell,
    /// which records who was told.
    pub fn to_reviewer(&self, language: Language) -> Words {
        let wording = &TEXTS.languages[&language];
        self.in_words(language, wording, &wording.emergency_to_review)
    }

    fn in_words(&self, language: Language, wording: &Wording, message: &Message) -> Words {
        let local = |at: DateTime<Utc>| at.with_timezone(&self.time_zone.tz());
        let (opened_at, until) = (local(self.opened_at), local(self.until));
        message.filled(TEXTS.version, |placeholder| match placeholder {
            "who" => Some(self.who(wording)),
            "reason" => Some(super::emergency_reason(language, self.reason).to_owned()),
            "date" => Some(wording.date(&opened_at)),
            "time" => Some(opened_at.format("%H:%M").to_string()),
            "zone" => Some(opened_at.format("%Z").to_string()),
            "until_time" => Some(until.format("%H:%M").to_string()),
            _ => None,
        })
    }

    fn who(&self, wording: &Wording) -> String {
        let template = match self.clinician {
            Some(_) => &wording.emergency_by,
            None => &wording.emergency_by_somebody,
        };
        fill(template, |placeholder| match placeholder {
            "name" => self.clinician.map(|name| name.as_str().to_owned()),
            "hospital" => Some(self.hospital.as_str().to_owned()),
            _ => None,
        })
    }
}

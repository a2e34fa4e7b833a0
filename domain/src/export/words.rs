//! What the report for people says, in each language.
//!
//! The words are data (`domain/data/export-texts.json`), so that a translator can change them;
//! raise its `version` with every change.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::access;
use crate::notice::words::emergency_reason;
use crate::values::{EmergencyReason, Language, Role};
use crate::words::{Texts, fill};

/// A text of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    language: Language,
}

/// The names of all texts; each language has each of them.
pub const NAMES: &[&str] = &[
    "about",
    "access",
    "accesses",
    "account",
    "address",
    "appointment",
    "born",
    "cancelled",
    "closed",
    "consent",
    "consents",
    "contact",
    "copy",
    "dates",
    "department",
    "doctor",
    "email",
    "emergencies",
    "emergency",
    "erasure",
    "explanation",
    "feedback",
    "gender",
    "guardian",
    "guardian_until",
    "hospital",
    "language",
    "languages",
    "made",
    "name",
    "needs",
    "none",
    "notices",
    "page",
    "part",
    "phone",
    "profile",
    "purpose",
    "qualifications",
    "reason",
    "recipients",
    "registration",
    "remark",
    "requests",
    "roles",
    "scope",
    "specialties",
    "status",
    "times",
    "title",
    "unnamed",
    "until",
    "visits",
    "waitlist",
    "who",
    "work",
];

impl Report {
    /// The report's words in a language.
    pub const fn in_language(language: Language) -> Self {
        Self { language }
    }

    /// The version of the texts.
    pub fn version() -> u16 {
        TEXTS.version
    }

    /// The language.
    pub const fn language(self) -> Language {
        self.language
    }

    /// The text of this name; the name itself, if there is none.
    pub fn text(self, name: &'static str) -> &'static str {
        let wording = &TEXTS.languages[&self.language];
        wording.0.get(name).map_or(name, String::as_str)
    }

    /// The text of this name, filled in.
    pub fn filled(self, name: &'static str, value: impl Fn(&str) -> Option<String>) -> String {
        fill(self.text(name), value)
    }

    /// What a role is called.
    pub fn role(self, role: Role) -> &'static str {
        access::words::role(self.language, role)
    }

    /// What the reason of an emergency is called.
    pub fn emergency(self, reason: EmergencyReason) -> &'static str {
        emergency_reason(self.language, reason)
    }

    /// The words for what a program calls by a name, such as a status; the name itself, if there
    /// are none.
    pub fn word(self, name: &str) -> &str {
        let wording = &TEXTS.languages[&self.language];
        wording
            .0
            .get(&format!("word:{name}"))
            .map_or(name, String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Wording(BTreeMap<String, String>);

static TEXTS: LazyLock<Texts<Wording>> =
    LazyLock::new(|| Texts::of(include_str!("../../data/export-texts.json")));

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::appointment::AppointmentStatus;
    use crate::consent::ConsentStatus;
    use crate::export::ExportState;
    use crate::values::{ConsentAccessMode, ConsentPurpose, Gender, HealthInformationType};

    #[test]
    fn every_language_has_every_text_and_the_same_words() {
        let english: BTreeSet<&String> = TEXTS.languages[&Language::English].0.keys().collect();
        for name in NAMES {
            assert!(english.contains(&(*name).to_owned()), "{name}");
        }
        for language in Language::ALL {
            let wording = &TEXTS.languages[language].0;
            assert_eq!(
                wording.keys().collect::<BTreeSet<_>>(),
                english,
                "{language:?}"
            );
            assert!(wording.values().all(|text| !text.trim().is_empty()));
        }
        assert!(NAMES.is_sorted());
        assert!(Report::version() > 0);
    }

    #[test]
    fn what_a_person_is_told_by_name_has_words() {
        let visits = [
            AppointmentStatus::Booked,
            AppointmentStatus::CheckedIn,
            AppointmentStatus::InProgress,
            AppointmentStatus::Completed,
            AppointmentStatus::NoShow,
            AppointmentStatus::Cancelled,
        ];
        let exports = [
            ExportState::Queued,
            ExportState::Running,
            ExportState::Ready,
            ExportState::Failed,
            ExportState::Cancelled,
            ExportState::Expired,
        ];
        let mut names: Vec<&str> = Vec::new();
        names.extend(visits.map(AppointmentStatus::name));
        names.extend(exports.map(ExportState::name));
        names.extend(ConsentStatus::ALL.iter().map(|it| it.name()));
        names.extend(ConsentPurpose::ALL.iter().map(|it| it.name()));
        names.extend(ConsentAccessMode::ALL.iter().map(|it| it.name()));
        names.extend(HealthInformationType::ALL.iter().map(|it| it.name()));
        names.extend(Gender::ALL.iter().map(|it| it.name()));
        names.extend(Language::ALL.iter().map(|it| it.name()));
        for language in Language::ALL {
            let wording = &TEXTS.languages[language].0;
            for name in &names {
                assert!(wording.contains_key(&format!("word:{name}")), "{name}");
            }
        }
        let report = Report::in_language(Language::Punjabi);
        assert_eq!(report.role(Role::Patient), "ਮਰੀਜ਼");
    }

    #[test]
    fn until_when_a_guardian_decides_stands_where_each_language_wants_it() {
        let said = Language::ALL.iter().map(|language| {
            Report::in_language(*language).filled("guardian_until", |place| match place {
                "name" => Some("Asha Rao".to_owned()),
                "date" => Some("2030-02-01".to_owned()),
                _ => None,
            })
        });
        assert_eq!(
            said.collect::<Vec<_>>(),
            [
                "Asha Rao (until 2030-02-01)",
                "Asha Rao (2030-02-01 तक)",
                "Asha Rao (2030-02-01 ਤੱਕ)",
            ]
        );
    }

    #[test]
    fn what_has_no_words_keeps_its_name() {
        let report = Report::in_language(Language::Hindi);
        assert_ne!(report.word("booked"), "booked");
        assert_eq!(report.word("no-such-word"), "no-such-word");
        assert!(report.text("made").contains("{date}"));
    }
}

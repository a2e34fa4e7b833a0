//! What the history of accesses says, in each language.
//!
//! The words are data (`domain/data/access-texts.json`), so that a translator can change them;
//! raise its `version` with every change. What has no words there is told in general terms.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use crate::notice::words::{emergency_reason, month};
use crate::values::{Code, EmergencyReason, Language, PersonName, Role, ShortText};
use crate::words::{Texts, fill};

/// One access, as its person is told of it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// Who it was.
    pub who: Who<'a>,
    /// What they did.
    pub what: What<'a>,
}

/// Who had access, as far as it can be told.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// The person whose data it is.
    Yourself,
    /// Somebody whose name is known.
    Named(&'a PersonName, &'a [Role]),
    /// A program of others, by its name.
    Program(&'a ShortText, &'a [Role]),
    /// Somebody of a hospital.
    AtHospital(&'a ShortText, &'a [Role]),
    /// Somebody of whom no more is known.
    InRoles(&'a [Role]),
    /// Somebody who has not said who they are.
    NotSignedIn,
    /// A program that was given the link of a calendar feed.
    CalendarProgram,
    /// A process of the platform.
    Platform,
    /// Whoever can run commands on the platform's servers.
    Console,
}

/// What was done, or not.
#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    /// Data was read.
    Read {
        /// What kind of data, such as `appointments`.
        resource: &'a Code,
        /// Why, such as `treatment`, if that is known.
        purpose: Option<&'a Code>,
        /// What it rested on besides the reader's role.
        ground: Option<Ground>,
    },
    /// It was not allowed.
    Refused {
        /// What was wanted, as the policies name it.
        action: &'a Code,
        /// With what, such as `patient`.
        resource: &'a Code,
    },
}

/// What allowed a read that nothing else did.
#[derive(Clone, Copy, Debug)]
pub enum Ground {
    /// The person's consent, of a day, if that is known.
    Consent(Option<NaiveDate>),
    /// An emergency, of a reason, if that is known.
    Emergency(Option<EmergencyReason>),
}

impl Told<'_> {
    /// In one sentence.
    pub fn sentence(&self, language: Language) -> String {
        TEXTS.languages[&language].sentence(self, language)
    }
}

/// What a role is called.
pub(crate) fn role(language: Language, role: Role) -> &'static str {
    let roles = &TEXTS.languages[&language].roles;
    roles.get(&role).map_or(role.name(), String::as_str)
}

/// Whether reads of this kind of data are told in words of their own.
pub fn has_words(resource: &Code) -> bool {
    let mut wordings = TEXTS.languages.values();
    wordings.all(|wording| wording.what.contains_key(resource.as_str()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    read: String,
    own: String,
    refused: String,
    refused_change: String,
    own_refused: String,
    own_refused_change: String,
    who: Names,
    roles: BTreeMap<Role, String>,
    what: BTreeMap<String, String>,
    other: String,
    why: BTreeMap<String, String>,
    consent: String,
    consent_of: String,
    emergency: String,
    emergency_for: String,
    date: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    named: String,
    at_hospital: String,
    in_roles: String,
    unknown: String,
    not_signed_in: String,
    calendar_program: String,
    platform: String,
    console: String,
}

impl Wording {
    fn sentence(&self, told: &Told<'_>, language: Language) -> String {
        let own = matches!(told.who, Who::Yourself);
        let (template, what, why, ground) = match told.what {
            What::Read {
                resource,
                purpose,
                ground,
            } => (
                if own { &self.own } else { &self.read },
                self.what.get(resource.as_str()),
                purpose
                    .and_then(|purpose| self.why.get(purpose.as_str()))
                    .map_or("", String::as_str),
                ground.map(|ground| self.ground(ground, language)),
            ),
            What::Refused { action, resource } => {
                let (verb, noun) = action
                    .as_str()
                    .split_once('-')
                    .unwrap_or((action.as_str(), ""));
                let template = match (own, matches!(verb, "follow" | "list" | "read" | "search")) {
                    (false, true) => &self.refused,
                    (false, false) => &self.refused_change,
                    (true, true) => &self.own_refused,
                    (true, false) => &self.own_refused_change,
                };
                let what = self.what.get(noun);
                let what = what.or_else(|| self.what.get(resource.as_str()));
                (template, what, "", None)
            }
        };
        fill(template, |placeholder| match placeholder {
            "who" => Some(self.who(told.who)),
            "what" => Some(what.unwrap_or(&self.other).clone()),
            "why" => Some(why.to_owned()),
            "ground" => Some(ground.clone().unwrap_or_default()),
            _ => None,
        })
    }

    fn ground(&self, ground: Ground, language: Language) -> String {
        match ground {
            Ground::Emergency(None) => self.emergency.clone(),
            Ground::Emergency(Some(reason)) => fill(&self.emergency_for, |placeholder| {
                (placeholder == "reason").then(|| emergency_reason(language, reason).to_owned())
            }),
            Ground::Consent(None) => self.consent.clone(),
            Ground::Consent(Some(date)) => fill(&self.consent_of, |placeholder| {
                (placeholder == "date").then(|| self.date(date, language))
            }),
        }
    }

    fn date(&self, date: NaiveDate, language: Language) -> String {
        fill(&self.date, |placeholder| match placeholder {
            "day" => Some(date.day().to_string()),
            "month" => Some(month(language, &date).to_owned()),
            "year" => Some(date.year().to_string()),
            _ => None,
        })
    }

    fn who(&self, who: Who<'_>) -> String {
        let names = &self.who;
        let (template, name, hospital, roles) = match who {
            Who::Named(name, []) => return name.as_str().to_owned(),
            Who::AtHospital(_, []) | Who::InRoles([]) => return names.unknown.clone(),
            Who::Named(name, roles) => (&names.named, Some(name.as_str()), None, roles),
            Who::Program(name, roles) => (&names.named, Some(name.as_str()), None, roles),
            Who::AtHospital(hospital, roles) => {
                (&names.at_hospital, None, Some(hospital.as_str()), roles)
            }
            Who::InRoles(roles) => (&names.in_roles, None, None, roles),
            Who::NotSignedIn => return names.not_signed_in.clone(),
            Who::CalendarProgram => return names.calendar_program.clone(),
            Who::Platform => return names.platform.clone(),
            Who::Console => return names.console.clone(),
            // Sentences about oneself have no place for it.
            Who::Yourself => return String::new(),
        };
        fill(template, |placeholder| match placeholder {
            "name" => name.map(str::to_owned),
            "hospital" => hospital.map(str::to_owned),
            "roles" => Some(self.roles(roles)),
            _ => None,
        })
    }

    /// What somebody acts as; that staff are patients too is not what they act as.
    fn roles(&self, roles: &[Role]) -> String {
        let acts = |role: &&Role| roles.len() == 1 || **role != Role::Patient;
        let acts: Vec<&str> = roles
            .iter()
            .filter(acts)
            .map(|role| self.roles[role].as_str())
            .collect();
        acts.join(", ")
    }
}

static TEXTS: LazyLock<Texts<Wording>> =
    LazyLock::new(|| Texts::of(include_str!("../../data/access-texts.json")));

#[cfg(test)]
mod tests;

//! What a program of others may do, in the form of SMART App Launch 2.

use std::fmt;
use std::str::FromStr;

use super::{AsText, ValueError, string_value};

/// The letters of the interactions, in the order in which a scope has them: create, read,
/// update, delete, search.
const LETTERS: &[u8; 5] = b"cruds";

/// The longest name of a FHIR resource that is taken.
const LONGEST: usize = 64;

/// A scope of SMART App Launch 2.x (*Scopes and Launch Context*) for a program that acts for no
/// person: `system/Appointment.rs`. Neither `*` for all resources nor a `?` with search
/// parameters is taken, nor the words of version 1 (`.read`).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SmartScope {
    resource: String,
    /// A bit for each of [`LETTERS`].
    interactions: u8,
}

impl SmartScope {
    /// The FHIR resource that it is about.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The letters of what may be done with it.
    pub fn interactions(&self) -> impl Iterator<Item = char> {
        letters(self.interactions)
    }

    /// Whether it names this of this.
    pub fn names(&self, resource: &str, interaction: char) -> bool {
        self.resource == resource && self.interactions().any(|letter| letter == interaction)
    }

    /// As much of it as these allow; `None` if that is nothing.
    #[must_use]
    pub fn within(&self, allowed: &[Self]) -> Option<Self> {
        let same = allowed
            .iter()
            .filter(|scope| scope.resource == self.resource);
        let allowed = same.fold(0, |all, scope| all | scope.interactions);
        let interactions = self.interactions & allowed;
        (interactions != 0).then(|| Self {
            resource: self.resource.clone(),
            interactions,
        })
    }

    /// The same scopes in order, one for each resource.
    #[must_use]
    pub fn merged(mut scopes: Vec<Self>) -> Vec<Self> {
        scopes.sort_unstable();
        scopes.dedup_by(|next, kept| {
            let same = next.resource == kept.resource;
            if same {
                kept.interactions |= next.interactions;
            }
            same
        });
        scopes
    }
}

fn letters(interactions: u8) -> impl Iterator<Item = char> {
    let placed = LETTERS.iter().enumerate();
    placed
        .filter(move |(place, _)| interactions & (1 << place) != 0)
        .map(|(_, letter)| char::from(*letter))
}

impl FromStr for SmartScope {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let parts = text
            .strip_prefix("system/")
            .and_then(|rest| rest.split_once('.'));
        let (resource, named) = parts.ok_or(ValueError::NotASmartScope)?;
        let is_name = resource.len() <= LONGEST
            && resource.starts_with(|first: char| first.is_ascii_uppercase())
            && resource.bytes().all(|byte| byte.is_ascii_alphabetic());
        // In this order and each once, as the specification has it.
        let mut interactions = 0;
        let mut next = 0;
        for byte in named.bytes() {
            let place = LETTERS.iter().position(|letter| *letter == byte);
            match place {
                Some(place) if place >= next => {
                    interactions |= 1 << place;
                    next = place + 1;
                }
                _ => return Err(ValueError::NotASmartScope),
            }
        }
        if is_name && interactions != 0 {
            Ok(Self {
                resource: resource.to_owned(),
                interactions,
            })
        } else {
            Err(ValueError::NotASmartScope)
        }
    }
}

impl fmt::Display for SmartScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: String = self.interactions().collect();
        write!(f, "system/{}.{named}", self.resource)
    }
}

impl fmt::Debug for SmartScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl AsText for SmartScope {
    type Text<'a> = &'a Self;

    fn as_text(&self) -> &Self {
        self
    }
}

string_value!(SmartScope, {
    "type": "string",
    "pattern": "^system/[A-Z][A-Za-z]{0,63}\\.c?r?u?d?s?$"
});

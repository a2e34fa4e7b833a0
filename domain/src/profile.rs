//! Profile: what somebody is called who acts for a hospital. Patients read it where they are told
//! who has seen their record.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::event::{Category, Privacy};
use crate::ids::SubjectId;
use crate::values::PersonName;

/// What may be asked of a profile.
#[derive(Clone, Debug, PartialEq)]
pub enum ProfileCommand {
    /// Says what the person is called.
    SetName(SetName),
}

/// A person is called so from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct SetName {
    /// Who.
    pub person: SubjectId,
    /// Their name.
    pub name: PersonName,
}

crate::events! {
    /// What can happen to a profile.
    pub enum ProfileEvent {
        NameSet: "profile.name-set" v 1, Privacy::Personal(Category::Identity);
    }
}

/// A person is called so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NameSet {
    /// Who.
    pub person: SubjectId,
    /// Their name.
    pub name: PersonName,
}

crate::problems! {
    /// Why a profile refuses.
    pub enum ProfileError {
        /// A profile is one person's.
        OfAnother: Conflict "profile-of-another",
            "the profile is another person's", "Use the person's own profile.";
    }
}

/// The state of a profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// Whose it is, once they are called something.
    pub person: Option<SubjectId>,
    /// What they are called.
    pub name: Option<PersonName>,
}

impl Profile {
    fn set_name(&self, set: SetName) -> Result<Option<NameSet>, ProfileError> {
        if self.person.is_some_and(|person| person != set.person) {
            return Err(ProfileError::OfAnother);
        }
        let SetName { person, name } = set;
        Ok((self.name.as_ref() != Some(&name)).then_some(NameSet { person, name }))
    }
}

impl Decider for Profile {
    const CATEGORY: &'static str = "profile";
    const SNAPSHOT_CATEGORY: Category = Category::Identity;

    type Id = SubjectId;
    type Command = ProfileCommand;
    type Event = ProfileEvent;
    type Error = ProfileError;

    fn decide(
        &self,
        command: ProfileCommand,
        _: DateTime<Utc>,
    ) -> Result<Vec<ProfileEvent>, ProfileError> {
        let ProfileCommand::SetName(set) = command;
        Ok(self.set_name(set)?.map(Into::into).into_iter().collect())
    }

    fn evolve(&mut self, event: &ProfileEvent) {
        let ProfileEvent::NameSet(set) = event;
        self.person = Some(set.person);
        self.name = Some(set.name.clone());
    }

    fn subject(&self) -> Option<SubjectId> {
        self.person
    }
}

crate::aggregate!(Profile);

#[cfg(test)]
mod tests;

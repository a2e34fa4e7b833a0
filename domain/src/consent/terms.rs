//! The terms of a consent: to whom, for what, of what, and for how long.

use chrono::{DateTime, Months, SubsecRound, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{DepartmentId, HospitalId, IntegratorId, SubjectId};
use crate::values::{
    ConsentAccessMode, ConsentPurpose, FrequencyCount, FrequencyUnit, HealthInformationType,
};

/// Who may see a part of a person's record: `hiu` of ABDM's consent artefact, and what is
/// finer than a facility.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Grantee {
    /// One person, such as a doctor.
    Person {
        /// Who.
        id: SubjectId,
    },
    /// Whoever works in a department.
    Department {
        /// Which.
        id: DepartmentId,
        /// Of which hospital.
        hospital: HospitalId,
    },
    /// Whoever works at a hospital.
    Hospital {
        /// Which.
        id: HospitalId,
    },
    /// A program of others.
    Integrator {
        /// Which.
        id: IntegratorId,
    },
}

/// What a consent allows, or would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentTerms {
    /// For what (`purpose`).
    pub purpose: ConsentPurpose,
    /// Of what kinds the information is (`hiTypes`), in order and without repeats.
    pub types: Vec<HealthInformationType>,
    /// What may be done with it (`permission.accessMode`).
    pub mode: ConsentAccessMode,
    /// From when on the information is (`permission.dateRange.from`), this instant included.
    pub from: DateTime<Utc>,
    /// Until when it is (`permission.dateRange.to`), this instant included; what is yet to come
    /// is meant too, if it lies in the future.
    pub to: DateTime<Utc>,
    /// When the consent ends (`permission.dataEraseAt`): at this instant it is over.
    pub expires_at: DateTime<Utc>,
    /// How often use may be made of it (`permission.frequency`); at will, if it says nothing.
    pub frequency: Option<ConsentFrequency>,
}

/// At most so many uses within any so long stretch of time: `permission.frequency` of ABDM's
/// consent artefact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentFrequency {
    /// Of what the stretch is made.
    pub unit: FrequencyUnit,
    /// Of how many.
    pub value: FrequencyCount,
    /// How many uses.
    pub repeats: FrequencyCount,
}

/// In what a consent is less than what was asked for; as asked for, where nothing is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Narrowed {
    /// Only of these kinds.
    pub types: Option<Vec<HealthInformationType>>,
    /// Only from here on.
    pub from: Option<DateTime<Utc>>,
    /// Only until here.
    pub to: Option<DateTime<Utc>>,
    /// Over at this instant.
    pub expires_at: Option<DateTime<Utc>>,
    /// Only so often.
    pub frequency: Option<ConsentFrequency>,
}

/// What somebody wants to read of a person's record.
#[derive(Clone, Copy, Debug)]
pub struct Need<'a> {
    /// Everything that the reader is: a person, and whoever works where they work.
    pub grantees: &'a [Grantee],
    /// Of what kind it is.
    pub information_type: HealthInformationType,
    /// When it took place.
    pub recorded_at: DateTime<Utc>,
    /// What is to be done with it.
    pub mode: ConsentAccessMode,
    /// For what.
    pub purpose: ConsentPurpose,
}

impl Grantee {
    /// The stable name of what they are.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Person { .. } => "person",
            Self::Department { .. } => "department",
            Self::Hospital { .. } => "hospital",
            Self::Integrator { .. } => "integrator",
        }
    }

    /// Which of them.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Person { id } => id.uuid(),
            Self::Department { id, .. } => id.uuid(),
            Self::Hospital { id } => id.uuid(),
            Self::Integrator { id } => id.uuid(),
        }
    }
}

impl ConsentTerms {
    /// The same in one way of writing: kinds in order and once each, instants as exact as the
    /// database keeps them.
    #[must_use]
    pub(super) fn tidy(mut self) -> Self {
        self.types.sort_unstable();
        self.types.dedup();
        for instant in [&mut self.from, &mut self.to, &mut self.expires_at] {
            *instant = instant.trunc_subsecs(6);
        }
        self
    }

    /// Whether they allow nothing that the others don't.
    pub(super) fn are_within(&self, asked: &Self) -> bool {
        let as_seldom = match (self.frequency, asked.frequency) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(given), Some(asked)) => given.is_within(asked),
        };
        self.purpose == asked.purpose
            && self.mode == asked.mode
            && self.types.iter().all(|kind| asked.types.contains(kind))
            && asked.from <= self.from
            && self.to <= asked.to
            && self.expires_at <= asked.expires_at
            && as_seldom
    }

    pub(super) fn cover(&self, need: &Need<'_>) -> bool {
        self.purpose == need.purpose
            && self.mode == need.mode
            && self.types.contains(&need.information_type)
            && (self.from..=self.to).contains(&need.recorded_at)
    }
}

impl ConsentFrequency {
    /// Whether a use at an instant still counts at another.
    pub(super) fn counts(self, used_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let value = u32::from(self.value.get());
        let since = match self.unit {
            FrequencyUnit::Hour => now.checked_sub_signed(TimeDelta::hours(value.into())),
            FrequencyUnit::Day => now.checked_sub_signed(TimeDelta::days(value.into())),
            FrequencyUnit::Week => now.checked_sub_signed(TimeDelta::weeks(value.into())),
            FrequencyUnit::Month => now.checked_sub_months(Months::new(value)),
        };
        // Before the beginning of the calendar, everything counts.
        since.is_none_or(|since| since < used_at)
    }

    /// No more uses, over the same stretch: stretches of other lengths don't compare simply.
    fn is_within(self, asked: Self) -> bool {
        (self.unit, self.value) == (asked.unit, asked.value) && self.repeats <= asked.repeats
    }
}

impl Narrowed {
    pub(super) fn of(self, asked: &ConsentTerms) -> ConsentTerms {
        ConsentTerms {
            purpose: asked.purpose,
            types: self.types.unwrap_or_else(|| asked.types.clone()),
            mode: asked.mode,
            from: self.from.unwrap_or(asked.from),
            to: self.to.unwrap_or(asked.to),
            expires_at: self.expires_at.unwrap_or(asked.expires_at),
            frequency: self.frequency.or(asked.frequency),
        }
    }
}

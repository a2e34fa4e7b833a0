//! Retention: how long the law asks for what is kept of a person.
//!
//! The rules are data (`domain/data/retention-rules.json`), each with its source, so that whoever
//! knows the law can change them; raise their `version` with every change, because the log keeps
//! by which version something was held.
//!
//! Where it is unclear when a term begins, the later moment counts: a visit that was neither
//! called off nor missed counts as a treatment, whether anybody recorded that it took place or
//! not; and every event of a category counts as a use of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Kolkata;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::event::Category;
use crate::values::{BirthDate, Code};

/// How many years somebody is a minor.
const MINOR_YEARS: u32 = 18;

/// What a rule keeps: data under one of a person's keys, or the record of who saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeps {
    /// Who a person is and how to reach them.
    Identity,
    /// Anything about a person's health or care.
    Clinical,
    /// What people wrote or said to each other.
    Conversation,
    /// What a person owes and paid.
    Billing,
    /// Who saw what of it. It is in clear text and names nobody, so no key can erase it.
    AccessLog,
}

impl Keeps {
    const fn of(category: Category) -> Self {
        match category {
            Category::Identity => Self::Identity,
            Category::Clinical => Self::Clinical,
            Category::Conversation => Self::Conversation,
            Category::Billing => Self::Billing,
        }
    }
}

/// From when a term is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The end of the last visit.
    LastTreatment,
    /// The last event of the category.
    LastProcessing,
    /// The person's coming of age, if there ever was a visit.
    Majority,
    /// The end of the financial year of the last event of the category.
    FinancialYear,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name in the log.
    pub id: Code,
    /// What it keeps.
    pub keeps: BTreeSet<Keeps>,
    /// From when on.
    pub since: Since,
    /// For how many years.
    pub years: u16,
    /// And months.
    #[serde(default)]
    pub months: u16,
    /// The law, as a code for the log.
    pub basis: Code,
    /// The law, with its section.
    pub source: String,
    /// Why, in plain words for the person.
    pub reason: String,
    /// What is followed where sources differ or leave something open.
    pub followed: String,
}

/// All rules of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRules {
    /// Raised with every change.
    pub version: u32,
    /// For how many days an erasure can be withdrawn before anything is erased.
    pub grace_days: u16,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// Why rules can't be used.
#[derive(Debug, Error)]
pub enum RetentionRulesError {
    /// Not the JSON that they are to be.
    #[error("the retention rules can't be read: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Two rules have one name, or one keeps nothing.
    #[error("the retention rule `{0}` is there twice, keeps nothing or has no source")]
    Unsound(Code),
    /// Something would be erased without any rule having been asked.
    #[error("no retention rule speaks of {0}")]
    Missing(&'static str),
}

/// Until when something is kept, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Retention {
    /// The rule's name.
    pub rule: Code,
    /// The version of the rules.
    pub rules_version: u32,
    /// The law, as a code.
    pub basis: Code,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// What of a person's history the rules ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The end of the last visit that was not called off or missed.
    pub last_treatment: Option<DateTime<Utc>>,
    /// The last event of each category.
    pub last_processing: BTreeMap<Category, DateTime<Utc>>,
    /// When they were born, if it is known.
    pub born: Option<BirthDate>,
}

static SHIPPED: LazyLock<RetentionRules> = LazyLock::new(|| {
    #[allow(
        clippy::expect_used,
        reason = "the file is part of the binary, and a test parses it"
    )]
    RetentionRules::parse(include_str!("../data/retention-rules.json"))
        .expect("the shipped retention rules are sound")
});

impl RetentionRules {
    /// The rules of this release.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads rules.
    ///
    /// # Errors
    /// [`RetentionRulesError`]; rules that leave a category open are refused, too.
    pub fn parse(json: &str) -> Result<Self, RetentionRulesError> {
        let rules: Self = serde_json::from_str(json)?;
        let mut names = BTreeSet::new();
        for rule in &rules.rules {
            let sound = !rule.keeps.is_empty() && !rule.source.is_empty();
            if !names.insert(&rule.id) || !sound {
                return Err(RetentionRulesError::Unsound(rule.id.clone()));
            }
        }
        for category in Category::ALL {
            let kept = Keeps::of(category);
            if !rules.rules.iter().any(|rule| rule.keeps.contains(&kept)) {
                return Err(RetentionRulesError::Missing(category.name()));
            }
        }
        Ok(rules)
    }

    /// How long an erasure can be withdrawn.
    pub fn grace(&self) -> TimeDelta {
        TimeDelta::days(self.grace_days.into())
    }

    /// The rule of this name.
    pub fn rule(&self, id: &Code) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == *id)
    }

    /// The rules for what no key can erase.
    pub fn of_the_log(&self) -> impl Iterator<Item = &Rule> {
        let of_the_log = |rule: &&Rule| rule.keeps.contains(&Keeps::AccessLog);
        self.rules.iter().filter(of_the_log)
    }

    /// Until when a category of a person is kept: by the rule that keeps it longest. None when
    /// no rule has anything to count from.
    pub fn retention(&self, category: Category, history: &History) -> Option<Retention> {
        let kept = Keeps::of(category);
        let ends = self.rules.iter().filter_map(|rule| {
            let applies = rule.keeps.contains(&kept);
            let since = applies.then(|| rule.since.moment(category, history))??;
            Some((rule.end(since), rule))
        });
        let (until, rule) = ends.max_by_key(|(until, _)| *until)?;
        Some(Retention {
            rule: rule.id.clone(),
            rules_version: self.version,
            basis: rule.basis.clone(),
            until,
        })
    }
}

impl Rule {
    fn end(&self, since: DateTime<Utc>) -> DateTime<Utc> {
        let months = u32::from(self.years) * 12 + u32::from(self.months);
        // Beyond what a calendar holds is for ever.
        since
            .checked_add_months(Months::new(months))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl Since {
    fn moment(self, category: Category, history: &History) -> Option<DateTime<Utc>> {
        let processed = history.last_processing.get(&category).copied();
        match self {
            Self::LastTreatment => history.last_treatment,
            Self::LastProcessing => processed,
            Self::Majority => {
                history.last_treatment?;
                let born = history.born?.date();
                begin_of(born.checked_add_months(Months::new(12 * MINOR_YEARS))?)
            }
            Self::FinancialYear => {
                let day = processed?.with_timezone(&Kolkata).date_naive();
                let year = day.year() + i32::from(day.month() > 3);
                begin_of(NaiveDate::from_ymd_opt(year, 4, 1)?)
            }
        }
    }
}

/// When a day begins in India.
fn begin_of(day: NaiveDate) -> Option<DateTime<Utc>> {
    let midnight = day.and_hms_opt(0, 0, 0)?;
    let at = |day: chrono::NaiveDateTime| Kolkata.from_local_datetime(&day).earliest();
    // No midnight has been skipped in India since 1945; if one were, the next would do.
    let begin = at(midnight).or_else(|| at(midnight.checked_add_days(Days::new(1))?))?;
    Some(begin.with_timezone(&Utc))
}

#[cfg(test)]
mod tests;

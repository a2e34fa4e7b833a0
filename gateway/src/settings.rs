//! The settings of this deployment that people are subject to: how long they stay signed in, where
//! codes are sent by SMS, and how long a law has their data kept. They are made in `medilink.toml`
//! or the environment; here whoever answers for the platform reads what holds.

use medilink_commands::sign_in::{Lifetimes, SignInDesk};
use medilink_commands::{Action, Resource};
use medilink_domain::retention::{Keeps, RetentionRules, Rule, Since};
use poem_openapi::{Enum, Object, OpenApi};

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::backend::Backend;
use crate::problem::Problem;

/// The settings that people are subject to.
#[derive(Object)]
pub struct SettingsOut {
    /// How people sign in.
    sign_in: SignInSettingsOut,
    /// How long their data is kept.
    retention: RetentionSettingsOut,
}

/// How people sign in, and for how long.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SignInSettingsOut {
    /// Where people sign in; passkeys are for this site alone.
    origin: String,
    /// How many minutes an access token works.
    access_minutes: u16,
    /// How long sessions of patients live.
    patients: SessionLifetimesOut,
    /// How long sessions live of people who see others' data.
    staff: SessionLifetimesOut,
    /// What numbers begin with that codes are sent to by SMS; absent where that isn't offered.
    text_messages: Option<Vec<String>>,
}

/// How long a session lives.
#[derive(Object)]
pub struct SessionLifetimesOut {
    /// How many minutes without a refresh.
    idle_minutes: u32,
    /// How many hours at most.
    life_hours: u32,
}

/// How long personal data is kept.
#[derive(Object)]
pub struct RetentionSettingsOut {
    /// The version of the rules, which each erasure names.
    version: u32,
    /// For how many days an erasure can be withdrawn before anything is erased.
    grace_days: u16,
    /// The rules. Where several speak of something, the longest holds.
    rules: Vec<RetentionRuleOut>,
}

/// A rule by which data is kept.
#[derive(Object)]
pub struct RetentionRuleOut {
    /// Its name in the log.
    id: String,
    /// What it keeps.
    keeps: Vec<KeptKindOut>,
    /// From when on.
    since: KeptSinceOut,
    /// For how many years.
    years: u16,
    /// And months.
    months: u16,
    /// The law, with its section.
    source: String,
    /// Why, in plain English.
    reason: String,
    /// What is followed where sources differ or leave something open.
    followed: String,
}

/// What a rule keeps.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub enum KeptKindOut {
    /// Who a person is and how to reach them.
    Identity,
    /// Anything about a person's health or care.
    Clinical,
    /// What people wrote or said to each other.
    Conversation,
    /// What a person owes and paid.
    Billing,
    /// Who saw what of it.
    AccessLog,
}

/// From when a term is counted.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub enum KeptSinceOut {
    /// The end of the last visit.
    LastTreatment,
    /// The last event of the kind.
    LastProcessing,
    /// The person's coming of age, if there ever was a visit.
    Majority,
    /// The end of the financial year of the last event of the kind.
    FinancialYear,
}

impl From<&Lifetimes> for SessionLifetimesOut {
    fn from(lifetimes: &Lifetimes) -> Self {
        Self {
            idle_minutes: lifetimes.idle_minutes,
            life_hours: lifetimes.life_hours,
        }
    }
}

impl From<&RetentionRules> for RetentionSettingsOut {
    fn from(rules: &RetentionRules) -> Self {
        Self {
            version: rules.version,
            grace_days: rules.grace_days,
            rules: rules.rules.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Rule> for RetentionRuleOut {
    fn from(rule: &Rule) -> Self {
        Self {
            id: rule.id.to_string(),
            keeps: rule.keeps.iter().copied().map(Into::into).collect(),
            since: rule.since.into(),
            years: rule.years,
            months: rule.months,
            source: rule.source.clone(),
            reason: rule.reason.clone(),
            followed: rule.followed.clone(),
        }
    }
}

impl From<Keeps> for KeptKindOut {
    fn from(keeps: Keeps) -> Self {
        match keeps {
            Keeps::Identity => Self::Identity,
            Keeps::Clinical => Self::Clinical,
            Keeps::Conversation => Self::Conversation,
            Keeps::Billing => Self::Billing,
            Keeps::AccessLog => Self::AccessLog,
        }
    }
}

impl From<Since> for KeptSinceOut {
    fn from(since: Since) -> Self {
        match since {
            Since::LastTreatment => Self::LastTreatment,
            Since::LastProcessing => Self::LastProcessing,
            Since::Majority => Self::Majority,
            Since::FinancialYear => Self::FinancialYear,
        }
    }
}

/// The routes.
pub struct Settings {
    /// Who may, and the rules by which data is kept.
    pub backend: Backend,
    /// How people sign in.
    pub desk: SignInDesk,
}

#[OpenApi(prefix_path = "/v1", tag = "Tag::Platform")]
impl Settings {
    /// Read the settings that people are subject to
    ///
    /// How long they stay signed in, where codes are sent by SMS, and how long which law has their
    /// data kept. They are made in files.
    #[oai(path = "/settings", method = "get", operation_id = "readSettings")]
    async fn settings(&self, caller: SignedIn) -> Result<Found<SettingsOut>, Problem> {
        let resource = Resource::of_tenant("platform", caller.actor.tenant);
        self.backend
            .authorize(&caller, Action::ReadPlatform, &resource)?;
        let config = self.desk.config();
        Ok(Found::new(SettingsOut {
            sign_in: SignInSettingsOut {
                origin: config.origin.clone(),
                access_minutes: config.access_minutes,
                patients: (&config.patients).into(),
                staff: (&config.staff).into(),
                text_messages: config.sms.as_ref().map(|offer| offer.countries.clone()),
            },
            retention: self.backend.retention().into(),
        }))
    }
}

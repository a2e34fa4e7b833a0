//! A span of time in a hospital's rules.

use chrono::TimeDelta;

use super::numbers::number;

number! {
    /// A number of minutes in a rule, from 0 to 90 days.
    #[derive(Default)]
    pub struct RuleMinutes(u32) in 0..=129_600 or NotRuleMinutes;
}

impl RuleMinutes {
    /// The length as a difference between instants.
    pub fn length(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.get()))
    }
}

//! A hospital's rules for bookings, set as data by its administrators.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::HospitalError;
use crate::horizon::FURTHEST_AHEAD;
use crate::values::{Money, Role, RuleMinutes};

/// The rules for bookings of a hospital. A hospital that has set none has [`Default`]'s:
/// no limits, no fees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BookingPolicy {
    /// Patients book at least so long ahead; the hospital's staff may book later.
    pub minimum_notice: RuleMinutes,
    /// Nobody books further ahead than this many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_days_ahead: Option<u16>,
    /// A patient has at most so many visits that are still to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_open_visits: Option<u16>,
    /// A patient has at most so many visits on one day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_visits_a_day: Option<u16>,
    /// What cancelling late costs.
    pub cancellation: CancellationPolicy,
    /// What it costs not to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_show_fee: Option<Money>,
    /// How early patients may check in; 0 means at any time of the day.
    pub check_in_opens: RuleMinutes,
    /// How long a freed slot is held for whom it was offered to; 0 means 30 minutes.
    pub offer_hold: RuleMinutes,
}

/// What cancelling, or moving to another time, costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CancellationPolicy {
    /// Up to this long before the visit it is free.
    pub notice: RuleMinutes,
    /// What it costs after that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_fee: Option<Money>,
    /// Who may waive the fee.
    pub waived_by: Vec<Role>,
}

/// How long a slot is held for the one it is offered to, where the hospital says nothing.
const OFFER_HOLD: TimeDelta = TimeDelta::minutes(30);

impl BookingPolicy {
    /// Whether a visit may be booked at this time; the hospital's own staff may book at
    /// shorter notice.
    ///
    /// # Errors
    /// Too soon, or too far ahead.
    pub fn check_time(
        &self,
        starts_at: DateTime<Utc>,
        now: DateTime<Utc>,
        by_staff: bool,
    ) -> Result<(), HospitalError> {
        let ahead = starts_at - now;
        if !by_staff && ahead < self.minimum_notice.length() {
            return Err(HospitalError::NoticeTooShort);
        }
        let furthest = self
            .most_days_ahead
            .map_or(FURTHEST_AHEAD, |days| TimeDelta::days(days.into()));
        if ahead > furthest.min(FURTHEST_AHEAD) {
            return Err(HospitalError::TooFarAhead);
        }
        Ok(())
    }

    /// The fee that is left of `fee` when someone of these roles wants to waive it.
    ///
    /// # Errors
    /// [`HospitalError::FeeNotWaivable`] when none of the roles may.
    pub fn waive(
        &self,
        fee: Option<Money>,
        roles: &[Role],
    ) -> Result<Option<Money>, HospitalError> {
        if fee.is_none() || self.waivable_by(roles) {
            Ok(None)
        } else {
            Err(HospitalError::FeeNotWaivable)
        }
    }

    /// What it costs to give up a visit that starts at `starts_at`.
    pub fn late_fee(&self, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Money> {
        let late = starts_at - now < self.cancellation.notice.length();
        self.cancellation.late_fee.filter(|_| late)
    }

    fn waivable_by(&self, roles: &[Role]) -> bool {
        roles
            .iter()
            .any(|role| self.cancellation.waived_by.contains(role))
    }

    /// How long a freed slot is held for whom it was offered to.
    pub fn offer_hold(&self) -> TimeDelta {
        match self.offer_hold.length() {
            none if none.is_zero() => OFFER_HOLD,
            hold => hold,
        }
    }
}

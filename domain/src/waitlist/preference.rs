//! What a patient waits for.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WaitlistError;
use crate::horizon::FURTHEST_AHEAD;
use crate::ids::{DepartmentId, DoctorId, HospitalId, VisitTypeId};
use crate::schedule::first_at_or_after;
use crate::values::{LocalTime, TimeZone, VisitMode, Weekday};

/// A kind of visit, with a doctor or with any of a department, at some times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wish {
    /// Where.
    pub hospital: HospitalId,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// Any doctor of this department.
    pub department: Option<DepartmentId>,
    /// This doctor only.
    pub doctor: Option<DoctorId>,
    /// What kind of visit.
    pub visit_type: Option<VisitTypeId>,
    /// How it is to take place.
    pub mode: VisitMode,
    /// When; any of these.
    pub preferences: Vec<Preference>,
}

/// Some times of some days, by the hospital's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Preference {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// On these days of the week; on any if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// Not before this time of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<LocalTime>,
    /// Over by this time of the day; `00:00` is the end of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<LocalTime>,
}

/// More would not be preferences.
const MOST_PREFERENCES: usize = 10;

impl Wish {
    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<(), WaitlistError> {
        if self.doctor.is_none() && self.department.is_none() {
            return Err(WaitlistError::NothingWished);
        }
        if self.preferences.is_empty() || self.preferences.len() > MOST_PREFERENCES {
            return Err(WaitlistError::NoPreference);
        }
        let backwards = |preference: &Preference| {
            let times = preference.opens.zip(preference.closes);
            preference.until < preference.from
                || times.is_some_and(|(opens, closes)| {
                    closes.minute_of_day_at_end() <= opens.minute_of_day()
                })
        };
        if self.preferences.iter().any(backwards) {
            return Err(WaitlistError::PreferenceEndsBeforeItStarts);
        }
        let today = now.with_timezone(&self.time_zone.tz()).date_naive();
        if self
            .preferences
            .iter()
            .all(|preference| preference.until < today)
        {
            return Err(WaitlistError::PreferenceInPast);
        }
        let furthest = today.checked_add_signed(FURTHEST_AHEAD);
        let too_far = |preference: &Preference| furthest.is_none_or(|day| day < preference.until);
        if self.preferences.iter().any(too_far) {
            return Err(WaitlistError::PreferenceTooFarAhead);
        }
        Ok(())
    }

    /// When the last day that is wished for is over.
    pub fn over_at(&self) -> DateTime<Utc> {
        let last = self.preferences.iter().map(|preference| preference.until);
        let next = last.max().and_then(|day| day.succ_opt());
        let midnight = LocalTime::at_minute(NaiveTime::MIN);
        next.and_then(|day| first_at_or_after(day, midnight, self.time_zone))
            // Without a day, which is refused, nothing is wished for.
            .unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Whether a slot is at a wished time, and of the wished doctor if there is one. Which
    /// doctors a department has is not known here.
    pub fn admits(
        &self,
        doctor: DoctorId,
        starts_at: DateTime<Utc>,
        ends_at: DateTime<Utc>,
    ) -> bool {
        self.doctor.is_none_or(|wished| wished == doctor)
            && self
                .preferences
                .iter()
                .any(|preference| preference.admits(self.time_zone, starts_at, ends_at))
    }
}

impl Preference {
    fn admits(&self, zone: TimeZone, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> bool {
        let (starts, ends) = (
            starts_at.with_timezone(&zone.tz()).naive_local(),
            ends_at.with_timezone(&zone.tz()).naive_local(),
        );
        let day = starts.date();
        self.from <= day
            && day <= self.until
            && (self.weekdays.is_empty() || self.weekdays.contains(&Weekday::of(day)))
            && self.opens.is_none_or(|opens| opens.time() <= starts.time())
            && self
                .closes
                .and_then(|closes| end_of(day, closes))
                .is_none_or(|closes| ends <= closes)
    }
}

fn end_of(day: NaiveDate, closes: LocalTime) -> Option<NaiveDateTime> {
    let minutes = TimeDelta::minutes(closes.minute_of_day_at_end().into());
    day.and_time(NaiveTime::MIN).checked_add_signed(minutes)
}

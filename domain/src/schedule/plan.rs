//! What a schedule knows, and what it says of a day.

use chrono::{DateTime, Days, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Hours, Opening, WeeklyHours};
use crate::ids::{DoctorId, HospitalId};
use crate::values::{TimeZone, Weekday};

/// Whose schedule it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchedulePost {
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
}

/// Hours that hold until others do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Week {
    /// The hours.
    pub hours: Vec<WeeklyHours>,
    /// At most so many visits a day.
    pub most_visits: Option<u16>,
}

/// From one day to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leave {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// What a schedule says of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayPlan {
    /// When the doctor can be booked, in order.
    pub openings: Vec<Opening>,
    /// Whether the doctor is on leave: windows opened by hand don't count then.
    pub on_leave: bool,
    /// At most so many visits.
    pub most_visits: Option<u16>,
}

impl SchedulePost {
    pub(super) fn today(self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.time_zone.tz()).date_naive()
    }
}

impl Week {
    pub(super) fn on(&self, date: NaiveDate) -> impl Iterator<Item = &Hours> {
        let weekday = Weekday::of(date);
        self.hours
            .iter()
            .filter(move |hours| hours.weekday == weekday)
            .map(|weekly| &weekly.hours)
    }
}

impl Leave {
    /// Whether the doctor is away on this day.
    pub fn covers(&self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.until
    }

    /// Its days, in order.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let until = self.until;
        std::iter::successors(Some(self.from), |day| day.checked_add_days(Days::new(1)))
            .take_while(move |day| *day <= until)
    }
}

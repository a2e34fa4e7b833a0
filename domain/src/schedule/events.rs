//! What happens to schedules.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Hours, WeeklyHours};
use crate::event::Privacy;
use crate::ids::{DoctorId, HospitalId, LeaveId};
use crate::values::TimeZone;

crate::events! {
    /// What can happen to a schedule.
    pub enum ScheduleEvent {
        WeekSet: "schedule.week-set" v 1, Privacy::Operational;
        DateSet: "schedule.date-set" v 1, Privacy::Operational;
        DateReset: "schedule.date-reset" v 1, Privacy::Operational;
        LeaveGranted: "schedule.leave-granted" v 1, Privacy::Operational;
        LeaveWithdrawn: "schedule.leave-withdrawn" v 1, Privacy::Operational;
    }
}

/// The weekly hours were set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WeekSet {
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// From which day on.
    pub from: NaiveDate,
    /// The hours of the week.
    pub hours: Vec<WeeklyHours>,
    /// At most so many visits a day.
    pub most_visits: Option<u16>,
}

/// The hours of one date were set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DateSet {
    /// Who receives.
    pub doctor: DoctorId,
    /// The day.
    pub date: NaiveDate,
    /// Its hours.
    pub hours: Vec<Hours>,
}

/// A date follows the week again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DateReset {
    /// Who receives.
    pub doctor: DoctorId,
    /// The day.
    pub date: NaiveDate,
}

/// Leave was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeaveGranted {
    /// Who is away.
    pub doctor: DoctorId,
    /// The leave.
    pub leave: LeaveId,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
}

/// Leave was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeaveWithdrawn {
    /// Who is there after all.
    pub doctor: DoctorId,
    /// The leave.
    pub leave: LeaveId,
}

//! The day of the visit: the patient arrives, is seen, goes home, or never came.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Appointment, AppointmentError, AppointmentStatus, Booking};
use crate::ids::AppointmentId;
use crate::values::{Money, RuleMinutes, VisitMode};

/// The patient is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckIn {
    /// The number under which they wait.
    pub token: u32,
    /// How early patients may check in; 0 means at any time of the day.
    pub opens: RuleMinutes,
}

/// The patient did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordNoShow {
    /// What that costs.
    pub fee: Option<Money>,
}

/// The patient checked in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckedIn {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The number under which they wait.
    pub token: u32,
    /// When.
    pub at: DateTime<Utc>,
}

/// The visit began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Started {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When.
    pub at: DateTime<Utc>,
}

/// The visit ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Completed {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When.
    pub at: DateTime<Utc>,
}

/// The patient did not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoShowRecorded {
    /// The appointment.
    pub appointment: AppointmentId,
    /// When that was recorded.
    pub at: DateTime<Utc>,
    /// What it costs.
    pub fee: Option<Money>,
}

/// So long after its time a visit may still begin, though its day be over: night hours have
/// visits just before midnight.
const LATEST_ARRIVAL: TimeDelta = TimeDelta::hours(4);

/// How long before its time a visit by video or phone may begin.
const REMOTE_LEAD: TimeDelta = TimeDelta::minutes(15);

impl Appointment {
    pub(super) fn check_in(
        &self,
        check_in: CheckIn,
        now: DateTime<Utc>,
    ) -> Result<CheckedIn, AppointmentError> {
        let booking = self.expected()?;
        let day = |at: DateTime<Utc>| at.with_timezone(&booking.time_zone.tz()).date_naive();
        let opens = check_in.opens.length();
        let early = if opens.is_zero() {
            day(now) < day(booking.starts_at)
        } else {
            booking.starts_at - now > opens
        };
        if early {
            return Err(AppointmentError::TooEarlyToCheckIn);
        }
        let late = now - booking.starts_at > LATEST_ARRIVAL;
        if late && day(now) > day(booking.starts_at) {
            return Err(AppointmentError::TooLateToCheckIn);
        }
        Ok(CheckedIn {
            appointment: booking.appointment,
            token: check_in.token,
            at: now,
        })
    }

    pub(super) fn start(&self, now: DateTime<Utc>) -> Result<Started, AppointmentError> {
        let booking = self.booking()?;
        let may_start = match booking.status {
            AppointmentStatus::CheckedIn => true,
            // Nobody comes to the desk for a call.
            AppointmentStatus::Booked => {
                booking.terms.mode != VisitMode::InPerson && booking.starts_at - now <= REMOTE_LEAD
            }
            other => return Err(other.refusal()),
        };
        if !may_start {
            return Err(AppointmentError::NotCheckedIn);
        }
        Ok(Started {
            appointment: booking.appointment,
            at: now,
        })
    }

    pub(super) fn complete(&self, now: DateTime<Utc>) -> Result<Completed, AppointmentError> {
        let booking = self.booking()?;
        match booking.status {
            AppointmentStatus::InProgress => Ok(Completed {
                appointment: booking.appointment,
                at: now,
            }),
            AppointmentStatus::Booked | AppointmentStatus::CheckedIn => {
                Err(AppointmentError::NotInProgress)
            }
            other => Err(other.refusal()),
        }
    }

    pub(super) fn record_no_show(
        &self,
        record: RecordNoShow,
        now: DateTime<Utc>,
    ) -> Result<NoShowRecorded, AppointmentError> {
        let booking = self.booking()?;
        match booking.status {
            // Also of one who checked in and was not there when they were called.
            AppointmentStatus::Booked | AppointmentStatus::CheckedIn => {}
            other => return Err(other.refusal()),
        }
        if now <= booking.starts_at {
            return Err(AppointmentError::TooEarlyForNoShow);
        }
        Ok(NoShowRecorded {
            appointment: booking.appointment,
            at: now,
            fee: record.fee,
        })
    }

    /// The booking of a patient who has not been seen at the desk yet.
    fn expected(&self) -> Result<&Booking, AppointmentError> {
        let booking = self.booking()?;
        match booking.status {
            AppointmentStatus::Booked => Ok(booking),
            other => Err(other.refusal()),
        }
    }
}

//! Schedule: when a doctor receives patients, week after week, with what differs from it:
//! other hours on a date, and leave. Holidays are the hospital's.
//!
//! The openings of a day are computed from it whenever they are asked for, so that a change
//! of hours needs no rewriting of days.

mod events;
mod hours;
mod plan;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aggregate::Decider;
use crate::horizon::FURTHEST_AHEAD;
use crate::ids::{DoctorId, HospitalId, LeaveId, SubjectId};
use crate::values::{TimeZone, Weekday};

pub use events::{DateReset, DateSet, LeaveGranted, LeaveWithdrawn, ScheduleEvent, WeekSet};
use hours::check_hours;
pub use hours::{Hours, Opening, WeeklyHours, first_at_or_after};
pub use plan::{DayPlan, Leave, SchedulePost, Week};

/// What may be asked of a schedule.
#[derive(Clone, Debug, PartialEq)]
pub enum ScheduleCommand {
    /// Sets the weekly hours from a date on.
    SetWeek(SetWeek),
    /// Sets the hours of one date.
    SetDate(SetDate),
    /// Goes back to the weekly hours on a date.
    ResetDate(ResetDate),
    /// Grants leave.
    GrantLeave(GrantLeave),
    /// Withdraws leave.
    WithdrawLeave(WithdrawLeave),
}

/// A doctor's week changes.
#[derive(Clone, Debug, PartialEq)]
pub struct SetWeek {
    /// Who receives.
    pub doctor: DoctorId,
    /// Where.
    pub hospital: HospitalId,
    /// The zone of the hospital's clock.
    pub time_zone: TimeZone,
    /// From which day on; a week that was set from the same day on is replaced.
    pub from: NaiveDate,
    /// The hours of the week; none means that the doctor receives nobody.
    pub hours: Vec<WeeklyHours>,
    /// At most so many visits a day.
    pub most_visits: Option<u16>,
}

/// A day differs from the week.
#[derive(Clone, Debug, PartialEq)]
pub struct SetDate {
    /// The day.
    pub date: NaiveDate,
    /// Its hours instead, also on a holiday; none means that the doctor receives nobody.
    pub hours: Vec<Hours>,
}

/// A day does not differ from the week after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetDate {
    /// The day.
    pub date: NaiveDate,
}

/// A doctor is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantLeave {
    /// The new leave.
    pub leave: LeaveId,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub until: NaiveDate,
}

/// A doctor is there after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawLeave {
    /// The leave.
    pub leave: LeaveId,
}

crate::problems! {
    /// Why a schedule refuses.
    pub enum ScheduleError {
        /// No week was ever set.
        NoSchedule: NotFound "no-such-schedule",
            "the doctor has no schedule", "Set the doctor's weekly hours first.";
        /// What was, was.
        ScheduleInPast: Invalid "schedule-in-past" at "/date",
            "the day is over", "Choose a day that is still to come.";
        /// It starts in the past.
        WeekInPast: Invalid "schedule-in-past" at "/from",
            "the day is over", "Choose a day that is still to come.";
        /// Nobody knows the law of the clock that far ahead.
        ScheduleTooFarAhead: Invalid "schedule-too-far-ahead" at "/date",
            "the day is more than two years ahead", "Choose an earlier day.";
        /// It starts that far ahead.
        WeekTooFarAhead: Invalid "schedule-too-far-ahead" at "/from",
            "the day is more than two years ahead", "Choose an earlier day.";
        /// They end before they start.
        HoursEndBeforeTheyStart: Invalid "hours-end-before-they-start" at "/hours",
            "hours end before they start",
            "Choose a later end; for a night, end at 00:00 and go on the next day.";
        /// A doctor can't be in two places at once.
        HoursOverlap: Invalid "hours-overlap" at "/hours",
            "hours of one day overlap", "Choose times that do not overlap.";
        /// No slot fits.
        HoursTooShort: Invalid "hours-too-short" at "/hours",
            "hours are shorter than one slot", "Choose longer hours or shorter slots.";
        /// More than anyone keeps.
        TooManyHours: Invalid "too-many-hours" at "/hours",
            "there are too many stretches of hours", "Send at most 100.";
        /// It follows the week already.
        DateNotSet: NotFound "date-not-set" at "/date",
            "the day does not differ from the week", "Check the date.";
        /// It ends before it starts.
        LeaveEndsBeforeItStarts: Invalid "leave-ends-before-it-starts" at "/until",
            "the leave would end before it starts", "Choose a last day on or after the first.";
        /// Longer than a leave can be.
        LeaveTooLong: Invalid "leave-too-long" at "/until",
            "the leave is longer than two years", "Choose an earlier last day.";
        /// It is over.
        LeaveInPast: Invalid "leave-in-past" at "/until",
            "the leave is over", "Choose days that are still to come.";
        /// Its id is in use.
        LeaveAlreadyGranted: Conflict "leave-already-granted",
            "the leave is already granted", "Grant the leave under a new id.";
        /// It is there already.
        LeaveOverlaps: Conflict "leave-overlaps" at "/from",
            "the doctor already has leave on one of these days",
            "Withdraw that leave first, or choose other days.";
        /// There is none.
        NoSuchLeave: NotFound "no-such-leave" at "/leave",
            "there is no such leave", "Check the leave's id.";
    }
}

/// The state of a schedule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Schedule {
    /// Who receives and where, once a week was set.
    pub post: Option<SchedulePost>,
    /// The weekly hours, by the day from which they hold.
    pub weeks: BTreeMap<NaiveDate, Week>,
    /// Dates that differ.
    pub dates: BTreeMap<NaiveDate, Vec<Hours>>,
    /// Leave.
    pub leaves: BTreeMap<LeaveId, Leave>,
}

const MOST_HOURS: usize = 100;

impl Schedule {
    /// What it says of a day that the hospital keeps as a holiday or not. What is set for the
    /// very date beats a holiday; leave beats everything.
    pub fn day(&self, date: NaiveDate, holiday: bool) -> DayPlan {
        let Some(post) = self.post else {
            return DayPlan::default();
        };
        let week = self.weeks.range(..=date).next_back().map(|(_, week)| week);
        let most_visits = week.and_then(|week| week.most_visits);
        if self.leaves.values().any(|leave| leave.covers(date)) {
            return DayPlan {
                on_leave: true,
                most_visits,
                ..DayPlan::default()
            };
        }
        let on = |hours: &Hours| hours.on(date, post.time_zone);
        let mut openings: Vec<_> = match (self.dates.get(&date), week) {
            (Some(hours), _) => hours.iter().filter_map(on).collect(),
            (None, Some(week)) if !holiday => week.on(date).filter_map(on).collect(),
            (None, _) => Vec::new(),
        };
        openings.sort_by_key(|opening| opening.opens);
        DayPlan {
            openings,
            on_leave: false,
            most_visits,
        }
    }

    fn post(&self) -> Result<SchedulePost, ScheduleError> {
        self.post.ok_or(ScheduleError::NoSchedule)
    }

    fn set_week(&self, set: SetWeek, now: DateTime<Utc>) -> Result<WeekSet, ScheduleError> {
        let SetWeek {
            doctor,
            hospital,
            time_zone,
            from,
            hours,
            most_visits,
        } = set;
        let today = now.with_timezone(&time_zone.tz()).date_naive();
        if from < today {
            return Err(ScheduleError::WeekInPast);
        }
        if from - today > FURTHEST_AHEAD {
            return Err(ScheduleError::WeekTooFarAhead);
        }
        if hours.len() > MOST_HOURS {
            return Err(ScheduleError::TooManyHours);
        }
        for weekday in Weekday::ALL {
            let day = hours.iter().filter(|hours| hours.weekday == *weekday);
            check_hours(day.map(|weekly| &weekly.hours))?;
        }
        Ok(WeekSet {
            doctor,
            hospital,
            time_zone,
            from,
            hours,
            most_visits,
        })
    }

    fn set_date(&self, set: SetDate, now: DateTime<Utc>) -> Result<DateSet, ScheduleError> {
        let post = self.post()?;
        check_date(set.date, post, now)?;
        if set.hours.len() > MOST_HOURS {
            return Err(ScheduleError::TooManyHours);
        }
        check_hours(set.hours.iter())?;
        Ok(DateSet {
            doctor: post.doctor,
            date: set.date,
            hours: set.hours,
        })
    }

    fn reset_date(&self, reset: ResetDate, now: DateTime<Utc>) -> Result<DateReset, ScheduleError> {
        let post = self.post()?;
        check_date(reset.date, post, now)?;
        if !self.dates.contains_key(&reset.date) {
            return Err(ScheduleError::DateNotSet);
        }
        Ok(DateReset {
            doctor: post.doctor,
            date: reset.date,
        })
    }

    fn grant_leave(
        &self,
        grant: GrantLeave,
        now: DateTime<Utc>,
    ) -> Result<LeaveGranted, ScheduleError> {
        let post = self.post()?;
        let GrantLeave { leave, from, until } = grant;
        if self.leaves.contains_key(&leave) {
            return Err(ScheduleError::LeaveAlreadyGranted);
        }
        if until < from {
            return Err(ScheduleError::LeaveEndsBeforeItStarts);
        }
        if until < post.today(now) {
            return Err(ScheduleError::LeaveInPast);
        }
        if until - from > FURTHEST_AHEAD {
            return Err(ScheduleError::LeaveTooLong);
        }
        if self
            .leaves
            .values()
            .any(|other| other.from <= until && from <= other.until)
        {
            return Err(ScheduleError::LeaveOverlaps);
        }
        Ok(LeaveGranted {
            doctor: post.doctor,
            leave,
            from,
            until,
        })
    }

    fn withdraw_leave(&self, withdraw: WithdrawLeave) -> Result<LeaveWithdrawn, ScheduleError> {
        let post = self.post()?;
        if !self.leaves.contains_key(&withdraw.leave) {
            return Err(ScheduleError::NoSuchLeave);
        }
        Ok(LeaveWithdrawn {
            doctor: post.doctor,
            leave: withdraw.leave,
        })
    }
}

fn check_date(
    date: NaiveDate,
    post: SchedulePost,
    now: DateTime<Utc>,
) -> Result<(), ScheduleError> {
    let today = post.today(now);
    if date < today {
        return Err(ScheduleError::ScheduleInPast);
    }
    if date - today > FURTHEST_AHEAD {
        return Err(ScheduleError::ScheduleTooFarAhead);
    }
    Ok(())
}

impl Decider for Schedule {
    const CATEGORY: &'static str = "schedule";

    type Id = DoctorId;
    type Command = ScheduleCommand;
    type Event = ScheduleEvent;
    type Error = ScheduleError;

    fn decide(
        &self,
        command: ScheduleCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<ScheduleEvent>, ScheduleError> {
        Ok(vec![match command {
            ScheduleCommand::SetWeek(set) => self.set_week(set, now)?.into(),
            ScheduleCommand::SetDate(set) => self.set_date(set, now)?.into(),
            ScheduleCommand::ResetDate(reset) => self.reset_date(reset, now)?.into(),
            ScheduleCommand::GrantLeave(grant) => self.grant_leave(grant, now)?.into(),
            ScheduleCommand::WithdrawLeave(withdraw) => self.withdraw_leave(withdraw)?.into(),
        }])
    }

    fn evolve(&mut self, event: &ScheduleEvent) {
        match event {
            ScheduleEvent::WeekSet(set) => {
                self.post = Some(SchedulePost {
                    doctor: set.doctor,
                    hospital: set.hospital,
                    time_zone: set.time_zone,
                });
                let week = Week {
                    hours: set.hours.clone(),
                    most_visits: set.most_visits,
                };
                self.weeks.insert(set.from, week);
            }
            ScheduleEvent::DateSet(set) => {
                self.dates.insert(set.date, set.hours.clone());
            }
            ScheduleEvent::DateReset(reset) => {
                self.dates.remove(&reset.date);
            }
            ScheduleEvent::LeaveGranted(granted) => {
                let leave = Leave {
                    from: granted.from,
                    until: granted.until,
                };
                self.leaves.insert(granted.leave, leave);
            }
            ScheduleEvent::LeaveWithdrawn(withdrawn) => {
                self.leaves.remove(&withdrawn.leave);
            }
        }
    }

    /// A schedule says when a doctor works, which patients may know.
    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(Schedule);

#[cfg(test)]
mod tests;

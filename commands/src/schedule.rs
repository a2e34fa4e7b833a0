//! When doctors receive patients: weekly hours, other hours on a date, leave.

use chrono::NaiveDate;
use medilink_domain::doctor::Doctor;
use medilink_domain::schedule::{self, Hours, Schedule, ScheduleCommand, WeeklyHours};
use medilink_domain::{DoctorId, LeaveId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::action::Action;
use crate::error::CommandError;
use crate::executor::Operation;
use crate::practice::{Practice, resource_of};
use crate::work::Work;

/// The schedule after a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleAnswer {
    /// Whose schedule.
    pub doctor: DoctorId,
    /// The leave that was granted or withdrawn.
    pub leave: Option<LeaveId>,
    /// Its version, for `If-Match`.
    pub version: u64,
}

/// Sets a doctor's weekly hours from a day on.
#[derive(Clone, Debug)]
pub struct SetWeek {
    /// Who receives.
    pub doctor: DoctorId,
    /// From which day on.
    pub from: NaiveDate,
    /// The hours of the week.
    pub hours: Vec<WeeklyHours>,
    /// At most so many visits a day.
    pub most_visits: Option<u16>,
}

impl Operation for SetWeek {
    const NAME: &'static str = "set-week";
    type Answer = ScheduleAnswer;

    fn target(&self) -> String {
        self.doctor.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ScheduleAnswer, CommandError> {
        allow(work, self.doctor, Action::SetWeek).await?;
        let place = Practice::of(work, self.doctor).await?.place();
        let set = ScheduleCommand::SetWeek(schedule::SetWeek {
            doctor: self.doctor,
            hospital: place.hospital,
            time_zone: place.time_zone,
            from: self.from,
            hours: self.hours.clone(),
            most_visits: self.most_visits,
        });
        carry_out(work, self.doctor, set, None).await
    }
}

/// Sets the hours of one date.
#[derive(Clone, Debug)]
pub struct SetDate {
    /// Who receives.
    pub doctor: DoctorId,
    /// The day.
    pub date: NaiveDate,
    /// Its hours.
    pub hours: Vec<Hours>,
}

impl Operation for SetDate {
    const NAME: &'static str = "set-date";
    type Answer = ScheduleAnswer;

    fn target(&self) -> String {
        self.doctor.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ScheduleAnswer, CommandError> {
        allow(work, self.doctor, Action::SetDate).await?;
        let set = ScheduleCommand::SetDate(schedule::SetDate {
            date: self.date,
            hours: self.hours.clone(),
        });
        carry_out(work, self.doctor, set, None).await
    }
}

/// Lets a date follow the week again.
#[derive(Clone, Debug)]
pub struct ResetDate {
    /// Who receives.
    pub doctor: DoctorId,
    /// The day.
    pub date: NaiveDate,
}

impl Operation for ResetDate {
    const NAME: &'static str = "reset-date";
    type Answer = ScheduleAnswer;

    fn target(&self) -> String {
        self.doctor.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ScheduleAnswer, CommandError> {
        allow(work, self.doctor, Action::ResetDate).await?;
        let reset = ScheduleCommand::ResetDate(schedule::ResetDate { date: self.date });
        carry_out(work, self.doctor, reset, None).await
    }
}

/// Grants a doctor leave. What is booked in it stays booked until someone moves it.
#[derive(Clone, Debug)]
pub struct GrantLeave {
    /// Who is away.
    pub doctor: DoctorId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

impl Operation for GrantLeave {
    const NAME: &'static str = "grant-leave";
    type Answer = ScheduleAnswer;

    fn target(&self) -> String {
        self.doctor.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ScheduleAnswer, CommandError> {
        allow(work, self.doctor, Action::GrantLeave).await?;
        let leave = LeaveId(Uuid::now_v7());
        let grant = ScheduleCommand::GrantLeave(schedule::GrantLeave {
            leave,
            from: self.from,
            until: self.until,
        });
        carry_out(work, self.doctor, grant, Some(leave)).await
    }
}

/// Withdraws leave.
#[derive(Clone, Debug)]
pub struct WithdrawLeave {
    /// Who is there after all.
    pub doctor: DoctorId,
    /// The leave.
    pub leave: LeaveId,
}

impl Operation for WithdrawLeave {
    const NAME: &'static str = "withdraw-leave";
    type Answer = ScheduleAnswer;

    fn target(&self) -> String {
        self.leave.to_string()
    }

    async fn perform(&self, work: &mut Work<'_>) -> Result<ScheduleAnswer, CommandError> {
        allow(work, self.doctor, Action::WithdrawLeave).await?;
        let withdraw =
            ScheduleCommand::WithdrawLeave(schedule::WithdrawLeave { leave: self.leave });
        carry_out(work, self.doctor, withdraw, Some(self.leave)).await
    }
}

async fn allow(work: &mut Work<'_>, doctor: DoctorId, action: Action) -> Result<(), CommandError> {
    let resource = resource_of(work, doctor).await?;
    work.authorize(action, &resource).await?;
    work.existing::<Doctor>(&doctor, "doctor").await.map(|_| ())
}

async fn carry_out(
    work: &mut Work<'_>,
    doctor: DoctorId,
    command: ScheduleCommand,
    leave: Option<LeaveId>,
) -> Result<ScheduleAnswer, CommandError> {
    let mut instance = work.load::<Schedule>(&doctor, "schedule").await?;
    work.expect_version(&instance)?;
    work.decide(&mut instance, command).await?;
    Ok(ScheduleAnswer {
        doctor,
        leave,
        version: instance.version(),
    })
}

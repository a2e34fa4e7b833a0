//! Schedules: when doctors receive patients, week after week, and what differs from it.

mod hours;

use chrono::NaiveDate;
use medilink_commands::schedule::{GrantLeave, ResetDate, SetDate, SetWeek, WithdrawLeave};
use medilink_commands::{Action, Resource};
use medilink_domain::{DoctorId, LeaveId};
use medilink_projections::schedule::{self, ScheduleRow};
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::{ChangedOut, Created, Found};
use crate::api::Tag;
use crate::backend::{Backend, no_such, unreadable};
use crate::call::{Command, Read};
use crate::doctor;
use crate::input::{date, each};
use crate::json::Json;
use crate::problem::Problem;
use hours::{HoursIn, HoursOut, WeeklyHoursIn, WeeklyHoursOut};

/// A doctor's week.
#[derive(Object)]
pub struct WeekIn {
    /// The hours of the week; none means that the doctor receives nobody.
    #[oai(validator(max_items = 100))]
    hours: Vec<WeeklyHoursIn>,
    /// At most so many visits a day.
    #[oai(validator(minimum(value = "1"), maximum(value = "1000")))]
    most_visits: Option<u16>,
}

/// A day that differs from the week.
#[derive(Object)]
pub struct ScheduledDateIn {
    /// Its hours instead, also on a holiday; none means that the doctor receives nobody.
    #[oai(validator(max_items = 100))]
    hours: Vec<HoursIn>,
}

/// Leave to grant.
#[derive(Object)]
pub struct LeaveIn {
    /// Its first day.
    from: NaiveDate,
    /// Its last day.
    until: NaiveDate,
}

/// A doctor's schedule.
#[derive(Object)]
pub struct ScheduleOut {
    /// Whose.
    doctor: Uuid,
    /// Where they receive.
    hospital: Uuid,
    /// The weeks, by the day from which they hold.
    weeks: Vec<WeekOut>,
    /// The days that differ, in order.
    dates: Vec<ScheduledDateOut>,
    /// Leave, the first to be granted first.
    leaves: Vec<LeaveOut>,
    /// For `If-Match`.
    version: u64,
}

/// Weekly hours that hold until others do.
#[derive(Object)]
pub struct WeekOut {
    /// From which day on.
    from: NaiveDate,
    /// The hours of the week.
    hours: Vec<WeeklyHoursOut>,
    /// At most so many visits a day.
    #[oai(skip_serializing_if_is_none)]
    most_visits: Option<u16>,
}

/// A day that differs from the week.
#[derive(Object)]
pub struct ScheduledDateOut {
    /// The day.
    date: NaiveDate,
    /// Its hours instead.
    hours: Vec<HoursOut>,
}

/// Leave.
#[derive(Object)]
pub struct LeaveOut {
    /// The leave.
    id: Uuid,
    /// Its first day.
    from: NaiveDate,
    /// Its last day.
    until: NaiveDate,
}

impl From<ScheduleRow> for ScheduleOut {
    fn from(row: ScheduleRow) -> Self {
        let schedule = row.schedule.0;
        let weeks = schedule.weeks.into_iter().map(|(from, week)| WeekOut {
            from,
            hours: week.hours.into_iter().map(Into::into).collect(),
            most_visits: week.most_visits,
        });
        let dates = schedule.dates.into_iter();
        let dates = dates.map(|(date, hours)| ScheduledDateOut {
            date,
            hours: hours.into_iter().map(Into::into).collect(),
        });
        let leaves = schedule.leaves.into_iter().map(|(id, leave)| LeaveOut {
            id: id.uuid(),
            from: leave.from,
            until: leave.until,
        });
        Self {
            doctor: row.doctor.uuid(),
            hospital: row.hospital.uuid(),
            weeks: weeks.collect(),
            dates: dates.collect(),
            leaves: leaves.collect(),
            version: row.version,
        }
    }
}

/// The routes.
pub struct Schedules(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Calendars")]
impl Schedules {
    /// Read a doctor's schedule
    #[oai(
        path = "/doctors/:id/schedule",
        method = "get",
        operation_id = "readSchedule"
    )]
    async fn get(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
    ) -> Result<Found<ScheduleOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("schedule", tenant);
        self.0
            .authorize(&caller, Action::ReadDirectory, &resource)?;
        let view = self.0.view(&["doctor", "schedule"], &read).await?;
        let doctor = doctor::known(&self.0, tenant, DoctorId(id.0)).await?.doctor;
        let row = schedule::get(self.0.reads(), tenant, doctor)
            .await
            .map_err(unreadable)?;
        let row = row.ok_or_else(|| no_such("schedule"))?;
        let version = row.version;
        Ok(view.answer(row.into()).version(version, read.known_version))
    }

    /// Set a doctor's weekly hours from a day on
    ///
    /// They hold until a later week that is set. A week that was set from the same day on is
    /// replaced.
    #[oai(
        path = "/doctors/:id/schedule/weeks/:from",
        method = "put",
        operation_id = "setWeek"
    )]
    async fn set_week(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        /// The first day, on the hospital's calendar.
        from: Path<NaiveDate>,
        body: Json<WeekIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let set = SetWeek {
            doctor: DoctorId(id.0),
            from: date("from", from.0)?,
            hours: each("/hours", body.value.hours, WeeklyHoursIn::read)?,
            most_visits: body.value.most_visits,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &set)
            .await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Set a doctor's hours of one day
    #[oai(
        path = "/doctors/:id/schedule/dates/:date",
        method = "put",
        operation_id = "setDate"
    )]
    async fn set_date(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        /// The day, on the hospital's calendar.
        #[oai(name = "date")]
        on: Path<NaiveDate>,
        body: Json<ScheduledDateIn>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let set = SetDate {
            doctor: DoctorId(id.0),
            date: date("date", on.0)?,
            hours: each("/hours", body.value.hours, HoursIn::read)?,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &set)
            .await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Let a day follow the week again
    #[oai(
        path = "/doctors/:id/schedule/dates/:date",
        method = "delete",
        operation_id = "resetDate"
    )]
    async fn reset_date(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        /// The day, on the hospital's calendar.
        #[oai(name = "date")]
        on: Path<NaiveDate>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let reset = ResetDate {
            doctor: DoctorId(id.0),
            date: date("date", on.0)?,
        };
        let done = self.0.execute(&call.context(&caller), &reset).await?;
        Ok(ChangedOut::of(id.0, &done))
    }

    /// Grant a doctor leave
    ///
    /// What is booked in it stays booked until someone moves it.
    #[oai(
        path = "/doctors/:id/leaves",
        method = "post",
        operation_id = "grantLeave"
    )]
    async fn grant_leave(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        body: Json<LeaveIn>,
    ) -> Result<Created<ChangedOut>, Problem> {
        let grant = GrantLeave {
            doctor: DoctorId(id.0),
            from: body.value.from,
            until: body.value.until,
        };
        let done = self
            .0
            .execute(&call.with_body(&caller, &body.hash), &grant)
            .await?;
        // The answer to a grant always names the leave.
        let leave = done.answer.leave.map_or(id.0, LeaveId::uuid);
        Ok(ChangedOut::of(leave, &done).location(&format!("/v1/doctors/{}/schedule", id.0)))
    }

    /// Withdraw a doctor's leave
    #[oai(
        path = "/doctors/:id/leaves/:leave",
        method = "delete",
        operation_id = "withdrawLeave"
    )]
    async fn withdraw_leave(
        &self,
        caller: SignedIn,
        call: Command,
        id: Path<Uuid>,
        leave: Path<Uuid>,
    ) -> Result<Found<ChangedOut>, Problem> {
        let withdraw = WithdrawLeave {
            doctor: DoctorId(id.0),
            leave: LeaveId(leave.0),
        };
        let done = self.0.execute(&call.context(&caller), &withdraw).await?;
        Ok(ChangedOut::of(leave.0, &done))
    }
}

//! A day as a whole, of a doctor or of a hospital, and a hospital's figures.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use medilink_commands::{Action, Resource};
use medilink_domain::schedule::first_at_or_after;
use medilink_domain::values::{LocalTime, TimeZone};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, TenantId};
use medilink_projections::appointment::{
    self, AppointmentCursor, AppointmentRow, DayOf, DayVersion, Figures,
};
use medilink_projections::patient;
use poem_openapi::param::{Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::actor::SignedIn;
use crate::answer::Found;
use crate::api::Tag;
use crate::appointment::AppointmentOut;
use crate::backend::{Backend, unreadable};
use crate::call::Read;
use crate::input::{date, invalid_parameter, page};
use crate::problem::Problem;
use crate::{doctor, hospital};

/// The longest period of figures.
const LONGEST_PERIOD: TimeDelta = TimeDelta::days(366);

/// A doctor's day.
#[derive(Object)]
pub struct DayOut {
    /// The day, on the hospital's clock.
    date: NaiveDate,
    /// The zone of that clock.
    time_zone: String,
    /// Which version of the day this is at least: another one has other visits.
    version: String,
    /// In order, cancelled ones included.
    items: Vec<AppointmentOut>,
}

/// A part of a hospital's day.
#[derive(Object)]
pub struct BoardOut {
    /// The day, on the hospital's clock.
    date: NaiveDate,
    /// The zone of that clock.
    time_zone: String,
    /// Which version of the day this is at least: another one has other visits.
    version: String,
    /// In order, cancelled ones included.
    items: Vec<AppointmentOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

/// By what it is told whether a day is still as it was read.
#[derive(Object)]
pub struct DayVersionOut {
    /// The day, on the hospital's clock.
    date: NaiveDate,
    /// Another one whenever a visit comes to the day, changes, or leaves it.
    version: String,
}

/// What became of a hospital's visits.
#[derive(Object)]
pub struct FiguresOut {
    /// The first day, on the hospital's clock.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// The zone of that clock.
    time_zone: String,
    /// Of each doctor who had any.
    items: Vec<DoctorFiguresOut>,
}

/// What became of a doctor's visits.
#[derive(Object)]
pub struct DoctorFiguresOut {
    /// The doctor.
    doctor: Uuid,
    /// Visits, cancelled ones not counted.
    visits: u64,
    /// Of those, patients who came without a booking.
    walk_ins: u64,
    /// Visits that are over.
    completed: u64,
    /// Visits to which the patient did not come.
    no_shows: u64,
    /// Visits that were called off.
    cancelled: u64,
    /// Visits whose patients waited and were then seen.
    waits: u64,
    /// How long those waited on average, in seconds; 0 if nobody did.
    mean_wait_seconds: u64,
    /// How long the longest of them waited, in seconds.
    longest_wait_seconds: u64,
}

impl From<Figures> for DoctorFiguresOut {
    fn from(figures: Figures) -> Self {
        Self {
            doctor: figures.doctor.uuid(),
            visits: figures.visits,
            walk_ins: figures.walk_ins,
            completed: figures.completed,
            no_shows: figures.no_shows,
            cancelled: figures.cancelled,
            waits: figures.waits,
            mean_wait_seconds: figures.waited_seconds / figures.waits.max(1),
            longest_wait_seconds: figures.longest_wait_seconds,
        }
    }
}

/// A day on a hospital's clock.
struct DayAt {
    time_zone: TimeZone,
    span: (DateTime<Utc>, DateTime<Utc>),
    version: String,
}

/// The routes.
pub struct Boards(pub Backend);

#[OpenApi(prefix_path = "/v1", tag = "Tag::Appointments")]
impl Boards {
    /// Read a doctor's day
    #[oai(path = "/doctors/:id/day", method = "get", operation_id = "readDay")]
    async fn day(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The day, on the hospital's clock.
        #[oai(name = "date")]
        on: Query<NaiveDate>,
    ) -> Result<Found<DayOut>, Problem> {
        let (tenant, reads) = (caller.actor.tenant, self.0.reads());
        let resource = doctor::at_work(&self.0, &caller, DoctorId(id.0)).await?;
        let permitted = self.0.permit(&caller, Action::ReadDay, resource).await?;
        let date = date("date", on.0)?;
        let models = ["appointment", "doctor", "hospital", "patient"];
        let view = self.0.view(&models, &read).await?;
        let known = doctor::known(&self.0, tenant, DoctorId(id.0)).await?;
        let of = DayOf::Doctor(known.doctor);
        let day = self.day_at(tenant, known.hospital, date, of).await?;
        let rows = appointment::day_of_doctor(reads, tenant, known.doctor, day.span)
            .await
            .map_err(unreadable)?;
        let subjects = rows.iter().map(|row| row.patient.into()).collect();
        let items = self.named(tenant, rows).await?;
        self.0.disclose(permitted, subjects, "day").await?;
        Ok(view.answer(DayOut {
            date,
            time_zone: day.time_zone.name().to_owned(),
            version: day.version,
            items,
        }))
    }

    /// See whether a doctor's day has changed
    ///
    /// It tells of nobody, so that it may be asked every few seconds: the day itself, whose reading
    /// stands in the history of each patient on it, is read again when this has changed.
    #[oai(
        path = "/doctors/:id/day/version",
        method = "get",
        operation_id = "readDayVersion"
    )]
    async fn day_version(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The day, on the hospital's clock.
        #[oai(name = "date")]
        on: Query<NaiveDate>,
    ) -> Result<Found<DayVersionOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = doctor::at_work(&self.0, &caller, DoctorId(id.0)).await?;
        self.0.authorize(&caller, Action::ReadDay, &resource)?;
        let date = date("date", on.0)?;
        let models = ["appointment", "doctor", "hospital"];
        let view = self.0.view(&models, &read).await?;
        let known = doctor::known(&self.0, tenant, DoctorId(id.0)).await?;
        let of = DayOf::Doctor(known.doctor);
        let DayAt { version, .. } = self.day_at(tenant, known.hospital, date, of).await?;
        Ok(view.answer(DayVersionOut { date, version }))
    }

    /// Read a hospital's day
    #[oai(
        path = "/hospitals/:id/board",
        method = "get",
        operation_id = "readBoard"
    )]
    #[allow(
        clippy::too_many_arguments,
        reason = "each is a query parameter with its own documentation"
    )]
    async fn board(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The day, on the hospital's clock.
        #[oai(name = "date")]
        on: Query<NaiveDate>,
        /// Only of this department.
        department: Query<Option<Uuid>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
        /// At most so many.
        #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
        limit: Query<Option<u16>>,
    ) -> Result<Found<BoardOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("hospital", tenant).at(HospitalId(id.0));
        let permitted = self.0.permit(&caller, Action::ReadBoard, resource).await?;
        let (date, department) = (date("date", on.0)?, department.0.map(DepartmentId));
        let page = page::<AppointmentCursor>(after.0, limit.0)?;
        let view = self
            .0
            .view(&["appointment", "hospital", "patient"], &read)
            .await?;
        let (hospital, reads) = (HospitalId(id.0), self.0.reads());
        let of = DayOf::Hospital(hospital);
        let day = self.day_at(tenant, hospital, date, of).await?;
        let span = day.span;
        let listed = appointment::day_of_hospital(reads, tenant, hospital, department, span, page)
            .await
            .map_err(unreadable)?;
        let subjects = listed.rows.iter().map(|row| row.patient.into()).collect();
        let items = self.named(tenant, listed.rows).await?;
        self.0.disclose(permitted, subjects, "board").await?;
        Ok(view.answer(BoardOut {
            date,
            time_zone: day.time_zone.name().to_owned(),
            version: day.version,
            items,
            next: listed.next.map(|next| next.to_string()),
        }))
    }

    /// See whether a hospital's day has changed
    ///
    /// As for a doctor's day. It is the same for all departments.
    #[oai(
        path = "/hospitals/:id/board/version",
        method = "get",
        operation_id = "readBoardVersion"
    )]
    async fn board_version(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The day, on the hospital's clock.
        #[oai(name = "date")]
        on: Query<NaiveDate>,
    ) -> Result<Found<DayVersionOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("hospital", tenant).at(HospitalId(id.0));
        self.0.authorize(&caller, Action::ReadBoard, &resource)?;
        let date = date("date", on.0)?;
        let view = self.0.view(&["appointment", "hospital"], &read).await?;
        let hospital = HospitalId(id.0);
        let of = DayOf::Hospital(hospital);
        let DayAt { version, .. } = self.day_at(tenant, hospital, date, of).await?;
        Ok(view.answer(DayVersionOut { date, version }))
    }

    /// Read a hospital's figures
    ///
    /// How many visits there were, how many patients did not come, and how long they waited,
    /// doctor by doctor. They name no patient.
    #[oai(
        path = "/hospitals/:id/figures",
        method = "get",
        operation_id = "readFigures"
    )]
    async fn figures(
        &self,
        caller: SignedIn,
        read: Read,
        id: Path<Uuid>,
        /// The first day, on the hospital's clock.
        from: Query<NaiveDate>,
        /// The last day, at most 366 days later.
        to: Query<NaiveDate>,
    ) -> Result<Found<FiguresOut>, Problem> {
        let tenant = caller.actor.tenant;
        let resource = Resource::of_tenant("hospital", tenant).at(HospitalId(id.0));
        self.0.authorize(&caller, Action::ReadFigures, &resource)?;
        let (from, to) = (date("from", from.0)?, date("to", to.0)?);
        if to < from || to - from > LONGEST_PERIOD {
            let detail = "It must not be before `from`, nor more than 366 days later.";
            return Err(invalid_parameter("to", detail));
        }
        let view = self.0.view(&["appointment", "hospital"], &read).await?;
        let site = hospital::known(&self.0, tenant, HospitalId(id.0)).await?;
        let (begin, end) = span(from, to, site.time_zone);
        let figures = appointment::figures(self.0.reads(), tenant, site.hospital, begin, end)
            .await
            .map_err(unreadable)?;
        Ok(view.answer(FiguresOut {
            from,
            to,
            time_zone: site.time_zone.name().to_owned(),
            items: figures.into_iter().map(Into::into).collect(),
        }))
    }
}

impl Boards {
    /// A day of a hospital that is there. Its version is of before its visits are read: what comes
    /// in between is read again rather than missed.
    async fn day_at(
        &self,
        tenant: TenantId,
        hospital: HospitalId,
        date: NaiveDate,
        of: DayOf,
    ) -> Result<DayAt, Problem> {
        let site = hospital::known(&self.0, tenant, hospital).await?;
        let span = span(date, date, site.time_zone);
        let version = appointment::day_version(self.0.reads(), tenant, of, span).await;
        let DayVersion { visits, positions } = version.map_err(unreadable)?;
        Ok(DayAt {
            time_zone: site.time_zone,
            span,
            version: format!("{visits}-{positions}"),
        })
    }

    /// Visits with what their patients are called: whoever receives somebody calls them by name.
    async fn named(
        &self,
        tenant: TenantId,
        rows: Vec<AppointmentRow>,
    ) -> Result<Vec<AppointmentOut>, Problem> {
        let patients = rows.iter().map(|row| row.patient);
        let names = patient::names(self.0.reads(), tenant, patients).await;
        let names = names.map_err(unreadable)?;
        let visits = rows.into_iter().map(AppointmentOut::from);
        Ok(visits.map(|visit| visit.named(&names)).collect())
    }
}

/// From the first instant of a local day to the end of another.
fn span(first: NaiveDate, last: NaiveDate, zone: TimeZone) -> (DateTime<Utc>, DateTime<Utc>) {
    let begins = |day: NaiveDate| {
        // Where the clock jumps over midnight, the day begins after the jump. No zone has ever
        // jumped over more than a day, so there always is such an instant.
        first_at_or_after(day, LocalTime::at_minute(NaiveTime::MIN), zone)
            .unwrap_or_else(|| day.and_time(NaiveTime::MIN).and_utc())
    };
    (begins(first), begins(last + Days::new(1)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_day_begins_when_its_clock_does() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let kolkata = day("2026-11-21");
        assert_eq!(
            span(kolkata, kolkata, chrono_tz::Asia::Kolkata.into()),
            (at("2026-11-20T18:30:00Z"), at("2026-11-21T18:30:00Z"))
        );
        // Beirut skipped from 00:00 to 01:00 on the last of these days.
        assert_eq!(
            span(
                day("2024-03-30"),
                day("2024-03-31"),
                chrono_tz::Asia::Beirut.into()
            ),
            (at("2024-03-29T22:00:00Z"), at("2024-03-31T21:00:00Z"))
        );
        let short = day("2024-03-31");
        assert_eq!(
            span(short, short, chrono_tz::Asia::Beirut.into()).0,
            at("2024-03-30T22:00:00Z")
        );
    }
}

//! A doctor's practice as bookings see it: where they receive, when, and by which rules.

use chrono::{DateTime, NaiveDate, Offset, TimeZone as _, Utc};
use medilink_domain::appointment::Place;
use medilink_domain::doctor::{Doctor, Post};
use medilink_domain::hospital::{BookingPolicy, Hospital};
use medilink_domain::schedule::{DayPlan, Schedule};
use medilink_domain::values::TimeZone;
use medilink_domain::{DoctorId, HospitalId};

use crate::authorizer::Resource;
use crate::error::CommandError;
use crate::work::Work;

/// What is known of a practice in one attempt.
pub(crate) struct Practice {
    post: Post,
    time_zone: TimeZone,
    pub(crate) hospital: Hospital,
    schedule: Schedule,
}

impl Practice {
    /// The practice of a doctor.
    ///
    /// # Errors
    /// When there is no such doctor.
    pub(crate) async fn of(work: &mut Work<'_>, doctor: DoctorId) -> Result<Self, CommandError> {
        let doctor = work.existing::<Doctor>(&doctor, "doctor").await?;
        let post = doctor.state().post()?;
        let hospital = hospital_of(work, post.hospital).await?;
        let schedule = work.load::<Schedule>(&post.doctor, "schedule").await?;
        Ok(Self {
            post,
            time_zone: hospital.site()?.time_zone,
            hospital,
            schedule: schedule.state().clone(),
        })
    }

    /// The day of the hospital's calendar at an instant.
    pub(crate) fn date(&self, at: DateTime<Utc>) -> NaiveDate {
        date_in(self.time_zone, at)
    }

    /// When the doctor can be booked on a day, as far as schedule and holidays say.
    pub(crate) fn plan(&self, date: NaiveDate) -> DayPlan {
        self.schedule
            .day(date, self.hospital.holidays.contains(&date))
    }

    /// The hospital's rules.
    pub(crate) const fn policy(&self) -> &BookingPolicy {
        &self.hospital.policy
    }

    /// Where visits take place.
    pub(crate) const fn place(&self) -> Place {
        Place {
            doctor: self.post.doctor,
            hospital: self.post.hospital,
            department: self.post.department,
            time_zone: self.time_zone,
        }
    }
}

/// A doctor and what is theirs, at the hospital where they work. Whether there is such a doctor
/// is not said.
pub(crate) async fn resource_of(
    work: &mut Work<'_>,
    doctor: DoctorId,
) -> Result<Resource, CommandError> {
    let resource = Resource::of_tenant("doctor", work.tenant()).with_doctor(doctor.uuid());
    at_work(work, doctor, resource).await
}

/// Something at the hospital where a doctor works. Whether there is such a doctor is not said.
pub(crate) async fn at_work(
    work: &mut Work<'_>,
    doctor: DoctorId,
    resource: Resource,
) -> Result<Resource, CommandError> {
    let post = match work.load::<Doctor>(&doctor, "doctor").await {
        Ok(known) => known.state().post,
        Err(CommandError::NotFound(_)) => None,
        Err(error) => return Err(error),
    };
    Ok(match post {
        Some(post) => resource.at(post.hospital),
        None => resource,
    })
}

/// What is known of a hospital.
pub(crate) async fn hospital_of(
    work: &mut Work<'_>,
    hospital: HospitalId,
) -> Result<Hospital, CommandError> {
    let hospital = work.existing::<Hospital>(&hospital, "hospital").await?;
    Ok(hospital.state().clone())
}

/// The day of the calendar of a zone at an instant; at the ends of time, where the calendar
/// has none, that of UTC.
pub(crate) fn date_in(zone: TimeZone, at: DateTime<Utc>) -> NaiveDate {
    let offset = zone.tz().offset_from_utc_datetime(&at.naive_utc()).fix();
    let local = at.naive_utc().checked_add_offset(offset);
    local.unwrap_or_else(|| at.naive_utc()).date()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_instant_has_a_day() {
        for zone in ["Asia/Kolkata", "America/New_York", "Pacific/Kiritimati"] {
            let zone = zone.parse().unwrap();
            assert!(
                date_in(zone, DateTime::<Utc>::MIN_UTC) < date_in(zone, DateTime::<Utc>::MAX_UTC)
            );
        }
    }
}

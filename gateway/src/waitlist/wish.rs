//! What a patient waits for, as it comes in and as it is shown.

use chrono::NaiveDate;
use medilink_domain::values::TimeZone;
use medilink_domain::waitlist::{Preference, Wish};
use medilink_domain::{DepartmentId, DoctorId, HospitalId, VisitTypeId};
use poem_openapi::Object;
use uuid::Uuid;

use crate::input::{each, optional};
use crate::problem::Problem;
use crate::wire::{VisitModeCode, WeekdayCode};

/// A kind of visit, with a doctor or with any of a department, at some times.
#[derive(Object)]
pub struct WishIn {
    /// Where.
    hospital: Uuid,
    /// With any doctor of this department.
    department: Option<Uuid>,
    /// With this doctor only.
    doctor: Option<Uuid>,
    /// What kind of visit, if the hospital has defined it.
    visit_type: Option<Uuid>,
    /// How it is to take place.
    #[oai(default)]
    mode: VisitModeCode,
    /// When; any of these.
    #[oai(validator(min_items = 1, max_items = 10))]
    preferences: Vec<PreferenceIn>,
}

/// Some times of some days, on the hospital's clock.
#[derive(Object)]
pub struct PreferenceIn {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    until: NaiveDate,
    /// On these days of the week; on any if empty.
    #[oai(default, validator(max_items = 7, unique_items))]
    weekdays: Vec<WeekdayCode>,
    /// Not before this time of the day, as `HH:MM`.
    #[oai(validator(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    opens: Option<String>,
    /// Over by this time of the day, as `HH:MM`; `00:00` is the end of the day.
    #[oai(validator(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"))]
    closes: Option<String>,
}

/// A kind of visit, with a doctor or with any of a department, at some times.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WishOut {
    /// Where.
    hospital: Uuid,
    /// The zone of its clock.
    time_zone: String,
    /// With any doctor of this department.
    department: Option<Uuid>,
    /// With this doctor only.
    doctor: Option<Uuid>,
    /// What kind of visit.
    visit_type: Option<Uuid>,
    /// How it is to take place.
    mode: VisitModeCode,
    /// When; any of these.
    preferences: Vec<PreferenceOut>,
}

/// Some times of some days, on the hospital's clock.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PreferenceOut {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    until: NaiveDate,
    /// On these days of the week; on any if empty.
    weekdays: Vec<WeekdayCode>,
    /// Not before this time of the day.
    opens: Option<String>,
    /// Over by this time of the day; `00:00` is the end of the day.
    closes: Option<String>,
}

impl TryFrom<WishIn> for Wish {
    type Error = Problem;

    fn try_from(given: WishIn) -> Result<Self, Problem> {
        Ok(Self {
            hospital: HospitalId(given.hospital),
            // The command puts the hospital's own in.
            time_zone: TimeZone::from(chrono_tz::UTC),
            department: given.department.map(DepartmentId),
            doctor: given.doctor.map(DoctorId),
            visit_type: given.visit_type.map(VisitTypeId),
            mode: given.mode.into(),
            preferences: each("/preferences", given.preferences, PreferenceIn::read)?,
        })
    }
}

impl PreferenceIn {
    fn read(pointer: String, given: Self) -> Result<Preference, Problem> {
        Ok(Preference {
            from: given.from,
            until: given.until,
            weekdays: given.weekdays.into_iter().map(Into::into).collect(),
            opens: optional(format!("{pointer}/opens"), given.opens.as_deref())?,
            closes: optional(format!("{pointer}/closes"), given.closes.as_deref())?,
        })
    }
}

impl From<Wish> for WishOut {
    fn from(wish: Wish) -> Self {
        Self {
            hospital: wish.hospital.uuid(),
            time_zone: wish.time_zone.name().to_owned(),
            department: wish.department.map(DepartmentId::uuid),
            doctor: wish.doctor.map(DoctorId::uuid),
            visit_type: wish.visit_type.map(VisitTypeId::uuid),
            mode: wish.mode.into(),
            preferences: wish.preferences.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Preference> for PreferenceOut {
    fn from(preference: Preference) -> Self {
        let weekdays = preference.weekdays.into_iter().map(Into::into);
        Self {
            from: preference.from,
            until: preference.until,
            weekdays: weekdays.collect(),
            opens: preference.opens.map(|time| time.to_string()),
            closes: preference.closes.map(|time| time.to_string()),
        }
    }
}
